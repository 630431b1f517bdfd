"""Before the flight, for a candidate: the brief and what may be asked, then a first design, and take-off - once."""

from __future__ import annotations

import contextlib
from typing import Any

import streamlit as st

from dashboard import rooms, session
from dashboard.flights import order_of, tower
from dashboard.plain import plain
from dashboard.rooms import Entry
from dashboard.session import Draft
from dashboard.views import brief, brief_design, brief_help, brief_takeoff
from dashboard.views.room_candidate_part import attempted, press
from simulator.case import Case
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.record import Look
from simulator.store import Flight

__all__ = ["asked_so_far", "draft_of", "reading", "section", "situation"]


def draft_of(entry: Entry) -> Draft:
    """Return the design that is being made in this room: as it stood on the last screen that it was made on."""
    found = session.draft(entry.room.id)
    if found is not None:
        return found
    case = entry.fitted.case
    given = {"level": case.scenario.level, "seed": entry.room.seed, "mode": "check", **_as_left(entry)}
    return session.start_draft(case.name, home=entry.room.id, **given)


def _as_left(entry: Entry) -> dict[str, Any]:
    """Return what the last screen showed of a design, as far as it makes sense."""
    screen, _ = tower().store.rooms.looks(entry.room.id).get("candidate", ({}, 0.0))
    left: dict[str, Any] = {"dials": {}, "asked": set()}
    for name, value in dict(screen.get("dials") or {}).items():
        with contextlib.suppress(BadInput):
            left["dials"][name] = entry.fitted.case.design.dial(name).read(value)
    left["asked"] = {place for place in screen.get("asked") or () if isinstance(place, int)}
    said = list(screen.get("forecast") or ())
    if len(said) == 2 and all(isinstance(end, int | float) for end in said):
        left["forecast"] = (float(said[0]), float(said[1]))
    return left


# --- the brief -------------------------------------------------------------------------------------------------


def situation(entry: Entry, case: Case, flight: Flight | None, now: float = 0.0) -> None:
    """Draw the brief of the round, with what may be asked; answers that have come by *now* [s] are there."""
    st.header(plain(case.title), anchor=False)
    st.text(case.tension)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        brief.situation(case)
        if case.board.questions:
            st.subheader("You may ask", anchor=False)
            asked = asked_so_far(entry, flight)
            brief.question_rows(case, asked, lambda place: _ask(entry, flight, place, now), "room/ask", now)
    with right:
        brief.targets(case)
        brief.money(case)


def reading(entry: Entry, case: Case, flight: Flight | None, now: float = 0.0) -> None:
    """Let the candidate go on reading the brief, and asking."""
    with st.expander("The brief, and what you may ask", icon=":material/menu_book:", key="room/brief"):
        situation(entry, case, flight, now)


def asked_so_far(entry: Entry, flight: Flight | None) -> set[int]:
    """Return the questions that were asked, by their place: those of the script, and those of the case."""
    own = _own(entry)
    if flight is None:
        asked = set(draft_of(entry).asked)
    else:
        whats = [look.what for look in tower().store.looks(flight.id) if look.what.startswith("question:")]
        asked = {int(what.partition(":")[2]) for what in whats if what.partition(":")[2].isdigit()}
    return {place for place in asked if place < own} | {own + place for place in entry.standing.facts}


def _own(entry: Entry) -> int:
    """Return how many questions the case has by itself; behind them stand those of the script."""
    return len(entry.fitted.case.board.questions) - len(entry.fitted.script.fact)


def _ask(entry: Entry, flight: Flight | None, place: int, now: float) -> None:
    own = _own(entry)
    if place >= own:
        press(entry, "fact", str(place - own), moment=now)
    elif flight is not None:
        attempted(lambda: tower().store.look(flight.id, f"question:{place}", now))
    else:
        draft_of(entry).asked.add(place)


# --- the design ------------------------------------------------------------------------------------------------


def section(entry: Entry, case: Case) -> None:
    """Draw the first design with what helps to make it, the prediction, and take-off."""
    draft = draft_of(entry)
    order = brief.order_of_draft(draft, case)
    with contextlib.suppress(BadInput):  # many are waiting: then the world is drawn at take-off
        tower().prepare(session.name(), order)
    plan = brief_design.section(draft, case)
    brief_help.section(draft, case, order, plan)
    brief_takeoff.section(draft, case, plan, lambda flown: attempted(lambda: _risen(entry, draft, flown)))


def _risen(entry: Entry, draft: Draft, plan: Plan) -> None:
    """Take off; who flies alone is in the flight at once. The session is touched last: see `rooms.do`."""
    asked = sorted(place for place in draft.asked if place < _own(entry))
    up = rooms.take_off(entry, plan, tuple(brief_takeoff.forecasts(draft, entry.fitted.case)))
    if up.room.alone and up.standing.clock.phase == "design":
        up = rooms.do(up, "phase", "play")
    flight = rooms.flight_in(up)
    assert flight is not None
    tower().store.looked(flight.id, [Look(f"question:{place}", 0.0, flight.created) for place in asked])
    tower().recording(session.name(), order_of(flight))
