"""From labelled rows to a version that can decide: fit, calibrate, draw the line, keep a reference."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.learning.calibration import Calibrator, calibrate
from simulator.learning.decisions import f1_threshold, fpr_threshold
from simulator.learning.metrics import auc, average_precision
from simulator.learning.models import BatchLearner, OnlineLearner, Scorer
from simulator.units import Floats, Ints, Mask

__all__ = ["Pipeline", "Recipe", "Sample", "held_out", "is_held_out", "made"]

_HELD_OUT = 4  # every fourth row calibrates and draws the line


@dataclass(frozen=True, slots=True)
class Sample:
    """n labelled rows to learn from."""

    X: Floats
    y: Floats
    """(n,) 0 or 1"""
    weight: Floats
    """(n,) how many requests a row stands for"""
    since: float = math.nan
    """start of the window it was taken from [s]; NaN = not told"""
    id: Ints | None = None
    """(n,) which requests they are; None = not told"""

    def rows(self, index: Mask) -> Sample:
        """Take the rows *index*."""
        id = None if self.id is None else self.id[index]
        return Sample(self.X[index], self.y[index], self.weight[index], self.since, id)

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Recipe:
    """How a version is made."""

    calibration: str
    """none, platt or isotonic"""
    rule: str
    """f1 and fpr draw a line; other rules need none"""
    false_positive_share: float = 0.01


@dataclass(frozen=True)
class Pipeline:
    """A served model: raw score, calibration and the line that its rule drew."""

    raw: Scorer
    calibrator: Calibrator
    line: float

    def score(self, X: Floats) -> Floats:
        """Return P(label = 1) of (n, f) rows, quantised to 1e-9."""
        return self.calibrator(self.raw(X))


def held_out(sample: Sample) -> Mask:
    """Tell which rows of *sample* a pipeline is not fitted on: every fourth, whatever its time.

    Where the requests are known it goes by their numbers: then no version of a model was ever fitted on them, and
    old and new can be compared there fairly.
    """
    number = np.arange(len(sample)) if sample.id is None else sample.id
    return is_held_out(number)


def is_held_out(number: Ints) -> Mask:
    """Tell which requests are kept for judging by their *number* (n,): every fourth."""
    held: Mask = number % _HELD_OUT == 0
    return held


def made(learner: BatchLearner | OnlineLearner, sample: Sample, recipe: Recipe) -> tuple[Pipeline, dict[str, float]]:
    """Make a pipeline from *sample*, and say what the held-out quarter of it says.

    A batch learner is fitted on the other three quarters; an online learner has learned by itself and is only
    calibrated. Every fourth row is held out, whatever its time: the sample is of one regime as far as is known.
    """
    held = held_out(sample)
    raw = _fitted(learner, sample.rows(~held))
    check = sample.rows(held)
    scores = raw(check.X)
    calibrator = calibrate(recipe.calibration, scores, check.y, check.weight)
    p = calibrator(scores)
    return Pipeline(raw, calibrator, _line(recipe, p, check)), _facts(p, check)


def _fitted(learner: BatchLearner | OnlineLearner, sample: Sample) -> Scorer:
    if isinstance(learner, OnlineLearner):
        return learner.snapshot()
    return learner.fit(sample.X, sample.y, sample.weight)


def _line(recipe: Recipe, p: Floats, check: Sample) -> float:
    rules: dict[str, Callable[[], float]] = {
        "f1": lambda: f1_threshold(p, check.y, check.weight),
        "fpr": lambda: fpr_threshold(p, check.y, recipe.false_positive_share, check.weight),
    }
    return rules[recipe.rule]() if recipe.rule in rules and check.y.any() else 0.5


def _facts(p: Floats, check: Sample) -> dict[str, float]:
    if not 0 < check.y.sum() < len(check):
        return {}
    return {"auc": auc(p, check.y), "average_precision": average_precision(p, check.y)}
