"""How a room stands: what its deeds add up to, at a moment of the wall clock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from simulator.rounds.script import PHASES, Minutes
from simulator.store.deeds import Deed, DeedKind
from simulator.store.room_words import fits

__all__ = ["LOBBY", "OVER", "REQUIREMENT", "Ballot", "Clock", "Mark", "Note", "Ordered", "Standing", "stood"]

LOBBY = "lobby"
"""before the first phase"""

OVER = "over"
"""behind the last one"""

REQUIREMENT = "requirement"
"""the requirement, among the names of events"""

_PLACE = re.compile(r"[0-9]{1,4}")
_NO_REPLY = {"words": "", "choice": "", "number": None}


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
    """Return how a room with *deeds* stands at *now* [unix s]; *minutes* are those of its script.

    A deed that says nothing which its kind could say changes nothing.
    """
    sound = [deed for deed in deeds if fits(deed.kind, deed.data)]
    heard = {kind: [deed for deed in sound if deed.kind == kind] for kind in get_args(DeedKind)}
    flights, replies, marks = heard["flight"], heard["reply"], heard["mark"]
    return Standing(
        clock=_clock(minutes, sound, now),
        orders=_orders(sound),
        done={deed.what: (deed.data["do"], deed.moment) for deed in heard["done"]},
        notes=tuple(map(_note, heard["note"])),
        asked=_once(heard["ask"]),
        rescued=_once(heard["rescue"]),
        replies={deed.what: {**_NO_REPLY, **deed.data} for deed in replies},
        facts=_places(heard["fact"]),
        hints=_places(heard["hint"]),
        marks={deed.what: Mark(deed.turn, deed.data["mark"], deed.data.get("words", "")) for deed in marks},
        private=tuple(map(_note, heard["private"])),
        ballots=_ballots(sound),
        flight=flights[-1].what if flights else "",
        released=bool(heard["release"]),
        last={(deed.kind, deed.what): deed.turn for deed in deeds},
    )


# the clock


def _clock(minutes: Minutes, deeds: Sequence[Deed], now: float) -> Clock:
    begun = next((deed for deed in reversed(deeds) if deed.kind == "phase" and deed.what in (*PHASES, OVER)), None)
    phase, start = (begun.what, begun.at) if begun else (LOBBY, now)
    pauses = [(deed.at, bool(deed.data["held"])) for deed in deeds if deed.kind == "hold"]
    factor = next((float(deed.data["factor"]) for deed in reversed(deeds) if deed.kind == "extra"), 1.0)
    if phase not in PHASES:
        return Clock(phase, 0.0, 0.0, pauses[-1][1] if pauses else False, factor)
    more = sum(float(deed.data["minutes"]) for deed in deeds if deed.kind == "extend" and deed.what == phase)
    asked = max(0.0, getattr(minutes, phase) * factor + more)
    return Clock(phase, _gone(pauses, start, now), asked, pauses[-1][1] if pauses else False, factor)


def _gone(pauses: Sequence[tuple[float, bool]], start: float, now: float) -> float:
    """Return the time from *start* to *now* in which the clock was not held [s]; *pauses*: since when, held or not."""
    held, since, gone = False, start, 0.0
    for at, holds in (*pauses, (now, True)):
        until = min(max(at, since), max(now, start))
        gone += 0.0 if held else until - since
        held, since = holds, until
    return gone


# what was done


def _orders(deeds: Sequence[Deed]) -> tuple[Ordered, ...]:
    """Return what was ordered and did not take effect, the last about each thing."""
    still: dict[str, Ordered] = {}
    for deed in deeds:
        what = REQUIREMENT if deed.kind == "require" else deed.what
        if deed.kind in ("order", "require", "done"):
            still.pop(what, None)  # a new one stands behind the others
        if deed.kind == "require":
            still[what] = Ordered(deed.turn, what, "require", 0.0)
        elif deed.kind == "order":
            still[what] = Ordered(deed.turn, what, deed.data["do"], float(deed.data.get("until", 0.0)))
    return tuple(still.values())


def _ballots(deeds: Sequence[Deed]) -> tuple[Ballot, ...]:
    """Return the ballots in their order; who votes again, while it is open, has changed their mind."""
    ballots: dict[str, Ballot] = {}
    for deed in deeds:
        number, _, voter = deed.what.partition("/")
        ballot = ballots.get(number, Ballot(number, False, {}))
        if deed.kind == "vote":
            ballots[deed.what] = replace(ballots.get(deed.what, Ballot(deed.what, False, {})), open=deed.data["open"])
        elif deed.kind == "ballot" and ballot.open and voter:
            said = (deed.data["choice"], deed.data.get("why", ""))
            ballots[number] = replace(ballot, votes={**ballot.votes, voter: said})
    return tuple(ballots.values())


def _note(deed: Deed) -> Note:
    return Note(deed.turn, deed.data["text"], str(deed.data.get("from", "")), deed.moment)


def _once(deeds: Sequence[Deed]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(deed.what for deed in deeds))


def _places(deeds: Sequence[Deed]) -> tuple[int, ...]:
    """Return the places of facts or hints, in the order in which they were asked for."""
    return tuple(dict.fromkeys(int(deed.what) for deed in deeds if _PLACE.fullmatch(deed.what)))
