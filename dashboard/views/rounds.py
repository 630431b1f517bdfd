"""The lobby: rounds to choose from or to make, the way into a room, and the rooms that there are."""

from __future__ import annotations

import functools

import streamlit as st

from cases import _rounds
from dashboard import session
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views import rounds_known, rounds_links, rounds_list, rounds_own
from dashboard.views.rounds_cards import card
from dashboard.views.rounds_offer import Offer, offered
from simulator.errors import BadInput

__all__ = ["shipped", "view"]


def view() -> None:
    """Draw the lobby."""
    st.title("Rounds", anchor=False)
    st.text(
        "A mock interview by a script: a candidate flies, an interviewer steers and asks, and both see in the end what "
        "it came to. Or fly one alone, against the clock."
    )
    _trouble()
    _join()
    rounds_list.section()
    _cards()
    rounds_own.section()
    rounds_links.opening()


def _trouble() -> None:
    if trouble := session.kept("rounds/trouble"):
        session.keep("rounds/trouble", "")
        st.error(plain(trouble), icon=":material/warning:")


# --- joining ---------------------------------------------------------------------------------------------------


def _join() -> None:
    with st.form("rounds/join", border=False, width=640), st.container(horizontal=True, vertical_alignment="bottom"):
        said = st.text_input(
            "You were given a link", key="rounds/link", placeholder="paste the link, or its key", max_chars=2000
        )
        pressed = st.form_submit_button("Enter", key="rounds/enter", icon=":material/login:")
    if pressed:
        _enter(str(said or ""))


def _enter(said: str) -> None:
    try:
        key = rounds_known.key_in(said)
        room, side = tower().store.rooms.entered(key)
    except BadInput as error:
        st.error(plain(str(error)), icon=":material/warning:")
        return
    rounds_known.remember(room, side)
    rounds_known.enter(key)


# --- what comes along ------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def shipped() -> tuple[tuple[Offer, ...], tuple[str, ...]]:
    """Return the rounds that come along, and the names of those that cannot be read: one must not hide the others."""
    found, broken = [], []
    for name in _rounds.names():
        try:
            found.append(offered(name, _rounds.text_of(name)))
        except BadInput:
            broken.append(name)
    return tuple(found), tuple(broken)


def _cards() -> None:
    found, broken = shipped()
    st.subheader("Rounds that come along", anchor=False)
    with st.grid(3, min_column_width=300, gap="small", key="rounds/cards"):
        for offer in found:
            with st.container(border=True, key=f"rounds/card/{offer.name}", height="stretch"):
                card(offer)
    if broken:
        st.caption(plain(f"Left out, since they cannot be read: {', '.join(broken)}."))
