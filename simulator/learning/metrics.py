"""Says how good scores are: ranking, calibration, and what a desk that reads the top k of a day would find."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput
from simulator.units import Floats, Ints

__all__ = [
    "Brier",
    "auc",
    "average_precision",
    "brier",
    "card_precision",
    "daily_card_precision",
    "ece",
    "log_loss",
    "precision_at",
]

# Labels are (n,) of 0 and 1. Where a figure is not defined - no rows, or a class that is missing - it is nan.


def auc(scores: Floats, y: npt.ArrayLike) -> float:
    """Return the chance that a positive outscores a negative, a tie counting half (Mann-Whitney, midranks)."""
    from scipy.stats import rankdata

    labels = _labels(scores, y)
    positives, negatives = int(labels.sum()), int((1 - labels).sum())
    if not (positives and negatives):
        return math.nan
    ranks = float(rankdata(scores)[labels == 1].sum())
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def average_precision(scores: Floats, y: npt.ArrayLike) -> float:
    """Return the precision at each distinct score, averaged by the recall it adds (no interpolation)."""
    from sklearn.metrics import average_precision_score

    labels = _labels(scores, y)
    return float(average_precision_score(labels, scores)) if labels.any() else math.nan


def precision_at(scores: Floats, y: npt.ArrayLike, k: int) -> float:
    """Return the share of positives among the *k* highest scores (all rows if fewer); ties go by position."""
    labels = _labels(scores, y)[_top(scores, k)]
    return float(labels.mean()) if len(labels) else math.nan


def card_precision(day: Ints, card: Ints, scores: Floats, y: npt.ArrayLike, k: int = 100) -> float:
    """Return CP@k: the mean over the days of `daily_card_precision` (Fraud Detection Handbook, ch. 4)."""
    shares = daily_card_precision(day, card, scores, y, k)
    return float(shares.mean()) if len(shares) else math.nan


def daily_card_precision(
    day: Ints, card: Ints, scores: Floats, y: npt.ArrayLike, k: int = 100, *, block: bool = True
) -> Floats:
    """Return, per day that occurs, the compromised cards among the k cards shown to investigators, over *k*.

    All columns are (n,). A card is as suspicious as its most suspicious row of the day, and compromised if one
    of its rows that day is positive; ties go by card. With *block*, a card found is out of the days after.
    """
    labels = _labels(scores, y)
    found: Ints = np.empty(0, dtype=np.int64)
    shares = []
    for today in np.unique(day):
        rows = (day == today) & ~np.isin(card, found)
        caught = _caught(card[rows], scores[rows], labels[rows], k)
        found = np.append(found, caught) if block else found
        shares.append(len(caught) / k)
    return np.array(shares, dtype=np.float64)


def _caught(card: Ints, scores: Floats, labels: Ints, k: int) -> Ints:
    """Return the compromised ones of the *k* cards with the highest scores."""
    cards, place = np.unique(card, return_inverse=True)
    highest = np.full(len(cards), -np.inf)
    np.maximum.at(highest, place, scores)
    compromised = np.bincount(place, weights=labels, minlength=len(cards)) > 0
    shown = _top(highest, k)
    return cards[shown[compromised[shown]]]


@dataclass(frozen=True)
class Brier:
    """A Brier score and its parts: score = reliability - resolution + uncertainty + within."""

    score: float
    reliability: float
    """how far forecasts lie from what happened, by bin; 0 = calibrated"""
    resolution: float
    """how far what happened differs between bins; more is better"""
    uncertainty: float
    """the variance of the labels: the score of always saying the base rate"""
    within: float
    """what the bins hide; 0 where all forecasts of a bin are equal"""


def brier(p: Floats, y: npt.ArrayLike, bins: int = 10) -> Brier:
    """Return the Brier score of (n,) probabilities *p*, decomposed over *bins* bins of equal mass.

    Murphy (1973), with the remainder within the bins by Stephenson, Coelho & Jolliffe (2008).
    """
    labels = _labels(p, y)
    if not len(labels):
        return Brier(math.nan, math.nan, math.nan, math.nan, math.nan)
    size, said, seen = _binned(p, labels, bins)
    base, share = float(labels.mean()), size / len(labels)
    score = float(np.mean((p - labels) ** 2))
    reliability = float(np.dot(share, (said - seen) ** 2))
    resolution = float(np.dot(share, (seen - base) ** 2))
    uncertainty = base * (1 - base)
    return Brier(score, reliability, resolution, uncertainty, score - reliability + resolution - uncertainty)


def ece(p: Floats, y: npt.ArrayLike, bins: int = 10) -> float:
    """Return the expected calibration error over *bins* bins of equal mass: mean |said - seen|.

    It is not 0 for a calibrated model: each bin adds about sqrt(2/π) standard errors of its own mean.
    """
    labels = _labels(p, y)
    if not len(labels):
        return math.nan
    size, said, seen = _binned(p, labels, bins)
    return float(np.dot(size / len(labels), np.abs(said - seen)))


def log_loss(p: Floats, y: npt.ArrayLike, weight: Floats | None = None) -> float:
    """Return the mean of -ln of the probability given to what happened; a sure miss counts as p = 2.2e-16.

    A row counts *weight* (n,) times; None = all the same.
    """
    labels = _labels(p, y)
    if not len(labels):
        return math.nan
    given = np.where(labels == 1, p, 1 - p)
    losses = -np.log(np.clip(given, np.finfo(np.float64).eps, 1.0))
    return float(np.mean(losses) if weight is None else np.average(losses, weights=weight))


def _binned(p: Floats, labels: Ints, bins: int) -> tuple[Floats, Floats, Floats]:
    """Return size, mean forecast and mean label of bins of equal mass (± one row); ties in *p* go by position."""
    if bins < 1:
        raise BadInput(f"{bins} bins cannot hold anything; it must be 1 or more")
    n, order = len(p), np.argsort(p, kind="stable")
    edges = np.unique(np.arange(bins + 1) * n // bins)
    size = np.diff(edges).astype(np.float64)
    starts = edges[:-1]
    return size, np.add.reduceat(p[order], starts) / size, np.add.reduceat(labels[order], starts) / size


def _top(scores: Floats, k: int) -> Ints:
    if k < 1:
        raise BadInput(f"the top {k} are nobody; k must be 1 or more")
    return np.argsort(-scores, kind="stable")[:k].astype(np.int64)


def _labels(scores: Floats, y: npt.ArrayLike) -> Ints:
    labels = np.asarray(y, dtype=np.int64)
    if labels.shape != np.shape(scores) or labels.ndim != 1:
        raise BadInput(f"{np.shape(scores)} scores cannot be judged by {labels.shape} labels")
    return labels
