"""A round that was played, as a few kB of data: who flies it again gets the same flight, to the digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.case import Case
from simulator.record import Record
from simulator.rounds.fitted import Fitted
from simulator.run import Run
from simulator.store.deeds import Deed, Room
from simulator.store.records import Flight

__all__ = ["Recorded", "recorded", "replayed"]


@dataclass(frozen=True)
class Recorded:
    """A played round."""

    script: str
    """the text of the script"""
    case: str
    revision: int
    seed: int
    scenario: Mapping[str, Any]
    """under which the flight came to its end: what was steered is in it"""
    plan: Mapping[str, Any]
    """as `Plan.to_data`"""
    digest: str
    record: Record
    """looks, forecasts, answers"""
    deeds: tuple[Deed, ...]
    name: str = ""
    """of the room; empty where it was exported without names"""

    def to_json(self) -> str:
        """Write it as one JSON document."""
        raise NotImplementedError

    @staticmethod
    def from_json(text: str) -> Recorded:
        """Read what `to_json` wrote; BadInput names what is wrong with a document of unknown origin."""
        raise NotImplementedError


def recorded(room: Room, flight: Flight, record: Record, *, names: bool = True) -> Recorded:
    """Return what was played in a *room*; without *names*, and without private notes and the voters', for others."""
    raise NotImplementedError


def replayed(played: Recorded, load: Callable[[str], Case]) -> tuple[Fitted, Run]:
    """Fly a round again; BadInput where it does not come out with its digest."""
    raise NotImplementedError
