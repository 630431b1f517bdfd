"""Pictures of a flight on its way: ECharts options that are patched in place, twice a second, and never jump."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import words
from dashboard.charts.marks import drawn_marks
from dashboard.charts.palette import FONT, LIGHT, Palette
from dashboard.charts.scale import MOST, Scale, Span, known, scale, span, thin
from dashboard.charts.text import label

__all__ = ["Live", "profit", "timeline"]

_Values = Sequence[float | None]
_Marks = Iterable[Mapping[str, Any]]
_DASHES: tuple[Any, ...] = ("solid", "dashed", "dotted", [9, 3, 2, 3], [2, 4], [12, 4], [4, 2, 1, 2])
_NARROW = 560  # [px]
_EXACT = {"containLabel": False, "outerBoundsMode": "none"}  # the plot stays where it is, whatever its labels
_LEAST_HEIGHT = 140  # px of a plot; in a taller one names stand a little further apart than they must
_LINE = 16  # px from one name to the next
_NAMED = 4  # lines that bear their names themselves; more of them have a legend


class Live(dict[str, Any]):
    """An ECharts option, with the sentence that says what it shows (the option may not hold it: `alt` does)."""

    caption: str = ""


@dataclass(frozen=True)
class _Frame:
    over: Span
    up: Scale
    palette: Palette
    named: bool


def timeline(
    title: str,
    unit: str,
    at: Sequence[float],
    lines: Mapping[str, _Values],
    marks: _Marks = (),
    **frame: Any,
) -> Live:
    """Return the option of a picture of *lines* (name -> values of *unit*) over the moments *at* [s].

    *marks*: see `drawn_marks`. *frame*: `horizon` and `tick` [s], and perhaps `limit` (a value) and `palette`.
    """
    limit = frame.get("limit")
    values = [value for line in lines.values() for value in line]
    up = scale([*values, *([] if limit is None else [limit])], unit)
    drawn = _Frame(span(frame["horizon"], frame["tick"]), up, frame.get("palette", LIGHT), 1 < len(lines) <= _NAMED)
    series = _series(at, lines, drawn)
    if series:
        series[0] |= drawn_marks(marks, drawn.over, up.high, drawn.palette, _limit(limit, unit, drawn))
    option = _option(title if known(values) or not lines else f"{label(title)} – not known yet", series, drawn)
    option.caption = _caption(title, unit, at, lines, limit, frame["tick"])
    return option


def profit(
    at: Sequence[float], total: _Values, accounts: Mapping[str, _Values], marks: _Marks = (), **frame: Any
) -> Live:
    """Return the option of the profit so far [$]: its *total* in bold, and the *accounts* that make it up.

    The accounts that moved most are drawn by name; the *frame* is that of `timeline`.
    """
    biggest = sorted(accounts, key=lambda name: -abs(_last(accounts[name]) or 0.0))[: _NAMED - 1]
    option = timeline("Profit so far", "$", at, {"profit": total, **{n: accounts[n] for n in biggest}}, marks, **frame)
    colours: Palette = frame.get("palette", LIGHT)
    if option["series"]:
        option["series"][0]["lineStyle"]["width"] = 3
        option["series"][0]["areaStyle"] = {"color": colours.faint(colours.line(0), 0.10), "origin": 0}
    return option


# --- the parts of an option -----------------------------------------------------------------------------------


def _series(at: Sequence[float], lines: Mapping[str, _Values], drawn: _Frame) -> list[dict[str, Any]]:
    most = MOST // max(1, len(lines))
    named = zip(_labels(lines), lines.values(), strict=True)
    series = [_one(index, name, at, values, most, drawn) for index, (name, values) in enumerate(named)]
    for one, up in zip(series, _apart([_last(values) for values in lines.values()], drawn.up), strict=True):
        one["endLabel"]["offset"] = [0, -up]
    return series


def _apart(ends: _Values, up: Scale) -> list[float]:
    """Return how far [px] the name at the end of each line moves up, so that none touches the one below it."""
    heights = [((up.of(end) or 0.0) - up.low) / (up.high - up.low) * _LEAST_HEIGHT for end in ends]
    moves, below = [0.0] * len(ends), -math.inf
    for index in sorted(range(len(ends)), key=heights.__getitem__):
        below = max(heights[index], below + _LINE)
        moves[index] = round(below - heights[index], 1)
    return moves


def _labels(lines: Iterable[str]) -> list[str]:
    """Names fit to show; ECharts takes series of one name for one."""
    found: list[str] = []
    for name in lines:
        clean = label(name, 28) or "line"
        found.append(clean if clean not in found else f"{clean} ({len(found) + 1})")
    return found


def _one(index: int, name: str, at: Sequence[float], values: _Values, most: int, drawn: _Frame) -> dict[str, Any]:
    colour, dash = drawn.palette.line(index), _DASHES[index % len(_DASHES)]
    points = [[drawn.over.of(at[i]), drawn.up.of(values[i])] for i in thin(values, most) if i < len(at)]
    return {
        "type": "line",
        "name": name,
        "data": points,
        "showSymbol": False,
        "animation": False,
        "clip": True,
        "color": colour,
        "lineStyle": {"width": 1.8, "type": dash, "color": colour},
        "endLabel": {
            "show": drawn.named,
            "formatter": "{a}",
            "color": colour,
            "fontSize": 12,
            "distance": 6,
        },
        "emphasis": {"disabled": True},
    }


def _limit(limit: float | None, unit: str, drawn: _Frame) -> dict[str, Any] | None:
    if limit is None:
        return None
    text = {"show": True, "formatter": f"limit {words.quantity(limit, unit)}", "position": "insideStartTop"}
    colour = drawn.palette.bad
    style = {"color": colour, "type": [6, 4], "width": 1.2}
    return {"yAxis": drawn.up.of(limit), "lineStyle": style, "label": {**text, "color": colour, "fontSize": 11}}


def _option(title: str, series: list[dict[str, Any]], drawn: _Frame) -> Live:
    many = len(series) > 1
    top = 70 if many and not drawn.named else 54
    grid = {"left": 52, "right": 92 if drawn.named else 20, "top": top, "bottom": 42, **_EXACT}
    return Live(
        {
            "animation": False,
            "backgroundColor": "transparent",
            "textStyle": {"fontFamily": FONT, "color": drawn.palette.ink},
            "aria": {"enabled": True},
            "title": _title(title, drawn),
            "legend": _legend(drawn, many and not drawn.named),
            "grid": grid,
            "tooltip": _tooltip(drawn),
            "xAxis": _across(drawn),
            "yAxis": _up(drawn),
            "series": series,
            "media": [_phone(series, drawn, many)],
        }
    )


def _title(title: str, drawn: _Frame) -> dict[str, Any]:
    style = {"fontSize": 14, "fontWeight": 600, "color": drawn.palette.ink, "fontFamily": FONT}
    return {"text": label(title), "left": 4, "top": 4, "padding": 0, "textStyle": style}


def _legend(drawn: _Frame, show: bool) -> dict[str, Any]:
    style = {"color": drawn.palette.dim, "fontSize": 12, "fontFamily": FONT}
    place = {"left": 0, "top": 24, "itemWidth": 22, "itemHeight": 8, "itemGap": 12, "padding": [2, 4]}
    return {"show": show, "type": "scroll", "icon": "inherit", "selectedMode": False, "textStyle": style, **place}


def _tooltip(drawn: _Frame) -> dict[str, Any]:
    """Drawn on the canvas, not as HTML: a name in it stays text."""
    style = {"color": drawn.palette.ink, "fontSize": 12, "fontFamily": FONT}
    pointer = {"type": "line", "animation": False, "lineStyle": {"color": drawn.palette.dim, "width": 1}}
    box = {"backgroundColor": drawn.palette.paper, "borderColor": drawn.palette.grid, "borderWidth": 1, "padding": 8}
    said = {"valueFormatter": f"%,.{drawn.up.digits + 1}f {drawn.up.title.replace('%', '%%')}".strip()}
    return {
        "trigger": "axis",
        "renderMode": "richText",
        "confine": True,
        "axisPointer": pointer,
        "textStyle": style,
        **box,
        **said,
    }


def _across(drawn: _Frame) -> dict[str, Any]:
    name = {"name": drawn.over.unit, "nameLocation": "middle", "nameGap": 24}
    return {"type": "value", "min": 0, "max": drawn.over.end, **name, **_axis(drawn), "splitLine": {"show": False}}


def _up(drawn: _Frame) -> dict[str, Any]:
    name = {"name": drawn.up.title, "nameLocation": "end", "nameGap": 8}
    limits = {"min": drawn.up.low, "max": drawn.up.high, "interval": drawn.up.step}
    lines = {"lineStyle": {"color": drawn.palette.grid, "width": 1}}
    return {"type": "value", **limits, **name, **_axis(drawn), "axisLine": {"show": False}, "splitLine": lines}


def _axis(drawn: _Frame) -> dict[str, Any]:
    dim = {"color": drawn.palette.dim, "fontSize": 12, "fontFamily": FONT}
    return {
        "nameTextStyle": {**dim, "align": "center"},
        "axisLabel": {**dim, "hideOverlap": True},
        "axisLine": {"lineStyle": {"color": drawn.palette.grid}},
        "axisTick": {"show": False},
    }


def _phone(series: list[dict[str, Any]], drawn: _Frame, many: bool) -> dict[str, Any]:
    """On a phone there is no room beside the lines: their names stand above them."""
    grid = {"left": 44, "right": 14, "top": 70 if many else 54, "bottom": 40, **_EXACT}
    bare = [{"endLabel": {"show": False}} for _ in series]
    return {"query": {"maxWidth": _NARROW}, "option": {"grid": grid, "legend": {"show": many}, "series": bare}}


# --- the sentence ---------------------------------------------------------------------------------------------


def _caption(
    title: str, unit: str, at: Sequence[float], lines: Mapping[str, _Values], limit: float | None, tick: float
) -> str:
    until = f" until {words.when(at[-1], tick)}" if at else ""
    told = "; ".join(_told(name, values, unit) for name, values in lines.items())
    beyond = f"; the limit is {words.quantity(limit, unit)}" if limit is not None else ""
    return f"{label(title)}{until}: {told or 'nothing yet'}{beyond}."


def _told(name: str, values: _Values, unit: str) -> str:
    found = known(values)
    if not found:
        return f"{label(name, 28)} not known yet"
    low, high = (words.quantity(value, unit) for value in (min(found), max(found)))
    return f"{label(name, 28)} now {words.quantity(_last(values), unit)}, between {low} and {high}"


def _last(values: _Values) -> float | None:
    found = known(values)
    return found[-1] if found else None
