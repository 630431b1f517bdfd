"""What stands on the screen of somebody who flies at a terminal: instruments, news, dials, what can be asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from cases._terminal import heading, sheet, spark
from cases._words import clean, figure, label, limit, purpose, setting
from simulator.board import Question
from simulator.books.journal import Entry
from simulator.case import Case
from simulator.design import Design, Dial
from simulator.units import clock_time, money
from simulator.view import View

__all__ = ["acts_on_offer", "answers_on_offer", "dials_now", "instruments", "news_of", "targets_of"]

_MOST_GAUGES, _CELLS = 14, 24


def instruments(case: Case, view: View, since: float, width: int) -> Group:
    """Return what the gauges read now, how they moved since they were shown (at *since* [s]), in *width* characters."""
    rows = [_read(view, name, unit, since) for name, unit in _units(case, view).items()]
    cells = _cells([row[:3] for row in rows], width)
    table = sheet("gauge", "before>", "now>", "")
    for called, first, now, values in rows:
        table.add_row("", called, Text(first, style="dim"), now, Text(spark(values, cells), style="cyan"))
    when = f"booked so far {money(round(1e6 * view.booked()))}"
    return Group(heading(clock_time(view.now, case.tick), when), table)


def _read(view: View, name: str, unit: str, since: float) -> tuple[str, str, str, list[float]]:
    """Return what a gauge is called, what it read when it was shown last, what it reads, and all its readings."""
    at, values = view.series(name)
    before = values[at <= since]
    first = figure(float(before[-1]), unit) if len(before) else ""
    return label(name), first, figure(float(values[-1]), unit), values.tolist()


def _cells(rows: Sequence[tuple[str, ...]], width: int) -> int:
    """Return how many characters are left for a sparkline: were it cut off, its newest readings would be lost."""
    beside = sum(2 + max(map(cell_len, column)) for column in zip(*rows, strict=True))
    return max(1, min(_CELLS, width - beside - 2))


def _units(case: Case, view: View) -> dict[str, str]:
    """Return the gauges that tell most, with their units: those the case watches, or those of its boxes that move."""
    known = dict(case.watched)
    for place in case.places():
        known |= {name: unit for name, unit in place.gauges.items() if name not in known}
    read = [name for name in view.gauges() if not known or name in known]
    moving = [name for name in read if _moves(view, name)] or read
    ordered = [name for name in known if name in moving] or moving
    return {name: known.get(name, "") for name in ordered[:_MOST_GAUGES]}


def _moves(view: View, name: str) -> bool:
    values = [value for value in view.series(name)[1].tolist() if not math.isnan(value)]
    return len(set(values)) > 1


def news_of(entry: Entry, tick: float) -> str:
    """Tell what has happened."""
    return f"{clock_time(entry.at, tick)} {entry.kind}: {entry.text}"


def dials_now(case: Case, design: Design) -> Table:
    """Return the dials as they stand in *design*, and what they take."""
    return _listed(case.design.dials(), design)


def _listed(dials: Sequence[Dial], design: Design) -> Table:
    table = sheet("dial", "stands", "takes", titles=True)
    for dial in dials:
        name = Text(dial.name, style="bold").append("  live" if dial.live else "", style="not bold green")
        takes = f"{dial.help or dial.label} · {dial.allowed()}" + (f" · {dial.cost}" if dial.cost else "")
        table.add_row("", name, setting(design.values()[dial.name]), Text(takes, style="dim"))
    return table


def acts_on_offer(case: Case) -> Table:
    """Return what can be done in flight, with its arguments."""
    table = sheet("act", "what")
    for name, act in case.acts.items():
        given = ", ".join(f"{dial.name}={setting(dial.default)}; {dial.allowed()}" for dial in act.arguments)
        table.add_row(
            "", Text(name, style="bold"), Text(" · ".join(part for part in (act.help, given, act.cost) if part))
        )
    return table


def targets_of(case: Case) -> Table:
    """Return what is asked for."""
    table = sheet("target", "limit", "why")
    for target in case.targets:
        kpi = case.kpis[target.kpi]
        table.add_row("", label(target.kpi), limit(target, kpi), Text(purpose(target, kpi), style="dim"))
    return table


def answers_on_offer(case: Case) -> Table:
    """Return what may be asked, by its number."""
    table = sheet("number>", "question")
    for number, question in enumerate(case.board.questions, 1):
        table.add_row("", str(number), _offer(question, case.tick))
    return table


def _offer(question: Question, tick: float) -> Text:
    later = f"  (answered at {clock_time(question.after, tick)})" if question.after else ""
    return Text(clean(question.ask)).append(later, style="dim")
