"""Flies stations on the data plane and reads off what their customers met, once the start-up is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.serving.plane import Plane, Reading, Traffic
from simulator.serving.topology import Law, Pool, Stage, Topology
from simulator.streams import Streams
from simulator.units import Floats, Ints

__all__ = [
    "FOREVER",
    "TWENTY",
    "WRONG",
    "Family",
    "Means",
    "Seen",
    "Station",
    "arrivals",
    "means",
    "quantile",
    "saw",
    "within",
]

TWENTY = tuple(range(20))
WRONG = 1.05  # a twin's parameter is wrong by a twentieth
FOREVER = 1e12  # [s]
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
    short = {"batch": lambda batch: batch.max, "setup": lambda law: law.mean}
    return {name: short[name](value) if name in short else value for name, value in fields.items()}


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
    """The visits of a run that began after the start-up."""

    number: float
    """mean number present at the first stage"""
    stage: Ints
    klass: Ints
    wait: Floats
    """[s] before service starts"""
    stay: Floats
    """[s] from arrival to end"""

    def only(self, *, stage: int = 0, klass: int = 0) -> Seen:
        """Return the visits of one class to one stage."""
        keep = (self.stage == stage) & (self.klass == klass)
        return Seen(self.number, self.stage[keep], self.klass[keep], self.wait[keep], self.stay[keep])


def saw(topology: Topology, traffic: Traffic, seed: int) -> Seen:
    """Fly *topology* until nobody is left and return the visits."""
    plane, first = Plane(topology, traffic, Streams(seed), visits=True), len(traffic) // _START_UP
    number = _read(plane, float(traffic.at[first]), float(traffic.at[-1])).number
    plane.advance(FOREVER)
    visits = plane.visits()
    late = visits["ident"] >> 16 >= first
    entered, started, done = (visits[name][late] for name in ("entered", "started", "done"))
    return Seen(number, visits["stage"][late], visits["klass"][late], started - entered, done - entered)


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
        """Make a check of figures that are read off the visits to a *station*; the service of its twin is slow."""

        def one(seed: int, slow: float) -> dict[str, float]:
            at = arrivals(seed, station.lam, station.n)
            seen = saw(Topology((station.pool(slow),)), Traffic(at), seed)
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
