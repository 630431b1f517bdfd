"""How attention feeds on itself: what is shown is clicked, so it is shown more, until those without it leave."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput, BrokenInvariant
from simulator.units import Floats, Ints, Mask

__all__ = ["Patience", "polya", "polya_limits"]


def polya(start: npt.ArrayLike, luck: Floats, added: float = 1.0) -> Floats:
    """Return (runs, c) the weights after a loop that recommends in proportion to them and adds *added* to the one.

    All runs begin with weights *start* (c,) > 0; *luck* (runs, steps) is uniform in [0, 1). This is Pólya's urn
    (Eggenberger & Pólya 1923): the shares of a run settle, but where is luck; they tend to a draw from
    Dirichlet(start / added).
    """
    first = _weights(start)
    if luck.ndim != 2 or not added > 0:
        raise BadInput(f"luck of shape {luck.shape} must be runs x steps, and added {added} over 0")
    drawn = _drawn(first, luck, added)
    runs, c = len(luck), len(first)
    wins = np.bincount((drawn + c * np.arange(runs)[:, None]).ravel(), minlength=runs * c)
    return first + added * wins.reshape(runs, c)


def polya_limits(c: int) -> tuple[float, float, float]:
    """Return the expected largest share, Gini index and Σ share² of the urn of *c* that begins with 1 each, adding 1.

    H_c / c, (c - 1) / 2c and 2 / (c + 1): the shares tend to a uniform draw from the simplex (David & Nagaraja
    2003, §6.4).
    """
    harmonic = float(np.sum(1.0 / np.arange(1, c + 1)))
    return harmonic / c, (c - 1) / (2 * c), 2 / (c + 1)


@dataclass(frozen=True, slots=True)
class Patience:
    """Who leaves for want of attention: c entities, each with the time since when its share has been too small."""

    floor: float
    """share of all exposure below which an entity is discontent"""
    lasts: float
    """how long [s] it stays so"""
    since: Floats
    """(c,) time [s] of the first of the looks in a row with too small a share; inf = content"""
    left: Floats
    """(c,) time [s] at which it left; inf = still here"""
    seen: float = -np.inf
    """time [s] of the last look"""

    @staticmethod
    def of(entities: int, floor: float, lasts: float) -> Patience:
        """Begin with *entities* that are all content."""
        if not (0 <= floor <= 1 and lasts >= 0):
            raise BadInput(f"floor {floor} must be a share, 0 to 1, and lasts {lasts} s not negative")
        return Patience(floor, lasts, np.full(entities, np.inf), np.full(entities, np.inf))

    @property
    def here(self) -> Mask:
        """(c,) who has not left."""
        return np.isinf(self.left)

    def joined(self, newcomers: int) -> Patience:
        """Return the state with *newcomers* behind the others, content."""
        content = np.full(newcomers, np.inf)
        return replace(self, since=np.append(self.since, content), left=np.append(self.left, content))

    def after(self, at: float, share: Floats) -> Patience:
        """Return the state after a look at time *at* [s], when each entity's share of exposure was *share* (c,).

        Whoever was discontent at every look for `lasts` is gone from that moment on: from its first discontent
        look plus `lasts`, which may lie before *at*. Who has left stays away. Looks may not run backwards.
        """
        if not at > self.seen:
            raise BrokenInvariant(f"patience is looked at at {at} s, after {self.seen} s")
        if np.shape(share) != self.since.shape:
            raise BadInput(f"shares of shape {np.shape(share)} do not fit {len(self.since)} entities")
        since = np.where(share < self.floor, np.minimum(self.since, at), np.inf)
        leaves = self.here & (since + self.lasts <= at)
        return replace(self, since=since, left=np.where(leaves, since + self.lasts, self.left), seen=at)

    def gone(self, since: float, until: float) -> Ints:
        """Return the entities that left at or after *since* and before *until* [s]."""
        return np.flatnonzero((self.left >= since) & (self.left < until)).astype(np.int64)


def _drawn(first: Floats, luck: Floats, added: float) -> Ints:
    """Return (runs, steps) who was recommended.

    A step falls either on the weight of the start, or on the weight that an earlier step added, and then it
    repeats that step. So the steps are pointers to earlier ones, followed until all end at the start.
    """
    total, steps = float(first.sum()), luck.shape[1]
    aim = luck * (total + added * np.arange(steps))
    begun = np.minimum(np.searchsorted(np.cumsum(first), aim, side="right"), len(first) - 1)
    earlier = np.minimum(np.floor((aim - total) / added), np.arange(steps) - 1.0).astype(np.int64)
    points = np.where((aim < total) | (np.arange(steps) == 0), np.arange(steps), np.maximum(earlier, 0))
    while not np.array_equal(further := np.take_along_axis(points, points, axis=1), points):
        points = further
    return np.asarray(np.take_along_axis(begun, points, axis=1), dtype=np.int64)


def _weights(start: npt.ArrayLike) -> Floats:
    first = np.asarray(start, dtype=np.float64)
    if first.ndim != 1 or not len(first) or not ((first > 0) & (first < np.inf)).all():
        raise BadInput("a popularity loop begins with one or more weights, each over 0 and finite")
    return first
