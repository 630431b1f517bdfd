"""A candidate's side of a room, phase by phase, in the clock of the round; nothing of the truth before the release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard import rooms, session
from dashboard.rooms import Entry
from dashboard.views import fly, room_candidate_after, room_candidate_play, room_candidate_probes, room_votes
from dashboard.views.room_candidate_design import draft_of, reading, section, situation
from dashboard.views.room_candidate_lobby import lobby, steering
from dashboard.views.room_candidate_part import tell
from dashboard.views.room_candidate_play import changed, deck, hints, moment, tended
from dashboard.views.room_strip import messages, strip
from simulator.case import Case
from simulator.store import Flight

__all__ = ["view"]


def view(entry: Entry) -> None:
    """Draw what a candidate sees of the round that *entry* leads to."""
    entry = tended(entry)
    flight = rooms.flight_in(entry)
    case = rooms.case_in(entry, flight)
    strip(entry, _screen(entry, flight), changed(entry))
    with st.container():  # these come and go; what is below them stays what it is
        tell()
        steering(entry, flight)
        messages(entry, case)
        _vote(entry)
    if flight is not None:
        room_candidate_probes.handed_in(entry, flight)
    with st.container():
        _PHASES.get(entry.standing.clock.phase, _over)(entry, case, flight)


def _screen(entry: Entry, flight: Flight | None) -> Callable[[], Mapping[str, Any]]:
    """Return what tells the other side what stands on this screen; a design is kept there, too, until take-off."""

    def on_screen() -> Mapping[str, Any]:
        phase = entry.standing.clock.phase
        if flight is not None:
            return {"phase": phase, **room_candidate_play.screen(flight)}
        draft = draft_of(entry)
        return {
            "phase": phase, "dials": dict(draft.dials), "asked": sorted(draft.asked),
            "forecast": list(draft.forecast or ()),
        }  # fmt: skip

    return on_screen


def _vote(entry: Entry) -> None:
    """Say that a vote is going on; how it goes is shown when it is closed."""
    if entry.fitted.script.kind != "group" or not entry.standing.ballots:
        return
    if any(ballot.open for ballot in entry.standing.ballots):
        st.info("The group votes on the next decision; wait for it before you decide.", icon=":material/how_to_vote:")
    room_votes.reveal(entry)


# --- phase by phase --------------------------------------------------------------------------------------------


def _lobby(entry: Entry, case: Case, flight: Flight | None) -> None:
    lobby(entry)


def _brief(entry: Entry, case: Case, flight: Flight | None) -> None:
    situation(entry, case, flight)
    hints(entry, case, flight)


def _design(entry: Entry, case: Case, flight: Flight | None) -> None:
    reading(entry, case, flight)
    hints(entry, case, flight)
    if flight is None:
        section(entry, case)
        return
    st.success("Your design is set, and kept.", icon=":material/flight_takeoff:")
    moved = {name: value for name, value in flight.plan["design"].items() if value != case.design.dial(name).default}
    for name, value in moved.items():
        st.text(f"{case.design.dial(name).label} → {value}")
    if not entry.room.alone:
        st.text("The flight begins when your interviewer starts it.")


def _play(entry: Entry, case: Case, flight: Flight | None) -> None:
    if flight is None:
        st.warning("The flight has begun without you: take off as soon as your design fits.", icon=":material/timer:")
        _design(entry, case, flight)
        return
    with st.container():  # a question may come at any time; the deck below stays what it is
        room_candidate_probes.asked_now(entry, case, flight)
    reading(entry, case, flight, moment(entry, flight))
    with st.container():
        deck(entry, case, flight)
    if flight.status == "landed" and rooms.following(entry) in ("debrief", "over"):
        room_candidate_after.freeing(entry, None)
    hints(entry, case, flight)


def _probes(entry: Entry, case: Case, flight: Flight | None) -> None:
    if _is_down(entry, case, flight) and flight is not None:
        room_candidate_probes.section(entry, case, flight)
        if entry.room.alone:
            room_candidate_after.freeing(entry, room_candidate_probes.left_over(entry, flight))


def _over(entry: Entry, case: Case, flight: Flight | None) -> None:
    if _is_down(entry, case, flight):
        room_candidate_after.section(entry, flight)
        room_candidate_after.freeing(entry, None)


def _is_down(entry: Entry, case: Case, flight: Flight | None) -> bool:
    """Tell whether the flight is down; if it is not, offer to bring it down, as the round has gone on."""
    if flight is None:
        st.info("There was no take-off in this round, so there is nothing to ask about.", icon=":material/flight:")
        return entry.standing.released
    if flight.status == "landed":
        return True
    room_candidate_probes.asked_now(entry, case, flight)
    key = f"room/land/{flight.id}"
    st.info("The round has gone on, and your flight is still in the air.", icon=":material/flight_land:")
    if st.button("Fly it to its end", key=key, type="primary") or session.kept(key):
        session.keep(key, True)
        if fly.brought_down(flight, case):
            st.rerun()
    return False


_PHASES: Mapping[str, Callable[[Entry, Case, Flight | None], None]] = {
    "lobby": _lobby, "brief": _brief, "design": _design, "play": _play, "probes": _probes,
}  # fmt: skip
