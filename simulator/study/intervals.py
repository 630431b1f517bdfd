"""What a few values tell of their mean: Student's interval, one by resampling, and corrections for many tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput
from simulator.streams import Streams
from simulator.units import Floats

__all__ = ["Interval", "holm", "resampled"]

_RESAMPLES = 4999


@dataclass(frozen=True)
class Interval:
    """A mean with what is known of it."""

    mean: float
    low: float
    high: float
    se: float
    """standard error of the mean"""
    p_value: float
    """of the two-sided t test that the true mean is 0; 1 when there is nothing to test"""
    share_positive: float
    """share of the values above 0"""
    n: int

    @staticmethod
    def of(values: Floats, confidence: float = 0.95) -> Interval:
        """Return the mean of *values* (n,) with its Student-t interval; with n < 2 the interval is infinite."""
        from scipy import stats

        n, mean = len(values), float(np.mean(values))
        se = float(np.std(values, ddof=1) / np.sqrt(n)) if n > 1 else float("inf")
        if not 0 < se < float("inf"):
            half, p = (0.0, float(mean == 0)) if se == 0 else (float("inf"), 1.0)
        else:
            half = float(stats.t.ppf((1 + confidence) / 2, n - 1)) * se
            p = float(2 * stats.t.sf(abs(mean) / se, n - 1))
        return Interval(mean, mean - half, mean + half, se, p, float(np.mean(values > 0)), n)


def resampled(values: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """Return the bootstrap interval (low, high) of the mean of *values* (n,): bias-corrected and accelerated.

    It takes no law for granted, but is narrow where n is small (below 20 or so). The same values give the same
    interval: the resampling has a stream of its own. With n < 2 it is infinite. Source: Efron 1987 (scipy).
    """
    from scipy import stats

    if len(values) < 2:
        return (-float("inf"), float("inf"))
    if np.ptp(values) == 0:
        return (float(values[0]), float(values[0]))
    luck = Streams(0).get("study", "bootstrap")
    found = stats.bootstrap((values,), np.mean, n_resamples=_RESAMPLES, confidence_level=confidence, rng=luck)
    return (float(found.confidence_interval.low), float(found.confidence_interval.high))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return the *p_values* of many tests, each adjusted so that all of them together err at most as often as one.

    The smallest is multiplied by the number of tests, the next by one less, and none falls below a smaller one
    (Holm 1979). BadInput for what is no probability.
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise BadInput("p values lie between 0 and 1")
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = least
    return tuple(adjusted)
