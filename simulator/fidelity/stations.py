"""Flies stations on the data plane and reads off what their customers met, once the start-up is over."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.serving.plane import Plane, Reading, Traffic, Visits
from simulator.serving.topology import Batch, Law, Pool, Stage, Topology
from simulator.streams import Streams
from simulator.units import Floats, Ints

__all__ = [
    "FOREVER",
    "TEN",
    "TWENTY",
    "WRONG",
    "Family",
    "Means",
    "Seen",
    "Station",
    "arrivals",
    "latencies",
    "means",
    "quantile",
    "saw",
    "within",
]

TEN, TWENTY = tuple(range(10)), tuple(range(20))
WRONG = 1.05  # a twin's parameter is wrong by a twentieth
FOREVER = 1e12  # [s]
_ROUNDING = 1e-9  # [s]; times of day are rounded to less
_START_UP = 20  # a run begins with nobody there, so that one in so many of its requests does not count


@dataclass(frozen=True)
class Station:
    """A pool with Poisson arrivals of *lam* per second; *law* makes the law of service from its mean."""

    lam: float
    servers: int = 1
    law: Callable[[float], Law] = Law.exponential
    mean: float = 1.0
    """[s] of service"""
    more: Mapping[str, Any] = field(default_factory=dict)
    """further fields of the pool"""
    n: int = 200_000
    """requests of a run"""

    def pool(self, slow: float = 1.0) -> Pool:
        """Return the pool; its service takes *slow* times as long as it should."""
        return Pool(name="station", service=self.law(self.mean * slow), servers=self.servers, **self.more)

    @property
    def setting(self) -> dict[str, Any]:
        """What a table says of it."""
        law = self.law(self.mean)
        service = {"service": law.law, "mean": law.mean, "scv": round(law.scv, 6)}
        return {"lam": self.lam, "servers": self.servers, **service, **_told(self.more), "requests": self.n}


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Say the fields of a pool in plain values."""
    return {name: value.max if isinstance(value, Batch) else value for name, value in fields.items()}


def arrivals(seed: int, lam: float, n: int) -> Floats:
    """Draw the times [s] of *n* Poisson arrivals, *lam* per second."""
    return np.cumsum(Streams(seed).get("arrivals", lam).exponential(1 / lam, n))


@dataclass(frozen=True)
class Means:
    """What the books of a station say between two readings."""

    number: float
    """mean number present"""
    wait: float
    """[s] before service starts"""
    stay: float
    """[s] from arrival to end"""
    blocked: float
    """share of arrivals turned away"""
    rate: float
    """[1/s] served"""
    batch: float
    """requests in one service"""
    cold: float
    """share of services that needed a set-up"""


