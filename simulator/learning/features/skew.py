"""Skews features on their way from the computation to the model, and finds where the two sides differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput, unknown
from simulator.learning.readings import Reading
from simulator.units import Floats, Mask

__all__ = ["TYPES", "TypeBug", "UnitBug", "mismatch", "noisy", "parity"]

TYPES = ("missing", "integer", "zero")


@dataclass(frozen=True)
class UnitBug:
    """A feature arrives in another unit for a while: times *factor*, from *since* to before *until* [s]."""

    feature: int
    factor: float
    since: float = -math.inf
    until: float = math.inf

    def apply(self, X: Floats, at: Floats) -> Floats:
        """Return a copy of *X* (n, f) as it is served at *at* (n,) [s]."""
        return _changed(X, self.feature, _during(self, at), X[:, self.feature] * self.factor)


@dataclass(frozen=True)
class TypeBug:
    """A feature arrives as another type: it cannot be read, its fraction is cut off, or it is read as 0."""

    feature: int
    becomes: str
    """one of TYPES"""
    since: float = -math.inf
    until: float = math.inf

    def __post_init__(self) -> None:
        if self.becomes not in TYPES:
            raise unknown("type", self.becomes, TYPES)

    def apply(self, X: Floats, at: Floats) -> Floats:
        """Return a copy of *X* (n, f) as it is served at *at* (n,) [s]."""
        x = X[:, self.feature]
        values = {"missing": np.full(len(x), math.nan), "integer": np.trunc(x), "zero": np.zeros(len(x))}
        return _changed(X, self.feature, _during(self, at), values[self.becomes])


def noisy(X: Floats, feature: int, spread: float, luck: Floats) -> Floats:
    """Return a copy of *X* (n, f) whose *feature* is off by *spread* times standard normals *luck* (n,).

    So does a feature that is computed by an approximation when it is served, and exactly when models are trained.
    """
    return _changed(X, feature, np.ones(len(X), dtype=np.bool_), X[:, feature] + spread * luck)


def mismatch(served: Floats, computed: Floats, tolerance: float = 1e-6) -> Floats:
    """Return, per feature, the share of rows where *served* (n, f) is not what was *computed* (n, f) afterwards.

    *tolerance* is relative, and absolute below 1. Missing on both sides is the same; no rows: NaN.
    """
    if served.shape != computed.shape or served.ndim != 2:
        raise BadInput(f"served features {served.shape} do not fit computed ones {computed.shape}; both are (n, f)")
    scale = np.fmax(np.fmax(np.abs(served), np.abs(computed)), 1.0)
    same = (np.abs(served - computed) <= tolerance * scale) | (np.isnan(served) & np.isnan(computed))
    return np.mean(~same, axis=0) if len(served) else np.full(served.shape[1], math.nan)


def parity(
    names: Sequence[str], served: Floats, computed: Floats, *, allowed: float = 0.01, tolerance: float = 1e-6
) -> list[Reading]:
    """Hold *served* against *computed* features, (n, f) both; it rings where a share *allowed* of rows or more differs.

    Training-serving skew (Breck et al. 2017, monitor 3; Baylor et al. 2017). Without any skew nothing differs.
    """
    shares = mismatch(served, computed, tolerance).tolist()
    return [Reading(f"skew {name}", share, allowed, 0.0) for name, share in zip(names, shares, strict=True)]


def _during(bug: UnitBug | TypeBug, at: Floats) -> Mask:
    return np.asarray((at >= bug.since) & (at < bug.until))


def _changed(X: Floats, feature: int, where: Mask, values: Floats) -> Floats:
    changed = X.copy()
    changed[where, feature] = values[where]
    return changed
