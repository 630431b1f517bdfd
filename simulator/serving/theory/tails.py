"""Finds where a tail falls to a level: the quantiles of times whose distribution has no inverse in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable

from simulator.errors import BadInput
from simulator.serving.theory import arguments

__all__ = ["Tail", "crossing", "quantile"]

Tail = Callable[[float], float]
"""t [s] -> P(T > t); never rises"""


def quantile(tail: Tail, q: float) -> float:
    """Return the least t [s] with P(T > t) ≤ 1 - *q*; BadInput unless 0 ≤ *q* < 1, or where there is none."""
    arguments.level(q)
    return crossing(tail, 1 - q)


def crossing(falling: Callable[[float], float], level: float) -> float:
    """Return the least t ≥ 0 at which *falling*, a function that never rises, is at or below *level*.

    By doubling and halving, to the last bit. BadInput where the function stays above the level.
    """
    if falling(0.0) <= level:
        return 0.0
    low, high = 0.0, 1.0
    while falling(high) > level:
        low, high = high, 2 * high
        if high == math.inf:
            raise BadInput(f"the function stays above {level}, however late; its time has no such quantile")
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if falling(middle) > level else (low, middle)
    return high
