"""How a world drifts: levels that step or glide from one value to another."""

from __future__ import annotations

import numpy as np

from simulator.units import Floats

__all__ = ["glide", "within"]


def glide(at: Floats, start: float, lasts: float, low: float, high: float) -> Floats:
    """Return the level at times *at* [s]: *low* before *start*, *high* after *start* + *lasts*, linear between.

    With *lasts* = 0 it is a step at *start*.
    """
    if lasts == 0:
        return np.where(at < start, low, high)
    return low + (high - low) * np.clip((at - start) / lasts, 0.0, 1.0)


def within(at: Floats, start: float, end: float) -> Floats:
    """Return 1.0 where *start* ≤ *at* < *end* [s], else 0.0."""
    return ((at >= start) & (at < end)).astype(np.float64)
