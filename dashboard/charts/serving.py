"""Pictures of the system at a moment: where time goes, how long answers take, and which way requests go."""

from __future__ import annotations

import itertools
import math
import textwrap
from typing import TYPE_CHECKING, Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import axis, empty, figure, filled, note
from dashboard.charts.text import label, marked

if TYPE_CHECKING:
    from simulator.evidence.flow import Flow, Node
    from simulator.evidence.inspector import Request, Visit
    from simulator.evidence.latency import Histogram, Stage, Waterfall

__all__ = ["flow", "latency_histogram", "request_timeline", "waterfall"]


def waterfall(found: Waterfall, palette: Palette = LIGHT) -> Any:
    """Draw the stages of a typical (p50) and of a slow (p99) request one after the other, against the budget."""
    title = "Where the time goes"
    if not found.stages or found.total_p99 is None:
        return empty(title, "no request has ended yet" if not found.n else "this case keeps no stages", palette)
    stages = [s for s in found.stages if s.wait_p99 + s.work_p99 + s.wait_p50 + s.work_p50 > 1e-9]
    rows = [row for stage in stages for row in (f"{_row(stage)} · p50", f"{_row(stage)} · p99")]
    drawn = figure(
        title,
        _waterfall_caption(found),
        palette,
        height=max(220, 112 + 34 * len(rows)),
        entries=2,
        barmode="stack",
        bargap=0.35,
    )
    starts, waits, works = _laid_out(stages)
    drawn.add_bar(
        y=rows, x=starts, orientation="h", marker={"color": "rgba(0,0,0,0)"}, showlegend=False, hoverinfo="skip"
    )
    for name, values, colour in (
        ("waiting", waits, palette.line(1)),
        ("work", works, palette.line(0)),
    ):
        drawn.add_bar(
            y=rows,
            x=values,
            name=name,
            orientation="h",
            hovertemplate="%{y}: %{x:.3~g} ms " + name + "<extra></extra>",
            marker=filled(colour, name == "waiting", palette),
        )
    end = 1000 * max(found.total_p99, found.budget or 0.0)
    shapes, notes = _budget_line(found.budget, palette)
    return drawn.update_layout(
        xaxis=axis("since the request came in [ms]", palette, range=[0, 1.08 * end]),
        yaxis=axis("", palette, autorange="reversed", showgrid=False),
        shapes=shapes,
        annotations=notes,
    )


def _row(stage: Stage) -> str:
    return marked(stage.name, 22)


def _laid_out(stages: list[Stage]) -> tuple[list[float], list[float], list[float]]:
    """Return start, wait and work [ms] of each row: p50 and p99 of each stage, each after the one before."""
    rows, typical, slow = [], 0.0, 0.0
    for s in stages:
        rows += [(typical, s.wait_p50, s.work_p50), (slow, s.wait_p99, s.work_p99)]
        typical, slow = typical + s.wait_p50 + s.work_p50, slow + s.wait_p99 + s.work_p99
    starts, waits, works = ([1000 * row[i] for row in rows] for i in range(3))
    return starts, waits, works


def _budget_line(budget: float | None, palette: Palette) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if not budget:
        return [], []
    line = {"color": palette.bad, "dash": "dash", "width": 1.4}
    shape = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": 1000 * budget, "x1": 1000 * budget, "line": line}
    text = f"budget {words.ms(1000 * budget)}"
    return [shape], [
        note(
            text,
            palette,
            x=1000 * budget,
            y=1,
            yref="paper",
            xanchor="right",
            yanchor="top",
            xshift=-4,
            bgcolor=palette.paper,
        )
    ]


def _waterfall_caption(found: Waterfall) -> str:
    heavy = max(found.stages, key=lambda s: s.wait_p99 + s.work_p99)
    against = "" if not found.budget else f", against a budget of {words.duration(found.budget)}"
    return (
        f"A typical request took {words.duration(found.total_p50)} and a slow one"
        f" {words.duration(found.total_p99)}{against};"
        f" slow ones spend most at {label(heavy.name, 22)}: {words.duration(heavy.wait_p99)} waiting,"
        f" {words.duration(heavy.work_p99)} at work."
    )


def latency_histogram(found: Histogram, palette: Palette = LIGHT) -> Any:
    """Draw how many answers took how long; what is over the budget has another colour and is hatched."""
    title = "How long answers take"
    if not found.counts:
        return empty(title, "no answers of late" if not found.n else "every answer was there at once", palette)
    drawn = figure(title, _histogram_caption(found), palette, height=320, bargap=0.02)
    edges = [1000 * edge for edge in found.edges]
    pairs = list(itertools.pairwise(edges))
    late = [bool(found.budget) and (low * high) ** 0.5 > 1000 * (found.budget or 0.0) for low, high in pairs]
    drawn.add_bar(
        x=[(low * high) ** 0.5 for low, high in pairs],
        width=[high - low for low, high in pairs],
        y=found.counts,
        text=[f"{words.ms(low)} – {words.ms(high)}" for low, high in pairs],
        textposition="none",
        hovertemplate="%{text}: %{y:,}<extra></extra>",
        marker=filled([palette.line(4 if over else 0) for over in late], late, palette),
    )
    shapes, notes = _budget_line(found.budget, palette)
    for mark in notes:
        mark["x"] = math.log10(mark["x"])  # annotations of a log axis are placed by exponent
    return drawn.update_layout(
        xaxis=axis("time to an answer [ms]", palette, type="log", showgrid=False, **_ticks(edges[0], edges[-1])),
        yaxis=axis("answers", palette),
        shapes=shapes,
        annotations=notes,
    )


