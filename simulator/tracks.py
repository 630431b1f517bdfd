"""What the reference answers made of a world: the marks that a score is read from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.books.ledger import CLOSE
from simulator.case import Case
from simulator.run import Run
from simulator.simulation import fly

__all__ = ["Track", "Yardstick", "profit_by", "yardstick"]


@dataclass(frozen=True)
class Track:
    """What a reference answer made of this very world."""

    profit: int
    """[µ$]"""
    at: tuple[float, ...]
    """[s]"""
    so_far: tuple[int, ...]
    """profit by then [µ$]"""
    kpis: Mapping[str, float]
    accounts: Mapping[str, int]
    """account -> sum [µ$]"""

    @staticmethod
    def of(case: Case, run: Run) -> Track:
        """Return the track of a *run*, a point a tick of the *case*."""
        ticks = np.arange(1, math.ceil(run.until / case.tick) + 1) * case.tick
        moments = [0.0, *np.minimum(ticks, run.until).tolist()]
        so_far = tuple(profit_by(run, at) for at in moments)
        return Track(run.profit(), tuple(moments), so_far, run.kpis(), run.ledger.by_account())

    def by(self, at: float) -> int:
        """Return the profit by *at* [s], as of the tick at which it falls [µ$]."""
        return self.so_far[min(int(np.searchsorted(self.at, at)), len(self.at) - 1)]


@dataclass(frozen=True)
class Yardstick:
    """What the score of a world is read from: its weak and its expert answer."""

    weak: Track
    expert: Track


def yardstick(case: Case, seed: int, until: float | None = None) -> Yardstick:
    """Fly the weak and the expert answer of *case* under *seed*."""
    flown = (fly(case, name, seed, until=until) for name in ("weak", "expert"))
    return Yardstick(*(Track.of(case, run) for run in flown))


def profit_by(run: Run, at: float) -> int:
    """Return what had been posted by *at* [s]; what is settled at the end counts at the end only [µ$]."""
    book = run.ledger.postings()
    if at >= run.until:
        return run.profit()
    return int(book.amount[(book.at <= at) & ~run.ledger.caused_by(CLOSE)].sum())
