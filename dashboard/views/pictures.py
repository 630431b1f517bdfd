"""Draws evidence: one picture a kind, with a sentence that says the same in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard import charts, words
from dashboard.plain import plain, sentence
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
    parts = (getattr(found, name, None) for name in ("bins", "rows", "nodes", "kpis", "stages"))
    lists = [part for part in parts if isinstance(part, tuple)]
    bare = all(getattr(one, "n", 1) == 0 for part in lists for one in part)
    return (bool(lists) and bare) or getattr(found, "n", 1) == 0


def draw(name: str, found: Any, case: Case) -> None:
    """Draw the evidence *found*."""
    _DRAWN.get(name, _figure(_PLOTS.get(name)))(found, case)


def _figure(plot: Callable[..., Any] | None) -> Callable[[Any, Case], None]:
    def drawn(found: Any, case: Case) -> None:
        assert plot is not None
        over = {"horizon": case.horizon} if plot in _OVER_TIME else {}
        figure = plot(found, **over, palette=palette())
        said = plain(charts.caption(figure))
        if not figure.data:  # the sentence says why
            st.info(said, icon=":material/visibility_off:")
            return
        st.plotly_chart(figure, width="stretch", config={"displayModeBar": False}, theme=None, alt=said)
        st.caption(said)

    return drawn


def _standing(found: Any, case: Case) -> None:
    rows = [_kpi(case, kpi.kpi, kpi.values[-1], kpi.unit) for kpi in found.kpis]
    st.table(rows, hide_index=True, border="horizontal")  # its text is wrapped: nothing is cut on a phone


def _kpi(case: Case, name: str, value: float | None, unit: str) -> dict[str, str]:
    said = (words.titled(name), words.quantity(value, unit), sentence(case.kpis[name].help))
    return dict(zip(("Figure", "Now", "What it is"), map(plain, said), strict=True))


def _slices(found: Any, case: Case) -> None:
    rows = charts.slice_table(found)
    columns = {name: _column(name) for name in rows[0]}
    st.dataframe(
        rows, hide_index=True, width="stretch", height="content", column_config=columns, placeholder=words.NONE
    )
    st.caption(plain(charts.caption(found)))


def _column(name: str) -> Any:
    width, form = _COLUMNS[name]
    if form is None:
        return st.column_config.TextColumn(width=width)
    return st.column_config.NumberColumn(width=width, format=form)


_COLUMNS: Mapping[str, tuple[int, str | None]] = {
    "slice": (176, None),
    "requests": (70, "localized"),
    "acted on": (70, "%.2f %%"),
    "score": (66, "%.2f %%"),
    "labels": (62, "localized"),
    "label rate": (76, "%.1f %%"),
    "95 % interval": (96, None),
    "latency": (72, "%.0f ms"),
    "AUC": (54, "%.3f"),
    "$ a request": (84, "%.3f"),
}
"""column -> width [px], and how its numbers are written; None = it holds text"""


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
