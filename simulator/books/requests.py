"""Requests, what was true of them, and how they ended: columns, a row per request."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from simulator.errors import BrokenInvariant
from simulator.units import Floats, Ints, Mask

__all__ = ["ABSENT", "OPEN", "Outcomes", "Requests", "Truths", "Visits", "joined", "rows"]

OPEN = 0  # asked, not ended yet
ABSENT = 1  # on the tape, but never asked: the customer had left, or the event it belongs to did not happen


@dataclass(frozen=True, slots=True)
class Requests:
    """What the system may see of n requests; never a label."""

    id: Ints
    """(n,) position on the tape"""
    at: Floats
    """(n,) time of asking [s]; negative before take-off"""
    entity: Ints
    """(n,) who asks"""
    segment: Ints
    """(n,) which slice of the business the request belongs to"""
    X: Floats
    """(n, f) features as they are true at *at*"""
    value: Ints
    """(n,) what is at stake [µ$]"""

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Truths:
    """What is really so of n requests; code that decides never receives it."""

    label: Mask
    """(n,) the truth that a model tries to predict"""
    known_at: Floats
    """(n,) when the label would come to light by itself [s]; inf = never"""
    needs: Ints
    """(n,) index of the conditional incident that the request belongs to; -1 = none"""
    luck: Mapping[str, Floats]
    """name -> (n,) draws that belong to the request whatever is decided about it"""


_Columns = TypeVar("_Columns", Requests, Truths)


def rows(columns: _Columns, index: slice | Ints | Mask) -> _Columns:
    """Take the rows *index* of all *columns* (views where *index* is a slice)."""
    return _made(columns, lambda name: _pick(getattr(columns, name), index))


def joined(parts: Sequence[_Columns]) -> _Columns:
    """Lay *parts* behind one another, column by column."""
    return _made(parts[0], lambda name: _join([getattr(part, name) for part in parts]))


def _made(like: _Columns, column: Callable[[str], Any]) -> _Columns:
    return type(like)(**{field.name: column(field.name) for field in dataclasses.fields(like)})


def _pick(column: Any, index: slice | Ints | Mask) -> Any:
    if isinstance(column, Mapping):
        return {name: values[index] for name, values in column.items()}
    return column[index]


def _join(columns: Sequence[Any]) -> Any:
    if isinstance(columns[0], Mapping):
        return {name: np.concatenate([column[name] for column in columns]) for name in columns[0]}
    return np.concatenate(columns)


class Outcomes:
    """How each request of a tape of *size* rows was handled; every request ends exactly once."""

    def __init__(self, size: int) -> None:
        self.score: Floats = np.full(size, np.nan)
        """P(label = 1) by the version that served it"""
        self.version: Ints = np.zeros(size, dtype=np.int64)
        """number of that version"""
        self.latency: Floats = np.full(size, np.nan)
        """time from asking to answer [s]"""
        self.route: Ints = np.zeros(size, dtype=np.int64)
        """how it was served: index into serving's ROUTES"""
        self.action: Ints = np.zeros(size, dtype=np.int64)
        """what was decided: index into the case's actions"""
        self.propensity: Floats = np.ones(size)
        """probability with which that action was chosen"""
        self.result: Ints = np.full(size, OPEN, dtype=np.int64)
        """how it ended: index into the case's results"""
        self.done_at: Floats = np.full(size, np.inf)
        """when it ended [s]"""
        self.asked = 0
        self.ended = 0

    def ask(self, n: int) -> None:
        """Count *n* further requests that entered."""
        self.asked += n

    def end(self, ids: Ints, at: Floats, result: Ints) -> None:
        """Close the requests *ids* with *result* at time *at* [s].

        Raises BrokenInvariant when one of them had ended before, or ends in no result or at no time.
        """
        if not np.isfinite(at).all():
            raise BrokenInvariant(f"a request ended at no time, among ids {ids[:5].tolist()}...")
        if len(ids) and (self.result[ids].any() or not result.all() or len(np.unique(ids)) != len(ids)):
            raise BrokenInvariant(f"a request ended twice or in nothing, among ids {ids[:5].tolist()}...")
        self.result[ids], self.done_at[ids] = result, at
        self.ended += len(ids)

    @property
    def in_flight(self) -> int:
        """How many entered and have not ended."""
        return self.asked - self.ended

    def close(self) -> None:
        """Let nobody write any more."""
        for column in self.columns().values():
            column.setflags(write=False)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """All columns by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}


@dataclass(frozen=True, slots=True)
class Visits:
    """n visits of requests to the stages of a serving system, in the order in which they were over."""

    id: Ints
    """(n,) which request"""
    stage: Ints
    """(n,) index into `stages`"""
    entered: Floats
    """(n,) when it came [s]"""
    started: Floats
    """(n,) when work on it began [s]; NaN when it never did"""
    done: Floats
    """(n,) when it left [s]"""
    stages: tuple[str, ...] = ()

    @staticmethod
    def together(chunks: Sequence[Visits]) -> Visits:
        """Join *chunks*, which are of the same stages, one behind the other."""
        whole: Ints = np.empty(0, np.int64)
        some: Floats = np.empty(0)
        return Visits(
            id=np.concatenate([whole, *(c.id for c in chunks)]),
            stage=np.concatenate([whole, *(c.stage for c in chunks)]),
            entered=np.concatenate([some, *(c.entered for c in chunks)]),
            started=np.concatenate([some, *(c.started for c in chunks)]),
            done=np.concatenate([some, *(c.done for c in chunks)]),
            stages=chunks[-1].stages if chunks else (),
        )
