"""The probes: questions about this very flight, answered once, then held against its figures and four anchors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import charts, flights, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.views import debrief_belief, guide
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE
from dashboard.views.debrief_part import owner, was_second
from dashboard.views.landed import on_screen, title_of
from dashboard.views.routes import link
from dashboard.views.waiting import part
from simulator.case import Case
from simulator.debrief.results import Debrief
from simulator.probes import Check, Posed
from simulator.record import Answer, Record
from simulator.rubric import DIMENSIONS, LEVELS
from simulator.store import Flight

__all__ = ["checkable", "defence", "exhibit", "is_share", "standing", "view", "worth_asking"]

_READABLE = 800  # px
_LONGEST = 10_000  # characters that are kept


def view() -> None:
    """Draw the questions about the flight on the screen, or say what is in the way."""
    st.title("Probes", anchor=False)
    flight = on_screen("probes")
    if flight is None:
        return
    guide.show("probes")
    case, record = tower().case(flight), tower().store.record(flight.id)
    st.caption(plain(f"{case.title} · level {case.scenario.level} · seed {flight.seed} · {flight.mode}"))
    if not debrief_belief.given(record):
        _first_the_belief()
        return
    order, bare = flights.order_of(flight), Record(record.looks, record.forecasts)
    found: Debrief | None = part(lambda: tower().beginning(owner(), order, bare), _DOING, f"probes/{flight.id}")
    if found is not None:
        _asked(flight, case, found, record)


_DOING = "Looking for what your flight can be asked"


def _first_the_belief() -> None:
    st.info(
        "The questions lean on what really happened. Say first, in the debrief, what you believe did, or skip it.",
        icon=":material/lock:",
    )
    link("debrief", "To the debrief", icon=":material/search:")


def worth_asking(posed: Sequence[Posed]) -> tuple[list[Posed], list[Posed]]:
    """Return the probes that are worth asking of this flight, and the others."""
    return [one for one in posed if one.worth_asking], [one for one in posed if not one.worth_asking]


def _asked(flight: Flight, case: Case, found: Debrief, record: Record) -> None:
    first, rest = worth_asking(found.posed)
    _progress(found, first, record)
    for number, posed in enumerate(first, 1):
        _card(flight, case, posed, record, f"{number} of {len(first)}")
    if rest:
        with st.expander(f"{len(rest)} more that this flight gives little cause for", icon=":material/more_horiz:"):
            for posed in rest:
                _card(flight, case, posed, record, "")
    link("debrief", "Back to the debrief", icon=":material/search:")


# --- how far one is --------------------------------------------------------------------------------------------


def _progress(found: Debrief, first: Sequence[Posed], record: Record) -> None:
    done = sum(record.answer(posed.name) is not None for posed in first)
    right, checkable = defence(first, record)
    of = next((part.of for part in found.score.parts if part.name == "defence"), 0.0)
    st.progress(done / len(first) if first else 0.0, text=standing(done, len(first), right, checkable, of))


def defence(first: Sequence[Posed], record: Record) -> tuple[int, int]:
    """Return how many checkable answers are right, and how many questions there are that can be checked."""
    checks = [(posed.check, record.answer(posed.name)) for posed in first]
    graded = [answer is not None and check.grade(answer) for check, answer in checks if check is not None]
    return sum(graded), len(graded)


def standing(done: int, asked: int, right: int, checkable: int, of: float) -> str:
    """Say how far somebody is, and what it brings to the score."""
    said = f"{done} of {asked} answered"
    if not checkable:
        return said
    return (
        f"{said} · {right} of {checkable} checkable ones right · defence {of * right / checkable:.1f} of {of:g} points"
    )


# --- one question ----------------------------------------------------------------------------------------------


def _card(flight: Flight, case: Case, posed: Posed, record: Record, place: str) -> None:
    answer = record.answer(posed.name)
    with st.container(border=True, key=f"probe/{posed.name}", width=_READABLE):
        st.caption(plain(" · ".join(filter(None, (place, DIMENSIONS[posed.dimension])))))
        st.markdown(f"**{plain(posed.question)}**")
        exhibit(case, posed)
        if answer is None:
            _form(flight, posed)
        else:
            was_second(f"commit/{flight.id}/{posed.name}")
            _committed(flight, posed, answer)


def exhibit(case: Case, posed: Posed) -> None:
    """Draw what a question leans on."""
    st.markdown(plain(sentence(posed.exhibit.text)))
    if posed.exhibit.chart is None:
        return
    frame: dict[str, Any] = {"horizon": case.horizon, "tick": case.tick, "palette": palette()}
    figure = charts.exhibit(posed.exhibit.chart, **frame)
    st.plotly_chart(figure, key=f"exhibit/{posed.name}", config=BARE, theme=None, alt=charts.caption(figure))
    st.caption(plain(charts.caption(figure)))


def _form(flight: Flight, posed: Posed) -> None:
    key, check = f"{flight.id}/{posed.name}", posed.check
    with st.form(f"form/{key}", border=False):
        choice, number = checkable(check, key) if check is not None else ("", None)
        said = st.text_area(
            "In your own words", key=f"words/{key}", max_chars=_LONGEST, height=110,
            placeholder="Kept for you and an interviewer; nobody else judges it.",
        )  # fmt: skip
        if st.form_submit_button("Commit", type="primary", key=f"commit/{key}", help="once: what you commit stands"):
            _commit(flight, Answer(posed.name, choice, number, said or ""))


def checkable(check: Check, key: str) -> tuple[str, float | None]:
    """Ask what can be checked, and return the choice and the number."""
    if check.options:
        chosen = st.radio(plain(check.ask), check.options, index=None, key=f"choice/{key}", format_func=plain)
        return str(chosen or ""), None
    unit, times = ("%", 100.0) if is_share(check) else (check.unit, 1.0)
    label = f"{check.ask} [{unit}]" if unit else check.ask
    given = st.number_input(plain(label), value=None, step=None, format="%g", key=f"number/{key}", width=420)
    return "", None if given is None else float(given) / times


def is_share(check: Check) -> bool:
    """Tell whether the figure that *check* asks for is given in percent, and kept as a part of one."""
    return check.unit == "share" or check.unit.startswith("share of ")


def _commit(flight: Flight, answer: Answer) -> None:
    if not (answer.choice or answer.number is not None or answer.words.strip()):
        st.warning("There is nothing in it yet: choose, give a figure, or say it in words.", icon=":material/edit:")
        return
    tower().store.answer(flight.id, answer)
    st.rerun()


# --- after committing ------------------------------------------------------------------------------------------


def _committed(flight: Flight, posed: Posed, answer: Answer) -> None:
    if posed.check is not None:
        _graded(posed.check, answer)
    if answer.words:
        st.caption("You said")
        st.text(answer.words)
    st.markdown("**What answers sound like**")
    _anchors(posed.anchors, answer.mark)
    if answer.words:
        _mark(flight, posed, answer)
    if posed.follow_up:
        st.markdown(f":material/subdirectory_arrow_right: **Then they ask.** {plain(posed.follow_up)}")


def _graded(check: Check, answer: Answer) -> None:
    right = check.grade(answer)
    said = f"**{'Right' if right else 'Not right'}.** {plain(f'{check.ask} You said: {_said(check, answer)}')}"
    said += f"  \n{plain(check.why)}"
    if right:
        st.success(said, icon=":material/check:")
    else:
        st.error(said, icon=":material/close:")


def _said(check: Check, answer: Answer) -> str:
    if check.options:
        return answer.choice or "nothing"
    return "nothing" if answer.number is None else words.quantity(answer.number, check.unit)


def _anchors(anchors: Mapping[str, str], mark: str) -> None:
    for level in LEVELS:
        here = " ← yours, you say" if level == mark else ""
        st.markdown(f"**{plain(title_of(level) + here)}.** {plain(anchors.get(level, ''))}")


def _mark(flight: Flight, posed: Posed, answer: Answer) -> None:
    key = f"mark/{flight.id}/{posed.name}"
    chosen = st.segmented_control(
        "Where is yours?", LEVELS, default=answer.mark or None, format_func=title_of, key=key,
        help="for yourself and an interviewer; no points hang on it",
    )  # fmt: skip
    if chosen and chosen != answer.mark:
        tower().store.mark(flight.id, posed.name, str(chosen))
        st.rerun()
