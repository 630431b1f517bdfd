"""Reads what monitors are to be tried on, has it flown, and shows what each was worth."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cases._options import read_names, read_seeds
from cases._terminal import progress
from cases._workers import read_jobs
from simulator.case import Case
from simulator.proving import Proved, prove
from simulator.study import Interval

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Order", "monitors_data", "read_order", "show_monitors"]


@dataclass(frozen=True)
class Order:
    """A trial that is ready to go."""

    case: Case
    seeds: Sequence[int]
    monitors: Sequence[str] | None
    faults: Sequence[str] | None
    jobs: int

    def flown(self) -> list[Proved]:
        """Try the monitors."""
        with progress(f"trying monitors under {len(self.seeds)} seeds") as note:
            return prove(
                self.case, self.seeds, monitors=self.monitors, faults=self.faults, jobs=self.jobs, progress=note
            )


def read_order(case: Case, seeds: str, only: str | None, on: str | None, jobs: str) -> Order:
    """Read which monitors are to be tried on what; BadInput for what cannot be read."""
    monitors = None if only is None else read_names(only, "--only")
    faults = None if on is None else read_names(on, "--on")
    return Order(case, read_seeds(seeds), monitors, faults, read_jobs(jobs))


def monitors_data(order: Order, table: Sequence[Proved]) -> dict[str, Any]:
    """Return the table as plain data; what there is nothing to say of is null."""
    rows = [_row(order.case, proved) for proved in table]
    return {"case": order.case.name, "seeds": list(order.seeds), "rows": rows}


def _row(case: Case, proved: Proved) -> dict[str, Any]:
    assert case.proving is not None
    return {
        "monitor": proved.monitor,
        "change": proved.fault,
        "about": case.proving.faults[proved.fault].about,
        "harmful": proved.harmful,
        "false_alarms": _interval(proved.false_alarms),
        "noticed": _number(proved.noticed),
        "delay_days": _interval(proved.delay_days),
        "dollars": _interval(proved.dollars),
    }


def _interval(found: Interval) -> dict[str, float | None]:
    return {"mean": _number(found.mean), "low": _number(found.low), "high": _number(found.high)}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def show_monitors(console: Console, order: Order, table: Sequence[Proved]) -> None:
    """Print a table for each kind of change."""
    proving = order.case.proving
    assert proving is not None
    for name, rows in itertools.groupby(table, key=lambda proved: proved.fault):
        fault = proving.faults[name]
        harm = "" if fault.harmful else " - harmless"
        console.print(f"\n{name}: {fault.about}{harm}", style="bold")
        console.print(_table(list(rows)))
    console.print(
        f"\n{len(order.seeds)} paired seeds; dollars are the profit above that of the same design without a monitor, "
        "with its 95 % interval. A false alarm is a training ordered before anything harmful happened."
    )


def _table(rows: Sequence[Proved]) -> object:
    from rich.table import Table

    table = Table("monitor", box=None, pad_edge=False)
    for head in ("false alarms", "noticed", "delay, days", "dollars", "95 % interval"):
        table.add_column(head, justify="right")
    for row in rows:
        money = f"{row.dollars.low:,.0f} to {row.dollars.high:,.0f}" if math.isfinite(row.dollars.low) else "-"
        noticed = "-" if math.isnan(row.noticed) else f"{row.noticed:.0%}"
        delay = "-" if math.isnan(row.delay_days.mean) else f"{row.delay_days.mean:.1f}"
        table.add_row(row.monitor, f"{row.false_alarms.mean:.1f}", noticed, delay, f"{row.dollars.mean:+,.0f}", money)
    return table
