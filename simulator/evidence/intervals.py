"""How far a share that was counted may lie from the share it stands for."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from simulator.units import Floats

__all__ = ["wilson"]

_Z = NormalDist().inv_cdf(0.975)


def wilson(hits: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the 95 % score interval of the share behind *hits* of *n*; NaN without any (Wilson, JASA 1927)."""
    size = np.asarray(n, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.asarray(hits, dtype=np.float64) / size
        centre = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
        half = _Z * np.sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2)) / (1 + _Z**2 / size)
    low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return low, high
