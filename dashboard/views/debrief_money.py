"""Where the money came from: the bridge from the weak answer to you and on to the expert, and the expert's ghost."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import charts, words
from dashboard.plain import plain
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE
from dashboard.views.debrief_story import told_of
from dashboard.views.landed import by_name, title_of
from simulator.case import Case
from simulator.debrief.results import Debrief
from simulator.units import dollars

__all__ = ["bars", "marks", "section"]

_SETTLED = "What is still owed at the end is settled in its last moment."


def section(case: Case, found: Debrief) -> None:
    """Draw the bridge, then who was ahead when."""
    st.subheader("Where the money came from", anchor=False)
    _shown(charts.bridge(bars(found), palette()), "debrief/bridge")
    ghost = found.ghost
    lines = {"yours": ghost.yours, "expert": ghost.expert, "weak": ghost.weak}
    frame: dict[str, Any] = {"horizon": case.horizon, "tick": case.tick, "palette": palette()}
    figure = charts.ghost(ghost.at, lines, marks(found), **frame)
    _shown(figure, "debrief/ghost", f"All three met the same world. Bands are incidents, told or not. {_SETTLED}")


def _shown(figure: Any, key: str, more: str = "") -> None:
    st.plotly_chart(figure, key=key, config=BARE, theme=None, alt=charts.caption(figure))
    st.caption(plain(f"{charts.caption(figure)} {more}".strip()))


def bars(found: Debrief) -> list[tuple[str, float, float, float]]:
    """Return the accounts of the bridge for people, with what the three left on them [$]."""
    return [
        (title_of(bar.account), dollars(bar.weak), dollars(bar.yours), dollars(bar.expert)) for bar in found.bridge.bars
    ]


def marks(found: Debrief) -> list[dict[str, Any]]:
    """Return what stands on the picture of the ghost: the incidents, and when one could have known of each."""
    happened = [event for event in found.truth.events if event.kind == "incident"]
    told = [{"kind": "incident", "at": event.at, "end": event.end, "name": told_of(event)} for event in happened]
    known = [
        {"kind": "known", "at": one.known_at, "name": f"{by_name(one.incident)}: {by_name(one.gauge)} {_reading(one)}"}
        for one in found.knowable or ()
        if one.known_at is not None
    ]
    return [*told, *known]


def _reading(one: Any) -> str:
    return words.quantity(one.reading, one.unit)
