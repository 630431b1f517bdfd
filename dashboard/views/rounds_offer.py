"""A script that can be played, and the rooms that are opened for it - once, whoever presses twice."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, fields

import cases
from dashboard import session
from dashboard.flights import tower
from dashboard.views.hangar import LARGEST_SEED
from simulator.errors import BadInput
from simulator.rounds.fitted import fitted
from simulator.rounds.reading import read_script
from simulator.rounds.script import Minutes, Script
from simulator.store.deeds import Room

__all__ = ["KINDS", "Offer", "alone", "another", "minutes_of", "offered", "opened"]

KINDS = {"interview": "interview", "drill": "incident drill", "warm-up": "warm-up", "group": "group drill"}
"""kind of a round -> what it is called"""

_FEW = 1_000_000  # seeds that are told are short
_MOST = 1_000  # rooms of one script that one session flies alone
_COUNT = "rounds/count"


@dataclass(frozen=True)
class Offer:
    """A script that can be played."""

    name: str
    """of its widgets"""
    text: str
    script: Script

    @property
    def digest(self) -> str:
        """What tells two texts apart."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:16]


def offered(name: str, text: str) -> Offer:
    """Return the script of *text*, seen to fit its case; BadInput says in one line what does not."""
    script = read_script(text)
    for nobody_there in (False, True):
        fitted(script, cases.load, alone=nobody_there)
    return Offer(name, text, script)


def minutes_of(script: Script) -> float:
    """Return how long a round takes in all [min]."""
    return float(sum(getattr(script.minutes, phase.name) for phase in fields(Minutes)))


def opened(offer: Offer, name: str) -> Room:
    """Open a room for people, or return the one that is open, until `another` is wanted."""
    token = session.token(f"room/{offer.digest}/{name}/{session.kept(_COUNT, 0)}")
    return tower().store.rooms.open(token, offer.text, _seed(offer.script), name=name)


def another() -> None:
    """Let the same script and name open another room from now on."""
    session.keep(_COUNT, session.kept(_COUNT, 0) + 1)


def alone(offer: Offer) -> Room:
    """Open a room without an interviewer, or return the one in which nothing was done yet."""
    key = f"rounds/times/{offer.digest}"
    for number in range(session.kept(key, 0), _MOST):
        session.keep(key, number)
        token = session.token(f"alone/{offer.digest}/{number}")
        room = tower().store.rooms.open(token, offer.text, _seed(offer.script), alone=True)
        if not room.deeds:
            return room
    raise BadInput("this session has opened too many rooms; reload the page")


def _seed(script: Script) -> int:
    if isinstance(script.seed, int):
        return script.seed
    return secrets.randbelow(_FEW if script.seed == "room" else LARGEST_SEED)
