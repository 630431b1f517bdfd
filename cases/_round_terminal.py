"""A round at a terminal, alone: brief, design, flight, and the questions that an interviewer would ask now."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from rich.console import Console
from rich.text import Text

from cases import advised, load
from cases._debrief_report import show_debrief
from cases._exchange import put
from cases._history import now
from cases._output import say
from cases._round_fly import Flown, Scripted, show_requirement
from cases._round_screen import acts_on_offer, answers_on_offer, dials_now, targets_of
from cases._round_seat import HELP, Ask, Seat
from cases._terminal import heading
from cases._words import clean, flowing
from simulator.case import Case
from simulator.debrief import beginning
from simulator.errors import BadInput
from simulator.probes import Check, Posed
from simulator.rounds.asking import Card
from simulator.rounds.fitted import due, fitted
from simulator.rounds.recorded import flown_alone
from simulator.rounds.written_facts import after, sitting
from simulator.run import Run
from simulator.simulation import simulate, tape_of
from simulator.store.records import written
from simulator.tracks import Yardstick, yardstick

__all__ = ["asker", "keep", "sat"]

_MOST_PROBES = 4  # where the script names none
_LONGEST = 2000


def asker(console: Console) -> Ask:
    """Return what asks for a line; one that is not typed at a terminal is shown as if it were."""

    def ask(prompt: str) -> str | None:
        try:
            line = console.input(Text(prompt, style="bold"))
        except EOFError:
            console.print()
            return None
        if not sys.stdin.isatty():
            console.print(Text(clean(line)))
        return line

    return ask


def sat(round: Scripted, console: Console, ask: Ask, clock: Callable[[], float] = now) -> Flown:
    """Have somebody fly a *round* who sits at the *console*."""
    seat = Seat(round, console, ask, clock)
    _briefed(round, console, seat)
    run = simulate(_woken(round), None, round.seed, pilot=seat)
    known = yardstick(round.fitted.case, run.seed)
    _questioned(round, run, seat, known)
    seat.did("phase", "over", run.until)
    played = flown_alone(round.text, "", run, seat.record(), seat.deeds)
    found = Flown(played, round.fitted, run, "who sat at the terminal", 0.0)
    _told(found, console, known)
    return found


def _briefed(round: Scripted, console: Console, seat: Seat) -> None:
    script = round.fitted.script
    case = fitted(script, load).case  # not alone: its targets are as they are before the requirement
    seat.did("phase", "brief")
    console.print(Text(clean(script.title), style="bold").append(f"  {case.title}", style="not bold dim"))
    for text in (script.intro, case.brief):
        console.print(Text(f"\n{flowing(text)}") if text else "")
    console.print(heading("targets"), targets_of(case))
    console.print(heading("dials"), dials_now(case, case.plan(to_fly=False).design))
    if case.acts:
        console.print(heading("in flight"), acts_on_offer(case))
    if case.board.questions:
        console.print(heading("what can be asked"), answers_on_offer(case))
    console.print(heading("what can be typed"), Text(HELP))


def _woken(round: Scripted) -> Case:
    """Return the case with one more look, when the requirement is said."""
    case, script = round.fitted.case, round.fitted.script
    more = {due(script, case)} if script.requirement else set()
    return replace(case, checkpoints=tuple(sorted({*case.checkpoints, *more})))


# questions


def _questioned(round: Scripted, run: Run, seat: Seat, known: Yardstick) -> None:
    """Put those probes that are worth asking of this *run*, one after the other."""
    case = round.fitted.case
    found = beginning(case, run, tape_of(case, run.seed), seat.record(), known)
    posed = {one.name: one for one in found.posed}
    worth = (card for card in round.fitted.cards if posed[card.probe.name].worth_asking)
    most = None if round.fitted.script.probe else _MOST_PROBES
    seat.did("phase", "probes", run.until)
    for card in islice(worth, most):
        if seat.closed:
            return
        _put(seat, card, posed[card.probe.name], run.until)


def _put(seat: Seat, card: Card, posed: Posed, at: float) -> None:
    seat.did("ask", posed.name, at)
    seat.console.print(heading("question"), Text(f"  {clean(posed.question)}\n  {clean(posed.exhibit.text)}"))
    choice, number = _checked(seat, posed.check) if posed.check else ("", None)
    words = " ".join(_said(seat, card, posed, at))
    if choice or words or number is not None:
        seat.did("reply", posed.name, at, words=words, choice=choice, number=number)


def _checked(seat: Seat, check: Check) -> tuple[str, float | None]:
    """Ask the question that has one right answer, until there is an answer to it, or none is wanted."""
    options = [f"\n  {number} {clean(option)}" for number, option in enumerate(check.options, 1)]
    seat.console.print(Text(f"  {clean(check.ask)}{''.join(options)}"))
    unit = "the number of an option" if options else check.unit or "a figure"
    while not seat.closed:
        line = seat.line(f"{unit} (Enter = none) > ")
        if not line:
            break
        try:
            number = _number(line)
            return (_option(check, number), None) if options else ("", number)
        except BadInput as error:
            seat.say(str(error))
    return "", None


def _number(line: str) -> float:
    try:
        number = float(line.replace(",", "").rstrip("%"))
    except ValueError:
        number = float("inf")
    if not abs(number) < 1e300:
        raise BadInput("a number is wanted")
    return number / 100 if line.endswith("%") else number


def _option(check: Check, number: float) -> str:
    if number not in range(1, len(check.options) + 1):
        raise BadInput(f"1 to {len(check.options)} is wanted")
    return check.options[int(number) - 1]


def _said(seat: Seat, card: Card, posed: Posed, at: float) -> Iterator[str]:
    """Yield what they say in their own words: to the question, and to what follows it."""
    words = seat.line("in your own words (hint = a hint) > " if card.rescue else "in your own words > ")
    if words == "hint" and card.rescue:
        seat.did("rescue", posed.name, at)
        seat.say(card.rescue)
        words = seat.line("in your own words > ")
    if words:
        yield written(words, _LONGEST, "an answer")
        if posed.follow_up and (more := seat.line(f"{clean(posed.follow_up)} > ")):
            yield written(more, _LONGEST, "an answer")


# the end


def keep(found: Flown, out: str | None, ask: Ask) -> None:
    """Write the recording to the new file *out*, or to one that is asked for until it can be written."""
    if out is not None:
        put(found.played.to_json(), out)
        return
    while name := (ask("keep the recording: a new file (Enter = not) > ") or "").strip():
        try:
            put(found.played.to_json(), name)
            break
        except BadInput as error:
            say(str(error))


def _told(found: Flown, console: Console, known: Yardstick) -> None:
    """Print how it went: the seed, too, where it was hidden."""
    played, case = found.played, found.fitted.case
    begun = beginning(case, found.run, tape_of(case, found.run.seed), sitting(played), known)
    show_debrief(console, advised(after(played, found.fitted, found.run, begun, known).debrief))
    show_requirement(console, found)
