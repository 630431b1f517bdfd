"""Monitors read what theory says they read when nothing is wrong, and more when something is."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.learning.monitors import Bell, Drift, Surprise, bin_edges, psi
from simulator.streams import Streams


def luck(name: str) -> np.random.Generator:
    """Return a generator of the test's own."""
    return Streams(4).get(name)


@given(st.integers(2, 20), st.integers(50, 400))
def test_bins_hold_equal_mass(bins, n):
    values = luck("edges").random(n * bins)
    counts = np.bincount(np.searchsorted(bin_edges(values, bins), values, side="right"), minlength=bins)
    assert np.abs(counts - n).max() <= 1


def psi_by_hand(reference, current, edges) -> float:
    """Work out the PSI bin by bin."""
    total, bounds = 0.0, [-math.inf, *edges, math.inf]
    shares = []
    for values in (reference, current):
        counts = [max(0.5, sum(low <= v < high for v in values)) for low, high in pairwise(bounds)]
        shares.append([count / sum(counts) for count in counts])
    for p, q in zip(*shares, strict=True):
        total += (q - p) * math.log(q / p)
    return total


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_psi_is_the_sum_over_the_bins(reference, current):
    edges = np.array([2.0, 5.0, 7.0])
    found = psi(np.array(reference, float), np.array(current, float), edges)
    assert found == pytest.approx(psi_by_hand(reference, current, edges))
    assert found >= 0


def test_psi_of_a_sample_against_itself_is_0():
    values = luck("self").random(500)
    assert psi(values, values, bin_edges(values)) == 0.0


@pytest.fixture(scope="module")
def no_drift() -> np.ndarray:
    """PSIs of 1500 pairs of samples of 10,000 from one distribution, over 50 bins."""
    edges, source = np.arange(1, 50) / 50, luck("psi")
    return np.array([psi(source.random(10_000), source.random(10_000), edges) for _ in range(1500)])


def bias_holds(found: np.ndarray, n: float, m: float, bins: float) -> bool:
    """Tell whether the mean PSI without any drift is (1/n + 1/m)(B - 1) (Yurdakul 2018), within 3 standard errors."""
    expected = (1 / n + 1 / m) * (bins - 1)
    return abs(found.mean() - expected) < 3 * found.std(ddof=1) / math.sqrt(len(found))


def test_without_drift_psi_is_biased_as_theory_says(no_drift):
    assert bias_holds(no_drift, 10_000, 10_000, 50)


@pytest.mark.parametrize(
    "wrong", [(10_500, 10_000, 50), (10_000, 9_500, 50), (10_000, 10_000, 52.5)], ids=["n", "m", "bins"]
)
def test_twin_a_bias_5_percent_off_is_noticed(no_drift, wrong):
    assert not bias_holds(no_drift, *wrong)
    assert not bias_holds(1.05 * no_drift, 10_000, 10_000, 50)


def surprises(checks: int, twist: float = 1.0, times: int = 1500) -> np.ndarray:
    """Return the surprise after *checks* of calibrated scores; outcomes are *twist* times as likely as promised."""
    source, found = luck(f"surprise {checks}"), []
    for _ in range(times):
        p = source.random(checks) * 0.9
        y = source.random(checks) < twist * p
        monitor = Surprise(checks)
        for promised, outcome in zip(p.tolist(), y.tolist(), strict=True):
            monitor.see(promised, int(outcome))
        found.append(monitor.reading())
    return np.array(found)


def is_standard_normal(found: np.ndarray) -> bool:
    """Tell whether readings have mean 0 and variance 1, within 4 standard errors."""
    n = len(found)
    return bool(abs(found.mean()) < 4 / math.sqrt(n) and abs(found.var(ddof=1) - 1) < 4 * math.sqrt(2 / n))


def test_the_surprise_of_calibrated_scores_is_standard_normal():
    found = surprises(200)
    assert is_standard_normal(found)
    assert stats.kstest(found, "norm").pvalue > 0.001


@pytest.mark.parametrize("twist", [0.95, 1.05])
def test_twin_scores_5_percent_off_are_noticed(twist):
    assert not is_standard_normal(surprises(200, twist))


@pytest.mark.parametrize("scale", [0.90, 1.10])  # the variance moves by twice as much
def test_twin_a_spread_off_is_noticed(scale):
    assert not is_standard_normal(surprises(200) * scale)


def test_the_surprise_is_the_difference_over_its_spread():
    monitor = Surprise(10)
    for promised, found in ((0.2, 1), (0.5, 0), (0.1, 1)):
        monitor.see(promised, found)
    assert monitor.reading() == pytest.approx((2 - 0.8) / math.sqrt(0.16 + 0.25 + 0.09))


def test_only_the_last_checks_count():
    monitor, fresh = Surprise(3), Surprise(3)
    for promised, found in ((0.9, 0), (0.9, 0), (0.2, 1), (0.5, 0), (0.1, 1)):
        monitor.see(promised, found)
    for promised, found in ((0.2, 1), (0.5, 0), (0.1, 1)):
        fresh.see(promised, found)
    assert monitor.reading() == fresh.reading()
    monitor.clear()
    assert math.isnan(monitor.reading())


@pytest.mark.parametrize("promised", [0.0, 1.0])
def test_a_certain_score_does_not_divide_by_0(promised):
    monitor = Surprise(3)
    monitor.see(promised, 1)
    assert math.isfinite(monitor.reading())


def test_each_feature_has_its_own_drift():
    reference = luck("drift").standard_normal((5000, 2))
    current = luck("now").standard_normal((5000, 2)) + np.array([0.0, 0.6])
    found = Drift(["calm", "moved"], reference).readings(current)
    assert found["calm"] < 0.02 and found["moved"] > 0.2
    assert found["moved"] == psi(reference[:, 1], current[:, 1], bin_edges(reference[:, 1]))


def test_the_reference_is_kept_as_it_was():
    reference = luck("drift").standard_normal((500, 1))
    current = reference.copy()
    drift = Drift(["a"], reference)
    reference += 9
    assert drift.readings(current) == {"a": 0.0}


def test_a_bell_is_quiet_for_a_while_for_each_name():
    bell = Bell(quiet=10.0)
    rang = [
        (name, at)
        for at, name in ((0, "a"), (5, "a"), (5, "b"), (9.9, "a"), (10, "a"), (14, "b"), (19, "a"))
        if bell.rings(name, at)
    ]
    assert rang == [("a", 0), ("b", 5), ("a", 10)]
