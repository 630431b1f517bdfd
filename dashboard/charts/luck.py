"""A picture of luck: what one plan earns in sibling worlds, a dot each, with one world marked."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import axis, figure, note
from dashboard.charts.scale import Scale, scale

__all__ = ["luck"]

_ROW = 0.16  # of the height of the strip, between two dots that would cover each other
_NEAR = 0.022  # of its width
_BELOW = -0.35  # where the marked world stands, so that it covers no sibling


def luck(profits: Sequence[float], palette: Palette = LIGHT) -> Any:
    """Draw *profits* [$] of one plan under several seeds; the first is that of the world on the screen."""
    up, mine, others = scale(profits, "$"), profits[0], sorted(profits[1:])
    drawn = figure("The same plan in sibling worlds", _told(mine, others), palette, entries=2, height=230)
    line = {"color": palette.paper, "width": 1.2}
    drawn.add_scatter(
        x=[up.of(one) for one in others], y=_stacked(others, up), mode="markers", name=f"{len(others)} siblings",
        marker={"size": 11, "color": palette.line(6), "opacity": 0.8, "line": line},
        text=[words.money(one) for one in others], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    drawn.add_scatter(
        x=[up.of(mine)], y=[_BELOW], mode="markers", name="this world", text=[words.money(mine)],
        hovertemplate="%{text}<extra></extra>", cliponaxis=False,
        marker={"size": 17, "symbol": "diamond", "color": palette.accent, "line": line},
    )  # fmt: skip
    room = 0.04 * (up.high - up.low)
    drawn.update_layout(
        xaxis=axis(f"profit [{up.title}]", palette, range=[up.low - room, up.high + room]),
        yaxis=axis("", palette, visible=False, range=[-0.6, 1.1]),
    )
    return _with_median(drawn, others, up, palette)


def _with_median(drawn: Any, others: Sequence[float], up: Scale, palette: Palette) -> Any:
    if not others:
        return drawn
    middle = up.of(median(others))
    line = {"color": palette.dim, "width": 1.4, "dash": "dash"}
    drawn.add_shape(type="line", x0=middle, x1=middle, y0=0, y1=1, yref="paper", line=line, layer="below")
    text = f"median {words.money(median(others))}"
    return drawn.add_annotation(note(text, palette, x=middle, y=1.0, yref="paper", xanchor="left", xshift=4))


def _stacked(sorted_values: Sequence[float], up: Scale) -> list[float]:
    """Return a height for each value, so that dots which lie close stand above each other."""
    wide = (up.high - up.low) * _NEAR
    heights: list[float] = []
    last: dict[int, float] = {}
    for value in sorted_values:
        place = up.of(value) or 0.0
        row = next(row for row in range(len(sorted_values) + 1) if place - last.get(row, -float("inf")) >= wide)
        last[row] = place
        heights.append(row * _ROW)
    return heights


def _told(mine: float, others: Sequence[float]) -> str:
    if not others:
        return f"This world: {words.money(mine)}; no sibling was flown."
    ends = f"{words.money(others[0])} to {words.money(others[-1])}"
    return f"This world: {words.money(mine)}; {len(others)} siblings: {ends}, median {words.money(median(others))}."
