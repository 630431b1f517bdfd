"""Somebody at a terminal who flies: is shown what is new at each stop, and says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from rich.console import Console
from rich.text import Text

from cases._options import pairs
from cases._round_fly import Scripted
from cases._round_look import tables
from cases._round_screen import answers_on_offer, dials_now, instruments, news_of
from cases._words import clean
from simulator.case import Case
from simulator.design import Design
from simulator.errors import BadInput, shown, unknown
from simulator.evidence import EVIDENCE, compute
from simulator.plan import Act, Change, Plan
from simulator.record import Forecast, Look, Record
from simulator.rounds.fitted import due
from simulator.simulation import simulate, tape_of
from simulator.store.deeds import Deed, DeedKind
from simulator.store.records import checked_forecast, written
from simulator.units import clock_time, seconds
from simulator.view import View

__all__ = ["HELP", "Ask", "Seat"]

Ask = Callable[[str], str | None]
"""asks for a line; None = there are no more"""

HELP = """  DIAL=VALUE ... # why    decide (in flight: those that are live)
  do ACT NAME=VALUE # why what the case offers in flight
  Enter                   on to the next stop: news, or a while later
  12d, 90s, 7m ...        on until then, or until there is news
  dials, facts, ask N     how dials stand; what can be asked; ask it
  look, look CHART        name the charts of the evidence; open one
  hint                    a hint, where the round gives any"""

_STOPS = 12  # of a flight in which there is no news
_LONGEST_REASON = 2000
_TIME = re.compile(r"\d+(\.\d+)?[smhdw]")
_PANELS = ("business", "map", "journal", "system", "model")  # a terminal shows the readings of all of them


class Seat:
    """Decides as somebody types: what `simulate` takes as a pilot."""

    def __init__(self, round: Scripted, console: Console, ask: Ask, clock: Callable[[], float]) -> None:
        self.round, self.console, self.ask, self.clock = round, console, ask, clock
        self.case: Case = round.fitted.case
        self.deeds: list[Deed] = []
        self.looks: list[Look] = []
        self.forecasts: list[Forecast] = []
        self.closed = False
        self._begun = self._flying = self._required = False
        self._until, self._shown = 0.0, 0.0
        self._told = 0
        self._rung: dict[str, float] = {}
        self._awaited: dict[int, float] = {}
        self._hints = 0

    def record(self) -> Record:
        """Return where they looked, and what they expected."""
        return Record(tuple(self.looks), tuple(self.forecasts), ())

    def did(self, kind: DeedKind, what: str = "", moment: float = 0.0, **data: Any) -> None:
        """Note a deed of theirs."""
        made = Deed(len(self.deeds), kind, what, "candidate", round(self.clock(), 3), float(moment), data)
        self.deeds.append(made)

    def __call__(self, view: View) -> Plan | None:
        """Ask for the first design, and then, at a stop, for what is to be done."""
        if not self._begun:
            self._begun = True
            return self._designed(view)
        news = list(self._news(view))
        if self.closed or (view.now < self._until and not news):
            return None
        self._show(view, news)
        self._until = view.now + self.case.horizon / _STOPS
        return self._typed(view, view.plan, f"{clock_time(view.now, self.case.tick)} > ")

    # before take-off

    def _designed(self, view: View) -> Plan:
        self.did("phase", "design")
        plan = view.plan
        while True:
            plan = self._typed(view, plan, "design > ")
            try:
                self.case.plan(plan)
                break
            except BadInput as error:
                if self.closed:
                    raise
                self.say(f"it cannot take off: {error}")
        self._foretold(view)
        self.did("phase", "play")
        self.did("flight")
        self._flying = True
        return plan

    def _foretold(self, view: View) -> None:
        """Ask what they expect to earn: an interval that should hold it in 80 of 100 cases."""
        while not self.closed:
            line = self.line("profit at the end, LOW HIGH for 80 % (Enter = no forecast) > ")
            if not line:
                return
            try:
                low, high = _interval(line)
                end = self.case.horizon
                self.forecasts.append(checked_forecast(Forecast("profit", end, low, high, view.now)))
                return
            except BadInput as error:
                self.say(str(error))

    # at a stop

    def _news(self, view: View) -> Iterator[str]:
        """Yield what has happened since the last look that is worth a stop."""
        told = view.journal()
        for entry in told[self._told :]:
            again = entry.kind == "alarm" and entry.at - self._rung.get(entry.name, -1e18) < self.case.horizon / _STOPS
            self._rung[entry.name] = entry.at
            if entry.kind in ("incident", "alarm", "note") and not again:
                yield news_of(entry, self.case.tick)
        self._told = len(told)
        asked = self.round.fitted.script.requirement
        if asked and not self._required and view.now >= due(self.round.fitted.script, self.case):
            self._required = True
            yield f"A new requirement. {asked.says}"
        for number in [number for number, at in self._awaited.items() if at <= view.now]:
            del self._awaited[number]
            yield f"Answer: {self._answer(number)}"

    def _show(self, view: View, news: list[str]) -> None:
        self.console.print(instruments(self.case, view, self._shown, self.console.width))
        for line in news:
            self.console.print(Text(f"  ! {clean(line)}", style="bold"))
        self.looks += [Look(f"panel:{name}", view.now, round(self.clock(), 3)) for name in _PANELS]
        self._shown = view.now

    # what is typed

    def line(self, prompt: str) -> str:
        """Ask for a line; empty where nothing is typed, or nothing more comes."""
        line = self.ask(prompt)
        self.closed = self.closed or line is None
        return (line or "").strip()

    def say(self, text: str) -> None:
        """Tell them something."""
        self.console.print(Text(f"  {clean(text)}"))

    def _typed(self, view: View, plan: Plan, prompt: str) -> Plan:
        """Take lines until they want to go on."""
        while not self.closed:
            line = self.line(prompt)
            if not line:
                break
            if self._flying and _TIME.fullmatch(line):
                self._until = seconds(line)
                break
            try:
                plan = self._obeyed(line, view, plan)
            except BadInput as error:
                self.say(str(error))
        return plan

    def _obeyed(self, line: str, view: View, plan: Plan) -> Plan:
        said, _, why = line.partition("#")
        word, *rest = said.split() or [""]
        told: Mapping[str, Callable[[View, Plan, list[str]], None]] = {
            "help": self._help, "?": self._help, "dials": self._dials, "facts": self._facts, "ask": self._asked,
            "look": self._look, "hint": self._hint,
        }  # fmt: skip
        if word in told:
            told[word](view, plan, rest)
            return plan
        if word == "do":
            return self._acted(view, plan, rest, _reason(why))
        if "=" not in word:
            raise BadInput(f"{shown(word)} is not understood; type help")
        return self._turned(view, plan, pairs([word, *rest]), _reason(why))

    def _turned(self, view: View, plan: Plan, values: dict[str, str], why: str) -> Plan:
        if not self._flying:
            return replace(plan, design=plan.design.of({**plan.design.values(), **values}))
        return self.case.plan(plan.extended(Change(view.now, values, why)))

    def _acted(self, view: View, plan: Plan, words: list[str], why: str) -> Plan:
        if not words:
            raise BadInput(f"do what? {', '.join(self.case.acts) or 'this case offers nothing'}")
        return self.case.plan(plan.extended(Act(view.now, words[0], pairs(words[1:]), why)))

    # what they may want to know

    def _help(self, view: View, plan: Plan, words: list[str]) -> None:
        self.console.print(Text(HELP))

    def _dials(self, view: View, plan: Plan, words: list[str]) -> None:
        self.console.print(dials_now(self.case, _standing(plan)))

    def _facts(self, view: View, plan: Plan, words: list[str]) -> None:
        self.console.print(answers_on_offer(self.case))

    def _asked(self, view: View, plan: Plan, words: list[str]) -> None:
        questions = self.case.board.questions
        number = int(words[0]) if len(words) == 1 and words[0].isascii() and words[0].isdecimal() else 0
        if not 1 <= number <= len(questions):
            raise BadInput(f"ask 1 to {len(questions)}; what they are is told by: facts")
        self.looks.append(Look(f"question:{number - 1}", view.now, round(self.clock(), 3)))
        own = number - 1 - (len(questions) - len(self.round.fitted.script.fact))
        if own >= 0:
            self.did("fact", str(own), view.now)
        at = questions[number - 1].after
        if at > view.now:
            self._awaited[number - 1] = at
            self.say(f"the answer comes at {clock_time(at, self.case.tick)}")
        else:
            self.say(self._answer(number - 1))

    def _answer(self, number: int) -> str:
        question = self.case.board.questions[number]
        return f"{question.ask} {question.answered(self.case.world_setting().values())}"

    def _look(self, view: View, plan: Plan, words: list[str]) -> None:
        if not words:
            self.say(", ".join(EVIDENCE))
            return
        if words[0] not in EVIDENCE:
            raise unknown("chart", words[0], EVIDENCE)
        if view.now <= 0:
            raise BadInput("there is nothing to see before take-off")
        tape = tape_of(self.case, self.round.seed)
        run = simulate(self.case, plan, self.round.seed, until=view.now)
        found = compute(words[0], self.case, run, tape, view.now)
        self.looks.append(Look(f"chart:{words[0]}", view.now, round(self.clock(), 3)))
        self.say(f"{EVIDENCE[words[0]].label}: {EVIDENCE[words[0]].question}")
        for part in tables(found, self.case.tick):
            self.console.print(part)
        if found is None:
            self.say(EVIDENCE[words[0]].needs)

    def _hint(self, view: View, plan: Plan, words: list[str]) -> None:
        policy, hints = self.round.fitted.script.hints, self.case.behaviours
        if policy == "none":
            raise BadInput("this round gives no hints")
        if policy == "free":
            self.say("\n  ".join(hint.text for hint in hints))
            return
        if self._hints >= len(hints):
            raise BadInput("there are no more hints")
        self.did("hint", str(self._hints), view.now)
        self.say(hints[self._hints].text)
        self._hints += 1


def _standing(plan: Plan) -> Design:
    """Return the dials as they stand after all that was decided."""
    turned: dict[str, object] = {}
    for change in plan.changes:
        turned.update(change.dials)
    return plan.design.but(**turned)


def _reason(text: str) -> str:
    return written(text.strip(), _LONGEST_REASON, "a reason")


def _interval(line: str) -> tuple[float, float]:
    words = line.replace(",", " ").replace("$", "").split()
    try:
        low, high = map(float, words)
    except ValueError:
        raise BadInput(f"{shown(line)} is no interval; write two numbers, 1000 2500") from None
    return low, high
