"""Intervals hold the truth as often as they say, and many tests together err no more often than one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulator.errors import BadInput
from simulator.study import Interval, holm, intervals, resampled

STUDIES = 2000
TRUTH = 3.0


def normal(n: int) -> np.ndarray:
    """Synthetic studies of *n* normal values each."""
    return np.random.default_rng(1).normal(TRUTH, 2.0, (STUDIES, n))


def heavy(n: int) -> np.ndarray:
    """Synthetic studies of *n* values each whose tails are heavy (Student's t with 5 degrees of freedom)."""
    return TRUTH + 2.0 * np.random.default_rng(2).standard_t(5, (STUDIES, n))


def covered(ends) -> float:
    """Return the share of the intervals (low, high) that hold the truth."""
    return float(np.mean([low <= TRUTH <= high for low, high in ends]))


@pytest.mark.parametrize(("law", "n"), [(normal, 3), (normal, 12), (heavy, 30)], ids=["3 normal", "12 normal", "heavy"])
def test_students_interval_covers(law, n):
    found = (Interval.of(row) for row in law(n))
    assert covered((one.low, one.high) for one in found) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("law", "n"), [(normal, 10), (normal, 30), (heavy, 20)], ids=["10 normal", "30", "heavy"])
def test_the_bootstrap_covers(monkeypatch, law, n):
    monkeypatch.setattr(intervals, "_RESAMPLES", 999)
    assert covered(resampled(row) for row in law(n)) == pytest.approx(0.95, abs=0.015)


def test_the_bootstrap_follows_values_that_lean_to_one_side():
    low, high = resampled(np.random.default_rng(4).exponential(1.0, 40) ** 2)
    mean = float((np.random.default_rng(4).exponential(1.0, 40) ** 2).mean())
    assert high - mean > 1.3 * (mean - low)


def test_a_twin_that_takes_the_spread_for_known_fails():
    rows = normal(5)
    half = 1.96 * rows.std(axis=1, ddof=1) / np.sqrt(5)
    assert covered(zip(rows.mean(axis=1) - half, rows.mean(axis=1) + half, strict=True)) < 0.935


def test_too_few_values_cannot_be_resampled():
    assert resampled(np.arange(5.0)) == (-np.inf, np.inf)
    low, high = resampled(np.arange(6.0))
    assert 0 < low < 2.5 < high < 5
    assert resampled(np.full(6, 2.0)) == (2.0, 2.0)


# --- many tests at once


def families(tests: int = 5) -> np.ndarray:
    """P values (families, tests) of tests in which there is nothing to find."""
    draws = np.random.default_rng(3).normal(0.0, 1.0, (STUDIES, tests, 10))
    return stats.ttest_1samp(draws, 0.0, axis=2).pvalue


def test_holm_keeps_the_error_of_the_family():
    wrong = np.mean([min(holm(row)) <= 0.05 for row in families()])
    assert 0.035 < wrong < 0.065


def test_a_twin_that_does_not_adjust_fails():
    assert np.mean(families().min(axis=1) <= 0.05) > 0.2


def test_holm_is_told_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.5, 0.9]) == (1.0, 1.0)
    assert holm([]) == ()


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(bad):
    with pytest.raises(BadInput, match="between 0 and 1"):
        holm([0.5, bad])
