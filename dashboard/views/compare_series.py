"""The flights drawn over each other, and the frontier of one's own: two figures at once, guardrails included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import charts, words
from dashboard.plain import plain
from dashboard.recording import Series
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE, Arm
from dashboard.views.landed import Figures, by_name, held, title_of
from simulator.case import Case
from simulator.store import Flight

__all__ = ["broken", "frontier", "gauges_of", "series", "series_of"]

_PROFIT = "profit so far"


def series(case: Case, arms: Sequence[Arm]) -> None:
    """Draw one course of all *arms* over each other: the profit, or a gauge that one of them has."""
    names = gauges_of(case, arms)
    name = st.selectbox("Course of", list(names), format_func=title_of, key="compare/series")
    lines = {arm.label: series_of(arm, name) for arm in arms}
    frame: Mapping[str, Any] = {"horizon": case.horizon, "tick": case.tick, "palette": palette()}
    figure = charts.overlay(title_of(name), names[name], lines, **frame)
    st.plotly_chart(figure, key="compare/overlay", config=BARE, alt=charts.caption(figure))
    settled = " What is still owed at the end is settled in its last moment." if name == _PROFIT else ""
    st.caption(plain(charts.caption(figure) + settled))


def gauges_of(case: Case, arms: Sequence[Arm]) -> dict[str, str]:
    """Return what can be drawn, name -> unit: the profit, then the gauges that tell most."""
    units = {name: unit for place in case.places() for name, unit in place.gauges.items()} | dict(case.watched)
    read = {name for arm in arms for name, found in arm.books.gauges.items() if found.at}
    return {_PROFIT: "$", **{name: unit for name, unit in units.items() if name in read and name != _PROFIT}}


def series_of(arm: Arm, name: str) -> Series:
    """Return the course *name* of *arm*; an empty one where it has none."""
    return arm.books.profit if name == _PROFIT else arm.books.gauges.get(name, Series((), ()))


# --- the frontier ----------------------------------------------------------------------------------------------


def frontier(case: Case, flight: Flight, own: Sequence[Flight], arms: Sequence[Arm]) -> None:
    """Draw two figures of all own flights of this world, with the reference answers that were chosen."""
    x, y = _axes(case, list(case.kpis))
    called = {("You" if other.id == flight.id else f"Flight {n}"): other for n, other in enumerate(own, 1)}
    flown: dict[str, Figures] = {label: other.kpis or {} for label, other in called.items()}
    flown |= {arm.label: arm.books.kpis for arm in arms if arm.flight is None}
    if len(own) < 2:
        st.caption("One flight is a point; fly this world again, and its frontier begins to show.")
    points = [_point(case, x, y, label, kpis) for label, kpis in flown.items()]
    figure = charts.frontier(points, _axis(case, x), _axis(case, y), palette())
    st.plotly_chart(figure, key="compare/frontier", config=BARE, alt=charts.caption(figure))
    st.caption(plain(charts.caption(figure)))


def _axis(case: Case, name: str) -> tuple[str, str]:
    return by_name(name), case.kpis[name].unit


def _axes(case: Case, names: list[str]) -> tuple[str, str]:
    asked = list(dict.fromkeys([target.kpi for target in case.targets] + names))
    across, up = st.columns(2)
    with across:
        x = st.selectbox(
            "Across", names, index=names.index(asked[min(1, len(asked) - 1)]), format_func=title_of, key="compare/x"
        )
    with up:
        y = st.selectbox("Up", names, index=names.index(asked[0]), format_func=title_of, key="compare/y")
    return str(x), str(y)


def _point(case: Case, x: str, y: str, label: str, kpis: Figures) -> dict[str, Any]:
    place = {"x": kpis.get(x), "y": kpis.get(y)}
    return {"label": label, **place, "broken": broken(case, kpis), "chosen": label == "You"}


def broken(case: Case, kpis: Figures) -> list[str]:
    """Name the guardrails that a flight with *kpis* broke, with what it had."""
    rails = (s for s in held(case, kpis) if s.target.guardrail and not s.verdict.met)
    return [f"{title_of(s.target.kpi)} {words.quantity(s.verdict.value, s.kpi.unit)}" for s in rails]
