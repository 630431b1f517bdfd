"""Calibrators: right where the labels carry them, modest where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from simulator.errors import BadInput
from simulator.learning.calibration import CALIBRATIONS, calibrate


def logit(p):
    return np.log(p / (1 - p))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def distorted(n=3000, slope=0.5, shift=-1.0, seed=0):
    """Scores whose true probabilities are sigmoid(*slope* · logit(score) + *shift*), with outcomes and weights."""
    luck = np.random.default_rng(seed)
    scores = np.round(luck.beta(1, 3, n).clip(1e-6, 1 - 1e-6), 9)
    return scores, luck.random(n) < sigmoid(slope * logit(scores) + shift), luck.gamma(2, 1, n)


GRID = np.linspace(0, 1, 501)


def likeliest(scores, y, weight, with_slope=True):
    """Find Platt's sigmoid with a solver of scipy."""
    positive, negative = weight[y].sum(), weight[~y].sum()
    t = np.where(y, (positive + 1) / (positive + 2), 1 / (negative + 2))

    def loss(at):
        z = (at[0] if with_slope else 1.0) * logit(scores) + at[1]
        return (weight * (np.logaddexp(0, z) - t * z)).sum() / weight.sum()

    return minimize(loss, [1.0, 0.0], method="BFGS", options={"gtol": 1e-9}).x


def is_sigmoid(calibrator, slope, shift):
    """Say whether a calibrator is that sigmoid, to 1e-4."""
    inside = GRID[1:-1]
    return np.abs(calibrator(inside) - sigmoid(slope * logit(inside) + shift)).max() < 1e-4


def test_platt_is_the_likeliest_sigmoid():
    rows = distorted()
    slope, shift = likeliest(*rows)
    platt = calibrate("platt", *rows)
    assert platt.kind == "platt"
    assert is_sigmoid(platt, slope, shift)
    for wrong in (0.95, 1.05):  # twins
        assert not is_sigmoid(platt, slope * wrong, shift)
        assert not is_sigmoid(platt, slope, shift * wrong)


def test_platt_finds_the_distortion():
    rows = distorted(100_000)
    p = calibrate("platt", *rows[:2], np.ones(100_000))(rows[0])
    assert np.abs(p - sigmoid(0.5 * logit(rows[0]) - 1)).max() < 0.01


def test_platt_does_not_believe_in_certainty():
    """Perfectly separated scores: the smoothed targets keep the ends off 0 and 1 (Platt 1999)."""
    y = np.arange(200) >= 100
    p = calibrate("platt", np.where(y, 0.9, 0.1), y, np.ones(200))(np.array([0.1, 0.9]))
    assert p == pytest.approx([1 / 102, 101 / 102], rel=1e-6)


def is_staircase(calibrator, stairs):
    return np.abs(calibrator(GRID) - stairs.predict(GRID)).max() < 2e-9


def test_isotonic_is_scikit_learns():
    scores, y, weight = distorted()
    stairs = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    isotonic = calibrate("isotonic", scores, y, weight)
    assert isotonic.kind == "isotonic"
    assert is_staircase(isotonic, stairs.fit(scores, y, weight))
    for wrong in (0.95, 1.05):  # twins
        assert not is_staircase(isotonic, stairs.fit(scores, y, weight * np.where(y, wrong, 1.0)))


def adds_up(p, y, weight, wrong=1.0):
    """Say whether the probabilities add up to the positives there were, within 1 %."""
    return abs((p * weight).sum() / (wrong * (y * weight).sum()) - 1) < 0.01


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_probabilities_add_up_to_the_positives(kind):
    scores, y, weight = distorted()
    p = calibrate(kind, scores, y, weight)(scores)
    assert adds_up(p, y, weight)
    assert not adds_up(scores, y, weight)
    for wrong in (0.95, 1.05):  # twins
        assert not adds_up(p, y, weight, wrong)


