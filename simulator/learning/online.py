"""A logistic regression of river that learns and is scored in blocks, and stays river's own row by row."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.learning.intake import Intake, Labels, Rows, Setup
from simulator.learning.scores import CLUELESS, Scorer, constant, linear, published
from simulator.units import Floats

__all__ = ["Columns", "Knobs", "OnlineLogistic", "State", "Walk", "compiled", "in_python", "walk"]

Knobs = tuple[float, float, float, float]
"""learning rate, that of the intercept, cap on a gradient, and the exponent that makes a variance a scale"""

Columns = tuple[Any, Any, Any, Any, Any]
"""counts, means, variances, weights and scratch, (f,) each: arrays, or lists where Python does the work"""

Walk = Callable[[Floats, Floats, Floats, Columns, float, Knobs], float]

_CHUNK = 4096  # rows that are lists at a time


@dataclass(frozen=True, slots=True)
class State:
    """What a scaler and a logistic regression of f features know: (f,) columns and an intercept."""

    counts: Floats
    means: Floats
    variances: Floats
    weights: Floats
    intercept: float


def walk(X: Any, sign: Any, weight: Any, columns: Columns, intercept: float, knobs: Knobs) -> float:
    """Learn the n rows of *X* in their order, change *columns* in place and return the new intercept.

    Per row, as river 0.26 does it: means and variances move (Welford 1962), the row is scaled by them, and
    the weights take one step of stochastic gradient descent down the log loss. *sign* (n,) is +1 or -1,
    *weight* (n,) multiplies the gradient. The float operations are river's, in river's order, and so is the
    result, bit for bit; in compiled form too, since without fastmath nothing is fused or reordered.
    """
    counts, means, variances, weights, scaled = columns
    rate, intercept_rate, cap, half = knobs
    features = len(means)
    for i in range(len(sign)):
        row = X[i]
        for j in range(features):
            counts[j] += 1.0
            off = row[j] - means[j]
            means[j] += off / counts[j]
            variances[j] += (off * (row[j] - means[j]) - variances[j]) / counts[j]
        total = 0.0
        for j in range(features):
            # The exponent is a variable: a constant 0.5 is compiled to a square root, and river calls pow.
            scaled[j] = (row[j] - means[j]) / variances[j] ** half if variances[j] != 0.0 else 0.0
            total += weights[j] * scaled[j]
        margin = (total + intercept) * sign[i]
        if margin > 18.0:
            slope = math.exp(-margin) * -sign[i]
        elif margin < -18.0:
            slope = -sign[i]
        else:
            slope = -sign[i] / (math.exp(margin) + 1.0)
        slope = max(min(slope * weight[i], cap), -cap)
        intercept -= intercept_rate * slope
        for j in range(features):
            weights[j] -= rate * (scaled[j] * slope)
    return intercept


def in_python(X: Floats, sign: Floats, weight: Floats, columns: Columns, intercept: float, knobs: Knobs) -> float:
    """Do as `walk` does, without a compiler: on lists, which Python reads four times faster than arrays."""
    lists: Any = tuple(column.tolist() for column in columns)
    for start in range(0, len(X), _CHUNK):
        block = slice(start, start + _CHUNK)
        rows = (X[block].tolist(), sign[block].tolist(), weight[block].tolist())
        intercept = walk(*rows, lists, intercept, knobs)
    for column, values in zip(columns, lists, strict=True):
        column[:] = values
    return intercept


@functools.cache
def compiled() -> Walk | None:
    """Compile `walk`, once a process and from numba's cache on disk; None where numba is missing or off."""
    try:
        numba: Any = importlib.import_module("numba")
    except ImportError:
        return None
    if numba.config.DISABLE_JIT:
        return None
    number = numba.types.float64
    table, column = (numba.types.Array(number, axes, "C", readonly=True) for axes in (2, 1))
    columns, knobs = numba.types.UniTuple(number[::1], 5), numba.types.UniTuple(number, 4)
    signature = number(table, column, column, columns, number, knobs)
    return _kept(functools.partial(numba.njit, [signature], error_model="numpy"))


def _kept(compiler: Callable[..., Any]) -> Walk:
    try:
        walker: Walk = compiler(cache=True)(walk)
    except RuntimeError:  # no folder that numba may write to: compile for this process only
        walker = compiler()(walk)
    return walker


class OnlineLogistic:
    """river's `StandardScaler | LogisticRegression`, learned at 5 M rows/s instead of 0.1 M.

    *pipeline* is the truth: a block takes its state out of river's objects, walks the rows and puts the state
    back, so `pipeline.predict_proba_one` and `pipeline.learn_one` may be used in between. Features are called
    by their position. Learning is deterministic: no luck, one thread, the order of the rows.
    """

    name = "online_logistic"

    def __init__(self, setup: Setup, fast: bool = True) -> None:
        from river import linear_model, preprocessing

        self.setup = setup
        self.scaler = preprocessing.StandardScaler()
        self.model = linear_model.LogisticRegression()
        self.pipeline = self.scaler | self.model
        self._intake = Intake(setup)
        self._walk: Walk = (compiled() if fast else None) or in_python

    def learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        """Learn the rows of *X* (n, f) in the order given; *weight* multiplies a row's gradient, not its say
        in the scaler.
        """
        rows = self._intake.admitted(X, y, weight)
        if len(rows):
            self._put(self._walked(rows, self.state(rows.X.shape[1])), len(rows))

    def state(self, features: int) -> State:
        """Read the state of river's objects for the *features* 0, 1, …; what they have not met yet is 0."""
        return State(
            _column(self.scaler.counts, features),
            _column(self.scaler.means, features),
            _column(self.scaler.vars, features),
            _column(self.model.weights, features),
            float(self.model.intercept),
        )

    def snapshot(self) -> Scorer:
        """Publish the model as it is now; later learning does not change what was published.

        A model that has learned nothing says 0.5, as river's own does.
        """
        features = len(self.scaler.means)
        if not features:
            return published(constant(CLUELESS), self.setup, None)
        now = self.state(features)
        # Python's power, as river takes it: numpy's is a square root, which differs by a bit at times.
        scale = np.array([variance**0.5 for variance in now.variances.tolist()])
        return published(linear(now.means, scale, now.weights, now.intercept), self.setup, features)

    def _walked(self, rows: Rows, state: State) -> State:
        columns = (state.counts, state.means, state.variances, state.weights, np.empty_like(state.means))
        sign = np.where(rows.y, 1.0, -1.0)
        with np.errstate(all="ignore"):  # corrupt rows may overflow, if the case lets them in
            intercept = self._walk(rows.X, sign, rows.weight, columns, state.intercept, self._knobs())
        return dataclasses.replace(state, intercept=intercept)

    def _knobs(self) -> Knobs:
        optimizer = self.model.optimizer
        intercept_rate = self.model.intercept_lr.get(optimizer.n_iterations)
        return float(optimizer.learning_rate), float(intercept_rate), float(self.model.clip_gradient), 0.5

    def _put(self, state: State, steps: int) -> None:
        columns = (state.counts, state.means, state.variances, state.weights)
        known = zip(*(column.tolist() for column in columns), strict=True)
        for feature, (count, mean, variance, weight) in enumerate(known):
            self.scaler.counts[feature] = int(count)
            self.scaler.means[feature] = mean
            self.scaler.vars[feature] = variance
            self.model._weights[feature] = weight
        self.model.intercept = state.intercept
        self.model.optimizer.n_iterations += steps


def _column(book: Mapping[Any, float], features: int) -> Floats:
    return np.array([book.get(feature, 0.0) for feature in range(features)], dtype=np.float64)
