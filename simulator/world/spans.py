"""Sizes that hold for a while, each under a name: faults that may overlap without ending each other."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simulator.units import Floats
from simulator.world.shifts import within

__all__ = ["Spans"]


class Spans:
    """What has begun and ended; *now()* tells the time [s]."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._spans: dict[str, tuple[float, float, float]] = {}

    def begin(self, name: str, size: float) -> None:
        """Let *size* hold from now on."""
        self._spans[name] = (size, self._now(), math.inf)

    def end(self, name: str) -> None:
        """Let what began under *name* hold no more."""
        size, start, _ = self._spans[name]
        self._spans[name] = (size, start, self._now())

    def most(self) -> float:
        """Return the largest size that holds now; 0 where none does."""
        return max((size for size, _, end in self._spans.values() if end == math.inf), default=0.0)

    def product(self, at: Floats) -> Floats:
        """Return (n,) the product of the sizes that held at the times *at* [s]; 1 where none did."""
        factor = np.ones(len(at))
        for size, start, end in self._spans.values():
            factor *= np.where(within(at, start, end) > 0, size, 1.0)
        return factor
