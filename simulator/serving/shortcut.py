"""Decides when a system is so plain that its requests need no event loop, and sends them the short way."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.serving.kernel.codes import ROUTE_MODEL, SERVED
from simulator.serving.kernel.compiled import Entries
from simulator.serving.kernel.records import World
from simulator.serving.topology import Client, Pool, Topology

__all__ = ["is_plain", "travelled"]

_MOST_SLOTS = 128  # beyond, the loop's heap is quicker


def is_plain(topology: Topology, traffic: Any) -> bool:
    """Tell whether *topology* is one replica, first come first served, with clients that wait for ever."""
    pool = topology.stages[0]
    alone = len(topology.stages) == 1 and traffic.klass is None and traffic.size is None
    return alone and isinstance(pool, Pool) and _is_simple(pool) and _is_patient(topology.client)


def _is_simple(pool: Pool) -> bool:
    like = Pool(
        name=pool.name,
        service=pool.service,
        per_item=pool.per_item,
        servers=pool.servers,
        balance=pool.balance,  # this and what follows mean nothing here
        drop_expired=pool.drop_expired,
        keep_alive=pool.keep_alive,
        wait_for=pool.wait_for,
    )
    return pool == like and pool.servers <= _MOST_SLOTS


def _is_patient(client: Client) -> bool:
    waits = client.timeout is None and client.hedge_after is None and client.breaker is None
    return waits and not any(client.shed)


def travelled(world: World, handle: Any, entries: Entries, kept: list[Any] | None) -> None:
    """Serve all requests of *world* at once; visits are added to *kept*, if they are wanted."""
    n = len(world.at)
    started: Any = np.zeros(n if kept is not None else 0)
    started = started if entries.is_compiled else started.tolist()
    entries.express(handle, started, kept is not None)
    sim, stage = world.sim[0], world.stages[0]
    sim.answered = n
    stage.arrivals = stage.started = stage.served = stage.batches = n
    stage.stayed = stage.waited + stage.worked
    _fill(world.route, ROUTE_MODEL)
    _fill(world.tries, 1)
    if kept is not None and n:
        kept.append(_visits(np.asarray(world.ended), np.asarray(world.at), np.asarray(started), np.asarray(world.done)))


def _fill(column: Any, value: int) -> None:
    column[:] = [value] * len(column) if isinstance(column, list) else value


def _visits(order: Any, at: Any, start: Any, done: Any) -> dict[str, Any]:
    zeros = np.zeros(len(order), np.int64)
    times = {"entered": at[order], "started": start[order], "done": done[order]}
    return {"ident": order << 16, "stage": zeros, "klass": zeros, "outcome": zeros + SERVED, **times}
