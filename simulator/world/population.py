"""Who comes: people with habits of their own, who may leave for good."""

from __future__ import annotations

import numpy as np

from simulator.units import Floats, Ints, Mask

__all__ = ["Departures", "habits", "pick"]


def habits(luck: np.random.Generator, n: int, spread: float) -> Floats:
    """Draw (n,) relative rates of activity, gamma with mean 1 and squared coefficient of variation *spread*."""
    return luck.gamma(1 / spread, spread, n)


def pick(luck: np.random.Generator, activity: Floats, n: int) -> Ints:
    """Draw (n,) people, each with probability in proportion to their *activity*."""
    cumulated = np.cumsum(activity)
    chosen: Ints = np.searchsorted(cumulated, luck.random(n) * cumulated[-1], side="right").astype(np.int64)
    return chosen


class Departures:
    """Who of *n* people has left, and when."""

    def __init__(self, n: int) -> None:
        self.left_at: Floats = np.full(n, np.inf)
        """(n,) time [s]; inf = still here"""

    def leave(self, who: int, at: float) -> bool:
        """Let *who* leave at time *at* [s]; False when they had left before."""
        first = bool(at < self.left_at[who])
        self.left_at[who] = min(at, self.left_at[who])
        return first

    def gone(self, who: Ints, at: Floats) -> Mask:
        """Tell for (k,) people whether they had left by their times *at* [s]."""
        return self.left_at[who] <= at
