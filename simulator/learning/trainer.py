"""A trainer as a process on the clock: a training job takes time, money and a slot, and may fail."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import simpy

from simulator.clock import Clock
from simulator.errors import BadInput

__all__ = ["Hooks", "Terms", "Trainer"]


@dataclass(frozen=True)
class Terms:
    """What a training job takes."""

    lasts: float
    """from the cut of the data to the new version going live [s]"""
    cost: int
    """[µ$], charged when the job starts"""


@dataclass(frozen=True)
class Hooks:
    """What a job may meet besides its own time."""

    fails: Callable[[int], bool] = lambda job: False
    """whether job 1, 2, … breaks off at its end: it is paid for, and nothing goes live"""
    failed: Callable[[str], object] = lambda why: None
    """is told of a job that broke off"""
    occupies: Callable[[int], object] = lambda change: None
    """+1 when a job takes its machines, -1 when it gives them back: a case lets serving lose as much"""


class Trainer:
    """Runs training jobs one after another, or in as many *slots* as there are; slots may be shared with others.

    *fit(at, why)* makes a version from what is known at time *at* and returns the call that puts it live;
    *charge(at)* pays for the job.
    """

    def __init__(
        self,
        clock: Clock,
        terms: Terms,
        fit: Callable[[float, str], Callable[[], None]],
        charge: Callable[[float], None],
        *,
        slots: simpy.Resource | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        if terms.lasts < 0 or terms.cost < 0:
            raise BadInput(f"a training job cannot take {terms.lasts} s or cost {terms.cost} µ$: neither is negative")
        self.clock, self.terms, self._fit, self._charge = clock, terms, fit, charge
        self._slots = slots or simpy.Resource(clock, capacity=1)
        self._hooks = hooks or Hooks()
        self.jobs = 0
        self.ordered = 0
        """jobs that wait or run"""

    def order(self, why: str) -> None:
        """Ask for a new version, for the reason *why*; it waits for jobs ordered before it."""
        self.ordered += 1
        self.clock.process(self._job(why))

    def schedule(self, period: float, why: str = "schedule") -> None:
        """Order a new version every *period* seconds."""
        self.clock.every(period, lambda: self.order(why))

    def _job(self, why: str) -> Generator[Any, Any, None]:
        with self._slots.request() as slot:
            yield slot
            start = self.clock.now
            self._charge(start)
            put_live = self._fit(start, why)
            self.jobs += 1
            broken = self._hooks.fails(self.jobs)
            self._hooks.occupies(1)
            yield self.clock.at(start + self.terms.lasts)
            self._hooks.occupies(-1)
            self.ordered -= 1
            if broken:
                self._hooks.failed(why)
            else:
                put_live()
