"""SimPy's clock with guards: it brings the data plane up to each event, refuses broken times and endless instants."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from heapq import heappush
from typing import Any

import simpy
from simpy.events import NORMAL, Event

from simulator.errors import BrokenInvariant

__all__ = ["ACTING", "DECIDING", "Clock", "Process"]

DECIDING = 2
"""priority of pilots looking at the view: after everything else of the instant"""
ACTING = 3
"""priority of decisions taking effect: after all looking, so that a replayed plan meets the same order"""

_MOST_EVENTS = 100_000  # at one instant; more is taken for a loop without delay

Process = Generator[Event, Any, None]


class Clock(simpy.Environment):
    """The one clock of a run [s]; control events happen here, requests are advanced by *advance* in between.

    Before an event at time t is processed, *advance(t)* handles every request asked before t: at a tie,
    control comes before data. Where *advance* returns an earlier time, it has stopped there because control has
    something to decide: `woken` is called at that time, and the rest follows.
    """

    def __init__(self, advance: Callable[[float], float | None]) -> None:
        super().__init__()
        self._advance = advance
        self.woken: Callable[[], object] = lambda: None
        self._events = 0
        self._brought = 0.0  # how far the data plane was, or is being, brought [s]

    def schedule(self, event: Event, priority: Any = NORMAL, delay: float = 0) -> None:
        """Schedule *event*; BrokenInvariant when the time is not finite or lies in the past."""
        self._refuse(self.now + delay)
        super().schedule(event, priority, delay)

    def at(self, when: float, priority: int = NORMAL) -> Event:
        """Return an event at the absolute time *when* [s]; now + (when - now) would be rounded."""
        self._refuse(when)
        event = Event(self)
        event._ok, event._value = True, None
        queue: list[Any] = self._queue
        heappush(queue, (when, priority, next(self._eid), event))
        return event

    def call(self, when: float, act: Callable[[], object], priority: int = NORMAL) -> None:
        """Call *act* at the absolute time *when* [s]."""
        self.at(when, priority).callbacks.append(lambda event: _done(act()))

    def every(self, period: float, act: Callable[[], object]) -> None:
        """Call *act* at the multiples of *period* [s] that lie ahead, without accumulating rounding."""
        if not 0 < period < math.inf:
            raise BrokenInvariant(f"a period of {period} s was asked for at {self.now} s")

        def process() -> Process:
            turn = math.floor(self.now / period) + 1
            while True:
                yield self.at(turn * period)
                act()
                turn += 1

        self.process(process())

    def step(self) -> None:
        """Bring the requests up to the next event, then process it."""
        self._watch(self.peek())
        super().step()

    def _watch(self, when: float) -> None:
        if when > self.now:
            self._events = 0
            self._brought = when
            reached = self._advance(when)
            if reached is not None and reached < when:
                self._brought = reached
                self.call(reached, self._wake)
        self._events += 1
        if self._events > _MOST_EVENTS:
            raise BrokenInvariant(f"more than {_MOST_EVENTS} events at {self.now} s: a loop without delay?")

    def _wake(self) -> object:
        return self.woken()

    def _refuse(self, when: float) -> None:
        if not math.isfinite(when) or when < max(self.now, self._brought):
            raise BrokenInvariant(f"an event at {when} s was asked for at {self.now} s")


def _done(result: object) -> None:
    """Drop the *result* of a call: SimPy's callbacks return nothing."""
