"""A picture of what could be earned in one world, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import axis, figure, filled, roomy
from dashboard.charts.scale import scale
from dashboard.charts.text import label, marked

__all__ = ["attainable"]


def attainable(levels: Sequence[tuple[str, float]], yours: int, palette: Palette = LIGHT) -> Any:
    """Draw profits [$] as bars, (name, profit) from top to bottom; that in place *yours* is marked."""
    up = scale([*(amount for _, amount in levels), 0.0], "$")
    told = "; ".join(f"{label(name, 40)} {words.money(amount)}" for name, amount in levels)
    drawn = figure("What could be earned in this world", f"{told}.", palette, height=110 + 44 * len(levels))
    colours = [palette.accent if place == yours else palette.line(6) for place in range(len(levels))]
    names = [marked(name, 34) for name, _ in levels]
    bold = [f"<b>{name}</b>" if place == yours else name for place, name in enumerate(names)]
    drawn.add_bar(
        orientation="h", y=list(range(len(levels))), x=[up.of(amount) for _, amount in levels],
        text=[words.money(amount) for _, amount in levels], textposition="outside", cliponaxis=False,
        textfont={"color": palette.ink, "size": 12}, hoverinfo="skip",
        marker=filled(colours, [place != yours for place in range(len(levels))], palette),
    )  # fmt: skip
    ends = [up.times * pick(amount for _, amount in levels) for pick in (min, max)]
    return drawn.update_layout(
        xaxis=axis(f"profit [{up.title}]", palette, range=roomy(*ends)),
        yaxis=axis("", palette, showgrid=False, autorange="reversed", tickvals=list(range(len(bold))), ticktext=bold),
        bargap=0.4,
    )
