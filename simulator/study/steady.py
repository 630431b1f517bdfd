"""Figures of the steady state: what is read after the warm-up, with an error from the run itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.books.ledger import CLOSE
from simulator.errors import BadInput
from simulator.run import Run
from simulator.units import DAY, Floats

__all__ = ["Steady", "batch_error", "mser5"]

_BATCH = 5
_BATCHES = 20  # of which an error is made
_STEPS = 200  # in which profit is looked at


@dataclass(frozen=True)
class Steady:
    """Reads the steady state of a run: give it to a study as `read`.

    For each gauge NAME it adds `steady.NAME`, the mean over the time after the warm-up; `steady.NAME.se`, its
    standard error by batch means; and `steady.NAME.warmup` [s]. For the money: `steady.profit_per_day` [$/day] and
    the same beside it, without what is settled at the end. A reading counts for the time since the one before it.
    """

    warmup: float | None = None
    """what is left out at the beginning [s]; None = as much as `mser5` says, for each figure"""
    gauges: tuple[str, ...] = ()
    """which gauges are read; none = all of the run"""

    def __call__(self, run: Run) -> dict[str, float]:
        """Return the figures of *run*; NaN where nothing is left after the warm-up. BadInput for an unknown gauge."""
        known = run.gauges.names()
        missing = [name for name in self.gauges if name not in known]
        if missing:
            raise BadInput(f"the run has no gauge {missing[0]!r}; it has {', '.join(known)}")
        found = dict(self._figures("profit_per_day", *_profit(run)))
        for name in self.gauges or known:
            found |= self._figures(name, *run.gauges.series(name))
        return found

    def _figures(self, name: str, at: Floats, values: Floats) -> dict[str, float]:
        """Return mean, error and warm-up of readings (times [s], values), the first of which counts from 0 on."""
        since = np.concatenate([[0.0], at[:-1]]) if len(at) else at
        known = np.isfinite(values)
        at, since, values = at[known], since[known], values[known]
        warmup = self._warmup(since, values)
        left = at > warmup
        time = at[left] - np.maximum(since[left], warmup)
        mean = float(np.average(values[left], weights=time)) if time.sum() > 0 else math.nan
        return {
            f"steady.{name}": mean,
            f"steady.{name}.se": batch_error(values[left]),
            f"steady.{name}.warmup": warmup,
        }

    def _warmup(self, since: Floats, values: Floats) -> float:
        if self.warmup is not None:
            return self.warmup
        first = mser5(values)
        return float(since[first]) if len(values) else 0.0


def _profit(run: Run) -> tuple[Floats, Floats]:
    """Return (ends of steps [s], profit in each [$/day])."""
    book = run.ledger.postings()
    kept = ~run.ledger.caused_by(CLOSE)
    edges = np.linspace(0.0, run.until, _STEPS + 1)
    booked, _ = np.histogram(book.at[kept], edges, weights=book.amount[kept] / 1e6)
    return edges[1:], booked / np.diff(edges) * DAY


def mser5(values: Floats) -> int:
    """Return how many of *values* (n,) to leave out as warm-up: the marginal standard error rule, in batches of 5.

    Of all beginnings up to the middle, the one is left out after which the spread of the rest over the square of its
    number is least. One that reaches the middle means that no steady state is seen: longer runs are needed. Sources:
    White 1997; White, Cobb and Spratt 2000.
    """
    batches = values[: len(values) // _BATCH * _BATCH].reshape(-1, _BATCH).mean(axis=1)
    n = len(batches)
    if n < 2:
        return 0
    marginal = [float(np.var(batches[first:])) / (n - first) for first in range(n // 2 + 1)]
    return _BATCH * int(np.argmin(marginal))


def batch_error(values: Floats) -> float:
    """Return the standard error of the mean of *values* (n,) that follow each other, from the spread of 20 batches.

    Neighbours are alike, so their own spread would say too little. It needs batches much longer than that likeness
    lasts; NaN for fewer than 40 values. Source: Law and Carson 1979.
    """
    size = len(values) // _BATCHES
    if size < 2:
        return math.nan
    means = values[len(values) - size * _BATCHES :].reshape(_BATCHES, size).mean(axis=1)
    return float(np.std(means, ddof=1) / math.sqrt(_BATCHES))
