"""The strip on top of a room: the round, its phase and clock, what comes next; below it what was said to all who sit
there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import rooms, session, words
from dashboard.plain import plain, sentence
from dashboard.rooms import Entry
from dashboard.views.brief import in_prose
from dashboard.views.waiting import FirstDraw
from simulator.case import Case
from simulator.design import Dial
from simulator.errors import BadInput
from simulator.rounds.script import PHASES, Limit, Requirement
from simulator.rounds.standing import Clock, Note
from simulator.targets import Target
from simulator.units import seconds

__all__ = ["SETTLES", "TITLES", "Message", "asked_otherwise", "messages", "strip", "time_of", "told"]

TITLES = {
    "lobby": "Lobby", "brief": "Brief and questions", "design": "First design", "play": "Flight", "probes": "Probes",
    "debrief": "Debrief", "over": "Over",
}  # fmt: skip
SETTLES = 2.0
"""[s] in which a phase that has just begun cannot be ended by the second half of a double click"""
_POLL = 1.0  # s
_QUIET = ("mark", "private", "order", "require", "ballot", "extend", "extra")  # the rest of the page shows none of them
_ABOUT = "requirement"


def strip(entry: Entry, screen: Callable[[], Mapping[str, Any]], changed: Callable[[Entry], bool]) -> None:
    """Draw the strip, and go on drawing it; the page is drawn anew when somebody has done something that it shows, or
    when it has *changed* besides. *screen* tells what stands on it, for those on the other side."""
    st.fragment(_living, run_every=_POLL, key="room/strip")(entry, screen, changed, FirstDraw())


def _living(
    drawn: Entry, screen: Callable[[], Mapping[str, Any]], changed: Callable[[Entry], bool], first: FirstDraw
) -> None:  # fmt: skip
    alone = first.is_over()
    try:
        entry = rooms.stands(drawn)
        rooms.seen(entry, screen())
        anew = _shown(entry) != _shown(drawn) or changed(entry)
    except BadInput:  # the room was deleted: the page says so
        entry, anew = drawn, True
    if alone and anew:
        st.rerun()
    _draw(entry)


def _shown(entry: Entry) -> tuple[int, bool, bool]:
    """Return what the rest of the page goes by: the last deed that it shows, and how the clock stands."""
    clock = entry.standing.clock
    last = next((deed.turn for deed in reversed(entry.room.deeds) if deed.kind not in _QUIET), -1)
    return last, clock.gone >= SETTLES, clock.left < 0


# --- the clock -------------------------------------------------------------------------------------------------


def _draw(entry: Entry) -> None:
    clock = entry.standing.clock
    with st.container(border=True, gap="xsmall", key="room/head"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap=None, width="content"):
                st.subheader(plain(entry.fitted.script.title), anchor=False)
                st.caption(plain(_where(entry)))
            if clock.phase in PHASES:
                st.markdown(told(clock), width="content")
        if clock.phase in PHASES:
            st.progress(min(1.0, clock.gone / max(60.0 * clock.minutes, 1.0)))


def told(clock: Clock) -> str:
    """Say in Markdown how much time is left in a phase, or by how much it is over; and whether the clock stands."""
    time = f"over by {time_of(-clock.left)}" if clock.left < 0 else f"{time_of(clock.left)} left"
    held = " :orange-badge[:material/pause: paused]" if clock.held else ""
    extra = f" :gray-badge[extra time ×{clock.factor:g}]" if clock.factor != 1 else ""
    return f"**{time}** of {clock.minutes:g}{words.GAP}min{held}{extra}"


def time_of(left: float) -> str:
    """Write a span of wall time [s]: `12:30`."""
    whole = int(max(left, 0.0))
    return f"{whole // 60}:{whole % 60:02d}"


def _where(entry: Entry) -> str:
    """Say which phase it is, and which one comes next."""
    clock, then = entry.standing.clock, rooms.following(entry)
    if clock.phase == "over":
        return "The round is over"
    takes = getattr(entry.fitted.script.minutes, then, 0.0) * clock.factor
    ahead = f"then {TITLES[then].lower()}, {takes:g}{words.GAP}min" if takes else "the last phase"
    return f"{TITLES.get(clock.phase, clock.phase)} · {ahead}"


# --- what was said ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Message:
    """Something that was said to the candidate."""

    turn: int
    """when, among the deeds of the room"""
    title: str
    text: str
    scripted: bool = False
    """whether it is the requirement: it asks for something else than before"""
    points: tuple[str, ...] = ()
    """what follows from it"""


def messages(entry: Entry, case: Case) -> None:
    """Draw the notes and the requirement as cards that stay, the newest first and open; a new one is announced."""
    found = sorted((*_notes(entry, case), *_requirement(entry, case)), key=lambda one: one.turn, reverse=True)
    _announce(entry, found)
    in_flight = entry.standing.clock.phase in ("lobby", "brief", "design", "play")
    with st.container(gap="xsmall", key="room/messages"):
        for place, message in enumerate(found):
            _card(message, open=in_flight and (place == 0 or message.scripted))


def _announce(entry: Entry, found: list[Message]) -> None:
    """Announce what came since this session was here first; who comes back is not told of what was said long ago."""
    key = f"room/heard/{entry.room.id}"
    heard = session.kept(key)
    session.keep(key, max((message.turn for message in found), default=-1))
    for message in found:
        if heard is not None and message.turn > heard:
            st.toast(plain(message.title), icon=":material/mail:", duration="long")


def _card(message: Message, open: bool) -> None:
    icon = ":material/campaign:" if message.scripted else ":material/mail:"
    with st.expander(plain(message.title), expanded=open, icon=icon, key=f"room/message/{message.turn}/{open}"):
        if message.scripted:
            st.markdown(f"**{in_prose(message.text)}**")
        else:
            st.text(message.text)
        if message.points:
            st.markdown("\n".join(f"- {plain(point)}" for point in message.points))


def _notes(entry: Entry, case: Case) -> list[Message]:
    return [Message(note.turn, _from(note.sender, _at(note, case)), note.text) for note in entry.standing.notes]


def _from(sender: str, at: str) -> str:
    return (sentence(sender).rstrip(".") if sender else "A note from your interviewer") + at


def _at(note: Note, case: Case) -> str:
    return f" · {words.when(note.moment, case.tick)}" if note.moment > 0 else ""


def _requirement(entry: Entry, case: Case) -> list[Message]:
    """Return the requirement, once it has been said."""
    asked, done = entry.fitted.script.requirement, entry.standing.done.get(_ABOUT)
    if asked is None or done is None:
        return []
    title = f"Something else is asked of you · {words.when(done[1], case.tick)}"
    points = asked_otherwise(entry, asked, done[1])
    return [Message(entry.standing.was("done", _ABOUT), title, asked.says, True, points)]


def asked_otherwise(entry: Entry, asked: Requirement, at: float) -> tuple[str, ...]:
    """Say in words what is asked otherwise from *at* [s] on: targets, and where dials may stand."""
    case, by = entry.fitted.case, seconds(asked.grace)
    when = f"by {words.when(at + by, case.tick)} at the latest" if by else "from now on"
    wanted = [target for target in case.targets if target.kpi in asked.targets]
    dials = {name: case.design.dial(name) for name in asked.limits}
    return (
        *(_target(case, target, asked.targets[target.kpi]) for target in wanted),
        *(f"{dial.label}: {_limit(dial, asked.limits[name])}, {when}" for name, dial in dials.items()),
    )


def _target(case: Case, target: Target, limit: float) -> str:
    unit, sense = case.kpis[target.kpi].unit, "at least" if target.at_least else "at most"
    was = words.quantity(target.limit, unit)
    return f"{words.titled(target.kpi)}: {sense} {words.quantity(limit, unit)} over the whole flight (it was {was})"


def _limit(dial: Dial, limit: Limit) -> str:
    if limit.only:
        return f"only {' or '.join(option.replace('_', ' ') for option in limit.only)}"
    ends = {"at least": limit.least, "at most": limit.most}
    return " and ".join(f"{end} {words.quantity(value, dial.unit)}" for end, value in ends.items() if value is not None)
