"""Gives the delays of the classic stations: loads in, waits and their quantiles out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput
from simulator.serving.theory import arguments
from simulator.serving.theory.chains import left_waiting
from simulator.serving.theory.tails import quantile
from simulator.units import Floats

__all__ = [
    "Delay",
    "Loss",
    "Single",
    "allen_cunneen",
    "erlang_b",
    "erlang_c",
    "md1_wait_cdf",
    "mdc_wait",
    "mg1",
    "mmc",
    "mmck",
    "ps_sojourn",
    "setup_mm1",
    "tandem_mean",
    "tandem_quantile",
]

# Everywhere: lam arrivals per second (Poisson), mu services per second and server, c servers, times in seconds.
_MEMORY = 64  # with a mean below 1, more Poisson arrivals than this have a chance below 1e-89


def erlang_b(c: int, a: float) -> float:
    """Return the share of arrivals that find all *c* servers busy and are lost, at an offered load *a* = lam / mu.

    Erlang (1917), by the recursion B_k = a B_{k-1} / (k + a B_{k-1}); right for any distribution of service.
    BadInput unless *c* is whole, both not negative.
    """
    arguments.whole(0, c=c)
    arguments.at_least(0, a=a)
    blocked = 1.0
    for k in range(1, c + 1):
        blocked = a * blocked / (k + a * blocked)
    return blocked


def erlang_c(c: int, a: float) -> float:
    """Return the share of arrivals that have to wait for one of *c* servers, at an offered load *a* = lam / mu.

    Erlang (1917): B / (1 - rho + rho B), rho = a / c, B of `erlang_b`. BadInput unless *c* ≥ 1 and 0 ≤ *a* < *c*.
    """
    arguments.whole(1, c=c)
    arguments.stable(a / c, "a / c")
    blocked = erlang_b(c, a)
    return blocked / (1 - a / c + a / c * blocked)


@dataclass(frozen=True)
class Delay:
    """The delays of M/M/c, first come first served: means, and quantiles of two times."""

    p_wait: float
    """share that waits at all"""
    wait: float
    """mean Wq [s]"""
    queue: float
    """mean Lq: how many wait"""
    sojourn: float
    """mean W [s]: wait and service"""
    number: float
    """mean L: how many are present"""
    mu: float
    """[1/s] of one server"""
    spare: float
    """c mu - lam [1/s]"""

    def wait_quantile(self, q: float) -> float:
        """Return the wait [s] that a share *q* does not exceed; BadInput unless 0 ≤ *q* < 1."""
        arguments.level(q)
        return math.log(self.p_wait / (1 - q)) / self.spare if self.p_wait > 1 - q else 0.0

    def sojourn_quantile(self, q: float) -> float:
        """Return the time in the station [s] that a share *q* does not exceed; BadInput unless 0 ≤ *q* < 1."""
        return quantile(self.sojourn_tail, q)

    def sojourn_tail(self, t: float) -> float:
        """Return P(sojourn > *t* [s]) for *t* ≥ 0: exponential service, after an exponential wait for some."""
        slow, fast = sorted((self.mu, self.spare))
        apart = (slow - fast) * t
        both = math.exp(-slow * t) * (1 + slow * t * (math.expm1(apart) / apart if apart else 1.0))
        return (1 - self.p_wait) * math.exp(-self.mu * t) + self.p_wait * both


def mmc(lam: float, mu: float, c: int) -> Delay:
    """Return the delays of M/M/c (Erlang C; Kleinrock 1975, ch. 3).

    BadInput unless *lam* and *mu* are positive, *c* is whole and positive, and lam < c mu.
    """
    arguments.positive(lam=lam, mu=mu)
    arguments.whole(1, c=c)
    arguments.stable(lam / (c * mu), "lam / (c mu)")
    p_wait, spare = erlang_c(c, lam / mu), c * mu - lam
    wait = p_wait / spare
    sojourn = wait + 1 / mu
    return Delay(p_wait, wait, lam * wait, sojourn, lam * sojourn, mu, spare)


@dataclass(frozen=True)
class Loss:
    """The means of a station with a limit on how many may be present."""

    p_block: float
    """share turned away"""
    number: float
    """mean present"""
    sojourn: float
    """mean [s] of those let in"""
    throughput: float
    """[1/s]"""


def mmck(lam: float, mu: float, c: int, K: int) -> Loss:
    """Return the means of M/M/c/K: who finds *K* present, in service or waiting, is turned away.

    Birth and death (Kleinrock 1975, ch. 3), at any load. BadInput unless *lam* and *mu* are positive, *c* ≥ 1, *K* ≥ c.
    """
    arguments.positive(lam=lam, mu=mu)
    arguments.whole(1, c=c)
    arguments.whole(c, K=K)
    present = np.arange(K + 1)
    busy = np.minimum(present, c)
    logs = np.cumsum(np.append(0.0, np.log(lam / mu / busy[1:])))
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    number, throughput = float(chance @ present), mu * float(chance @ busy)
    return Loss(float(chance[K]), number, number / throughput, throughput)


@dataclass(frozen=True)
class Single:
    """The means of one server with one queue."""

    wait: float
    """mean Wq [s]"""
    number: float
    """mean L: how many are present"""


def mg1(lam: float, mean: float, scv: float) -> Single:
    """Return the means of M/G/1: service of *mean* seconds and squared coefficient of variation *scv*.

    Pollaczek (1930) and Khinchine (1932): Wq = rho mean (1 + scv) / (2 (1 - rho)). BadInput unless *lam* and *mean*
    are positive, *scv* not negative, and rho = lam mean < 1.
    """
    arguments.positive(lam=lam, mean=mean)
    arguments.at_least(0, scv=scv)
    rho = lam * mean
    arguments.stable(rho, "lam mean")
    wait = rho * mean * (1 + scv) / (2 * (1 - rho))
    return Single(wait, lam * wait + rho)


def md1_wait_cdf(lam: float, D: float, t: float) -> float:
    """Return P(Wq ≤ *t*) in M/D/1 with services of *D* seconds; 0 for *t* < 0.

    Franx (2001): a Poisson mixture of the chances that at most so many are present. Its terms and those of the
    chain behind are all positive, where the sum in the textbooks alternates and cancels. Work grows as t / D.
    BadInput unless *lam* and *D* are positive, *t* finite, and lam D < 1.
    """
    arguments.positive(lam=lam, D=D)
    arguments.stable(lam * D, "lam D")
    if not math.isfinite(t):
        raise BadInput(f"t {t} must be finite")
    if t < 0:
        return 0.0
    services = math.floor(t / D) + 1
    ready = np.cumsum(_present(lam * D, services))[::-1][: _MEMORY + 1]
    return min(1.0, float(ready @ _poisson(lam * max(services * D - t, 0.0))[: len(ready)]))


def _present(rho: float, n: int) -> Floats:
    """Return the chances that at most 1, and that 2, 3, ... *n* are present in M/D/1.

    By cuts: up past j during a service as often as down from j + 1.
    """
    more = np.cumsum(_poisson(rho)[::-1])[:-1] * math.exp(rho)  # P(more than m arrive) / P(none), m = _MEMORY-1 ... 0
    chance = np.zeros(_MEMORY - 1 + n)
    chance[_MEMORY - 1] = (1 - rho) * math.exp(rho)
    for j in range(1, n):
        chance[_MEMORY - 1 + j] = chance[j : _MEMORY - 1 + j] @ more[:-1]
    return chance[_MEMORY - 1 :]


def _poisson(mean: float) -> Floats:
    return math.exp(-mean) * np.cumprod(np.append(1.0, mean / np.arange(1, _MEMORY + 1)))


def mdc_wait(lam: float, D: float, c: int) -> float:
    """Return the mean wait [s] in M/D/c with services of *D* seconds (Crommelin 1932), exact at any load.

    Whoever is in service now has left in D seconds, so the queue follows the chain of `left_waiting`. BadInput
    unless *lam* and *D* are positive, *c* is whole and positive, and lam D < c.
    """
    arguments.positive(lam=lam, D=D)
    arguments.whole(1, c=c)
    arguments.stable(lam * D / c, "lam D / c")
    return left_waiting(lam * D, c)[0] / lam


def allen_cunneen(lam: float, mean: float, c: int, scv_arrival: float, scv_service: float) -> float:
    """Return an APPROXIMATION of the mean wait [s] in G/G/c: M/M/c times the mean of the two *scv* (Allen 1990).

    Exact for M/M/c and M/G/1 only: at four servers, load .8 and scv 4 it is 9 % too long. BadInput as in `mmc`, and
    for a negative scv.
    """
    arguments.positive(mean=mean)
    arguments.at_least(0, scv_arrival=scv_arrival, scv_service=scv_service)
    return mmc(lam, 1 / mean, c).wait * (scv_arrival + scv_service) / 2


def ps_sojourn(lam: float, mean: float) -> float:
    """Return the mean time in M/G/1 [s] if all present share the server: mean / (1 - lam mean) (Kleinrock 1976, ch. 4).

    It depends on service by its *mean* [s] only. BadInput unless both are positive and lam mean < 1.
    """
    arguments.positive(lam=lam, mean=mean)
    arguments.stable(lam * mean, "lam mean")
    return mean / (1 - lam * mean)


def tandem_mean(rates: Sequence[float], lam: float) -> float:
    """Return the mean time [s] through M/M/1 stations in a row: the sum of 1 / (rate - lam) (Jackson 1957).

    BadInput as in `tandem_quantile`.
    """
    return sum(1 / gap for gap in _gaps(rates, lam))


def tandem_quantile(rates: Sequence[float], lam: float, q: float) -> float:
    """Return the time [s] through M/M/1 stations in a row that a share *q* does not exceed.

    *rates* [1/s] are those of service, in order. Times at the stations are independent, exponential with rates
    rate - lam (Burke 1956, Reich 1957); their sum is hypoexponential, and gaps may be equal. BadInput unless
    0 ≤ *q* < 1, there is a station, *lam* is positive and each rate above it.
    """
    gaps = np.array(_gaps(rates, lam))
    move = np.diag(gaps[:-1], 1) - np.diag(gaps)
    return quantile(lambda t: float(_moved(move, t)[0].sum()), q)


def _gaps(rates: Sequence[float], lam: float) -> list[float]:
    arguments.positive(lam=lam)
    if len(rates) == 0:
        raise BadInput("rates [] must name at least one station")
    for rate in rates:
        arguments.positive(rates=rate)
        arguments.stable(lam / rate, f"lam / {rate}")
    return [rate - lam for rate in rates]


def _moved(move: Floats, t: float) -> Floats:
    """Return exp(*move* t), for rates of moving on; by positive terms of a short time, squared up to *t*."""
    fastest = float(-move.diagonal().min())
    doublings = max(0, math.ceil(math.log2(max(fastest * t, 1.0))))
    step = fastest * t / 2**doublings
    term = total = np.eye(len(move))
    for k in range(1, 21):
        term = term @ (np.eye(len(move)) + move / fastest) * (step / k)
        total = total + term
    total = total * math.exp(-step)
    for _ in range(doublings):
        total = total @ total
    return total


def setup_mm1(lam: float, mu: float, theta: float) -> float:
    """Return the mean time [s] in M/M/1 if an idle server needs an exponential setup of mean 1 / *theta* first.

    Welch (1964): 1 / (mu - lam) + 1 / theta. BadInput unless all rates [1/s] are positive and lam < mu.
    """
    arguments.positive(lam=lam, mu=mu, theta=theta)
    arguments.stable(lam / mu, "lam / mu")
    return 1 / (mu - lam) + 1 / theta
