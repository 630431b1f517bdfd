"""When requests come: by a law, class by class, each from a stream of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulator.serving.plane import Traffic
from simulator.streams import Streams
from simulator.units import Floats, Ints

__all__ = ["LAWS", "Arrivals", "Class", "drawn"]

LAWS = ("poisson", "deterministic", "gamma", "mmpp", "trace")
_BLOCK = 65_536  # what is drawn at a time where it is not known how much will do

_Gaps = Callable[[int], Floats]
"""n -> the next n gaps between arrivals, in units of their mean"""


@dataclass(frozen=True)
class Class:
    """Requests of one kind."""

    name: str
    rate: float
    """per second"""


@dataclass(frozen=True)
class Arrivals:
    """A law of arrivals; with *classes*, one of independent flows that are laid over each other."""

    law: Literal["poisson", "deterministic", "gamma", "mmpp", "trace"]
    rate: float
    """per second, in the long run, of all classes together"""
    cv: float = 1.0
    """of the gaps of a gamma law: standard deviation over mean"""
    rates: tuple[float, ...] = ()
    """of the states of an mmpp law [1/s]; they follow each other in a circle"""
    switch_rates: tuple[float, ...] = ()
    """at which each of the states is left [1/s]"""
    at: Floats | None = None
    """of a trace [s], not decreasing"""
    classes: tuple[Class, ...] = ()
    """the most important first"""

    def stay(self) -> Floats:
        """Return (states,) the share of time that an mmpp law spends in each state."""
        means = 1 / np.array(self.switch_rates)
        return np.asarray(means / means.sum(), dtype=np.float64)


def drawn(arrivals: Arrivals, requests: int | None, duration: float | None, streams: Streams) -> Traffic:
    """Draw the first *requests* arrivals, or those before *duration* [s]; a trace with neither comes as a whole.

    Streams: `traffic/gaps` and `traffic/states`, per class `traffic/CLASS/gaps`; `traffic/classes` where the law
    is that of all classes together (mmpp, trace) and each arrival is of one by chance.
    """
    if arrivals.law in ("mmpp", "trace") or not arrivals.classes:
        at = _one(arrivals, requests, duration, streams)
        return Traffic(at, _by_chance(arrivals, len(at), streams))
    flows = [_class(arrivals, number, requests, duration, streams) for number in range(len(arrivals.classes))]
    return _laid_over(flows, requests)


def _one(arrivals: Arrivals, requests: int | None, duration: float | None, streams: Streams) -> Floats:
    if arrivals.at is not None:
        at = arrivals.at if duration is None else arrivals.at[: np.searchsorted(arrivals.at, duration)]
        return at if requests is None else at[:requests]
    if arrivals.law == "mmpp":
        return _bursts(arrivals, requests, duration, streams)
    return _renewals(_gaps(arrivals, streams, "traffic"), arrivals.rate, requests, duration)


def _gaps(arrivals: Arrivals, streams: Streams, *name: str) -> _Gaps:
    luck = streams.get(*name, "gaps")
    if arrivals.law == "deterministic":
        return np.ones
    if arrivals.law == "gamma":
        shape = 1 / arrivals.cv**2
        return lambda n: luck.standard_gamma(shape, n) / shape
    return luck.standard_exponential


def _renewals(gaps: _Gaps, rate: float, requests: int | None, duration: float | None) -> Floats:
    """Add *gaps* up to the times of *requests* arrivals, or of those before *duration* [s]."""
    if requests is not None:
        at = gaps(requests)
        np.cumsum(at, out=at)
        at /= rate
        return at
    assert duration is not None
    return _until(gaps, duration * rate) / rate


def _until(gaps: _Gaps, end: float) -> Floats:
    """Add *gaps* up to those sums that are below *end*."""
    sums = np.cumsum(gaps(int(end + 6 * end**0.5) + 16))
    while sums[-1] < end:
        sums = np.append(sums, _after(sums[-1], gaps(_BLOCK)))
    return sums[: np.searchsorted(sums, end)]


def _after(start: float, gaps: Floats) -> Floats:
    """Add *gaps* to *start* one by one, as one long sum would."""
    return np.cumsum(np.append(start, gaps))[1:]


def _bursts(arrivals: Arrivals, requests: int | None, duration: float | None, streams: Streams) -> Floats:
    """Draw a Poisson process in the time in which its rate is 1, and bring it to the clock's."""
    gaps: _Gaps = streams.get("traffic", "gaps").standard_exponential
    if requests is not None:
        work = np.cumsum(gaps(requests))
        times, done = _states(arrivals, streams, lambda t, w: bool(w >= work[-1]))
        return np.interp(work, done, times)
    assert duration is not None
    times, done = _states(arrivals, streams, lambda t, w: bool(t >= duration))
    work = _until(gaps, float(np.interp(duration, times, done)))
    return np.interp(work, done, times)


def _states(arrivals: Arrivals, streams: Streams, far: Callable[[float, float], bool]) -> tuple[Floats, Floats]:
    """Return the moments at which the state changes [s] and the arrivals expected by then, until that is *far* enough.

    The first state is drawn by the share of time spent in it.
    """
    luck = streams.get("traffic", "states")
    first = int(np.searchsorted(np.cumsum(arrivals.stay()), luck.random()))
    n = len(arrivals.rates)
    turn = (np.arange(_BLOCK // n * n) + min(first, n - 1)) % n
    times, done = [np.zeros(1)], [np.zeros(1)]
    while not far(times[-1][-1], done[-1][-1]):
        stays = luck.standard_exponential(len(turn)) / np.array(arrivals.switch_rates)[turn]
        times.append(_after(times[-1][-1], stays))
        done.append(_after(done[-1][-1], stays * np.array(arrivals.rates)[turn]))
    return np.concatenate(times), np.concatenate(done)


def _by_chance(arrivals: Arrivals, n: int, streams: Streams) -> Ints | None:
    """Return (n,) the class of each arrival, in the proportion of the classes' rates."""
    if not arrivals.classes:
        return None
    shares = np.cumsum([kind.rate for kind in arrivals.classes])
    places = np.searchsorted(shares / shares[-1], streams.get("traffic", "classes").random(n), side="right")
    return np.minimum(places, len(shares) - 1).astype(np.int64)


def _class(arrivals: Arrivals, number: int, requests: int | None, duration: float | None, streams: Streams) -> Floats:
    """Draw one class for as long as needed: with *requests* in all, until they have surely come."""
    kind = arrivals.classes[number]
    gaps = _gaps(arrivals, streams, "traffic", kind.name)
    if duration is not None:
        return _renewals(gaps, kind.rate, None, duration)
    assert requests is not None
    share = kind.rate / arrivals.rate
    enough = requests * share + 8 * arrivals.cv * (requests * share) ** 0.5 + 64
    return _renewals(gaps, kind.rate, min(requests, int(enough)), None)


def _laid_over(flows: list[Floats], requests: int | None) -> Traffic:
    """Lay the classes over each other; at one moment the first class comes first."""
    at = np.concatenate(flows)
    klass = np.repeat(np.arange(len(flows)), [len(flow) for flow in flows])
    order = np.argsort(at, kind="stable")[:requests]
    return Traffic(at[order], klass[order])
