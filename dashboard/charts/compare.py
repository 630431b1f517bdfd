"""Pictures of several flights: what they earned and broke, side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import DASHES, MARKERS, axis, empty, figure
from dashboard.charts.scale import known, scale, span
from dashboard.charts.text import label, marked

if TYPE_CHECKING:
    from simulator.study import Interval

__all__ = ["forest", "frontier", "overlay"]

_MOST_POINTS = 400  # of a line
_CROWD = 4  # flights that bear their names
_Named = tuple[str, str]


def frontier(
    points: Sequence[Mapping[str, Any]], x: _Named = ("x", ""), y: _Named = ("y", ""), palette: Palette = LIGHT
) -> Any:
    """Draw flights by two KPIs; those that broke a guardrail are hollow crosses.

    *points*: each with `label`, `x`, `y`, `broken` (what became of the guardrails that did not hold), and `chosen`;
    *x*, *y*: (name, unit) of the KPIs.
    """
    title = f"{label(y[0])[:1].upper()}{label(y[0])[1:]} against {label(x[0])}"
    shown = [p for p in points if len(known([p["x"], p["y"]])) == 2]
    if not shown:
        return empty(title, "no flights yet", palette)
    across, up = scale([p["x"] for p in shown], x[1]), scale([p["y"] for p in shown], y[1])
    drawn = figure(title, _frontier_caption(shown, x, y), palette, entries=2, height=400)
    for ok, name, symbol, colour in (
        (True, "guardrails kept", "circle", palette.line(0)),
        (False, "a guardrail broken", "x-thin", palette.bad),
    ):
        some = [p for p in shown if (not p.get("broken")) is ok]
        drawn.add_scatter(
            **_flights(some, across, up),
            name=name,
            textfont={"size": 12, "color": palette.ink},
            marker={
                "size": 11,
                "symbol": symbol,
                "color": colour,
                "line": {"color": colour, "width": 0 if ok else 2.4},
            },
        )
    return drawn.update_layout(
        xaxis=axis(_titled(x[0], across.title), palette, range=_wider(across.low, across.high)),
        yaxis=axis(_titled(y[0], up.title), palette, range=_wider(up.low, up.high)),
    )


def _flights(some: Sequence[Mapping[str, Any]], across: Any, up: Any) -> dict[str, Any]:
    return {
        "x": [across.of(p["x"]) for p in some],
        "y": [up.of(p["y"]) for p in some],
        "mode": "markers+text",
        "text": [_name_of(p, len(some)) for p in some],
        "textposition": "top center",
        "cliponaxis": False,
        "customdata": [marked(": ".join([p["label"], *p.get("broken", ())]), 120) for p in some],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _name_of(point: Mapping[str, Any], crowd: int) -> str:
    """Where many stand together only the chosen one bears its name; the others tell it when touched."""
    name = marked(point["label"], 20)
    return f"<b>{name}</b>" if point.get("chosen") else name if crowd <= _CROWD else ""


def _wider(low: float, high: float) -> list[float]:
    room = 0.06 * (high - low)
    return [low - room, high + room]


def _titled(name: str, unit: str) -> str:
    return f"{label(name)} [{unit}]" if unit else label(name)


def _frontier_caption(shown: Sequence[Mapping[str, Any]], x: _Named, y: _Named) -> str:
    kept = [p for p in shown if not p.get("broken")]
    best = max(kept or shown, key=lambda p: p["y"])
    return (
        f"{len(shown)} flights, {len(kept)} of them within the guardrails; the most {label(y[0])} has"
        f" {label(best['label'], 20)}: {words.quantity(best['y'], y[1])} at {words.quantity(best['x'], x[1])}"
        f" {label(x[0])}."
    )


def overlay(
    title: str, unit: str, series: Mapping[str, Any], *, horizon: float, tick: float, palette: Palette = LIGHT
) -> Any:
    """Draw one number of several flights over time: flight -> a series (`at` [s] and `value`)."""
    drawn_ones = {name: line for name, line in series.items() if known(line.value)}
    if not drawn_ones:
        return empty(title, "nothing was read yet", palette)
    over, up = span(horizon, tick), scale([v for line in drawn_ones.values() for v in line.value], unit)
    drawn = figure(title, _overlay_caption(title, unit, drawn_ones), palette, entries=len(drawn_ones))
    for index, (name, line) in enumerate(drawn_ones.items()):
        step = max(1, math.ceil(len(line.at) / _MOST_POINTS))
        style = {"color": palette.line(index), "width": 2, "dash": DASHES[index % len(DASHES)]}
        drawn.add_scatter(
            x=[over.of(at) for at in line.at][::step],
            y=[up.of(v) for v in line.value][::step],
            mode="lines",
            name=marked(name, 24),
            line=style,
        )
    return drawn.update_layout(
        xaxis=axis(over.unit, palette, range=[0, over.end], showgrid=False),
        yaxis=axis(up.title or label(title), palette, range=[up.low, up.high]),
        hovermode="x unified",
    )


def _overlay_caption(title: str, unit: str, series: Mapping[str, Any]) -> str:
    ends = ", ".join(
        f"{label(name, 24)} {words.quantity(known(line.value)[-1], unit)}" for name, line in series.items()
    )
    return f"{label(title)} at the end: {ends}."


def forest(title: str, unit: str, differences: Mapping[str, Interval], palette: Palette = LIGHT) -> Any:
    """Draw paired differences (name -> a mean of *unit* with its interval)."""
    shown = {name: each for name, each in differences.items() if math.isfinite(each.mean)}
    if not shown:
        return empty(title, "nothing to compare yet", palette)
    up = scale([v for d in shown.values() for v in (d.mean, *known([d.low, d.high]), 0.0)], unit)
    drawn = figure(title, _forest_caption(title, shown, unit), palette, height=130 + 42 * len(shown))
    for index, each in enumerate(shown.values()):
        _interval(drawn, index, each, up, palette)
    line = {"color": palette.dim, "width": 1.2}
    return drawn.update_layout(
        xaxis=axis(f"difference [{up.title}]", palette, range=_wider(up.low, up.high)),
        yaxis=axis(
            "",
            palette,
            showgrid=False,
            autorange="reversed",
            tickvals=list(range(len(shown))),
            ticktext=[marked(name, 26) for name in shown],
        ),
        shapes=[{"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": line}],
    )


def _interval(drawn: Any, row: int, each: Interval, up: Any, palette: Palette) -> None:
    ends = known([each.low, each.high])
    sure = len(ends) == 2 and (ends[0] > 0 or ends[1] < 0)
    colour = palette.dim if not sure else palette.good if each.mean > 0 else palette.bad
    if len(ends) == 2:
        drawn.add_scatter(
            x=[up.of(end) for end in ends],
            y=[row, row],
            mode="lines",
            line={"color": colour, "width": 3},
            hoverinfo="skip",
        )
    drawn.add_scatter(
        x=[up.of(each.mean)],
        y=[row],
        mode="markers+text",
        text=[words.signed(each.mean, up.unit)],
        textposition="top center",
        cliponaxis=False,
        hoverinfo="skip",
        textfont={"color": palette.ink, "size": 12},
        marker={
            "size": 11,
            "symbol": MARKERS[2] if sure else "diamond-open",
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
    )


def _forest_caption(title: str, shown: Mapping[str, Interval], unit: str) -> str:
    told = (f"{label(name, 26)} {words.signed(each.mean, unit)}{_between(each, unit)}" for name, each in shown.items())
    return f"{label(title)}: {'; '.join(told)}."


def _between(each: Interval, unit: str) -> str:
    ends = known([each.low, each.high])
    if len(ends) < 2:
        return " (one flight: no interval)"
    return f" ({words.signed(ends[0], unit)} to {words.signed(ends[1], unit)})"
