"""The console of an interviewer: what the candidate does, what is true, what to ask, what to mark - on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import flights, rooms, round_jobs, session
from dashboard.flights import tower
from dashboard.rooms import Entry
from dashboard.round_jobs import Judged
from dashboard.views import (
    room_console_after,
    room_console_cards,
    room_console_head,
    room_console_screen,
    room_console_sheet,
    room_console_story,
    room_console_truth,
    room_votes_desk,
)
from dashboard.views.room_console_part import Desk, current, desk, drawn_anew, flown, owner, style
from dashboard.views.waiting import FirstDraw, awaited
from simulator.store import Flight

__all__ = ["view"]

_POLL = 1.0  # s


def view(entry: Entry) -> None:
    """Draw the console of the room that *entry* leads to."""
    style()
    flight = rooms.flight_in(entry)
    head = st.container()
    with st.container():  # what waits has a place of its own, so that nothing below is mounted anew
        found = _worked_out(entry, flight)
    drawn = desk(entry, flight, _lamps(flight))
    with head:
        st.fragment(_head, run_every=_POLL, key="console/head")(drawn, FirstDraw())
    _columns(drawn, found)
    drawn_anew()


def _columns(drawn: Desk, found: Judged | None) -> None:
    seen, asked, marked = st.columns([4, 4, 5], gap="medium")
    with seen:
        st.fragment(_moving, run_every=_POLL, key="console/moving")(drawn.entry)
        _happens(drawn)
    with asked:
        if drawn.entry.fitted.script.kind == "group":
            room_votes_desk.section(drawn)
        room_console_cards.section(drawn, found)
    with marked:
        room_console_sheet.section(drawn, found)
        room_console_sheet.private(drawn)
        room_console_after.section(drawn)


def _happens(drawn: Desk) -> None:
    """Draw what an interviewer can do about what happens."""
    room_console_truth.profit_line(drawn)
    room_console_truth.notes(drawn)
    room_console_truth.steer(drawn)


# --- what a worker finds out -----------------------------------------------------------------------------------


def _worked_out(entry: Entry, flight: Flight | None) -> Judged | None:
    """Have the flight flown, the cards lit and, once it is down, the run judged; what is there stays meanwhile."""
    if flight is None or not flown(entry, flight):
        return None
    order, room = flights.order_of(flight), entry.room
    lamps = tower().brought(
        owner(entry), round_jobs.lit, order, room.script, room.alone, rooms.case_in(entry, flight).horizon
    )
    found = awaited(lamps, "Looking which probes are worth asking", f"console/lit/{flight.id}", at_once=0.5)
    if found is not None:
        session.keep(f"console/lit/{flight.id}", found)
    return _judged(entry, flight) if flight.status == "landed" else None


def _judged(entry: Entry, flight: Flight) -> Judged | None:
    played = round_jobs.telling(room_console_after.played(entry, flight))
    asked = tower().brought(owner(entry), round_jobs.judged, flights.order_of(flight), played)
    found: Judged | None = awaited(asked, "Holding the flight against the sheet", f"console/judged/{flight.id}")
    return found


def _lamps(flight: Flight | None) -> Mapping[str, float]:
    """Return since when which cards are lit in the flight as it was flown last; what comes later is in it, too."""
    found: Mapping[str, float] = session.kept(f"console/lit/{flight.id}", {}) if flight else {}
    return found


# --- what moves ------------------------------------------------------------------------------------------------


def _head(drawn: Desk, first: FirstDraw) -> None:
    """Draw the head once a second; the whole page when something has changed that it shows."""
    alone, (entry, flight) = first.is_over(), current(drawn.entry)
    room_votes_desk.close_decided(entry, flight)
    if alone and _state(desk(entry, flight, _lamps(flight))) != _state(drawn):
        st.rerun()
    room_console_head.show(entry)


def _state(drawn: Desk) -> tuple[Any, ...]:
    """Return what the page goes by, apart from what moves all the time."""
    flight, room = drawn.flight, drawn.entry.room
    rows = tuple((row.name, row.state, row.detail) for row in room_console_story.rows(drawn))
    return len(room.deeds), flight and (flight.version, flight.status), sorted(drawn.lit), rows


def _moving(drawn: Entry) -> None:
    """Draw the candidate's screen and the time line; this is drawn once a second."""
    entry, flight = current(drawn)
    now = desk(entry, flight, _lamps(flight))
    with st.container(gap="xsmall"):
        room_console_screen.show(now, entry.standing.clock.phase)
    room_console_truth.picture(now)
