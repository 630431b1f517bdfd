"""Monitors read what theory says they read when nothing is wrong, and more when something is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator.learning.monitors import Bell, Surprise
from simulator.streams import Streams


def luck(name: str) -> np.random.Generator:
    """Return a generator of the test's own."""
    return Streams(4).get(name)


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


def test_a_bell_is_quiet_for_a_while_for_each_name():
    bell = Bell(quiet=10.0)
    rang = [
        (name, at)
        for at, name in ((0, "a"), (5, "a"), (5, "b"), (9.9, "a"), (10, "a"), (14, "b"), (19, "a"))
        if bell.rings(name, at)
    ]
    assert rang == [("a", 0), ("b", 5), ("a", 10)]
