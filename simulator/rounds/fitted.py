"""A script on its case: whatever it names has been found there, or said to be wrong in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulator.case import Case
from simulator.design import Dial
from simulator.errors import BadInput, unknown
from simulator.incidents import When
from simulator.rounds.asking import Card, cards_of, facts_of
from simulator.rounds.cost import refuse
from simulator.rounds.fitting import Planned, due, scheduled
from simulator.rounds.fitting_keys import checked_condition, checked_gauge
from simulator.rounds.fitting_words import named, of_key, wrong
from simulator.rounds.script import Limit, Requirement, Script
from simulator.scenario import Scenario

__all__ = ["Card", "Fitted", "Planned", "dressed", "due", "fitted"]


@dataclass(frozen=True)
class Fitted:
    """A script on its case."""

    script: Script
    case: Case
    """under the script's scenario, its events latent in it; it asks the script's probes and knows its facts"""
    events: tuple[Planned, ...]
    cards: tuple[Card, ...]
    """the script's, or all of the case where the script names none"""


def fitted(script: Script, load: Callable[[str], Case], *, alone: bool = False) -> Fitted:
    """Put *script* on its case; BadInput names what the case does not have, and what it has.

    *alone*: nobody sits there, so what is `by hand` happens when it is due, and the requirement holds.
    """
    plain = _based(script, load)
    if script.requirement is not None:
        _checked_requirement(script.requirement, script, plain)
    waiting, events = scheduled(script, plain, alone=alone)
    scenario = waiting.scenario
    if alone and script.requirement is not None:
        scenario = replace(scenario, targets={**scenario.targets, **script.requirement.targets})
    flown = plain.under(scenario)
    refuse(flown)
    return Fitted(script, dressed(flown, script), events, cards_of(script, flown))


def dressed(case: Case, script: Script) -> Case:
    """Return *case*, under whatever scenario, with the facts and probes of *script*."""
    probes = tuple(card.probe for card in cards_of(script, case)) if script.probe else case.probes
    board = replace(case.board, questions=(*case.board.questions, *facts_of(script, case)))
    return replace(case, probes=probes, board=board)


# under its scenario


def _based(script: Script, load: Callable[[str], Case]) -> Case:
    """Return the case of *script* under its [scenario] table."""
    with of_key("case", script.case):
        case = load(script.case)
    try:
        asked = Scenario.of(script.scenario, case.kinds)
        _checked_tests(asked, case)
        return case.but(**script.scenario)
    except BadInput as error:
        raise BadInput(f"scenario: {error}") from None


def _checked_tests(asked: Scenario, case: Case) -> None:
    """Raise BadInput for a condition that names a gauge which the case does not have."""
    tests = dict(asked.when) | {incident.name: incident.when for incident in asked.add if incident.when}
    for name, test in tests.items():
        if isinstance(test, When):
            checked_gauge(f"when.{named(name)}.gauge", test.gauge, case)
        elif test is not None:
            checked_condition(f"when.{named(name)}", test.text, case)


# the requirement


def _checked_requirement(asked: Requirement, script: Script, case: Case) -> None:
    due(script, case)
    known = [target.kpi for target in case.targets]
    for kpi, limit in asked.targets.items():
        with of_key(f"requirement.targets.{named(kpi)}", limit):
            if kpi not in known:
                raise unknown("target", kpi, known)
            Scenario.of({"targets": {kpi: limit}}, case.kinds)  # what a scenario does not take would ground the flight
    live = {dial.name: dial for dial in case.design.dials() if dial.live}
    for name, allowed in asked.limits.items():
        with of_key("requirement.limits", name):
            if name not in live:
                raise unknown("dial that can be turned in flight:", name, live)
        _checked_limit(f"requirement.limits.{name}", allowed, live[name])


def _checked_limit(key: str, limit: Limit, dial: Dial) -> None:
    ends = {word: value for word in ("least", "most") if (value := getattr(limit, word)) is not None}
    numeric = dial.kind in ("number", "integer")
    for word, value in ends.items():
        if not numeric:
            raise wrong(f"{key}.{word}", value, f"nothing here: {dial.name} takes {dial.allowed()}; write `only`")
        with of_key(f"{key}.{word}", value):
            dial.read(value)
    if len(ends) == 2 and ends["least"] > ends["most"]:
        raise wrong(f"{key}.least", ends["least"], f"at most {ends['most']:g}, where `most` is")
    if limit.only and numeric:
        raise wrong(f"{key}.only", limit.only, f"nothing here: {dial.name} takes {dial.allowed()}")
    for option in limit.only:
        with of_key(f"{key}.only", option):
            dial.read(option)
