"""Watch over a model: has what comes in moved, does what comes out still hold?"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from simulator.units import Floats

__all__ = ["Bell", "Drift", "Surprise", "bin_edges", "psi"]


def bin_edges(reference: Floats, bins: int = 10) -> Floats:
    """Return the (bins - 1,) inner edges that cut *reference* (n,) into bins of equal mass."""
    edges: Floats = np.quantile(reference, np.arange(1, bins) / bins)
    return edges


def psi(reference: Floats, current: Floats, edges: Floats) -> float:
    """Return the population stability index of *current* against *reference* over the bins between *edges*.

    Σ (q - p)·ln(q / p) over the bins' shares; half a count stands in for an empty bin. Without any drift its mean is
    (1/n + 1/m)·(B - 1) for samples of n and m in B bins (Yurdakul, 2018), so small samples alarm by themselves.
    """
    return _apart(_shares(reference, edges), _shares(current, edges))


def _apart(p: Floats, q: Floats) -> float:
    return float(np.sum((q - p) * np.log(q / p)))


def _shares(values: Floats, edges: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    filled = np.maximum(counts, 0.5)
    shares: Floats = filled / filled.sum()
    return shares


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


class Drift:
    """Holds features against a *reference* (n, f) of the time when all was well; *names* are its columns'."""

    def __init__(self, names: Sequence[str], reference: Floats) -> None:
        columns = dict(zip(names, reference.T, strict=True))
        self._edges = {name: bin_edges(values) for name, values in columns.items()}
        self._usual = {name: _shares(values, self._edges[name]) for name, values in columns.items()}

    def readings(self, current: Floats) -> dict[str, float]:
        """Return name -> PSI of *current* (m, f) against the reference."""
        columns = zip(self._usual.items(), current.T, strict=True)
        return {name: _apart(usual, _shares(now, self._edges[name])) for (name, usual), now in columns}


class Bell:
    """Rings for a name at most once in *quiet* seconds."""

    def __init__(self, quiet: float) -> None:
        self._quiet = quiet
        self._rang: dict[str, float] = {}

    def rings(self, name: str, at: float) -> bool:
        """Tell whether it rings for *name* at time *at* [s]; if so, it then keeps quiet for a while."""
        if at - self._rang.get(name, -math.inf) < self._quiet:
            return False
        self._rang[name] = at
        return True
