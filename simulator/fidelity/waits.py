"""Checks of the queueing area on waits: one station, first come first served, against closed forms and exact chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from simulator.fidelity.stations import WRONG, Family, Station, arrivals, means, saw, within
from simulator.fidelity.table import Check, Figures, each
from simulator.serving.plane import Traffic
from simulator.serving.topology import Batch, Law, Topology
from simulator.streams import Streams
from simulator.units import Floats

__all__ = ["CONSTANT", "PHASES", "SHARED", "batches", "bursts", "checks", "erlang", "pollaczek"]

_ONE = Family("M/M/1", "textbook closed form")
_ERLANG_C = Family("M/M/c: share that waits, waits and their quantiles", "Erlang C")
_POLLACZEK = Family("M/G/1", "Pollaczek-Khinchine", within(0.05))
CONSTANT = Family("M/D/c", "Crommelin 1932, exact embedded chain")
_CURVE = Family("M/D/1: share that waits at most t", "Crommelin 1932", within(0.01, relative=False))
PHASES = Family("M/H2/c, balanced means: not the approximation of Allen-Cunneen", "exact chain", within(0.05))
SHARED = Family("M/G/1, processor sharing: only the mean of service matters", "Kleinrock 1976", within(0.05))
_BATCHES = Family("dynamic batching: a free server takes what waits, up to b", "exact embedded chain")
_BURSTS = Family("bursts: MMPP2/M/1", "matrix-geometric (Neuts 1981)", within(0.08))


def checks() -> list[Check]:
    """List the checks."""
    return [*_one_server(), *_many_servers(), *_any_service(), *_constant(), *_shared(), *_batches(), _bursts()]


def _one_server() -> list[Check]:
    names = ("number", "stay", "wait", "stay p99")
    half, full = (1.0, 2.0, 1.0, 9.2103404), (4.0, 5.0, 4.0, 23.025851)
    return [
        _ONE.sampled("q.mm1.0.5", Station(0.5, n=120_000), dict(zip(names, half, strict=True))),
        _ONE.sampled("q.mm1.0.8", Station(0.8, n=550_000), dict(zip(names, full, strict=True))),
    ]


_ERLANG = {
    "q.mmc.2.0.5": (Station(1.0, 2, n=160_000), (0.33333333, 0.33333333, 1.89712, 3.5065579, 5.6659607)),
    "q.mmc.4.0.8": (Station(3.2, 4, n=600_000), (0.59643247, 0.74554059, 3.0986788, 5.1104762, 6.8932037)),
    "q.mmc.8.0.5": (Station(4.0, 8, n=1_500_000), (0.059043995, 0.014760999, 0.041564958, 0.44392444, 4.6246603)),
    "q.mmc.8.0.8": (Station(6.4, 8, n=700_000), (0.45764493, 0.28602808, 1.3837941, 2.3896928, 5.1521816)),
    "q.mmc.16.0.8": (Station(12.8, 16, n=700_000), (0.30488391, 0.095276223, 0.56497128, 1.0679206, 4.7349516)),
    "q.mmc.100.0.95": (Station(95.0, 100, n=1_500_000), (0.50645685, 0.10129137, 0.46308323, 0.78497081, 4.724387)),
}
# At load .5, 5.9 % of all wait: their p95 lies where waiting has only just begun, and no run of seconds settles it.
_COARSE = {"q.mmc.8.0.5": {"wait p95": within(0.08)}}


def _many_servers() -> list[Check]:
    return [erlang(id, station, values) for id, (station, values) in _ERLANG.items()]


def erlang(id: str, station: Station, values: Sequence[float]) -> Check:
    """Make a check of M/M/c: share that waits, mean wait, its p95 and p99, p99 of the stay.

    From a load of .9 on the service of the twin is quick: a slow one would say little, as it would never be settled.
    """
    expected = dict(zip(("p_wait", "wait", "wait p95", "wait p99", "stay p99"), values, strict=True))
    check = _ERLANG_C.sampled(id, station, expected)
    busy = station.lam / station.servers >= 0.9
    tolerance = dict.fromkeys(expected, within(0.08 if busy else 0.03)) | _COARSE.get(id, {})
    return replace(check, tolerance=tolerance, twin={"slow": 1 / WRONG if busy else WRONG})


def _any_service() -> list[Check]:
    two_speeds = partial(Law.hyperexponential, scv=4.0)
    mixed = PHASES.read("q.mh2c.4.0.8", Station(3.2, 4, two_speeds, n=250_000), {"wait": 1.7176157})
    return [
        pollaczek("q.mg1.0.8.0", Station(0.8, law=Law.constant, n=60_000), (2.0, 2.4)),
        pollaczek("q.mg1.0.8.0.5", Station(0.8, law=partial(Law.gamma, scv=0.5), n=60_000), (3.0, 3.2)),
        pollaczek("q.mg1.0.8.4", Station(0.8, law=two_speeds, n=150_000), (10.0, 8.8)),
        replace(mixed, source="exact chain; the 1.71191 that is handed around for this setting was itself simulated"),
    ]


def pollaczek(id: str, station: Station, values: Sequence[float]) -> Check:
    """Make a check of M/G/1: mean wait, mean number present."""
    return _POLLACZEK.read(id, station, dict(zip(("wait", "number"), values, strict=True)))


def _constant() -> list[Check]:
    curve = {0: 0.2, 1: 0.44510819, 2: 0.63451994, 5: 0.89950276, 10: 0.98834289}
    return [
        CONSTANT.read("q.mdc.2.0.8", Station(1.6, 2, Law.constant, n=120_000), {"wait": 0.90328388}),
        CONSTANT.read("q.mdc.4.0.8", Station(3.2, 4, Law.constant, n=160_000), {"wait": 0.38609493}),
        _CURVE.check(
            "q.md1.cdf",
            {"lam": 0.8, "D": 1, "t": list(curve)},
            {f"t={t}": share for t, share in curve.items()},
            partial(_curve, times=list(curve)),
            {"slow": WRONG},
        ),
    ]


def _curve(seeds: Sequence[int], times: Sequence[float], slow: float = 1.0, n: int = 100_000) -> Figures:
    station = Topology((Station(0.8, law=Law.constant).pool(slow),))

    def one(seed: int) -> dict[str, float]:
        wait = saw(station, Traffic(arrivals(seed, 0.8, n)), seed)[0].wait
        return {f"t={t}": float(np.mean(wait <= t)) for t in times}

    return each(seeds, one)


def _shared() -> list[Check]:
    sharing = {"discipline": "sharing"}
    spread = partial(Law.hyperexponential, scv=4.0)
    return [
        SHARED.read("q.ps.0", Station(0.8, law=Law.constant, more=sharing, n=60_000), {"stay": 5.0}),
        SHARED.read("q.ps.4", Station(0.8, law=spread, more=sharing, n=120_000), {"stay": 5.0}),
    ]


def _batches() -> list[Check]:
    return [
        batches("q.bulk.1.0.8", 0.8, 1, (2.0, 3.0, 1.0)),
        batches("q.bulk.4.0.5", 2.0, 4, (0.51696038, 1.5169604, 2.1264753)),
        batches("q.bulk.4.0.8", 3.2, 4, (0.87953621, 1.8795362, 3.2238625)),
        batches("q.bulk.8.0.8", 6.4, 8, (0.651838, 1.651838, 6.401137)),
    ]


def batches(id: str, lam: float, b: int, values: Sequence[float]) -> Check:
    """Make a check of batches of up to *b*: mean wait, mean stay, mean batch."""
    station = Station(lam, law=Law.constant, more={"batch": Batch(max=b)}, n=100_000)
    return _BATCHES.read(id, station, dict(zip(("wait", "stay", "batch"), values, strict=True)))


def _bursts() -> Check:
    return bursts("q.mmpp", (0.3, 1.5), (0.01, 0.05), {"number": 4.721259, "stay": 9.442519})


def bursts(id: str, rates: tuple[float, float], switch: tuple[float, float], expected: Mapping[str, float]) -> Check:
    """Make a check of a server of rate 1 whose arrivals come at the first or the second of *rates* [1/s], by turns."""

    def measure(seeds: Sequence[int], slow: float = 1.0, n: int = 150_000) -> Figures:
        def one(seed: int) -> dict[str, float]:
            seen = means(Station(1.0).pool(slow), _by_turns(seed, rates, switch, n), seed)
            return {name: getattr(seen, name) for name in expected}

        return each(seeds, one)

    return _BURSTS.check(id, {"rates": rates, "switch": switch, "mu": 1}, expected, measure, {"slow": WRONG})


def _by_turns(seed: int, rates: Sequence[float], switch: Sequence[float], n: int) -> Floats:
    """Draw about *n* arrivals: periods take turns, each of exponential length and with arrivals of its own rate."""
    luck = Streams(seed).get("bursts")
    cycle = sum(rate / leave for rate, leave in zip(rates, switch, strict=True))
    length = luck.exponential(1 / np.asarray(switch), (int(n / cycle), 2)).ravel()
    many = luck.poisson(length * np.tile(rates, len(length) // 2))
    begins = np.cumsum(length) - length
    return np.sort(np.repeat(begins, many) + np.repeat(length, many) * luck.random(int(many.sum())))
