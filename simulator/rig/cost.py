"""What a rig will cost and where it is overloaded: estimated before it is flown, so that it can be refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput
from simulator.rig.spec import Rig
from simulator.serving.theory.caches import che, zipf
from simulator.serving.topology import Cache, Pool, Stage

__all__ = ["Cost", "estimate", "flows_into", "hit_share", "loads", "refuse", "warnings"]

_MOST_REQUESTS, _MOST_IN_ALL = 20_000_000, 200_000_000
_MOST_VISITS = 20 * _MOST_IN_ALL
_MOST_REPLICAS, _MOST_TICKS, _MOST_SLOTS, _MOST_ITEMS = 2000, 10_000, 1_000_000, 20_000_000
_MOST_SWITCHES, _MOST_MARGIN = 20_000_000, 20_000
_MOST_SECONDS, _MOST_GB = 1800.0, 6.0
_WORKED_OUT = 100_000  # items of a cache whose hits are worked out in a wink

# Measured: seconds for each visit and each request, for each look at a replica, for a step through a line of jobs,
# for a row of a job (they are made as jobs pile up), for a seed by itself; bytes for each request, visit, job that is
# present, item of a cache; GB of nothing.
_PER_VISIT, _PER_LOOK, _PER_STEP, _PER_ROW, _PER_SEED = 0.3e-6, 12e-6, 8e-9, 8e-6, 0.03
_BYTES_REQUEST, _BYTES_VISIT, _BYTES_PRESENT, _BYTES_ITEM, _BASE_GB = 55, 35, 600, 50, 0.15


@dataclass(frozen=True)
class Cost:
    """What flying a rig takes, roughly."""

    requests: float
    """per replication"""
    visits: float
    """of stages, per replication, as a rule"""
    worst: float
    """the same, if everything fails that can"""
    seconds: float
    """of one core, for all replications"""
    gigabytes: float
    """of memory at the worst"""
    ticks: float
    """of control, per replication"""


def estimate(rig: Rig) -> Cost:
    """Estimate what flying *rig* takes."""
    n, client, pools = rig.expected, rig.topology.client, _pools(rig)
    usual = n * math.fsum(_copies(stage) for stage in rig.topology.stages)
    attempts = (1 + client.retries) * (2 if client.hedge_after is not None else 1)
    present = _present(rig, attempts)
    memory = n * _BYTES_REQUEST + usual * _BYTES_VISIT + present * _BYTES_PRESENT + _items(rig) * _BYTES_ITEM
    ends = [rig.span, *(outage.end for outage in rig.outages), *(slow.end for slow in rig.slow)]
    ticks = math.fsum(max(ends) / rule.period for rule in (rig.rules or {}).values())
    replicas = math.fsum(pool.capacity for pool in pools)
    steps = math.fsum(n * _steps(pool, present) for pool in pools) * _PER_STEP
    rows = present + 32 * _batch_copies(rig)
    seconds = (usual + n) * _PER_VISIT + steps + rows * _PER_ROW + (ticks + 120) * replicas * _PER_LOOK + _PER_SEED
    ticks += 2 * len(rig.outages) + 2 * len(rig.slow)
    return Cost(n, usual, usual * attempts, seconds * len(rig.seeds), memory / 1e9 + _BASE_GB, ticks)


def _pools(rig: Rig) -> list[Pool]:
    return [stage for stage in rig.topology.stages if isinstance(stage, Pool)]


def _batch_copies(rig: Rig) -> int:
    """Return how many jobs one event may make, at the most: rows for them are kept ready."""
    pools = _pools(rig)
    leaves = max((pool.fanout for pool in pools), default=1)
    return leaves * max((pool.batch.max for pool in pools), default=1)


def _items(rig: Rig) -> int:
    return sum(stage.keys.items for stage in rig.topology.stages if isinstance(stage, Cache))


def _present(rig: Rig, attempts: int) -> float:
    """Return how many jobs may be there at once: all that come during an outage, or beyond what can be done."""
    over = max((rig.arrivals.rate * attempts * _per_request(pool) for pool in _pools(rig)), default=0.0)
    down = math.fsum(outage.end - outage.start for outage in rig.outages) / rig.span
    return rig.expected * attempts * max(1 - 1 / max(over, 1.0), min(down, 1.0))


def _steps(pool: Pool, present: float) -> float:
    """Return how many jobs or replicas are looked at when a request comes."""
    looks = pool.capacity if pool.balance == "least_loaded" or pool.fanout > 1 else 0
    if pool.discipline == "sharing":
        return looks + present / 2 / pool.replicas
    return looks + (pool.servers if pool.discipline == "preemptive" else 0)


def _copies(stage: Stage) -> float:
    return (stage.fanout + (stage.hedge_after is not None) if isinstance(stage, Pool) else 1) * stage.share


def refuse(rig: Rig, big: bool = False) -> None:
    """Raise BadInput for a rig that costs too much; *big* lifts the limits on requests, time and memory only."""
    cost, pools = estimate(rig), _pools(rig)
    if not big:
        _large(cost, len(rig.seeds))
    _most("replicas", sum(pool.capacity for pool in pools), _MOST_REPLICAS)
    _most("slots", sum(pool.capacity * pool.servers for pool in pools), _MOST_SLOTS)
    _most("copies of the requests in one batch", _batch_copies(rig), _MOST_MARGIN)
    _most("items in caches", _items(rig), _MOST_ITEMS)
    _most("control ticks per replication", cost.ticks, _MOST_TICKS)
    if rig.arrivals.switch_rates:
        left = float(rig.arrivals.stay() @ np.array(rig.arrivals.switch_rates))
        _most("changes of state of the traffic per replication", rig.span * left, _MOST_SWITCHES)


def _large(cost: Cost, seeds: int) -> None:
    total, worst = cost.requests * seeds, cost.worst * seeds
    size = f"{total:,.0f} requests, about {cost.seconds:,.0f} s and {cost.gigabytes:,.1f} GB"
    for what, value, most in (
        ("requests per replication", cost.requests, _MOST_REQUESTS),
        ("requests in all", total, _MOST_IN_ALL),
        ("visits to stages in all, should every retry and hedge be made,", worst, _MOST_VISITS),
        ("seconds", cost.seconds, _MOST_SECONDS),
        ("GB of memory", cost.gigabytes, _MOST_GB),
    ):
        if value > most:
            raise BadInput(f"{value:,.0f} {what} are too many ({size}); at most {most:,.0f} without --big")


def _most(what: str, value: float, most: int) -> None:
    if value > most:
        raise BadInput(f"{value:,.0f} {what} are too many; at most {most:,}")


def warnings(rig: Rig) -> Iterator[str]:
    """Say which stages are offered more than they can do, where nothing else keeps their queues short."""
    for number, load in loads(rig).items():
        stage = rig.topology.stages[number]
        if isinstance(stage, Pool) and load >= 1 and stage.queue_limit is None and stage.patience is None:
            says = "the queue grows as long as requests come"
            yield f"stage {stage.name}: offered load {load:.2f} of its capacity; {says}"


def loads(rig: Rig) -> dict[int, float]:
    """Return, per pool, the work offered by first attempts as a share of what it can do (scaled up, in full batches).

    NaN where caches before it answer a share that is not known.
    """
    flows = flows_into(rig)
    pools = [(number, stage) for number, stage in enumerate(rig.topology.stages) if isinstance(stage, Pool)]
    return {number: flows[number] * _per_request(pool) for number, pool in pools}


def _per_request(pool: Pool) -> float:
    """Return how long all slots together work for one request that comes by [s]."""
    each = (pool.service.mean + pool.per_item * pool.batch.max) / pool.batch.max
    return pool.share * pool.fanout * each / (pool.capacity * pool.servers)


def flows_into(rig: Rig) -> list[float]:
    """Return how many requests per second come as far as each stage: caches on the way may answer some.

    NaN behind a cache that is too large for its hits to be worked out.
    """
    flows = [rig.arrivals.rate]
    for stage in rig.topology.stages:
        answered = 0.0
        if isinstance(stage, Cache) and stage.on_hit == "done":
            answered = stage.share * hit_share(stage, flows[-1])
        flows.append(flows[-1] * (1 - answered))
    return flows


def hit_share(cache: Cache, rate: float) -> float:
    """Return the share of requests that a *cache* answers in the long run (Che; renewal theory).

    *rate* requests per second come by, of which the cache sees its share; NaN for more than 100,000 items.
    """
    if cache.keys.items > _WORKED_OUT:
        return math.nan
    popular = zipf(cache.keys.items, cache.keys.alpha)
    if cache.policy == "lru":
        return che(popular, cache.size)
    expected = rate * cache.share * popular * cache.ttl
    hits = -np.expm1(-expected) if cache.renew else expected / (1 + expected)
    return float(popular @ hits)
