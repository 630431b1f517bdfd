"""Estimates what another policy would have earned, from the log of the one that ran."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput
from simulator.units import Floats, Ints

__all__ = ["Estimate", "debiased_by_item", "debiased_ctr", "doubly_robust", "ips", "snips"]

# Columns are (n,), one row for each logged choice: its reward, the probability with which it was logged, and the
# probability with which the target policy would have made it. No estimate mends what was never logged.


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean reward for each request, how sure it is, and how many rows are really behind it."""

    value: float
    se: float
    """standard error of *value*; nan with fewer than two rows"""
    effective_n: float
    """(Σw)² / Σw² of the weights (Kish 1965): n where both policies agree, few where they differ"""


def ips(rewards: npt.ArrayLike, logged: npt.ArrayLike, target: npt.ArrayLike, clip: float | None = None) -> Estimate:
    """Return the mean of weight · reward, weight = *target* / *logged* (Horvitz & Thompson 1952).

    Unbiased without *clip*. With it no weight exceeds *clip*: less variance, and biased down for rewards ≥ 0
    (Ionides 2008). BadInput where the target has mass and the log had none.
    """
    r, weight = _weighed(rewards, logged, target, clip)
    return _mean(weight * r, weight)


def snips(rewards: npt.ArrayLike, logged: npt.ArrayLike, target: npt.ArrayLike, clip: float | None = None) -> Estimate:
    """Return the mean reward weighted by *target* / *logged* (Swaminathan & Joachims 2015).

    Its bias goes as 1/n; it never leaves the range of the rewards, and is exact for a constant reward. The
    standard error is that of a ratio (delta method). nan if all weights are 0. Arguments and errors as `ips`.
    """
    r, weight = _weighed(rewards, logged, target, clip)
    total = float(weight.sum())
    if not total > 0:
        return Estimate(math.nan, math.nan, 0.0)
    value = float(np.dot(weight, r)) / total
    return Estimate(value, math.sqrt(float(np.sum((weight * (r - value)) ** 2))) / total, _effective(weight))


def doubly_robust(
    rewards: npt.ArrayLike,
    logged: npt.ArrayLike,
    target: npt.ArrayLike,
    predicted: npt.ArrayLike,
    expected: npt.ArrayLike,
    clip: float | None = None,
) -> Estimate:
    """Return the mean of *expected* + weight · (reward - *predicted*) (Dudík, Langford & Li 2011).

    *predicted* (n,) is what a model says of the logged choice, *expected* (n,) what it says of the target policy
    at that request: Σ over choices of target probability · prediction. Unbiased if the propensities are right or
    the model is. Other arguments and errors as `ips`.
    """
    r, weight = _weighed(rewards, logged, target, clip)
    said, base = _column(predicted, "predicted", len(r)), _column(expected, "expected", len(r))
    return _mean(base + weight * (r - said), weight)


def debiased_ctr(clicks: npt.ArrayLike, examination: npt.ArrayLike) -> Estimate:
    """Return the share of impressions that would be clicked if all were looked at: the mean of click / chance.

    *clicks* is (n,) or (n, k), 1 or 0; *examination* is the chance in (0, 1] that the place is looked at, for
    each click, or (k,) for the places. Unbiased under a position-based model (Joachims, Swaminathan & Schnabel
    2017).
    """
    clicked, weight = _looked(clicks, examination)
    return _mean((clicked * weight).ravel(), weight.ravel())


def debiased_by_item(items: Ints, clicks: npt.ArrayLike, examination: npt.ArrayLike, c: int) -> Floats:
    """Return (c,) `debiased_ctr` of each of *c* items; nan for one that was not shown. *items* is like *clicks*."""
    clicked, weight = _looked(clicks, examination)
    shown = np.bincount(items.ravel(), minlength=c).astype(np.float64)
    found = np.bincount(items.ravel(), weights=(clicked * weight).ravel(), minlength=c)
    return np.asarray(np.divide(found, shown, out=np.full(c, np.nan), where=shown > 0))


def _weighed(
    rewards: npt.ArrayLike, logged: npt.ArrayLike, target: npt.ArrayLike, clip: float | None
) -> tuple[Floats, Floats]:
    r = _column(rewards, "rewards", np.size(rewards))
    had, wants = _chances(logged, "logged", len(r)), _chances(target, "target", len(r))
    if (missing := (had == 0) & (wants > 0)).any():
        raise BadInput(
            f"row {int(np.argmax(missing))} has a logged propensity of 0 where the target has mass; "
            "only what could be logged can be weighed"
        )
    if clip is not None and not clip > 0:
        raise BadInput(f"clip {clip} leaves no weight; it must be more than 0")
    weight = np.divide(wants, had, out=np.zeros(len(r)), where=had > 0)
    return r, weight if clip is None else np.minimum(weight, clip)


def _looked(clicks: npt.ArrayLike, examination: npt.ArrayLike) -> tuple[Floats, Floats]:
    clicked, chance = np.asarray(clicks, dtype=np.float64), np.asarray(examination, dtype=np.float64)
    if not ((chance > 0) & (chance <= 1)).all():
        raise BadInput("an examination chance is not in (0, 1]; what is never looked at cannot be weighed")
    if chance.shape not in ((), clicked.shape, clicked.shape[-1:]):
        raise BadInput(f"examination of shape {chance.shape} does not fit clicks of shape {clicked.shape}")
    return clicked, np.broadcast_to(1 / chance, clicked.shape)


def _mean(terms: Floats, weight: Floats) -> Estimate:
    n = len(terms)
    se = float(terms.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    return Estimate(float(terms.mean()) if n else math.nan, se, _effective(weight))


def _effective(weight: Floats) -> float:
    squares = float(np.dot(weight, weight))
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def _column(values: npt.ArrayLike, name: str, n: int) -> Floats:
    column = np.asarray(values, dtype=np.float64)
    if column.shape != (n,):
        raise BadInput(f"{name} of shape {column.shape} does not fit; it must be one number for each of {n} rows")
    if not np.isfinite(column).all():
        raise BadInput(f"{name} holds what is not finite, at row {int(np.argmax(~np.isfinite(column)))}")
    return column


def _chances(values: npt.ArrayLike, name: str, n: int) -> Floats:
    column = _column(values, name, n)
    if not ((column >= 0) & (column <= 1)).all():
        raise BadInput(f"{name} holds what is no probability; it must be 0 to 1")
    return column
