"""Chooses the closed forms that hold for a pool: by its arrivals, its service, its servers and its discipline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from simulator.errors import BadInput
from simulator.serving.theory import capacity, chains, delay, priority
from simulator.serving.theory.caches import cold_share
from simulator.serving.topology import Pool

__all__ = ["Flow", "Form", "is_mmc", "pool_forms", "stations"]

_APPROXIMATION, _EXACT, _LIMIT = "approximation", "exact", "limit"
_LEVELS = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_MOST_SERVERS = 64  # of M/H2/c: its matrices grow with them
_HEAVIEST = 0.999  # load up to which the exact chains are worked out in a wink
_LIGHTEST = 0.02  # load up to which services do not overlap


@dataclass(frozen=True)
class Form:
    """What a closed form says of one figure."""

    where: tuple[str, ...]
    """the figure's place in the tables of figures"""
    name: str
    kind: str
    """exact, approximation or limit"""
    expected: float


@dataclass(frozen=True)
class Flow:
    """The requests that come by a stage."""

    rate: float
    """per second; NaN = not known"""
    law: Literal["poisson", "renewal", "mmpp", "unknown"]
    scv: float = 1.0
    """of the gaps: variance over squared mean"""
    shares: tuple[float, ...] = ()
    """of the classes, the most important first"""
    is_exact: bool = True
    """whether it is just so, not merely nearly so"""
    bursts: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    """rates and switch rates [1/s] of an mmpp"""


def pool_forms(pool: Pool, flow: Flow) -> Iterator[Form]:
    """Give what theory says of a *pool* that a *flow* comes by; the first form for a figure is the best one."""
    for find in (_power_of_two, _limited, _bulk, _set_up, _shared, _ranked, _queue, _nearly, _utilisation):
        try:
            found = list(find(pool, flow))
        except BadInput:  # no steady state, or beyond what the form is made for
            continue
        for figure, name, kind, expected in found:
            worst = kind if flow.is_exact or kind != _EXACT else _APPROXIMATION
            yield Form(tuple(figure.split(".")), name, worst, expected)


_Found = Iterator[tuple[str, str, str, float]]
"""(figure, name of the form, kind, expected)"""


def stations(pool: Pool) -> int | None:
    """Return into how many stations alike a pool falls that do not know of each other; None = it does not."""
    alone = pool.replicas == 1 or pool.balance == "random" or pool.fanout == pool.replicas
    return pool.replicas if alone else None


def is_mmc(pool: Pool) -> bool:
    """Tell whether the stations of a *pool* are M/M/c, given Poisson arrivals: no limit, no batches, no set-up."""
    plain = pool.service.law == "exponential" and pool.per_item == 0
    return plain and _is_open(pool) and pool.discipline in ("fifo", "lifo")


def _is_open(pool: Pool) -> bool:
    return pool.queue_limit is None and pool.batch.max == 1 and pool.setup is None


def _rate(pool: Pool, flow: Flow) -> float:
    """Return the arrivals at one replica [1/s]."""
    return flow.rate * pool.share * pool.fanout / pool.replicas


def _mean(pool: Pool) -> float:
    return pool.service.mean + pool.per_item


def _scv(pool: Pool) -> float:
    return pool.service.scv * (pool.service.mean / _mean(pool)) ** 2


def _power_of_two(pool: Pool, flow: Flow) -> _Found:
    fits = pool.balance == "power_of_two" and pool.replicas > 1 and pool.servers == 1 and pool.fanout == 1
    if fits and is_mmc(pool) and flow.law == "poisson":
        mean = _mean(pool) * capacity.power_of_choices(_rate(pool, flow) * _mean(pool), 2)
        yield "sojourn.mean", "shorter of two queues, many servers (Mitzenmacher 1996)", _LIMIT, mean


