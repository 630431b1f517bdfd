"""A trainer as a process on the clock: a training job takes time and money, and one runs at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import simpy

from simulator.clock import Clock

__all__ = ["Terms", "Trainer"]


@dataclass(frozen=True)
class Terms:
    """What a training job takes."""

    lasts: float
    """from the cut of the data to the new version going live [s]"""
    cost: int
    """[µ$], charged when the job starts"""


class Trainer:
    """Runs training jobs one after another.

    *fit(at, why)* makes a version from what is known at time *at* and returns the call that puts it live;
    *charge(at)* pays for the job.
    """

    def __init__(
        self,
        clock: Clock,
        terms: Terms,
        fit: Callable[[float, str], Callable[[], None]],
        charge: Callable[[float], None],
    ) -> None:
        self.clock, self.terms, self._fit, self._charge = clock, terms, fit, charge
        self._slot = simpy.Resource(clock, capacity=1)
        self.jobs = 0

    def order(self, why: str) -> None:
        """Ask for a new version, for the reason *why*; it waits for jobs ordered before it."""
        self.clock.process(self._job(why))

    def schedule(self, period: float, why: str = "schedule") -> None:
        """Order a new version every *period* seconds."""
        self.clock.every(period, lambda: self.order(why))

    def _job(self, why: str) -> Generator[Any, Any, None]:
        with self._slot.request() as slot:
            yield slot
            start = self.clock.now
            self._charge(start)
            put_live = self._fit(start, why)
            self.jobs += 1
            yield self.clock.at(start + self.terms.lasts)
            put_live()
