"""How far features and scores have moved from what they were before take-off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.books.requests import ABSENT
from simulator.case import Case
from simulator.evidence.asof import columns_by
from simulator.evidence.plain import Plain, Plains, counts, moment
from simulator.evidence.seen import steps_of
from simulator.learning.distances import bin_edges, psi_of, psi_threshold, shares
from simulator.run import Run
from simulator.units import Floats, Ints

__all__ = ["BINS", "Drift", "Moved", "psi"]

BINS = 10
_MOST = 2_000  # rows of a step that are looked at
_MOST_BEFORE = 20_000  # and of the reference
_ENOUGH = 500  # requests before take-off that make a reference
_FEWEST = 30  # rows of a step that say anything: half a count in each of ten bins is a PSI of its own
_BY_LUCK = 0.01


@dataclass(frozen=True)
class Moved:
    """One feature, step by step."""

    name: str
    psi: Plains
    missing: Plains
    """share that is missing"""


@dataclass(frozen=True)
class Drift:
    """The population stability index of each step against a reference."""

    at: tuple[float, ...]
    """start of each step [s]"""
    rows: tuple[int, ...]
    """rows of each step that were looked at"""
    by_luck: Plains
    """the PSI that a step of so many rows exceeds one time in a hundred where nothing has moved"""
    features: tuple[Moved, ...]
    score: Plains
    reference: str
    """what the features are held against; the score, which history lacks, against the first tenth of the flight"""
    reference_rows: int


def psi(case: Case, run: Run, at: float, steps: int = 30) -> Drift:
    """Return how far each feature, and the score, had moved by *at* [s], in up to *steps* steps of the flight.

    A step of which little is known yet says nothing. At most 2,000 rows of a step are looked at.
    """
    now, tenth = moment(run, at), case.horizon / 10
    history = (run.requests.at < 0).sum() >= _ENOUGH
    before = _rows(run, now, -np.inf if history else 0.0, 0.0 if history else tenth, _MOST_BEFORE)
    starts = steps_of(case, now, steps)
    parts = [_rows(run, now, low, low + case.horizon / steps, _MOST) for low in starts.tolist()]
    first = _rows(run, now, 0.0, tenth, _MOST_BEFORE)
    return Drift(
        at=tuple(starts.tolist()),
        rows=counts([len(part) for part in parts]),
        by_luck=tuple(_by_luck(len(before), len(part)) for part in parts),
        features=tuple(_moved(case, run, column, before, parts) for column in range(run.requests.X.shape[1])),
        score=_each(lambda rows: run.outcomes.score[rows], first, parts),
        reference="before take-off" if history else "the first tenth of the flight",
        reference_rows=len(before),
    )


def _rows(run: Run, now: float, since: float, until: float, most: int) -> Ints:
    """Return every k-th of the requests asked from *since* until *until* [s], so that there are at most *most*."""
    low, high = np.searchsorted(run.requests.at, [since, min(until, now)]).tolist()
    result = columns_by(run, slice(low, high), now)["result"]
    came: Ints = low + np.flatnonzero(result != ABSENT)
    return came[:: -(-len(came) // most) or 1]


def _moved(case: Case, run: Run, column: int, before: Ints, parts: list[Ints]) -> Moved:
    def read(rows: Ints) -> Floats:
        values: Floats = run.requests.X[rows, column]
        return values

    name = case.board.features[column] if column < len(case.board.features) else f"x{column}"
    missing = tuple(float((~np.isfinite(read(rows))).mean()) if len(rows) else None for rows in parts)
    return Moved(name, _each(read, before, parts), missing)


def _each(read: Callable[[Ints], Floats], before: Ints, parts: list[Ints]) -> Plains:
    """Return the PSI of each of *parts* against *before*, of what is there of the values that *read* gives."""
    reference = _finite(read(before))
    if len(reference) < _FEWEST:
        return (None,) * len(parts)
    edges = np.unique(bin_edges(reference, BINS))  # a value that is very frequent is a bin of its own
    usual = shares(reference, edges)
    return tuple(_psi(usual, _finite(read(rows)), edges) for rows in parts)


def _psi(usual: Floats, values: Floats, edges: Floats) -> Plain:
    return psi_of(usual, shares(values, edges)) if len(values) >= _FEWEST else None


def _by_luck(before: int, rows: int) -> Plain:
    return psi_threshold(_BY_LUCK, before, rows, BINS) if before >= _FEWEST and rows >= _FEWEST else None


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]
