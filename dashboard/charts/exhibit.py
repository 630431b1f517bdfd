"""Draws the chart of a probe: lines or bars over times, numbers or names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import DASHES, axis, empty, figure, note, roomy
from dashboard.charts.scale import Scale, Span, known, scale, span
from dashboard.charts.text import label, marked
from simulator.probes import Chart

__all__ = ["exhibit"]

_HIGH = 15  # px of the name of a mark
_STEPS = 3  # heights at which such names stand


def exhibit(chart: Chart, *, horizon: float, tick: float, palette: Palette = LIGHT) -> Any:
    """Draw *chart*; over time it is told in the unit of people who look each *tick* [s] of *horizon* [s]."""
    values = known([value for line in chart.series.values() for value in line])
    if not values:
        return empty(label(chart.title), "there is nothing to show", palette)
    lies_down = chart.kind == "bar" and not chart.over_time and _named(chart)
    up = scale([*values, *([0.0] if chart.kind == "bar" else [])], chart.unit)
    drawn = figure(
        chart.title[:1].upper() + chart.title[1:],
        _told(chart, tick),
        palette,
        entries=len(chart.series) * (len(chart.series) > 1),
    )
    if lies_down:
        return _lying(drawn, chart, up, palette)
    over = span(horizon, tick) if chart.over_time else None
    return _standing(drawn, chart, up, over, palette)


def _named(chart: Chart) -> bool:
    return any(isinstance(place, str) for place in chart.x)


def _lying(drawn: Any, chart: Chart, up: Scale, palette: Palette) -> Any:
    """Draw named bars; names have more room beside than below."""
    names, many = [marked(name, 30) for name in chart.x], len(chart.series)
    for index, (name, line) in enumerate(chart.series.items()):
        drawn.add_bar(
            orientation="h", y=list(range(len(names))), x=[up.of(value) for value in line], name=marked(name, 24),
            text=[words.quantity(value, chart.unit) for value in line], textposition="outside", cliponaxis=False,
            textfont={"color": palette.ink, "size": 12}, hoverinfo="skip", marker={"color": palette.line(index)},
        )  # fmt: skip
    amounts = [up.times * value for value in known([v for line in chart.series.values() for v in line])]
    return drawn.update_layout(
        height=110 + 21 * (many > 1) + (16 + 22 * many) * len(names), bargap=0.3,
        xaxis=axis(up.title, palette, range=roomy(min(amounts), max(amounts))),
        yaxis=axis("", palette, showgrid=False, autorange="reversed", tickvals=list(range(len(names))), ticktext=names),
    )  # fmt: skip


def _standing(drawn: Any, chart: Chart, up: Scale, over: Span | None, palette: Palette) -> Any:
    places = [_at(place, over) for place in chart.x]
    for index, (name, line) in enumerate(chart.series.items()):
        common = {"x": places, "y": [up.of(value) for value in line], "name": marked(name, 24)}
        if chart.kind == "bar":
            drawn.add_bar(**common, marker={"color": palette.line(index)})
        else:
            style = {"color": palette.line(index), "width": 2, "dash": DASHES[index % len(DASHES)]}
            drawn.add_scatter(**common, mode="lines", line=style, cliponaxis=False)
    _marks(drawn, chart.marks, over, palette)
    if chart.marks:
        drawn.update_layout(margin_t=drawn.layout.margin.t + _HIGH * _STEPS, legend_y=1.02 + 0.2)
    limits = {"range": [0, over.end]} if over else {}
    title = over.unit if over else chart.x_title
    return drawn.update_layout(
        xaxis=axis(title, palette, showgrid=False, **limits), hovermode="x unified",
        yaxis=axis(up.title or label(chart.title), palette, range=[up.low, up.high]),
    )  # fmt: skip


def _at(place: float | str, over: Span | None) -> Any:
    if isinstance(place, str):
        return marked(place, 30)
    return over.of(place) if over else place


def _marks(drawn: Any, marks: Sequence[tuple[float, str]], over: Span | None, palette: Palette) -> None:
    line = {"color": palette.warn, "width": 1.4, "dash": "dash"}
    for number, (place, what) in enumerate(marks):
        at = _at(place, over)
        drawn.add_shape(type="line", x0=at, x1=at, yref="paper", y0=0, y1=1, line=line)
        where = {"x": at, "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "bottom", "xshift": -3}
        drawn.add_annotation(note(marked(words.titled(what), 28), palette, **where, yshift=_HIGH * (number % _STEPS)))


def _told(chart: Chart, tick: float) -> str:
    """Say in a sentence what the chart shows: of lines their ends, of bars the largest."""
    told = "; ".join(_line_told(chart, name, line, tick) for name, line in chart.series.items())
    return f"{label(chart.title[:1].upper() + chart.title[1:])}: {told}."


def _line_told(chart: Chart, name: str, line: Sequence[float | None], tick: float) -> str:
    places: Sequence[float | str] = chart.x
    there = [(value, place) for value, place in zip(line, places, strict=False) if known([value])]
    if not there:
        return f"{label(name, 28)} has no figures"
    low, high = (pick(there, key=lambda pair: pair[0] or 0.0) for pick in (min, max))
    ends = (f"{words.quantity(value, chart.unit)} at {_place(place, chart, tick)}" for value, place in (low, high))
    alone = len(chart.series) == 1 or label(name) == label(chart.title)
    called = "" if alone else f"{label(name, 28)} "
    return f"{called}from {' to '.join(ends)}"


def _place(place: float | str, chart: Chart, tick: float) -> str:
    if isinstance(place, str):
        return label(place, 30)
    return words.when(place, tick) if chart.over_time else f"{words.count(place)}{_unit_of(chart.x_title)}"


def _unit_of(title: str) -> str:
    """Return the unit that stands in brackets at the end of a *title*, after a blank."""
    unit = title.rpartition("[")[2].removesuffix("]")
    return f" {label(unit, 28)}" if title.endswith("]") else ""
