"""What follows a round: its reports, its record, the release to the candidate, and its end on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import flights, round_jobs, session
from dashboard.flights import tower
from dashboard.rooms import Entry
from dashboard.views.room_console_part import Desk, act, owner
from dashboard.views.routes import go
from dashboard.views.waiting import FirstDraw, awaited
from simulator import debrief
from simulator.errors import BadInput
from simulator.rounds.recorded import Recorded, recorded
from simulator.store import Flight

__all__ = ["ask_on", "found_out", "played", "section"]

_TYPES = {"html": "text/html", "md": "text/markdown", "json": "application/json"}
_SIDES = {"interviewer": "For you", "candidate": "For the candidate"}
_POLL = 2.0  # s


def section(desk: Desk) -> None:
    """Draw what is taken along, and what ends the round."""
    st.markdown("**After the round**")
    if desk.flight is None or not desk.landed:
        st.caption("Reports, the record and the release come when the flight has landed.")
    else:
        ask_on(desk.entry, desk.flight)
        _reports(desk, desk.flight)
        _record(desk, desk.flight)
    with st.container(horizontal=True):
        _release(desk)
        _delete(desk.entry)


def played(entry: Entry, flight: Flight, *, names: bool = True) -> Recorded:
    """Return the round as it was played, as data."""
    return recorded(entry.room, flight, tower().store.record(flight.id), names=names)


# --- the reports -----------------------------------------------------------------------------------------------


def found_out(flight: Flight) -> dict[str, Any]:
    """Return the sections of the debrief that are worked out by now; the others are asked for."""
    order = flights.order_of(flight)
    asked = {name: tower().section(f"{flight.id}/console", order, name) for name in debrief.SECTIONS}
    return {name: one.result for name, one in asked.items() if one.ready}


def ask_on(entry: Entry, flight: Flight) -> None:
    """Have the debrief worked out, which the reports lean on, and say how far that is."""
    st.fragment(_so_far, run_every=_POLL, key="console/so far")(flight, len(found_out(flight)), FirstDraw())


def _so_far(flight: Flight, before: int, first: FirstDraw) -> None:
    there, of, alone = len(found_out(flight)), len(debrief.SECTIONS), first.is_over()
    if there > before and there == of and alone:
        st.rerun()
    if there < of:
        st.caption(f":material/hourglass_top: Counterfactuals: {there} of {of} sections are worked out")


def _reports(desk: Desk, flight: Flight) -> None:
    """Offer the reports: prepared when asked, as things stand then."""
    known, turns = found_out(flight), len(desk.entry.room.deeds)
    wanted = session.kept(f"console/reports/{desk.entry.room.id}")
    if st.button("Prepare the reports", key="console/prepare", icon=":material/description:"):
        wanted = (turns, tuple(known))
        session.keep(f"console/reports/{desk.entry.room.id}", wanted)
    if wanted is None:
        return
    if wanted != (turns, tuple(known)):
        st.caption("Something has changed since; prepare them anew to have it in.")
    texts = _written(desk, flight, wanted, known)
    if texts is not None:
        _downloads(desk.entry, texts)


def _written(desk: Desk, flight: Flight, wanted: tuple[int, tuple[str, ...]], known: Mapping[str, Any]) -> Any:
    """Return the reports of the room as it was *wanted*: up to a deed, with sections that were known; None = wait."""
    room = played(desk.entry, flight)
    then = Recorded(**{**vars(room), "deeds": room.deeds[: wanted[0]]})
    sections = {name: known[name] for name in wanted[1] if name in known}
    asked = tower().brought(
        owner(desk.entry), round_jobs.reports, flights.order_of(flight), then, sections, tuple(_SIDES)
    )
    return awaited(asked, "Writing the reports", f"console/reports/{flight.id}")


def _downloads(entry: Entry, texts: Mapping[str, str]) -> None:
    for side, told in _SIDES.items():
        st.caption(told)
        with st.container(horizontal=True):
            for name, text in texts.items():
                form = name.partition(".")[2]
                if name.startswith(side):
                    st.download_button(
                        form.upper(), text, f"{_file_name(entry)}-{name}", _TYPES[form], key=f"console/take/{name}",
                        icon=":material/download:", on_click="ignore",
                    )  # fmt: skip


def _file_name(entry: Entry) -> str:
    return f"round-{entry.fitted.case.name}-{entry.room.id[:8]}"


def _record(desk: Desk, flight: Flight) -> None:
    """Offer what was played as data: with it the very same flight can be flown again."""
    st.caption("The record of the round, to be flown again elsewhere, to the same digest")
    with st.container(horizontal=True):
        for label, names in (("With names and notes", True), ("Without names", False)):
            st.download_button(
                label, _record_text(desk.entry, flight, names), f"{_file_name(desk.entry)}.json",
                "application/json", key=f"console/record/{names}", icon=":material/download:", on_click="ignore",
            )  # fmt: skip


def _record_text(entry: Entry, flight: Flight, names: bool) -> str:
    return played(entry, flight, names=names).to_json()


# --- release and end -------------------------------------------------------------------------------------------


def _release(desk: Desk) -> None:
    if desk.entry.standing.released:
        st.caption(":material/lock_open: Released: the candidate sees report and truth.")
        return
    ready = desk.landed or desk.entry.standing.clock.phase == "over"
    with st.popover("Release to the candidate", icon=":material/lock_open:", key="console/release", disabled=not ready):
        st.text(
            "The candidate then sees what really happened, the score and the report; your marks and notes stay yours. "
            "There is no way back."
        )
        st.button("Release", key="console/release/yes", type="primary", on_click=act, args=(desk.entry, "release"))


def _delete(entry: Entry) -> None:
    with st.popover("Delete the room", icon=":material/delete:", key="console/delete"):
        st.text("Delete this room, its flight, its marks and notes? Both links stop working. There is no way back.")
        if st.button("Delete for good", key="console/delete/yes", type="primary"):
            try:
                tower().store.rooms.delete(entry.room.id)
            except BadInput as error:  # another console was quicker
                session.keep("rounds/trouble", str(error))
            session.enter_room("")
            go("rounds")
