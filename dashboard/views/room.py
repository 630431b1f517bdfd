"""The page of a room: whoever comes by a key sees the side that it opens; who has none is told how to get in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard import rooms, session
from dashboard.plain import plain, sentence
from dashboard.rooms import Entry
from dashboard.views import room_candidate, room_console, room_votes
from dashboard.views.rounds_known import key_in, remember
from dashboard.views.routes import link
from simulator.errors import BadInput
from simulator.store.deeds import Side

__all__ = ["view"]

_SIDES: Mapping[Side, Callable[[Entry], None]] = {
    "candidate": room_candidate.view, "interviewer": room_console.view, "voter": room_votes.view,
}  # fmt: skip


def view() -> None:
    """Draw the room that the address names, from the side of its key."""
    key = session.room_key()
    entry = _entered(key) if key else None
    if entry is None:
        _way_in()
        return
    session.enter_room(key)
    remember(entry.room, entry.side)
    _SIDES[entry.side](entry)


def _entered(key: str) -> Entry | None:
    """Return who comes in by *key*; None when it opens nothing, and then the page says so."""
    try:
        return rooms.entered(key)
    except BadInput as error:
        session.enter_room("")
        st.error(plain(sentence(str(error))), icon=":material/warning:")
        return None


def _way_in() -> None:
    st.title("Room", anchor=False)
    st.text("A room is where a mock round is played. You get in by the link that you were given.")
    with st.form("room/join", border=False, width=640):
        said = st.text_input("Link or key", key="room/link", placeholder="paste it here", max_chars=2000)
        if st.form_submit_button("Enter", key="room/enter", icon=":material/login:", type="primary"):
            _enter(str(said or ""))
    link("rounds", "To the rounds", icon=":material/groups:")


def _enter(said: str) -> None:
    try:
        key = key_in(said)
        rooms.entered(key)
    except BadInput as error:
        st.error(plain(sentence(str(error))), icon=":material/warning:")
        return
    session.enter_room(key)
    st.rerun()
