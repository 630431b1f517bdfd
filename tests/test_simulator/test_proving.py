"""Monitors are tried on kinds of change, paired by seed: what counts as a false alarm, as delay, and as money."""

from __future__ import annotations

import math

import pytest

import cases
from simulator.errors import BadInput, Cancelled
from simulator.proving import prove
from simulator.simulation import simulate

SEEDS = [0, 1]


@pytest.fixture(scope="module")
def case():
    return cases.load("drift_retraining").but(world={"leads": 500})


@pytest.fixture(scope="module")
def table(case):
    told: list[float] = []
    rows = prove(case, SEEDS, monitors=["psi", "label_loss"], faults=["season", "sudden"], jobs=1, progress=told.append)
    assert told[-1] == 1.0 and told == sorted(told)
    return {(row.monitor, row.fault): row for row in rows}


def test_noticing_what_is_harmless_is_a_false_alarm(table):
    psi = table["psi", "season"]
    assert psi.false_alarms.mean > 1 and math.isnan(psi.noticed) and psi.delay_days.n == 0
    assert psi.dollars.mean < -4_000, "and it costs"
    assert table["label_loss", "season"].false_alarms.mean == 0


def test_a_change_of_meaning_is_noticed_by_labels_a_week_later_and_not_by_features(table):
    psi, loss = table["psi", "sudden"], table["label_loss", "sudden"]
    assert psi.noticed == 0 and math.isnan(psi.delay_days.mean) and psi.dollars.mean == 0
    assert loss.noticed == 1.0 and 7 < loss.delay_days.mean < 14
    assert loss.dollars.mean > 50_000


def test_dollars_are_what_the_monitor_earned_over_none_under_the_same_seeds(case, table):
    alone = case.but(**case.proving.faults["season"].scenario)
    gains = []
    for seed in SEEDS:
        base = {**case.proving.base}
        with_it, without = (simulate(alone, {**base, "trigger": name}, seed) for name in ("psi", "none"))
        gains.append(with_it.kpis()["profit"] - without.kpis()["profit"])
        ordered = [v.trained_at for v in with_it.versions if v.why == "psi"]
        assert len(ordered) == with_it.kpis()["trainings"]
    assert table["psi", "season"].dollars.mean == pytest.approx(sum(gains) / 2)


def test_every_kind_of_change_can_be_flown(case):
    for fault in case.proving.faults.values():
        simulate(case.but(**fault.scenario), {"window_days": 7}, 0, until=86_400.0)


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("drift_retraining", {"monitors": ["psy"]}, "monitor"),
        ("drift_retraining", {"monitors": ["none"]}, "monitor"),
        ("drift_retraining", {"faults": ["sudenly"]}, "kind of change"),
        ("burst_storm", {}, "no monitors to choose from"),
    ],
)
def test_what_cannot_be_tried_is_refused(name, given, says):
    with pytest.raises(BadInput, match=says):
        prove(cases.load(name), [0], **given)


def test_it_can_be_cancelled(case):
    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        prove(case, [0], monitors=["psi"], faults=["season"], jobs=1, progress=stop)
