"""Linear models of what each arm pays in a context: learned in blocks, published, and scored in blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints

__all__ = ["LinUCB", "Ridge"]


@dataclass(frozen=True, slots=True)
class LinUCB:
    """A snapshot of linear models of c arms over f features, for scoring in blocks."""

    theta: Floats
    """(c, f) posterior means"""
    inverse: Floats
    """(c, f, f) posterior covariances, A⁻¹"""
    noise: float = 0.0
    """variance of a reward about its mean, which river adds to that of the mean; 0 leaves it out"""

    def means(self, X: Floats) -> Floats:
        """Return (n, c) expected rewards θ·x of rows *X* (n, f)."""
        return np.asarray(X @ self.theta.T)

    def deviations(self, X: Floats) -> Floats:
        """Return (n, c) standard deviations sqrt(noise + x·A⁻¹x)."""
        spread = np.einsum("nf,cfg,ng->nc", X, self.inverse, X, optimize=True)
        return np.asarray(np.sqrt(self.noise + np.maximum(spread, 0.0)))

    def scores(self, X: Floats, width: float = 1.0) -> Floats:
        """Return (n, c) upper bounds, mean + *width* · deviation (Li, Chu, Langford & Schapire 2010, algorithm 1).

        With width 1, and the noise, these are the bounds that river compares.
        """
        return self.means(X) + width * self.deviations(X)

    def sampled(self, X: Floats, normal: Floats, width: float = 1.0) -> Floats:
        """Return (n, c) draws of the mean from its posterior, *width* times as wide; *normal* (n, c) is standard.

        The highest of them is the arm of Thompson sampling with linear payoffs (Agrawal & Goyal 2013).
        """
        return self.means(X) + width * self.deviations(X) * normal


class Ridge:
    """Ridge regressions of c arms over f features, A = ridge·I + Σ x xᵀ and b = Σ reward·x for each arm."""

    def __init__(self, arms: int, features: int, ridge: float = 1.0) -> None:
        if arms < 1 or features < 1 or not ridge > 0:
            raise BadInput(f"{arms} arms, {features} features and ridge {ridge} must be 1 or more, and over 0")
        self.precision = np.tile(np.eye(features) * ridge, (arms, 1, 1))
        self.sums = np.zeros((arms, features))

    def learn(self, X: Floats, arms: Ints, rewards: Floats) -> None:
        """Learn that in contexts *X* (n, f) the *arms* (n,) paid *rewards* (n,); the order is of no account."""
        for arm in np.unique(arms).tolist():
            rows = arms == arm
            self.precision[arm] += X[rows].T @ X[rows]
            self.sums[arm] += rewards[rows] @ X[rows]

    def snapshot(self) -> LinUCB:
        """Publish the models as they are now."""
        inverse = np.linalg.inv(self.precision)
        return LinUCB(np.asarray(np.einsum("cfg,cg->cf", inverse, self.sums)), np.asarray(inverse))
