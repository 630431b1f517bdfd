"""Watches over features, shares, scores and losses: each look gives readings with their odds of ringing for nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from simulator.errors import BadInput, unknown
from simulator.learning import distances
from simulator.learning.rate_watches import Direction, LossWatch, RateWatch, ScoreWatch, calibration_error_reading
from simulator.learning.readings import Reading
from simulator.units import Floats, Mask

__all__ = [
    "DISTANCES",
    "Direction",
    "DistanceName",
    "FeatureWatch",
    "LossWatch",
    "MissingWatch",
    "ParityWatch",
    "RateWatch",
    "ScoreWatch",
    "calibration_error_reading",
]

DistanceName = Literal["psi", "kl", "js", "ks"]

# A watch remembers its reference and nothing else: which rows are "now" is for the caller to say.


@dataclass(frozen=True)
class _Distance:
    """How two samples of a feature are compared: by what is *kept* of each, and the laws of their distance."""

    kept: Callable[[Floats, Floats], Floats]
    """(values, edges) -> what is compared"""
    of: Callable[[Floats, Floats], float]
    """(kept of the reference, kept of now) -> statistic"""
    tail: Callable[[float, int, int, int], float]
    """(statistic, n, m, bins) -> P(at least that | no drift)"""
    threshold: Callable[[float, int, int, int], float]
    """(false alarm, n, m, bins) -> statistic"""


_KS = _Distance(
    lambda values, edges: values,
    distances.ks,
    lambda statistic, n, m, bins: distances.ks_tail(statistic, n, m),
    lambda false_alarm, n, m, bins: distances.ks_threshold(false_alarm, n, m),
)
DISTANCES: Mapping[str, _Distance] = MappingProxyType(
    {
        "psi": _Distance(distances.shares, distances.psi_of, distances.psi_tail, distances.psi_threshold),
        "kl": _Distance(distances.shares, distances.kl_of, distances.kl_tail, distances.kl_threshold),
        "js": _Distance(distances.shares, distances.js_of, distances.js_tail, distances.js_threshold),
        "ks": _KS,
    }
)
"""What a feature watch may measure with, all over ten bins but `ks`."""


@dataclass(frozen=True, slots=True)
class _Usual:
    """A feature of the reference."""

    name: str
    n: int
    """values that are not missing"""
    edges: Floats
    """(B - 1,) inner edges of its bins"""
    kept: Floats


def _usual(name: str, column: Floats, law: _Distance) -> _Usual:
    values = _present(column)
    if not len(values):
        raise BadInput(f"the reference has no values of {name}")
    edges = _edges(values)
    return _Usual(name, len(values), edges, law.kept(values, edges))


class FeatureWatch:
    """Holds each feature against a *reference* (n, f) of the time when all was well; *names* are its columns'.

    It rings at a *threshold* of the *distance*, or at one that is worked out at each look so that a feature that
    has not moved rings with probability *false_alarm*: exactly one of the two is given. Values that are missing
    (NaN) are not compared; see `MissingWatch`. A feature of few values has as many bins as quantiles differ, and
    a constant one has three: below, equal, above. BadInput for names that repeat or do not fit the columns.
    """

    def __init__(
        self,
        names: Sequence[str],
        reference: Floats,
        distance: DistanceName = "psi",
        threshold: float | None = None,
        false_alarm: float | None = None,
    ) -> None:
        if distance not in DISTANCES:
            raise unknown("distance", distance, DISTANCES)
        if (threshold is None) == (false_alarm is None):
            raise BadInput(f"give threshold or false_alarm, not both: {threshold} and {false_alarm} were given")
        if false_alarm is not None and not 0 < false_alarm < 1:
            raise BadInput(f"false_alarm {false_alarm} must be a probability, over 0 and below 1")
        self.names, self.distance = _distinct(names), distance
        self.threshold, self.false_alarm = threshold, false_alarm
        self.rebase(reference)

    def rebase(self, reference: Floats) -> None:
        """Take a new *reference* (n, f), such as the rows that a new version was fitted on."""
        self._usual = [_usual(name, column, self._law) for name, column in _named(reference, self.names)]

    def read(self, current: Floats) -> list[Reading]:
        """Compare *current* (m, f) with the reference: a reading per feature, NaN where there are no values."""
        now = [_present(column) for _, column in _named(current, self.names)]
        return [self._read(*pair) for pair in zip(self._usual, now, strict=True)]

    @property
    def _law(self) -> _Distance:
        return DISTANCES[self.distance]

    def _read(self, usual: _Usual, now: Floats) -> Reading:
        label = f"{self.distance} {usual.name}"
        if not len(now):
            return Reading(label, math.nan, math.nan if self.threshold is None else self.threshold)
        size = usual.n, len(now), len(usual.edges) + 1
        statistic = self._law.of(usual.kept, self._law.kept(now, usual.edges))
        threshold, odds = self._line(*size)
        return Reading(label, statistic, threshold, odds, self._law.tail(statistic, *size))

    def _line(self, n: int, m: int, bins: int) -> tuple[float, float]:
        """Return where it rings, and how often it does so for nothing."""
        if self.threshold is not None:
            return self.threshold, self._law.tail(self.threshold, n, m, bins)
        odds = float(self.false_alarm or 0.0)
        return self._law.threshold(odds, n, m, bins), odds


def _edges(usual: Floats) -> Floats:
    """Return edges between bins that all hold rows of the reference; a constant c has edges at c and just above."""
    edges = np.unique(distances.bin_edges(usual))
    counts = np.bincount(np.searchsorted(edges, usual, side="right"), minlength=len(edges) + 1)
    inner: Floats = edges[counts[:-1] > 0]
    return inner if len(inner) else np.array([usual[0], np.nextafter(usual[0], math.inf)])


class MissingWatch:
    """Holds the share of values that are missing (NaN) against that of a *reference* (n, f); *names* are its columns'.

    Each feature has a two-sided `RateWatch` that rings at *threshold* standard errors.
    """

    def __init__(self, names: Sequence[str], reference: Floats, threshold: float = 3.0) -> None:
        self.names, self.threshold = _distinct(names), threshold
        self.rebase(reference)

    def rebase(self, reference: Floats) -> None:
        """Take a new *reference* (n, f)."""
        if not len(reference):
            raise BadInput("a reference of 0 rows has no share of missing values")
        rates = [(name, float(np.isnan(column).mean())) for name, column in _named(reference, self.names)]
        self._watches = [RateWatch(f"missing {name}", rate, self.threshold, of=len(reference)) for name, rate in rates]

    def read(self, current: Floats) -> list[Reading]:
        """Compare the missing shares of *current* (m, f): a reading per feature."""
        missing = [int(np.isnan(column).sum()) for _, column in _named(current, self.names)]
        return [watch.read(k, len(current)) for watch, k in zip(self._watches, missing, strict=True)]


class ParityWatch:
    """Compares features as they were served with the same ones computed again, row by row: training-serving skew.

    It rings where a share *threshold* of the rows of a feature, or more, is off by over *tolerance*, both relative
    and absolute. Without skew nothing differs, so it does not ring for nothing.
    """

    def __init__(self, names: Sequence[str], threshold: float = 0.01, tolerance: float = 1e-9) -> None:
        if not threshold > 0:
            raise BadInput(f"threshold {threshold} must be a share of rows over 0")
        self.names, self.threshold, self.tolerance = _distinct(names), threshold, tolerance

    def read(self, served: Floats, computed: Floats) -> list[Reading]:
        """Compare *served* with *computed*, both (m, f): a reading per feature; missing in both is equal."""
        if len(served) != len(computed):
            raise BadInput(f"{len(served)} served rows cannot be compared with {len(computed)} computed ones")
        sides = zip(_named(served, self.names), _named(computed, self.names), strict=True)
        return [self._read(name, one, other) for (name, one), (_, other) in sides]

    def _read(self, name: str, served: Floats, computed: Floats) -> Reading:
        if not len(served):
            return Reading(f"parity {name}", math.nan, self.threshold, 0.0)
        same: Mask = np.isclose(served, computed, rtol=self.tolerance, atol=self.tolerance, equal_nan=True)
        off = 1 - float(same.mean())
        return Reading(f"parity {name}", off, self.threshold, 0.0, float(off == 0))


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice or isinstance(names, str):
        raise BadInput(f"names of features must be a list of distinct ones, but {', '.join(twice) or names} repeats")
    return tuple(names)


def _named(rows: Floats, names: tuple[str, ...]) -> list[tuple[str, Floats]]:
    """Cut *rows* (n, f) into columns with their names."""
    if np.ndim(rows) != 2 or np.shape(rows)[1] != len(names):
        raise BadInput(f"rows of shape {np.shape(rows)} do not fit the {len(names)} features {', '.join(names)}")
    return list(zip(names, np.asarray(rows, dtype=np.float64).T, strict=True))


def _present(column: Floats) -> Floats:
    found: Floats = column[~np.isnan(column)]  # a copy: the caller's rows may change
    return found
