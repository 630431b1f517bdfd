"""Prints what a study found: means with their intervals, and differences paired by seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cases._study import Order, differences, fact_of, share_better
from cases._terminal import heading, sheet
from cases._words import figure, plural, short, signed
from simulator.case import Case
from simulator.study import Interval, Settled, Study

__all__ = ["in_short", "show_study", "times"]

_MOST = 1e9  # times that pairing can save


def show_study(console: Console, order: Order, found: Settled) -> None:
    """Print the means with their intervals, the differences paired by seed, and whether they are narrow enough."""
    case, arms, kpi = order.case, found.studies, order.kpi
    seeds, fact = next(iter(arms.values())).seeds, fact_of(case, kpi)
    console.print(Text(case.title, style="bold").append(f"  {kpi}: {fact.help}", style="not bold dim"))
    console.print(Text(f"{plural(len(seeds), 'seed')} ({in_short(seeds)}), level {case.scenario.level}", style="dim"))
    console.print(heading("means", "with 95 % intervals"))
    console.print(_means(arms, kpi, fact.unit, min(console.width, 100) - 56))
    if len(arms) > 1:
        console.print(heading("differences", "paired by seed; a gap is counted in standard errors"))
        gaps, beside = _gaps(case, arms, kpi)
        console.print(gaps)
        console.print(heading("the same by resampling", "p for all pairs; pairing: variance saved"))
        console.print(beside)
    if order.rule:
        console.print(_ended(found, order.rule.half_width, fact.unit))


def _ended(found: Settled, wanted: float, unit: str) -> Text:
    said = f"the widest interval is ± {figure(found.half_width, unit)}; asked for: ± {figure(wanted, unit)}"
    looks = f"looked at after {', '.join(map(str, found.looks))} seeds"
    return Text(f"\n{said} · {looks}", style="green" if found.reached else "red")


def _means(arms: Mapping[str, Study], kpi: str, unit: str, cells: int) -> Table:
    found = {name: arm.interval(kpi) for name, arm in arms.items()}
    ends = [end for i in found.values() for end in (i.low, i.high, i.mean) if math.isfinite(end)] or [0.0]
    table = sheet("par", "mean>", "low>", "high>", "scale", titles=True)
    for name, i in found.items():
        figures = (figure(value, unit) for value in (i.mean, i.low, i.high))
        table.add_row(
            "", Text(name, style="bold"), *figures, Text(_whisker(i, min(ends), max(ends), cells), style="cyan")
        )
    return table


def _whisker(i: Interval, low: float, high: float, cells: int) -> str:
    """Draw an interval on the scale from *low* to *high*."""
    if not (math.isfinite(i.low) and high > low):
        return ""
    first, middle, last = (round((end - low) / (high - low) * (cells - 1)) for end in (i.low, i.mean, i.high))
    return " " * first + "─" * (middle - first) + "●" + "─" * (last - middle)


def _gaps(case: Case, arms: Mapping[str, Study], kpi: str) -> tuple[Table, Table]:
    """Return what the pairs differ by, and how far that can be relied on."""
    unit = fact_of(case, kpi).unit
    table = sheet("", "mean>", "95 %>", "gap>", "better in>", "p>", titles=True)
    beside = sheet("", "from>", "to>", "p (Holm)>", "pairing>", titles=True)
    for i in differences(arms, kpi):
        gap = f"{i.mean / i.se:.1f} se" if abs(i.mean) * 1e-9 < i.se < math.inf else "n/a"
        half, share = f"± {figure(i.high - i.mean, unit)}", f"{share_better(case, i):.0%}"
        name, ends = f"{i.a} → {i.b}", [signed(end, unit) if math.isfinite(end) else "n/a" for end in i.bootstrap()]
        table.add_row("", name, signed(i.mean, unit), half, Text(gap, style="bold"), share, _p(i.p_value))
        beside.add_row("", name, *ends, _p(i.p_adjusted), times(i.pairing))
    return table, beside


def times(ratio: float) -> str:
    """Write a ratio: `12x`; `n/a` where it is one by rounding errors, since the difference is always the same."""
    return f"{short(ratio)}x" if ratio < _MOST else "n/a"


def _p(value: float) -> str:
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"


def in_short(seeds: Sequence[int]) -> str:
    """Write seeds: `0-29`, or `1, 5, 9`."""
    in_a_row = len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1))
    return f"{seeds[0]}-{seeds[-1]}" if in_a_row else ", ".join(map(str, seeds[:10])) + ", ..." * (len(seeds) > 10)
