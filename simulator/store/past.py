"""Makes a case and a plan of what was kept of a flight, exactly as they were flown, or says why that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from simulator.case import Case
from simulator.conditions import Condition
from simulator.errors import BadInput, shown
from simulator.incidents import Incident, When, read_incident
from simulator.plan import Plan
from simulator.scenario import Scenario
from simulator.store.records import Flight

__all__ = ["Flown", "case_of", "plan_of"]


def plan_of(flight: Flight, case: Case) -> Plan:
    """Return the plan of a *flight*, checked by its *case*."""
    return case.plan(Plan.from_data(flight.plan, case.design, case.menu(), case.horizon, case.tick))


class Flown(Protocol):
    """What says under which case and scenario something was flown."""

    @property
    def case(self) -> str:
        """Its name."""

    @property
    def revision(self) -> int:
        """The revision of the case."""

    @property
    def scenario(self) -> Mapping[str, Any]:
        """As `Scenario.to_data` gives it."""


def case_of(flight: Flown, load: Callable[[str], Case]) -> Case:
    """Return the case of a *flight* under its scenario; BadInput when the case has changed since."""
    case = load(flight.case)
    if case.revision != flight.revision:
        raise BadInput(
            f"the flight was made in revision {flight.revision} of {case.name}; "
            f"this is revision {case.revision}, in which it would go another way"
        )
    return _under(case, flight.scenario)


def _under(case: Case, data: object) -> Case:
    """Return *case* under the scenario that `Scenario.to_data` gave as *data*, number for number the same."""
    if not isinstance(data, Mapping) or any(not isinstance(key, str) for key in data):
        raise BadInput(f"a scenario is a table, not {shown(data)}")
    plain = replace(case, scenario=Scenario())
    checked = plain.but(**_as_written(data, case)).scenario
    # An integer may stand for a real number: the digest of a run tells them apart, `but` does not.
    exact = replace(
        checked,
        world=_originals(data.get("world", {}), checked.world),
        move=_originals(data.get("move", {}), checked.move),
        targets=_originals(data.get("targets", {}), checked.targets),
        when={name: _test(data["when"][name], test) for name, test in checked.when.items()},
        add=tuple(_exact(incident, given) for incident, given in zip(checked.add, data.get("add", ()), strict=True)),
    )
    return case.under(exact)


def _as_written(data: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """Return *data* in the words of a [scenario] table."""
    words = dict(data)
    if isinstance(when := data.get("when"), Mapping):
        words["when"] = {name: _condition(test) for name, test in when.items()}
    if isinstance(add := data.get("add"), list | tuple):
        words["add"] = [_incident(item, case) for item in add]
    return words


def _condition(test: object) -> object:
    if isinstance(test, Mapping) and set(test) == {"gauge", "test", "value"} and isinstance(test["test"], str):
        return {"gauge": test["gauge"], test["test"]: test["value"]}
    return test


def _incident(item: object, case: Case) -> Incident:
    if not isinstance(item, Mapping):
        raise BadInput(f"an incident is a table with name, kind and at, not {shown(item)}")
    words = {key: value for key, value in item.items() if key != "distractor" and not (key == "when" and value is None)}
    if "when" in words:
        words["when"] = _condition(words["when"])
    distractor = item.get("distractor", False)
    if not isinstance(distractor, bool):
        raise BadInput(f"an incident's distractor is true or false, not {shown(distractor)}")
    return replace(read_incident(words, case.kinds), distractor=distractor)


def _exact(incident: Incident, given: Mapping[str, Any]) -> Incident:
    read = {key: getattr(incident, key) for key in ("at", "lasts", "jitter", "size")}
    when = _test(given["when"], incident.when) if incident.when else None
    return replace(incident, **_originals({key: given.get(key) for key in read}, read), when=when)


def _test(given: Any, read: When | Condition) -> When | Condition:
    if isinstance(read, Condition):
        return read
    return replace(read, **_originals({"value": given.get("value")}, {"value": read.value}))


def _originals(given: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was *read*, in the form in which it was *given* where that is the same value."""
    return {name: given[name] if given[name] == value else value for name, value in read.items()}
