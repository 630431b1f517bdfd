"""Draws a sweep: the curve of one dial with its intervals, or the frontier between two KPIs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases._sweep import Order
from simulator.errors import BadInput, shown
from simulator.study import Sweep, frontier

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["draw", "ready_to_draw"]

_FORMATS = (".svg", ".png")
_SETTINGS: Any = {"svg.hashsalt": "windtunnel", "axes.spines.top": False, "axes.spines.right": False}


def ready_to_draw(order: Order, path: str) -> Path:
    """Return the file to draw into; BadInput where there is nothing that can be drawn, or nothing to draw with."""
    if Path(path).suffix not in _FORMATS:
        raise BadInput(f"--plot {shown(path)} cannot be drawn; it takes a file that ends with .svg or .png")
    if Path(path).is_dir() or not Path(path).absolute().parent.is_dir():
        raise BadInput(f"--plot {shown(path)} cannot be written; it takes a file in a folder that is there")
    if len(order.between) != 2 and len(order.designs.varied) != 1:
        raise BadInput("--plot draws one dial, or two KPIs with --frontier KPI,KPI; this sweep has neither")
    if find_spec("matplotlib") is None:
        raise BadInput('--plot needs matplotlib; install it with: pip install "ml-windtunnel[report]"')
    return Path(path)


def draw(order: Order, found: Sweep, path: Path) -> None:
    """Draw *found* into the file *path*: two KPIs against each other, or else the KPI over the dial."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(7.2, 4.4), layout="constrained")
        axes = figure.add_subplot()
        _frontier(axes, order, found) if len(order.between) == 2 else _curve(axes, order, found)
        axes.grid(alpha=0.3)
        axes.set_title(f"{order.case.title}: {len(found.studies):,} designs, {len(order.seeds):,} seeds")
        _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    about = {"Date": None} if path.suffix == ".svg" else None
    try:
        figure.savefig(path, metadata=about, dpi=150)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from None


def _curve(axes: Axes, order: Order, found: Sweep) -> None:
    """Draw the means of the KPI over the one dial, with their intervals; broken guardrails are crossed out."""
    kpi, dial = order.kpi, found.case.design.dial(found.designs.varied[0])
    table, column = found.table(), f"design.{dial.name}"
    if dial.kind in ("number", "integer"):
        table = table.sort_values(column)
        over: list[Any] = table[column].astype(float).tolist()
        axes.fill_between(over, table[f"{kpi}.low"], table[f"{kpi}.high"], alpha=0.2, label="95 % interval")
        axes.plot(over, table[kpi].tolist(), marker="o", label="mean")
    else:
        over = table[column].astype(str).tolist()
        half = (table[f"{kpi}.high"] - table[kpi]).tolist()
        axes.errorbar(over, table[kpi].tolist(), yerr=half, fmt="o", capsize=4, label="mean, 95 % interval")
    _cross(axes, over, table, kpi)
    axes.set_xlabel(f"{dial.label}{f' [{dial.unit}]' if dial.unit else ''}")
    axes.set_ylabel(_axis(found, kpi))
    axes.legend(frameon=False)


def _cross(axes: Axes, over: list[Any], table: pd.DataFrame, kpi: str) -> None:
    broken = [place for place, kept in enumerate(table["guardrails"]) if not kept]
    if broken:
        values = table[kpi].tolist()
        points = [over[place] for place in broken], [values[place] for place in broken]
        axes.plot(*points, "x", color="tab:red", markersize=9, label="breaks a guardrail")


def _frontier(axes: Axes, order: Order, found: Sweep) -> None:
    """Draw all designs by two KPIs, and the line that no design keeping the guardrails is beyond."""
    x, y = order.between
    table, best = found.table(), frontier(found, order.between)
    kept = table[table["guardrails"]]
    axes.plot(kept[x].tolist(), kept[y].tolist(), "o", alpha=0.4, label="keeps the guardrails")
    _cross(axes, table[x].tolist(), table, y)
    errors = [(best[f"{kpi}.high"] - best[kpi]).tolist() for kpi in (x, y)]
    points = best[x].tolist(), best[y].tolist()
    axes.errorbar(*points, xerr=errors[0], yerr=errors[1], fmt="o-", capsize=2, label="frontier, 95 % intervals")
    axes.set_xlabel(_axis(found, x))
    axes.set_ylabel(_axis(found, y))
    axes.legend(frameon=False)


def _axis(found: Sweep, kpi: str) -> str:
    fact = found.case.kpis[kpi]
    unit = f" [{fact.unit}]" if fact.unit else ""
    return f"{kpi.replace('_', ' ')}{unit}, {fact.better} is better"
