"""What next: what to practise, the report to take along, and what this case teaches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec

import streamlit as st

import cases
from dashboard import exports, session
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.views.debrief_part import owner
from dashboard.views.hangar import offered, todays_seed
from dashboard.views.routes import go, link
from simulator.case import Case
from simulator.debrief.results import Debrief, Practise
from simulator.store import Flight

__all__ = ["section"]

_READABLE = 800  # px of a paragraph
_FORMS = {  # name of the button -> how it is written, the end of the file, its type, what that needs
    "Report (HTML)": ("html", "html", "text/html", ("jinja2", "matplotlib")),
    "Post-mortem (Markdown)": ("markdown", "md", "text/markdown", ("jinja2",)),
    "Data (JSON)": ("as_json", "json", "application/json", ()),
}


def section(flight: Flight, case: Case, found: Debrief, *, complete: bool) -> None:
    """Draw what to practise, what to take along, and what the case teaches."""
    _practise(found.practise)
    link("probes", "Answer the questions that an interviewer asks now", icon=":material/quiz:")
    link("compare", "Compare, and change one decision", icon=":material/balance:")
    _downloads(flight, found, complete)
    st.subheader("What this case teaches", anchor=False)
    st.markdown(plain(case.teacher), width=_READABLE)


def _practise(found: Sequence[Practise]) -> None:
    st.subheader("What to practise next", anchor=False)
    if not found:
        st.text("Nothing stands out: what was asked of you, you showed. Take a harder level, or another case.")
    for number, one in enumerate(found):
        with st.container(border=True):
            st.markdown(f"**{plain(one.label)}**: {plain(f'shown {one.shown:g} of {one.required:g}')}")
            if one.next_level:
                st.markdown(plain(sentence(one.next_level)))
            _cases(number, one.cases)


def _cases(number: int, names: Sequence[str]) -> None:
    titles = {case.name: case.title for case in offered()[0]}
    with st.container(horizontal=True):
        for name in names:
            pressed = name in titles and st.button(
                plain(titles[name]), key=f"practise/{number}/{name}", icon=":material/description:",
                help="opens the brief, under today's seed",
            )  # fmt: skip
            if pressed and name in cases.names():
                session.start_draft(name, seed=todays_seed())
                go("brief")


def _downloads(flight: Flight, found: Debrief, complete: bool) -> None:
    st.subheader("To take along", anchor=False)
    if not complete:
        st.caption("Some sections are still being worked out; what is taken along now leaves them out.")
    with st.container(horizontal=True):
        for label, (form, end, kind, needs) in _FORMS.items():
            st.download_button(
                label, partial(tower().report, owner(), form, found), f"{exports.file_name(flight)}-debrief.{end}",
                kind, icon=":material/download:", key=f"take/{form}/{flight.id}", on_click="ignore",
                disabled=any(find_spec(name) is None for name in needs),
                help=f"needs {' and '.join(needs)}" if needs else None,
            )  # fmt: skip
