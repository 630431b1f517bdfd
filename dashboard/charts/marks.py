"""What happened, drawn into a live picture: incidents as bands, decisions as lines, alarms as triangles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dashboard.charts.palette import Palette
from dashboard.charts.scale import Span
from dashboard.charts.text import label

__all__ = ["drawn_marks"]


def drawn_marks(
    marks: Iterable[Mapping[str, Any]], over: Span, top: float, colours: Palette, line: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the marks of a series for a picture that ends at *top*.

    *marks*: each with `at` [s], `kind` (incident, decision, version, alarm), `text` or `name`, and perhaps `end` [s];
    *line*: a level to draw across.
    """
    found = [mark for mark in marks if mark["at"] / over.size <= over.end]
    lines = [_line(mark, over, colours) for mark in found if mark["kind"] in ("decision", "version")]
    return {
        "markArea": _quiet([_band(mark, over) for mark in found if mark["kind"] == "incident"], _area(colours)),
        "markLine": {**_quiet([*lines, *([line] if line else [])], {}), "symbol": "none"},
        "markPoint": _quiet([_point(mark, over, top) for mark in found if mark["kind"] == "alarm"], _point_of(colours)),
    }


def _quiet(data: list[Any], style: Mapping[str, Any]) -> dict[str, Any]:
    return {"silent": True, "animation": False, "label": {"show": False}, **style, "data": data}


def _band(mark: Mapping[str, Any], over: Span) -> list[dict[str, Any]]:
    start, end = over.of(mark["at"]), over.of(mark.get("end") or mark["at"])
    least = over.end / 300  # what lasts for a moment is seen as well
    return [{"xAxis": start, "name": _said(mark)}, {"xAxis": min(over.end, max(end, start + least))}]


def _area(colours: Palette) -> dict[str, Any]:
    return {"itemStyle": {"color": colours.faint(colours.warn, 0.16)}}


def _line(mark: Mapping[str, Any], over: Span, colours: Palette) -> dict[str, Any]:
    decided = mark["kind"] == "decision"
    style = {
        "color": colours.accent if decided else colours.good,
        "type": "dashed" if decided else "dotted",
        "width": 1.2,
    }
    return {"xAxis": over.of(mark["at"]), "name": _said(mark), "lineStyle": style}


def _point(mark: Mapping[str, Any], over: Span, top: float) -> dict[str, Any]:
    return {"coord": [over.of(mark["at"]), top], "name": _said(mark)}


def _point_of(colours: Palette) -> dict[str, Any]:
    return {"symbol": "triangle", "symbolSize": 9, "symbolOffset": [0, -5], "itemStyle": {"color": colours.bad}}


def _said(mark: Mapping[str, Any]) -> str:
    return label(mark.get("text") or mark.get("name", ""))
