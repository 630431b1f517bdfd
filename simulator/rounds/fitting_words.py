"""Checks the words of a script as far as no case is needed for it: times, names, conditions, what belongs together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import ROUND_CEILING, Decimal
from typing import TypeVar

from simulator.conditions import read_condition
from simulator.errors import BadInput, shown, unknown
from simulator.rounds.script import (
    BY_HAND,
    COMMUNICATION,
    PHASES,
    Event,
    Fact,
    Question,
    Requirement,
    Script,
    ScriptCheck,
)
from simulator.rounds.standing import REQUIREMENT
from simulator.rubric import DIMENSIONS, LEVELS
from simulator.units import seconds

__all__ = ["checked_words", "named", "of_key", "since", "span", "wrong"]

_Part = TypeVar("_Part")
_A_TIME = "a time such as 12d, 6h, 15m or 90s, or a number of seconds that is not below 0"
_NAME, _PROBE = re.compile(r"[A-Za-z0-9_-]{1,64}"), re.compile(r"[A-Za-z0-9_]{1,64}")
_MOST, _MOST_SHOWN, _MOST_OPTIONS, _MOST_MINUTES, _MOST_WEIGHT, _LONGEST_TITLE = 40, 8, 10, 240, 10, 200
_LEAST = Decimal("1e-9")
_LARGEST_SEED = 2**63 - 1
_LATE = "since 999999999.999999999s"  # as long as a moment can be: an event may be put off twice


def named(part: str) -> str:
    """Write a name that somebody made up as a *part* of a key: as it is where that is plain, else as text."""
    return part if _NAME.fullmatch(part) else shown(part)


def wrong(key: str, value: object, allowed: str) -> BadInput:
    """Build the error for a *value* that a *key* does not take."""
    return BadInput(f"{key} = {shown(value)} is not allowed; it takes {allowed}")


@contextmanager
def of_key(key: str, value: object) -> Iterator[None]:
    """Say in front of a BadInput that is raised inside of which *key* it is, and what stands there."""
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{key} = {shown(value)}: {error}") from None


def span(key: str, value: object) -> float:
    """Read a length of time [s]."""
    try:
        return seconds(value)  # type: ignore[arg-type]
    except BadInput:
        raise wrong(key, value, _A_TIME) from None


def since(at: float) -> str:
    """Write the condition that holds from *at* [s] on, and not a moment sooner: a condition knows nine decimals."""
    exact = Decimal(seconds(at)).quantize(_LEAST, ROUND_CEILING).normalize()
    return f"since {exact:f}s"


def checked_words(script: Script) -> Script:
    """Return *script*; BadInput names the first key that is wrong whatever the case has."""
    _head(script)
    for key in ("event", "fact", "probe"):
        if len(many := getattr(script, key)) > _MOST:
            raise BadInput(f"{key}: {len(many)} are too many; at most {_MOST} are allowed")
    _each("event", script.event, _event)
    _each("fact", script.fact, _fact)
    _each("probe", script.probe, _question)
    for key, named in (("event", script.event), ("probe", script.probe)):
        _once(key, [one.name for one in named])
    if script.requirement is not None:
        _requirement(script.requirement, {event.name: event for event in script.event})
    return script


def _each(key: str, many: Sequence[_Part], check: Callable[[str, _Part], None]) -> None:
    for place, one in enumerate(many):
        check(f"{key}[{place}]", one)


def _once(key: str, names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise wrong(f"{key}[{place}].name", name, "a name that no other one has")


def _said(key: str, text: str) -> None:
    if not text.strip():
        raise wrong(key, text, "text")


# the head


def _head(script: Script) -> None:
    _said("title", script.title)
    if len(script.title) > _LONGEST_TITLE or "\n" in script.title:
        raise wrong("title", script.title, f"one line of at most {_LONGEST_TITLE} characters")
    if not _NAME.fullmatch(script.case):  # a path would be a file of code: a script is data, whoever wrote it
        raise wrong("case", script.case, "the name of an installed case")
    if isinstance(script.seed, int) and not 0 <= script.seed <= _LARGEST_SEED:
        raise wrong("seed", script.seed, "a whole number from 0 to 2^63 - 1, 'room' or 'hidden'")
    _minutes(script)
    _weights(script)


def _minutes(script: Script) -> None:
    each = {phase: float(getattr(script.minutes, phase)) for phase in PHASES}
    for phase, minutes in each.items():
        if not 0 <= minutes <= _MOST_MINUTES:
            raise wrong(f"minutes.{phase}", minutes, f"a number from 0 to {_MOST_MINUTES} minutes")
    if not each["play"]:
        raise wrong("minutes.play", each["play"], f"more than 0 minutes, up to {_MOST_MINUTES}")


def _weights(script: Script) -> None:
    known = [*DIMENSIONS, COMMUNICATION]
    for name, weight in script.weights.items():
        with of_key(f"weights.{name if name in known else shown(name)}", weight):
            if name not in known:
                raise unknown("dimension", name, known)
            if not 0 <= weight <= _MOST_WEIGHT:
                raise BadInput(f"a weight is a number from 0 to {_MOST_WEIGHT}")


# what happens


def _event(key: str, event: Event) -> None:
    if not _NAME.fullmatch(event.name) or event.name == REQUIREMENT:  # an order tells the two apart by name alone
        raise wrong(f"{key}.name", event.name, f"up to 64 letters, digits, - and _, but not {REQUIREMENT!r}")
    span(f"{key}.at", event.at)
    span(f"{key}.lasts", event.lasts)
    if event.when and event.when != BY_HAND:
        _condition(f"{key}.when", event.when)


def _condition(key: str, text: str) -> None:
    """Read a condition, also as it will be when it has been put off."""
    with of_key(key, text):
        read_condition(text)
        try:
            read_condition(f"{_LATE} and ({_LATE} and ({text}))")
        except BadInput:
            raise BadInput("it is too long, or nested too deeply, to be put off in flight; make it simpler") from None


def _requirement(asked: Requirement, events: dict[str, Event]) -> None:
    _said("requirement.says", asked.says)
    at = span("requirement.at", asked.at)
    span("requirement.grace", asked.grace)
    if asked.when not in ("", BY_HAND):
        raise wrong("requirement.when", asked.when, f"'{BY_HAND}', or is left out where `at` says when")
    if not asked.when and not at:
        raise wrong("requirement.at", asked.at, f"a time after take-off; or write when = '{BY_HAND}'")
    if asked.event:
        with of_key("requirement.event", asked.event):
            by_hand = [name for name, event in events.items() if event.when == BY_HAND]
            if asked.event not in by_hand:
                raise unknown(f"event that happens '{BY_HAND}'", asked.event, by_hand)
    for dial, limit in asked.limits.items():
        if limit.least is None and limit.most is None and not limit.only:
            raise wrong(f"requirement.limits.{named(dial)}", {}, "least, most or only")


def _fact(key: str, fact: Fact) -> None:
    _said(f"{key}.ask", fact.ask)
    _said(f"{key}.answer", fact.answer)
    span(f"{key}.after", fact.after)


# what is asked


def _question(key: str, probe: Question) -> None:
    if not _PROBE.fullmatch(probe.name):
        raise wrong(f"{key}.name", probe.name, "up to 64 letters, digits and _")
    if len(probe.show) > _MOST_SHOWN:
        raise BadInput(f"{key}.show: {len(probe.show)} gauges are too many; at most {_MOST_SHOWN} are allowed")
    if probe.when:
        _condition(f"{key}.when", probe.when)
    if probe.question:
        _own(key, probe)
    else:
        _named(key, probe)


def _own(key: str, probe: Question) -> None:
    """Check a probe that is written in the script: with a dimension, and answers of four levels."""
    with of_key(f"{key}.dimension", probe.dimension):
        if probe.dimension not in DIMENSIONS:
            raise unknown("dimension", probe.dimension, DIMENSIONS)
    for level in LEVELS:
        _said(f"{key}.{level}", getattr(probe, level))
    if probe.check is not None:
        _check(f"{key}.check", probe.check)


def _named(key: str, probe: Question) -> None:
    """Check a probe of the case: it has a dimension, answers and a check there."""
    for part in ("dimension", *LEVELS, "check"):
        if value := getattr(probe, part):
            raise wrong(f"{key}.{part}", value, "nothing where there is no question: a probe of the case has it there")


def _check(key: str, check: ScriptCheck) -> None:
    _said(f"{key}.ask", check.ask)
    if bool(check.options) == bool(check.figure):
        raise wrong(f"{key}.options", check.options, "a list of answers, or is left out where `figure` names a KPI")
    if check.figure and not check.within > 0:
        raise wrong(f"{key}.within", check.within, "a number above 0, in the unit of the figure")
    if check.options:
        _options(key, check)


def _options(key: str, check: ScriptCheck) -> None:
    if not 2 <= len(check.options) <= _MOST_OPTIONS or len(set(check.options)) < len(check.options):
        raise wrong(f"{key}.options", check.options, f"from 2 to {_MOST_OPTIONS} answers, each once")
    if check.right not in check.options:
        raise wrong(f"{key}.right", check.right, f"one of {', '.join(map(shown, check.options))}")
