"""Turns scores into decisions: thresholds from costs, rates and capacities, and scores moved to another base rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput
from simulator.units import Floats, Mask

__all__ = [
    "Operating",
    "binormal",
    "binormal_at_capacity",
    "capacity_threshold",
    "cheapest_threshold",
    "costly",
    "elkan",
    "expected_cost",
    "f1_threshold",
    "fpr_threshold",
    "prior_em",
    "prior_shift",
    "realised_cost",
    "undersampling",
]

# A rule with a threshold acts on the rows that score at or above it; the threshold `inf` acts on nothing.
_NORMAL = NormalDist()
_ROUNDING = 1 + 1e-12  # 0.29 × 100 is a little less than 29


def elkan(c10: float, c00: float, c01: float, c11: float) -> float:
    """Return the probability from which acting is cheaper: (c10 - c00) / (c10 - c00 + c01 - c11) (Elkan 2001).

    *c10* is what a false positive costs, *c00* a true negative, *c01* a false negative, *c11* a true positive,
    in any one unit. BadInput unless acting costs something on a negative and saves something on a positive.
    """
    if not (c10 > c00 and c01 > c11):
        raise BadInput(f"costs c10 {c10}, c00 {c00}, c01 {c01}, c11 {c11}: c10 > c00 and c01 > c11 are needed")
    return (c10 - c00) / (c10 - c00 + c01 - c11)


def costly(p: Floats, cost_fp: npt.ArrayLike, cost_fn: npt.ArrayLike) -> Mask:
    """Tell for (n,) calibrated *p* where acting is cheaper: p cost_fn > (1 - p) cost_fp; a tie is let pass.

    The costs are numbers, or one per row (example-dependent; Elkan 2001, eq. 1). Where acting costs c on a
    positive too, as a review does, *cost_fn* is the loss less c.
    """
    return np.asarray(p * np.asarray(cost_fn) > (1 - p) * np.asarray(cost_fp), dtype=np.bool_)


def realised_cost(
    scores: Floats,
    y: npt.ArrayLike,
    threshold: float,
    cost_fp: npt.ArrayLike,
    cost_fn: npt.ArrayLike,
    weight: npt.ArrayLike = 1.0,
) -> float:
    """Return the mean cost per row of acting where *scores* (n,) ≥ *threshold*, given labels *y* (n,) of 0 and 1.

    Costs and weights are numbers or (n,). No rows cost 0.
    """
    labels = np.asarray(y, dtype=np.float64)
    cost = np.where(scores >= threshold, (1 - labels) * np.asarray(cost_fp), labels * np.asarray(cost_fn))
    return float(np.average(cost, weights=_filled(weight, len(cost)))) if len(cost) else 0.0


def expected_cost(
    p: Floats, threshold: float, cost_fp: npt.ArrayLike, cost_fn: npt.ArrayLike, weight: npt.ArrayLike = 1.0
) -> float:
    """Return the mean cost per row to expect of acting where *p* (n,) ≥ *threshold*, if *p* is calibrated."""
    return realised_cost(p, p, threshold, cost_fp, cost_fn, weight)


def cheapest_threshold(
    scores: Floats,
    y: npt.ArrayLike,
    cost_fp: npt.ArrayLike,
    cost_fn: npt.ArrayLike,
    weight: npt.ArrayLike = 1.0,
) -> float:
    """Return the threshold that would have cost least on (n,) *scores* with labels *y* of 0 and 1.

    It is one of the scores, or inf where acting on nothing is cheapest: with no rows, and with no positives.
    Of equally cheap ones the highest is taken: the one that acts least. Costs and weights: numbers or (n,).
    """
    labels = np.asarray(y, dtype=np.float64)
    change = (1 - labels) * np.asarray(cost_fp) - labels * np.asarray(cost_fn)
    steps, changed = _ladder(scores, change * _filled(weight, len(scores)))
    return float(np.append(np.inf, steps)[np.argmin(np.append(0.0, changed))])


def f1_threshold(scores: Floats, y: npt.ArrayLike, weight: npt.ArrayLike = 1.0) -> float:
    """Return the threshold with the best F1 on (n,) *scores*; of equals the highest; inf without a positive."""
    weights = _filled(weight, len(scores))
    hits = weights * np.asarray(y, dtype=np.float64)
    steps, acted = _ladder(scores, weights)
    _, caught = _ladder(scores, hits)
    if not hits.any():
        return math.inf
    return float(steps[np.argmax(2 * caught / (acted + caught[-1]))])


def fpr_threshold(scores: Floats, y: npt.ArrayLike, share: float, weight: npt.ArrayLike = 1.0) -> float:
    """Return the lowest threshold that acts on at most *share* (0-1) of the negatives; inf where none does.

    Without negatives no rate can be broken: the lowest score; with no rows, inf.
    """
    return _within(scores, (1 - np.asarray(y, dtype=np.float64)) * _filled(weight, len(scores)), share)


def capacity_threshold(scores: Floats, share: float, weight: npt.ArrayLike = 1.0) -> float:
    """Return the lowest threshold that acts on at most *share* (0-1) of (n,) *scores*; inf where none does.

    Rows with equal scores are taken together or not at all.
    """
    return _within(scores, _filled(weight, len(scores)), share)


def prior_shift(p: Floats, old_prior: float, new_prior: float) -> Floats:
    """Move (n,) probabilities learned at base rate *old_prior* to *new_prior* (Saerens et al. 2002, eq. 2.4).

    Right when only the base rate moved, not how positives and negatives look. Both rates lie between 0 and 1.
    """
    if not (0 < old_prior < 1 and 0 < new_prior < 1):
        raise BadInput(f"base rates {old_prior} and {new_prior} must lie between 0 and 1, ends excluded")
    positive = p * (new_prior / old_prior)
    return positive / (positive + (1 - p) * ((1 - new_prior) / (1 - old_prior)))


def prior_em(p: Floats, old_prior: float, rounds: int = 1000, until: float = 1e-10) -> float:
    """Estimate the base rate of the unlabelled rows that *p* (n,) was scored on, by EM (Saerens et al. 2002).

    *p* is calibrated at *old_prior*. Stops after *rounds*, or at a step below *until*; no rows: *old_prior*.
    """
    prior = old_prior
    for _ in range(rounds if len(p) else 0):
        before = prior
        prior = min(max(float(np.mean(prior_shift(p, old_prior, before))), 1e-12), 1 - 1e-12)
        if abs(prior - before) < until:
            break
    return prior


def undersampling(p_s: Floats, beta: float) -> Floats:
    """Undo undersampling in (n,) scores *p_s*, of a model that saw a share *beta* of the negatives (0 < beta ≤ 1).

    p = beta p_s / (beta p_s - p_s + 1) (Dal Pozzolo et al. 2015).
    """
    if not 0 < beta <= 1:
        raise BadInput(f"beta {beta} is not a share of the negatives; it must be above 0 and at most 1")
    return beta * p_s / (beta * p_s - p_s + 1)


@dataclass(frozen=True)
class Operating:
    """Where a rule works, in the binormal model: negatives score N(0, 1), positives N(distance, 1)."""

    threshold: float
    """on the score"""
    tpr: float
    fpr: float
    precision: float
    """nan where nothing is acted on"""
    auc: float
    prior: float

    def cost(self, cost_fp: float, cost_fn: float) -> float:
        """Return the mean cost per row."""
        return (1 - self.prior) * self.fpr * cost_fp + self.prior * (1 - self.tpr) * cost_fn


def binormal(prior: float, distance: float, cost_fp: float, cost_fn: float) -> Operating:
    """Return the cheapest operating point: the likelihood ratio is (1 - prior) cost_fp / (prior cost_fn) there.

    *prior* is the share of positives (0-1, ends excluded), *distance* > 0 how far they score above negatives.
    """
    _check_binormal(prior, distance)
    odds = (1 - prior) * cost_fp / (prior * cost_fn)
    return _operating(prior, distance, distance / 2 + math.log(odds) / distance)


def binormal_at_capacity(prior: float, distance: float, share: float) -> Operating:
    """Return the operating point that acts on the top *share* (0-1, ends excluded) of all rows."""
    from scipy.optimize import brentq

    _check_binormal(prior, distance)
    if not 0 < share < 1:
        raise BadInput(f"capacity {share} is not a share; it must lie between 0 and 1, ends excluded")
    threshold = brentq(lambda x: _acted(prior, distance, x) - share, -40.0, 40.0 + distance, xtol=1e-13)
    return _operating(prior, distance, float(threshold))


def _operating(prior: float, distance: float, threshold: float) -> Operating:
    tpr, fpr = _NORMAL.cdf(distance - threshold), _NORMAL.cdf(-threshold)
    acted = _acted(prior, distance, threshold)
    precision = prior * tpr / acted if acted else math.nan
    return Operating(threshold, tpr, fpr, precision, _NORMAL.cdf(distance / math.sqrt(2)), prior)


def _acted(prior: float, distance: float, threshold: float) -> float:
    return prior * _NORMAL.cdf(distance - threshold) + (1 - prior) * _NORMAL.cdf(-threshold)


def _check_binormal(prior: float, distance: float) -> None:
    if not (0 < prior < 1 and distance > 0):
        raise BadInput(f"prior {prior} must lie between 0 and 1 and distance {distance} above 0")


def _ladder(scores: Floats, change: Floats) -> tuple[Floats, Floats]:
    """Return the k distinct scores, falling, and for each the sum of *change* over the rows at or above it."""
    order = np.argsort(-scores, kind="stable")
    falling, sums = scores[order], np.cumsum(change[order])
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], [True] * (len(falling) > 0)))
    return falling[last], sums[last]


def _within(scores: Floats, used: Floats, share: float) -> float:
    steps, sums = _ladder(scores, used)
    fits = int(np.count_nonzero(sums <= share * used.sum() * _ROUNDING))
    return float(steps[fits - 1]) if fits else math.inf


def _filled(value: npt.ArrayLike, n: int) -> Floats:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (n,))
