"""Labels that come late: what a training job may use, what is bought early, and what is not believed."""

from __future__ import annotations

import numpy as np

from simulator.learning.quarantine import Quarantine
from simulator.units import Floats, Ints, Mask, day

__all__ = ["LabelBook"]


class LabelBook:
    """Says whose labels are believed, of requests asked at the times *at* (n,) [s] whose labels take *delay* [s].

    *label* (n,), -1 = not known, and *known_at* (n,) [s] are somebody's own columns, read as they stand. Where a
    quarantine leaves fewer than *few* rows, a training window reaches back over it.
    """

    def __init__(self, at: Floats, label: Ints, known_at: Floats, delay: float, few: int) -> None:
        self._at, self._label, self._known_at, self._delay, self._few = at, label, known_at, delay, few
        self._quarantine = Quarantine()
        self.bought: Mask = np.zeros(len(at), dtype=np.bool_)
        """(n,) whose labels were bought: they stand, whatever else is reported"""

    def hold(self, first: int, last: int) -> None:
        """Quarantine the requests of the days *first* to *last*, in either order."""
        self._quarantine.add(day(min(first, last)), day(max(first, last) + 1))

    def held(self, ids: Ints) -> Mask:
        """Tell whose labels are under quarantine; what was bought is not."""
        held: Mask = self._quarantine.covers(self._at[ids]) & ~self.bought[ids]
        return held

    def answered(self, ids: Ints) -> Mask:
        """Tell whose labels were bought and have come."""
        there: Mask = self.bought[ids] & (self._label[ids] >= 0)
        return there

    def window(self, at: float, length: float) -> Ints:
        """Return the requests a training job may use at time *at* [s]: *length* [s] of them, labels in, none held."""
        ids = np.arange(*np.searchsorted(self._at, [at - self._delay - length, at]))
        ids = ids[(self._known_at[ids] <= at) & ~self.held(ids)]
        if len(ids) >= self._few:
            return ids
        further = self._quarantine.window(self._at, at - self._delay, length)
        return np.union1d(ids, further[self._known_at[further] <= at])

    def buy(self, now: float, count: int) -> Ints:
        """Return the latest *count* requests whose labels are not in at time *now* [s], as bought from now on."""
        ids = np.arange(*np.searchsorted(self._at, [now - self._delay, now]))
        ids = ids[(self._label[ids] < 0) & ~self.bought[ids]][-count:]
        self.bought[ids] = True
        return ids

    def landed(self, now: float, days: float) -> Ints:
        """Return the requests whose labels came in the last *days* before *now* [s], without those that are held."""
        ids = np.arange(*np.searchsorted(self._at, [now - day(days) - self._delay, now]))
        known = self._known_at[ids]
        fresh = (self._label[ids] >= 0) & (known >= now - day(days)) & (known < now)
        return ids[fresh & ~self.held(ids)]

    def early(self, ids: Ints) -> Ints:
        """Return those of *ids* whose labels were bought, and came before their time."""
        return ids[self.bought[ids] & (self._known_at[ids] < self._at[ids] + self._delay)]
