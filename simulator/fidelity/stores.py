"""Checks of the queueing area on what is kept ready: caches by size and by time, and servers that go cold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from simulator.fidelity.stations import WRONG, Family, Station, arrivals, means, within
from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.serving.plane import Plane, Traffic
from simulator.serving.topology import Cache, Keys, Law, Topology
from simulator.streams import Streams
from simulator.units import MINUTE, Floats

__all__ = ["checks", "lru", "set_up"]

_CHE = Tolerance(band=0.003, cap=0.00075, errors=0)  # an approximation: the band is for what it is off
_LEAST_RECENT = Family("LRU, independent requests, popularity rank^-alpha: share of hits", "Che et al. 2002", _CHE)
_ALIVE = Family("a cache where items live for a time: share of hits", "renewal theory", within(0.01, relative=False))
_COLD = Family("a process that stays for a while: share of cold starts", "exp(-lam T)", within(0.01, relative=False))
_SETUP = Family("M/M/1, set up anew whenever it was idle", "Welch 1964", within(0.04))


def checks() -> list[Check]:
    """List the checks."""
    return [
        lru("q.lru.10000.0.8.100", Keys(10_000, 0.8), 100, 0.15662464),
        lru("q.lru.10000.1.0.100", Keys(10_000, 1.0), 100, 0.39052549),
        lru("q.lru.10000.1.0.1000", Keys(10_000, 1.0), 1000, 0.67560179),
        lru("q.lru.1000.1.2.50", Keys(1_000, 1.2), 50, 0.66515538),
        _ttl(),
        _cold(),
        set_up("q.setup", Station(0.5, n=120_000), 10.0, 12.0),
    ]


def _hits(cache: Cache, at: Floats, seed: int) -> float:
    """Return the share of hits once the start-up is over."""
    plane = Plane(Topology((cache,)), Traffic(at), Streams(seed))
    plane.advance(float(at[len(at) // 5]))  # a cache is empty at first
    before = plane.reading(0).counts
    plane.advance(float(at[-1]))
    after = plane.reading(0).counts
    return (after["hits"] - before["hits"]) / (after["arrivals"] - before["arrivals"])


def lru(id: str, keys: Keys, size: int, share: float) -> Check:
    """Make a check of the share of hits of a cache of *size* items; its twin believes in another popularity."""

    def measure(seeds: Sequence[int], alpha: float = keys.alpha, n: int = 100_000) -> Figures:
        cache = Cache(name="cache", keys=Keys(keys.items, alpha), size=size)
        return each(seeds, lambda seed: {"hits": _hits(cache, arrivals(seed, 1.0, n), seed)})

    setting = {"items": keys.items, "alpha": keys.alpha, "size": size}
    return _LEAST_RECENT.check(id, setting, {"hits": share}, measure, {"alpha": keys.alpha * WRONG})


def _ttl() -> Check:
    plain, renewed = {1: 0.5, 10: 0.90909, 0.6: 0.375}, {1: 0.63212, 10: 0.99995, 0.6: 0.45119}
    expected = {f"{x}": share for x, share in plain.items()} | {f"{x} renewed": share for x, share in renewed.items()}

    def measure(seeds: Sequence[int], late: float = 1.0, n: int = 20_000) -> Figures:
        def one(seed: int) -> dict[str, float]:
            at = arrivals(seed, 1.0, n)
            return {
                name: _hits(_lives(float(name.split()[0]) * late, "renewed" in name), at, seed) for name in expected
            }

        return each(seeds, one)

    return _ALIVE.check("q.ttl", {"lam T": list(plain)}, expected, measure, {"late": WRONG})


def _lives(ttl: float, renew: bool) -> Cache:
    return Cache(name="cache", keys=Keys(1), policy="ttl", ttl=ttl, renew=renew)


def _cold() -> Check:
    rates = {1 / 60: 0.84648, 0.1: 0.36788, 0.2: 0.13534}

    def measure(seeds: Sequence[int], late: float = 1.0, n: int = 20_000) -> Figures:
        function = Station(
            1.0, 50, Law.constant, 1e-6, more={"setup": Law.constant(1e-6), "keep_alive": 10 * MINUTE * late}
        )

        def one(seed: int) -> dict[str, float]:
            return {
                f"{rate:.3g}": means(function.pool(), arrivals(seed, rate / MINUTE, n), seed).cold for rate in rates
            }

        return each(seeds, one)

    expected = {f"{rate:.3g}": share for rate, share in rates.items()}
    return _COLD.check(
        "q.cold", {"per minute": list(expected), "keep_alive": "10m"}, expected, measure, {"late": WRONG}
    )


def set_up(id: str, station: Station, setup: float, stay: float) -> Check:
    """Make a check of the mean stay where an idle server needs a *setup* [s] on average; that of its twin is longer."""

    def measure(seeds: Sequence[int], late: float = 1.0) -> Figures:
        pool = replace(station.pool(), setup=Law.exponential(setup * late))
        return each(seeds, lambda seed: {"stay": means(pool, arrivals(seed, station.lam, station.n), seed).stay})

    return _SETUP.check(id, {**station.setting, "setup": setup}, {"stay": stay}, measure, {"late": WRONG})
