"""Monitors by name: each rings for its own kind of change, and what rings calls for a training."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.panel import DRIFTED, MONITORS, Look, Matured, Panel
from simulator.streams import Streams

NAMES = ("a", "b", "c", "d")
N = 3000
RINGS_ANYWAY = ("page_hinkley", "ddm", "hddm_w")  # once in some 10,000 labels: see DETECTORS
LABELLED = [name for name, monitor in MONITORS.items() if monitor.labels]


def world(seed: int, *, shift: float = 0.0, moved: int = 1, wrong: float = 0.0, lost: float = 0.0) -> Look:
    """Return a day of N requests: features moved, scores that are wrong about a share, positives that are lost."""
    luck = Streams(seed).get("panel")
    X = luck.standard_normal((N, 4))
    p = 1 / (1 + np.exp(-(1.5 * X[:, 3] - 1.5)))
    truth = np.where(luck.random(N) < wrong, luck.random(N) < p.mean(), luck.random(N) < p)
    label = (truth & (luck.random(N) >= lost)).astype(np.int64)
    X[:, :moved] += shift
    own = np.ones(N, dtype=np.bool_)
    rows = Matured(np.round(p, 9), label, own)
    return Look(X, X, np.round(p, 9), rows, rows)


def panel(name: str, strictness: float = 1.0) -> Panel:
    usual = world(0)
    found = (int(usual.matured.label.sum()), N)
    made = Panel(NAMES, name, found, line=0.25, strictness=strictness)
    made.reset(usual.X, usual.score)
    return made


def fired(name: str, days: int = 6, strictness: float = 1.0, **change: float) -> bool:
    watching = panel(name, strictness)
    for seed in range(1, 4):
        rang = watching.fires(watching.read(world(seed)))
        assert name in RINGS_ANYWAY or not rang, f"{name} rang on a quiet day"
    return any(watching.fires(watching.read(world(10 + seed, **change))) for seed in range(days))


@pytest.mark.parametrize("name", ["psi", "kl", "js", "ks"])
def test_monitors_of_features_ring_when_a_feature_moves_and_not_when_its_meaning_does(name):
    assert fired(name, shift=0.8)
    assert not fired(name, wrong=0.9)


def test_parity_rings_when_a_feature_is_served_in_another_unit():
    look, watching = world(1), panel("parity")
    assert not watching.fires(watching.read(look))
    for share, rings in ((0.009, False), (0.011, True)):
        served = look.X.copy()
        served[: round(share * N), 1] *= 100
        readings = watching.read(replace(look, X=served))
        assert watching.fires(readings) is rings
        assert [reading.name for reading in readings if reading.rings] == (["parity b"] if rings else [])


def test_three_features_have_to_move_for_psi_three():
    assert not fired("psi_three", shift=0.8, moved=2)
    assert fired("psi_three", shift=0.8, moved=3)


@pytest.mark.parametrize("name", ["label_loss", "calibration", "adwin", "page_hinkley", "ddm", "hddm_a", "hddm_w"])
def test_monitors_of_labels_ring_when_the_meaning_changes_and_not_when_features_move(name):
    assert fired(name, wrong=0.9)
    assert name in RINGS_ANYWAY or not fired(name, shift=0.8, days=3)


def test_the_label_rate_rings_when_labels_are_lost_and_the_loss_does_not():
    assert fired("label_rate", lost=0.9)
    assert not fired("label_loss", lost=0.9), "lies that agree with rare positives look like good scores"


def test_none_reads_nothing_and_calls_for_nothing():
    assert panel("none").read(world(1)) == [] and not panel("none").fires([])


@pytest.mark.parametrize("name", ["psi", "label_loss", "label_rate"])
def test_strictness_multiplies_the_threshold(name):
    usual, strict = (panel(name, factor).read(world(1))[0].threshold for factor in (1.0, 2.5))
    assert strict == pytest.approx(2.5 * usual)


def test_the_level_of_a_test_is_shared_by_the_features_and_divided_by_strictness():
    for strictness in (1.0, 4.0):
        readings = panel("ks", strictness).read(world(1))
        assert [reading.false_alarm for reading in readings] == pytest.approx([0.001 / 4 / strictness] * 4)


@pytest.mark.parametrize("name", ["adwin", "page_hinkley", "ddm", "hddm_a", "hddm_w"])
def test_a_stricter_detector_rings_later_or_less(name):
    rings = []
    for strictness in (0.25, 1.0, 4.0):
        watching = panel(name, strictness)
        rings.append(sum(watching.read(world(seed, wrong=0.15 * seed))[0].statistic for seed in range(6)))
    if name == "page_hinkley":
        rings = [-panel(name, strictness).read(world(1))[0].threshold for strictness in (0.25, 1.0, 4.0)]
    assert rings[0] >= rings[1] >= rings[2] and rings[0] > rings[2]


def test_scores_that_were_fitted_on_few_rows_may_be_further_off():
    """Without the correction z of a model fitted on n rows and judged on m has a variance of 1 + m / n."""
    watching = panel("label_loss")
    (exact,) = watching.read(world(3))
    usual = world(0)
    watching.reset(usual.X, usual.score, (800, 4000))
    (fitted,) = watching.read(world(3))
    assert exact.statistic / fitted.statistic == pytest.approx((1 + N / 3000) ** 0.5)


def test_the_label_rate_is_held_against_what_the_live_version_learned_from():
    watching, usual = panel("label_rate"), world(0)
    assert watching.fires(watching.read(world(1, lost=0.6)))
    poor = world(2, lost=0.6)
    watching.reset(usual.X, usual.score, (int(poor.matured.label.sum()), N))
    assert not watching.fires(watching.read(world(1, lost=0.6)))


def test_what_everybody_sees_are_features_labels_losses_and_empty_answers():
    readings = {reading.name: reading for reading in panel("none").standing(world(1))}
    assert list(readings) == [*(f"psi {name}" for name in NAMES), "label rate z", "label loss z", "empty answers"]
    assert readings["psi a"].threshold == DRIFTED and readings["empty answers"].statistic == 0.0
    assert all(reading.false_alarm < 0.001 for reading in readings.values())


def test_a_model_that_cannot_be_read_is_seen_by_its_answers():
    look = world(1)
    mute = Look(look.X, look.X, np.where(np.arange(N) < 0.6 * N, 0.5, look.score), look.matured, look.fresh)
    assert panel("none").standing(mute)[-1].rings


def test_only_what_the_live_version_said_counts_against_it():
    look = world(10, wrong=0.9)
    other = Matured(look.matured.score, look.matured.label, np.zeros(N, dtype=np.bool_))
    watching = panel("label_loss")
    (reading,) = watching.read(Look(look.X, look.X, look.score, other, other))
    assert math.isnan(reading.statistic) and not watching.fires([reading])


@pytest.mark.parametrize("name", [*LABELLED, "scores", "psi", "ks"])
def test_a_day_without_anything_rings_nothing(name):
    nothing = Matured(np.empty(0), np.empty(0, np.int64), np.empty(0, np.bool_))
    watching = panel(name)
    assert not watching.fires(watching.read(Look(np.empty((0, 4)), np.empty((0, 4)), np.empty(0), nothing, nothing)))


@pytest.mark.parametrize(("name", "strictness", "says"), [("psy", 1.0, "monitor"), ("psi", 0.0, "strictness")])
def test_a_panel_that_cannot_be_is_refused(name, strictness, says):
    with pytest.raises(BadInput, match=says):
        Panel(NAMES, name, (1, 10), strictness=strictness)
