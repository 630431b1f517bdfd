"""What happens to labelled rows on their way to a learner: guarded, thinned, and weighed by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput, BrokenInvariant
from simulator.streams import Streams
from simulator.units import Floats, Mask

__all__ = ["HEAVIEST", "LARGEST", "Intake", "Labels", "Rows", "Setup", "class_weights", "guard", "received"]

Labels = Floats | Mask
"""(n,) of 0 and 1"""

LARGEST = 1e9  # beyond this a number is taken for a fault: one 1e12 flattens a feature of a running scaler
HEAVIEST = 100.0  # times river's learning rate of 0.01: no row moves an intercept by more than one logit
_SQUARABLE = 1e100  # a batch fit squares its features


@dataclass(frozen=True)
class Setup:
    """How a learner treats its rows, and what its luck is drawn from."""

    balanced: bool = False
    """both classes weigh the same in total"""
    seed: int = 0
    keep: float = 1.0
    """share of the negatives that is learned from, in (0, 1]"""
    allow_corrupt: bool = False
    """the case declares a corruption: NaN and absurd numbers do reach the model"""

    def __post_init__(self) -> None:
        if not 0 < self.keep <= 1:
            raise BadInput(f"keep {self.keep} must be a share of the negatives, over 0 and at most 1")


@dataclass(frozen=True, slots=True)
class Rows:
    """n labelled rows: features (n, f), labels (n,) and weights (n,)."""

    X: Floats
    y: Mask
    weight: Floats

    def __len__(self) -> int:
        return len(self.y)

    def where(self, mask: Mask) -> Rows:
        """Take the rows of *mask*."""
        return Rows(self.X[mask], self.y[mask], self.weight[mask])

    def usable(self) -> Rows:
        """Leave out what a batch fit refuses: rows with a number that is not finite or cannot be squared."""
        fine: Mask = np.all(np.abs(self.X) < _SQUARABLE, axis=1)
        return self.where(fine)


def guard(X: Floats) -> None:
    """Raise BrokenInvariant for the first number in *X* (n, f) that is NaN, infinite or beyond ±1e9.

    A single NaN would turn a river model into NaN for good, and every score after it.
    """
    if X.size and not (X.min() >= -LARGEST and X.max() <= LARGEST):
        row, column = np.argwhere(~(np.abs(X) <= LARGEST))[0]
        found = f"row {row}, column {column} is {X[row, column]}"
        raise BrokenInvariant(f"features are finite and within ±1e9, but {found}")


def received(X: Floats, y: Labels, weight: Floats, setup: Setup) -> Rows:
    """Check *X* (n, f), *y* (n,) and *weight* (n,), and turn them into rows of the types learners expect."""
    rows = Rows(
        np.ascontiguousarray(X, dtype=np.float64),
        _truths(y),
        np.ascontiguousarray(weight, dtype=np.float64),
    )
    _check_shapes(rows)
    if not setup.allow_corrupt:
        guard(rows.X)
    return rows


def _check_shapes(rows: Rows) -> None:
    n = len(rows.X)
    if rows.X.ndim != 2 or rows.y.shape != (n,) or rows.weight.shape != (n,):
        shapes = f"{rows.X.shape}, {rows.y.shape}, {rows.weight.shape}"
        raise BrokenInvariant(f"features, labels and weights are (n, f), (n,), (n,), not {shapes}")
    if not (np.isfinite(rows.weight) & (rows.weight >= 0)).all():
        raise BrokenInvariant("weights of rows are finite and not negative")


def _truths(y: Labels) -> Mask:
    """Turn labels into truths; NaN and 2 would both pass for true, so they are refused."""
    labels = np.asarray(y)
    if not ((labels == 0) | (labels == 1)).all():
        raise BrokenInvariant("labels are 0 or 1")
    return labels.astype(np.bool_)


def class_weights(y: Mask, weight: Floats) -> Floats:
    """Return *weight* times n / (2 n_c), which gives both classes the same total (King & Zeng 2001).

    n and n_c are counted in *weight*, since a row may stand for many requests. With only one class there is
    nothing to balance, and *weight* comes back as it is.
    """
    total, positive = float(weight.sum()), float(weight[y].sum())
    if not 0 < positive < total:
        return weight
    return weight * np.where(y, total / (2 * positive), total / (2 * (total - positive)))


class Intake:
    """The way into one learner, with what it remembers of the rows before.

    Rows are thinned by a draw each, in the order they come, from a stream of the learner's seed; classes are
    counted row by row. So the rows that are learned, and their weights, do not depend on how they are cut in
    blocks.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._luck = Streams(setup.seed).get("learning", "keep")
        self._negative = self._positive = 1.0  # one of each is taken as seen before

    def admitted(self, X: Floats, y: Labels, weight: Floats) -> Rows:
        """Return what is to be learned of the rows *X* (n, f), *y* (n,), *weight* (n,)."""
        return self.weighed(self.thinned(received(X, y, weight, self.setup)))

    def thinned(self, rows: Rows) -> Rows:
        """Leave out negatives so that a share *keep* of them stays."""
        if self.setup.keep == 1:
            return rows
        return rows.where(rows.y | (self._luck.random(len(rows)) < self.setup.keep))

    def weighed(self, rows: Rows) -> Rows:
        """Where *balanced*, weigh each positive row by negatives over positives so far, itself included.

        Counts are in weights and start at one each; the ratio is at most 100. Negatives keep their weight.
        """
        if not self.setup.balanced:
            return rows
        negative = _running(self._negative, np.where(rows.y, 0.0, rows.weight))
        positive = _running(self._positive, np.where(rows.y, rows.weight, 0.0))
        self._negative, self._positive = float(negative[-1]), float(positive[-1])
        ratio = np.minimum(negative[1:] / positive[1:], HEAVIEST)
        return Rows(rows.X, rows.y, rows.weight * np.where(rows.y, ratio, 1.0))


def _running(start: float, more: Floats) -> Floats:
    """Return *start* and the running sums after it, added one by one whatever the block."""
    return np.cumsum(np.concatenate([[start], more]))
