"""Follows one request through the system: what it brought, what was thought of it, where its time went."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import charts, words
from dashboard.plain import plain
from dashboard.views.colours import palette
from simulator.case import Case

__all__ = ["draw", "options"]

_WHICH = {
    "latest": "the latest",
    "slowest": "the slowest of late",
    "riskiest": "the highest score of late",
    "dearest": "the dearest of late",
    "number": "by its number",
}


def options() -> dict[str, Any]:
    """Ask which request is meant."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = st.selectbox("Which one?", list(_WHICH), format_func=_WHICH.__getitem__, key="request/which", width=240)
        if which != "number":
            return {"which": which}
        return {"which": int(st.number_input("Number", min_value=0, step=1, key="request/number", width=160))}


def draw(found: Any, case: Case) -> None:
    """Draw the request *found*."""
    left, right = st.columns([2, 3])
    with left:
        for name, text in _facts(found, case):
            st.markdown(f"**{plain(name)}** {plain(text)}")
    with right:
        if found.visits:
            drawn = charts.request_timeline(found, palette=palette())
            st.plotly_chart(drawn, width="stretch", config={"displayModeBar": False}, alt=charts.caption(drawn))
        _features(found)
        _postings(found, case)


def _facts(found: Any, case: Case) -> list[tuple[str, str]]:
    facts = [
        ("Request", f"{found.id}, asked {words.when(found.at, case.tick)}"),
        ("At stake", words.dollars_exact(found.value) if found.value else ""),
        ("Segment", "" if found.segment.startswith("segment ") else found.segment),  # else it has no name
        ("Score", f"{words.count(found.score)} by version {found.version}" if found.score is not None else ""),
        ("Answered by", _with_time(found.route, found.latency)),
        ("Decision", _with_odds(found.action, found.propensity)),
        ("End", _ended(found, case)),
        ("Truth", _known(found, case)),
    ]
    return [(name, text) for name, text in facts if text]


def _with_time(route: str | None, latency: float | None) -> str:
    return "nobody yet" if route is None else f"{route}, after {words.duration(latency)}"


def _with_odds(action: str | None, propensity: float | None) -> str:
    if action is None:
        return "none yet"
    chosen = f" (chosen with probability {words.count(propensity)})" if propensity and propensity < 1 else ""
    return f"{action}{chosen}"


def _ended(found: Any, case: Case) -> str:
    return f"{found.result}, {words.when(found.done_at, case.tick)}" if found.result else "still open"


def _known(found: Any, case: Case) -> str:
    if found.label is None:
        return "" if not case.board.actions else "not known yet"
    return f"{found.label}, known since {words.when(found.landed_at, case.tick)}"


def _features(found: Any) -> None:
    if found.features:
        rows = [{"feature": words.named(name), "value": words.count(value)} for name, value in found.features]
        st.dataframe(rows, hide_index=True, width="stretch", height="content")


def _postings(found: Any, case: Case) -> None:
    for money in found.postings:
        booked = f"{words.named(money.account)} ({words.named(money.cause)}): {words.signed(money.dollars)}"
        said = f"{words.when(money.at, case.tick)} · {booked}"
        st.caption(plain(said))