def few(positives):
    scores, _, weight = distorted(400)
    y = np.zeros(400, dtype=bool)
    y[np.argsort(-scores)[: 2 * positives : 2]] = True
    return scores, y, weight


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_few_labels_of_either_class_only_scale_the_odds(kind):
    scores, y, weight = few(19)
    for truth, score in ((y, scores), (~y, 1 - scores)):
        calibrator = calibrate(kind, score, truth, weight)
        assert calibrator.kind == "odds"
        assert kind in calibrator.note
        assert "wants 20 rows" in calibrator.note
        _, shift = likeliest(score, truth, weight, with_slope=False)
        assert is_sigmoid(calibrator, 1.0, shift)
        for wrong in (0.95, 1.05):  # twins
            assert not is_sigmoid(calibrator, wrong, shift)
            assert not is_sigmoid(calibrator, 1.0, shift * wrong)


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_twenty_labels_carry_a_curve(kind):
    assert calibrate(kind, *few(20)).kind == kind


def test_a_row_that_weighs_nothing_is_no_evidence():
    scores, y, weight = few(20)
    weight[np.flatnonzero(y)[0]] = 0.0
    assert calibrate("platt", scores, y, weight).kind == "odds"


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
@pytest.mark.parametrize("y", [np.zeros(50), np.ones(50), np.zeros(0)])
def test_one_class_changes_nothing(kind, y):
    scores = np.linspace(0, 1, len(y))
    calibrator = calibrate(kind, scores, y, np.ones(len(y)))
    assert calibrator.kind == "none"
    assert "both classes" in calibrator.note
    assert np.array_equal(calibrator(GRID), np.round(GRID, 9))


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_a_model_that_is_worse_than_luck_keeps_its_order(kind):
    scores, y, weight = distorted()
    calibrator = calibrate(kind, 1 - scores, y, weight)
    assert calibrator.kind == "odds"
    assert "do not go with" in calibrator.note
    assert (np.diff(calibrator(GRID)) > 0).all()


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_one_score_for_all_becomes_the_share_of_positives(kind):
    y = np.arange(200) < 50
    p = calibrate(kind, np.full(200, 0.5), y, np.ones(200))(np.array([0.5]))
    assert p == pytest.approx(0.25, abs=0.01)


def test_none_is_none():
    rows = distorted(100)
    calibrator = calibrate("none", *rows)
    assert (calibrator.kind, calibrator.note[:8]) == ("none", "as asked")
    assert calibrator(rows[0]).tobytes() == rows[0].tobytes()


def test_an_unknown_kind_is_named():
    with pytest.raises(BadInput, match="did you mean 'platt'"):
        calibrate("plat", np.zeros(1), np.zeros(1), np.ones(1))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(CALIBRATIONS)),
    st.integers(0, 10**6),
    st.integers(0, 120),
    st.sampled_from([1e-6, 1.0, 1e6]),
    st.sampled_from([0.0, 1e-12, 0.1, 5.0]),
)
def test_a_calibrator_rises_and_stays_a_probability(kind, seed, n, scale, spread):
    luck = np.random.default_rng(seed)
    scores = sigmoid(luck.normal(size=n) * spread - 2)
    y = luck.random(n) < luck.choice([0.0, 0.2, 0.5, 1.0])
    calibrator = calibrate(kind, scores, y, luck.gamma(0.3, scale, n))
    asked = np.sort(np.r_[GRID, luck.random(200), scores, sigmoid(luck.normal(size=200) * 8), 1e-12])
    p = calibrator(asked)
    assert ((p >= 0) & (p <= 1)).all()
    assert (np.diff(p) >= 0).all()
    assert np.array_equal(p, np.round(p, 9))
    assert np.array_equal(p[:7], np.concatenate([calibrator(asked[i : i + 1]) for i in range(7)]))


def test_nan_scores_are_half_a_score():
    assert calibrate("none", *distorted(50))(np.array([np.nan])).tolist() == [0.5]
