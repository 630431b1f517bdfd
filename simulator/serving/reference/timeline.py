"""SimPy's environment with a stated order of what happens at equal times: hand-overs first, then the event loop's."""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappush
from typing import Any

import simpy
from simpy.core import StopSimulation
from simpy.events import Event

from simulator.serving.kernel.codes import KIND_SHIFT, RETRY

__all__ = ["ARRIVAL", "Process", "Timeline"]

Process = Generator[Event, Any, None]

# Priorities at one instant: SimPy starts processes with 0 and hands over with 1; keys of timed events follow.
_STOP, _TURN, _HALT, _TIMED = -1, 2, 3, 4
ARRIVAL = (RETRY + 1) << KIND_SHIFT
"""key of an arrival: after everything else of its instant"""


class Timeline(simpy.Environment):
    """An environment [s] whose timed events come at absolute times and, at equal times, by key."""

    def __init__(self) -> None:
        super().__init__()
        self._halting = False

    def at(self, when: float, key: int) -> Event:
        """Return the event with *key* at the time *when* [s]."""
        return self._at(when, _TIMED + key)

    def call(self, when: float, key: int, act: Callable[[], None]) -> None:
        """Call *act* at the time *when* [s]."""
        self._at(when, _TIMED + key).callbacks.append(lambda _: act())

    def soon(self, act: Callable[[], None]) -> None:
        """Call *act* at this instant, after all hand-overs and all that they lead to at once."""
        self._at(self._now, _TURN).callbacks.append(lambda _: act())

    def halt(self) -> None:
        """Stop as soon as what happens just now is over."""
        if not self._halting:
            self._halting = True
            self._at(self._now, _HALT).callbacks.append(StopSimulation.callback)

    def run_before(self, until: float) -> None:
        """Let everything before *until* [s] happen, unless something calls for a halt."""
        self._halting = False
        stop = self._at(until, _STOP)
        self.run(stop)
        if self._halting:
            stop.callbacks = []

    def settle(self) -> None:
        """Let the hand-overs of this instant happen, and nothing else."""
        while self._queue and self._queue[0][0] == self._now and self._queue[0][1] < _TIMED:
            self.step()

    def _at(self, when: float, priority: int) -> Event:
        event = Event(self)
        event._ok, event._value = True, None
        queue: list[Any] = self._queue
        heappush(queue, (when, priority, next(self._eid), event))
        return event
