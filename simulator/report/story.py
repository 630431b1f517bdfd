"""The figures that go over time: the flight beside its ghosts with what happened below, and the charts of probes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.debrief.results import Debrief, Event, Knowable
from simulator.probes import Chart
from simulator.report.drawing import COLOURS, bare, drawn, keys
from simulator.report.words import brief_money, figure, named, shortened, tick_of, unit_of_time, when

__all__ = ["chart", "flight"]

_LANE = 22.0  # of an incident [px]
_MOST_LANES = 16
_MOST_PLACES = 24
_LABEL = 26
_SHADES = ("you", "expert", "weak", "other", "good", "bad", "soft")


# the flight


def flight(debrief: Debrief) -> str:
    """Draw the profit so far of this run and of the reference answers, and below it the incidents, each with when one
    could have known and when something was done."""
    incidents = [event for event in debrief.truth.events if event.kind == "incident"][:_MOST_LANES]
    known = {one.incident: one for one in debrief.knowable or ()}
    tick, ghost = tick_of(debrief), debrief.ghost
    ends = ", ".join(
        f"{who} {brief_money(1e6 * line[-1])}"
        for who, line in (("you", ghost.yours), ("weak", ghost.weak), ("expert", ghost.expert)) if line
    )  # fmt: skip
    happened = ", ".join(f"{named(event.name)} at {when(event.at, tick)}" for event in incidents)
    told = f"Profit so far, at the end: {ends}. Incidents: {happened or 'none'}."
    height = 230 + (50 + _LANE * len(incidents) if incidents else 0)
    return drawn("flight", told, height, lambda page: _flight(page, debrief, incidents, known))


def _flight(page: Figure, debrief: Debrief, incidents: Sequence[Event], known: dict[str, Knowable]) -> None:
    unit, called = unit_of_time(tick_of(debrief))
    heights = [200.0, _LANE * len(incidents) + 30] if incidents else [1.0]
    panels = page.subplots(len(heights), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    _profits(panels[0], debrief, unit)
    if incidents:
        _lanes(panels[1], incidents, known, debrief.until, unit)
    for axes in panels:
        for event in incidents:
            axes.axvline(
                event.at / unit, color=COLOURS["soft"], linewidth=0.7, linestyle=":" if not event.seen else "-"
            )
        axes.set_xlim(0, debrief.until / unit)
    panels[-1].set_xlabel(called)


def _profits(axes: Axes, debrief: Debrief, unit: float) -> None:
    ghost = debrief.ghost
    at = [moment / unit for moment in ghost.at]
    lines: dict[str, object] = {}
    for name, who, values, width, style in (
        ("your profit so far", "you", ghost.yours, 2.2, "-"), ("expert", "expert", ghost.expert, 1.4, "--"),
        ("weak", "weak", ghost.weak, 1.4, ":"),
    ):  # fmt: skip
        lines[name] = axes.plot(at, values, style, color=COLOURS[who], linewidth=width)[0]
    bare(axes, "y")
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda usd, place: brief_money(1e6 * usd)))
    keys(axes, lines)


def _lanes(axes: Axes, incidents: Sequence[Event], known: dict[str, Knowable], until: float, unit: float) -> None:
    marks: dict[str, object] = {}
    for row, event in enumerate(incidents):
        end = min(until if event.end is None else event.end, until)
        shade = COLOURS["soft" if event.seen else "other"]
        span = axes.barh(row, max(end - event.at, 0.0) / unit, left=event.at / unit, height=0.5, color=shade, alpha=0.4)
        marks.setdefault("told" if event.seen else "hidden", span)
        if event.name in known:
            _moments(axes, row, known[event.name], unit, marks)
    bare(axes)
    axes.set_yticks(range(len(incidents)), [shortened(named(event.name), _LABEL) for event in incidents])
    axes.set_ylim(len(incidents) - 0.4, -0.6)
    keys(axes, marks, columns=5)


def _moments(axes: Axes, row: int, one: Knowable, unit: float, marks: dict[str, object]) -> None:
    for name, at, mark, colour in (
        ("you could have known here", one.known_at, "^", "bad"), ("alarm", one.alarm_at, "x", "bad"),
        ("you did something", one.reaction_at, "o", "you"),
    ):  # fmt: skip
        if at is not None:
            drawn_mark = axes.plot([at / unit], [row], mark, color=COLOURS[colour], markersize=7)[0]
            marks.setdefault(name, drawn_mark)


# the chart of a probe


def chart(name: str, data: Chart, tick: float) -> str:
    """Draw *data*; *name* keeps the figures of a page apart, *tick* [s] says how times are told."""
    series = ", ".join(shortened(one, _LABEL) for one in data.series)
    told = f"{shortened(data.title, 120)}: {series}" + (f" [{shortened(data.unit, _LABEL)}]" if data.unit else "")
    flat = data.kind == "bar" and len(data.x) * len(data.series) > 0
    height = 96 + 22.0 * len(data.x) * max(1, len(data.series)) ** 0.7 if flat else 230
    return drawn(
        name, told, min(height, 900.0), lambda page: (_bars if flat else _lines)(page.add_subplot(), data, tick)
    )


def _lines(axes: Axes, data: Chart, tick: float) -> None:
    unit, called = unit_of_time(tick)
    places, names = _places(data)
    xs = [place / unit for place in places] if data.over_time else places
    lines: dict[str, object] = {}
    for (name, values), shade in zip(data.series.items(), _shades(len(data.series)), strict=True):
        mark = "o" if len(xs) < _MOST_PLACES else ""
        lines[shortened(name, _LABEL)] = axes.plot(xs, _gaps(values), marker=mark, markersize=4, color=shade)[0]
    bare(axes, "y")
    if names:
        axes.set_xticks(xs, names)
    for at, text in data.marks:
        _mark(axes, at / unit if data.over_time else at, text)
    axes.set_xlabel(shortened(data.x_title, 80) or (called if data.over_time else ""))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: _said(value, data.unit)))
    keys(axes, lines)


def _bars(axes: Axes, data: Chart, tick: float) -> None:
    """Draw bars to the right: names of any length have room to their left."""
    places, names = _places(data)
    width = 0.8 / len(data.series)
    marks: dict[str, object] = {}
    for number, ((name, values), shade) in enumerate(zip(data.series.items(), _shades(len(data.series)), strict=True)):
        rows = [row + (number - (len(data.series) - 1) / 2) * width for row in range(len(places))]
        marks[shortened(name, _LABEL)] = axes.barh(rows, _gaps(values), height=0.9 * width, color=shade)
    bare(axes)
    said = names or [when(x, tick) if data.over_time else f"{x:g}" for x in places]
    axes.set_yticks(range(len(places)), said)
    axes.set_ylim(len(places) - 0.4, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: _said(value, data.unit)))
    keys(axes, marks)


def _said(value: float, unit: str) -> str:
    return brief_money(1e6 * value) if unit == "$" else figure(value, unit)


def _mark(axes: Axes, at: float, text: str) -> None:
    axes.axvline(at, color=COLOURS["bad"], linewidth=0.9, linestyle="--")
    axes.annotate(
        shortened(text, _LABEL), (at, 1.0), (3, -3), xycoords=("data", "axes fraction"), textcoords="offset points",
        rotation=90, va="top", color=COLOURS["soft"], annotation_clip=False,
    )  # fmt: skip


def _places(data: Chart) -> tuple[list[float], list[str]]:
    """Return where the points lie, and their names where they have any."""
    if any(isinstance(x, str) for x in data.x):
        return [float(place) for place in range(len(data.x))], [shortened(str(x), _LABEL) for x in data.x]
    return [float(x) for x in data.x], []


def _gaps(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else float(value) for value in values]


def _shades(n: int) -> list[Any]:
    return [COLOURS[_SHADES[number % len(_SHADES)]] for number in range(n)]
