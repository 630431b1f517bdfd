"""The flight of a round: the deck of every flight, on which what an interviewer orders takes effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import rooms, session
from dashboard.recording import Recording
from dashboard.rooms import Entry
from dashboard.views import decide, fly, room_candidate_design
from dashboard.views.landed import held, target_line
from dashboard.views.room_candidate_part import press
from simulator.case import Case
from simulator.errors import BadInput
from simulator.store import Flight

__all__ = ["changed", "deck", "hints", "moment", "screen", "tended"]


def moment(entry: Entry, flight: Flight | None) -> float:
    """Return where the flight stands on this screen [s]."""
    return fly.clock_of(flight, entry.fitted.case).now(session.wall()) if flight else 0.0


def tended(entry: Entry) -> Entry:
    """Let what was ordered, or is due, take effect where the deck stands; return the room as it is then."""
    flight = rooms.flight_in(entry)
    if flight is None or not rooms.tend(entry, flight, moment(entry, flight)):
        return entry
    if fly.clock_of(flight, entry.fitted.case).playing:
        session.keep("resume", flight.id)  # the clock stands while it is computed, and goes on by itself
    return rooms.stands(entry)


def changed(entry: Entry) -> Callable[[Entry], bool]:
    """Return what tells, of the room as it stands later, whether its flight is another one than that which is being
    drawn from *entry*; what is ordered by then takes effect."""
    drawn = _state(rooms.flight_in(entry))
    return lambda now: _state(rooms.flight_in(tended(now))) != drawn


def _changed(entry: Entry) -> Callable[[], bool]:
    """Return the same for a deck that plays, which asks for itself how the room stands."""
    otherwise = changed(entry)

    def ask() -> bool:
        try:
            return otherwise(rooms.stands(entry))
        except BadInput:  # the room was deleted: the page says so
            return True

    return ask


def _state(flight: Flight | None) -> tuple[int, str]:
    return (flight.version, flight.status) if flight else (-1, "")


def screen(flight: Flight) -> dict[str, Any]:
    """Return what stands on the deck, for those who look on."""
    clock = session.playback(flight.id, 0.0, flight.furthest)
    closer = "" if clock.playing else str(session.widget("closer") or "")
    return {
        "flight": flight.id, "panel": str(session.widget("group", "business")), "closer": closer,
        "playing": clock.playing, "speed": clock.speed, "now": clock.now(session.wall()),
    }  # fmt: skip


# --- the deck --------------------------------------------------------------------------------------------------


def deck(entry: Entry, case: Case, flight: Flight) -> None:
    """Draw the deck of the flight, as far as a candidate may see it; it stands while the round is paused."""
    asked = room_candidate_design.asked_so_far(entry, flight)
    hooks = fly.Hooks(
        changed=_changed(entry), halt=rooms.halt_of(entry), held=entry.standing.clock.held, landed=_landed,
        asked=frozenset(asked),
    )  # fmt: skip
    fly.deck(flight, case, hooks)


def _landed(flight: Flight, case: Case, recording: Recording) -> None:
    """Draw what everybody could see by now of what the flight came to; all else waits for the release."""
    with st.container(border=True, key="landed"):
        st.subheader("Landed", anchor=False)
        st.text("The flight is down, and kept. What really happened, and the score, come with the debrief.")
        for standing in held(case, recording.kpis):
            if standing.kpi.observed:
                st.markdown(target_line(standing))


# --- hints -----------------------------------------------------------------------------------------------------


def hints(entry: Entry, case: Case, flight: Flight | None) -> None:
    """Draw what hints the script allows: all of them, or those that were asked for, one at a time."""
    policy = entry.fitted.script.hints
    if policy == "none" or not case.behaviours:
        return
    if policy == "free":
        decide.hints(case)
        return
    taken = [place for place in entry.standing.hints if place < len(case.behaviours)]
    left = [place for place in range(len(case.behaviours)) if place not in taken]
    with st.expander(f"Hints taken: {len(taken)}", icon=":material/lightbulb:", key="room/hints"):
        for place in taken:
            st.text(f"• {case.behaviours[place].text}")
        if left:
            st.button(
                "Take a hint", key=f"room/hint/{left[0]}", on_click=press, help="It is noted that you took it.",
                args=(entry, "hint", str(left[0]), None, moment(entry, flight)),
            )  # fmt: skip
