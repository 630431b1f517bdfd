"""Stretches of time whose labels nobody may learn from, and the window of rows that is left."""

from __future__ import annotations

import math

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints, Mask

__all__ = ["Quarantine"]


class Quarantine:
    """Ranges of time [s] that are left out: of training windows, of gates and of monitors that read labels."""

    def __init__(self) -> None:
        self.ranges: list[tuple[float, float]] = []

    def add(self, start: float, end: float) -> None:
        """Leave out what was asked from *start* up to *end* [s]."""
        if not start < end < math.inf:
            raise BadInput(f"a quarantine from {start:g} s to {end:g} s is no stretch of time")
        self.ranges.append((start, end))

    def covers(self, at: Floats) -> Mask:
        """Tell which of the times *at* (n,) [s] are left out."""
        held = np.zeros(len(at), dtype=np.bool_)
        for start, end in self.ranges:
            held |= (at >= start) & (at < end)
        return held

    def window(self, at: Floats, end: float, length: float) -> Ints:
        """Return the rows of the latest *length* seconds before *end* that are not left out.

        *at*: (n,) when each row was asked [s], in order. A quarantine makes the window reach further back.
        """
        start = end - length
        for first, last in sorted(self._merged(end), reverse=True):
            if last > start:
                start -= last - max(first, -math.inf)
        rows = np.arange(*np.searchsorted(at, [start, end]))
        return rows[~self.covers(at[rows])]

    def _merged(self, end: float) -> list[tuple[float, float]]:
        """Return the ranges before *end*, joined where they touch, so that no second is counted twice."""
        merged: list[tuple[float, float]] = []
        for first, last in sorted((start, min(stop, end)) for start, stop in self.ranges if start < end):
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        return merged
