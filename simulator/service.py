"""Joins a data plane to a run: requests of the tape go in when they are asked, answers come back when they do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.books.requests import Requests, Visits
from simulator.serving.plane import DataPlane, Plane, Traffic
from simulator.serving.topology import Topology
from simulator.streams import Streams
from simulator.system import Scored, Served, System
from simulator.units import Floats, Ints

__all__ = ["Service", "Window"]


class Window:
    """What happened to the requests that ended since the last look."""

    def __init__(self, latency: Floats, route: Ints, seconds: float) -> None:
        self.latency, self.route, self.seconds = latency, route, seconds

    def share(self, *routes: int) -> float:
        """Return the share that ended on one of *routes*; NaN when nothing ended."""
        return float(np.isin(self.route, routes).mean()) if len(self.route) else float("nan")

    def rate(self, *routes: int) -> float:
        """Return how many ended on one of *routes* per second."""
        return float(np.isin(self.route, routes).sum()) / self.seconds

    def quantile(self, q: float) -> float:
        """Return the quantile *q* of the time to an end, of whatever kind [s]; NaN when nothing ended."""
        return float(np.quantile(self.latency, q)) if len(self.latency) else float("nan")


class Service:
    """The data plane of *system*: `reach` and `serve` are parts for a case to wire.

    The compiled loop, or a SimPy process a request where the run is a reference.
    """

    def __init__(
        self, system: System, topology: Topology, streams: Streams, *, klass: Ints | None = None, visits: bool = False
    ) -> None:
        self.system, self.start = system, system.tape.start
        at = system.tape.requests.at[self.start :]
        needs = system.tape.truths.needs[self.start :]
        classes = np.zeros(len(at), np.int64) if klass is None else klass[self.start :]
        self._classes, self._needs, self._awake = classes, needs, set[int]()
        traffic = Traffic(at, np.where(needs >= 0, -1, classes))
        made = _reference() if system.one_by_one else Plane
        self.plane: DataPlane = made(topology, traffic, streams, visits=visits)
        self._stages = tuple(stage.name for stage in topology.stages)
        self._since = 0.0
        self._latency: list[Floats] = []
        self._route: list[Ints] = []

    def reach(self, until: float) -> float:
        """Bring the data plane towards *until* [s]; return how far it got."""
        for number, (start, end) in self.system.fired.items():
            if number not in self._awake:
                self._awake.add(number)
                self._wake(number, start, end)
        return self.plane.advance(until)

    def serve(self, requests: Requests, scored: Scored, until: float) -> Served:
        """Return who has been answered, or given up on, since the last block."""
        rows = self.plane.ended()
        ids = rows + self.start
        done, route = self.plane.outcome(rows)
        latency = done - self.system.tape.requests.at[ids]
        self._latency.append(latency)
        self._route.append(route)
        return Served(latency, route, ids)

    def window(self) -> Window:
        """Return what has happened since the last window, and begin another."""
        now = self.system.clock.now
        latency, route = np.concatenate([np.empty(0), *self._latency]), np.concatenate([_NONE, *self._route])
        self._latency, self._route = [], []
        seconds, self._since = now - self._since, now
        return Window(latency, route, max(seconds, 1e-9))

    def stage_times(self) -> list[Floats]:
        """Return, per stage, the times [s] that visits to it took which are over since the last call.

        Needs a service with *visits*.
        """
        visits = self.plane.visits()
        times, stage = visits["done"] - visits["entered"], visits["stage"]
        id = (visits["ident"] >> 16) + self.start
        spans = (visits["entered"], visits["started"], visits["done"])
        self.system.visits.append(Visits(id, stage, *spans, stages=self._stages))
        return [times[stage == number] for number in range(len(self.plane.topology.stages))]

    def in_flight(self) -> Ints:
        """Return the ids of the requests that have come and have not ended."""
        book = self.system.outcomes.result
        here = (self.system.tape.requests.at < self.system.reached) & (book == 0)
        here[: self.start] = False
        return np.flatnonzero(here)

    def _wake(self, number: int, start: float, end: float) -> None:
        at = self.system.tape.requests.at[self.start :]
        rows = np.flatnonzero((self._needs == number) & (at >= start) & (at < end))
        for klass in np.unique(self._classes[rows]).tolist():
            self.plane.classify(rows[self._classes[rows] == klass], klass)


_NONE: Ints = np.empty(0, np.int64)


def _reference() -> Callable[..., DataPlane]:
    from simulator.serving.reference.plane import Reference

    return Reference
