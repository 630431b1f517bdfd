"""Gives what a cache answers by itself: by popularity and size, by time to live, by how long a process stays warm."""

from __future__ import annotations

import math

import numpy as np

from simulator.errors import BadInput
from simulator.serving.theory import arguments
from simulator.serving.theory.tails import crossing
from simulator.units import Floats

__all__ = ["che", "cold_share", "ttl_hit", "zipf"]


def zipf(items: int, alpha: float) -> Floats:
    """Return the (items,) shares of requests that fall on each item, the most popular first: rank^-alpha, summing to 1.

    BadInput unless *items* is whole and positive and *alpha* not negative (0: all alike).
    """
    arguments.whole(1, items=items)
    arguments.at_least(0, alpha=alpha)
    weights = np.arange(1, items + 1, dtype=np.float64) ** -alpha
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def che(popularity: Floats, size: float) -> float:
    """Return the share of requests (0-1) that an LRU cache of *size* items answers.

    Approximation of Che, Tung & Wang (2002): an item stays for one time T, the same for all, so that
    Σ (1 - exp(-p T)) = *size* and the share is Σ p (1 - exp(-p T)). Requests are independent, *popularity* (n,) in
    shares that add up to 1. Off by a few thousandths at most. BadInput for a popularity that is no distribution, and
    a size that is not positive.
    """
    arguments.positive(size=size)
    total = float(np.sum(popularity))
    if not (abs(total - 1) < 1e-9 and np.all(popularity >= 0)):
        raise BadInput(f"popularity must be shares that are not negative and add up to 1; their sum is {total:.6g}")
    asked = popularity[popularity > 0]
    if size >= len(asked):
        return 1.0
    stay = crossing(lambda time: float(np.exp(-asked * time).sum()), len(asked) - size)
    return float(asked @ -np.expm1(-asked * stay))


def ttl_hit(rate: float, ttl: float, renew: bool) -> float:
    """Return the share of requests (0-1) that find their item in a cache where it lives *ttl* seconds.

    Poisson requests, *rate* per second; x = rate ttl. If each hit starts the time to live anew (*renew*) it is
    1 - exp(-x), else x / (1 + x) (renewal theory). BadInput unless both are not negative.
    """
    arguments.at_least(0, rate=rate, ttl=ttl)
    expected = rate * ttl
    return -math.expm1(-expected) if renew else expected / (1 + expected)


def cold_share(rate: float, keep_alive: float) -> float:
    """Return the share of requests (0-1) that meet a cold start: exp(-rate keep_alive).

    Poisson requests, *rate* per second, to a process that ends when *keep_alive* seconds pass without one; services
    are so short that none overlap. BadInput unless both are not negative.
    """
    arguments.at_least(0, rate=rate, keep_alive=keep_alive)
    return math.exp(-rate * keep_alive)
