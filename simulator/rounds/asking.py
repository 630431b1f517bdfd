"""Makes probes and facts of what a script holds as data, and tells when a condition held in a flight."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from simulator.board import Question as Fact
from simulator.case import Case
from simulator.conditions import Condition
from simulator.errors import BadInput, unknown
from simulator.exhibits.checks import figure
from simulator.exhibits.series import lines, recited, unit_of
from simulator.exhibits.standing import probes_of
from simulator.exhibits.words import told, when
from simulator.probes import Asked, Check, Exhibit, Probe
from simulator.rounds.fitting_keys import checked_condition, checked_gauge, moment
from simulator.rounds.fitting_words import of_key
from simulator.rounds.script import Question, Script, ScriptCheck
from simulator.rubric import Dimension
from simulator.run import Run
from simulator.units import Floats

__all__ = ["Card", "Shows", "cards_of", "facts_of", "lit"]

_LOOKS = 24  # at a condition, in each tick of a case, as the flight itself looks


@dataclass(frozen=True)
class Card:
    """A probe with what an interviewer needs besides."""

    probe: Probe
    when: Condition | None
    """worth asking once it held; None = always"""
    show: tuple[str, ...]
    """gauges whose readings are the evidence"""
    rescue: str


def facts_of(script: Script, case: Case) -> tuple[Fact, ...]:
    """Return what a candidate may ask besides; the answers come out as they are written."""
    return tuple(
        Fact(fact.ask, fact.answer.replace("$", "$$"), moment(f"fact[{place}].after", fact.after, case))
        for place, fact in enumerate(script.fact)
    )


def cards_of(script: Script, case: Case) -> tuple[Card, ...]:
    """Return the probes of *script*, or all of *case* where it names none; BadInput names what there is not."""
    known = {probe.name: probe for probe in probes_of(case)}
    if not script.probe:
        return tuple(Card(probe, None, (), "") for probe in known.values())
    return tuple(_card(f"probe[{place}]", one, case, known) for place, one in enumerate(script.probe))


def _card(key: str, asked: Question, case: Case, known: Mapping[str, Probe]) -> Card:
    test = checked_condition(f"{key}.when", asked.when, case, landed=True) if asked.when else None
    show = tuple(checked_gauge(f"{key}.show[{place}]", gauge, case) for place, gauge in enumerate(asked.show))
    probe = _own(key, asked, case, known, test) if asked.question else _known(key, asked, known, test)
    return Card(probe, test, show, asked.rescue)


def _known(key: str, asked: Question, known: Mapping[str, Probe], test: Condition | None) -> Probe:
    with of_key(f"{key}.name", asked.name):
        if asked.name not in known:
            raise BadInput(f"{unknown('probe', asked.name, known)}; with a question it is one of its own")
    probe = known[asked.name]
    worth = _Worth(test, probe) if test else probe.when
    return replace(probe, when=worth, follow_up=asked.follow_up or probe.follow_up)


def _own(key: str, asked: Question, case: Case, known: Mapping[str, Probe], test: Condition | None) -> Probe:
    with of_key(f"{key}.name", asked.name):
        if asked.name in known:
            raise BadInput("the case has a probe of this name; give another one, or leave the question out to ask that")
    if asked.check and asked.check.figure:
        with of_key(f"{key}.check.figure", asked.check.figure):
            if asked.check.figure not in case.kpis:
                raise unknown("figure", asked.check.figure, case.kpis)
    return Probe(
        asked.name, asked.question, cast(Dimension, asked.dimension), Shows(asked.show, test),
        asked.weak, asked.mid, asked.strong, asked.expert,
        check=_Checks(asked.check), when=_Worth(test), follow_up=asked.follow_up,
    )  # fmt: skip


# what a probe does with a run: its words stay data


@dataclass(frozen=True)
class _Worth:
    """Whether a probe is worth asking: its condition held, and the case's own probe thinks so too."""

    test: Condition | None
    probe: Probe | None = None

    def __call__(self, asked: Asked) -> bool:
        held = self.test is None or lit(self.test, asked.run, asked.case) is not None
        return held and (self.probe is None or bool(self.probe.when(asked)))


