"""Makes of the events of a script what the scenario of a flight knows: incidents that wait for their moment.

Whatever can be steered waits from take-off on, and its condition holds all there is to say about when it happens. So
somebody may fire it at any moment, and what was flown by then stays as it was: the world has drawn it for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from simulator.case import Case
from simulator.conditions import read_condition
from simulator.errors import BadInput, unknown
from simulator.incidents import Incident, When, checked_incident
from simulator.rounds.fitting_keys import checked_condition, moment
from simulator.rounds.fitting_words import of_key, since, span, wrong
from simulator.rounds.script import BY_HAND, Event, Script
from simulator.scenario import Scenario

__all__ = ["Planned", "due", "scheduled"]

_NEVER = "never"


@dataclass(frozen=True)
class Planned:
    """An event of a script: as a rule it can be fired now, put off, or left out."""

    name: str
    about: str
    """what it does, in a sentence"""
    says: str
    """what the candidate is told; empty = nothing"""
    at: float
    """when it is due, or no sooner than [s]"""
    lasts: float
    """[s]; 0 = for good"""
    when: str
    """its condition in the scenario as long as nobody steers it: `since ...`, `never` (by hand), or what is written;
    empty = it is part of the world, and nobody can steer it"""
    by_hand: bool
    note: str
    """for the interviewer"""


@dataclass(frozen=True)
class _Found:
    """An event with the incident that it is."""

    key: str
    event: Event
    incident: Incident
    """as the script wants it, at the time that the case gives it"""
    at: float
    """as planned [s]"""
    test: str
    """its condition; empty = it is part of the world"""


def scheduled(script: Script, case: Case, *, alone: bool = False) -> tuple[Case, tuple[Planned, ...]]:
    """Return *case* with the events of *script* waiting in it, and what is planned.

    *alone*: what is `by hand` happens when it is due, as nobody sits there.
    """
    asked, planned = script.requirement, []
    for place, event in enumerate(script.event):
        found = _found(f"event[{place}]", event, case, alone)
        if alone and asked and asked.event == event.name:
            at = due(script, case)
            found = replace(found, at=at, test=since(at))
        case = _waiting(case, found)
        planned.append(_planned(found, case))
    return case, tuple(planned)


def due(script: Script, case: Case) -> float:
    """Return when the requirement of *script* is said [s]; where nobody says when, in the middle of the flight."""
    assert script.requirement is not None
    return moment("requirement.at", script.requirement.at, case) or case.horizon / 2


# which incident an event is


def _present(case: Case) -> dict[str, Incident]:
    """Return the incidents that happen in *case* as they are written, without the luck of a seed."""
    left_out = case.levels[case.scenario.level].drop
    kept = tuple(incident for incident in case.timeline if incident.name not in left_out)
    return {incident.name: incident for incident in case.scenario.applied(kept)}


def _found(key: str, event: Event, case: Case, alone: bool) -> _Found:
    known = {incident.name: incident for incident in case.timeline} | _present(case)
    original = known.get(event.name)
    incident = _own(key, event, case, original) if event.kind else _changed(key, event, case, original)
    if not case.kinds[incident.kind].always:
        return _Found(key, event, incident, *_time(key, event, incident, case, alone))
    if event.when:
        allowed = f"nothing here: a {incident.kind} is part of the world, so it can only be scheduled, by `at`"
        raise wrong(f"{key}.when", event.when, allowed)
    return _Found(key, event, incident, moment(f"{key}.at", event.at, case) or incident.at, "")


def _own(key: str, event: Event, case: Case, original: Incident | None) -> Incident:
    if original is not None:
        allowed = "a name that no incident of the case has; without a kind it would be that one"
        raise wrong(f"{key}.name", event.name, allowed)
    with of_key(f"{key}.kind", event.kind):
        if event.kind not in case.kinds:
            raise unknown("kind of incident", event.kind, case.kinds)
    kind = case.kinds[event.kind]
    if event.size is None and kind.unit:
        raise BadInput(f"{key}.size is missing; it takes a number from {kind.low:g} to {kind.high:g} {kind.unit}")
    size = min(max(1.0, kind.low), kind.high) if event.size is None else event.size
    lasts = span(f"{key}.lasts", event.lasts)
    return _in_range(key, Incident(event.name, event.kind, 0.0, lasts=lasts, size=size, says=event.says), case)


def _changed(key: str, event: Event, case: Case, original: Incident | None) -> Incident:
    if original is None:
        with of_key(f"{key}.name", event.name):
            names = [incident.name for incident in case.timeline]
            kinds = ", ".join(case.kinds)
            raise BadInput(f"{unknown('incident', event.name, names)}; with a kind it is one of its own: {kinds}")
    given = {"lasts": span(f"{key}.lasts", event.lasts) or None, "size": event.size, "says": event.says or None}
    changes = {word: value for word, value in given.items() if value is not None}
    return _in_range(key, replace(original, **changes), case)  # type: ignore[arg-type]


def _in_range(key: str, incident: Incident, case: Case) -> Incident:
    with of_key(f"{key}.size", incident.size):
        return checked_incident(incident, case.kinds)


# when it happens


def _time(key: str, event: Event, incident: Incident, case: Case, alone: bool) -> tuple[float, str]:
    """Return when an event is due [s], and its condition."""
    at = moment(f"{key}.at", event.at, case)
    if event.when == BY_HAND:
        at = at or incident.at or case.horizon / 2
        return at, since(at) if alone else _NEVER
    if event.when:
        test = checked_condition(f"{key}.when", event.when, case).text
        return at, f"{since(at)} and ({test})" if at else test
    if at or not incident.when:
        at = at or incident.at
        return at, since(at)
    return incident.at, f"{since(incident.at)} and ({_as_text(incident.when)})"


def _as_text(test: object) -> str:
    """Write the condition that a case gives an incident as the grammar of conditions has it."""
    if isinstance(test, When):
        return f"{test.gauge} {'>' if test.test == 'above' else '<'} {test.value!r}"
    return str(getattr(test, "text", ""))


# as the scenario has it


def _waiting(case: Case, found: _Found) -> Case:
    """Return *case* with the incident in it: from take-off on, waiting for its condition."""
    name, start, scenario = found.event.name, 0.0 if found.test else found.at, case.scenario
    if name in scenario.drop:
        raise wrong(f"{found.key}.name", name, "no incident that scenario.drop leaves out")
    old = _present(case).get(name)
    tests = {name: read_condition(found.test)} if found.test else {}
    fresh = replace(found.incident, at=start, jitter=0.0, when=None)
    changes: dict[str, Any] = {"add": (*scenario.add, fresh)}
    if old is not None:
        changes = {"move": {**scenario.move, name: start}}
        if replace(old, at=start, jitter=0.0, when=None) != fresh:
            changes |= _replaced(scenario, fresh)
    return replace(case, scenario=replace(scenario, **changes, when={**scenario.when, **tests}))


def _replaced(scenario: Scenario, fresh: Incident) -> dict[str, Any]:
    """Return what puts *fresh* in the place of the incident of its name."""
    if any(incident.name == fresh.name for incident in scenario.add):
        return {"add": tuple(fresh if incident.name == fresh.name else incident for incident in scenario.add)}
    return {"add": (*scenario.add, fresh), "drop": (*scenario.drop, fresh.name)}


def _planned(found: _Found, case: Case) -> Planned:
    event, incident, kind = found.event, found.incident, case.kinds[found.incident.kind]
    size = f" ({incident.size:g} {kind.unit})" if kind.unit else ""
    return Planned(
        name=event.name, about=f"{kind.help}{size}", says=incident.says, at=found.at, lasts=incident.lasts,
        when=found.test, by_hand=event.when == BY_HAND, note=event.note,
    )  # fmt: skip
