"""Watches over shares, mean scores, losses and calibration: how many standard errors is it from what was promised?"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput, unknown
from simulator.learning import metrics
from simulator.learning.readings import Reading
from simulator.units import Floats

__all__ = ["Direction", "LossWatch", "RateWatch", "ScoreWatch", "calibration_error_reading"]

Direction = Literal["above", "below", "both"]
_DIRECTIONS = ("above", "below", "both")
_EDGE = 1e-9  # scores are quantised to this; 0 and 1 have no logit
# |N(0, 1)|: mean, variance, third central moment.
_HALF_NORMAL = (math.sqrt(2 / math.pi), 1 - 2 / math.pi, math.sqrt(2 / math.pi) * (4 / math.pi - 1))


class RateWatch:
    """Holds a share - of labels, of missing values, of a slice, of an action - against a reference *rate*.

    The statistic is the z-score of the share: its distance from *rate* in standard errors, in the *direction*
    that is watched; it rings at *threshold*. A *rate* that was itself found in *of* rows has an error of its own,
    and the two are pooled as in a test of two proportions. The p-value is the normal one: fair from some five
    rows of either kind on.
    """

    def __init__(
        self, name: str, rate: float, threshold: float = 3.0, direction: Direction = "both", of: float = math.inf
    ) -> None:
        _check_direction(direction)
        self.name, self.threshold, self.direction = name, threshold, direction
        self.rebase(rate, of)

    def rebase(self, rate: float, of: float = math.inf) -> None:
        """Take a new reference *rate*, found in *of* rows (inf: it is known)."""
        if not (0 <= rate <= 1 and of > 0):
            raise BadInput(f"{self.name}: a rate of {rate} in {of} rows; it is a share, 0 to 1, of 1 row or more")
        self.rate, self.of = rate, of

    def read(self, k: int, n: int) -> Reading:
        """Read that *k* of *n* rows now are of the kind; NaN with no rows."""
        if not 0 <= k <= n:
            raise BadInput(f"{self.name}: {k} of {n} rows is not a share")
        return _z_reading(self.name, self._z(k, n), self.threshold, self.direction)

    def _z(self, k: int, n: int) -> float:
        if not n:
            return math.nan
        known = math.isinf(self.of)
        pooled = self.rate if known else (self.rate * self.of + k) / (self.of + n)
        error = math.sqrt(max(pooled * (1 - pooled), 0.0) * (1 / n + (0 if known else 1 / self.of)))
        return _over(k / n - self.rate, error)


class ScoreWatch:
    """Holds the mean score against that of a reference, in standard errors.

    *mean* and *sd* are the reference's, found in *of* rows (inf: they are known). What the scores mean does not
    matter, so it also serves for one feature.
    """

    def __init__(
        self,
        mean: float,
        sd: float,
        threshold: float = 3.0,
        direction: Direction = "both",
        of: float = math.inf,
        name: str = "mean score",
    ) -> None:
        _check_direction(direction)
        self.name, self.threshold, self.direction = name, threshold, direction
        self.rebase(mean, sd, of)

    def rebase(self, mean: float, sd: float, of: float = math.inf) -> None:
        """Take a new reference."""
        if not (math.isfinite(mean) and sd >= 0 and of > 0):
            raise BadInput(f"{self.name}: mean {mean} and sd {sd} in {of} rows are no reference")
        self.mean, self.sd, self.of = mean, sd, of

    def read(self, scores: Floats) -> Reading:
        """Compare the mean of *scores* (m,) with the reference; NaN with no rows."""
        m = len(scores)
        z = _over(float(np.mean(scores)) - self.mean, self.sd * math.sqrt(1 / m + 1 / self.of)) if m else math.nan
        return _z_reading(self.name, z, self.threshold, self.direction)


class LossWatch:
    """Holds the log loss of matured rows against the loss that the scores themselves promise.

    A calibrated score p loses H(p) = -p ln p - (1 - p) ln(1 - p) on average, with variance p (1 - p) logit(p)²,
    whatever it is used on. The statistic is the loss above that in standard deviations, near N(0, 1) as long as
    the scores are calibrated (Spiegelhalter 1986, with the log loss for the Brier score); it rings at
    *threshold*. Rows at p = 0.5 say nothing, as either outcome costs them the same.
    """

    def __init__(self, threshold: float = 3.0, name: str = "log loss") -> None:
        self.name, self.threshold = name, threshold

    def read(self, p: Floats, y: npt.ArrayLike, of: float = math.inf) -> Reading:
        """Compare the loss of scores *p* (m,) on labels *y* (m,) of 0 and 1; NaN with no rows that say anything.

        Scores that were themselves fitted on *of* rows are a little off, all in one direction: for a logistic
        regression this multiplies the variance by 1 + m / of (the delta method, where the log odds are linear in
        the features). The odds are corrected for skewness: a few surprising positives weigh more than many dull
        negatives.
        """
        labels = np.asarray(y, dtype=np.float64)
        if labels.shape != p.shape or not ((labels == 0) | (labels == 1)).all():
            raise BadInput(f"{self.name}: {p.shape} scores want as many labels of 0 and 1, not {labels.shape}")
        inside = np.clip(p, _EDGE, 1 - _EDGE)
        logit = np.log(inside / (1 - inside))
        spread = inside * (1 - inside)
        variance = float(np.sum(spread * logit**2))
        if not variance:
            return Reading(self.name, math.nan, self.threshold)
        z = float(np.sum((inside - labels) * logit)) / math.sqrt(variance * (1 + len(labels) / of))
        skew = float(np.sum(spread * (2 * inside - 1) * logit**3)) / variance**1.5
        return Reading(self.name, z, self.threshold, _upper(self.threshold, skew), _upper(z, skew))


def calibration_error_reading(
    p: Floats, y: npt.ArrayLike, bins: int = 10, threshold: float = 0.05, name: str = "calibration error"
) -> Reading:
    """Read the expected calibration error of scores *p* (m,) on labels *y* (m,); it rings at *threshold*.

    A calibrated model has one too: the gap of a bin is near |N(0, Σ p (1 - p) / size²)|, and from that come the
    odds, corrected for skewness. They are fair where a bin expects some five rows of either label.
    """
    error = metrics.ece(p, y, bins)
    spread = np.cumsum(np.concatenate([[0.0], np.sort(p) * (1 - np.sort(p))]))
    edges = np.unique(np.arange(bins + 1) * len(p) // bins)
    sd = np.sqrt(np.diff(spread[edges])) / max(len(p), 1)
    mean, variance, third = (float(np.sum(sd**k)) * part for k, part in enumerate(_HALF_NORMAL, start=1))
    if not variance:
        return Reading(name, error, threshold)
    skew = third / variance**1.5
    odds = [_upper((value - mean) / math.sqrt(variance), skew) for value in (threshold, error)]
    return Reading(name, error, threshold, *odds)


def _check_direction(direction: str) -> None:
    if direction not in _DIRECTIONS:
        raise unknown("direction", direction, _DIRECTIONS)


def _over(gap: float, error: float) -> float:
    """Return *gap* in standard errors; a reference without any spread is left by the smallest gap."""
    if error:
        return gap / error
    return math.copysign(math.inf, gap) if gap else 0.0


def _z_reading(name: str, z: float, threshold: float, direction: str) -> Reading:
    statistic = {"above": z, "below": -z, "both": abs(z)}[direction]
    sides = 2 if direction == "both" else 1
    return Reading(name, statistic, threshold, min(1.0, sides * _upper(threshold)), sides * _upper(statistic))


def _upper(z: float, skew: float = 0.0) -> float:
    """Return P(Z > *z*) of a standardised sum with a *skew*: normal, and the first term of Edgeworth (1905)."""
    if not math.isfinite(z):
        return z if math.isnan(z) else float(z < 0)
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return min(1.0, max(0.0, math.erfc(z / math.sqrt(2)) / 2 + density * (z * z - 1) * skew / 6))
