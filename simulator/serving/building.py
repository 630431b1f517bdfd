"""Lays a topology out as the rows that the event loop works on, and makes more of them when they run out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.serving.kernel import codes, records
from simulator.serving.kernel.records import World
from simulator.serving.topology import BALANCES, DISCIPLINES, LAWS, Cache, Client, Delay, Law, Pool, Stage, Topology
from simulator.streams import Streams

__all__ = ["Sizes", "built", "grown"]

_KINDS = {Pool: codes.POOL, Cache: codes.CACHE, Delay: codes.DELAY}
_VISITS = 65_536  # visits kept before they are fetched


@dataclass
class Sizes:
    """How many rows there are of what can run out."""

    jobs: int
    calls: int
    heap: int
    margin: int
    visits: int

    @staticmethod
    def of(topology: Topology, *, visits: bool) -> Sizes:
        """Size the rows for *topology*: enough that one event cannot use them up."""
        pools = [stage for stage in topology.stages if isinstance(stage, Pool)]
        batch = max([pool.batch.max for pool in pools], default=1)
        leaves = max([pool.fanout for pool in pools], default=1)
        margin = batch * (leaves + 3) * 4 + 64
        start = max(1024, 4 * margin)
        return Sizes(start, start, 2 * start, margin, max(_VISITS, 4 * margin) if visits else 0)

    def double(self) -> None:
        """Make room for twice as many."""
        self.jobs, self.calls, self.heap = 2 * self.jobs, 2 * self.calls, 2 * self.heap


class _Layout:
    """Collects the rows and tables while the stages are laid out one after the other."""

    def __init__(self, as_rows: bool) -> None:
        self.make = records.rows if as_rows else records.columns
        self.as_rows = as_rows
        self.tables: list[Any] = []
        self.table_size = self.lines = self.idle = self.nodes = self.keys = 0

    def table(self, values: Any) -> int:
        """Take in a table and return its first row."""
        start = self.table_size
        self.tables.append(np.asarray(values, dtype=np.float64))
        self.table_size += len(values)
        return start

    def law(self, stage: Any, name: str, law: Law) -> None:
        """Write a law into the fields of a stage that start with *name*."""
        start = float(self.table(law.values)) if law.values else law.a
        setattr(stage, f"{name}law", LAWS.index(law.law))
        for field, value in (("a", start), ("b", law.b), ("c", law.c)):
            setattr(stage, f"{name}{field}", float(value))

    def flat(self, size: int, fill: float, kind: str = "f8") -> Any:
        """Return a column of numbers."""
        column = np.full(size, fill, dtype=kind)
        return column.tolist() if self.as_rows else column

    def given(self, values: Any, kind: str = "f8") -> Any:
        """Return *values* as a column of numbers."""
        column = np.ascontiguousarray(values, dtype=kind)
        return column.tolist() if self.as_rows else column


def built(topology: Topology, traffic: Any, streams: Streams, sizes: Sizes, *, as_rows: bool) -> World:
    """Lay *topology* and *traffic* out; keys of luck are drawn from the streams `serving/STAGE` and `serving`."""
    layout = _Layout(as_rows)
    stages = layout.make(records.STAGE, len(topology.stages))
    replicas = layout.make(records.REPLICA, sum(s.capacity for s in topology.stages if isinstance(s, Pool)))
    first = 0
    for number, stage in enumerate(topology.stages):
        row = stages[number]
        _lay_stage(row, stage, layout, streams)
        row.given = int(stage.name in (traffic.given or {}))
        if isinstance(stage, Pool):
            row.first, row.classes = first, topology.classes
            _lay_pool(row, stage, layout)
            _lay_replicas(replicas[first : first + stage.capacity], number, stage, row, layout)
            first += stage.capacity
        elif isinstance(stage, Cache):
            _lay_cache(row, stage, layout)
        else:
            layout.law(row, "", stage.service)
    world = _world(topology, traffic, sizes, layout, stages, replicas)
    _start(world, topology, streams, sizes)
    return world


def _lay_stage(row: Any, stage: Stage, layout: _Layout, streams: Streams) -> None:
    row.kind, row.share, row.key = _KINDS[type(stage)], stage.share, _key(streams, "serving", stage.name)
    row.batch, row.fanout, row.need, row.classes = 1, 1, 1, 1
    row.limit = row.patience_law = row.setup_law = row.guard = row.head = row.tail = codes.NONE
    row.hedge = codes.NEVER


def _lay_pool(row: Any, stage: Pool, layout: _Layout) -> None:
    row.most, row.up = stage.capacity, stage.replicas
    row.balance, row.discipline = BALANCES.index(stage.balance), DISCIPLINES.index(stage.discipline)
    if row.discipline not in (codes.PRIORITY, codes.PREEMPTIVE):
        row.classes = 1
    row.limit = codes.NONE if stage.queue_limit is None else stage.queue_limit
    row.batch, row.linger, row.per_item = stage.batch.max, stage.batch.wait, stage.per_item
    row.drop, row.keep = int(stage.drop_expired), stage.keep_alive
    row.fanout, row.need = stage.fanout, max(1, int(np.ceil(stage.fanout * stage.wait_for - 1e-9)))
    row.hedge = codes.NEVER if stage.hedge_after is None else stage.hedge_after
    layout.law(row, "", stage.service)
    for name, law in (("patience_", stage.patience), ("setup_", stage.setup)):
        if law is not None:
            layout.law(row, name, law)


def _lay_replicas(rows: Any, number: int, stage: Pool, row: Any, layout: _Layout) -> None:
    for place in range(stage.capacity):
        replica = rows[place]
        replica.stage, replica.slots, replica.slow = number, stage.servers, 1.0
        replica.up, replica.armed, replica.due = int(place < stage.replicas), -1.0, -1.0
        replica.line, replica.idle = layout.lines, layout.idle
        layout.lines += row.classes + 1
        layout.idle += stage.servers if stage.setup is not None else 0


def _lay_cache(row: Any, stage: Cache, layout: _Layout) -> None:
    row.policy, row.on_hit = ("lru", "ttl").index(stage.policy), ("next", "done").index(stage.on_hit)
    row.ttl, row.renew, row.size, row.items = stage.ttl, int(stage.renew), stage.size, stage.keys.items
    layout.law(row, "", stage.hit)
    layout.law(row, "miss_", stage.miss)
    row.node, row.where = layout.nodes, layout.keys
    layout.nodes += min(stage.size, stage.keys.items)
    layout.keys += stage.keys.items
    weight = np.arange(1, stage.keys.items + 1, dtype=np.float64) ** -stage.keys.alpha
    row.popular = layout.table(np.cumsum(weight) / weight.sum())


def _world(topology: Topology, traffic: Any, sizes: Sizes, layout: _Layout, stages: Any, replicas: Any) -> World:
    n, make, flat, given = len(traffic), layout.make, layout.flat, layout.given
    lines = make(records.LINE, layout.lines)
    for line in lines:
        line.first = line.last = codes.NONE
    most = len(replicas)
    world = World(
        sim=make(records.SIM, 1),
        client=make(records.CLIENT, 1),
        doors=make(records.DOOR, topology.classes),
        stages=stages,
        replicas=replicas,
        lines=lines,
        jobs=make(records.JOB, sizes.jobs),
        victims=flat(sizes.jobs, 0, "i8"),
        calls=make(records.CALL, sizes.calls),
        heap=[] if layout.as_rows else make(records.HEAP, sizes.heap),
        lane=deque() if layout.as_rows else make(records.HEAP, sizes.heap),
        nodes=make(records.NODE, layout.nodes),
        where=flat(layout.keys, codes.NONE, "i8"),
        expiry=flat(layout.keys, -1.0),
        up=flat(most, 0, "i8"),
        idle=flat(layout.idle, 0.0),
        tables=given(np.concatenate([np.empty(0), *layout.tables])),
        at=given(traffic.at),
        klass=given([] if traffic.klass is None else traffic.klass, "i8"),
        size=given([] if traffic.size is None else traffic.size),
        given=given(_given(topology, traffic)),
        done=flat(n, np.inf),
        route=flat(n, 0, "i8"),
        tries=flat(n, 0, "i8"),
        ended=flat(n, 0, "i8"),
        visits=make(records.VISIT, sizes.visits),
    )
    _free(world, sizes, 0, 0)
    return world


def _given(topology: Topology, traffic: Any) -> Any:
    columns = traffic.given or {}
    if not columns:
        return []
    absent = np.zeros(len(traffic))
    return np.concatenate([columns.get(stage.name, absent) for stage in topology.stages])


def _start(world: World, topology: Topology, streams: Streams, sizes: Sizes) -> None:
    sim, client = world.sim[0], world.client[0]
    sim.last = sim.rows = len(world.at)
    sim.stages, sim.margin, sim.log_room = len(world.stages), sizes.margin, sizes.visits
    sim.classed, sim.sized = int(len(world.klass) > 0), int(len(world.size) > 0)
    _lay_client(client, topology.client)
    client.key = _key(streams, "serving")
    sim.tokens = topology.client.burst
    for number, share in enumerate(topology.client.shed[: topology.classes]):
        world.doors[number].shed = share
    for stage in world.stages:
        for place in range(stage.up):
            world.up[stage.first + place] = stage.first + place


def _lay_client(row: Any, client: Client) -> None:
    row.timeout = codes.NEVER if client.timeout is None else client.timeout
    row.hedge = codes.NEVER if client.hedge_after is None else client.hedge_after
    row.retries, row.fallback = client.retries, int(client.fallback)
    row.base, row.factor, row.jitter = client.backoff.base, client.backoff.factor, client.backoff.jitter
    row.budget = -1.0 if client.retry_budget is None else client.retry_budget
    row.burst = client.burst
    if client.breaker is not None:
        row.breaker, row.window, row.least = 1, client.breaker.window, client.breaker.least
        row.share, row.cool = client.breaker.share, client.breaker.cool


def _key(streams: Streams, *name: str) -> int:
    return int(streams.get(*name, "luck").integers(0, 2**62))


def _free(world: World, sizes: Sizes, jobs: int, calls: int) -> None:
    """Chain the free rows of jobs from *jobs* on, and of calls from *calls* on, before those that are free already."""
    sim = world.sim[0]
    sim.free_job = _chained(world.jobs, jobs, sizes.jobs, sim.free_job)
    sim.free_call = _chained(world.calls, calls, sizes.calls, sim.free_call)
    sim.jobs_left += sizes.jobs - jobs
    sim.calls_left += sizes.calls - calls
    sim.room, sim.job_rows = sizes.heap, sizes.jobs


def _chained(rows: Any, first: int, end: int, head: int) -> int:
    """Chain the rows from *first* to *end* before *head*, the first free one so far; return the new first."""
    after = np.arange(first + 1, end + 1)
    after[-1] = head if first else codes.NONE
    if isinstance(rows, list):
        for row, follower in zip(rows[first:], after.tolist(), strict=True):
            row.next = follower
    else:
        rows["next"][first:] = after
    return first


def grown(world: World, sizes: Sizes) -> World:
    """Return *world* with room for twice as many jobs, calls and events."""
    jobs, calls = sizes.jobs, sizes.calls
    sizes.double()
    larger = world._replace(
        jobs=_longer(world.jobs, records.JOB, sizes.jobs),
        victims=[0] * sizes.jobs if isinstance(world.heap, list) else np.zeros(sizes.jobs, np.int64),
        calls=_longer(world.calls, records.CALL, sizes.calls),
        heap=world.heap if isinstance(world.heap, list) else _longer(world.heap, records.HEAP, sizes.heap),
        lane=world.lane if isinstance(world.heap, list) else _unrolled(world, sizes.heap),
    )
    _free(larger, sizes, jobs, calls)
    return larger


def _unrolled(world: World, size: int) -> Any:
    """Lay the ring of deadlines out from the start of a longer one."""
    sim, longer = world.sim[0], records.columns(records.HEAP, size)
    longer[: len(world.lane)] = np.roll(world.lane, -int(sim.lane))
    sim.lane = 0
    return longer


def _longer(rows: Any, fields: Any, size: int) -> Any:
    if isinstance(rows, list):
        return rows + records.rows(fields, size - len(rows))
    longer = records.columns(fields, size)
    longer[: len(rows)] = rows
    return longer
