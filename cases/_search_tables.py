"""Shows people what a search found, and which decisions matter."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cases._search import Order, command
from cases._terminal import heading, sheet
from cases._words import figure, limit, plural, setting, share, signed
from simulator.case import Case
from simulator.design import Value
from simulator.study import Axis, Found, Interval, Sensitivity

__all__ = ["show_found", "show_sensitivity"]

_TOP = 5  # designs of the history that are shown


def show_found(console: Console, order: Order, found: Found) -> None:
    """Print the best design beside the one from which the search began, and what the search took."""
    for part in (_head(order, f"{plural(len(found.history), 'design')} from {_base(order)}"), *_best(order, found)):
        console.print(part)
    console.print(heading("search"))
    for line in _took(found):
        console.print(Text(f"  {line}"))
    console.print(_history(order, found))
    console.print(heading("fly it"))
    console.print(Text(f"  {command(order, found)}", overflow="fold"), soft_wrap=True)


def _head(order: Order, what: str) -> Text:
    kpi = order.case.kpis[order.asked.kpi]
    facts = f"{what} · {plural(len(order.seeds), 'seed')}, level {order.case.scenario.level}"
    head = Text(order.case.title, style="bold").append(f"  {order.asked.kpi}: {kpi.help}", style="not bold dim")
    return head.append(f"\n{facts}", style="not bold dim")


def _base(order: Order) -> str:
    return f"par {order.asked.par}" if order.asked.par else "the default design"


def _best(order: Order, found: Found) -> Iterator[Text | Table]:
    n, unit = len(found.fresh), order.case.kpis[found.kpi].unit
    seeds = (
        f"on {plural(n, 'fresh seed')}" if found.finished else "cancelled: on the seeds of the search, which flatter"
    )
    yield heading("best", f"{seeds}, with 95 % intervals")
    table = sheet("", "mean>", "95 %>", "p>", titles=True)
    table.add_row("", Text(found.kpi, style="bold"), figure(found.value.mean, unit), _half(found.value, unit), "")
    gain = found.gain
    table.add_row("", f"over {_base(order)}", signed(gain.mean, unit), _half(gain, unit), _p(gain.p_value))
    yield table
    yield heading("decisions")
    yield _decisions(order, found)
    if found.guardrails:
        yield heading("guardrails", "means of those seeds")
        yield _guardrails(order.case, found)


def _decisions(order: Order, found: Found) -> Table:
    table = sheet("dial", "best>", "began at>", "searched", titles=True)
    for axis in order.axes:
        name, best = axis.dial.name, found.best[axis.dial.name]
        table.add_row("", name, Text(setting(best), style="bold"), setting(found.start[name]), _span(axis, best))
    return table


def _span(axis: Axis, best: Value) -> Text:
    """Say what was searched, and whether more might lie beyond it."""
    if axis.options:
        return Text(", ".join(setting(option) for option in axis.options), style="dim")
    span = f"{axis.low:g} to {axis.high:g}{' (log)' * axis.log} {axis.dial.unit}".rstrip()
    end = "; the best lies at its end" * (best in (axis.low, axis.high))
    return Text(span + end, style="dim")


def _guardrails(case: Case, found: Found) -> Table:
    table = sheet("", "guardrail", "mean>", "limit", titles=True)
    for target in (target for target in case.targets if target.guardrail):
        value, kpi = found.guardrails[target.kpi], case.kpis[target.kpi]
        tick = Text("✓", style="green") if target.met(value) else Text("✗", style="bold red")
        table.add_row("", tick, target.kpi, figure(value, kpi.unit), limit(target, kpi))
    return table


def _took(found: Found) -> Iterator[str]:
    whole = found.searched + found.spared
    yield f"{found.searched:,} of {whole:,} runs flown: {plural(found.dropped, 'design')} dropped early by a race"
    yield f"{plural(found.runs - found.searched, 'more run')} for where it began and for the finalists"


def _history(order: Order, found: Found) -> Table:
    """Return the best that were flown under every seed, on the seeds of the search."""
    kpi = order.case.kpis[found.kpi]
    whole = [tried for tried in found.history if not tried.dropped and tried.kept]
    names = [axis.dial.name for axis in order.axes]
    table = sheet("design>", "searched>", *(f"{name}>" for name in names), titles=True)
    for tried in sorted(whole, key=lambda tried: tried.value * (1 if kpi.better == "less" else -1))[:_TOP]:
        values = (setting(tried.design[name]) for name in names)
        table.add_row("", str(tried.number), figure(tried.value, kpi.unit), *values)
    return table


def show_sensitivity(console: Console, order: Order, found: Sensitivity) -> None:
    """Print what each dial does alone, and what it explains among all."""
    unit = order.case.kpis[found.kpi].unit
    console.print(_head(order, f"{plural(found.runs, 'run')} around {_base(order)}"))
    base = f"each from {_base(order)}, which makes {figure(found.base.mean, unit)} {_half(found.base, unit)}"
    console.print(heading("one at a time", base))
    console.print(_effects(found, unit))
    for dial, value, why in found.misfits:
        console.print(Text(f"  {dial} = {setting(value)} is left out: {why}", style="dim"))
    if found.indices:
        console.print(heading("all together", "share of the variance over all these designs, with 95 % intervals"))
        console.print(_indices(found))


def _effects(found: Sensitivity, unit: str) -> Table:
    table = sheet("dial", "from>", "to>", "difference>", "95 %>", "p (Holm)>", titles=True)
    for name in found.swings():
        for one in (effect for effect in found.effects if effect.dial == name):
            gap, ends = one.difference, (setting(found.dials[name]), setting(one.value))
            row = (*ends, signed(gap.mean, unit), _half(gap, unit), _p(gap.p_adjusted))
            table.add_row("", Text(name, style="bold"), *row)
    return table


def _indices(found: Sensitivity) -> Table:
    table = sheet("dial", "alone>", "95 %>", "with others>", "95 %>", titles=True)
    for one in sorted(found.indices, key=lambda one: -one.total[0]):
        cells = (cell for first, low, high in (one.first, one.total) for cell in (share(first), _between(low, high)))
        table.add_row("", Text(one.dial, style="bold"), *cells)
    return table


def _between(low: float, high: float) -> str:
    return f"{100 * low:.0f} to {100 * high:.0f} %"


def _half(found: Interval, unit: str) -> str:
    return f"± {figure(found.high - found.mean, unit)}"


def _p(value: float) -> str:
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"
