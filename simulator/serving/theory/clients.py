"""Gives what clients do to a service and to themselves: fan-out, hedging, retries, and the storm retries can feed."""

from __future__ import annotations

import math

from simulator.serving.theory import arguments
from simulator.serving.theory.tails import Tail, quantile

__all__ = [
    "amplification",
    "collapses",
    "fanout_slow",
    "hedged_quantile",
    "hedged_tail",
    "retry_attempts",
]


def fanout_slow(p_fast: float, leaves: int) -> float:
    """Return the chance that a request to all *leaves* is slow: 1 - p_fast^leaves (Dean & Barroso 2013).

    A leaf is fast with chance *p_fast*, independently; the slowest one counts. BadInput unless *p_fast* lies in 0-1
    and *leaves* is whole and not negative.
    """
    arguments.share(p_fast=p_fast)
    arguments.whole(0, leaves=leaves)
    return -math.expm1(leaves * math.log(p_fast)) if p_fast else float(leaves > 0)


def hedged_tail(tail: Tail, hedge_after: float) -> Tail:
    """Return t -> P(T > t) of T = min(S1, hedge_after + S2): asked again after *hedge_after* seconds.

    S1 and S2 are independent with the same *tail* t -> P(S > t); the second request is sent with chance
    tail(hedge_after), which is the extra load. BadInput unless *hedge_after* is not negative and finite.
    """
    arguments.at_least(0, hedge_after=hedge_after)
    return lambda t: tail(t) * (tail(t - hedge_after) if t >= hedge_after else 1.0)


def hedged_quantile(tail: Tail, hedge_after: float, q: float) -> float:
    """Return the time [s] that a share *q* of hedged requests does not exceed; see `hedged_tail`.

    BadInput unless 0 ≤ *q* < 1, *hedge_after* is not negative, and the tail falls so far.
    """
    return quantile(hedged_tail(tail, hedge_after), q)


def retry_attempts(p_fail: float, retries: int) -> float:
    """Return the mean attempts of a request that may be tried again *retries* times: (1 - p^(r+1)) / (1 - p).

    Each attempt fails with chance *p_fail* = p, independently; at p = 1 it is r + 1. BadInput unless *p_fail* lies
    in 0-1 and *retries* is whole and not negative.
    """
    arguments.share(p_fail=p_fail)
    arguments.whole(0, retries=retries)
    if p_fail in (0, 1):
        return 1.0 + retries * p_fail
    return math.expm1((retries + 1) * math.log(p_fail)) / (p_fail - 1)


def amplification(retries: int, layers: int) -> int:
    """Return the most attempts at the lowest of *layers* for one request at the top: (retries + 1)^layers.

    Each layer tries again *retries* times by itself (Beyer et al. 2016, ch. 22). BadInput unless both are whole and
    not negative.
    """
    arguments.whole(0, retries=retries, layers=layers)
    return int((retries + 1) ** layers)


def collapses(lam: float, retries: int, servers: int, mu: float) -> bool:
    """Tell whether goodput stays at nothing after an outage has passed: lam (1 + retries) > servers mu.

    *lam* fresh requests per second, each sent up to 1 + *retries* times by clients that give up waiting; *mu*
    services per second and server. While all time out, all attempts arrive, and the backlog never drains
    (Bronson et al. 2021, metastable failures; fluid limit). BadInput unless rates are positive, *retries* whole and
    not negative, *servers* whole and positive.
    """
    arguments.positive(lam=lam, mu=mu)
    arguments.whole(0, retries=retries)
    arguments.whole(1, servers=servers)
    return lam * (1 + retries) > servers * mu
