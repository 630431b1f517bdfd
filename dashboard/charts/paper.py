"""The paper that pictures of a paused flight are drawn on: plotly figures of one look, with a sentence each."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.palette import FONT, Palette
from dashboard.charts.text import marked

__all__ = ["DASHES", "MARKERS", "axis", "empty", "figure", "filled", "note", "roomy"]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
MARKERS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star")


def figure(title: str, caption: str, colours: Palette, entries: int = 0, **layout: Any) -> Any:
    """Return an empty figure with *title*; *caption* says what it shows, *layout* goes to plotly.

    *entries* of a legend find room below the title, two in a row on a phone.
    """
    drawn = go.Figure()
    drawn.update_layout(
        template="none",
        title={
            "text": marked(title),
            "font": {"size": 15, "weight": 600},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "pad": {"l": 4},
            "y": 1,
            "yref": "container",
            "yanchor": "top",
        },
        font={"family": FONT, "size": 13, "color": colours.ink},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 14, "t": 44 + 21 * math.ceil(entries / 2), "b": 8},
        height=360,
        showlegend=entries > 0,
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        hoverlabel={
            "bgcolor": colours.paper,
            "bordercolor": colours.grid,
            "font": {"family": FONT, "color": colours.ink},
        },
        dragmode=False,
        meta={"caption": caption},
    )
    return drawn.update_layout(**layout)


def axis(title: str, colours: Palette, **more: Any) -> dict[str, Any]:
    """Return an axis called *title*, with its unit."""
    dim = {"size": 12, "color": colours.dim}
    return {
        "title": {"text": marked(title), "font": dim, "standoff": 8},
        "tickfont": dim,
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        **more,
    }


def filled(colour: Any, hatched: Any, colours: Palette) -> dict[str, Any]:
    """Return how bars are filled: *colour*, and where *hatched* with stripes, so that colour alone says nothing."""
    shape = ["/" if each else "" for each in hatched] if isinstance(hatched, list) else "/" * hatched
    stripes = {"shape": shape, "fillmode": "overlay", "fgcolor": colours.paper, "size": 6, "solidity": 0.25}
    return {"color": colour, "pattern": stripes, "line": {"width": 0}}


def note(text: str, colours: Palette, **at: Any) -> dict[str, Any]:
    """Return an annotation without an arrow: *text*, which is markup already, *at* a place."""
    return {"text": text, "showarrow": False, "font": {"size": 12, "color": colours.dim}, **at}


def roomy(low: float, high: float, share: float = 0.2) -> list[float]:
    """Return the ends of an axis of bars from *low* to *high*, nought among them, with room for words beyond them."""
    low, high = min(low, 0.0), max(high, 0.0)
    room = share * ((high - low) or 1.0)
    return [low - (1.5 * room if low < 0 else 0.0), high + (room if high > 0 or low == 0 else 0.0)]


def empty(title: str, why: str, colours: Palette) -> Any:
    """Return the figure that says *why* there is nothing to see."""
    blank = figure(title, f"{title}: {why}.", colours, height=200)
    hidden = {"visible": False, "fixedrange": True}
    middle = note(marked(why[:1].upper() + why[1:], 120), colours, x=0.5, y=0.5, xref="paper", yref="paper")
    return blank.update_layout(xaxis=hidden, yaxis=hidden, annotations=[middle])
