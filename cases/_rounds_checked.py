"""The command `round check`: reads a script, flies it with the reference answers, and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cases import load
from cases._flight import Flyer, Order, flyer_of
from cases._options import located, read_seed
from cases._rounds import script_of
from cases._terminal import heading, progress, sheet
from cases._words import clean, label
from simulator.errors import shown
from simulator.rounds.fitted import Fitted, fitted
from simulator.rounds.script import PHASES
from simulator.rounds.trial import Finding, Flown, Trial, tried
from simulator.run import Run
from simulator.simulation import simulate
from simulator.units import date, micro, money

__all__ = ["Checking", "checking", "show_trial"]


@dataclass(frozen=True)
class Checking:
    """A script that is ready to be tried."""

    fit: Fitted
    seed: int
    others: Mapping[str, Callable[[], Run]]
    """who flies it besides the reference answers, and how"""

    def tried(self) -> Trial:
        """Fly it, and return what was found."""
        with progress("flying the reference answers") as note:
            return tried(self.fit, self.seed, self.others, note)


def checking(name_or_path: str, plan: str | None, policy: str | None, seed: str | None) -> Checking:
    """Read what `round check` is asked for; BadInput for whatever is wrong with the script, or the candidate."""
    script = script_of(name_or_path)
    with located(shown(name_or_path)):
        fit = fitted(script, load, alone=True)
    chosen = script.seed if isinstance(script.seed, int) else 0
    chosen = chosen if seed is None else read_seed(seed)
    others: dict[str, Callable[[], Run]] = {}
    if plan is not None or policy is not None:
        flyer = flyer_of(fit.case, Order(plan=plan, policy=policy))
        others[flyer.name] = partial(_flown, fit, flyer, chosen)
    return Checking(fit, chosen, others)


def _flown(fit: Fitted, flyer: Flyer, seed: int) -> Run:
    return simulate(fit.case, flyer.plan, seed, pilot=flyer.pilot)


# what a person is shown


def show_trial(console: Console, checked: Checking, trial: Trial) -> None:
    """Print what each answer made of a script, what happened and lit when, and what was found."""
    console.print(_head(trial))
    console.print(heading("who flew it", f"seed {trial.seed}"))
    console.print(_answers(trial))
    for title, note, table in _tables(checked.fit, trial):
        console.print(heading(title, note))
        console.print(table)
    console.print(heading("found"))
    console.print(_findings(trial))
    console.print(_verdict(trial))


def _head(trial: Trial) -> Text:
    script = trial.script
    phases = ", ".join(f"{phase} {getattr(script.minutes, phase):g}" for phase in PHASES)
    line = Text(clean(script.title), style="bold")
    return line.append(f"  {script.case} · {script.kind} · {trial.minutes:g} minutes: {phases}", style="not bold dim")


def _answers(trial: Trial) -> Table:
    table = sheet("who", "profit>", "score>", "shown>", "missed", titles=True)
    for one in trial.flown:
        score = "n/a" if one.score is None else f"{one.score:.0f}"
        asked = [row for row in one.rows if row.required]
        shown_ = f"{sum(row.shown for row in asked):.1f} of {sum(row.required for row in asked):.0f}"
        missed = Text(", ".join(map(label, one.missed)) or "nothing", style="dim")
        table.add_row("", clean(one.name), money(micro(one.profit)), score, shown_, missed)
    return table


def _tables(fit: Fitted, trial: Trial) -> Iterator[tuple[str, str, Table]]:
    events = {event.name: ", by hand" if event.by_hand else "" for event in fit.events}
    if events:
        yield "events", "when they happened", _moments(fit, trial, events, lambda one: one.events)
    probes = {card.probe.name: "" if card.when is None else f", when {card.when.text}" for card in fit.cards}
    yield "probes", "since when they were worth asking", _moments(fit, trial, probes, lambda one: one.probes)
    if trial.script.fact:
        table = sheet("ask", "after")
        for fact in trial.script.fact:
            table.add_row("", clean(fact.ask), Text(f"after {fact.after}" if fact.after else "at once", style="dim"))
        yield "facts", "what can be asked besides", table


def _moments(fit: Fitted, trial: Trial, names: Mapping[str, str], of: Callable[[Flown], Mapping[str, float]]) -> Table:
    table = sheet("what", *(f"{clean(one.name)}>" for one in trial.flown), titles=True)
    for name, more in names.items():
        cells = [_moment(fit, of(one).get(name)) for one in trial.flown]
        table.add_row("", Text(name).append(clean(more), style="dim"), *cells)
    return table


def _moment(fit: Fitted, at: float | None) -> str:
    return "-" if at is None else date(at, fit.case.tick)


def _findings(trial: Trial) -> Table:
    table = sheet("ok", "check", "detail")
    for finding in trial.findings:
        table.add_row("", _sign(finding), finding.check, Text(clean(finding.detail), style="dim"))
    return table


def _sign(finding: Finding) -> Text:
    if finding.ok:
        return Text("✓", style="green")
    return Text("✗", style="bold red") if finding.must else Text("!", style="yellow")


def _verdict(trial: Trial) -> Text:
    failed = [finding.check for finding in trial.findings if finding.must and not finding.ok]
    if failed:
        return Text(f"not fit to be played: {', '.join(failed)}", style="bold red")
    warned = sum(not finding.ok for finding in trial.findings)
    return Text(f"fit to be played; {warned or 'no'} warning{'s' * (warned != 1)}", style="green")
