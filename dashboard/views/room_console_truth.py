"""The truth of a round, and its schedule: what an interviewer fires, puts off, leaves out, says and writes."""

from __future__ import annotations

import streamlit as st

from dashboard import flights, round_jobs, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.views import room_console_story as story
from dashboard.views.compare_change import moments
from dashboard.views.room_console_part import Desk, act, anew, owner
from dashboard.views.room_console_story import Row
from dashboard.views.waiting import awaited

__all__ = ["SENDERS", "notes", "picture", "profit_line", "steer"]

SENDERS = ("The CFO", "The engineer on call", "Legal")
_PART = 12  # of the flight, by which an event is put off
_LONGEST = 2000  # characters of a note


def picture(desk: Desk) -> None:
    """Draw the time line; this is drawn once a second."""
    asked = story.requirement(desk)
    found = [*story.rows(desk), *([asked] if asked else [])]
    st.markdown("**What happens**  :small[:gray[only you see this]]")
    if found:
        st.html(story.line(desk, found))
    else:
        st.text("Nothing out of the ordinary happens in this flight.")


def steer(desk: Desk) -> None:
    """Draw what can be done about each event, and the requirement."""
    asked = story.requirement(desk)
    if asked is not None:
        _requirement(desk, asked)
    for row in story.rows(desk):
        if row.own and row.state in story.OPEN and not desk.landed:
            _event(desk, row)


# --- one event -------------------------------------------------------------------------------------------------


def _event(desk: Desk, row: Row) -> None:
    ordered = next((order.do for order in desk.entry.standing.orders if order.what == row.name), "")
    with st.container(border=True, gap="xsmall", key=f"console/event/{row.name}"):
        st.markdown(f"**{plain(words.titled(row.name))}** :small[:gray[{plain(row.detail)}]]")
        _about(row)
        with st.container(horizontal=True, gap="small"):
            _button(desk, row, "Fire now", "fire", done=ordered == "fire")
            _delay(desk, row)
            _button(desk, row, "Skip", "skip", done=ordered == "skip")


def _about(row: Row) -> None:
    told = f" The candidate is told: “{row.says}”" if row.says else " Nobody is told."
    note = f"  \n:material/sticky_note_2: {plain(row.note)}" if row.note else ""
    st.caption(plain(f"{sentence(row.about)}{told}") + note)


def _button(desk: Desk, row: Row, label: str, do: str, *, done: bool) -> None:
    st.button(
        label, key=f"console/{do}/{row.name}", icon=_ICONS[do], on_click=act, disabled=done,
        args=(desk.entry, "order", row.name, {"do": do}),
    )  # fmt: skip


_ICONS = {"fire": ":material/bolt:", "skip": ":material/block:"}


def _delay(desk: Desk, row: Row) -> None:
    """Offer to put an event off: by a part of the flight, or to a moment."""
    later, case = _later(desk, row), desk.case
    with st.popover("Delay", icon=":material/schedule:", key=f"console/delay/{row.name}"):
        st.button(
            f"To {words.when(later, case.tick)}", key=f"console/later/{row.name}", on_click=act,
            args=(desk.entry, "order", row.name, {"do": "delay", "until": later}), disabled=later >= case.horizon,
            help="a twelfth of the flight later",
        )  # fmt: skip
        there = moments(case, 0.0)
        at = st.select_slider(
            "or not before", there, there[len(there) // 2], key=f"console/until/{row.name}",
            format_func=lambda at: words.when(at, case.tick),
        )  # fmt: skip
        st.button(
            "Put it off", key=f"console/put off/{row.name}", on_click=act, disabled=at <= desk.now,
            args=(desk.entry, "order", row.name, {"do": "delay", "until": float(at)}),
        )  # fmt: skip


def _later(desk: Desk, row: Row) -> float:
    """Return the moment [s] a twelfth of the flight after the one at which *row* is due, or after now."""
    return max(row.at or 0.0, desk.now) + desk.case.horizon / _PART


# --- the requirement -------------------------------------------------------------------------------------------


def _requirement(desk: Desk, row: Row) -> None:
    with st.container(border=True, gap="xsmall", key="console/requirement"):
        st.markdown(f"**The requirement** :small[:gray[{plain(row.detail)}]]")
        st.text(row.says)
        if row.note:
            st.caption(f":material/sticky_note_2: {plain(row.note)}")
        if row.state in ("due", "by hand"):
            st.button(
                "Say it now", key="console/require", icon=":material/campaign:", on_click=act,
                args=(desk.entry, "require"), disabled=desk.flight is None or desk.landed,
                help="the candidate reads it, and it holds from then on" if desk.flight else "it waits for take-off",
            )  # fmt: skip


# --- notes -----------------------------------------------------------------------------------------------------


def notes(desk: Desk) -> None:
    """Draw a way to write to the candidate, and what was written."""
    sent = desk.entry.standing.notes
    with st.popover("Write to the candidate", icon=":material/mail:", key="console/write"):
        sender = st.selectbox(
            "From", SENDERS, key="console/from", accept_new_options=True, help="or type who writes: anybody you like"
        )
        text = st.text_area(
            "Text", key=f"console/text/{len(sent)}", max_chars=_LONGEST, height=110,
            placeholder="The budget for replicas is halved …",
        )  # fmt: skip
        if st.button("Send", key=f"console/send/{len(sent)}", type="primary") and text.strip():
            act(desk.entry, "note", "", {"text": text.strip(), "from": str(sender)})
            anew()
    for note in reversed(sent):
        st.text(f"{words.when(note.moment, desk.case.tick)} · {note.sender}: {note.text}")


# --- the money -------------------------------------------------------------------------------------------------


def profit_line(desk: Desk) -> None:
    """Say what the flight has earned by now; and, when asked, what weak and expert had by then in the same world."""
    if desk.flight is None or desk.recording is None:
        return
    so_far = words.money(desk.recording.profit.last(desk.now))
    st.markdown(f"**Profit so far {plain(so_far)}**")
    if st.checkbox("hold it against weak and expert", key="console/pars", help="flies two more flights in this world"):
        st.text(" · ".join(filter(None, (_par(desk, name) for name in ("weak", "expert")))))


def _par(desk: Desk, name: str) -> str:
    """Say what the reference answer *name* had earned by now in this very world; empty while it is being flown."""
    assert desk.flight is not None
    order = flights.order_of(desk.flight).by(name)
    asked = tower().studied(f"{owner(desk.entry)}/{name}", round_jobs.earned, order)
    found = awaited(asked, f"Flying {name} in this world", f"console/{name}/{desk.flight.version}", at_once=0.3)
    return f"{name} {words.money(found.last(desk.now))}" if found is not None else ""
