"""The figures of a replication, and of all of them: means with their standard errors, and a digest."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.rig.flight import POINTS, Flight
from simulator.rig.spec import Rig
from simulator.rig.visits import Stays
from simulator.serving.kernel.codes import (
    ABANDONED,
    DROPPED,
    ROUTE_ABANDONED,
    ROUTE_CACHE,
    ROUTE_FALLBACK,
    ROUTE_LOST,
    ROUTE_MODEL,
    ROUTE_SHED,
    ROUTE_TIMEOUT,
    SERVED,
    SHED,
)
from simulator.serving.topology import Cache, Pool
from simulator.units import Floats, Mask

__all__ = ["Figures", "Tree", "digest", "figures", "mean_of", "se_of", "series"]

Tree = dict[str, Any]
"""figures by name, in nested tables; None = there is none"""
Figures = Mapping[str, Any]

_LEVELS = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_LAST = 0.8  # the goodput at the end is that of the window's last fifth


def figures(rig: Rig, flight: Flight) -> Tree:
    """Return `end_to_end` and `stages` of one replication: counts, shares of 1, times [s], rates [1/s].

    The first requests, the warm-up, are left out; averages over time are taken while the others come.
    """
    stages = rig.topology.stages
    return {
        "end_to_end": _end_to_end(flight),
        "stages": {stage.name: _stage(rig, flight, number) for number, stage in enumerate(stages)},
    }


# end to end


def _end_to_end(flight: Flight) -> Tree:
    route = flight.route[flight.first :]
    answered = _answered(flight.route)
    latency = (flight.done - flight.at)[flight.first :][answered[flight.first :]]
    window = flight.end - flight.begin
    done = flight.done[answered]
    late = flight.begin + _LAST * window
    ends = {
        "shed": ROUTE_SHED,
        "timeouts": ROUTE_TIMEOUT,
        "fallback": ROUTE_FALLBACK,
        "abandoned": ROUTE_ABANDONED,
        "lost": ROUTE_LOST,
    }
    return {
        "offered": len(route),
        "served": len(latency),
        "goodput_per_s": _ratio(_within(done, flight.begin, flight.end), window),
        "goodput_end_per_s": _ratio(_within(done, late, flight.end), flight.end - late),
        **{name: int((route == code).sum()) for name, code in ends.items()},
        "retries": int(np.maximum(flight.tries[flight.first :] - 1, 0).sum()),
        "hedges": flight.hedges + sum(_gained(flight, number, "hedges") for number in range(len(flight.before))),
        **_times(latency, {**_LEVELS, "p999": 0.999}),
    }


def _answered(route: Any) -> Mask:
    return np.asarray((route == ROUTE_MODEL) | (route == ROUTE_CACHE))


def _within(times: Floats, start: float, end: float) -> int:
    return int(((times >= start) & (times < end)).sum())


def _times(values: Floats, levels: Mapping[str, float]) -> Tree:
    """Return the mean of *values* and their quantiles; None of no values."""
    if not len(values):
        return {"mean": None, **dict.fromkeys(levels)}
    found = np.quantile(values, list(levels.values()))
    return {"mean": float(values.mean()), **dict(zip(levels, found.tolist(), strict=True))}


def _ratio(a: float, b: float) -> float | None:
    return a / b if b else None


# stages


def _stage(rig: Rig, flight: Flight, number: int) -> Tree:
    stage, stays = rig.topology.stages[number], flight.log.stays(number)
    by_class = {name: _by_class(stays.of_class(klass)) for klass, name in enumerate(rig.classes)}
    return {**_visits(stays, isinstance(stage, Pool)), **_averages(rig, flight, number), "by_class": by_class}


def _visits(stays: Stays, is_pool: bool) -> Tree:
    shed, served = stays.outcome == SHED, stays.outcome == SERVED
    stayed = served | (stays.outcome == ABANDONED) | (stays.outcome == DROPPED)
    waited = int((stays.wait[stayed] > 0).sum())
    return {
        "arrivals": len(stays.outcome),
        "served": int(served.sum()),
        "abandoned": int((stays.outcome == ABANDONED).sum()),
        "dropped": int((stays.outcome == DROPPED).sum()),
        "blocked_share": _ratio(int(shed.sum()), len(shed)),
        "p_wait": _ratio(waited, int(stayed.sum())) if is_pool else None,
        "wait": _times(stays.wait[served], _LEVELS) if is_pool else None,
        "sojourn": _times(stays.sojourn[served], _LEVELS),
    }


def _by_class(stays: Stays) -> Tree:
    served = stays.outcome == SERVED
    return {
        "arrivals": len(served),
        "served": int(served.sum()),
        "wait": _times(stays.wait[served], _LEVELS),
        "sojourn": _times(stays.sojourn[served], _LEVELS),
    }


def _averages(rig: Rig, flight: Flight, number: int) -> Tree:
    """Return averages over time and the ratios of what a stage counts; None for what its kind does not have."""
    stage, before, after = rig.topology.stages[number], flight.before[number], flight.after[number]
    window, is_pool = flight.end - flight.begin, isinstance(stage, Pool)
    gained = {name: _gained(flight, number, name) for name in ("started", "batches", "hits", "misses", "colds")}
    batched = isinstance(stage, Pool) and stage.batch.max > 1
    set_up = isinstance(stage, Pool) and stage.setup is not None
    counts_slots = isinstance(stage, Pool) and stage.discipline != "sharing"  # there, all present are at work
    looked_up = gained["hits"] + gained["misses"]
    return {
        "queue_mean": _ratio(after.waited - before.waited, window) if is_pool else None,
        "utilisation": _ratio(after.worked - before.worked, flight.slot_seconds[number]) if counts_slots else None,
        "batch_mean": _ratio(gained["started"], gained["batches"]) if batched else None,
        "hit_ratio": _ratio(gained["hits"], looked_up) if isinstance(stage, Cache) else None,
        "cold_share": _ratio(gained["colds"], gained["started"]) if set_up else None,
    }


def _gained(flight: Flight, number: int, name: str) -> int:
    return flight.closing[number].counts[name] - flight.before[number].counts[name]


# replications


def series(rig: Rig, flight: Flight) -> Floats:
    """Return (points, 4): time [s], goodput since the last point [1/s], requests that wait, replicas."""
    samples = flight.samples[:POINTS]
    t = np.array([sample.t for sample in samples])
    answered = np.array([sample.answered for sample in samples], dtype=np.float64)
    goodput = np.diff(answered, prepend=0.0) / (rig.span / POINTS)
    waiting, up = ([float(getattr(sample, name)) for sample in samples] for name in ("waiting", "up"))
    return np.column_stack([t, goodput, waiting, up])


def mean_of(trees: Sequence[Figures]) -> Tree:
    """Return the mean of each figure over the replications that have it."""
    return _combined(trees, lambda values: math.fsum(values) / len(values) if values else None)


def se_of(trees: Sequence[Figures]) -> Tree:
    """Return the standard error of each mean; None where fewer than two replications have the figure."""
    return _combined(trees, _standard_error)


def _standard_error(values: list[float]) -> float | None:
    if len(values) < 2:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))


def _combined(trees: Sequence[Figures], join: Callable[[list[float]], float | None]) -> Tree:
    found: Tree = {}
    for name, first in trees[0].items():
        if isinstance(first, Mapping):
            found[name] = _combined([tree[name] for tree in trees], join)
        else:
            found[name] = join([float(tree[name]) for tree in trees if tree[name] is not None])
    return found


def digest(before: str, flight: Flight) -> str:
    """Return the SHA-256 of how and when the requests of a replication ended, on top of the digest *before* it."""
    found = hashlib.sha256(before.encode())
    found.update(np.ascontiguousarray(np.round(flight.done, 9) + 0.0).tobytes())
    found.update(np.ascontiguousarray(flight.route, dtype=np.int64).tobytes())
    return found.hexdigest()
