"""The score sheet of an interviewer: a row a dimension, prefilled with what the run shows, marked by people alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.rounds.script import Script
from simulator.rounds.standing import Mark
from simulator.rubric import Anchors
from simulator.score import Scorecard

__all__ = ["MARKS", "Sheet", "SheetRow", "Sighting", "sheet_of"]

MARKS: Mapping[int, str] = {1: "weak", 2: "mid", 3: "between mid and strong", 4: "strong", 5: "expert"}
"""mark -> what it stands for"""


@dataclass(frozen=True)
class Sighting:
    """Something that was seen in the flight, or heard."""

    at: float | None
    """of the flight [s]; None = about all of it"""
    text: str
    good: bool | None
    """whether it speaks for the candidate; None = neither"""


@dataclass(frozen=True)
class SheetRow:
    """A dimension."""

    dimension: str
    label: str
    shown: float
    """behaviours shown, of those that were asked for"""
    required: float
    seen: tuple[Sighting, ...]
    anchors: Anchors | None
    weight: float
    mark: Mark | None = None


@dataclass(frozen=True)
class Sheet:
    """All rows, and what the marks come to: a figure for people to talk about, no verdict."""

    rows: tuple[SheetRow, ...]

    @property
    def mean(self) -> float | None:
        """The weighted mean of the marks that were given [1-5]; None = none."""
        raise NotImplementedError


def sheet_of(script: Script, card: Scorecard, marks: Mapping[str, Mark], heard: Sequence[Sighting] = ()) -> Sheet:
    """Fill the sheet of a *script* from the score *card* of the run; *heard* goes to communication, the ninth row."""
    raise NotImplementedError
