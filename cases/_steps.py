"""The steps of a run as sparklines: the money of each and the instruments on the wall, above a line of events."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table
from rich.text import Text

from cases._terminal import sheet, spark, spread
from cases._words import clean, figure, label
from simulator.books.ledger import CLOSE
from simulator.case import Case
from simulator.run import Run
from simulator.units import DAY, HOUR, MINUTE, by_day

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["pace", "settled", "steps"]

_MOST = 14
_BESIDE = 40  # characters of a row that are not its sparkline
_EVENTS = {"incident": "▲", "alarm": "!", "decision": "◆"}
"""kind of entry -> its mark, the most telling first"""
_GAPS = (1, 2, 5, 10, 15, 30, 60)
"""minutes between two numbers below a chart"""


def pace(tick: float) -> str:
    """Name the step [s] of a chart."""
    if tick == DAY:
        return "day by day"
    return f"every {tick / HOUR:g} hours" if by_day(tick) else f"every {tick:g} seconds"


def steps(case: Case, run: Run, width: int) -> Table:
    """Return a row per series, *width* characters wide, and under them the steps of *case* with what happened."""
    frame, late = run.frame(f"{case.tick}s"), settled(run)
    cells = max(10, width - _BESIDE)
    table = sheet("series", "line", "low>", "high>")
    for name, unit in _chosen(case, run, frame):
        values = [float(value) for value in frame[name]]
        values[-1] -= late.get(name, 0.0)
        low, high = _ends(values)
        line = Text(spark(values, cells), style="cyan")
        table.add_row("", _called(name, case.tick), line, figure(low, unit), figure(high, unit))
    parts, unit = spread(len(frame), cells), "day" if by_day(case.tick) else "minute"
    table.add_row("", Text("events", style="dim"), Text(_events(run, parts, case.tick), style="yellow"), "", "")
    table.add_row("", Text(unit, style="dim"), Text(_ruler(parts, case.tick), style="dim"), "", "")
    return table


def settled(run: Run) -> dict[str, float]:
    """Return what was settled at the horizon [$] by column: it belongs to no step."""
    book, late = run.ledger.postings(), run.ledger.caused_by(CLOSE)
    sums = np.bincount(book.account[late], book.amount[late], len(run.ledger.accounts)) / 1e6
    columns = [f"${account}" for account in run.ledger.accounts]
    return {**dict(zip(columns, sums.tolist(), strict=True)), "$profit": float(sums.sum())}


def _chosen(case: Case, run: Run, frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Choose what is worth a line: the profit, the two largest costs, and the gauges that move; with their units."""
    costs = sorted((amount, f"${account}") for account, amount in run.ledger.by_account().items() if amount < 0)
    money = [("$profit", "$"), *((name, "$") for _, name in costs[:2])]
    units = case.watched or {name: "" for name in run.gauges.names() if name != "profit"}
    moving = {name: unit for name, unit in units.items() if name in frame and frame[name].nunique() > 1}
    return [*money, *((name, unit or "share" * name.endswith("_share")) for name, unit in moving.items())][:_MOST]


def _called(name: str, tick: float) -> str:
    each = "day" if tick == DAY else "step"
    return clean(label(name)) + (f" a {each}" if name.startswith("$") else "")


def _ends(values: Sequence[float]) -> tuple[float, float]:
    known = [value for value in values if not math.isnan(value)]
    return (min(known), max(known)) if known else (math.nan, math.nan)


def _events(run: Run, parts: Sequence[slice], tick: float) -> str:
    """Draw, under each of the *parts*, the mark of the most telling thing that happened."""
    happened = {(int(entry.at // tick), entry.kind) for entry in run.journal}
    return "".join(_mark({kind for step, kind in happened if part.start <= step < part.stop}) for part in parts)


def _mark(kinds: set[str]) -> str:
    return next((mark for kind, mark in _EVENTS.items() if kind in kinds), " ")


def _ruler(parts: Sequence[slice], tick: float) -> str:
    """Write the numbers of some days or minutes below their places."""
    gap = 10 * DAY if by_day(tick) else _gap(parts, tick)
    line = ""
    for place, part in enumerate(parts):
        number = math.ceil(part.start * tick / gap)
        if number * gap < part.stop * tick and len(line) <= place:
            line = f"{line:<{place}}{number * gap / (DAY if by_day(tick) else MINUTE):.0f}"
    return line


def _gap(parts: Sequence[slice], tick: float) -> float:
    """Return a distance [s] between the numbers that leaves room for them."""
    cell = parts[-1].stop * tick / len(parts)
    return MINUTE * next((gap for gap in _GAPS if gap * MINUTE >= 4 * cell), _GAPS[-1])
