"""Stretches of time with a size, on a tape: what they add up to at the times of its requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from simulator.units import Floats
from simulator.world.shifts import within

__all__ = ["Spell", "factor", "most", "total"]


class Spell(Protocol):
    """Something that holds from *at* to *end* [s], as an incident does."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def size(self) -> float: ...


def total(spells: Iterable[Spell], kind: str, at: Floats) -> Floats:
    """Return (n,) the sum of the sizes of those of a *kind* that hold at the times *at* [s]; 0 where none does."""
    size = np.zeros(len(at))
    for spell in _of_kind(spells, kind):
        size += spell.size * within(at, spell.at, spell.end)
    return size


def factor(spells: Iterable[Spell], kind: str, at: Floats) -> Floats:
    """Return (n,) the product of the sizes of those of a *kind* that hold at the times *at* [s]; 1 where none does."""
    product = np.ones(len(at))
    for spell in _of_kind(spells, kind):
        product *= 1 + (spell.size - 1) * within(at, spell.at, spell.end)
    return product


def most(spells: Iterable[Spell], kind: str, at: Floats) -> Floats:
    """Return (n,) the largest size of those of a *kind* that hold at the times *at* [s]; 0 where none does."""
    size = np.zeros(len(at))
    for spell in _of_kind(spells, kind):
        size = np.maximum(size, spell.size * within(at, spell.at, spell.end))
    return size


def _of_kind(spells: Iterable[Spell], kind: str) -> list[Spell]:
    return [spell for spell in spells if spell.kind == kind]
