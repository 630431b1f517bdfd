"""Which rooms this session has a key of; whoever has a key has that side of the room, so no other is ever shown."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import urlsplit

import streamlit as st

from dashboard import rooms, session
from dashboard.flights import tower
from simulator.errors import BadInput, shown
from simulator.rounds.standing import Standing, stood
from simulator.store.deeds import Room, Side

__all__ = ["address_of", "enter", "key_in", "keys_of", "lists_all", "own_rooms", "remember", "room_link", "stands"]

_KEPT = "rooms/keys"
_LONGEST = 2000  # characters of a link


def remember(room: Room, *sides: Side) -> None:
    """Note that this session has the keys of *sides* of a *room*."""
    keys = (room.keys[side] for side in sides)
    session.keep(_KEPT, (*dict.fromkeys((*session.kept(_KEPT, ()), *keys)),))


def _entered() -> list[tuple[Room, Side]]:
    """Return the rooms of the keys that this session has had, that of its address among them, and the sides."""
    found = []
    for key in dict.fromkeys((*session.kept(_KEPT, ()), session.room_key())):
        with contextlib.suppress(BadInput):  # none, or that room was deleted
            found.append(tower().store.rooms.entered(key))
    return found


def keys_of(room: Room) -> Mapping[Side, str]:
    """Return the keys of *room* that this session has had: side -> key."""
    return {side: room.keys[side] for other, side in _entered() if other.id == room.id}


def own_rooms() -> list[Room]:
    """Return the rooms of which this session has a key, and which there still are; the newest first."""
    found = {room.id: room for room, _ in _entered()}
    return sorted(found.values(), key=lambda room: room.created, reverse=True)


def lists_all() -> bool:
    """Tell whether all rooms of this machine may be listed, with a way into each console.

    Not where others come to the server; nor to a session that sits in a round as a candidate or to vote.
    """
    return not session.shared() and all(_is_host(room) for room in own_rooms())


def _is_host(room: Room) -> bool:
    return room.alone or "interviewer" in keys_of(room) or stands(room).released


def stands(room: Room) -> Standing:
    """Return how *room* stands now."""
    return stood(rooms.fitted_in(room).script.minutes, room.deeds, time.time())


# --- the way in ------------------------------------------------------------------------------------------------


def key_in(text: str) -> str:
    """Return the key in a link, or the key itself; BadInput where there is none."""
    said = text.strip()
    if "room=" in said:
        said = said.rsplit("room=", 1)[1].partition("&")[0].partition("#")[0]
    if not (0 < len(text) <= _LONGEST and said.isascii() and said.replace("-", "").replace("_", "").isalnum()):
        raise BadInput(f"{shown(text)} holds no key of a room; paste the link that you were given")
    return said


def address_of(key: str) -> str:
    """Return the address that opens a room from the side of *key*, as this very browser would write it."""
    here = urlsplit(str(st.context.url or ""))
    start = f"{here.scheme}://{here.netloc}{here.path.rpartition('/')[0]}" if here.netloc else ""
    return f"{start}/room?room={key}"


def enter(key: str) -> NoReturn:
    """Go to the room, in by *key*."""
    st.switch_page(session.kept("pages")["room"], query_params={"room": key})


def room_link(room: Room, label: str) -> None:
    """Draw a way to *room*, if this session has a key of it; the candidate's where it has several."""
    keys = keys_of(room)
    for side in ("candidate", "voter", "interviewer"):
        if side in keys:
            st.page_link(
                session.kept("pages")["room"], label=label, icon=":material/meeting_room:",
                query_params={"room": keys[side]},
            )  # fmt: skip
            return
