"""Requests that come in addition: those of an incident, drawn for a day and kept where it holds."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.books.requests import joined, rows
from simulator.world.shifts import within
from simulator.world.tape import Block

__all__ = ["drawn_for", "together"]


def together(blocks: Sequence[Block]) -> Block:
    """Lay *blocks* behind one another."""
    return Block(joined([block.requests for block in blocks]), joined([block.truths for block in blocks]))


def drawn_for(block: Block, start: float, end: float, *, conditional: bool) -> Block:
    """Keep of *block* what is asked from *start* up to *end* [s]; of a *conditional* incident all that is asked after
    take-off, since it lies ready for any moment of the flight."""
    at = block.requests.at
    here = at >= 0.0 if conditional else within(at, start, end) > 0
    return Block(rows(block.requests, here), rows(block.truths, here))
