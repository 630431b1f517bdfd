"""Tests a model on each row before it learns from it, with labels that come late (prequential, test-then-train)."""

from __future__ import annotations

import copy
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.errors import BadInput
from simulator.learning.intake import Labels
from simulator.learning.models import OnlineLearner
from simulator.units import Floats, Ints

__all__ = ["Answer", "Delay", "Moment", "Prequential", "answers", "prequential", "scored"]

Moment = Callable[[Mapping[str, Any]], Any]
"""features of a row -> when it is asked"""
Delay = Callable[[Mapping[str, Any], Any], Any]
"""features and label of a row -> how long after that its label comes; it must add to the moment"""

# Who comes first: a row is asked at its moment, after all labels that are due by then, and its own label comes
# after that, even without any delay. Labels due at one moment come in the order of their rows. What is still due
# after the last row comes then. These are the rules of river's `stream.simulate_qa` (0.26) for rows in time's order.


@dataclass(frozen=True, slots=True)
class Answer:
    """A row whose label has come."""

    row: int
    x: Mapping[str, Any]
    y: Any
    said: Any
    """what the model said when it was asked: a label, or a mapping of labels to probabilities"""


def answers(
    rows: Iterable[tuple[Mapping[str, Any], Any]],
    model: Any,
    say: Callable[[Any], Any],
    moment: str | Moment | None = None,
    delay: Any = None,
) -> Iterator[Answer]:
    """Ask a river *model* row by row and let it learn from each label when it comes; yield the answers in that order.

    *say* asks: `model.predict_one`, say. *moment* is a feature's name or a function, None for the number of
    the row; *delay* is a fixed time, a feature's name or a function, None for none at all. BadInput if moments
    run back. An answer is yielded before the model learns it.
    """
    at, wait = _moments(moment), _delays(delay)
    due: list[tuple[Any, int, Answer]] = []
    last: Any = None
    for i, (x, y) in enumerate(rows):
        now = at(i, x)
        _check_order(i, last, now)
        last = now
        while due and due[0][0] <= now:
            yield from _learned(model, heapq.heappop(due)[2])
        answer = Answer(i, x, y, say(copy.copy(x)))
        if wait is None:
            yield from _learned(model, answer)
        else:
            heapq.heappush(due, (now + wait(x, y), i, answer))
    while due:
        yield from _learned(model, heapq.heappop(due)[2])


def _learned(model: Any, answer: Answer) -> Iterator[Answer]:
    yield answer
    model.learn_one(answer.x, answer.y)


def _check_order(row: int, last: Any, now: Any) -> None:
    if last is not None and now < last:
        raise BadInput(f"row {row} is asked at {now}, before the row ahead of it at {last}; sort the rows by time")


def _moments(moment: str | Moment | None) -> Callable[[int, Mapping[str, Any]], Any]:
    if moment is None:
        return lambda i, x: i
    if isinstance(moment, str):
        return lambda i, x: x[moment]
    return lambda i, x: moment(x)


def _delays(delay: Any) -> Delay | None:
    if delay is None or callable(delay):
        found: Delay | None = delay
        return found
    if isinstance(delay, str):
        return lambda x, y: x[delay]
    return lambda x, y: delay


def prequential(
    rows: Iterable[tuple[Mapping[str, Any], Any]],
    model: Any,
    metric: Any,
    moment: str | Moment | None = None,
    delay: Any = None,
) -> Iterator[float]:
    """Evaluate a river classifier or regressor with a river *metric*; yield its value after each answer.

    The values are those of river's `evaluate.iter_progressive_val_score` on the same rows; the last one is what
    `progressive_val_score` returns. A metric that wants probabilities gets them. *moment* and *delay* are those
    of `answers`. BadInput for a metric that does not fit the model.
    """
    from river import base

    if not metric.works_with(model):
        raise BadInput(f"{type(metric).__name__} does not fit {model}")
    graded = isinstance(model, base.Classifier) and not metric.requires_labels
    for answer in answers(rows, model, model.predict_proba_one if graded else model.predict_one, moment, delay):
        if answer.said is not None and answer.said != {}:
            metric.update(y_true=answer.y, y_pred=answer.said)
        yield float(metric.get())


@dataclass(frozen=True, slots=True)
class Prequential:
    """What a learner said of n rows, each before it had learned it."""

    p: Floats
    """(n,) P(label = 1), in the order of the rows"""
    learned: Ints
    """(n,) rows in the order in which they were learned"""


def scored(learner: OnlineLearner, at: Floats, X: Floats, y: Labels, delay: Floats | float) -> Prequential:
    """Score each row of *X* (n, f) at its time *at* (n,) [s] with what *learner* has learned by then.

    The label *y* (n,) of a row comes *delay* [s] later, (n,) or one for all, and is learned at once. Ties go as in
    `answers`. Rows are asked in blocks between two labels: the learner publishes a snapshot once per block.
    BadInput for times that run back and for delays that are negative or NaN.
    """
    known, order = _merged(at, _due(at, delay))
    p, start = np.empty(len(at)), 0
    for block in np.split(np.arange(len(at)), np.flatnonzero(np.diff(known)) + 1):
        stop = int(known[block].max(initial=0))
        _learn(learner, X, y, order[start:stop])
        p[block], start = learner.snapshot()(X[block]), stop
    _learn(learner, X, y, order[start:])
    return Prequential(p, order)


def _learn(learner: OnlineLearner, X: Floats, y: Labels, rows: Ints) -> None:
    learner.learn(X[rows], y[rows], np.ones(len(rows)))


def _merged(at: Floats, due: Floats) -> tuple[Ints, Ints]:
    """Merge questions and answers: how many answers (n,) each question comes after, and the order of the answers."""
    n = len(at)
    row, answer = np.tile(np.arange(n), 2), np.repeat([False, True], n)
    merged = np.lexsort((answer, row, np.concatenate([at, due])))
    row, answer = row[merged], answer[merged]
    return np.cumsum(answer, dtype=np.int64)[~answer], row[answer].astype(np.int64)


def _due(at: Floats, delay: Floats | float) -> Floats:
    late = np.flatnonzero(np.diff(at) < 0)
    if len(late):
        _check_order(int(late[0]) + 1, at[late[0]], at[late[0] + 1])
    if np.shape(delay) not in ((), np.shape(at)) or not (np.asarray(delay) >= 0).all():
        raise BadInput(f"delay must be one time or {len(at)}, in seconds and not negative")
    return np.asarray(at + delay, dtype=np.float64)
