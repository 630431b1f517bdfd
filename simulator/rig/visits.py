"""Keeps of the visits to stages what figures need: how they ended, how long they waited and stayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.serving.plane import Visits
from simulator.units import Floats

__all__ = ["Log", "Stays"]

_REQUEST = 16  # bits of a visit's ident below the number of its request


@dataclass(frozen=True)
class Stays:
    """The k visits to one stage."""

    klass: Any
    """(k,) class of the request, int8"""
    outcome: Any
    """(k,) how it went (codes of the event loop), int8"""
    wait: Floats
    """(k,) until service began [s]"""
    sojourn: Floats
    """(k,) until the end [s]"""

    def of_class(self, klass: int) -> Stays:
        """Return the visits by requests of one class."""
        kept = self.klass == klass
        return Stays(self.klass[kept], self.outcome[kept], self.wait[kept], self.sojourn[kept])


class Log:
    """Takes in the visits of a replication, block by block, but for those by its first requests."""

    def __init__(self, stages: int, first: int) -> None:
        self._first = first
        self._parts: list[list[Stays]] = [[] for _ in range(stages)]

    def take(self, visits: Visits) -> None:
        """Take in a block of *visits*."""
        counted = visits["ident"] >= self._first << _REQUEST
        for number, parts in enumerate(self._parts):
            kept = counted & (visits["stage"] == number) if len(self._parts) > 1 else counted
            entered = visits["entered"][kept]
            wait, sojourn = visits["started"][kept] - entered, visits["done"][kept] - entered
            klass, outcome = (visits[name][kept].astype(np.int8) for name in ("klass", "outcome"))
            parts.append(Stays(klass, outcome, wait, sojourn))

    def stays(self, number: int) -> Stays:
        """Return the visits to stage *number*; what was kept of it is forgotten."""
        parts, self._parts[number] = self._parts[number], []
        columns = ("klass", "outcome", "wait", "sojourn")
        return Stays(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))
