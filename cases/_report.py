"""The report of a run, for a terminal: what it earned, what was asked for, how it went, what happened when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cases._steps import pace, settled, steps
from cases._terminal import bar, heading, sheet
from cases._words import clean, figure, flown, label, limit, plural, purpose, setting
from simulator.books.journal import Entry
from simulator.case import Case
from simulator.run import Run
from simulator.targets import Verdict
from simulator.units import DAY, MINUTE, by_day, clock_time, date, money

__all__ = ["broken", "report"]

_MOST_ENTRIES = 40
_WIDEST = 120


def report(console: Console, case: Case, run: Run, name: str, cpu: float) -> None:
    """Print the report of *run*, flown as *name* in *cpu* seconds."""
    for part in _parts(min(console.width, _WIDEST), case, run, name, cpu):
        console.print(part)


def _parts(width: int, case: Case, run: Run, name: str, cpu: float) -> Iterator[RenderableType]:
    verdicts = case.verdicts(run)
    yield from _title(case, run, name, cpu)
    yield heading("profit and loss")
    yield _money(run, width - 42)
    yield heading("targets", _summary(verdicts))
    yield _targets(case, verdicts)
    yield from _figures(case, run, columns=2 if width < 110 else 3)
    yield heading(pace(case.tick), "with lowest and highest; without what was settled at the end")
    yield steps(case, run, width)
    yield from _journal(case, run)


# title


def _title(case: Case, run: Run, name: str, cpu: float) -> Iterator[Text]:
    yield Text(case.title, style="bold").append(f"  {case.name}, revision {run.revision}", style="not bold dim")
    yield Text(f"seed {run.seed} · {clean(name)} · {_scenario(case)}")
    asked = plural(run.asked(), "request")
    yield Text(f"{flown(case, run)} · {asked} · {cpu:.1f} s of CPU · digest {run.digest()[:12]}")
    dials = (f"{label(dial)} {setting(value)}" for dial, value in run.plan.design.values().items())
    yield Text(clean(", ".join(dials)), style="dim")


def _scenario(case: Case) -> str:
    data = case.scenario.to_data()
    changed = [key for key in ("world", "add", "drop", "move", "when") if data[key]]
    return f"level {case.scenario.level}" + (f", changed: {', '.join(changed)}" if changed else "")


# money


def _money(run: Run, cells: int) -> Table:
    """Return the accounts, what came in first, each with a bar."""
    book = sorted(run.ledger.by_account().items(), key=lambda item: -item[1])
    most = max((abs(amount) for _, amount in book), default=0)
    table = sheet("account", "amount>", "bar")
    for account, amount in book:
        style = "green" if amount >= 0 else "red"
        table.add_row("", label(clean(account)), money(amount), Text(bar(amount, most, cells), style=style))
    table.add_row("", Text("profit", style="bold"), Text(money(run.profit()), style="bold"), _late(run))
    return table


def _late(run: Run) -> Text:
    late = settled(run)["$profit"]
    return Text(f"{figure(late, '$')} of it settled at the end" if abs(late) >= 0.005 else "", style="dim")


# targets and figures


def _summary(verdicts: list[Verdict]) -> str:
    met = sum(verdict.met for verdict in verdicts)
    over = broken(verdicts)
    return f"{met} of {len(verdicts)} met" + (f"; {over}" if over else "")


def broken(verdicts: list[Verdict]) -> str:
    """Name the guardrails that are broken, or nothing."""
    over = [label(verdict.name) for verdict in verdicts if verdict.guardrail and not verdict.met]
    return f"guardrail broken: {', '.join(over)}" if over else ""


def _targets(case: Case, verdicts: list[Verdict]) -> Table:
    table = sheet("met", "target", "value>", "limit", "why")
    for target, verdict in zip(case.targets, verdicts, strict=True):
        kpi = case.kpis[target.kpi]
        mark = Text("✓", style="bold green") if verdict.met else Text("✗", style="bold red")
        value = Text(figure(verdict.value, kpi.unit), style="" if verdict.met else "red")
        why = Text(clean(purpose(target, kpi)), style="dim")
        table.add_row("", mark, label(target.kpi), value, limit(target, kpi), why)
    return table


def _figures(case: Case, run: Run, columns: int) -> Iterator[RenderableType]:
    """Return the KPIs that no target is about."""
    aimed_at = {target.kpi for target in case.targets}
    rest = [(name, value) for name, value in run.kpis().items() if name not in aimed_at]
    cells = [cell for name, value in rest for cell in (label(name), figure(value, case.kpis[name].unit), "")]
    table = sheet(*["name", "value>", "gap"] * columns)
    for start in range(0, len(cells), 3 * columns):
        table.add_row("", *cells[start : start + 3 * columns])
    return iter((heading("other figures"), table) if rest else ())


# journal


_STYLES = {"incident": "yellow", "hidden": "magenta", "alarm": "red", "decision": "cyan", "version": "green"}


def _journal(case: Case, run: Run) -> Iterator[RenderableType]:
    """Return what happened when; what nobody was told of is marked *hidden*."""
    told, widest = _told(run.journal, _rings_on(case)), len(clock_time(case.horizon, case.tick))
    table = sheet("when", "what", "text")
    for entry, *again in told[:_MOST_ENTRIES]:
        when = Text(clock_time(entry.at, case.tick).rjust(widest), style="dim")
        more = _again(again, case.tick) if again else _until(entry, case.tick)
        table.add_row("", when, _kind(entry), clean(entry.text) + more)
    left_out = len(told) - _MOST_ENTRIES
    if left_out > 0:
        table.add_row("", "", "", Text(f"… and {left_out} more; --out DIR keeps them all", style="dim"))
    return iter((heading("what happened"), table) if told else ())


def _rings_on(case: Case) -> float:
    """Return the gap [s] up to which an alarm that rings again is the same one: a good week, or a minute."""
    return 8 * DAY if by_day(case.tick) else MINUTE


def _told(journal: Iterable[Entry], gap: float = MINUTE) -> list[list[Entry]]:
    """Put an alarm that rings on within *gap* [s] behind its first ring, and leave out one that only repeats a line."""
    told: list[list[Entry]] = []
    rings: dict[str, list[Entry]] = {}
    for entry in journal:
        ring = rings.get(entry.name) if entry.kind == "alarm" else None
        if ring and entry.at - ring[-1].at < gap:
            ring.append(entry)
        elif not (entry.kind == "alarm" and told and _same(told[-1][0], entry)):
            told.append([entry])
            if entry.kind == "alarm":
                rings[entry.name] = told[-1]
    return told


def _same(a: Entry, b: Entry) -> bool:
    return (a.at, a.text, a.seen) == (b.at, b.text, b.seen)


def _again(rings: list[Entry], tick: float) -> str:
    return f" ({plural(len(rings), 'more alarm')} until {clock_time(rings[-1].at, tick)})"


def _kind(entry: Entry) -> Text:
    kind = entry.kind if entry.seen else "hidden"
    return Text(kind, style=_STYLES.get(kind, ""))


def _until(entry: Entry, tick: float) -> str:
    """Say until when an incident goes on, if it ends."""
    end = float(entry.facts.get("end", 1e18))
    return f" (until {date(end, tick)})" if entry.kind == "incident" and end < 1e17 else ""