def means(stage: Stage, at: Floats, seed: int) -> Means:
    """Fly *stage* with requests at times *at* and read it at the end of the start-up and at the last arrival."""
    plane = Plane(Topology((stage,)), Traffic(at), Streams(seed))
    return _read(plane, float(at[len(at) // _START_UP]), float(at[-1]))


def _read(plane: Plane, first: float, last: float) -> Means:
    """Read the first stage of *plane* at two times, and return what happened in between."""
    plane.advance(first)
    before = plane.reading(0)
    plane.advance(last)
    return _between(before, plane.reading(0), last - first)


def _between(before: Reading, after: Reading, passed: float) -> Means:
    count = {name: after.counts[name] - before.counts[name] for name in after.counts}
    stayed, started = after.stayed - before.stayed, max(count["started"], 1)
    return Means(
        number=stayed / passed,
        wait=(after.waited - before.waited) / started,
        stay=stayed / max(count["served"], 1),
        blocked=count["shed"] / max(count["arrivals"], 1),
        rate=count["served"] / passed,
        batch=count["started"] / max(count["batches"], 1),
        cold=count["colds"] / started,
    )


@dataclass(frozen=True)
class Seen:
    """What the customers of a stage met after the start-up, in the order in which they left."""

    klass: Ints
    wait: Floats
    """[s] before service starts"""
    stay: Floats
    """[s] from arrival to end"""
    number: float = math.nan
    """mean number present at the first stage"""

    def of(self, klass: int) -> Seen:
        """Return the customers of one class."""
        mine = self.klass == klass
        return Seen(self.klass[mine], self.wait[mine], self.stay[mine])


def saw(topology: Topology, traffic: Traffic, seed: int) -> list[Seen]:
    """Fly *topology* until nobody is left and return what was met at each stage."""
    plane = Plane(topology, traffic, Streams(seed), visits=True)
    number = _read(plane, float(traffic.at[len(traffic) // _START_UP]), float(traffic.at[-1])).number
    plane.advance(FOREVER)
    visits = plane.visits()
    if len(topology.stages) == 1:
        return [_met(visits, number)]
    stages = [visits["stage"] == stage for stage in range(len(topology.stages))]
    return [_met({name: column[here] for name, column in visits.items()}, number) for here in stages]


def _met(visits: Visits, number: float) -> Seen:
    klass, entered, started, done = (
        visits[name][len(visits[name]) // _START_UP :] for name in ("klass", "entered", "started", "done")
    )
    return Seen(klass, started - entered, done - entered, number)


def latencies(station: Station, seed: int, slow: float) -> Seen:
    """Fly an M/M/c *station* without keeping visits, which is quicker: what is no service was wait."""
    at, first = arrivals(seed, station.lam, station.n), station.n // _START_UP
    work = Streams(seed).get("work").exponential(station.mean * slow, station.n)
    plane = Plane(Topology((station.pool(),)), Traffic(at, given={"station": work}), Streams(seed))
    number = _read(plane, float(at[first]), float(at[-1])).number
    plane.advance(FOREVER)
    stay = (np.asarray(plane.world.done) - at)[first:]
    return Seen(np.zeros(len(stay), np.int64), np.maximum(stay - work[first:] - _ROUNDING, 0.0), stay, number)


def quantile(times: Floats, level: float) -> float:
    """Return the time that a share *level* of *times* does not exceed."""
    return float(np.quantile(times, level))


_READS: Mapping[str, Callable[[Seen], float]] = {
    "number": lambda seen: seen.number,
    "stay": lambda seen: float(seen.stay.mean()),
    "p_wait": lambda seen: float(np.mean(seen.wait > 0)),
    "wait": lambda seen: float(seen.wait.mean()),
    "wait p95": lambda seen: quantile(seen.wait, 0.95),
    "wait p99": lambda seen: quantile(seen.wait, 0.99),
    "stay p99": lambda seen: quantile(seen.stay, 0.99),
}


def within(width: float, *, relative: bool = True) -> Tolerance:
    """Accept within 4 standard errors, which together may not be more than *width* - by default, as a share."""
    return Tolerance(cap=width / 4, relative=relative)


@dataclass(frozen=True)
class Family:
    """What the checks of one mechanism have in common."""

    mechanism: str
    source: str
    tolerance: Tolerance = field(default_factory=lambda: within(0.03))
    seeds: tuple[int, ...] = TWENTY

    def check(
        self,
        id: str,
        setting: Mapping[str, Any],
        expected: Mapping[str, float],
        measure: Callable[..., Figures],
        twin: Mapping[str, Any],
    ) -> Check:
        """Make a check of the family."""
        return Check(
            id=id,
            area="queueing",
            mechanism=self.mechanism,
            setting=setting,
            expected=expected,
            source=self.source,
            tolerance=self.tolerance,
            measure=measure,
            seeds=self.seeds,
            twin=twin,
        )

    def exact(self, id: str, found: Mapping[str, float], expected: Sequence[float]) -> Check:
        """Make a check of formulas: no luck, and as many digits as were printed."""
        check = self.check(
            id,
            {},
            dict(zip(found, expected, strict=True)),
            lambda seeds: {name: np.array([value]) for name, value in found.items()},
            {},
        )
        return replace(check, seeds=(), tolerance=Tolerance(band=5e-6, errors=0))

    def sampled(self, id: str, station: Station, expected: Mapping[str, float]) -> Check:
        """Make a check of what the customers of an M/M/c *station* meet; the service of its twin is slow."""

        def one(seed: int, slow: float) -> dict[str, float]:
            seen = latencies(station, seed, slow)
            return {name: _READS[name](seen) for name in expected}

        return self._flown(id, station, expected, one)

    def read(self, id: str, station: Station, expected: Mapping[str, float]) -> Check:
        """Make a check of means that are read off the books of a *station*; the service of its twin is slow."""

        def one(seed: int, slow: float) -> dict[str, float]:
            seen = means(station.pool(slow), arrivals(seed, station.lam, station.n), seed)
            return {name: getattr(seen, name) for name in expected}

        return self._flown(id, station, expected, one)

    def _flown(
        self,
        id: str,
        station: Station,
        expected: Mapping[str, float],
        one: Callable[[int, float], dict[str, float]],
    ) -> Check:
        def measure(seeds: Sequence[int], slow: float = 1.0) -> Figures:
            return each(seeds, lambda seed: one(seed, slow))

        return self.check(id, station.setting, expected, measure, {"slow": WRONG})
