"""What the other commands print: the cases, a brief, a study, the findings of a check, the fidelity table."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cases._terminal import heading, sheet
from cases._words import clean, example, flowing, label, limit, plural, purpose, setting, short
from simulator.case import Act, Case
from simulator.design import Dial
from simulator.incidents import Incident, when_told
from simulator.units import by_day, length

if TYPE_CHECKING:
    from simulator.check import Finding
    from simulator.fidelity import Row

__all__ = ["show_brief", "show_cases", "show_findings", "show_rows"]


def show_cases(console: Console, cases: Iterable[Case]) -> None:
    """Print the *cases*, each with what it is about and how long it takes."""
    table = sheet("case", "text")
    for case in cases:
        facts = f"{case.minutes} minutes to play, {length(case.horizon, case.tick)} to fly · {', '.join(case.topics)}"
        text = Text(case.title).append(f"\n{case.tension}\n{facts}", style="dim")
        table.add_row("", Text(case.name, style="bold"), text)
    console.print(table)


# brief


def show_brief(console: Console, case: Case, teacher: bool) -> None:
    """Print what a player of *case* is told, and what a *teacher* knows besides."""
    for part in (*_told(case), *_decided(case), *(_kept_back(case) if teacher else ())):
        console.print(part)


def _told(case: Case) -> Iterator[RenderableType]:
    yield Text(case.title, style="bold").append(f"  {case.name}, revision {case.revision}", style="not bold dim")
    yield Text(case.tension, style="italic")
    to_fly = length(case.horizon, case.tick) + ("" if by_day(case.tick) else " to fly")
    yield Text(f"{case.minutes} minutes · {to_fly} · {', '.join(case.topics)}", style="dim")
    yield Text("\n" + flowing(case.brief))


def _decided(case: Case) -> Iterator[RenderableType]:
    dials = case.design.dials()
    yield heading("at take-off", "--set DIAL=VALUE")
    yield _dials([dial for dial in dials if not dial.live])
    yield heading("at take-off and in flight", f'--at "{example(case, 1 / 5)} DIAL=VALUE"')
    yield _dials([dial for dial in dials if dial.live])
    if case.acts:
        yield heading("in flight", f'--do "{example(case, 7 / 30)} ACT"')
        yield _acts(case)
    yield heading("targets")
    yield _targets(case)
    yield heading("reference answers", "--par NAME")
    yield Text(f"  {', '.join(case.pars)}")


def _dials(dials: Sequence[Dial]) -> Table:
    return _named((d.name, d.help or d.label, f"{setting(d.default)}; {d.allowed()}", d.cost) for d in dials)


def _acts(case: Case) -> Table:
    return _named((name, act.help, _arguments(act), act.cost) for name, act in case.acts.items())


def _arguments(act: Act) -> str:
    return ", ".join(f"{dial.name}={setting(dial.default)}; {dial.allowed()}" for dial in act.arguments)


def _named(rows: Iterable[tuple[str, str, str, str]]) -> Table:
    """Return rows of a name, what it means, what it takes and what it costs."""
    table = sheet("name", "text")
    for name, means, takes, cost in rows:
        facts = " · ".join(part for part in (takes, cost) if part)
        text = Text(means).append(f"\n{facts}" if facts else "", style="dim")
        table.add_row("", Text(name, style="bold"), text)
    return table


def _targets(case: Case) -> Table:
    table = sheet("target", "limit", "why")
    for target in case.targets:
        kpi = case.kpis[target.kpi]
        table.add_row("", label(target.kpi), limit(target, kpi), Text(purpose(target, kpi), style="dim"))
    return table


def _kept_back(case: Case) -> Iterator[RenderableType]:
    yield heading("levels", "--level N")
    yield _pairs((str(number), level.help) for number, level in case.levels.items())
    yield heading("timeline", "kept from players")
    yield _timeline(case)
    for title, text in (("teaching note", case.teacher), ("sources", case.sources)):
        yield heading(title)
        yield Padding(Text(flowing(text)), (0, 0, 0, 2))


def _timeline(case: Case) -> Table:
    return _pairs(
        (when_told(incident, case.tick), f"{incident.name}: {_happening(case, incident)}")
        for incident in sorted(case.timeline, key=lambda incident: incident.at)
    )


def _happening(case: Case, incident: Incident) -> str:
    """Say what an incident does, how much of it, at which levels, and under which condition."""
    kind, test = case.kinds[incident.kind], incident.when
    size = f", {incident.size:g} {kind.unit}" if kind.unit else ""
    at = [str(number) for number, level in case.levels.items() if incident.name not in level.drop]
    levels = f" (level {', '.join(at)} only)" if len(at) < len(case.levels) else ""
    condition = f", from then on, once {test.told()}" if test else ""
    return f"{kind.help}{size}{condition}{levels}"


def _pairs(rows: Iterable[tuple[str, str]]) -> Table:
    table = sheet("name>", "text")
    for name, text in rows:
        table.add_row("", name, text)
    return table


# check, verify


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print what each check of a case found."""
    table = sheet("ok", "check", "detail")
    for finding in findings:
        table.add_row("", _tick(finding.ok), finding.check, Text(clean(finding.detail), style="dim"))
    console.print(table)
    console.print(_count([finding.ok for finding in findings], "check"))


def show_rows(console: Console, rows: Sequence[Row]) -> None:
    """Print the fidelity table by mechanism, each figure with its distance from what is expected."""
    for (mechanism, source), group in itertools.groupby(rows, key=lambda row: (row.mechanism, row.source)):
        console.print(Text(mechanism, style="bold").append(f"\n{source}", style="not bold dim"))
        console.print(_figures(list(group)))
    missed = sum(not row.ok for row in rows)
    console.print(
        Text(f"{len(rows) - missed} of {plural(len(rows), 'figure')} agree", style="red" if missed else "green")
    )


def _figures(rows: Sequence[Row]) -> Table:
    table = sheet("ok", "figure", "expected>", "simulated>", "off by>", titles=True)
    for row in rows:
        table.add_row("", _tick(row.ok), row.id, short(row.expected), short(row.simulated), _off(row))
    return table


def _off(row: Row) -> str:
    distance = row.simulated - row.expected
    return f"{distance / row.se:+.1f} se" if row.se else f"{distance:+.2g}"


def _count(verdicts: Sequence[bool], noun: str) -> Text:
    style = "green" if all(verdicts) else "bold red"
    return Text(f"{sum(verdicts)} of {plural(len(verdicts), noun)} hold", style=style)


def _tick(ok: bool) -> Text:
    return Text("✓", style="green") if ok else Text("✗", style="bold red")
