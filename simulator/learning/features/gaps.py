"""Puts something in the place of features that are missing: a constant, the training mean, the last value, a flag."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput, unknown
from simulator.units import Floats, Ints

__all__ = ["DEFAULTS", "Default", "filled"]

DEFAULTS = ("constant", "last", "indicator")


@dataclass(frozen=True)
class Default:
    """What stands in for a missing value: a *value*, the entity's last known one, or a flag in its own column."""

    kind: str = "constant"
    """one of DEFAULTS; `indicator` keeps the NaN and adds a column of 0 and 1, 1 = missing"""
    value: float = 0.0
    """for `last` where no earlier one is known"""

    def __post_init__(self) -> None:
        if self.kind not in DEFAULTS:
            raise unknown("default", self.kind, DEFAULTS)

    @staticmethod
    def mean_of(training: Floats) -> Default:
        """Take the mean of a column of *training* (n,), without its missing values; 0 if there are no others."""
        known = training[~np.isnan(training)]
        return Default("constant", float(known.mean()) if len(known) else 0.0)


def filled(X: Floats, defaults: Sequence[Default], entity: Ints) -> Floats:
    """Return (n, c) features with *defaults*, one per column of *X* (n, f), in place of NaN; c > f with indicators.

    Rows stand in order of time; *entity* (n,) says whose they are, for `last`.
    """
    if X.shape[1:] != (len(defaults),):
        raise BadInput(f"{len(defaults)} defaults do not fit features of shape {X.shape}; one for each column")
    columns = [part for x, default in zip(X.T, defaults, strict=True) for part in _filled(x, default, entity)]
    return np.column_stack(columns) if columns else X


def _filled(x: Floats, default: Default, entity: Ints) -> list[Floats]:
    missing = np.isnan(x)
    if default.kind == "indicator":
        return [x, missing.astype(np.float64)]
    if default.kind == "last":
        x = _carried(x, entity)
    return [np.where(np.isnan(x), default.value, x)]


def _carried(x: Floats, entity: Ints) -> Floats:
    """Carry the last known value of each entity forward."""
    order = np.argsort(entity, kind="stable")
    sorted_x, who = x[order], entity[order]
    rows = np.arange(len(x))
    last = np.maximum.accumulate(np.where(np.isnan(sorted_x), -1, rows)) if len(x) else rows
    same = (last >= 0) & (who[last] == who)
    carried = np.empty(len(x))
    carried[order] = np.where(same, sorted_x[last], math.nan)
    return carried
