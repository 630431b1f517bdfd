"""How long requests wait for one of several servers, and how many servers do their work within a budget."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc, gammaincinv

from simulator.errors import BadInput
from simulator.serving.theory import arguments
from simulator.serving.theory.delay import allen_cunneen, erlang_c, mdc_wait, mg1, mmc
from simulator.units import Floats

__all__ = ["Capacity", "capacity"]

_ON_TIME = 0.99  # share that is to be done within the budget
_GRID = 4000  # points at which the time of service is taken
_CONSTANT = 1e-6  # below this scv times of service are taken for constant
_MOST = 10_000  # erlang, and servers: beyond it the sheet of paper is too small


@dataclass(frozen=True)
class Capacity:
    """What a number of servers can do; times are infinite where the queue grows without end."""

    utilisation: float
    """share of the time that a server is at work; 1 and more = the queue grows without end"""
    mean_wait: float
    """[s] before service begins"""
    p99_wait: float
    """[s]"""
    late: float
    """share that is not done within the budget"""
    least_servers: int | None
    """so many do 99 % within the budget; None = no number does, a service alone takes too long"""
    law: str
    """where the waiting times are from"""


def capacity(rate: float, service: float, scv: float, servers: int, budget: float) -> Capacity:
    """Return how long requests wait for one of *servers* if they come at random, *rate* [1/s], and wait in one line.

    A service takes *service* seconds on average, with the squared coefficient of variation *scv*; from coming to
    being done a request has *budget* seconds. The mean wait is exact for exponential service (scv 1), for one
    server, and for constant service (scv 0); else it is that of Allen and Cunneen. Who waits at all, and the tail of
    the wait, are exact for scv 1: else the tail is taken for exponential, with that mean. BadInput for nonsense.
    """
    arguments.positive(rate=rate, service=service, budget=budget)
    arguments.at_least(0, scv=scv)
    arguments.whole(1, servers=servers)
    if max(rate * service, servers) > _MOST:
        raise BadInput(f"load rate service = {rate * service:g} and servers {servers} must be at most {_MOST} each")
    queue = _Queue(rate, service, scv, budget)
    return Capacity(
        utilisation=rate * service / servers,
        mean_wait=queue.wait(servers),
        p99_wait=queue.wait_quantile(servers, _ON_TIME),
        late=queue.late(servers),
        least_servers=queue.least(),
        law=queue.law(servers),
    )


@dataclass(frozen=True)
class _Queue:
    """A station with any number of servers c."""

    rate: float
    service: float
    scv: float
    budget: float

    def stable(self, c: int) -> bool:
        return self.rate * self.service < c

    def law(self, c: int) -> str:
        laws = {
            "M/M/c (Erlang C), exact": self.scv == 1,
            "M/G/1 (Pollaczek and Khinchine), the mean exact": c == 1,
            "M/D/c (Crommelin), the mean exact": self.scv == 0,
            "Allen and Cunneen, an approximation": True,
        }
        stands = next(law for law, holds in laws.items() if holds)
        return stands if self.stable(c) else "none: more comes than can be served"

    def wait(self, c: int) -> float:
        """Return the mean wait [s]."""
        if not self.stable(c):
            return math.inf
        if self.scv == 1:
            return mmc(self.rate, 1 / self.service, c).wait
        if c == 1:
            return mg1(self.rate, self.service, self.scv).wait
        if self.scv == 0:
            return mdc_wait(self.rate, self.service, c)
        return allen_cunneen(self.rate, self.service, c, 1.0, self.scv)

    def some(self, c: int) -> float:
        """Return the share that waits at all."""
        return erlang_c(c, self.rate * self.service) if self.stable(c) else 1.0

    def wait_quantile(self, c: int, q: float) -> float:
        """Return the wait [s] that a share *q* does not exceed."""
        some = self.some(c)
        if not self.stable(c):
            return math.inf
        return max(0.0, self.wait(c) / some * math.log(some / (1 - q))) if some > 1 - q else 0.0

    def late(self, c: int) -> float:
        """Return the share whose wait and service take longer than the budget; times of service are gamma."""
        if not self.stable(c):
            return 1.0
        some, mean = self.some(c), self.wait(c)
        left = self.budget - self.times()
        slow = some * np.exp(-np.maximum(left, 0.0) * some / max(mean, 1e-300))
        return float(np.mean(np.where(left < 0, 1.0, slow)))

    def times(self) -> Floats:
        """Return times of service [s], evenly spaced in probability."""
        if self.scv < _CONSTANT:
            return np.full(1, self.service)
        points = (np.arange(_GRID) + 0.5) / _GRID
        return np.asarray(gammaincinv(1 / self.scv, points) * self.service * self.scv)

    def too_slow(self) -> float:
        """Return the share whose service alone takes longer than the budget."""
        if self.scv < _CONSTANT:
            return float(self.service > self.budget)
        return float(gammaincc(1 / self.scv, self.budget / (self.service * self.scv)))

    def least(self) -> int | None:
        """Return the fewest servers that do 99 % within the budget."""
        if self.too_slow() >= 1 - _ON_TIME:
            return None
        low, step = math.floor(self.rate * self.service), 1
        while self.late(low + step) > 1 - _ON_TIME:
            step *= 2
        few, enough = low, low + step
        while enough - few > 1:
            middle = (few + enough) // 2
            few, enough = (middle, enough) if self.late(middle) > 1 - _ON_TIME else (few, middle)
        return enough
