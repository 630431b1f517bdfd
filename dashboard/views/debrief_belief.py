"""Predict, then reveal: what somebody believes has happened, said once, before anything of the truth is drawn."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import words
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views.compare_change import moments
from simulator.case import Case
from simulator.debrief.results import Truth
from simulator.record import BELIEF, NOTHING, Answer, Record
from simulator.store import Flight

__all__ = ["ask", "given", "held_against", "told"]

_NOTHING = "Nothing out of the ordinary happened"
_READABLE = 800  # px of a form


def given(record: Record) -> bool:
    """Tell whether the belief was said, or passed over; until then nothing of the truth may be drawn."""
    return record.answer(BELIEF) is not None


def ask(flight: Flight, case: Case, causes: Mapping[str, str]) -> None:
    """Ask what happened, and when; *causes* are more than did happen."""
    with st.container(border=True, key="belief", width=_READABLE):
        st.subheader("What do you think happened, and when?", anchor=False)
        st.caption(
            "Say it before you see it: who does not predict learns little from the answer. "
            "Not all of these did happen. What you say stands."
        )
        options = [*causes, NOTHING]
        cause = st.radio(
            "What mattered most", options, index=None, key=f"belief/cause/{flight.id}",
            format_func=lambda kind: plain(_capital(causes.get(kind, _NOTHING))),
        )  # fmt: skip
        at = _when(flight, case) if cause not in (None, NOTHING) else None
        with st.container(horizontal=True):
            if st.button("Commit, then show me", type="primary", key=f"belief/commit/{flight.id}", disabled=not cause):
                _keep(flight, Answer(BELIEF, str(cause), at))
            if st.button(
                "Skip", key=f"belief/skip/{flight.id}", help="then there is nothing to hold the truth against"
            ):
                _keep(flight, Answer(BELIEF))


def _when(flight: Flight, case: Case) -> float:
    there = moments(case, 0.0)
    chosen = st.select_slider(
        "When it began", there, there[len(there) // 2], key=f"belief/at/{flight.id}",
        format_func=lambda at: words.day_of(at, case.tick),
    )  # fmt: skip
    return float(chosen)


def _keep(flight: Flight, answer: Answer) -> None:
    tower().store.answer(flight.id, answer)
    st.rerun()


def held_against(case: Case, truth: Truth, belief: Answer | None) -> None:
    """Say what was believed, and how near it came."""
    with st.container(border=True, key="believed"):
        st.markdown(f":material/psychology: {plain(told(case, truth, belief))}")


def told(case: Case, truth: Truth, belief: Answer | None) -> str:
    """Hold the *belief* against what happened, in words."""
    happened = [event for event in truth.events if event.kind == "incident"]
    silent = sum(not event.seen for event in happened)
    count = f"{len(happened)} incident{'s' * (len(happened) != 1)}"
    was = f"In truth there {'was' if len(happened) == 1 else 'were'} {count}, {silent} of them untold."
    if belief is not None and belief.choice == NOTHING:
        return f"You believed that nothing out of the ordinary happened. {was}"
    if not truth.believed:
        return f"You passed over what you believe. {was}"
    return f"{_believed(case, truth)} {_came(case, truth)} {was}"


def _believed(case: Case, truth: Truth) -> str:
    when = f", from {words.day_of(truth.believed_at, case.tick)} on" if truth.believed_at is not None else ""
    return f"You believed: “{truth.causes.get(truth.believed, words.named(truth.believed))}”{when}."


def _came(case: Case, truth: Truth) -> str:
    if not truth.nearest:
        return "There was none of that kind."
    event = next((event for event in truth.events if event.kind == "incident" and event.name == truth.nearest), None)
    began = f" ({words.day_of(event.at, case.tick)})" if event else ""
    off = f": you were {words.duration(truth.off_by)} off" if truth.off_by is not None else ""
    return f"The nearest of that kind is {words.named(truth.nearest)}{began}{off}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
