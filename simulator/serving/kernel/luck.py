"""Luck that belongs to a request: draws indexed by a stage's key and the request's number, not by the order of events.

A counter-based generator: the number is mixed by the finaliser of SplitMix64 (Steele, Lea, Flood 2014), which passes
BigCrush on a counter. Keys are drawn from the named streams of a run; so two designs meet the same service times.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulator.serving.kernel.codes import CONSTANT, EMPIRICAL, EXPONENTIAL, GAMMA, HYPEREXPONENTIAL, LOGNORMAL
from simulator.serving.kernel.records import World

__all__ = ["above", "compiled_mixed", "draw", "erlang_like", "mixed", "normal", "quantile", "uniform"]

_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_ALL = (1 << 64) - 1


def mixed(key: int, n: int) -> int:
    """Return 52 random bits that belong to *n* under *key* (plain Python)."""
    z = (key + (n + 1) * _GOLDEN) & _ALL
    z = ((z ^ (z >> 30)) * _FIRST) & _ALL
    z = ((z ^ (z >> 27)) * _SECOND) & _ALL
    return (z ^ (z >> 31)) >> 12


def compiled_mixed(key: Any, n: Any) -> Any:
    """Return 52 random bits that belong to *n* under *key* (numba)."""
    z = np.uint64(key) + (np.uint64(n) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((z ^ (z >> np.uint64(31))) >> np.uint64(12))


def uniform(key: int, n: int) -> float:
    """Return a uniform in (0, 1) that belongs to *n* under *key*."""
    return (mixed(key, n) + 0.5) * 2.220446049250313e-16  # 2^-52


def normal(key: int, n: int) -> float:
    """Return a standard normal (Box and Muller 1958)."""
    return math.sqrt(-2.0 * math.log(uniform(key, n))) * math.cos(6.283185307179586 * uniform(key, n + 1))


def draw(w: World, law: int, a: float, b: float, c: float, seed: int) -> float:
    """Draw from a *law* with parameters *a*, *b*, *c* with the luck *seed*.

    constant(a) · exponential(mean a) · lognormal(median a, sigma b) · gamma(shape a, scale b) · hyperexponential
    (share a of mean b, else mean c) · empirical (quantiles from row a of the tables, b of them).
    """
    if law == EXPONENTIAL:
        return -a * math.log(uniform(seed, 0))
    if law == CONSTANT:
        return a
    if law == LOGNORMAL:
        return a * math.exp(b * normal(seed, 0))
    if law == HYPEREXPONENTIAL:
        mean = b if uniform(seed, 0) < a else c
        return -mean * math.log(uniform(seed, 1))
    if law == EMPIRICAL:
        return quantile(w, int(a), int(b), uniform(seed, 0))
    return b * erlang_like(a, seed) if law == GAMMA else a


def erlang_like(shape: float, seed: int) -> float:
    """Draw a gamma variable of *shape* and scale 1 (Marsaglia and Tsang 2000; below shape 1 with their boost)."""
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    n, found = 0, -1.0
    while found < 0.0:
        x = normal(seed, n)
        v = 1.0 + x / math.sqrt(9.0 * d)
        v = v * v * v
        if v > 0.0 and math.log(uniform(seed, n + 2)) < 0.5 * x * x + d - d * v + d * math.log(v):
            found = d * v
        n += 3
    return found if shape >= 1.0 else found * uniform(seed, n) ** (1.0 / shape)


def quantile(w: World, start: int, size: int, u: float) -> float:
    """Read the quantile *u* off a table of *size* values, with straight lines between them."""
    place = u * (size - 1)
    i = min(int(place), size - 2)
    low, high = w.tables[start + i], w.tables[start + i + 1]
    return low + (place - i) * (high - low)


def above(w: World, start: int, size: int, u: float) -> int:
    """Return how many of the *size* ascending values from *start* on are at most *u* (bisection)."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if w.tables[start + middle] <= u:
            low = middle + 1
        else:
            high = middle
    return low