def _limited(pool: Pool, flow: Flow) -> _Found:
    """M/M/c/K, and M/G/c/c where nobody may wait."""
    limit, lam, c = pool.queue_limit, _rate(pool, flow), pool.servers
    fits = stations(pool) and flow.law == "poisson" and pool.batch.max == 1 and pool.setup is None
    if limit is None or not fits or pool.discipline not in ("fifo", "lifo"):
        return
    if pool.service.law == "exponential" and pool.per_item == 0:
        name, found = f"M/M/{c}/{c + limit}", delay.mmck(lam, 1 / _mean(pool), c, c + limit)
        yield "blocked_share", name, _EXACT, found.p_block
        yield "sojourn.mean", name, _EXACT, found.sojourn
        yield "utilisation", name, _EXACT, found.throughput * _mean(pool) / c
    elif limit == 0:
        blocked = delay.erlang_b(c, lam * _mean(pool))
        yield "blocked_share", f"M/G/{c}/{c} (Erlang B)", _EXACT, blocked
        yield "utilisation", f"M/G/{c}/{c} (Erlang B)", _EXACT, lam * _mean(pool) * (1 - blocked) / c


def _bulk(pool: Pool, flow: Flow) -> _Found:
    constant = pool.service.law == "constant" and pool.per_item == 0 and pool.batch.wait == 0 and pool.servers == 1
    fits = stations(pool) and flow.law == "poisson" and pool.queue_limit is None and pool.setup is None
    if pool.batch.max > 1 and constant and fits and pool.discipline == "fifo":
        name = f"M/D^[1,{pool.batch.max}]/1, batches (Bailey 1954)"
        found = chains.bulk(_rate(pool, flow), _mean(pool), pool.batch.max)
        yield "wait.mean", name, _EXACT, found.wait
        yield "sojourn.mean", name, _EXACT, found.sojourn
        yield "batch_mean", name, _EXACT, found.batch


def _set_up(pool: Pool, flow: Flow) -> _Found:
    one = stations(pool) and pool.servers == 1 and flow.law == "poisson" and pool.queue_limit is None
    if pool.setup is None or not one or pool.batch.max > 1 or pool.discipline not in ("fifo", "lifo"):
        return
    lam = _rate(pool, flow)
    if pool.keep_alive == 0 and pool.setup.law == pool.service.law == "exponential" and pool.per_item == 0:
        mean = delay.setup_mm1(lam, 1 / _mean(pool), 1 / pool.setup.mean)
        yield "sojourn.mean", "M/M/1 with set-up (Welch 1964)", _EXACT, mean
    if pool.keep_alive > 0 and lam * (_mean(pool) + pool.setup.mean) < _LIGHTEST:
        yield "cold_share", "cold starts, services that do not overlap", _LIMIT, cold_share(lam, pool.keep_alive)


def _shared(pool: Pool, flow: Flow) -> _Found:
    if pool.discipline == "sharing" and pool.servers == 1 and stations(pool) and flow.law == "poisson":
        mean = delay.ps_sojourn(_rate(pool, flow), _mean(pool))
        yield "sojourn.mean", "M/G/1 processor sharing (Kleinrock 1976)", _EXACT, mean


def _ranked(pool: Pool, flow: Flow) -> _Found:
    """One server with priorities; the figures are those of the classes."""
    one = stations(pool) and pool.servers == 1 and flow.law == "poisson" and _is_open(pool)
    if pool.discipline not in ("priority", "preemptive") or not one or len(flow.shares) < 2:
        return
    lams = [share * _rate(pool, flow) for share in flow.shares]
    moments = [_mean(pool)] * len(lams), [_mean(pool) ** 2 * (1 + _scv(pool))] * len(lams)
    if pool.discipline == "priority":
        for klass, wait in enumerate(priority.cobham(lams, *moments)):
            yield f"by_class.{klass}.wait.mean", "M/G/1 with priorities (Cobham 1954)", _EXACT, wait
    else:
        for klass, stay in enumerate(priority.preemptive_resume(lams, *moments)):
            yield f"by_class.{klass}.sojourn.mean", "M/G/1, preemptive resume", _EXACT, stay


