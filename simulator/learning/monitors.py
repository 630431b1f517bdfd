"""Watch over a model: has what comes in moved, does what comes out still hold?"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from simulator.units import Floats

__all__ = ["Surprise", "bin_edges", "psi"]


def bin_edges(reference: Floats, bins: int = 10) -> Floats:
    """Return the (bins - 1,) inner edges that cut *reference* (n,) into bins of equal mass."""
    return np.quantile(reference, np.arange(1, bins) / bins)


def psi(reference: Floats, current: Floats, edges: Floats) -> float:
    """Return the population stability index of *current* against *reference* over the bins between *edges*.

    Σ (q - p)·ln(q / p) over the bins' shares; half a count stands in for an empty bin. Without any drift its mean is
    (1/n + 1/m)·(B - 1) for samples of n and m in B bins (Yurdakul, 2018), so small samples alarm by themselves.
    """
    p, q = _shares(reference, edges), _shares(current, edges)
    return float(np.sum((q - p) * np.log(q / p)))


def _shares(values: Floats, edges: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    filled = np.maximum(counts, 0.5)
    return filled / filled.sum()


class Surprise:
    """Compares what was found with what the scores had promised, over the last *size* checked requests.

    With n checks of promised probability p_i and outcome y_i, the reading is (Σy - Σp) / sqrt(Σp(1-p)): about
    standard normal as long as the scores are calibrated (Spiegelhalter 1986, with constant weights).
    """

    def __init__(self, size: int) -> None:
        self._last: deque[tuple[float, int]] = deque(maxlen=size)

    def see(self, promised: float, found: int) -> None:
        """Take note of one check."""
        self._last.append((promised, found))

    def reading(self) -> float:
        """Return the surprise [standard deviations]; NaN before anything was checked."""
        if not self._last:
            return math.nan
        promised, found = (np.array(column) for column in zip(*self._last, strict=True))
        spread = float(np.sum(promised * (1 - promised)))
        return float(np.sum(found) - np.sum(promised)) / math.sqrt(max(spread, 1e-9))

    def clear(self) -> None:
        """Forget everything: a new version is live."""
        self._last.clear()
