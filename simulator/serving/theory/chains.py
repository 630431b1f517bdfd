"""Solves exactly the queues that have no formula: batches, two speeds of service, bursts of arrivals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput, shown
from simulator.serving.theory import arguments
from simulator.units import Floats

__all__ = ["Bulk", "bulk", "left_waiting", "mh2c_wait", "mmpp_m1", "two_phases"]

_ROUNDS = 64  # each one squares what is still missing


def left_waiting(a: float, s: int) -> tuple[float, float]:
    """Return the mean of Y and P(Y = 0), where Y stays behind when at most *s* are taken every D seconds.

    Y' = max(Y + A - s, 0), A Poisson with mean *a* < *s*: the chain of Crommelin (1932). In the long run Y is the
    highest point of a walk with steps A - s, so E Y = Σ E max(S_n, 0) / n and -ln P(Y = 0) = Σ P(S_n > 0) / n
    (Spitzer 1956). Both sums are integrals over a circle around 0, after Pollaczek; it is laid through the saddle
    point s / a, so that nothing cancels, not even at the lightest load. Work grows as 1 / (1 - a / s).
    BadInput unless *a* > 0, *s* a whole number from 1, and a / s < 1.
    """
    arguments.positive(a=a)
    arguments.whole(1, s=s)
    arguments.stable(a / s, "a / s")
    count = 8 * s + math.ceil(60 / (1 - a / s))  # the error shrinks as the count-th power of the load
    z = s / a * np.exp(2j * np.pi * np.arange(count) / count)
    log_step = a * (z - 1) - s * np.log(z)
    weight = (a * z - s) * np.exp(log_step) / -np.expm1(log_step)
    return float(np.mean(weight / (z - 1)).real), math.exp(float(np.mean(weight * np.log(1 - 1 / z)).real))


@dataclass(frozen=True)
class Bulk:
    """The means of a server that takes what waits, up to a limit, in one go."""

    wait: float
    """[s] before service starts"""
    sojourn: float
    """[s] wait and service"""
    batch: float
    """requests in one service"""


def bulk(lam: float, D: float, b: int) -> Bulk:
    """Return the means of M/D^[1,b]/1: a free server takes min(waiting, *b*) as soon as one waits.

    *lam* arrivals per second (Poisson); service takes *D* seconds whatever the batch. Who is present when a service
    ends follows the chain of `left_waiting`; the queue in between grows evenly (Bailey 1954; Little's law for the
    wait). BadInput for what is not positive, and for a load lam D / b of 1 or more.
    """
    arguments.positive(lam=lam, D=D)
    arguments.whole(1, b=b)
    arguments.stable(lam * D / b, "lam D / b")
    left, none_left = left_waiting(lam * D, b)
    batch = lam * D + none_left * math.exp(-lam * D)  # arrivals from one start of service to the next
    wait = (left * D + lam * D * D / 2) / batch
    return Bulk(wait, wait + D, batch)


def two_phases(mean: float, scv: float) -> tuple[float, float, float]:
    """Return (p, rate1, rate2) of the hyperexponential with this *mean* [s], this *scv*, and balanced means.

    With chance p the time is exponential with rate1 [1/s], else with rate2; both share the mean evenly:
    p / rate1 = (1 - p) / rate2 (Tijms 1994, appendix B). BadInput unless *mean* > 0 and *scv* ≥ 1.
    """
    arguments.positive(mean=mean)
    arguments.at_least(1, scv=scv)
    p = (1 + math.sqrt((scv - 1) / (scv + 1))) / 2
    return p, 2 * p / mean, 2 * (1 - p) / mean


def mh2c_wait(lam: float, mean: float, scv: float, c: int) -> float:
    """Return the mean wait [s] in M/H2/c: *c* servers, hyperexponential service with balanced means.

    *lam* arrivals per second, service of *mean* seconds and squared coefficient of variation *scv* ≥ 1. Exact: the
    chain of (number present, servers in phase 1) is matrix-geometric from c on (Neuts 1981); below c it is folded
    up level by level. BadInput for other arguments, and for a load lam mean / c of 1 or more.
    """
    arguments.positive(lam=lam)
    arguments.whole(1, c=c)
    phases = two_phases(mean, scv)
    arguments.stable(lam * mean / c, "lam mean / c")
    refill = _ends(c, phases) @ _starts(c - 1, phases[0])
    ratio = _ratio(lam * np.eye(c + 1), np.diag(-lam - _speed(c, phases)), refill)
    below, full = _folded(lam, c, phases, ratio @ refill)
    beyond = np.linalg.inv(np.eye(c + 1) - ratio)
    waiting = float((full @ ratio @ beyond @ beyond).sum())
    return waiting / (below + float((full @ beyond).sum())) / lam


def _folded(lam: float, c: int, phases: tuple[float, float, float], back: Floats) -> tuple[float, Floats]:
    """Return the weight of all levels below *c*, and the weights of level *c*, in one unit.

    *back* holds the rates at which the chain leaves level c upwards, seen where it comes back.
    """
    steps: list[Floats] = []
    for n in range(c, 0, -1):
        up = lam * _starts(n - 1, phases[0])
        steps.append(up @ np.linalg.inv(np.diag(lam + _speed(n, phases)) - back))
        back = steps[-1] @ _ends(n, phases)
    below, weights = 0.0, np.ones(1)
    for step in reversed(steps):
        below += float(weights.sum())
        weights = weights @ step
        scale = float(weights.sum())
        below, weights = below / scale, weights / scale
    return below, weights


def _speed(n: int, phases: tuple[float, float, float]) -> Floats:
    """Return the rates at which *n* busy servers finish, by the number of them in phase 1."""
    first = np.arange(n + 1.0)
    return first * phases[1] + (n - first) * phases[2]


def _starts(n: int, p: float) -> Floats:
    """Return the (n + 1, n + 2) chances of one start on top of *n* busy servers: it is in phase 1, or not."""
    return p * np.eye(n + 1, n + 2, 1) + (1 - p) * np.eye(n + 1, n + 2)


def _ends(n: int, phases: tuple[float, float, float]) -> Floats:
    """Return the (n + 1, n) rates of one end of service among *n* busy servers."""
    first = np.arange(n + 1.0)[:, None]
    return first * phases[1] * np.eye(n + 1, n, -1) + (n - first) * phases[2] * np.eye(n + 1, n)


def mmpp_m1(rates: Sequence[float], switch_rates: Sequence[float], mu: float) -> tuple[float, float]:
    """Return (number, sojourn): the mean number in MMPP/M/1 and the mean time in it [s].

    Arrivals are Poisson with *rates*[0] or *rates*[1] per second; the first state is left at *switch_rates*[0] per
    second, the second at *switch_rates*[1]; service at *mu* per second. Matrix-geometric (Neuts 1981): the chance of
    n present is phase (1 - R) R^n. BadInput unless both pairs are pairs, rates are not negative and one is positive,
    the others positive, and the mean arrival rate below *mu*.
    """
    up, change, phase = _bursts(rates, switch_rates)
    arguments.positive(mu=mu)
    lam = float(phase @ up)
    arguments.stable(lam / mu, "mean rate / mu")
    serve = mu * np.eye(2)
    ratio = _ratio(np.diag(up), change - np.diag(up) - serve, serve)
    number = float((phase @ ratio @ np.linalg.inv(np.eye(2) - ratio)).sum())
    return number, number / lam


def _bursts(rates: Sequence[float], switch_rates: Sequence[float]) -> tuple[Floats, Floats, Floats]:
    """Return the arrival rates (2,), the generator of the two states (2, 2) and the share of time in each (2,)."""
    for name, pair in {"rates": rates, "switch_rates": switch_rates}.items():
        if len(pair) != 2:
            raise BadInput(f"{name} {shown(pair)} must be two numbers, one for each state")
    for rate in rates:
        arguments.at_least(0, rates=rate)
    if not any(rates):
        raise BadInput(f"rates {shown(rates)} must not both be 0")
    there, back = switch_rates
    arguments.positive(switch_rates=there)
    arguments.positive(switch_rates=back)
    change = np.array([[-there, there], [back, -back]], dtype=np.float64)
    return np.asarray(rates, dtype=np.float64), change, np.array([back, there]) / (there + back)


def _ratio(up: Floats, stay: Floats, down: Floats) -> Floats:
    """Return R with π_{n+1} = π_n R, where a level's (k, k) rates are *up*, *stay* (the generator's) and *down*.

    By logarithmic reduction (Latouche & Ramaswami 1993): chances of a level's rise and fall, doubled each round.
    """
    eye, leave = np.eye(len(up)), np.linalg.inv(-stay)
    rise, fall = leave @ up, leave @ down
    first, climbed = fall, rise
    for _ in range(_ROUNDS):
        mixed = np.linalg.inv(eye - rise @ fall - fall @ rise)
        rise, fall = mixed @ rise @ rise, mixed @ fall @ fall
        first, climbed = first + climbed @ fall, climbed @ rise
        if climbed.max() < 1e-17:
            break
    return np.asarray(up @ np.linalg.inv(-(stay + up @ first)), dtype=np.float64)
