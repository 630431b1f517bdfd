"""The rooms that there are: to go on with, to find their links again, to delete with all that was kept of them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import streamlit as st

from dashboard import rooms, session, words
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views import rounds_known, rounds_links
from dashboard.views.rounds_offer import KINDS
from simulator.errors import BadInput
from simulator.rounds.standing import Standing
from simulator.store.deeds import Room, Side

__all__ = ["section", "told"]

_FIRST, _MORE = 4, 20  # rooms shown at once
_MOST = 200
_WAYS: Mapping[Side, str] = {"interviewer": "Open the console", "candidate": "Go on", "voter": "Go on"}


def section() -> None:
    """Draw the rooms of this machine, or of this session where others come to it, too."""
    all_of_them = rounds_known.lists_all()
    found = tower().store.rooms.rooms(limit=_MOST) if all_of_them else rounds_known.own_rooms()
    if not found:
        return
    st.subheader("Rooms of this machine" if all_of_them else "Your rooms", anchor=False)
    shown = int(session.kept("rounds/shown", _FIRST))
    for room in found[:shown]:
        with st.container(border=True, key=f"rounds/row/{room.id}"):
            _row(room)
    if len(found) > shown:
        st.button(
            f"Show {min(_MORE, len(found) - shown)} more of {len(found)}", key="rounds/more", on_click=session.keep,
            args=("rounds/shown", shown + _MORE),
        )  # fmt: skip


# --- a row -----------------------------------------------------------------------------------------------------


def _row(room: Room) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        _about(room)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        _ways(room)


def _about(room: Room) -> None:
    try:
        script = rooms.fitted_in(room).script
    except BadInput as error:  # a case that has changed since
        st.markdown(f"**{plain(room.name or 'A round')}**")
        st.caption(f":material/warning: {plain(str(error))}")
        return
    name = room.name if "interviewer" in _sides(room) else ""  # what an interviewer calls a room is for that side
    st.markdown(f"**{plain(script.title)}**" + (f" · {plain(name)}" if name else ""))
    kind = "alone" if room.alone else KINDS[script.kind]
    st.caption(plain(" · ".join((kind, told(rounds_known.stands(room)), words.ago(room.created)))))


def told(standing: Standing) -> str:
    """Say in a few words how far a round is."""
    clock = standing.clock
    if standing.released:
        return "released"
    if clock.phase == "lobby":
        return "not begun"
    if clock.phase == "over":
        return "over, not released"
    return f"{clock.phase}, paused" if clock.held else clock.phase


def _sides(room: Room) -> tuple[Side, ...]:
    """Return the sides from which this session may enter *room*, the first of them before all."""
    if rounds_known.lists_all():
        return ("candidate",) if room.alone else ("interviewer", "candidate", "voter")
    known = rounds_known.keys_of(room)
    return tuple(side for side in _WAYS if side in known)


def _ways(room: Room) -> None:
    sides = _sides(room)
    first = sides[0]
    if st.button(_WAYS[first], key=f"rounds/go/{room.id}", icon=":material/meeting_room:"):
        rounds_known.remember(room, first)
        rounds_known.enter(room.keys[first])
    if first == "interviewer":
        with st.popover("Links", key=f"rounds/links/{room.id}", icon=":material/link:"):
            _links(room)
    if first == "interviewer" or room.alone:
        _delete_way(room)


def _links(room: Room) -> None:
    """Show the links when asked: else each drawing of the list would send all keys."""
    if session.kept("rounds/showing") == room.id:
        rounds_links.show(room, room.keys)
    else:
        st.button(
            "Show the links", key=f"rounds/show/{room.id}", on_click=session.keep, args=("rounds/showing", room.id)
        )


def _delete_way(room: Room) -> None:
    with st.popover("", icon=":material/delete:", key=f"rounds/delete/{room.id}", help="Delete"):
        st.text("Delete this room with its flight, marks and notes? There is no way back.")
        st.button("Delete for good", key=f"rounds/delete/yes/{room.id}", type="primary", on_click=_delete, args=(room,))


def _delete(room: Room) -> None:
    with contextlib.suppress(BadInput):  # another tab was quicker
        tower().store.rooms.delete(room.id)
    if session.flight_id() == room.flight:
        session.close_flight()
