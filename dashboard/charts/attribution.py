"""A picture of what each decision was worth: alone, shared with the others, and in sibling worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import axis, empty, figure, filled, roomy
from dashboard.charts.scale import Scale, known, scale
from dashboard.charts.text import label, marked

__all__ = ["attribution"]

_Rows = Sequence[Mapping[str, Any]]
_TITLE = "What each decision was worth"


def attribution(rows: _Rows, palette: Palette = LIGHT) -> Any:
    """Draw decisions by what they were worth [$].

    *rows*: each with `told`, `alone` (the bar), `shared` (the diamond; None = not known), and `mean`, `low`, `high` of
    sibling worlds (the whisker; None = not known).
    """
    shown = [row for row in rows if known([row["alone"], row["shared"], row["mean"]])]
    if not shown:
        return empty(_TITLE, "no decision could be taken out", palette)
    values = known([row[name] for row in shown for name in ("alone", "shared", "mean", "low", "high")])
    up = scale([*values, 0.0], "$")
    drawn = figure(_TITLE, _told(shown), palette, entries=3, height=150 + 60 * len(shown))
    _bars(drawn, shown, up, palette)
    _whiskers(drawn, shown, up, palette)
    _diamonds(drawn, shown, up, palette)
    zero = {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1}
    names = [f"{_lines(row['told'])}<br><b>{words.signed(row['alone'])}</b>" for row in shown]
    return drawn.update_layout(
        xaxis=axis(f"worth [{up.title}]", palette, range=roomy(up.times * min(values), up.times * max(values), 0.06)),
        yaxis=axis("", palette, showgrid=False, autorange="reversed", tickvals=list(range(len(names))), ticktext=names),
        shapes=[{**zero, "line": {"color": palette.dim, "width": 1.2}}],
        bargap=0.45,
    )


def _lines(told: str) -> str:
    """Return what was decided on two lines at most."""
    return "<br>".join(map(marked, wrap(label(told, 68), 34, max_lines=2, placeholder="…")))


def _bars(drawn: Any, rows: _Rows, up: Scale, palette: Palette) -> None:
    worth = [row["alone"] for row in rows]
    colours = [palette.bad if (value or 0.0) < 0 else palette.good for value in worth]
    drawn.add_bar(
        orientation="h", y=list(range(len(rows))), x=[up.of(value) for value in worth], name="alone, in this world",
        hoverinfo="skip",
        marker=filled(colours, [(value or 0.0) < 0 for value in worth], palette),
    )  # fmt: skip


def _whiskers(drawn: Any, rows: _Rows, up: Scale, palette: Palette) -> None:
    some = [(place, row) for place, row in enumerate(rows) if len(known([row["mean"], row["low"], row["high"]])) == 3]
    reach = {
        "type": "data", "symmetric": False, "color": palette.ink, "thickness": 1.6, "width": 6,
        "array": [up.times * (row["high"] - row["mean"]) for _, row in some],
        "arrayminus": [up.times * (row["mean"] - row["low"]) for _, row in some],
    }  # fmt: skip
    drawn.add_scatter(
        x=[up.of(row["mean"]) for _, row in some], y=[place - 0.3 for place, _ in some], mode="markers",
        name="mean of sibling worlds, 95 %", error_x=reach, hoverinfo="skip", cliponaxis=False,
        marker={"symbol": "line-ns-open", "size": 9, "color": palette.ink, "line": {"width": 2}},
    )  # fmt: skip


def _diamonds(drawn: Any, rows: _Rows, up: Scale, palette: Palette) -> None:
    some = [(place, row["shared"]) for place, row in enumerate(rows) if known([row["shared"]])]
    edge = {"color": palette.paper, "width": 1.5}
    if some:
        drawn.add_scatter(
            x=[up.of(value) for _, value in some], y=[place for place, _ in some], mode="markers",
            name="shared (Shapley)", hoverinfo="skip", cliponaxis=False,
            marker={"symbol": "diamond", "size": 11, "color": palette.line(1), "line": edge},
        )  # fmt: skip


def _told(rows: _Rows) -> str:
    sure = [row for row in rows if row["alone"] is not None]
    ranked = sorted(sure, key=lambda row: row["alone"])
    if not ranked:
        return f"{_TITLE}: nothing is known alone."
    best, worst = ranked[-1], ranked[0]
    most = f"the most came from {label(best['told'], 40)} ({words.signed(best['alone'])})"
    least = f", the least from {label(worst['told'], 40)} ({words.signed(worst['alone'])})" if len(ranked) > 1 else ""
    return f"Of {len(rows)} decision{'s' * (len(rows) != 1)} {most}{least}."
