"""The days of a run as sparklines: the money of each day and the instruments on the wall, above a line of events."""

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
from simulator.run import Run
from simulator.units import DAY

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["days", "settled"]

_MOST = 14
_BESIDE = 40  # characters of a row that are not its sparkline
_EVENTS = {"incident": "▲", "alarm": "!", "decision": "◆"}
"""kind of entry -> its mark, the most telling first"""


def days(run: Run, width: int) -> Table:
    """Return a row per series, *width* characters wide, and under them the days with what happened."""
    frame, late = run.frame("1D"), settled(run)
    cells = max(10, width - _BESIDE)
    table = sheet("series", "line", "low>", "high>")
    for name, unit in _chosen(run, frame):
        values = [float(value) for value in frame[name]]
        values[-1] -= late.get(name, 0.0)
        low, high = _ends(values)
        table.add_row(
            "", _called(name), Text(spark(values, cells), style="cyan"), figure(low, unit), figure(high, unit)
        )
    table.add_row("", Text("events", style="dim"), Text(_events(run, len(frame), cells), style="yellow"), "", "")
    table.add_row("", Text("day", style="dim"), Text(_ruler(len(frame), cells), style="dim"), "", "")
    return table


def settled(run: Run) -> dict[str, float]:
    """Return what was settled at the horizon [$] by column: it belongs to no day."""
    book, late = run.ledger.postings(), run.ledger.caused_by(CLOSE)
    sums = np.bincount(book.account[late], book.amount[late], len(run.ledger.accounts)) / 1e6
    columns = [f"${account}" for account in run.ledger.accounts]
    return {**dict(zip(columns, sums.tolist(), strict=True)), "$profit": float(sums.sum())}


def _chosen(run: Run, frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Choose what is worth a line: the profit, the two largest costs, and the gauges that move; with their units."""
    costs = sorted((amount, f"${account}") for account, amount in run.ledger.by_account().items() if amount < 0)
    money = [("$profit", "$"), *((name, "$") for _, name in costs[:2])]
    gauges = [name for name in run.gauges.names() if name != "profit" and frame[name].nunique() > 1]
    return [*money, *((name, "share" if name.endswith("_share") else "") for name in gauges)][:_MOST]


def _called(name: str) -> str:
    return clean(label(name)) + (" a day" if name.startswith("$") else "")


def _ends(values: Sequence[float]) -> tuple[float, float]:
    known = [value for value in values if not math.isnan(value)]
    return (min(known), max(known)) if known else (math.nan, math.nan)


def _events(run: Run, n: int, cells: int) -> str:
    """Draw, under each day, the mark of the most telling thing that happened."""
    happened = {(int(entry.at // DAY), entry.kind) for entry in run.journal}
    return "".join(
        _mark({kind for day, kind in happened if part.start <= day < part.stop}) for part in spread(n, cells)
    )


def _mark(kinds: set[str]) -> str:
    return next((mark for kind, mark in _EVENTS.items() if kind in kinds), " ")


def _ruler(n: int, cells: int) -> str:
    """Write the numbers of some days below their places."""
    line = ""
    for place, part in enumerate(spread(n, cells)):
        tens = [day for day in range(part.start, part.stop) if day % 10 == 0]
        if tens and len(line) <= place:
            line = f"{line:<{place}}{tens[0]}"
    return line