def _ticks(low: float, high: float) -> dict[str, Any]:
    """Round numbers of a log axis from *low* to *high*."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    few = values if high < 200 * low else values[::3]
    return {"tickvals": few, "ticktext": [words.count(value) for value in few]}


def _histogram_caption(found: Histogram) -> str:
    over = "" if found.over is None else f"; {words.share(found.over)} took longer than {words.duration(found.budget)}"
    at_once = f"; {words.count(found.none)} were there at once" if found.none else ""
    ends = f"{words.duration(found.edges[0])} to {words.duration(found.edges[-1])}"
    return f"{words.count(found.n)} answers took {ends}{over}{at_once}."


def flow(found: Flow, palette: Palette = LIGHT) -> Any:
    """Draw how requests went from asking to their end, as a Sankey diagram."""
    title = "Which way requests go"
    if not found.links:
        return empty(title, "no request has come yet" if not found.nodes else "all went the same way", palette)
    drawn = figure(
        title,
        _flow_caption(found),
        palette,
        height=max(300, 120 + 52 * _tallest(found)),
        margin={"l": 4, "r": 4, "t": 44, "b": 12},
    )
    colours = [palette.line(_LEVELS.get(node.level, 6)) for node in found.nodes]
    drawn.add_sankey(
        arrangement="snap",
        node={
            "label": [_below(n.name, words.count(n.n)) for n in found.nodes],
            "color": colours,
            "pad": 40,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [k.source for k in found.links],
            "target": [k.target for k in found.links],
            "value": [k.n for k in found.links],
            "color": [palette.faint(colours[k.source], 0.28) for k in found.links],
            "hovertemplate": "%{source.label} → %{target.label}: %{value:,}<extra></extra>",
        },
        textfont={"size": 12, "color": palette.ink, "shadow": "none"},
    )
    return drawn


def _below(name: str, count: str) -> str:
    """Write a name in short lines with its *count* below: on a phone there is little room between the levels."""
    return "<br>".join([*map(marked, textwrap.wrap(label(name, 36), 13)), count])


_LEVELS = {"all": 6, "route": 0, "action": 1, "result": 2, "open": 5}


def _tallest(found: Flow) -> int:
    levels = [node.level for node in found.nodes]
    return max(levels.count(level) for level in set(levels))


def _flow_caption(found: Flow) -> str:
    ends: list[Node] = [node for i, node in enumerate(found.nodes) if all(link.source != i for link in found.links)]
    told = ", ".join(f"{label(node.name, 24)} {words.count(node.n)}" for node in sorted(ends, key=lambda node: -node.n))
    return f"Of {words.count(found.nodes[0].n)} requests: {told}."


def request_timeline(request: Request, palette: Palette = LIGHT) -> Any:
    """Draw the visits of one request to the stages, as a Gantt chart since it was asked."""
    title = f"Request {request.id:,}"
    if not request.visits:
        return empty(title, "no visits to stages are kept of it", palette)
    rows = [f"{i}. {marked(visit.stage, 22)}" for i, visit in enumerate(request.visits, 1)]
    drawn = figure(
        title,
        _request_caption(request),
        palette,
        height=120 + 34 * len(rows),
        barmode="overlay",
        bargap=0.45,
        entries=2,
    )
    halves = [(v.entered, v.done if v.started is None else v.started, v.done) for v in request.visits]
    waits, works = [(low, middle) for low, middle, _ in halves], [(middle, high) for _, middle, high in halves]
    for name, spans, colour in (("waiting", waits, palette.line(1)), ("work", works, palette.line(0))):
        drawn.add_bar(
            y=rows,
            base=[1000 * low for low, _ in spans],
            x=[1000 * (high - low) for low, high in spans],
            name=name,
            orientation="h",
            hovertemplate="%{x:.3~g} ms " + name + "<extra></extra>",
            marker=filled(colour, name == "waiting", palette),
        )
    shapes, notes = _answer_line(request, palette)
    return drawn.update_layout(
        xaxis=axis("since it was asked [ms]", palette, rangemode="tozero"),
        yaxis=axis("", palette, autorange="reversed", showgrid=False),
        shapes=shapes,
        annotations=notes,
    )


def _answer_line(request: Request, palette: Palette) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shapes, notes = _budget_line(request.latency, palette)
    for shape in shapes:
        shape["line"] = {"color": palette.ink, "dash": "dot", "width": 1.4}
    for mark in notes:
        mark["text"] = f"answered {words.duration(request.latency)}"
    return shapes, notes


def _request_caption(request: Request) -> str:
    long = max(request.visits, key=_took)
    answer = "has no answer yet" if request.latency is None else f"was answered after {words.duration(request.latency)}"
    visit = f"its longest visit was to {label(long.stage, 22)}: {words.duration(_took(long))}"
    return f"Request {request.id:,} {answer}; {visit}."


def _took(visit: Visit) -> float:
    return visit.done - visit.entered
