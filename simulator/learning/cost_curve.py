"""What each threshold would have been worth: acting on all that score as high as it, in money."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput
from simulator.units import Floats, Ints, Mask

__all__ = ["CostCurve", "threshold_curve_of"]


@dataclass(frozen=True)
class CostCurve:
    """Row k acts on all requests with a score of at least `threshold[k]`; the first row acts on none."""

    threshold: Floats
    """(k,) falling; the first lies just above every score"""
    acted: Ints
    """(k,) how many are acted on"""
    caught: Ints
    """(k,) how many of those have label 1"""
    worth: Floats
    """(k,) what acting on them is worth, against leaving all alone [$]"""

    @property
    def best(self) -> int:
        """The row that is worth most; of equals the one that acts least."""
        return int(np.argmax(self.worth))


def threshold_curve_of(score: Floats, label: npt.ArrayLike, positive: Floats, negative: Floats) -> CostCurve:
    """Return what each threshold is worth on n labelled requests.

    *positive* and *negative* (n,) are what acting on each is worth, against leaving it alone, where its label is 1
    or 0 [$]. For scores that are probabilities the best threshold is c_fp/(c_fp + c_fn), with c_fp = -negative and
    c_fn = positive the same for all (Elkan, IJCAI 2001).
    """
    hit = np.asarray(label) == 1
    if not score.shape == hit.shape == positive.shape == negative.shape:
        raise BadInput(f"{score.shape} scores, {hit.shape} labels and {positive.shape} stakes do not go together")
    order = np.argsort(-score, kind="stable")
    last = _ends_of_ties(score[order])
    worth = np.cumsum(np.where(hit, positive, negative)[order])[last]
    above = math.nextafter(float(score.max()), math.inf) if len(score) else 1.0
    return CostCurve(
        threshold=np.append(above, score[order][last]),
        acted=np.append(0, np.flatnonzero(last) + 1),
        caught=np.append(0, np.cumsum(hit[order])[last]),
        worth=np.append(0.0, worth),
    )


def _ends_of_ties(falling: Floats) -> Mask:
    """Tell which rows are the last of those with the same score."""
    last = np.ones(len(falling), dtype=np.bool_)
    last[:-1] = falling[1:] != falling[:-1]
    return last
