"""Labels that come late, or never: what is owed, what has landed, and a feed that can be held up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.errors import BrokenInvariant
from simulator.units import DAY, Floats, Ints, Mask

__all__ = ["Known", "Labels", "Landed"]


@dataclass(frozen=True, slots=True)
class Landed:
    """n labels that have come to light, in order of (time, id)."""

    id: Ints
    label: Ints
    """(n,) 0 or 1"""
    at: Floats
    """(n,) when [s]"""

    def __len__(self) -> int:
        return len(self.id)

    def rows(self, index: Mask) -> Landed:
        """Take the rows *index*."""
        return Landed(self.id[index], self.label[index], self.at[index])

    @staticmethod
    def of(rows: Sequence[tuple[int, int, float]]) -> Landed:
        """Build from rows of (id, label, landed at)."""
        id, label, at = zip(*rows, strict=True) if rows else ((), (), ())
        return Landed(np.array(id, np.int64), np.array(label, np.int64), np.array(at, np.float64))

    @staticmethod
    def together(*chunks: Landed) -> Landed:
        """Join *chunks* into one, in order of (time, id)."""
        none = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        names = ("id", "label", "at")
        columns = [np.concatenate([c, *(getattr(k, n) for k in chunks)]) for c, n in zip(none, names, strict=True)]
        order = np.lexsort((columns[0], columns[2]))
        return Landed(*(column[order] for column in columns))


class Known:
    """What is known by now of *size* requests: no label stands here before it has landed."""

    def __init__(self, size: int) -> None:
        self.label: Ints = np.full(size, -1, dtype=np.int64)
        """-1 = not known"""
        self.at: Floats = np.full(size, np.inf)
        """when it landed [s]"""
        self.landings: tuple[Landed, ...] = ()
        """what landed, chunk by chunk"""

    def land(self, landed: Landed) -> None:
        """Write down *landed*; a later label of the same request revises the earlier one."""
        self.label[landed.id], self.at[landed.id] = landed.label, landed.at
        self.landings += (landed,) if len(landed) else ()

    def landed(self) -> Landed:
        """Return all that has landed, revisions too."""
        return Landed.together(*self.landings)


class Labels:
    """The labels on their way to whoever learns from them; *size* is the number of requests on the tape.

    They wait in buckets of a day, so that asking what is due costs what is due.
    """

    def __init__(self, size: int) -> None:
        self.known = Known(size)
        self.reported: Callable[[Landed], Landed] = lambda landed: landed
        """what becomes of labels on their way, told when they land: a broken feed changes or loses some"""
        self._waiting: dict[int, list[Landed]] = {}
        self._held: list[Landed] = []
        self._stopped: list[int] = []
        self._reached = -np.inf

    def owe(self, ids: Ints, labels: Ints, due: Floats) -> None:
        """Promise that the *labels* of *ids* land at the times *due* [s]; those never due are dropped."""
        if not (due >= self._reached).all():  # nor is NaN
            raise BrokenInvariant(f"a label was due at {due.min()} s, before {self._reached} s")
        owed = Landed(ids, labels, due).rows(np.isfinite(due))
        days = np.floor_divide(owed.at, DAY)
        for number in np.unique(days).tolist():
            self._waiting.setdefault(int(number), []).append(owed.rows(days == number))

    def due(self, until: float) -> Landed:
        """Hand over what falls due before *until* [s], and write it down as known."""
        days = sorted(number for number in self._waiting if number * DAY < until)
        ready, later = _parted(Landed.together(*(c for number in days for c in self._waiting.pop(number))), until)
        self._reached = until
        if len(later):
            self._waiting[days[-1]] = [later]
        landed = self.reported(self._kept(ready))
        self.known.land(landed)
        return landed

    def hold(self, label: int) -> None:
        """Stop the feed of one *label*: what falls due waits for as many a `release` as there were holds."""
        self._stopped.append(label)

    def release(self, at: float) -> None:
        """Start the feed again at time *at* [s]; what was held up lands then."""
        self._stopped = self._stopped[1:]
        if self._stopped:
            return
        held, self._held = Landed.together(*self._held), []
        self.owe(held.id, held.label, np.full(len(held), at))

    def pending(self) -> Landed:
        """Return everything that has not landed yet, in order."""
        chunks = [chunk for number in sorted(self._waiting) for chunk in self._waiting[number]]
        return Landed.together(*chunks, *self._held)

    def _kept(self, ready: Landed) -> Landed:
        if not self._stopped:
            return ready
        stopped = np.isin(ready.label, self._stopped)
        self._held.append(ready.rows(stopped))
        return ready.rows(~stopped)


def _parted(landed: Landed, until: float) -> tuple[Landed, Landed]:
    before = landed.at < until
    return landed.rows(before), landed.rows(~before)
