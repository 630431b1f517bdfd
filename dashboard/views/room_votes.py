"""The page of those who watch a group drill: what the flyer sees, in short, and their vote on the next decision."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import charts, rooms, session, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.recording import Recording
from dashboard.rooms import Entry
from dashboard.views import cockpit
from dashboard.views.brief import in_prose
from dashboard.views.colours import palette
from dashboard.views.room_console_part import Desk, act, anew, current, desk, drawn_anew, flown, style, tell, units
from dashboard.views.room_console_screen import decisions, on_screen, seen_ago
from dashboard.views.room_strip import TITLES, messages, told
from dashboard.views.room_votes_ballot import (
    Choice,
    choices,
    decided,
    is_over,
    steps_since,
    tally,
    told_in_short,
)
from dashboard.views.room_votes_ballot import told as choice_told
from dashboard.views.waiting import FirstDraw
from simulator.case import Case
from simulator.plan import Plan
from simulator.rounds.script import PHASES
from simulator.rounds.standing import Ballot
from simulator.store import Flight
from simulator.targets import Target

__all__ = ["reveal", "view"]

_POLL = 1.0  # s
_MOST = 6  # gauges
_LONGEST = 300  # characters of a reason


def view(entry: Entry) -> None:
    """Draw the page of somebody who votes."""
    style()
    flight = rooms.flight_in(entry)
    with st.container():  # what waits has a place of its own, so that nothing below is mounted anew
        if flight is not None:
            flown(entry, flight)
    drawn = desk(entry, flight, {})
    st.fragment(_watched, run_every=_POLL, key="votes/watched")(drawn, FirstDraw())
    vote, rest = st.columns([2, 3], gap="medium")  # on a phone the vote comes first
    with vote:
        _ballot(drawn)
        reveal(entry)
    with rest:
        messages(entry, drawn.case)
        decisions(drawn, private=False)
        _situation(drawn.case)
    drawn_anew()


# --- what the flyer sees ---------------------------------------------------------------------------------------


def _watched(drawn: Desk, first: FirstDraw) -> None:
    """Draw what moves; this is drawn once a second, and the page with it when something else has changed."""
    alone, (entry, flight) = first.is_over(), current(drawn.entry)
    if alone and _mark(entry, flight) != _mark(drawn.entry, drawn.flight):
        st.rerun()
    now = desk(entry, flight, {})
    tell()
    _head(now)
    if now.recording is not None:
        _figures(now, now.recording)


_SHOWN = ("vote", "ballot", "note", "done", "phase", "flight", "release")


def _mark(entry: Entry, flight: Flight | None) -> tuple[int, int, str]:
    """Return what the rest of the page goes by."""
    last = max((deed.turn for deed in entry.room.deeds if deed.kind in _SHOWN), default=-1)
    return (last, flight.version, flight.status) if flight is not None else (last, -1, "")


def _head(now: Desk) -> None:
    clock, script = now.entry.standing.clock, now.entry.fitted.script
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap=None, width="content"):
            st.subheader(plain(script.title), anchor=False)
            st.caption(plain(f"{now.case.title} · you watch, and vote on the next decision"))
        left = f" · {told(clock)}" if clock.phase in PHASES else ""
        st.markdown(f"**{TITLES[clock.phase]}**{left}", width="content")
    at = f" · the flight is at {words.when(now.now, now.case.tick)}" if now.flight else " · not taken off yet"
    st.caption(plain(f"The flyer is {seen_ago(on_screen(now))}{at}"))


def _figures(now: Desk, recording: Recording) -> None:
    """Draw the business up to the moment of the flyer: nothing that comes later is sent."""
    unit, case = units(now.case), now.case
    names = [name for name in (case.watched or unit) if name in recording.gauges and name != "profit"][:_MOST]
    found = {"profit": recording.profit.last(now.now)} | {n: recording.gauges[n].last(now.now) for n in names}
    items = "".join(
        f"<div><dt>{escape(words.titled(name))}</dt><dd>{escape(words.quantity(value, unit.get(name, '')))}</dd></div>"
        for name, value in found.items()
    )
    st.html(f'<dl class="figures">{items}</dl>')
    so_far = recording.profit.until(now.now)
    accounts = {name: list(series.until(now.now).value) for name, series in recording.money.items()}
    option = charts.profit(
        so_far.at, so_far.value, accounts, cockpit.marks(recording.told(now.now)), horizon=recording.until,
        tick=case.tick, palette=palette(),
    )  # fmt: skip
    st.echarts_chart(option, key="votes/profit", height=260)


def _situation(case: Case) -> None:
    with st.expander("The situation, and what is asked", key="votes/situation", icon=":material/description:"):
        st.markdown(in_prose(case.brief))
        for target in case.targets:
            st.text(f"• {_target(case, target)}")


def _target(case: Case, target: Target) -> str:
    unit = case.kpis[target.kpi].unit
    limit = f"{'at least' if target.at_least else 'at most'} {words.quantity(target.limit, unit)}"
    return f"{words.titled(target.kpi)} {limit}{' (guardrail)' if target.guardrail else ''}"


# --- the vote --------------------------------------------------------------------------------------------------


def _ballot(drawn: Desk) -> None:
    """Draw the ballot that is open, or say that none is."""
    entry, plan = drawn.entry, _plan(drawn)
    ballot = next((one for one in entry.standing.ballots if not is_over(entry, one, plan)), None)
    name = session.voter(entry.room.id)
    st.markdown("**What next?**")
    if ballot is None:
        st.text("No vote is open. It opens here when the facilitator asks for it.")
        return
    said = ballot.votes.get(name)
    if said is not None:
        st.success(plain(sentence(f"you voted: {choice_told(drawn.case, said[0])}")), icon=":material/how_to_vote:")
        st.caption("You may change it until the vote is closed; how the others voted is shown then.")
    _form(drawn, ballot, name)


def _form(drawn: Desk, ballot: Ballot, name: str) -> None:
    offered = choices(drawn.case)
    key = f"votes/{ballot.number}"
    chosen = st.radio("The next decision", offered, index=None, key=f"{key}/what", format_func=_label)
    way = _way(chosen, key) if chosen is not None else ""
    why = st.text_input("Why, in a line", key=f"{key}/why", max_chars=_LONGEST)
    ready = chosen is not None and (not chosen.ways or bool(way))
    pressed = st.button("Vote", key=f"{key}/vote", type="primary", icon=":material/how_to_vote:", disabled=not ready)
    if pressed and chosen is not None:
        act(drawn.entry, "ballot", f"{ballot.number}/{name}", {"choice": _code(chosen, way), "why": why.strip()})
        anew()


def _label(choice: Choice) -> str:
    return plain(choice.label)


def _way(choice: Choice, key: str) -> str:
    if not choice.ways:
        return ""
    chosen = st.segmented_control(
        "Which way", list(choice.ways), key=f"{key}/way/{choice.what}", format_func=choice.ways.__getitem__
    )
    return str(chosen or "")


def _code(choice: Choice, way: str) -> str:
    return f"{choice.what} to {way}" if way else choice.what


# --- the reveal ------------------------------------------------------------------------------------------------


def _plan(drawn: Desk) -> Plan | None:
    return tower().plan(drawn.flight) if drawn.flight is not None else None


def reveal(entry: Entry) -> None:
    """Draw the votes that are closed beside what the flyer did, the last one first and open."""
    flight = rooms.flight_in(entry)
    case, plan = rooms.case_in(entry, flight), tower().plan(flight) if flight is not None else None
    closed = [ballot for ballot in entry.standing.ballots if is_over(entry, ballot, plan)]
    for place, ballot in enumerate(reversed(closed)):
        done = decided(plan, steps_since(entry, ballot, plan)) if plan is not None else []
        with st.expander(f"Vote {ballot.number}", expanded=place == 0, key=f"votes/reveal/{ballot.number}"):
            st.markdown(plain(told_in_short(case, ballot, done)))
            st.html(tally(case, ballot, done))
