"""Puts closed forms of queueing theory beside the figures of a rig, where the system is one that theory has solved."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from simulator.errors import BadInput
from simulator.rig.cost import hit_share
from simulator.rig.forms import Flow, Form, is_mmc, pool_forms, stations
from simulator.rig.spec import Rig
from simulator.serving.theory.clients import collapses
from simulator.serving.theory.delay import mmc, tandem_mean, tandem_quantile
from simulator.serving.topology import Cache, Delay, Pool, Stage

__all__ = ["beside", "forms"]

_LEVELS = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def beside(rig: Rig, mean: Mapping[str, Any], se: Mapping[str, Any]) -> dict[str, Any]:
    """Return, per figure that has a closed form, its name and kind, and expected beside simulated.

    *mean* and *se* are the figures and their standard errors; the deviation is in standard errors, None without one.
    """
    found: dict[str, Any] = {}
    for form in forms(rig):
        key = ".".join(form.where)
        simulated, error = _at(mean, form.where), _at(se, form.where)
        if key not in found and simulated is not None:
            off = (simulated - form.expected) / error if error else None
            facts = {"name": form.name, "kind": form.kind, "expected": form.expected, "simulated": simulated}
            found[key] = {**facts, "se": error, "deviation": off}
    return found


def _at(figures: Mapping[str, Any], where: Sequence[str]) -> Any:
    found: Any = figures
    for name in where:
        found = found.get(name) if found is not None else None
    return found


def forms(rig: Rig) -> Iterator[Form]:
    """Give what theory says of a *rig*: stage by stage, then from end to end, as far as its assumptions hold."""
    if not _is_calm(rig):
        yield from _retry_storm(rig)
        return
    flow = _traffic(rig)
    flows = []
    for number, stage in enumerate(rig.topology.stages):
        flows.append(flow)
        if _changes(rig, number):
            return
        yield from _stage_forms(rig, stage, flow)
        flow = _after(stage, flow)
    yield from _tandem(rig, flows)
    yield from _slowest(rig, flows)


def _is_calm(rig: Rig) -> bool:
    """Tell whether the client sends each request once, and no stage stands still."""
    client, pools = rig.topology.client, [stage for stage in rig.topology.stages if isinstance(stage, Pool)]
    can_fail = client.timeout is not None or any(pool.queue_limit is not None for pool in pools)
    again = client.retries > 0 and can_fail
    return not (again or client.hedge_after is not None or client.breaker or rig.outages)


def _changes(rig: Rig, number: int) -> bool:
    """Tell whether a stage is not the same all the time, or its requests may leave it early."""
    stage = rig.topology.stages[number]
    left = isinstance(stage, Pool) and (stage.patience is not None or stage.hedge_after is not None)
    dropped = isinstance(stage, Pool) and stage.drop_expired and rig.topology.client.timeout is not None
    return left or dropped or number in (rig.rules or {}) or any(slow.stage == number for slow in rig.slow)


def _traffic(rig: Rig) -> Flow:
    arrivals = rig.arrivals
    shares = tuple(kind.rate / arrivals.rate for kind in arrivals.classes)
    if arrivals.law == "poisson":
        return Flow(arrivals.rate, "poisson", shares=shares)
    if arrivals.law == "mmpp":
        return Flow(arrivals.rate, "mmpp", bursts=(arrivals.rates, arrivals.switch_rates))
    if arrivals.law == "trace":  # its rate may change on the way
        return Flow(math.nan, "unknown")
    if arrivals.classes:
        return Flow(arrivals.rate, "unknown")
    return Flow(arrivals.rate, "renewal", arrivals.cv**2)


def _after(stage: Stage, flow: Flow) -> Flow:
    """Return the flow that comes out of a *stage* into which *flow* goes."""
    unknown = Flow(flow.rate, "unknown")
    if isinstance(stage, Delay):  # servers without end: Poisson arrivals leave as Poisson
        return flow if flow.law == "poisson" or stage.service.law == "constant" else unknown
    if isinstance(stage, Cache):
        return _behind_cache(stage, flow)
    if not math.isfinite(flow.rate) or stage.queue_limit is not None:
        return replace(unknown, rate=math.nan)
    reversible = is_mmc(stage) or (stage.discipline == "sharing" and stage.servers == 1)
    return flow if reversible and stations(stage) and stage.fanout == 1 and flow.law == "poisson" else unknown


def _behind_cache(cache: Cache, flow: Flow) -> Flow:
    answers = cache.on_hit == "done"
    hits = cache.share * hit_share(cache, flow.rate) if answers else 0.0
    at_once = cache.hit.law == cache.miss.law == "constant" and cache.hit.mean == cache.miss.mean
    if at_once and not answers:
        return flow
    return replace(
        flow, rate=flow.rate * (1 - hits), law=flow.law if flow.law == "poisson" else "unknown", is_exact=False
    )


def _stage_forms(rig: Rig, stage: Stage, flow: Flow) -> Iterator[Form]:
    if not math.isfinite(flow.rate) or stage.share == 0:
        return
    found = (
        pool_forms(stage, flow) if isinstance(stage, Pool) else _cache(stage, flow) if isinstance(stage, Cache) else ()
    )
    for form in found:
        where = form.where
        if where[0] == "by_class":
            where = ("by_class", rig.classes[int(where[1])], *where[2:])
        yield replace(form, where=("stages", stage.name, *where))


def _cache(cache: Cache, flow: Flow) -> Iterator[Form]:
    hits = hit_share(cache, flow.rate)
    if not math.isfinite(hits):
        return
    if cache.policy == "lru":
        yield Form(("hit_ratio",), "LRU (Che, Tung & Wang 2002)", "approximation", hits)
    elif flow.law == "poisson":
        exact = flow.is_exact and cache.on_hit == "next"  # else an item is held only when its answer comes
        yield Form(("hit_ratio",), "TTL (renewal theory)", "exact" if exact else "approximation", hits)


def _tandem(rig: Rig, flows: Sequence[Flow]) -> Iterator[Form]:
    """M/M/1 stations in a row, each of which all requests pass."""
    pools = [stage for stage in rig.topology.stages if isinstance(stage, Pool)]
    single = all(p.replicas == p.servers == p.fanout == 1 and p.share == 1 and p.discipline == "fifo" for p in pools)
    if not (1 < len(pools) == len(rig.topology.stages) and single and all(is_mmc(pool) for pool in pools)):
        return
    if flows[-1].law != "poisson" or not flows[-1].is_exact or rig.topology.client.timeout is not None:
        return
    rates, lam = [1 / pool.service.mean for pool in pools], rig.arrivals.rate
    name = f"{len(pools)} x M/M/1 in a row (Jackson 1957)"
    try:
        yield Form(("end_to_end", "mean"), name, "exact", tandem_mean(rates, lam))
        for level, q in _LEVELS.items():
            yield Form(("end_to_end", level), name, "exact", tandem_quantile(rates, lam, q))
    except BadInput:  # no steady state
        return


def _slowest(rig: Rig, flows: Sequence[Flow]) -> Iterator[Form]:
    """A request to all leaves at once waits for the slowest of them, as if they were independent."""
    pool = rig.topology.stages[0]
    if len(rig.topology.stages) > 1 or not isinstance(pool, Pool) or rig.topology.client.timeout is not None:
        return
    k = pool.fanout
    if k == 1 or k != pool.replicas or pool.wait_for < 1 or not is_mmc(pool) or pool.discipline != "fifo":
        return
    lam, mu = flows[0].rate * pool.share, 1 / pool.service.mean
    if flows[0].law == "poisson" and pool.share == 1 and lam < pool.servers * mu:
        leaf = mmc(lam, mu, pool.servers)
        for level, q in _LEVELS.items():
            name = f"slowest of {k} independent M/M/{pool.servers}"
            yield Form(("end_to_end", level), name, "approximation", leaf.sojourn_quantile(q ** (1 / k)))


def _retry_storm(rig: Rig) -> Iterator[Form]:
    """After an outage, clients that give up and try again keep the service down, or they do not (fluid limit)."""
    client, pools = rig.topology.client, [stage for stage in rig.topology.stages if isinstance(stage, Pool)]
    held = client.retry_budget is not None or client.hedge_after is not None or client.breaker is not None
    if client.timeout is None or held or len(pools) != 1 or len(rig.topology.stages) > 1 or rig.rules or rig.slow:
        return
    pool, lam, r = pools[0], rig.arrivals.rate, client.retries
    if not any(outage.end - outage.start > client.timeout for outage in rig.outages) or not _is_plain(pool):
        return
    servers, mu = pool.replicas * pool.servers, 1 / (pool.service.mean + pool.per_item)
    if client.timeout * mu < 5 or client.backoff.base > client.timeout or not _has_time(rig, servers * mu):
        return
    down = collapses(lam, r, servers, mu)
    sizes = f"{lam:g}/s x (1 + {r} retries) {'>' if down else '<='} {servers * mu:g}/s"
    if lam < servers * mu:
        name = f"retry threshold, {'collapses' if down else 'recovers'}: {sizes}"
        yield Form(("end_to_end", "goodput_end_per_s"), name, "limit", 0.0 if down else lam)


def _has_time(rig: Rig, capacity: float) -> bool:
    """Tell whether what has gathered in the outages is served, at the latest, when four fifths of the run are over."""
    lam, since = rig.arrivals.rate, max(outage.end for outage in rig.outages)
    gathered = lam * sum(outage.end - outage.start for outage in rig.outages)
    return lam < capacity and since + gathered / (capacity - lam) < 0.8 * rig.span


def _is_plain(pool: Pool) -> bool:
    """Tell whether all attempts wait for their turn, wanted or not."""
    open_ended = pool.queue_limit is None and pool.patience is None and not pool.drop_expired
    return open_ended and pool.discipline == "fifo" and pool.batch.max == 1 and pool.fanout == 1 and pool.share == 1
