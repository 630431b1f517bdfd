"""What a pilot may know at a moment: an information barrier behind which the truth is out of reach."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.books.gauges import Gauges
from simulator.books.journal import Entry
from simulator.design import Design
from simulator.errors import BadInput
from simulator.learning.registry import Version
from simulator.plan import Plan
from simulator.units import Floats, Ints, dollars
from simulator.world.labels import Landed

__all__ = ["Pilot", "View"]


@dataclass(frozen=True)
class View:
    """The desk at time *now* [s].

    A view holds observed books only - no tape, no labels on their way - so there is no path from it to what is
    not known yet. Reads are as of now; asking for a later moment raises BadInput.
    """

    now: float
    plan: Plan
    """what has been decided so far; extend it with `then` and `do` and return it"""
    horizon: float
    _gauges: Gauges
    _journal: tuple[Entry, ...]
    _booked: Mapping[str, int]
    _landings: tuple[Landed, ...]
    _versions: tuple[Version, ...]

    @property
    def design(self) -> Design:
        """The dials as they stand now."""
        turned: dict[str, object] = {}
        for change in self.plan.changes:
            turned.update(change.dials if change.at <= self.now else {})
        return self.plan.design.but(**turned)

    def gauge(self, name: str) -> float:
        """Return the latest reading of a gauge; NaN when it was never read."""
        _, values = self.series(name)
        return float(values[-1]) if len(values) else math.nan

    def series(self, name: str, until: float | None = None) -> tuple[Floats, Floats]:
        """Return (times [s], values) of a gauge up to *until* (default: now)."""
        return self._gauges.series(name, self._by_now(until))

    def gauges(self) -> list[str]:
        """List the gauges that have been read."""
        return [name for name in self._gauges.names() if len(self.series(name)[0])]

    def journal(self) -> list[Entry]:
        """List what has happened, as far as anybody was told."""
        return list(self._journal)

    def alarms(self, since: float = 0.0) -> list[Entry]:
        """List the alarms since the time *since* [s]."""
        return [e for e in self.journal() if e.kind == "alarm" and e.at >= since]

    def booked(self, account: str | None = None) -> float:
        """Return dollars booked so far, in all or on one *account*."""
        return float(dollars(sum(self._booked.values()) if account is None else self._booked.get(account, 0)))

    def labels(self) -> tuple[Ints, Ints, Floats]:
        """Return (request ids, labels, landed at [s]) of the labels that have come to light."""
        landed = Landed.together(*self._landings)
        ids, last = np.unique(landed.id[::-1], return_index=True)
        return ids, landed.label[::-1][last], landed.at[::-1][last]

    def versions(self) -> list[Version]:
        """List the model's versions so far."""
        return list(self._versions)

    def _by_now(self, until: float | None) -> float:
        if until is not None and not until <= self.now:
            raise BadInput(f"a view at {self.now:g} s cannot be asked about {until:g} s")
        return self.now if until is None else until


Pilot = Callable[[View], "Mapping[str, Any] | Plan | None"]
"""A policy in flight: called before take-off (now = 0, nothing flown), at checkpoints and at alarms. It returns
dials to turn, or the view's plan extended by changes and acts from now on, or None; what it does is recorded."""
