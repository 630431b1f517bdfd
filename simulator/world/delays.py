"""How long the truth takes to come to light, and what is written down before it has: windows, losses, revisions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints, Mask

__all__ = [
    "Constant",
    "Delay",
    "Exponential",
    "Gamma",
    "Owed",
    "PerClass",
    "Weibull",
    "observed",
    "observed_share",
]


class Delay(Protocol):
    """A law of the time between a request and its truth."""

    @property
    def mean(self) -> float:
        """The mean delay [s]."""

    def cdf(self, t: float) -> float:
        """Return the probability of a delay of at most *t* [s]."""

    def draw(self, luck: Floats) -> Floats:
        """Return the delays [s] that belong to uniforms *luck* [0, 1), by inverse transform: more luck, more delay."""


@dataclass(frozen=True)
class Constant:
    """Always the same delay; inf = the truth never shows by itself."""

    after: float
    """[s], 0 or more"""

    def __post_init__(self) -> None:
        if not self.after >= 0:
            raise BadInput(f"a delay of {self.after} s is not allowed; it is 0 or more")

    @property
    def mean(self) -> float:
        """The mean delay [s]."""
        return self.after

    def cdf(self, t: float) -> float:
        """Return the probability of a delay of at most *t* [s]."""
        return float(self.after <= t < math.inf)

    def draw(self, luck: Floats) -> Floats:
        """Return the delays [s] that belong to uniforms *luck*: all the same."""
        return np.full(np.shape(luck), self.after)


@dataclass(frozen=True)
class Weibull:
    """Many fast and a long tail of slow ones for a *shape* below 1, about the same for all for one far above 1."""

    scale: float
    """[s], above 0: a share 1 - 1/e is faster"""
    shape: float

    def __post_init__(self) -> None:
        _check_positive("scale", self.scale)
        _check_positive("shape", self.shape)

    @property
    def mean(self) -> float:
        """The mean delay [s]: scale·Γ(1 + 1/shape)."""
        return self.scale * math.gamma(1 + 1 / self.shape)

    def cdf(self, t: float) -> float:
        """Return the probability of a delay of at most *t* [s]: 1 - exp(-(t / scale)^shape)."""
        return -math.expm1(-((max(t, 0.0) / self.scale) ** self.shape))

    def draw(self, luck: Floats) -> Floats:
        """Return the delays [s] that belong to uniforms *luck* [0, 1)."""
        return np.asarray(self.scale * (-np.log1p(-luck)) ** (1 / self.shape))


@dataclass(frozen=True)
class Exponential:
    """No memory: whoever has waited for long is as far from the truth as at first (Chapelle 2014)."""

    mean: float
    """[s], above 0"""

    def __post_init__(self) -> None:
        _check_positive("mean", self.mean)

    def cdf(self, t: float) -> float:
        """Return the probability of a delay of at most *t* [s]: 1 - exp(-t / mean)."""
        return -math.expm1(-max(t, 0.0) / self.mean)

    def draw(self, luck: Floats) -> Floats:
        """Return the delays [s] that belong to uniforms *luck* [0, 1)."""
        return -self.mean * np.log1p(-luck)


@dataclass(frozen=True)
class Gamma:
    """Delays as the sum of *shape* exponential steps, for example of a dispute that goes through several hands."""

    mean: float
    """[s], above 0"""
    shape: float

    def __post_init__(self) -> None:
        _check_positive("mean", self.mean)
        _check_positive("shape", self.shape)

    def cdf(self, t: float) -> float:
        """Return the probability of a delay of at most *t* [s]: the regularised lower incomplete gamma function."""
        from scipy.special import gammainc  # noqa: PLC0415  it takes longer to load than all of this room

        return float(gammainc(self.shape, max(t, 0.0) * self.shape / self.mean))

    def draw(self, luck: Floats) -> Floats:
        """Return the delays [s] that belong to uniforms *luck* [0, 1)."""
        from scipy.special import gammaincinv  # noqa: PLC0415  as above

        return np.asarray(gammaincinv(self.shape, luck) * (self.mean / self.shape), dtype=np.float64)


@dataclass(frozen=True)
class PerClass:
    """One law for negatives and one for positives: a chargeback takes weeks, a good payment is never reported."""

    negative: Delay
    positive: Delay

    def draw(self, luck: Floats, truth: Mask) -> Floats:
        """Return the delays [s] that belong to uniforms *luck* (n,) [0, 1), given what is true (n,)."""
        return np.where(truth, self.positive.draw(luck), self.negative.draw(luck))


@dataclass(frozen=True, slots=True)
class Owed:
    """Labels on their way, in order of (due, row, first verdict before the truth); a request may have two."""

    row: Ints
    """(m,) of the request"""
    label: Ints
    """(m,) 0 or 1"""
    due: Floats
    """(m,) when it comes to light [s]"""

    def __len__(self) -> int:
        return len(self.row)


def observed(  # noqa: PLR0913  the columns of the world, and how it is looked at
    asked_at: Floats,
    truth: Mask,
    delay: Floats,
    *,
    window: float = math.inf,
    lost: float = 0.0,
    lost_luck: Floats | None = None,
    revise: bool = False,
) -> Owed:
    """Return the labels by which (n,) requests are seen: asked at *asked_at* [s], *truth* after *delay* [s].

    After *window* [s] (inf = as long as it takes) whoever has not been heard of counts as negative, also a positive
    that is only slow (Chapelle 2014); with *revise* its truth comes as a second label after all. A share *lost*
    (0-1) has no label at all: those whose *lost_luck* (n,) of uniforms lies below it. A pure function: all luck is
    the caller's, from the tape. BadInput for columns that do not fit.
    """
    _check(asked_at, (truth, delay), window)
    came = ~_lost(len(asked_at), lost, lost_luck)
    slow = delay > window
    first = came & np.isfinite(np.minimum(delay, window))
    late = came & slow & truth & np.isfinite(delay) & revise
    row = np.append(np.flatnonzero(first), np.flatnonzero(late))
    label = np.append((truth & ~slow)[first], truth[late])
    due = np.append((asked_at + np.minimum(delay, window))[first], (asked_at + delay)[late])
    order = np.lexsort((np.arange(len(row)), row, due))
    return Owed(row[order].astype(np.int64), label[order].astype(np.int64), due[order])


def observed_share(law: Delay, window: float) -> float:
    """Return the share of positives with delays of *law* that a *window* [s] sees as positive."""
    return law.cdf(window)


def _lost(n: int, share: float, luck: Floats | None) -> Mask:
    if not 0 <= share <= 1:
        raise BadInput(f"lost = {share} is no share; it lies between 0 and 1")
    if share == 0:
        return np.zeros(n, dtype=np.bool_)
    if luck is None or np.shape(luck) != (n,):
        raise BadInput(f"labels are lost by luck: lost_luck has to hold a uniform for each of {n} requests")
    return np.asarray(luck < share)


def _check(asked_at: Floats, columns: tuple[Mask, Floats], window: float) -> None:
    truth, delay = columns
    if not (asked_at.shape == truth.shape == delay.shape == (len(asked_at),)):
        raise BadInput(
            f"times {asked_at.shape}, truths {truth.shape} and delays {delay.shape} do not fit; all are (n,)"
        )
    if not (delay >= 0).all() or not window >= 0:
        raise BadInput(f"a delay, or the window of {window} s, is negative or not a number; both are 0 or more")
    if truth.dtype != np.bool_:
        raise BadInput(f"truths are yes or no, not {truth.dtype}")


def _check_positive(what: str, value: float) -> None:
    if not 0 < value < math.inf:
        raise BadInput(f"{what} {value} of a delay is not allowed; it is above 0 and finite")
