"""Prints what a sweep found: the best designs with their intervals, and the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cases._study_tables import in_short
from cases._sweep import Order, plain
from cases._terminal import heading, sheet
from cases._words import figure, label, plural, setting, short
from simulator.study import Sweep, frontier
from simulator.study.sweeps import sense

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["show_sweep"]

_MOST = 20  # designs in a table


def show_sweep(console: Console, order: Order, found: Sweep) -> None:
    """Print the designs in the order of the KPI, best first, with their intervals, and the frontier if there is one."""
    case, kpi = order.case, order.kpi
    console.print(Text(case.title, style="bold").append(f"  {kpi}: {case.kpis[kpi].help}", style="not bold dim"))
    console.print(Text(_told(order), style="dim"))
    console.print(heading("designs", _first(len(found.studies))))
    table = found.table().sort_values(kpi, ascending=sense(case, kpi) < 0, kind="stable")
    console.print(_rows(found, [str(name) for name in table.index[:_MOST]], kpi))
    console.print(Text(_best(found, kpi), style="green"))
    if order.between:
        names = [str(name) for name in frontier(found, order.between).index]
        console.print(heading("frontier", f"what no other beats in all; {_first(len(names))}"))
        console.print(_beyond(found, names[:_MOST], order.between))


def _told(order: Order) -> str:
    many, seeds = plural(len(order.designs.plans), "design"), order.seeds
    left = f", {order.designs.left_out:,} that do not fit the world left out" if order.designs.left_out else ""
    return f"{many}{left}; {plural(len(seeds), 'seed')} ({in_short(seeds)}), level {order.case.scenario.level}"


def _first(n: int) -> str:
    return f"the first {_MOST} of {n:,}" if n > _MOST else "with 95 % intervals"


def _best(found: Sweep, kpi: str) -> str:
    best, rivals = found.best(kpi), found.rivals(kpi)
    if best is None:
        return "\nno design keeps the guardrails"
    alike = f"; {plural(len(rivals), 'other')} cannot be told from it under these seeds" if rivals else ""
    return f"\nbest that keeps the guardrails: design {best}{alike}"


def _rows(found: Sweep, names: Sequence[str], kpi: str) -> Table:
    table = found.table()
    dials = [f"{dial}>" for dial in found.designs.varied]
    rows = sheet("design>", *dials, f"{label(kpi)}>", "low>", "high>", "guardrails", titles=True)
    for name in names:
        figures = [_figure(found, plain(table, name, kpi + end), kpi) for end in ("", ".low", ".high")]
        kept = Text("kept", style="green") if table["guardrails"][name] else Text("broken", style="red")
        rows.add_row("", name, *_dials(found, name), *figures, kept)
    return rows


def _beyond(found: Sweep, names: Sequence[str], kpis: Sequence[str]) -> Table:
    """Return the frontier: every KPI with half the width of its interval."""
    table = found.table()
    dials = [f"{dial}>" for dial in found.designs.varied]
    rows = sheet("design>", *dials, *(f"{label(kpi)}>" for kpi in kpis), titles=True)
    for name in names:
        rows.add_row("", name, *_dials(found, name), *(_within(found, table, name, kpi) for kpi in kpis))
    return rows


def _dials(found: Sweep, name: str) -> list[str]:
    return [short(v) if isinstance(v, float) else setting(v) for v in found.designs.dials(name).values()]


def _within(found: Sweep, table: pd.DataFrame, name: str, kpi: str) -> str:
    mean, high = plain(table, name, kpi), plain(table, name, f"{kpi}.high")
    return f"{_figure(found, mean, kpi)} ± {_figure(found, high - mean, kpi)}"


def _figure(found: Sweep, value: float, kpi: str) -> str:
    return figure(value, found.case.kpis[kpi].unit)
