"""Watch over a model: does what it promised still hold, and how often is somebody told?"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

__all__ = ["Bell", "Surprise"]


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
