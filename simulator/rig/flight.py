"""One replication of a rig: its data plane on a clock, with outages, slow replicas, autoscalers and a recorder."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from simulator.clock import Clock
from simulator.errors import BadInput, BrokenInvariant
from simulator.rig.spec import Rig
from simulator.rig.traffic import drawn
from simulator.rig.visits import Log
from simulator.serving.autoscaler import Autoscaler
from simulator.serving.kernel.orders import PAUSE, RESUME, SLOW
from simulator.serving.plane import Plane, Reading
from simulator.serving.topology import Pool
from simulator.streams import Streams
from simulator.units import Floats, Ints

__all__ = ["POINTS", "Flight", "Sample", "fly"]

POINTS = 100
"""samples of a series while requests come"""

_LONGEST_DRAIN = 10  # so many times as long as requests came may control go on after them
_MOST_TICKS = 100_000
_FOREVER = 1e300


@dataclass(frozen=True)
class Sample:
    """What is seen at one moment."""

    t: float
    """[s]"""
    answered: int
    """requests so far"""
    waiting: int
    """requests in all pools"""
    up: int
    """replicas that accept work, in all pools"""


@dataclass(frozen=True)
class Flight:
    """What one replication left behind."""

    at: Floats
    """(n,) when requests were asked [s]"""
    done: Floats
    """(n,) when they ended [s]"""
    route: Ints
    """(n,) how"""
    tries: Ints
    """(n,) attempts made"""
    first: int
    """the first request that counts"""
    begin: float
    """when it was asked [s]: from here on averages over time are taken,"""
    end: float
    """until here: when the last request was asked, or requests would have come until [s]"""
    before: Sequence[Reading]
    """per stage, at the begin"""
    after: Sequence[Reading]
    """per stage, at the end"""
    closing: Sequence[Reading]
    """per stage, when all requests had ended"""
    slot_seconds: Sequence[float]
    """per stage, of slots that accept work, from begin to end [slot s]"""
    hedges: int
    """second copies that clients sent from the begin on"""
    log: Log
    samples: Sequence[Sample]


def fly(rig: Rig, seed: int, engine: str = "compiled") -> Flight:
    """Fly one replication of *rig* under *seed*, until all requests have ended.

    Control goes on after the last arrival as long as requests are open, but at most ten times as long as they came.
    """
    return _Flyer(rig, seed, engine).flown()


class _Flyer:
    """Puts a data plane on a clock and looks at it from time to time."""

    def __init__(self, rig: Rig, seed: int, engine: str) -> None:
        streams = Streams(seed)
        traffic = drawn(rig.arrivals, rig.requests, rig.duration, streams)
        _refuse(rig, seed, traffic.at)
        self.rig, self.at = rig, traffic.at
        self.first = min(int(rig.warmup * len(traffic)), len(traffic) - 1)
        self.begin = float(self.at[self.first])
        self.end = float(self.at[-1]) if rig.duration is None else max(rig.duration, float(self.at[-1]))
        self.plane: Any = _engine(engine)(rig.topology, traffic, streams, visits=True)
        self.clock = Clock(self.plane.advance)
        self.log = Log(len(rig.topology.stages), self.first)
        self.samples: list[Sample] = []
        self.readings: dict[str, list[Reading]] = {}
        self.hedges = 0
        self.slots = _Slots(self.clock, self.plane, rig)

    def flown(self) -> Flight:
        """Fly to the end of the last request."""
        self._happenings()
        self.clock.call(self.begin, lambda: self._mark("begin"))
        self.clock.call(self.end, lambda: self._mark("end"))
        for turn in range(1, POINTS + 1):
            self.clock.call(turn * self.rig.span / POINTS, self._sample)
        ends = [
            self.end,
            self.rig.span * 1.001,
            *(one.end for one in self.rig.outages),
            *(one.end for one in self.rig.slow),
        ]
        self.clock.run(until=self.clock.at(max(ends)))
        self._drain()
        return self._landed()

    def _happenings(self) -> None:
        call, order = self.clock.call, self.plane.order
        for outage in self.rig.outages:
            call(outage.start, partial(order, PAUSE, outage.stage))
            call(outage.end, partial(order, RESUME, outage.stage))
        for slow in self.rig.slow:
            row = self.plane.first_replica(slow.stage) + slow.replica
            call(slow.start, partial(order, SLOW, row, slow.factor))
            call(slow.end, partial(order, SLOW, row, 1.0))

    def _mark(self, name: str) -> None:
        self.readings[name] = self._read()
        self.slots.mark()
        if name == "begin":
            self.hedges = self.plane.totals()["hedges"]

    def _read(self) -> list[Reading]:
        return [self.plane.reading(number) for number in range(len(self.rig.topology.stages))]

    def _sample(self) -> None:
        readings = self._read()
        waiting, up = sum(r.waiting for r in readings), sum(r.up for r in readings)
        self.samples.append(Sample(self.clock.now, self.plane.totals()["answered"], waiting, up))
        self.log.take(self.plane.visits())

    def _drain(self) -> None:
        """Let what is still open come to its end, with control as long as that is allowed."""
        step, start = self.rig.span / POINTS, self.clock.now
        for turn in range(1, _LONGEST_DRAIN * POINTS + 1 if self.rig.rules else 1):
            if not self.plane.totals()["open"]:
                break
            self.clock.run(until=self.clock.at(start + turn * step))
        self.plane.advance(_FOREVER)
        self.log.take(self.plane.visits())
        if self.plane.totals()["ended"] != len(self.at):
            raise BrokenInvariant(f"{len(self.at)} requests entered, {self.plane.totals()['ended']} have ended")

    def _landed(self) -> Flight:
        plane = self.plane
        return Flight(
            at=self.at,
            done=_column(plane, "done"),
            route=_column(plane, "route"),
            tries=_column(plane, "tries"),
            first=self.first,
            begin=self.begin,
            end=self.end,
            before=self.readings["begin"],
            after=self.readings["end"],
            closing=self._read(),
            slot_seconds=self.slots.passed(),
            hedges=plane.totals()["hedges"] - self.hedges,
            log=self.log,
            samples=self.samples,
        )


class _Slots:
    """Adds up how many slots can be at work while autoscalers change their number."""

    def __init__(self, clock: Clock, plane: Any, rig: Rig) -> None:
        self._clock, self._plane = clock, plane
        self._pools = [number for number, stage in enumerate(rig.topology.stages) if isinstance(stage, Pool)]
        self._since, self._now = 0.0, dict.fromkeys(self._pools, 0)
        self._sums = [0.0] * len(rig.topology.stages)
        self._marks: list[list[float]] = []
        self._fleets = {n: Autoscaler(clock, plane, n, rule).fleet for n, rule in (rig.rules or {}).items()}
        for fleet in self._fleets.values():
            fleet.changed = self._add
        self._look()

    def mark(self) -> None:
        """Remember the sums of this moment."""
        self._add()
        self._marks.append(list(self._sums))

    def passed(self) -> list[float]:
        """Return, per stage, the slot seconds between the first mark and the second."""
        return [late - early for early, late in zip(*self._marks, strict=True)]

    def _add(self) -> None:
        for number, slots in self._now.items():
            self._sums[number] += slots * (self._clock.now - self._since)
        self._since = self._clock.now
        self._look()

    def _look(self) -> None:
        self._now = {number: self._slots(number) for number in self._pools}

    def _slots(self, number: int) -> int:
        """Return how many slots can be at work: draining replicas accept nothing, but they work."""
        reading = self._plane.reading(number)
        if number not in self._fleets:
            return int(reading.slots)
        return int(self._fleets[number].serving * reading.slots / max(1, reading.up))


def _refuse(rig: Rig, seed: int, at: Floats) -> None:
    """Raise BadInput where the luck of a seed lets no request come, or the last one so late that control never ends."""
    if not len(at):
        raise BadInput(f"under seed {seed} no request comes within {rig.span:g} s; make duration longer")
    ticks = max((at[-1] / rule.period for rule in (rig.rules or {}).values()), default=0.0)
    if ticks > _MOST_TICKS:
        raise BadInput(f"under seed {seed} requests come until {at[-1]:g} s: {ticks:,.0f} control ticks are too many")


def _engine(name: str) -> Any:
    if name == "reference":
        return importlib.import_module("simulator.serving.reference.plane").Reference
    return Plane


def _column(plane: Any, name: str) -> Any:
    return np.asarray(getattr(plane, name) if hasattr(plane, name) else getattr(plane.world, name))
