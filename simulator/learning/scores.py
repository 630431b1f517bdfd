"""Turns a model's raw numbers into published probabilities, the same however requests are cut into blocks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.errors import BrokenInvariant
from simulator.learning.intake import Setup, guard
from simulator.units import Floats

__all__ = ["CLUELESS", "Scorer", "constant", "linear", "published", "settled", "sigmoid", "unsampled"]

Scorer = Callable[[Floats], Floats]
"""(n, f) features -> (n,) P(label = 1), finite, in [0, 1], quantised to 1e-9"""

CLUELESS = 0.5
_DIGITS = 9
_CHUNK = 4096  # rows at a time: 4096 x 10 numbers stay in the cache


def settled(p: Floats) -> Floats:
    """Clip *p* to [0, 1] and quantise it to 1e-9; NaN, the word of a ruined model, becomes 0.5.

    0.5 is what a model says that knows nothing. It is the same for every request, so the ranking collapses
    and the monitors see it; and it is over any sensible line on rare positives, so nobody misses it.
    """
    rounded: Floats = np.round(np.clip(np.where(np.isnan(p), CLUELESS, p), 0.0, 1.0), _DIGITS)
    return rounded + 0.0  # -0.0 and 0.0 are one number but two digests


def unsampled(p: Floats, keep: float) -> Floats:
    """Undo what learning from a share *keep* of the negatives does to *p*: p = βp / (βp - p + 1).

    β is the chance that a negative row was kept (Dal Pozzolo et al. 2015, eq. 4).
    """
    return keep * p / (keep * p - p + 1)


def sigmoid(logit: Floats) -> Floats:
    """Return 1 / (1 + exp(-*logit*)); beyond ±30, where that is 0 or 1 but for 1e-13, it is clipped."""
    return 1.0 / (1.0 + np.exp(-np.clip(logit, -30.0, 30.0)))


def constant(p: float) -> Scorer:
    """Build the raw scorer that says *p* to everything."""
    return lambda X: np.full(len(X), p)


def linear(mean: Floats, scale: Floats, weights: Floats, intercept: float) -> Scorer:
    """Build the raw scorer of a linear model behind a scaler (all (f,)); a feature with *scale* 0 has no say.

    A row is summed feature by feature, left to right, as river does it. A matrix product would be faster and
    would round by the shape of the block.
    """
    has_say = np.flatnonzero(scale != 0)
    mean, scale, weights = (np.array(column[has_say]) for column in (mean, scale, weights))

    def logit(X: Floats) -> Floats:
        terms = (X[:, has_say] - mean) / scale * weights
        total = np.zeros(len(X))
        for feature in range(len(has_say)):
            total += terms[:, feature]
        return total + intercept

    return lambda X: np.concatenate([sigmoid(logit(X[i : i + _CHUNK])) for i in range(0, len(X), _CHUNK)])


def published(raw: Scorer, setup: Setup, features: int | None) -> Scorer:
    """Publish *raw* as a frozen scorer for rows of so many *features* (None: nothing was learned yet).

    Scores are those of the whole population: thinned negatives are put back. Only where the classes were
    balanced there is nothing to put back, as their weights have made up for the thinning already; such scores
    are no probabilities, on purpose, and want calibrating.
    """
    keep = 1.0 if setup.balanced else setup.keep

    def score(X: Floats) -> Floats:
        X = np.asarray(X, dtype=np.float64)
        _admit(X, setup, features)
        if not len(X):
            return np.zeros(0)
        with np.errstate(all="ignore"):  # a ruined model may overflow on the way to NaN
            return settled(unsampled(raw(X), keep))

    return score


def _admit(X: Floats, setup: Setup, features: int | None) -> None:
    if X.ndim != 2 or features not in (None, X.shape[1]):
        raise BrokenInvariant(f"a model of {features} features cannot score rows of shape {X.shape}")
    if not setup.allow_corrupt:
        guard(X)
