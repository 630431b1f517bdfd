"""Figures at a moment as tables: slices of the requests, and the confusion matrix in requests and in money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import axis, empty, figure
from dashboard.charts.text import label

if TYPE_CHECKING:
    from simulator.evidence.slices import Slice, SliceTable
    from simulator.evidence.thresholds import Cell, Confusion

__all__ = ["confusion", "slice_table"]

_TRUTHS = ((1, "label 1"), (0, "label 0"), (None, "cannot be judged yet"))


def slice_table(found: SliceTable) -> list[dict[str, Any]]:
    """Return a row per slice for a data table: numbers stay numbers, shares are in percent, latencies in ms.

    Columns in which nothing stands are left out.
    """
    rows = [_row(part) for part in found.rows]
    telling = [name for name in rows[0] if any(row[name] for row in rows)] if rows else []
    return [{name: row[name] for name in telling} for row in rows]


def _row(part: Slice) -> dict[str, Any]:
    interval = None
    if part.rate_low is not None and part.rate_high is not None:
        interval = f"{100 * part.rate_low:.1f} – {100 * part.rate_high:.1f} %"
    return {
        "slice": _named(part),
        "requests": part.n,
        "acted on": _hundred(part.acted_share),
        "score": _hundred(part.mean_score),
        "labels": part.labelled,
        "label rate": _hundred(part.label_rate),
        "95 % interval": interval,
        "latency": _rounded(part.latency, 1000, 1),
        "AUC": _rounded(part.auc, 1, 3),
        "$ a request": _rounded(part.dollars_per_request, 1, 3),
    }


def _named(part: Slice) -> str:
    name = label(part.name, 40) or f"{words.count(part.low)} – {words.count(part.high)}"
    return name if part.by in ("all", "segment") else f"{label(words.named(part.by), 32)}: {name}"


def _hundred(share: float | None) -> float | None:
    return _rounded(share, 100, 2)


def _rounded(value: float | None, times: float, digits: int) -> float | None:
    return None if value is None else round(times * value, digits)


def confusion(found: Confusion, palette: Palette = LIGHT) -> Any:
    """Draw who was acted on and who left alone, by how it turned out: requests, and what that was worth."""
    title = "Decisions and how they turned out"
    if not found.n:
        return empty(title, "nothing has been decided yet", palette)
    cells = {(cell.acted, cell.label): cell for cell in found.cells}
    rows = [[cells[acted, truth] for truth, _ in _TRUTHS] for acted in (False, True)]
    most = max((abs(cell.dollars or 0.0) for cell in found.cells), default=0.0) or 1.0
    drawn = figure(title, _caption(found), palette, height=270)
    drawn.add_heatmap(
        z=[[_shade(cell.dollars, most) for cell in row] for row in rows],
        x=[name for _, name in _TRUTHS],
        y=["left alone", "acted on"],
        text=[[_said(cell, found.n) for cell in row] for row in rows],
        texttemplate="%{text}",
        textfont={"size": 13, "color": palette.ink},
        zmin=-1,
        zmax=1,
        showscale=False,
        xgap=3,
        ygap=3,
        hoverinfo="skip",
        colorscale=[
            [0, palette.faint(palette.bad, 0.55)],
            [0.5, palette.faint(palette.dim, 0.10)],
            [1, palette.faint(palette.good, 0.55)],
        ],
    )
    return drawn.update_layout(
        xaxis=axis("how it turned out", palette, showgrid=False), yaxis=axis("", palette, showgrid=False)
    )


def _shade(dollars: float | None, most: float) -> float:
    """Small sums are seen as well: the root of the share."""
    part = (dollars or 0.0) / most
    return float(abs(part) ** 0.5) * (1 if part > 0 else -1)


def _said(cell: Cell, n: int) -> str:
    worth = "" if cell.dollars is None else f"<br><b>{words.signed(cell.dollars)}</b>"
    return f"{words.count(cell.n)} ({words.share(cell.n / n)}){worth}"


def _caption(found: Confusion) -> str:
    acted = sum(cell.n for cell in found.cells if cell.acted)
    open_ = sum(cell.n for cell in found.cells if cell.label is None)
    sums = [(cell.dollars, cell) for cell in found.cells if cell.dollars is not None]
    low = min(sums, key=lambda pair: pair[0], default=None)
    worst = f"; the dearest cell is {_cell_name(low[1])} with {words.money(low[0])}" if low and low[0] < 0 else ""
    return (
        f"Of {words.count(found.n)} decisions {words.count(acted)} were to act; of {words.count(open_)} it is not known"
        f" yet whether they were right{worst}."
    )


def _cell_name(cell: Cell) -> str:
    return f"{'acted on' if cell.acted else 'left alone'}, label {cell.label}"
