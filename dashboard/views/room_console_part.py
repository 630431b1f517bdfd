"""What all parts of an interviewer's console stand on: what is known when it is drawn, and how a deed is done there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import streamlit as st

from dashboard import rooms, session
from dashboard.flights import order_of, tower
from dashboard.plain import plain, sentence
from dashboard.recording import Recording
from dashboard.rooms import Entry
from dashboard.views import compare_kpis
from dashboard.views.waiting import awaited
from simulator.case import Case
from simulator.errors import BadInput
from simulator.store import Flight, Stale
from simulator.store.deeds import DeedKind

__all__ = [
    "Desk", "act", "anew", "current", "desk", "drawn_anew", "flown", "late", "moment", "owner", "style",
    "tell", "units", "write",
]  # fmt: skip

_QUICKER = "Somebody else was quicker, on another console perhaps. Nothing was done twice; this is how it stands now."


@dataclass(frozen=True)
class Desk:
    """What an interviewer knows at the moment at which the console is drawn."""

    entry: Entry
    flight: Flight | None
    case: Case
    """as it is played here, with what was steered by now"""
    now: float
    """moment of the candidate's flight [s]"""
    recording: Recording | None
    """of the flight; it holds what is still to come, and whoever draws it cuts it at *now*"""
    lit: Mapping[str, float]
    """probe -> since when it is worth asking, of those that are by now [s]"""

    @property
    def landed(self) -> bool:
        """Whether the flight is down."""
        return self.flight is not None and self.flight.status == "landed"

    @property
    def fired(self) -> Mapping[str, float]:
        """Conditional incidents that have happened by now -> when [s]."""
        found = self.recording.fired if self.recording else {}
        return {name: at for name, at in found.items() if at <= self.now}


def desk(entry: Entry, flight: Flight | None, lit: Mapping[str, float]) -> Desk:
    """Gather what is known in the room of *entry*; *lit* may hold what comes later, and is cut here."""
    now = moment(entry, flight)
    recording = session.shown(flight.id) if flight else None
    case = rooms.case_in(entry, flight)
    return Desk(entry, flight, case, now, recording, {name: at for name, at in lit.items() if at <= now})


def current(entry: Entry) -> tuple[Entry, Flight | None]:
    """Return the room of *entry*, and its flight, as they stand now; where it was deleted the page is drawn anew, and
    says so."""
    try:
        there = rooms.stands(entry)
        return there, rooms.flight_in(there)
    except BadInput:
        st.rerun()


def moment(entry: Entry, flight: Flight | None) -> float:
    """Return how far the candidate has come in the flight [s], by what was said last of it."""
    if flight is None:
        return 0.0
    screen, _ = tower().store.rooms.looks(entry.room.id).get("candidate", ({}, 0.0))
    said = screen.get("now") if screen.get("flight", flight.id) == flight.id else None
    return max(flight.furthest, float(said) if isinstance(said, int | float) else 0.0)


def flown(entry: Entry, flight: Flight) -> bool:
    """Have *flight* flown, and tell whether it is there as it stands; else the page says so and comes back to it. What
    was flown before a decision stays on the screen meanwhile."""
    asked = tower().recording(owner(entry), order_of(flight))
    before = session.shown(flight.id)
    found = awaited(asked, "Computing the flight", f"console/fly/{flight.id}", at_once=0.3 if before else 1.5)
    if found is not None:
        session.shown(flight.id, found)
    return found is not None


def style() -> None:
    """Bring the looks of these pages in."""
    compare_kpis.style()
    st.html(f"<style>{files('dashboard').joinpath('assets/console.css').read_text('utf-8')}</style>")


def owner(entry: Entry) -> str:
    """Return in whose name workers are asked: all consoles of a room ask the same."""
    return f"{entry.room.id}/{entry.side}"


def units(case: Case) -> dict[str, str]:
    """Return the gauges of *case* with their units."""
    placed = {name: unit for place in case.places() for name, unit in place.gauges.items()}
    return {"profit": "$", **case.watched, **placed}


# --- what is done ----------------------------------------------------------------------------------------------


def act(entry: Entry, kind: DeedKind, what: str = "", data: Mapping[str, Any] | None = None) -> None:
    """Do a deed, at the moment to which the candidate has come; where it cannot be done the page says why when it is
    drawn next, and shows how things stand.

    Fit for what is called when a button is pressed: whatever touches the session there may be cut off by the next
    press, so nothing does before the deed is on disk.
    """
    try:
        write(entry, kind, what, data)
    except Stale:
        session.keep("console/told", _QUICKER)
    except BadInput as error:
        session.keep("console/told", str(error))


def write(entry: Entry, kind: DeedKind, what: str = "", data: Mapping[str, Any] | None = None) -> None:
    """Do a deed; the same of the same state of the room, on whichever console, is one. Stale, BadInput: see `Rooms`."""
    was = entry.standing.was(kind, what)
    said = json.dumps([entry.room.id, entry.side, kind, what, was, data], sort_keys=True)
    at = moment(entry, rooms.flight_in(entry))
    tower().store.rooms.do(
        entry.room.id, hashlib.sha256(said.encode()).hexdigest()[:40], kind, what, who=entry.side, moment=at, data=data,
        was=was,
    )  # fmt: skip


def anew() -> None:
    """Have the page drawn once more when all of it has been drawn: what was just done is to show."""
    session.keep("console/anew", True)


def drawn_anew() -> None:
    """Draw the page once more, where that is wanted."""
    if session.kept("console/anew", False):
        session.keep("console/anew", False)
        st.rerun()


def late() -> None:
    """Have it said that somebody else was quicker."""
    session.keep("console/told", _QUICKER)


def tell() -> None:
    """Say, once, why something could not be done."""
    said = session.kept("console/told", "")
    if said:
        session.keep("console/told", "")
        st.toast(plain(sentence(said)), icon=":material/info:", duration="long")
