"""Says which arm of an online experiment somebody is in, for life, and whether the arms came out as they were meant."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput
from simulator.learning.readings import Reading
from simulator.units import Floats, Ints

__all__ = ["SrmCheck", "arms", "place", "srm"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ROUNDING = 1e-9


def place(salt: str, entity: Ints) -> Floats:
    """Return where (n,) entities stand in [0, 1) under *salt*: evenly spread, and independent between salts.

    A function of both and nothing else, the same on every machine: SplitMix64's mixer (Steele, Lea & Flood 2014)
    applied to the entity, and again after the first 64 bits of the salt's SHA-256 were added.
    """
    start = np.frombuffer(hashlib.sha256(salt.encode()).digest()[:8], dtype="<u8").astype(np.uint64)
    mixed = _mixed(_mixed(np.asarray(entity, dtype=np.int64).astype(np.uint64)) + start)
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def arms(salt: str, entity: Ints, shares: Sequence[float]) -> Ints:
    """Return the arm of each of (n,) entities: 0 is the control, 1, 2, … the treatments of an experiment.

    *shares* (k,) are those of the arms, 0-1, in sum 1; BadInput if not. One place decides who is treated, another
    one with what (Kohavi, Tang & Xu 2020, ch. 4 and 15). So while the treatments keep their proportions, a ramp up
    adds people: whoever was in stays in, with the same arm. *salt* names the experiment.
    """
    share = _checked(shares)
    treated = float(share[1:].sum())
    if treated == 0.0:
        return np.zeros(len(entity), dtype=np.int64)
    cut = np.cumsum(share[1:]) / np.cumsum(share[1:])[-1]
    chosen = 1 + np.searchsorted(cut, place(f"{salt}/arm", entity), side="right")
    inside = place(f"{salt}/in", entity) < (treated if share[0] else 1.0)
    return np.where(inside, chosen, 0).astype(np.int64)


def srm(counts: npt.ArrayLike, shares: Sequence[float]) -> float:
    """Return the p value of a sample ratio mismatch: (k,) *counts* of entities against the *shares* meant.

    Pearson's chi-square (Fabijan et al. 2019). Every share lies above 0. Nobody counted: NaN.
    """
    return _mismatch(counts, shares)[1]


class SrmCheck:
    """Watches over the sizes of arms with *shares* (k,); it rings for nothing in a share *alpha* of single looks."""

    def __init__(self, shares: Sequence[float], alpha: float = 0.0005) -> None:
        from scipy.special import chdtri

        if not 0 < alpha < 1:
            raise BadInput(f"alpha {alpha} is no false-alarm rate; it must lie between 0 and 1, ends excluded")
        self._shares, self._alpha = _present(shares), alpha
        self._threshold = float(chdtri(len(self._shares) - 1, alpha))

    def reading(self, counts: npt.ArrayLike) -> Reading:
        """Hold (k,) *counts* of entities, one per arm, against the shares; the statistic is chi-square."""
        statistic, p = _mismatch(counts, self._shares.tolist())
        return Reading("sample ratio mismatch", statistic, self._threshold, self._alpha, p)


def _mismatch(counts: npt.ArrayLike, shares: Sequence[float]) -> tuple[float, float]:
    from scipy.stats import chisquare

    share, seen = _present(shares), np.asarray(counts, dtype=np.float64)
    if seen.shape != share.shape or not (seen >= 0).all():
        raise BadInput(f"counts of shape {seen.shape} do not fit {len(share)} arms; one count, 0 or more, for each")
    if not seen.sum():
        return math.nan, math.nan
    found = chisquare(seen, share * seen.sum())
    return float(found.statistic), float(found.pvalue)


def _mixed(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Mix 64 bits as SplitMix64 does; arrays of uint64 wrap round."""
    x = x + _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


def _present(shares: Sequence[float]) -> Floats:
    share = _checked(shares)
    if not (share > 0).all():
        raise BadInput(f"shares {list(shares)} hold an empty arm; for a sample ratio each lies above 0")
    return np.asarray(share / share.sum())


def _checked(shares: Sequence[float]) -> Floats:
    share = np.asarray(shares, dtype=np.float64)
    if share.ndim != 1 or len(share) < 2 or not (share >= 0).all() or abs(float(share.sum()) - 1) > _ROUNDING:
        raise BadInput(f"shares {list(shares)} of arms are not allowed; two or more, none below 0, in sum 1")
    return share
