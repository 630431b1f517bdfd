"""What a facilitator does in a group drill: open a vote, close it, and talk about it afterwards."""

from __future__ import annotations

import contextlib

import streamlit as st

from dashboard import rooms
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.rooms import Entry
from dashboard.views.room_console_part import Desk, act, write
from dashboard.views.room_votes import reveal
from dashboard.views.room_votes_ballot import is_over, snapshot
from simulator.errors import BadInput
from simulator.rounds.written_interviewer import FIVE
from simulator.store import Flight

__all__ = ["close_decided", "section"]


def section(desk: Desk) -> None:
    """Draw the votes of a group drill, and the questions to end with."""
    entry = desk.entry
    ballots = entry.standing.ballots
    last = ballots[-1] if ballots else None
    st.markdown("**The group votes**")
    if last is not None and last.open:
        st.markdown(f":blue[:material/how_to_vote: Vote {plain(last.number)} is open]: {len(last.votes)} so far")
        st.caption("It closes when you close it, or when the flyer decides. How it stands is shown to all then.")
        st.button(
            "Close the vote", key="console/vote/close", on_click=act, args=(entry, "vote", last.number, {"open": False})
        )
    else:
        st.button(
            "Open a vote on the next decision", key="console/vote/open", icon=":material/how_to_vote:", on_click=_open,
            args=(entry, str(len(ballots) + 1)), disabled=desk.flight is None or desk.landed,
        )  # fmt: skip
    reveal(entry)
    with st.expander("To talk about afterwards", key="console/five", icon=":material/forum:"):
        for question in FIVE:
            st.markdown(f"- {plain(sentence(question))}")


def _open(entry: Entry, number: str) -> None:
    act(entry, "vote", number, snapshot(rooms.flight_in(entry)))


def close_decided(entry: Entry, flight: Flight | None) -> None:
    """Write, once, that a vote is closed since the flyer has decided."""
    open_ones = [ballot for ballot in entry.standing.ballots if ballot.open]
    if flight is None or not open_ones:
        return
    plan = tower().plan(flight)
    for ballot in open_ones:
        if is_over(entry, ballot, plan):
            with contextlib.suppress(BadInput):  # another console was quicker
                write(entry, "vote", ballot.number, {"open": False})
