"""The exogenous tape: who asks, when, what is really true and everybody's luck, the same for every design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from simulator.books.requests import Requests, Truths, joined, rows
from simulator.errors import BrokenInvariant
from simulator.streams import Unseed
from simulator.units import Floats

__all__ = ["Block", "Tape"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the tape, its rows in any order; ids are given when blocks become a tape."""

    requests: Requests
    truths: Truths


@dataclass(frozen=True, slots=True)
class Tape:
    """All requests of a world in order of (time, order of drawing); those before time 0 are history."""

    requests: Requests
    truths: Truths
    start: int
    """row of the first request at or after take-off"""
    entities: int
    """how many people there are"""
    unseed: Unseed
    """final state and draw count of the world's streams"""

    @staticmethod
    def of(blocks: Iterable[Block], entities: int, unseed: Unseed) -> Tape:
        """Join *blocks*, each of which holds later times than the one before; they may be drawn on the way."""
        sorted_blocks = [_in_time(block) for block in blocks]
        requests = joined([block.requests for block in sorted_blocks])
        truths = joined([block.truths for block in sorted_blocks])
        if (np.diff(requests.at) < 0).any() or not np.isfinite(requests.at).all():
            raise BrokenInvariant("the tape runs backwards")
        numbered = replace(requests, id=np.arange(len(requests)))
        start = int(np.searchsorted(requests.at, 0.0, side="left"))
        return _frozen(Tape(numbered, truths, start, entities, unseed))

    def __len__(self) -> int:
        return len(self.requests)

    def asked(self, since: float, until: float) -> Requests:
        """Return the requests asked at or after *since* and before *until* [s]."""
        at: Floats = self.requests.at
        return rows(self.requests, slice(*np.searchsorted(at, [since, until], side="left")))


def _in_time(block: Block) -> Block:
    order = np.argsort(block.requests.at, kind="stable")
    return Block(rows(block.requests, order), rows(block.truths, order))


def _frozen(tape: Tape) -> Tape:
    """Make every column read-only: designs share the tape, so none may write on it."""
    columns = [getattr(part, name) for part in (tape.requests, tape.truths) for name in part.__slots__]
    for column in columns:
        for array in column.values() if isinstance(column, Mapping) else [column]:
            array.setflags(write=False)
    return replace(tape, truths=replace(tape.truths, luck=MappingProxyType(dict(tape.truths.luck))))
