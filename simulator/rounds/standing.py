"""How a room stands: what its deeds add up to, at a moment of the wall clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from simulator.rounds.script import Minutes
from simulator.store.deeds import Deed

__all__ = ["Ballot", "Clock", "Mark", "Note", "Ordered", "Standing", "stood"]


@dataclass(frozen=True)
class Clock:
    """The clock of the phases."""

    phase: str
    """`lobby` before the first, then one of PHASES, then `over`"""
    gone: float
    """time spent in this phase, pauses left out [s]"""
    minutes: float
    """how long it takes by now, with what was added [min]"""
    held: bool
    """whether the interviewer has paused it"""
    factor: float
    """of extra time"""

    @property
    def left(self) -> float:
        """Time that is left in this phase [s]; below 0 = it is over its time."""
        return 60.0 * self.minutes - self.gone


@dataclass(frozen=True)
class Ordered:
    """What the interviewer wants of an event, or of the requirement, that has not taken effect yet."""

    turn: int
    what: str
    do: Literal["fire", "skip", "delay", "require"]
    until: float
    """of a delay [s]"""


@dataclass(frozen=True)
class Note:
    """A note to the candidate."""

    turn: int
    text: str
    sender: str
    moment: float
    """of the flight [s]"""


@dataclass(frozen=True)
class Mark:
    """What an interviewer gives for a dimension."""

    turn: int
    mark: int
    """1 to 5"""
    words: str


@dataclass(frozen=True)
class Ballot:
    """A vote on the next decision."""

    number: str
    open: bool
    votes: Mapping[str, tuple[str, str]]
    """voter -> choice, reason"""


@dataclass(frozen=True)
class Standing:
    """The state of a room."""

    clock: Clock
    orders: tuple[Ordered, ...]
    """those that have not taken effect, in order"""
    done: Mapping[str, tuple[str, float]]
    """event, or `requirement` -> what was done with it last, and at which moment of the flight [s]"""
    notes: tuple[Note, ...]
    asked: tuple[str, ...]
    """probes that were put to the candidate, in order"""
    rescued: tuple[str, ...]
    replies: Mapping[str, Mapping[str, Any]]
    """probe -> what the candidate wrote: words, choice, number"""
    facts: tuple[int, ...]
    hints: tuple[int, ...]
    marks: Mapping[str, Mark]
    private: tuple[Note, ...]
    """the interviewer's own"""
    ballots: tuple[Ballot, ...]
    flight: str
    released: bool
    last: Mapping[tuple[str, str], int]
    """(kind, what) -> the turn of the last deed; what `Rooms.do` takes as *was*"""

    def was(self, kind: str, what: str = "") -> int:
        """Return the turn of the last deed of *kind* about *what*, -1 = none."""
        return self.last.get((kind, what), -1)


def stood(minutes: Minutes, deeds: Sequence[Deed], now: float) -> Standing:
    """Return how a room with *deeds* stands at *now* [unix s]; *minutes* are those of its script."""
    raise NotImplementedError
