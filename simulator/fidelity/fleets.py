"""Checks of the queueing area on many servers: choosing one, asking all, asking twice, and one after the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from simulator.fidelity.stations import FOREVER, WRONG, Family, arrivals, means, quantile, saw, within
from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.serving.plane import Plane, Traffic
from simulator.serving.theory.capacity import power_of_choices
from simulator.serving.theory.clients import fanout_slow
from simulator.serving.topology import Client, Delay, Law, Pool, Stage, Topology
from simulator.streams import Streams
from simulator.units import Floats

__all__ = ["checks", "fanned", "hedged", "in_a_row"]

_BAND = Tolerance(band=0.02, cap=0.005, relative=True, errors=0)  # the figures of 100 servers were simulated
_WIDE = Tolerance(band=0.04, cap=0.0133, relative=True, errors=0)
_CHOICES = Family("choosing among 100 servers: the shorter of two queues, or any", "a simulation of 100 servers", _BAND)
_CROWDED = Family(
    "choosing among 100 servers at load .99: the shorter of two queues", "a simulation of 100 servers", _WIDE
)
_FLUID = Family("power of d choices: the limit of many servers", "Mitzenmacher 1996")
_FANOUT = Family(
    "fan-out: a request is as slow as its slowest leaf", "Dean & Barroso 2013: 63 %", within(0.01, relative=False)
)
_HEDGES = Family("hedging, iid lognormal, no load feedback", "closed form T = min(S1, h + S2)")
_TAIL = Family("hedging of rare slow answers: p99.9 falls tenfold or more, for at most 5 % more", "Dean & Barroso 2013")
_TANDEM = Family("M/M/1 stations in a row", "Jackson 1957, Burke 1956; hypoexponential", within(0.04))


def checks() -> list[Check]:
    """List the checks."""
    return [
        *_choices(),
        fanned("q.fanout", {100: 0.99, 10: 0.99}, (0.63396766, 0.095617925)),
        _FANOUT.exact("q.fanout.2000", {"slow": fanout_slow(0.9999, 2000)}, [0.18127743]),
        hedged("q.hedge.ln", 0.0518025, (0.066665814, 0.093129474, 0.05)),
        _rare(),
        in_a_row("q.tandem", 80.0, (100.0, 120.0, 160.0), (0.0875, 0.1981097, 0.2791588, 0.4029524), 160_000),
    ]


# --- choosing ---------------------------------------------------------------------------------------------------------


def _choices() -> list[Check]:
    limits = {0.5: (1.265686, 1.1252441), 0.8: (1.9473634, 1.5808856), 0.9: (2.6140574, 2.027856)}
    limits[0.99] = (5.4319966, 3.8578465)
    found = {f"{lam} d={d}": power_of_choices(lam, d) for lam in limits for d in (2, 3)}
    return [
        _FLUID.exact("q.jsq2.fluid", found, [value for pair in limits.values() for value in pair]),
        _chosen(_CHOICES, 0.5, {"power_of_two": 1.2676, "random": 2.0}, n=60_000),
        _chosen(_CHOICES, 0.8, {"power_of_two": 1.959}, n=100_000),
        _chosen(_CHOICES, 0.9, {"power_of_two": 2.647}, n=200_000),
        _chosen(_CROWDED, 0.99, {"power_of_two": 5.9533}, n=1_200_000),
    ]


def _chosen(family: Family, lam: float, expected: Mapping[str, float], n: int) -> Check:
    """Let the service of the twin be quick where a slow one would never end."""

    def measure(seeds: Sequence[int], slow: float = 1.0) -> Figures:
        def one(seed: int) -> dict[str, float]:
            at = arrivals(seed, 100 * lam, n)
            return {name: means(_fleet(name, slow), at, seed).stay for name in expected}

        return each(seeds, one)

    twin = {"slow": WRONG if lam < 0.9 else 1 / WRONG}
    return family.check(f"q.jsq2.{lam}", {"lam": lam, "servers": 100, "requests": n}, expected, measure, twin)


def _fleet(balance: str, slow: float) -> Pool:
    return Pool(name="fleet", service=Law.exponential(slow), replicas=100, balance=balance)


# --- asking all -------------------------------------------------------------------------------------------------------


def fanned(id: str, fast: Mapping[int, float], expected: Sequence[float]) -> Check:
    """Make a check of requests that go to so many leaves, each of which is *fast* with a chance of its own."""

    def measure(seeds: Sequence[int], slow: float = 1.0) -> Figures:
        return each(seeds, lambda seed: {f"{n} leaves": _slow_share(seed, n, p, slow) for n, p in fast.items()})

    names = [f"{n} leaves" for n in fast]
    return _FANOUT.check(id, {"fast": dict(fast)}, dict(zip(names, expected, strict=True)), measure, {"slow": WRONG})


def _slow_share(seed: int, leaves: int, fast: float, slow: float) -> float:
    """Answers take an exponential time that a share *fast* brings in within a second."""
    n, service = 3_000, Law.exponential(slow / -math.log(1 - fast))
    pool = Pool(name="leaves", service=service, replicas=leaves, servers=1_000, fanout=leaves)
    return float(np.mean(_latency((pool,), Client(), arrivals(seed, 10.0, n), seed)[0] > 1.0))


def _latency(stages: tuple[Stage, ...], client: Client, at: Floats, seed: int) -> tuple[Floats, Plane]:
    """Return how long requests took [s], and the plane they were flown on."""
    plane = Plane(Topology(stages, client), Traffic(at), Streams(seed))
    plane.advance(FOREVER)
    return np.asarray(plane.world.done) - at, plane


# --- asking twice -----------------------------------------------------------------------------------------------------


def hedged(id: str, after: float, expected: Sequence[float], *, by_stage: bool = False) -> Check:
    """Make a check of lognormal answers (10 ms, 1), asked for again *after* some seconds, by client or stage."""

    def measure(seeds: Sequence[int], late: float = 1.0, n: int = 80_000) -> Figures:
        leaf, client = _twice(after * late, by_stage)

        def one(seed: int) -> dict[str, float]:
            took, plane = _latency((leaf,), client, arrivals(seed, 100.0, n), seed)
            extra = (plane.totals()["hedges"] + plane.reading(0).counts["hedges"]) / n
            return {"p99": quantile(took, 0.99), "p99.9": quantile(took, 0.999), "extra": extra}

        return each(seeds, one)

    named = dict(zip(("p99", "p99.9", "extra"), expected, strict=True))
    setting = {"median": 0.01, "sigma": 1.0, "hedge_after": after, "by": "stage" if by_stage else "client"}
    return _HEDGES.check(id, setting, named, measure, {"late": WRONG})


def _twice(after: float, by_stage: bool) -> tuple[Stage, Client]:
    """Return a leaf at which nobody ever waits, and its client."""
    service = Law.lognormal(0.01, 1.0)
    if by_stage:
        return Pool(name="leaf", service=service, replicas=20, servers=100, hedge_after=after), Client()
    return Delay(name="leaf", service=service), Client(hedge_after=after)


_RARE = Law.empirical([0.001 + 0.008 * i / 995 for i in range(996)] + [0.01, 0.5, 1.0, 1.5, 2.0])


def _rare() -> Check:
    """One answer in 250 takes about a second; 100 servers at a load of .4, with the extra load they get."""

    def measure(seeds: Sequence[int]) -> Figures:
        alone, hedged = _asked(None), _asked(0.01)
        return {"cut": np.array([alone[0] / hedged[0] >= 10.0]), "extra": np.array([hedged[1] <= 0.05])}

    check = _TAIL.check("q.tail.hedge", {"servers": 100, "hedge_after": 0.01}, {"cut": 1.0, "extra": 1.0}, measure, {})
    return replace(check, seeds=(), tolerance=Tolerance())


def _asked(hedge_after: float | None) -> tuple[float, float]:
    """Return p99.9 [s] and the share of requests sent twice."""
    pool = Pool(name="leaf", service=_RARE, replicas=100, balance="least_loaded", hedge_after=hedge_after)
    n = 300_000
    took, plane = _latency((pool,), Client(), arrivals(0, 40 / _RARE.mean, n), 0)
    return quantile(took, 0.999), plane.reading(0).counts["hedges"] / n


# --- one after the other ----------------------------------------------------------------------------------------------


def in_a_row(id: str, lam: float, rates: Sequence[float], expected: Sequence[float], n: int) -> Check:
    """Make a check of stations with *rates* [1/s] of service: mean, p95, p99 of the whole, and the sum of p99."""

    def measure(seeds: Sequence[int], slow: float = 1.0) -> Figures:
        def one(seed: int) -> dict[str, float]:
            stages = tuple(_stop(number, rate, slow) for number, rate in enumerate(rates))
            at = arrivals(seed, lam, n)
            return _whole(stages, at, seed)

        return each(seeds, one)

    named = dict(zip(("mean", "p95", "p99", "sum of p99"), expected, strict=True))
    return _TANDEM.check(id, {"lam": lam, "rates": list(rates), "requests": n}, named, measure, {"slow": WRONG})


def _stop(number: int, rate: float, slow: float) -> Pool:
    return Pool(name=f"stop {number}", service=Law.exponential(slow / rate))


def _whole(stages: tuple[Pool, ...], at: Floats, seed: int) -> dict[str, float]:
    seen = saw(Topology(stages), Traffic(at), seed)
    whole = np.sum([stage.stay for stage in seen], axis=0)  # nobody overtakes, so that rows are requests
    parts = sum(quantile(stage.stay, 0.99) for stage in seen)
    return {
        "mean": float(whole.mean()),
        "p95": quantile(whole, 0.95),
        "p99": quantile(whole, 0.99),
        "sum of p99": parts,
    }
