"""A picture of what happened: a row for each incident, one for alarms, one for decisions - and what was believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import axis, empty, figure
from dashboard.charts.scale import Span, span
from dashboard.charts.text import label, marked

__all__ = ["happened"]

_Events = Sequence[Mapping[str, Any]]
_ROWS = {
    "alarm": ("Alarms", "triangle-up"),
    "version": ("Versions", "square"),
    "decision": ("Your decisions", "circle"),
}
_COLOURS = {"alarm": "bad", "version": "dim", "decision": "accent"}
_LEAST = 1 / 120  # of the flight; what lasts for a moment is drawn so long


def happened(
    events: _Events, belief: tuple[float, str] | None = None, *, horizon: float, tick: float, palette: Palette = LIGHT
) -> Any:
    """Draw *events*: each with `at`, `end` [s] (None: an incident stays), `kind`, `name`, `text` and `seen`.

    *belief*: when [s] somebody thinks that it began, and what.
    """
    over, incidents = span(horizon, tick), [event for event in events if event["kind"] == "incident"]
    rows = [*(_row_of(event) for event in incidents)]
    rows += [title for kind, (title, _) in _ROWS.items() if any(event["kind"] == kind for event in events)]
    rows = [*dict.fromkeys(rows), *(["You believed"] if belief else [])]
    if not rows:
        return empty("What happened", "nothing out of the ordinary", palette)
    drawn = figure("What happened, and when", _told(events, belief, tick), palette, height=100 + 34 * len(rows))
    for event in incidents:
        _bar(drawn, event, rows.index(_row_of(event)), over, palette)
    for kind, (title, symbol) in _ROWS.items():
        some = [event for event in events if event["kind"] == kind]
        if some:
            _points(drawn, some, rows.index(title), symbol, over, getattr(palette, _COLOURS[kind]))
    if belief:
        _believed(drawn, belief, len(rows) - 1, over, palette)
    return drawn.update_layout(
        xaxis=axis(over.unit, palette, range=[-0.03 * over.end, 1.01 * over.end]),
        yaxis=_rows_axis(rows, palette), bargap=0.5, barmode="overlay",
    )  # fmt: skip


def _rows_axis(rows: Sequence[str], palette: Palette) -> dict[str, Any]:
    places, names = list(range(len(rows))), [marked(name, 30) for name in rows]
    return axis("", palette, showgrid=False, range=[len(rows) - 0.4, -0.6], tickvals=places, ticktext=names)


def _row_of(event: Mapping[str, Any]) -> str:
    return label(words.titled(str(event["name"])), 30)


def _bar(drawn: Any, event: Mapping[str, Any], row: int, over: Span, palette: Palette) -> None:
    """Draw an incident; one that nobody was told of is striped."""
    start, end = over.of(event["at"]), over.end if event["end"] is None else over.of(event["end"])
    stripes = {"shape": "" if event["seen"] else "/", "fillmode": "overlay", "fgcolor": palette.paper, "size": 6}
    drawn.add_bar(
        orientation="h", y=[row], base=[start], x=[max(end - start, over.end * _LEAST)], showlegend=False,
        text=[marked(event["text"], 90)], textposition="none", hovertemplate="%{text}<extra></extra>",
        marker={"color": palette.warn, "pattern": stripes, "line": {"color": palette.warn, "width": 1}},
    )  # fmt: skip


def _points(drawn: Any, some: _Events, row: int, symbol: str, over: Span, colour: str) -> None:
    drawn.add_scatter(
        x=[over.of(event["at"]) for event in some], y=[row] * len(some), mode="markers", showlegend=False,
        text=[marked(event["text"], 90) for event in some], hovertemplate="%{text}<extra></extra>",
        marker={"symbol": symbol, "size": 9, "color": colour}, cliponaxis=False,
    )  # fmt: skip


def _believed(drawn: Any, belief: tuple[float, str], row: int, over: Span, palette: Palette) -> None:
    at, what = over.of(belief[0]), marked(belief[1], 60)
    line = {"color": palette.line(3), "width": 1.4, "dash": "dot"}
    drawn.add_shape(type="line", x0=at, x1=at, yref="paper", y0=0, y1=1, line=line, layer="below")
    drawn.add_scatter(
        x=[at], y=[row], mode="markers", text=[what], hovertemplate="%{text}<extra></extra>", showlegend=False,
        marker={"symbol": "star", "size": 14, "color": palette.line(3)}, cliponaxis=False,
    )  # fmt: skip


def _told(events: _Events, belief: tuple[float, str] | None, tick: float) -> str:
    incidents = [event for event in events if event["kind"] == "incident"]
    silent = sum(not event["seen"] for event in incidents)
    said = f" You believed: “{label(belief[1], 60)}”, from {words.day_of(belief[0], tick)} on." if belief else ""
    alarms = sum(event["kind"] == "alarm" for event in events)
    return f"{_counted(len(incidents), 'incident')}, {silent} of them untold; {_counted(alarms, 'alarm')}.{said}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
