"""A room is opened, and its links are there to be sent on: one for each side; whoever has one has that side."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st

from dashboard import rooms, session
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views import rounds_known, rounds_offer
from dashboard.views.rounds_offer import Offer
from simulator.errors import BadInput
from simulator.store.deeds import Room, Side

__all__ = ["begin", "opening", "show"]

_WHOSE: Mapping[Side, str] = {
    "candidate": "For the candidate: send this one",
    "interviewer": "For you, the interviewer: keep it, it is the way back into the console",
    "voter": "For those who watch and vote",
}
_HERE = ("127.0.0.1", "localhost", "::1")
_LONGEST_NAME = 80  # characters


def begin(offer: Offer) -> None:
    """Have it asked what the room for *offer* is called."""
    session.keep("rounds/opening", offer)


def opening() -> None:
    """Draw, over the page, the room that is being opened; then its links, until their reader has done with them."""
    offer: Offer | None = session.kept("rounds/opening")
    if offer is not None:
        st.dialog("A room for a round", width="medium", on_dismiss=_done)(_dialog)(offer)


def _dialog(offer: Offer) -> None:
    room = _opened()
    if room is None:
        _form(offer)
    else:
        _told(room)


def _opened() -> Room | None:
    try:
        return tower().store.rooms.room(session.kept("rounds/opened", ""))
    except BadInput:  # none yet, or it was deleted meanwhile
        return None


def _form(offer: Offer) -> None:
    voters = ", and one for those who vote" if offer.script.kind == "group" else ""
    st.markdown(f"**{plain(offer.script.title)}**")
    st.text(f"You get a link for the candidate and one for the interviewer{voters}.")
    with st.form("rounds/form", border=False):
        st.text_input(
            "What you call it", key="rounds/name", max_chars=_LONGEST_NAME, placeholder="may be left out",
            help="for your eyes: the candidate never sees it",
        )  # fmt: skip
        st.form_submit_button(
            "Open it", key="rounds/make", type="primary", icon=":material/meeting_room:", on_click=_open, args=(offer,)
        )
    if trouble := session.kept("rounds/refused"):
        session.keep("rounds/refused", "")
        st.error(plain(trouble), icon=":material/warning:")


def _open(offer: Offer) -> None:
    name = str(session.widget("rounds/name") or "")
    try:
        room = rounds_offer.opened(offer, " ".join(name.split()))
    except BadInput as error:
        session.keep("rounds/refused", str(error))
        return
    rounds_known.remember(room, *room.keys)
    session.keep("rounds/opened", room.id)


def _done() -> None:
    """Put the links away; whoever opens the same round again wants another room."""
    session.keep("rounds/opening", None)
    session.keep("rounds/opened", "")
    rounds_offer.another()


# --- the links -------------------------------------------------------------------------------------------------


def _told(room: Room) -> None:
    title = rooms.fitted_in(room).script.title
    st.markdown(f"**{plain(title)}**" + (f" · {plain(room.name)}" if room.name else "") + " is open.")
    show(room, room.keys)
    with st.container(horizontal=True):
        if st.button("To the console", key="rounds/console", type="primary", icon=":material/meeting_room:"):
            _done()
            rounds_known.enter(room.keys["interviewer"])
        if st.button("Done", key="rounds/done"):
            _done()
            st.rerun()


def show(room: Room, keys: Mapping[Side, str]) -> None:
    """Draw the links of the sides of *room* whose *keys* are there, each to be copied."""
    group = rooms.fitted_in(room).script.kind == "group"
    for side, told in _WHOSE.items():
        if side in keys and (group or side != "voter"):
            st.caption(told)
            st.code(rounds_known.address_of(keys[side]), language=None, wrap_lines=True)
    st.caption(
        ":material/warning: Whoever has a link has that side of the room: there is no other password. Each link stays "
        "as it is for as long as the room is kept."
    )
    if urlsplit(str(st.context.url or "")).hostname in _HERE:
        st.caption(
            "These links work on this machine alone; the README says how to let others come \\(play \\-\\-host\\)."
        )
