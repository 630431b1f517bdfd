"""What features mean, and how that changes: over night or slowly, from one concept to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.units import Floats
from simulator.world.shifts import glide, within

__all__ = ["Turn", "blended", "reached", "unit"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A way from one concept to the next."""

    start: float
    """[s]"""
    lasts: float
    """how long the way takes [s]; 0 = over night"""
    end: float = np.inf
    """when a turn over night is taken back [s]"""
    size: float = 1.0
    """how far it goes; 1 = all the way"""


def reached(at: Floats, turns: Sequence[Turn]) -> Floats:
    """Return (n,) how many concepts on the world is at the times *at* [s]."""
    there = np.zeros(len(at))
    for turn in turns:
        if turn.lasts:
            there += glide(at, turn.start, turn.lasts, 0.0, turn.size)
        else:
            there += turn.size * within(at, turn.start, turn.end)
    return there


def blended(concepts: Floats, there: Floats) -> Floats:
    """Return (n, f) the rows of *concepts* (k, f) at the places *there* (n,), linear between neighbours."""
    step = np.clip(np.floor(there).astype(np.int64), 0, len(concepts) - 2)
    share = np.clip(there - step, 0.0, 1.0)[:, None]
    mixed: Floats = (1 - share) * concepts[step] + share * concepts[step + 1]
    return mixed


def unit(rows: Floats) -> Floats:
    """Return *rows* (n, f) scaled to length 1, so that all concepts tell as much."""
    scaled: Floats = rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return scaled