def _queue(pool: Pool, flow: Flow) -> _Found:
    """First come, first served, without a limit - or last come, whose means are the same."""
    if not (stations(pool) and _is_open(pool) and pool.discipline in ("fifo", "lifo")):
        return
    if flow.law == "poisson" and is_mmc(pool):
        yield from _mmc(pool, flow)
    elif flow.law == "mmpp" and is_mmc(pool) and pool.replicas == pool.servers == 1 and len(flow.bursts[0]) == 2:
        yield from _mmpp(pool, flow)
    elif flow.law == "poisson":
        yield from _general(pool, flow)


def _mmc(pool: Pool, flow: Flow) -> _Found:
    lam, c = _rate(pool, flow), pool.servers
    name, found = f"M/M/{c}" + " (Erlang C)" * (c > 1), delay.mmc(lam, 1 / _mean(pool), c)
    yield "p_wait", name, _EXACT, found.p_wait
    yield "wait.mean", name, _EXACT, found.wait
    yield "sojourn.mean", name, _EXACT, found.sojourn
    yield "queue_mean", name, _EXACT, found.queue * pool.replicas
    for level, q in _LEVELS.items() if pool.discipline == "fifo" else ():
        yield f"wait.{level}", name, _EXACT, found.wait_quantile(q)
        yield f"sojourn.{level}", name, _EXACT, found.sojourn_quantile(q)


def _mmpp(pool: Pool, flow: Flow) -> _Found:
    if pool.share == 1:
        _, mean = chains.mmpp_m1(*flow.bursts, 1 / _mean(pool))
        yield "sojourn.mean", "MMPP/M/1, matrix-geometric (Neuts 1981)", _EXACT, mean
        yield "wait.mean", "MMPP/M/1, matrix-geometric (Neuts 1981)", _EXACT, mean - _mean(pool)


def _general(pool: Pool, flow: Flow) -> _Found:
    lam, c = _rate(pool, flow), pool.servers
    solved = _SOLVED.get(pool.service.law) if pool.per_item == 0 or pool.service.law == "constant" else None
    wait: Callable[[], float] | None = None
    if c == 1:
        name, wait = "M/G/1 (Pollaczek, Khinchine)", lambda: delay.mg1(lam, _mean(pool), _scv(pool)).wait
    elif solved and c <= _MOST_SERVERS and lam * _mean(pool) / c < _HEAVIEST:
        name, wait = solved[0].format(c=c), lambda: solved[1](lam, pool)
    if wait is not None:
        yield "wait.mean", name, _EXACT, wait()
        yield "sojourn.mean", name, _EXACT, wait() + _mean(pool)
        yield "queue_mean", name, _EXACT, wait() * lam * pool.replicas


_SOLVED: dict[str, tuple[str, Callable[[float, Pool], float]]] = {
    "constant": ("M/D/{c} (Crommelin 1932)", lambda lam, pool: delay.mdc_wait(lam, _mean(pool), pool.servers)),
    "hyperexponential": (
        "M/H2/{c}, matrix-geometric (Neuts 1981)",
        lambda lam, pool: chains.mh2c_wait(lam, _mean(pool), pool.service.scv, pool.servers),
    ),
}


def _nearly(pool: Pool, flow: Flow) -> _Found:
    """The rule of thumb for what has no closed form; in turn, each replica gets every n-th arrival."""
    in_turn = pool.balance == "round_robin" and pool.replicas > 1 and pool.fanout == 1
    fits = (pool.replicas == 1 or in_turn) and flow.law in ("poisson", "renewal") and pool.share == 1
    if fits and _is_open(pool) and pool.discipline in ("fifo", "lifo"):
        scv = flow.scv / pool.replicas
        wait = delay.allen_cunneen(_rate(pool, flow), _mean(pool), pool.servers, scv, _scv(pool))
        yield "wait.mean", f"G/G/{pool.servers} rule of thumb (Allen, Cunneen)", _APPROXIMATION, wait


def _utilisation(pool: Pool, flow: Flow) -> _Found:
    """Who is let in is served in the end: Little's law for the slots."""
    load = _rate(pool, flow) * _mean(pool) / pool.servers
    if _is_open(pool) and pool.discipline != "sharing" and load < 1:
        # a window of an mmpp that ends with a request leans towards bursts
        yield "utilisation", "load (Little's law)", "limit" if flow.law == "mmpp" else _EXACT, load
