"""Gives how many servers are enough, how soon more of them help, and what choosing among them is worth."""

from __future__ import annotations

import math
from statistics import NormalDist

from simulator.errors import BadInput, shown
from simulator.serving.theory import arguments

__all__ = ["halfin_whitt", "hpa", "power_of_choices", "scale_lag", "staff"]

_ROUNDING = 1e-9  # 1.1 - 1 is a little more than 0.1
_NORMAL = NormalDist()


def hpa(current: int, metric: float, target: float, tolerance: float = 0.1) -> int:
    """Return the replicas the Kubernetes Horizontal Pod Autoscaler asks for: ceil(current metric / target).

    *current* replicas show *metric* on average, in any unit, where *target* is wanted; while their ratio is within
    *tolerance* of 1 nothing changes (Kubernetes documentation, "Horizontal Pod Autoscaling"). Limits to the number
    are the caller's. BadInput unless *current* is whole, it, *metric* and *tolerance* not negative, *target* positive.
    """
    arguments.whole(0, current=current)
    arguments.at_least(0, metric=metric, tolerance=tolerance)
    arguments.positive(target=target)
    if abs(metric / target - 1) <= tolerance + _ROUNDING:
        return current
    wanted = current * metric / target
    return round(wanted) if math.isclose(wanted, round(wanted), rel_tol=_ROUNDING) else math.ceil(wanted)


def scale_lag(lam: float, before: float, delay: float, after: float) -> tuple[float, float]:
    """Return (peak backlog [requests], seconds to drain it) when new capacity comes *delay* seconds late.

    Fluid limit: *lam* arrive per second; *before* can be served per second at first, *after* once the delay is over.
    BadInput unless *lam*, *before* and *delay* are not negative, *after* is positive, and above *lam* where there is a
    backlog.
    """
    arguments.at_least(0, lam=lam, before=before, delay=delay)
    arguments.positive(after=after)
    peak = max(lam - before, 0.0) * delay
    if peak and not after > lam:
        raise BadInput(f"after {shown(after)} must be above lam {shown(lam)}, or the backlog never drains")
    return peak, peak / (after - lam) if peak else 0.0


def staff(a: float, p_wait: float) -> int:
    """Return the fewest servers at which a share of at most *p_wait* has to wait (Erlang C).

    *a* = lam / mu is the offered load in erlang. BadInput unless *a* is positive and 0 < *p_wait* ≤ 1.
    """
    arguments.positive(a=a, p_wait=p_wait)
    arguments.share(p_wait=p_wait)
    c, blocked = 0, 1.0
    while c <= a or blocked > p_wait * (1 - a / c + a / c * blocked):  # Erlang C from Erlang B, without a division
        c += 1
        blocked = a * blocked / (c + a * blocked)
    return c


def halfin_whitt(beta: float) -> float:
    """Return the chance to wait with many servers, c = a + beta √a: 1 / (1 + beta Φ(beta) / φ(beta)).

    The limit of Erlang C as the load *a* grows (Halfin & Whitt 1981). BadInput unless *beta* is positive.
    """
    arguments.positive(beta=beta)
    density = _NORMAL.pdf(beta)
    return density / (density + beta * _NORMAL.cdf(beta))


def power_of_choices(lam: float, d: int) -> float:
    """Return the mean time in the system if each arrival joins the shortest of *d* queues drawn at random.

    In the limit of many servers, each at load *lam*, in units of the mean (exponential) service: the sum over
    i = 1, 2, ... of lam^((d^i - d) / (d - 1)) (Mitzenmacher 1996; Vvedenskaya et al. 1996); for d = 1 that is
    1 / (1 - lam). BadInput unless 0 ≤ *lam* < 1 and *d* is whole and positive.
    """
    arguments.at_least(0, lam=lam)
    arguments.stable(lam, "lam")
    arguments.whole(1, d=d)
    if d == 1:
        return 1 / (1 - lam)
    total, power = 0.0, 0.0
    while (term := lam**power) > 1e-18:
        total, power = total + term, d * (power + 1)
    return total
