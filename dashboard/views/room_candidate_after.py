"""The end of a round for a candidate: what is locked until the release, and what there is to read and take home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import rooms, round_jobs, session
from dashboard.flights import order_of, tower
from dashboard.plain import plain
from dashboard.rooms import Entry
from dashboard.views import debrief_part
from dashboard.views.room_candidate_part import attempted
from dashboard.views.routes import link
from dashboard.views.waiting import FirstDraw, awaited
from simulator import debrief
from simulator.rounds.recorded import Recorded, recorded
from simulator.store import Flight

__all__ = ["freeing", "section"]

_POLL = 2.0  # s


def section(entry: Entry, flight: Flight | None) -> None:
    """Draw the end of the round: what is still closed, or all that is open now."""
    if not entry.standing.released:
        _closed(entry)
    elif flight is not None and flight.status == "landed":
        _opened(entry, flight)
    else:
        st.info("The round is released, but its flight never came down: there is nothing to look at.")


def _closed(entry: Entry) -> None:
    told = "" if entry.room.alone else "Your interviewer has the sheet; the debrief opens when it is released. "
    st.info(f"{told}Until then nothing of the truth, and no score, is sent to this page.", icon=":material/lock:")


def freeing(entry: Entry, left: int | None) -> None:
    """Let who flies alone open the debrief; *left* is how many questions wait for an answer, None = nobody knows."""
    if not entry.room.alone or entry.standing.released:
        return
    rest = f"{left} question{'s' * (left != 1)} will stay without an answer." if left else ""
    with st.container(horizontal=True, vertical_alignment="center", key="room/freeing"):
        st.button(
            "Release the debrief", key="room/release", type="secondary" if left else "primary",
            icon=":material/lock_open:", on_click=_release, args=(entry,),
        )  # fmt: skip
        if rest:
            st.caption(rest, width="content")


def _release(entry: Entry) -> None:
    attempted(lambda: _released(entry))


def _released(entry: Entry) -> None:
    free = rooms.do(entry, "release")
    if free.standing.clock.phase not in ("debrief", "over"):
        rooms.do(free, "phase", rooms.following(entry))


# --- what is open ----------------------------------------------------------------------------------------------


def _opened(entry: Entry, flight: Flight) -> None:
    st.success("The round is released: all of it is open to you.", icon=":material/lock_open:")
    with st.container(horizontal=True):
        link("debrief", "Debrief: what did it?", icon=":material/search:", flight=flight.id)
        link("probes", "What answers sound like", icon=":material/quiz:", flight=flight.id)
        link("compare", "Compare with the reference answers", icon=":material/balance:", flight=flight.id)
    if entry.fitted.script.seed == "hidden":
        st.markdown(plain(f"The seed was {flight.seed}: under it the same world can be flown again."))
    played = _played(entry, flight)
    with st.container(horizontal=True, vertical_alignment="center", key="room/take"):
        _report(flight, played)
        st.download_button(
            "The round as data", _unmarked(played).to_json(), "round.json", "application/json",
            icon=":material/data_object:", key="room/record", on_click="ignore",
            help="script, seed, decisions and times: who flies it again gets the same flight",
        )  # fmt: skip
    _growing(flight)


def _played(entry: Entry, flight: Flight) -> Recorded:
    """Return what was played, without names and private notes."""
    return recorded(entry.room, flight, tower().store.record(flight.id), names=False)


def _unmarked(played: Recorded) -> Recorded:
    """Return *played* without marks: the report, which shows none, goes by them; they do not leave the server."""
    return replace(played, deeds=tuple(deed for deed in played.deeds if deed.kind != "mark"))


def _known(flight: Flight) -> Mapping[str, Any]:
    """Return the sections of the debrief that are worked out; asking begins with those that are not."""
    found = {name: debrief_part.known(flight, name) for name in debrief.SECTIONS}
    return {name: one for name, one in found.items() if one is not None}


def _report(flight: Flight, played: Recorded) -> None:
    """Offer the report: at once with what the flight shows, and with all counterfactuals when these are worked out."""
    known = _known(flight)
    whole = known if len(known) == len(debrief.SECTIONS) else {}
    asked = tower().brought(
        f"{session.name()}/room", round_jobs.reports, order_of(flight), played, whole, ("candidate",)
    )
    found = awaited(asked, "Writing your report", f"report/{flight.id}")
    if found is not None:
        st.download_button(
            "Your report", found["candidate.html"], "report.html", "text/html", icon=":material/description:",
            key="room/report", type="primary", on_click="ignore", help="one page; it prints",
        )  # fmt: skip


def _growing(flight: Flight) -> None:
    if len(_known(flight)) < len(debrief.SECTIONS):
        st.fragment(_progress, run_every=_POLL, key="room/growing")(flight, FirstDraw())


def _progress(flight: Flight, first: FirstDraw) -> None:
    alone, there, of = first.is_over(), len(_known(flight)), len(debrief.SECTIONS)
    if alone and there == of:
        st.rerun()
    st.caption(f"What would have gone better is being worked out: {there} of {of} parts. The report takes it in then.")
