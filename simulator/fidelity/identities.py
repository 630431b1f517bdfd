"""Checks of the queueing area that need no formula: Little's law at every station, from empty to empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.fidelity.stations import FOREVER, Family, arrivals
from simulator.fidelity.table import Check, Figures, Tolerance
from simulator.serving.plane import Plane, Traffic
from simulator.serving.topology import Backoff, Batch, Cache, Client, Delay, Keys, Law, Pool, Topology
from simulator.streams import Streams

__all__ = ["checks"]

_LITTLE = Family("Little's law: (L - lam W) / L, the largest of all stations", "identity")


def checks() -> list[Check]:
    """List the checks."""
    paths = _paths()

    def measure(seeds: Sequence[int]) -> Figures:
        return {name: np.array([_off(path)]) for name, path in paths.items()}

    exact = _LITTLE.exact("q.little", dict.fromkeys(paths, 0.0), [0.0] * len(paths))
    return [replace(exact, setting={"lam": 8}, measure=measure, tolerance=Tolerance(band=1e-9, errors=0))]


def _paths() -> Mapping[str, Topology]:
    """Return paths that take 8 requests a second; none of them keeps any for good."""
    pool = Pool(name="pool", service=Law.exponential(0.1))
    storm = Client(timeout=0.3, retries=2, backoff=Backoff(0.1, 2.0, 0.5))
    return {
        "plain": Topology((pool,)),
        "in a row": Topology(
            (Delay(name="net", service=Law.gamma(0.05, 0.5)), _cache(), pool, _pool("last", servers=3))
        ),
        "batches": Topology((_pool("pool", batch=Batch(8, 0.2), per_item=0.02),)),
        "shared": Topology((_pool("pool", discipline="sharing"),)),
        "interrupted": Topology((_pool("pool", discipline="preemptive"),), classes=2),
        "turned away": Topology((_pool("pool", queue_limit=3),)),
        "impatient": Topology((_pool("pool", patience=Law.exponential(0.2)),)),
        "retried": Topology((pool,), storm),
        "dropped": Topology((_pool("pool", drop_expired=True),), storm),
        "hedged": Topology((_pool("pool", replicas=4, hedge_after=0.15),)),
        "asked twice": Topology((_pool("pool", replicas=4),), Client(hedge_after=0.15)),
        "fanned out": Topology((_pool("pool", replicas=8, fanout=4, wait_for=0.5),)),
        "cold": Topology((_pool("pool", servers=4, setup=Law.exponential(0.2), keep_alive=0.1),)),
    }


def _pool(name: str, **fields: Any) -> Pool:
    return Pool(name=name, service=Law.exponential(0.1), **fields)


def _cache() -> Cache:
    keys = Keys(1_000, 0.8)
    return Cache(name="cache", keys=keys, size=50, hit=Law.constant(0.001), miss=Law.exponential(0.05), on_hit="done")


def _off(path: Topology, n: int = 20_000) -> float:
    """Return by how much the books of a station (L) differ from the visits to it (lam W), as a share, at the worst."""
    plane = Plane(path, Traffic(arrivals(0, 8.0, n), np.arange(n) % path.classes), Streams(0), visits=True)
    plane.advance(FOREVER)
    visits = plane.visits()
    stays = np.bincount(visits["stage"], visits["done"] - visits["entered"], len(path.stages))
    stayed = np.array([plane.reading(stage).stayed for stage in range(len(path.stages))])
    return float(np.max(np.abs(stayed - stays) / stayed))
