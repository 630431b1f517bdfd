"""Serves features as of a time: what had been computed by then, how old it is, and what a leak would have shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints

__all__ = ["Batch", "FeatureStore", "OnDemand", "Rule", "Seen", "Stream", "Timed"]


class Rule(Protocol):
    """How a feature is computed: when a value that arose at some time can be served, and what it adds to a request."""

    @property
    def latency(self) -> float:
        """What computing it adds to each request [s]."""

    def available(self, at: Floats) -> Floats:
        """Return from when on values that arose at times *at* [s] are served [s]: never earlier, in the same order."""


@dataclass(frozen=True)
class Batch:
    """A job runs at every multiple of *period*, takes in all that arose up to its start, and is done *lag* later."""

    period: float
    """[s], above 0"""
    lag: float = 0.0
    """[s], 0 or more"""
    latency: float = 0.0
    """of looking it up [s]"""

    def __post_init__(self) -> None:
        _check_times(period=self.period, lag=self.lag, latency=self.latency)

    def available(self, at: Floats) -> Floats:
        """Return when the next job that sees them is done."""
        return np.maximum(np.ceil(at / self.period) * self.period, at) + self.lag


@dataclass(frozen=True)
class Stream:
    """Each value is passed on by itself and can be served *lag* after it arose."""

    lag: float
    """[s], 0 or more"""
    latency: float = 0.0
    """of looking it up [s]"""

    def __post_init__(self) -> None:
        _check_times(lag=self.lag, latency=self.latency)

    def available(self, at: Floats) -> Floats:
        """Return them *lag* later."""
        return at + self.lag


@dataclass(frozen=True)
class OnDemand:
    """Computed anew for each request, from all there is at its time; the request waits for it."""

    latency: float
    """[s], 0 or more"""

    def __post_init__(self) -> None:
        _check_times(latency=self.latency)

    def available(self, at: Floats) -> Floats:
        """Return the times themselves."""
        return at


@dataclass(frozen=True, slots=True)
class Seen:
    """What is served for n requests of f features."""

    X: Floats
    """(n, f), NaN = there is no value"""
    age: Floats
    """(n, f) how long before the request the value arose [s]; NaN = there is none, negative = from the future"""
    leaky: bool
    """whether it may hold values from after the request: for showing leakage only, never for training"""


class Timed:
    """One feature: m values, each of an *entity* (m,) from its time *at* (m,) [s] on, served by a *rule*."""

    def __init__(self, entity: Ints, at: Floats, value: Floats, rule: Rule) -> None:
        if not (np.shape(entity) == np.shape(at) == np.shape(value) == (len(at),)) or not np.isfinite(at).all():
            raise BadInput(f"a feature of {len(entity)} entities takes as many values, at finite times; one of each")
        self.rule = rule
        available = rule.available(at)
        order = np.lexsort((at, available, entity))
        self._at, self._value = at[order], value[order]
        self._who, self._start = np.unique(entity[order], return_index=True)
        self._times = np.unique(available)
        row = np.searchsorted(self._who, entity[order])
        self._key = self._keys(row, np.searchsorted(self._times, available[order]) + 1)

    def as_of(self, entity: Ints, at: Floats, *, leaky: bool = False) -> tuple[Floats, Floats]:
        """Return for n requests the latest value of *entity* (n,) that can be served at *at* (n,) [s], and its age [s].

        The point-in-time join: a value counts when it is available at or before the request; NaN where none is.
        *leaky* takes the last value whatever its time: the mistake that makes a model look good offline only
        (Kaufman et al. 2012).
        """
        row = np.minimum(np.searchsorted(self._who, entity), max(len(self._who) - 1, 0))
        if not len(self._who):
            return np.full(len(entity), math.nan), np.full(len(entity), math.nan)
        until = np.full(len(at), len(self._times)) if leaky else np.searchsorted(self._times, at, side="right")
        place = np.searchsorted(self._key, self._keys(row, until), side="right") - 1
        found = (self._who[row] == entity) & (place >= self._start[row])
        value = np.where(found, self._value[place], math.nan)
        return value, np.where(found, at - self._at[place], math.nan)

    def _keys(self, row: Ints, rank: Ints) -> Ints:
        """Order by entity, then by the rank of the time among all times: one number to search for."""
        return np.asarray(row * (len(self._times) + 1) + rank, dtype=np.int64)


class FeatureStore:
    """The features of a model, by name, in the order of their columns."""

    def __init__(self, features: Mapping[str, Timed]) -> None:
        self.features = dict(features)

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.features)

    @property
    def latency(self) -> float:
        """What serving adds to each request [s]: features are fetched side by side, so the slowest counts."""
        return max((feature.rule.latency for feature in self.features.values()), default=0.0)

    def as_of(self, entity: Ints, at: Floats, *, leaky: bool = False) -> Seen:
        """Return what is served to requests of *entity* (n,) at *at* (n,) [s]; see `Timed.as_of`.

        Training rows are made by the same call with their own times.
        """
        X, age = (np.empty((len(at), len(self.features))) for _ in range(2))
        for column, feature in enumerate(self.features.values()):
            X[:, column], age[:, column] = feature.as_of(entity, at, leaky=leaky)
        return Seen(X, age, leaky)


def _check_times(**times: float) -> None:
    for name, time in times.items():
        if not (0 <= time < math.inf and (time > 0 or name != "period")):
            raise BadInput(f"{name} = {time} s of a feature is not allowed; finite, not negative, a period above 0")
