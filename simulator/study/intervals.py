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
_FEWEST = 6  # values that can be resampled to some purpose


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
    """Return the interval (low, high) of the mean of *values* (n,) by resampling them: the bootstrap-t.

    It takes no law for granted, and follows values that lean to one side; each mean that is drawn is held against
    its own standard error, without which the interval is too narrow where n is small. The same values give the same
    interval, as resampling has a stream of its own. With n < 6 it is infinite: too few come out of so few. Source:
    Efron 1981; Hall 1988.
    """
    n = len(values)
    if n < _FEWEST:
        return (-float("inf"), float("inf"))
    if np.ptp(values) == 0:
        return (float(values[0]), float(values[0]))
    drawn = values[Streams(0).get("study", "bootstrap").integers(0, n, (_RESAMPLES, n))]
    spread, mean = drawn.std(axis=1, ddof=1), float(values.mean())
    t = (drawn.mean(axis=1) - mean)[spread > 0] / spread[spread > 0]
    low, high = np.quantile(t, [(1 - confidence) / 2, (1 + confidence) / 2]) * values.std(ddof=1)
    return (mean - float(high), mean - float(low))


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
