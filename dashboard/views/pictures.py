"""Draws evidence: one picture a kind, with a sentence that says the same in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard import charts, words
from dashboard.plain import plain
from dashboard.views import inspector
from dashboard.views.colours import palette
from simulator.case import Case

__all__ = ["draw", "is_empty", "options"]


def options(name: str) -> dict[str, Any]:
    """Draw the widgets that say what exactly is wanted of the evidence *name*, and return the answer."""
    return inspector.options() if name == "request" else {}


def is_empty(found: Any) -> bool:
    """Tell whether there is nothing to draw yet."""
    if found is None:
        return True
    parts = (getattr(found, name, None) for name in ("bins", "rows", "nodes", "features", "kpis"))
    lists = [part for part in parts if isinstance(part, tuple)]
    return (bool(lists) and not any(lists)) or getattr(found, "n", 1) == 0


def draw(name: str, found: Any, case: Case) -> None:
    """Draw the evidence *found*."""
    _DRAWN.get(name, _figure(_PLOTS.get(name)))(found, case)


def _figure(plot: Callable[..., Any] | None) -> Callable[[Any, Case], None]:
    def drawn(found: Any, case: Case) -> None:
        assert plot is not None
        over = {"horizon": case.horizon} if plot in _OVER_TIME else {}
        figure = plot(found, **over, palette=palette())
        st.plotly_chart(figure, width="stretch", config={"displayModeBar": False}, theme=None)
        st.caption(plain(charts.caption(figure)))

    return drawn


def _standing(found: Any, case: Case) -> None:
    rows = [_kpi(case, kpi.kpi, kpi.values[-1], kpi.unit) for kpi in found.kpis]
    st.dataframe(rows, hide_index=True, width="stretch")


def _kpi(case: Case, name: str, value: float | None, unit: str) -> dict[str, str]:
    return {"figure": name.replace("_", " "), "now": words.quantity(value, unit), "what it is": case.kpis[name].help}


def _slices(found: Any, case: Case) -> None:
    st.dataframe(charts.slice_table(found), hide_index=True, width="stretch")


_PLOTS: Mapping[str, Callable[..., Any]] = {
    "maturity": charts.maturity,
    "scores": charts.score_history,
    "calibration": charts.reliability,
    "thresholds": charts.threshold_curve,
    "confusion": charts.confusion,
    "drift": charts.psi,
    "flow": charts.flow,
    "waterfall": charts.waterfall,
    "latency": charts.latency_histogram,
}
_OVER_TIME = (charts.maturity, charts.score_history, charts.psi)
_DRAWN: Mapping[str, Callable[[Any, Case], None]] = {
    "standing": _standing,
    "slices": _slices,
    "request": inspector.draw,
}
