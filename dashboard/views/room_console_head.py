"""The head of an interviewer's console: the round, its links, and the clock of the phases with all that moves it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboard import rooms
from dashboard.plain import plain
from dashboard.rooms import Entry
from dashboard.views.room_console_part import act, tell
from dashboard.views.room_strip import SETTLES, TITLES, time_of, told
from dashboard.views.rounds_known import address_of
from dashboard.words import GAP
from simulator.rounds.script import PHASES, Minutes
from simulator.rounds.standing import Clock
from simulator.store.deeds import Side

__all__ = ["clock_line", "ends_in", "show"]

_EXTRA = (1.0, 1.25, 1.5)
_LINKS: dict[Side, str] = {"candidate": "Link for the candidate", "voter": "Link for those who vote"}


def show(entry: Entry) -> None:
    """Draw the head as the room stands; this is drawn once a second."""
    tell()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        _title(entry)
        _clock(entry)
    with st.container(horizontal=True, vertical_alignment="center", key="console/clock"):
        _buttons(entry)


def _title(entry: Entry) -> None:
    script, room = entry.fitted.script, entry.room
    with st.container(gap=None, width="content"):
        st.subheader(plain(script.title), anchor=False)
        named = f"{room.name} · " if room.name else ""
        st.caption(
            plain(f"{named}{entry.fitted.case.title} · level {entry.fitted.case.scenario.level} · seed {room.seed}")
        )


# --- the clock -------------------------------------------------------------------------------------------------


def _clock(entry: Entry) -> None:
    clock, minutes = entry.standing.clock, entry.fitted.script.minutes
    with st.container(gap=None, width="content", key="console/time"):
        left = told(clock) if clock.phase in PHASES else "the clock stands"
        late = ":red[:material/alarm:] " if clock.phase in PHASES and clock.left < 0 else ""
        st.markdown(f"{late}**{plain(TITLES[clock.phase])}** · {left}")
        st.caption(plain(clock_line(clock, minutes, _at_the_end(clock, minutes))))


def clock_line(clock: Clock, minutes: Minutes, end: str = "") -> str:
    """Say where the round stands: which phases there are, what is left of all of it, and when it *end*s."""
    if clock.phase == "over":
        return "The round is over; what is below stays."
    total = sum(getattr(minutes, phase) for phase in PHASES) * clock.factor
    if clock.phase == "lobby":
        return f"{total:g} minutes in {len(_there(minutes))} phases, from when you start"
    left = time_of(ends_in(clock, minutes))
    return f"{left} left in all" + (f", until about {end}" if end else "")


def ends_in(clock: Clock, minutes: Minutes) -> float:
    """Return how long the round still takes [s], if each phase is given its time."""
    later = sum(float(getattr(minutes, phase)) for phase in _ahead(clock.phase))
    return max(0.0, clock.left) + 60.0 * clock.factor * later


def _ahead(phase: str) -> Sequence[str]:
    """Return the phases that come after *phase*."""
    names: list[str] = list(PHASES)
    return names[names.index(phase) + 1 :] if phase in names else names


def _at_the_end(clock: Clock, minutes: Minutes) -> str:
    """Return when the round ends if it goes on now, by the clock on the reader's wall; empty = it cannot be said."""
    if clock.phase not in PHASES or clock.held:
        return ""
    try:
        zone = ZoneInfo(str(st.context.timezone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    return datetime.fromtimestamp(time.time() + ends_in(clock, minutes), zone).strftime("%H:%M")


# --- what moves it ---------------------------------------------------------------------------------------------


def _there(minutes: Minutes) -> Sequence[str]:
    return [phase for phase in PHASES if getattr(minutes, phase) > 0]


def _buttons(entry: Entry) -> None:
    clock = entry.standing.clock
    if clock.phase != "over":
        _next(entry, rooms.following(entry))
    if clock.phase in PHASES:
        _hold(entry)
        for minutes in (1, 5):
            _extend(entry, minutes)
    _extra(entry)
    if clock.phase in PHASES:
        _end(entry)
    _links(entry)
    _notes(entry)


def _next(entry: Entry, phase: str) -> None:
    clock = entry.standing.clock
    start = clock.phase == "lobby"
    icon = ":material/play_arrow:" if start else ":material/skip_next:"
    st.button(
        _next_told(phase, start=start), key=f"console/phase/{phase}", type="primary", icon=icon, on_click=act,
        args=(entry, "phase", phase), disabled=not (start or clock.held or clock.gone >= SETTLES),
    )  # fmt: skip


def _next_told(phase: str, *, start: bool) -> str:
    if phase == "over":
        return "End the round"
    return f"{'Start' if start else 'Next'}: {TITLES[phase].lower()}"


def _hold(entry: Entry) -> None:
    held = entry.standing.clock.held
    label, icon = ("Go on", ":material/play_arrow:") if held else ("Pause", ":material/pause:")
    st.button(
        label, key=f"console/hold/{held}", icon=icon, on_click=act, args=(entry, "hold", "", {"held": not held}),
        help="the clock of the phases, and with it the deck of the candidate",
    )  # fmt: skip


def _extend(entry: Entry, minutes: int) -> None:
    phase = entry.standing.clock.phase
    st.button(
        f"+{minutes}{GAP}min", key=f"console/extend/{minutes}", on_click=act,
        args=(entry, "extend", phase, {"minutes": float(minutes)}), help="this phase takes longer",
    )  # fmt: skip


def _extra(entry: Entry) -> None:
    factor = entry.standing.clock.factor
    chosen = st.segmented_control(
        "Extra time", _EXTRA, default=factor if factor in _EXTRA else None, required=factor in _EXTRA,
        key=f"console/extra/{entry.standing.was('extra')}", format_func=lambda factor: f"×{factor:g}",
        label_visibility="collapsed", help=_STRETCHED,
    )  # fmt: skip
    if chosen is not None and chosen != factor:
        act(entry, "extra", "", {"factor": float(chosen)})


_STRETCHED = (
    "Extra time for this phase and all that are still to come. It stretches the clock of the round alone: the world, "
    "and what happens in it, stays the same."
)


def _end(entry: Entry) -> None:
    if rooms.following(entry) == "over":
        return  # it is the next thing to do anyway
    with st.popover("End", icon=":material/stop:", key="console/end"):
        st.text("End the round now? The phases that are left are passed over; nothing is lost.")
        st.button("End the round", key="console/end/yes", type="primary", on_click=act, args=(entry, "phase", "over"))


# --- the links -------------------------------------------------------------------------------------------------


def _links(entry: Entry) -> None:
    group = entry.fitted.script.kind == "group"
    with st.popover("Links", icon=":material/link:", key="console/links"):
        for side, whose in _LINKS.items():
            if side == "candidate" or group:
                st.caption(whose)
                st.code(address_of(entry.room.keys[side]), language=None, wrap_lines=True)
        st.caption("Whoever has a link has that side of the room. Yours is in the address of this page.")


def _notes(entry: Entry) -> None:
    """Draw what the script has for the interviewer to keep in mind."""
    if entry.fitted.script.notes:
        with st.popover("Your notes", icon=":material/sticky_note_2:", key="console/notes"):
            st.text(entry.fitted.script.notes)
