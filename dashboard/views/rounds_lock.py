"""A flight of a round stays closed on all other pages until its interviewer opens it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard import rooms
from dashboard.views.rounds_known import room_link
from simulator.store import Flight

__all__ = ["LOCKED", "is_closed", "open_ones"]

LOCKED = "This flight belongs to a round; it opens when the interviewer releases it."


def is_closed(flight: Flight, title: str = "") -> bool:
    """Tell whether *flight* is one of a round that is not released; then the page says so, and nothing more of it."""
    if not rooms.locked(flight):
        return False
    if title:
        st.title(title, anchor=False)
    st.info(LOCKED, icon=":material/lock:")
    room = rooms.room_of(flight)
    if room is not None:
        room_link(room, "To the room")
    return True


def open_ones(flights: Iterable[Flight]) -> list[Flight]:
    """Return those of *flights* of which everything may be told; rounds are flown in check mode."""
    return [flight for flight in flights if flight.mode != "check" or not rooms.locked(flight)]
