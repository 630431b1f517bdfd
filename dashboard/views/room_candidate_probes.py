"""The probes of a round as a candidate gets them: question and evidence, answered once; what is right comes later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard import round_jobs, session, words
from dashboard.flights import order_of, tower
from dashboard.plain import plain, sentence
from dashboard.rooms import Entry
from dashboard.views import probes
from dashboard.views.room_candidate_part import attempted, press
from dashboard.views.room_candidate_play import moment
from dashboard.views.waiting import awaited
from simulator.case import Case
from simulator.probes import Check, Posed
from simulator.record import Answer, Record
from simulator.rounds.fitted import Card
from simulator.rubric import DIMENSIONS
from simulator.store import Flight

__all__ = ["asked_now", "handed_in", "left_over", "section", "worth_asking"]

_READABLE = 800  # px
_LONGEST = 4_000  # characters: a deed holds 10,000 bytes
_NO_REPLY = "There is nothing in it yet: choose, give a figure, or say it in words."


def asked_now(entry: Entry, case: Case, flight: Flight | None) -> None:
    """Draw what the interviewer has asked while the flight is in the air: evidence and check come after that."""
    cards = {card.probe.name: card for card in entry.fitted.cards}
    asked = [cards[name] for name in reversed(entry.standing.asked) if name in cards]
    done = [card for card in asked if card.probe.name in entry.standing.replies]
    for card in asked:
        if card not in done:
            _card(entry, flight, case, card, None, "Your interviewer asks")
    if done:
        with st.expander(f"Answered: {len(done)}", icon=":material/check:", key="room/answered"):
            for card in done:
                _card(entry, flight, case, card, None, "Your interviewer asked")


def section(entry: Entry, case: Case, flight: Flight) -> None:
    """Draw the probes of a flight that is down: those that were put by hand first, then those worth asking of it."""
    posed = _posed(entry, flight)
    if posed is None:
        return
    wanted = worth_asking(entry, posed)
    _progress(entry, posed, wanted)
    cards = {card.probe.name: card for card in entry.fitted.cards}
    for number, name in enumerate(wanted, 1):
        place = "Your interviewer asks" if name in entry.standing.asked else f"{number} of {len(wanted)}"
        _card(entry, flight, case, cards[name], posed[name], place)


def _posed(entry: Entry, flight: Flight) -> Mapping[str, Posed] | None:
    """Return the probes as they are posed of this flight; None while that is worked out."""
    record = tower().store.record(flight.id)
    bare = Record(record.looks, record.forecasts)  # what is answered meanwhile changes no question
    asked = tower().brought(
        f"{session.name()}/room", round_jobs.posed, order_of(flight), entry.room.script, entry.room.alone, bare
    )
    found: Sequence[Posed] | None = awaited(asked, "Looking for what your flight can be asked", f"posed/{flight.id}")
    return None if found is None else {one.name: one for one in found}


def worth_asking(entry: Entry, posed: Mapping[str, Posed]) -> list[str]:
    """Return which probes are put to the candidate: by hand, the last first; then those whose conditions held."""
    by_hand = [name for name in reversed(entry.standing.asked) if name in posed]
    return [*by_hand, *(name for name, one in posed.items() if one.worth_asking and name not in by_hand)]


def left_over(entry: Entry, flight: Flight) -> int | None:
    """Return how many probes wait for an answer; None while that is worked out."""
    posed = _posed(entry, flight)
    return None if posed is None else sum(not _done(entry, posed[name]) for name in worth_asking(entry, posed))


def _done(entry: Entry, posed: Posed) -> bool:
    """Tell whether a probe is answered, with its check: what was replied in the air lacks it."""
    reply = entry.standing.replies.get(posed.name)
    return reply is not None and not (reply.get("half") and posed.check is not None)


def _progress(entry: Entry, posed: Mapping[str, Posed], wanted: Sequence[str]) -> None:
    if not wanted:
        st.info("This flight gives no cause for questions.", icon=":material/check:")
        return
    done = sum(_done(entry, posed[name]) for name in wanted)
    st.progress(done / len(wanted), text=f"{done} of {len(wanted)} answered")


# --- one question ----------------------------------------------------------------------------------------------


def _card(entry: Entry, flight: Flight | None, case: Case, card: Card, posed: Posed | None, place: str) -> None:
    """Draw a question; without what it is *posed* with, in words alone."""
    name, reply = card.probe.name, entry.standing.replies.get(card.probe.name)
    with st.container(border=True, key=f"room/probe/{name}", width=_READABLE):
        st.caption(plain(f"{place} · {DIMENSIONS[card.probe.dimension]}"))
        st.markdown(f"**{plain(card.probe.question)}**")
        if posed is not None and posed.exhibit.text:
            probes.exhibit(case, posed)
        if name in entry.standing.rescued and card.rescue:
            st.info(plain(sentence(card.rescue)), icon=":material/lightbulb:")
        check = posed.check if posed else None
        if reply is not None:
            _committed(reply, check)
        if reply is None or (posed is not None and not _done(entry, posed)):
            _form(entry, flight, name, check, reply)


def _form(
    entry: Entry, flight: Flight | None, name: str, check: Check | None, before: Mapping[str, Any] | None
) -> None:  # fmt: skip
    """Ask for an answer; to one that was given in words *before* the landing, its check is added."""
    key, at = f"room/{entry.room.id}/{name}", moment(entry, flight)
    half = {"half": True} if flight is None or flight.status != "landed" else {}
    with st.form(f"form/{key}/{check is not None}", border=False):
        if check is not None:
            probes.checkable(check, key)
        if before is None:
            st.text_area(
                "In your own words", key=f"words/{key}", max_chars=_LONGEST, height=110,
                placeholder="kept as you write it",
            )  # fmt: skip
        said = {"words": str(before["words"]), **half} if before else half
        st.form_submit_button(
            "Commit", type="primary", key=f"commit/{key}", help="once: what you commit stands", on_click=_commit,
            args=(entry, name, key, check, said, at),
        )  # fmt: skip
    if session.kept(f"empty/{key}"):
        session.keep(f"empty/{key}", False)
        st.warning(_NO_REPLY, icon=":material/edit:")


def _commit(entry: Entry, name: str, key: str, check: Check | None, said: Mapping[str, Any], at: float) -> None:
    """Keep an answer; this is called when the button is pressed, and reads the form first."""
    choice, number = session.widget(f"choice/{key}"), session.widget(f"number/{key}")
    told = said.get("words") or str(session.widget(f"words/{key}") or "")
    times = 100.0 if check is not None and probes.is_share(check) else 1.0
    checked = {"choice": str(choice or ""), "number": None if number is None else float(number) / times}
    if choice or number is not None or (told.strip() and "words" not in said):
        press(entry, "reply", name, {**said, "words": told, **checked}, at)
    else:
        session.keep(f"empty/{key}", True)


def _committed(reply: Mapping[str, Any], check: Check | None) -> None:
    st.caption(":material/check: You said")
    number = reply.get("number")
    if reply.get("choice"):
        st.text(str(reply["choice"]))
    if number is not None:
        st.text(words.quantity(float(number), check.unit if check else ""))
    if reply.get("words"):
        st.text(str(reply["words"]))


def handed_in(entry: Entry, flight: Flight) -> None:
    """Put what was replied beside the flight, once that is down: the debrief goes by it.

    What was replied in the air may still get its check, up to the release.
    """
    if flight.status != "landed":
        return
    there = {answer.probe for answer in tower().store.answers(flight.id)}
    for name, reply in entry.standing.replies.items():
        if name not in there and (entry.standing.released or not reply.get("half")):
            attempted(partial(tower().store.answer, flight.id, _answer(name, reply)))


def _answer(name: str, reply: Mapping[str, Any]) -> Answer:
    return Answer(name, str(reply.get("choice", "")), reply.get("number"), str(reply.get("words", "")))
