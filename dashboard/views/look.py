"""A closer look while the flight stands: the charts that answer the questions of the field, as known by now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import flights, session
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views import pictures
from dashboard.views.waiting import awaited
from simulator.case import Case
from simulator.evidence import EVIDENCE
from simulator.store import Flight

__all__ = ["closer"]

_NOTHING = "nothing"


def closer(flight: Flight, case: Case, offered: Sequence[str], now: float) -> None:
    """Let the player choose among the evidence *offered*, and show it as it was known at *now* [s]."""
    chosen = st.pills(
        "Look closer",
        offered,
        key="closer",
        format_func=lambda name: EVIDENCE[name].label,
        help=_HELP,
        persist_state="session",
        wrap=True,
    )
    if chosen:
        with st.container(border=True):
            _shown(flight, case, str(chosen), now)


_HELP = "What is known at this moment, and no more: labels that have come to light, requests that have ended."


def _shown(flight: Flight, case: Case, name: str, now: float) -> None:
    st.caption(plain(EVIDENCE[name].question))
    options = pictures.options(name)
    asked = tower().evidence(session.name(), flights.order_of(flight), name, now, **options)
    found = awaited(asked, "Looking closer", f"look/{name}")
    if asked.errand is not None and asked.errand.state != "done":
        return
    _noted(flight, f"chart:{name}", now)
    if pictures.is_empty(found):
        st.info(f"Nothing to see yet: {EVIDENCE[name].needs}.", icon=":material/visibility_off:")
    else:
        pictures.draw(name, found, case)


def _noted(flight: Flight, what: str, now: float) -> None:
    seen: Any = session.kept("looked closer")
    if seen != (flight.id, what, now):
        session.keep("looked closer", (flight.id, what, now))
        tower().store.look(flight.id, what, now)
