"""The slice table: for whom does it work, and for whom not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.case import Case
from simulator.evidence.asof import posted_by
from simulator.evidence.intervals import wilson
from simulator.evidence.plain import Plain, mean, named, number
from simulator.evidence.seen import Seen, seen
from simulator.learning import metrics
from simulator.run import Run
from simulator.units import Floats, Ints, Mask, dollars

__all__ = ["Slice", "SliceTable", "associated", "table"]

_QUARTERS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
_THIRDS = ("lowest third", "middle third", "highest third")
_MOST = 20_000  # rows from which it is worked out which features go with the score


@dataclass(frozen=True)
class Slice:
    """Requests that have something in common."""

    by: str
    """`all`, `segment`, `value` or the name of a feature"""
    name: str
    low: Plain
    """least value of the slice; None for a segment"""
    high: Plain
    n: int
    acted_share: Plain
    mean_score: Plain
    labelled: int
    label_rate: Plain
    rate_low: Plain
    """lower end of the 95 % interval of the label rate"""
    rate_high: Plain
    latency: Plain
    """mean [s]"""
    auc: Plain
    dollars_per_request: Plain
    """booked so far"""


@dataclass(frozen=True)
class SliceTable:
    """All requests, then those of each slice."""

    rows: tuple[Slice, ...]


_Part = tuple[str, str, Plain, Plain, Mask]
"""(by, name, low, high, who is in it)"""


def table(case: Case, run: Run, at: float, silence: float | None = None) -> SliceTable:
    """Cut the requests asked by *at* [s] by segment, by value, and by the features that go most with the score."""
    now = seen(case, run, at, silence)
    money = _booked(run, now)
    cut = [("all", "all", None, None, np.ones(len(now), dtype=np.bool_)), *_cuts(case, run, now)]
    return SliceTable(tuple(_slice(case, now, money, part) for part in cut))


def associated(X: Floats, score: Floats, most: int = 3) -> list[int]:
    """Return the columns of *X* (n, f) whose ranks go most with those of *score* (n,), up or down (Spearman)."""
    if len(score) < 3:
        return []
    with np.errstate(invalid="ignore", divide="ignore"):
        said = _ranks(score)
        strength = np.array([abs(np.corrcoef(_ranks(column), said)[0, 1]) for column in X.T])
    useful = np.flatnonzero(np.isfinite(strength) & (strength > 0))
    return [int(column) for column in useful[np.argsort(-strength[useful], kind="stable")][:most]]


def _cuts(case: Case, run: Run, now: Seen) -> Iterator[_Part]:
    segments = np.unique(now.segment).tolist()
    for number_ in segments if len(segments) > 1 else []:
        yield "segment", named(case.board.segments, number_, "segment"), None, None, now.segment == number_
    yield from _parts("value", now.value, _QUARTERS)
    thin = now.id[:: max(1, len(now) // _MOST)]
    for column in associated(run.requests.X[thin], run.outcomes.score[thin]):
        name = case.board.features[column] if column < len(case.board.features) else f"x{column}"
        yield from _parts(name, run.requests.X[now.id, column], _THIRDS)


def _parts(by: str, values: Floats, names: tuple[str, ...]) -> Iterator[_Part]:
    """Cut at quantiles of *values*; equal values stay together, so a part may be empty and is left out."""
    there = values[np.isfinite(values)]
    if not len(there) or there.min() == there.max():
        return
    edges = np.quantile(there, np.arange(1, len(names)) / len(names))
    place = np.where(np.isfinite(values), np.searchsorted(edges, values, side="left"), -1)
    for code, name in enumerate(names):
        mine = place == code
        if mine.any():
            yield by, name, float(values[mine].min()), float(values[mine].max()), mine


def _slice(case: Case, now: Seen, money: Floats | None, cut: _Part) -> Slice:
    by, name, low, high, which = cut
    rows = np.flatnonzero(which)
    score, label = now.score[rows], now.label[rows]
    known = (label >= 0) & np.isfinite(score)
    rate_low, rate_high = (number(float(end)) for end in wilson((label[known] == 1).sum(), known.sum()))
    return Slice(
        by=by, name=name, low=low, high=high, n=len(rows),
        acted_share=mean(now.acted[rows]) if case.board.acted else None,
        mean_score=mean(score),
        labelled=int(known.sum()), label_rate=mean(label[known]), rate_low=rate_low, rate_high=rate_high,
        latency=mean(now.latency[rows]),
        auc=number(metrics.auc(score[known], label[known])),
        dollars_per_request=None if money is None else mean(money[rows]),
    )  # fmt: skip


def _booked(run: Run, now: Seen) -> Floats | None:
    """Return what was posted for each request by now [$]; None where the ledger names no request."""
    book = run.ledger.postings()
    mine = posted_by(run.ledger, now.now) & (book.request >= 0)
    if not mine.any():
        return None
    whole: Ints = np.zeros(len(run.requests), dtype=np.int64)
    np.add.at(whole, book.request[mine], book.amount[mine])  # integers: nothing is rounded
    booked: Floats = dollars(whole[now.id])
    return booked


def _ranks(values: Floats) -> Floats:
    """Return the ranks of *values*, ties at their mean; NaN where one is missing, so that it goes with nothing."""
    if not np.isfinite(values).all():
        return np.full(len(values), math.nan)
    _, place, size = np.unique(values, return_inverse=True, return_counts=True)
    middle: Floats = (np.cumsum(size) - (size - 1) / 2)[place]
    return middle
