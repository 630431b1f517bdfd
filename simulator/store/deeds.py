"""What is done in a room: each deed is a row that stays, and the state of a room is what they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["OWN", "Deed", "DeedKind", "Room", "Side", "allowed"]

Side = Literal["interviewer", "candidate", "voter"]

DeedKind = Literal[
    "phase",  # what = a phase, or "over": it begins
    "hold",  # data {"held": bool}: the clock of the phases is paused, or goes on
    "extend",  # what = a phase, data {"minutes": float}: it takes longer
    "extra",  # data {"factor": float}: extra time for all phases that are still to come, this one included
    "order",  # what = an event, data {"do": "fire" | "skip" | "delay", "until": s}: it is to be so
    "require",  # the requirement is to be said now
    "done",  # what = an event or "requirement", data {"do": ...}: it took effect at `moment`; only `steer` writes it
    "note",  # data {"text", "from"}: shown to the candidate
    "ask",  # what = a probe: shown to the candidate
    "rescue",  # what = a probe: its hint was given
    "reply",  # what = a probe, data {"words", "choice", "number"}: what the candidate wrote
    "fact",  # what = the place of a fact in the script: the candidate asked
    "hint",  # what = the place of a hint: the candidate took it
    "mark",  # what = a dimension, data {"mark": 1-5, "words": str}
    "private",  # data {"text"}: a note of the interviewer's
    "vote",  # what = the number of a ballot, data {"open": bool}
    "ballot",  # what = "BALLOT/VOTER", data {"choice", "why"}: how somebody votes
    "flight",  # what = its id: the candidate has taken off; only `take_off` writes it
    "release",  # the candidate may see report and truth
]


@dataclass(frozen=True)
class Deed:
    """Something that was done, and by whom."""

    turn: int
    """its place in the room, from 0"""
    kind: DeedKind
    what: str
    who: Side | Literal["clock"]
    at: float
    """[unix s]"""
    moment: float
    """of the flight, as far as it was known [s]"""
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Room:
    """A round that is played by people."""

    id: str
    """names it on this machine; opens nothing"""
    keys: Mapping[Side, str]
    """side -> the key that opens the room from there; nobody can guess it"""
    name: str
    """what the interviewer calls it; empty = nothing"""
    alone: bool
    """whether nobody interviews: the script does"""
    script: str
    """the text of its script"""
    seed: int
    flight: str
    """the candidate's; empty = not taken off yet"""
    created: float
    """[unix s]"""
    deeds: tuple[Deed, ...]


OWN: frozenset[DeedKind] = frozenset({"done", "flight"})
"""kinds that nobody writes by hand"""

_CANDIDATES: frozenset[DeedKind] = frozenset({"phase", "reply", "fact", "hint"})
_SCRIPTS: frozenset[DeedKind] = frozenset(
    {"hold", "extend", "extra", "require", "note", "ask", "rescue", "vote", "release"}
)
"""what a candidate who is alone writes besides, in place of an interviewer"""


def allowed(side: Side, kind: DeedKind, alone: bool) -> bool:
    """Tell whether a *side* may write deeds of this *kind*, in a room where the candidate is *alone* or not."""
    if kind in OWN or side == "voter" or kind == "ballot":
        return kind == "ballot" and side == "voter"
    if side == "candidate":
        return kind in _CANDIDATES or (alone and kind in _SCRIPTS)
    return kind != "reply"