@dataclass(frozen=True)
class _Checks:
    """The question of a probe whose answer is known."""

    check: ScriptCheck | None

    def __call__(self, asked: Asked) -> Check | None:
        check = self.check
        if check is None:
            return None
        if check.options:
            return Check(check.ask, f"It is: {check.right}", check.options, check.options.index(check.right))
        truth = asked.run.kpis().get(check.figure, math.nan)
        unit = asked.case.kpis[check.figure].unit if check.figure in asked.case.kpis else ""
        return figure(check.ask, float(truth), unit, check.within) if math.isfinite(truth) else None


@dataclass(frozen=True)
class Shows:
    """What a probe leans on: the readings of gauges, and how they stood when its condition first held."""

    show: tuple[str, ...]
    test: Condition | None

    def __call__(self, asked: Asked) -> Exhibit:
        at = lit(self.test, asked.run, asked.case) if self.test else None
        parts = [recited(asked, gauge) for gauge in self.show]
        if self.test:
            parts.append(self._then(asked, at))
        same = [gauge for gauge in self.show if unit_of(asked, gauge) == unit_of(asked, self.show[0])]
        chart = lines(asked, same)
        if chart and at is not None and self.test:
            chart = replace(chart, marks=tuple(sorted((*chart.marks, (at, "worth asking from here on")))))
        text = ". ".join(part[0].upper() + part[1:] for part in parts)
        return Exhibit(f"{text}." if text else "Nothing is measured for this one: ask, and listen.", chart)

    def _then(self, asked: Asked, at: float | None) -> str:
        assert self.test is not None
        if at is None:
            return f"it never came to this: {self.test.text}"
        values = (told(gauge, _reading(asked.run, gauge, at), unit_of(asked, gauge)) for gauge in self.show)
        stood = ", ".join(values)
        return f"from {_words(asked, at)} on it was so: {self.test.text}" + (f" ({stood})" if stood else "")


def _words(asked: Asked, at: float) -> str:
    return when(at, asked.case.tick).removeprefix("on ").removeprefix("at ")


def _reading(run: Run, gauge: str, at: float) -> float:
    """Return what *gauge* showed at the time *at* [s]; NaN before its first reading."""
    values = run.gauges.series(gauge, at)[1]
    return float(values[-1]) if len(values) else math.nan


# when a condition held


def lit(test: Condition, run: Run, case: Case, until: float = math.inf) -> float | None:
    """Return when *test* first held in *run* [s], as far as it was flown and by *until* [s]; None = never.

    It is looked at as often as the flight looks, and at each reading of its gauges. A figure of the landing is read
    at the end, where the flight was flown to it.
    """
    past = _Past(run, case)
    grid = np.arange(0.0, run.until, case.tick / _LOOKS)
    read = [past.readings(name)[0] for name in sorted(test.names)]
    looks = np.unique(np.concatenate([grid, *read, [run.until]]))
    return next((at for at in looks[looks <= until].tolist() if test.met(past.at(at))), None)


@dataclass
class _Past:
    """A run that is over, as a condition reads it at a moment."""

    run: Run
    case: Case
    now: float = 0.0
    _read: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    _turns: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        steps = self.case.log(self.run).steps()
        self._turns = [(step.at, step.name) for step in steps if step.kind == "dial"]

    def at(self, now: float) -> _Past:
        """Return it at the moment *now* [s]."""
        self.now = now
        return self

    def readings(self, name: str) -> tuple[Floats, Floats]:
        """Return (times [s], values) of a gauge, or of a figure of the landing."""
        if name not in self._read:
            at, values = self.run.gauges.series(name)
            if not len(at) and self.run.until >= self.case.horizon and name in self.run.figures:
                at, values = np.array([self.run.until]), np.array([self.run.figures[name]])
            self._read[name] = at, values
        return self._read[name]

    def series(self, name: str, since: float) -> Floats:
        """Return the readings of *name* from the last one at or before *since* [s] to now."""
        at, values = self.readings(name)
        first = max(int(np.searchsorted(at, since, side="right")) - 1, 0)
        return values[first : int(np.searchsorted(at, self.now, side="right"))]

    def turned(self, dial: str, since: float) -> bool:
        """Tell whether *dial* was turned at or after *since* [s], and by now."""
        return any(name == dial and since <= at <= self.now for at, name in self._turns)
