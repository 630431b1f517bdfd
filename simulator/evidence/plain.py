"""Turns figures into plain Python, so that a chart's data can be pickled, and written as JSON."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput, shown
from simulator.run import Run

__all__ = ["Plain", "Plains", "counts", "mean", "moment", "named", "number", "numbers"]

Plain = float | None
"""A figure; None = there is none: JSON has no NaN and no infinity"""
Plains = tuple[Plain, ...]


def number(value: float) -> Plain:
    """Return *value* as a float, None where it is not finite."""
    return float(value) if math.isfinite(value) else None


def numbers(values: npt.ArrayLike) -> Plains:
    """Return *values* as floats, None where one is not finite."""
    return tuple(number(value) for value in np.asarray(values, dtype=np.float64).tolist())


def counts(values: npt.ArrayLike) -> tuple[int, ...]:
    """Return *values* as integers."""
    return tuple(np.asarray(values, dtype=np.int64).tolist())


def mean(values: npt.ArrayLike) -> Plain:
    """Return the mean of those *values* that are finite, None where there are none."""
    column = np.asarray(values, dtype=np.float64)
    finite = column[np.isfinite(column)]
    return float(finite.mean()) if len(finite) else None


def named(names: tuple[str, ...], code: int, kind: str) -> str:
    """Return the name of *code* among *names*, or one made of its *kind* where the case gives none."""
    return names[code] if 0 <= code < len(names) else f"{kind} {code}"


def moment(run: Run, at: float) -> float:
    """Return the moment *at* [s], at the latest the end of *run*; BadInput when it is no time of a flight."""
    if not 0 <= at < math.inf:
        raise BadInput(f"the moment {shown(at)} is not a time of the flight: seconds from 0 on")
    return min(float(at), run.until)
