"""The back of the envelope: how many servers, which threshold, how long an experiment - before anything flies."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import session, words
from dashboard.charts.paper import axis, figure
from dashboard.flights import tower
from dashboard.jobs import Order
from dashboard.plain import plain
from dashboard.session import Draft
from dashboard.views.colours import palette
from dashboard.views.waiting import awaited
from simulator.board import Experiment, Station
from simulator.case import Case
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.planner import Capacity, HistoryCurve, SampleSize
from simulator.units import DAY

__all__ = ["section"]

_MS = 1000.0


def section(draft: Draft, case: Case, order: Order, plan: Plan | BadInput) -> None:
    """Draw the calculators that make sense for *case*; none is computed before somebody opens it."""
    tabs = _tabs(draft, case, order, plan)
    if not tabs:
        return
    with st.expander(
        "Back of the envelope", icon=":material/calculate:", key="envelope", on_change="rerun"
    ) as envelope:
        if not envelope.open:
            return
        chosen = st.segmented_control(
            "Calculator", list(tabs), default=next(iter(tabs)), required=True, key="calculator",
            label_visibility="collapsed",
        )  # fmt: skip
        tabs.get(str(chosen), next(iter(tabs.values())))()


def _tabs(draft: Draft, case: Case, order: Order, plan: Plan | BadInput) -> dict[str, Callable[[], None]]:
    board, setting = case.board, case.world_setting()
    design = case.design() if isinstance(plan, BadInput) else plan.design
    station = board.station(setting, design) if board.station else None
    experiment = board.experiment(setting) if board.experiment else None
    tabs: dict[str, Callable[[], None]] = {}
    if station is not None:
        tabs["Capacity"] = lambda: _capacity(draft, order, station)
    if board.stakes is not None:
        tabs["Cost curve"] = lambda: _history(order)
    if experiment is not None:
        tabs["Sample size"] = lambda: _sample_size(draft, order, experiment)
    return tabs


def _worked_out(order: Order, what: str, options: dict[str, Any], text: str) -> Any:
    """Have a worker calculate *what*; None while it is at it, or when the numbers make no sense."""
    try:
        asked = tower().calculation(session.name(), order, what, **options)
        return awaited(asked, text, f"help/{what}")
    except BadInput as error:
        st.error(plain(str(error)), icon=":material/warning:")
        return None


def _number(label: str, value: float, key: str, **limits: Any) -> float:
    return float(st.number_input(label, value=float(value), key=key, format="%.4g", **limits))


# --- capacity --------------------------------------------------------------------------------------------------


def _capacity(draft: Draft, order: Order, station: Station) -> None:
    st.caption("A queue on paper: requests come at random and wait in one line. It knows nothing of retries or bursts.")
    key = f"capacity/{draft.number}"
    with st.grid(5, min_column_width=150, gap="small", key="capacity"):
        servers = int(st.number_input("Servers", 1, 10_000, max(1, int(station.servers)), key=f"{key}/servers"))
        rate = _number("Requests \\[/s\\]", station.rate, f"{key}/rate", min_value=0.0)
        service = _number("Service \\[ms\\]", station.seconds * _MS, f"{key}/service", min_value=0.0)
        scv = _number("Scatter of it", station.scv, f"{key}/scv", min_value=0.0, help=_SCATTER)
        budget = _number("Budget \\[ms\\]", station.budget * _MS, f"{key}/budget", min_value=0.0)
    options = {"rate": rate, "service": service / _MS, "scv": scv, "servers": servers, "budget": budget / _MS}
    found = _worked_out(order, "capacity", options, "Working it out")
    if found is not None:
        _capacity_told(found)


_SCATTER = "Variance over squared mean: 0 = always the same, 1 = as an exponential, more = a long tail"


def _capacity_told(found: Capacity) -> None:
    least = "none will do" if found.least_servers is None else str(found.least_servers)
    with st.grid(4, min_column_width=150, gap="small", key="capacity/told"):
        st.metric("Servers at work", plain(words.share(found.utilisation)))
        st.metric("Mean wait", plain(_time(found.mean_wait)))
        st.metric("Late", plain(words.share(found.late)), help="share that is not done within the budget")
        st.metric("Enough for 99 %", least, help="servers with which 99 % are done within the budget")
    endless = "More comes than can be served: the queue grows without end."
    told = f"99th percentile of the wait: {_time(found.p99_wait)}. {found.law}."
    st.caption(endless if math.isinf(found.mean_wait) else plain(told))


def _time(seconds: float) -> str:
    return "without end" if math.isinf(seconds) else words.duration(seconds)


# --- the cost curve --------------------------------------------------------------------------------------------


def _history(order: Order) -> None:
    curve: HistoryCurve | None = _worked_out(order, "history", {}, "Reading the history")
    if curve is None:
        st.caption("What each threshold would have been worth, on the requests before take-off.")
        return
    st.plotly_chart(_curve_drawn(curve), key="chart/history", config={"displayModeBar": False})
    told = f"Best at a score of {float(curve.thresholds[curve.best]):.2g}: {_per_1000(curve)}"
    judged = f"judged on {words.count(curve.n)} requests, {words.count(curve.positives)} of them positive"
    st.caption(plain(f"{told}, {judged}. {curve.caveats}"))


def _per_1000(curve: HistoryCurve) -> str:
    return f"{words.money(float(curve.dollars[curve.best]))} per 1,000 requests"


def _curve_drawn(curve: HistoryCurve) -> Any:
    """Draw what each threshold would have been worth; beyond the best, twice as far as it acts on."""
    colours, shares = palette(), 100 * curve.acted
    best = float(shares[curve.best])
    drawn = figure("What each threshold would have been worth", f"At best {_per_1000(curve)}.", colours)
    drawn.add_scatter(
        x=shares, y=curve.dollars, text=[f"score {t:.3g}" for t in curve.thresholds], line={"color": colours.line(0)},
        mode="lines", hovertemplate="%{text}<br>%{x:.2f} % acted on<br>$%{y:,.0f} per 1,000<extra></extra>",
    )  # fmt: skip
    drawn.add_scatter(
        x=[best], y=[float(curve.dollars[curve.best])], mode="markers+text", text=["best"], textposition="top center",
        marker={"symbol": "star", "size": 13, "color": colours.good}, hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    seen = min(100.0, max(4 * best, 2.0))
    near = curve.dollars[shares <= seen]
    room = 0.15 * float(near.max() - near.min() or 1.0)
    worth = [float(near.min()) - room, float(near.max()) + room]
    return drawn.update_layout(
        xaxis=axis("acted on [% of the requests]", colours, range=[0, seen], ticksuffix=" %"),
        yaxis=axis("against leaving all alone [$ per 1,000]", colours, tickprefix="$", range=worth),
    )


# --- the sample size -------------------------------------------------------------------------------------------


def _sample_size(draft: Draft, order: Order, experiment: Experiment) -> None:
    st.caption("How long two arms have to run, to tell a difference from luck.")
    key = f"sample/{draft.number}"
    with st.grid(5, min_column_width=150, gap="small", key="sample"):
        baseline = _number(
            "Share today \\[%\\]", experiment.baseline * 100, f"{key}/base", min_value=0.0, max_value=100.0
        )
        lift = _number("Rise to find \\[% of it\\]", 10.0, f"{key}/lift", min_value=0.0)
        a_day = _number("Can take part a day", experiment.a_day, f"{key}/day", min_value=0.0)
        power = _number("Power \\[%\\]", 80.0, f"{key}/power", min_value=0.0, max_value=100.0)
        alpha = _number("False alarms \\[%\\]", 5.0, f"{key}/alpha", min_value=0.0, max_value=100.0)
    options = {
        "baseline": baseline / 100,
        "lift": lift / 100,
        "a_day": a_day,
        "power": power / 100,
        "alpha": alpha / 100,
    }
    found: SampleSize | None = _worked_out(order, "sample_size", options, "Working it out")
    if found is not None:
        with st.grid(2, min_column_width=150, gap="small", key="sample/told"):
            st.metric("In each arm", plain(words.count(found.per_arm)))
            st.metric("Takes", plain(words.duration(found.days * DAY)))
