"""The brief: the situation, the money, what is asked for and what may be asked; then a first design, and take-off."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection

import streamlit as st

import cases
from dashboard import links, session, words
from dashboard.flights import tower
from dashboard.jobs import Order
from dashboard.plain import plain, sentence
from dashboard.session import Draft
from dashboard.views import brief_design, brief_help, brief_takeoff, guide
from dashboard.views.routes import link
from simulator import planner
from simulator.board import Question
from simulator.case import Case
from simulator.errors import BadInput
from simulator.targets import Target

__all__ = ["case_of_draft", "in_prose", "money", "order_of_draft", "question_rows", "situation", "targets", "view"]

_RAIL = ":material/shield:"
_STRESSED = re.compile(r"\\\*(\w(?:(?:\w|\s|\\-)*\w)?)\\\*")  # *a word* of a brief, after all its signs were made plain


def view() -> None:
    """Draw the brief of the draft, or the way to one."""
    brief_takeoff.follow()
    draft = session.draft() or _addressed()
    if draft is None:
        _nothing_to_read()
        return
    case = case_of_draft(draft)
    with contextlib.suppress(BadInput):  # many are waiting: then the world is drawn at take-off
        tower().prepare(session.name(), order_of_draft(draft, case))
    _head(draft, case)
    guide.show("brief")
    left, right = st.columns([11, 9], gap="medium")
    with left:
        situation(case)
        _questions(draft, case)
    with right:
        targets(case)
        money(case)
    plan = brief_design.section(draft, case)
    brief_help.section(draft, case, order_of_draft(draft, case), plan)
    brief_takeoff.section(draft, case, plan)
    session.set_address(links.written(draft))


def _addressed() -> Draft | None:
    """Begin the draft that the address tells of: it was reloaded, or somebody sent it."""
    words = session.address()
    return session.start_draft(**links.read(words)) if "case" in words else None


def case_of_draft(draft: Draft) -> Case:
    """Return the case that *draft* is about, under its scenario."""
    return cases.load(draft.case).but(level=draft.level, **draft.scenario)


def order_of_draft(draft: Draft, case: Case) -> Order:
    """Return what a worker has to know to draw the world of *draft*, or its history."""
    return Order(case.name, case.revision, case.scenario.to_data(), draft.seed, {})


def _nothing_to_read() -> None:
    st.title("No case on the table", anchor=False)
    st.text("Choose one in the hangar; its brief takes two minutes to read.")
    link("hangar", "To the hangar", icon=":material/flight_takeoff:")
    if session.flight_id():
        link("fly", "Back to the flight", icon=":material/flight:")


def _head(draft: Draft, case: Case) -> None:
    st.title(plain(case.title), anchor=False)
    st.text(case.tension)
    parts = [f"level {draft.level}", f"seed {draft.seed}", draft.mode, f"{words.duration(case.horizon)} to fly"]
    if draft.scenario:
        parts.append("a scenario of your own")
    st.caption(plain(" · ".join(parts)), help=plain(case.levels[draft.level].help))


def in_prose(paragraph: str) -> str:
    """Return a paragraph as Markdown in which nothing but *a stressed word* means anything."""
    return _STRESSED.sub(r"*\1*", plain(paragraph))


def situation(case: Case) -> None:
    """Draw what the business is in."""
    st.subheader("The situation", anchor=False)
    for paragraph in case.brief.strip().split("\n\n"):
        st.markdown(in_prose(paragraph))


# --- what may be asked -----------------------------------------------------------------------------------------


def _questions(draft: Draft, case: Case) -> None:
    if not case.board.questions:
        return
    st.subheader("You may ask", anchor=False)
    question_rows(case, draft.asked, draft.asked.add, f"ask/{draft.number}")


def question_rows(
    case: Case, asked: Collection[int], ask: Callable[[int], None], key: str, now: float = 0.0
) -> None:  # fmt: skip
    """Draw the questions of *case*: those *asked* with what is answered by *now* [s], the others with a button that
    calls *ask* with the place of the question."""
    for number, question in enumerate(case.board.questions):
        takes = f"takes until {words.day_of(question.after, case.tick)}" if question.after > now else ""
        if number in asked:
            _answered(case, question, takes)
            continue
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.button("Ask", key=f"{key}/{number}", on_click=ask, args=(number,))
            st.text(f"{question.ask} ({takes})" if takes else question.ask, width="stretch")


def _answered(case: Case, question: Question, takes: str) -> None:
    st.markdown(f"**{plain(question.ask)}**")
    answer = question.answered(case.world_setting().values())
    st.text(f"The answer {takes.replace('takes until', 'comes')}; the flight deck shows it." if takes else answer)


# --- what is asked for, and what it is worth -------------------------------------------------------------------


def targets(case: Case) -> None:
    """Draw what is asked for."""
    st.subheader("What is asked of you", anchor=False)
    rows = [_target(case, target) for target in case.targets]
    st.table({"": [row[0] for row in rows], "limit": [row[1] for row in rows], "why": [row[2] for row in rows]},
             border="horizontal", hide_index=True, hide_header=True)  # fmt: skip
    if any(target.guardrail for target in case.targets):
        st.caption(f"{_RAIL} a guardrail: when it is broken, it caps the score, whatever was earned.")


def _target(case: Case, target: Target) -> tuple[str, str, str]:
    limit = words.quantity(target.limit, case.kpis[target.kpi].unit)
    name = plain(words.named(target.kpi))
    sign = "≥" if target.at_least else "≤"
    return (
        f"{f'{_RAIL} ' * target.guardrail}**{name}**",
        f"{sign}{words.GAP}{plain(limit)}",
        plain(sentence(target.why)),
    )


def money(case: Case) -> None:
    """Draw what things are worth."""
    at_the_dials = {dial.label for dial in case.design.dials()}  # there stands what each of them costs
    lines = [line for line in planner.worth(case) if line.value and line.label not in at_the_dials]
    if not lines:
        return
    st.subheader("The money", anchor=False)
    st.table({"": [plain(line.label) for line in lines], "worth": [plain(_worth(line)) for line in lines]},
             border="horizontal", hide_index=True, hide_header=True)  # fmt: skip


def _worth(line: planner.Worth) -> str:
    return line.value if isinstance(line.value, str) else words.quantity(line.value, line.unit)
