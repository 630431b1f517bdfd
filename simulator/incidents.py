"""Incidents as data: what happens to the business on the way, when, and whether anybody is told."""

from __future__ import annotations

import dataclasses
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulator.conditions import Condition, Reader, read_condition
from simulator.errors import BadInput, shown, unknown
from simulator.streams import uniform
from simulator.units import DAY, by_day, clock_time, date, seconds

__all__ = [
    "Effect",
    "Incident",
    "Kind",
    "When",
    "checked_incident",
    "condition",
    "read_incident",
    "resolved",
    "when_told",
]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TESTS: Mapping[str, Callable[[float, float], bool]] = {
    "above": operator.gt,
    "below": operator.lt,
}


@dataclass(frozen=True)
class When:
    """The condition of an incident: it happens at the first look at which *gauge* is above or below *value*."""

    gauge: str
    test: Literal["above", "below"]
    value: float

    def __post_init__(self) -> None:
        if self.test not in _TESTS:
            raise unknown("test of a condition", self.test, _TESTS)

    def holds(self, reading: float) -> bool:
        """Tell whether a *reading* of the gauge fulfils the condition; NaN never does."""
        return _TESTS[self.test](reading, self.value)

    def met(self, reader: Reader) -> bool:
        """Tell whether the latest reading fulfils it; what was never read does not."""
        readings = reader.series(self.gauge, reader.now)
        return bool(len(readings)) and self.holds(float(readings[-1]))

    def words(self) -> dict[str, str | float]:
        """Return it as it is written in a scenario."""
        return {"gauge": self.gauge, self.test: self.value}

    def to_data(self) -> dict[str, str | float]:
        """Return it as plain data."""
        return dataclasses.asdict(self)

    def told(self) -> str:
        """Say it in a sentence."""
        return f"{self.gauge} is {self.test} {self.value:g}"


@dataclass(frozen=True)
class Incident:
    """Something that happens from *at* on for *lasts* seconds."""

    name: str
    kind: str
    """what it does, in the case's own list of kinds"""
    at: float
    """start [s]; for a conditional incident the first moment at which its condition is looked at"""
    lasts: float = 0.0
    """duration [s]; 0 = for good"""
    jitter: float = 0.0
    """the start moves by up to so much to either side, by seed [s]"""
    size: float = 1.0
    """how strong, in the unit of its kind"""
    says: str = ""
    """what the people at the desk are told at the start, its end included; empty = nobody tells them"""
    distractor: bool = False
    """whether the right answer is to do nothing"""
    when: When | Condition | None = None

    @property
    def end(self) -> float:
        """End [s]; infinite when it is for good."""
        return self.at + self.lasts if self.lasts else float("inf")

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        plain = dataclasses.asdict(dataclasses.replace(self, when=None))
        return plain | {"when": self.when.to_data() if self.when else None}


@dataclass(frozen=True)
class Kind:
    """A kind of incident: where it acts and in which unit its size is."""

    help: str
    unit: str = ""
    low: float = 0.0
    high: float = 10.0
    """range of the size"""
    always: bool = False
    """whether it cannot be made conditional: the tape has no latent rows for it"""
    on_tape: bool = False
    """whether the world's tape already holds it (it is then no effect of a control process)"""
    of: str = ""
    """of one that adds requests: the world setting of whose share its size is a multiple; empty = of all requests"""


Effect = tuple[Callable[[Incident], object], Callable[[Incident], object]]
"""what to do at the beginning and at the end of an incident"""


def resolved(timeline: tuple[Incident, ...], seed: int) -> tuple[Incident, ...]:
    """Return the *timeline* with its moments as *seed* has them, each from a stream of the incident's own name."""
    return tuple(_moved(incident, seed) for incident in timeline)


def _moved(incident: Incident, seed: int) -> Incident:
    if not incident.jitter:
        return incident
    shift = incident.jitter * (2 * uniform(seed, "incident", incident.name) - 1)
    return dataclasses.replace(incident, at=max(0.0, incident.at + shift), jitter=0.0)


def read_incident(data: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Incident:
    """Read an incident from plain *data* (a TOML table); BadInput names the key that is wrong."""
    fields = {f.name for f in dataclasses.fields(Incident)} - {"distractor"}
    for key in data:
        if key not in fields:
            raise unknown("key of an incident", key, sorted(fields))
    for key in ("name", "kind", "at"):
        if key not in data:
            raise BadInput(f"an incident needs a {key}")
    times = {key: seconds(data[key], key) for key in ("at", "lasts", "jitter") if key in data}
    test = {"when": condition(data["when"])} if "when" in data else {}
    return checked_incident(Incident(**{**_plain(data), **times, **test}), kinds)


def checked_incident(incident: Incident, kinds: Mapping[str, Kind]) -> Incident:
    """Return *incident*, which may have been made by hand; BadInput names what is wrong with it."""
    if str(incident.kind) not in kinds:  # a table may hold anything
        raise unknown("kind of incident", incident.kind, kinds)
    for key in ("at", "lasts", "jitter"):
        seconds(getattr(incident, key), f"incident {shown(incident.name)}: {key}")
    kind = kinds[incident.kind]
    if not kind.low <= incident.size <= kind.high:
        allowed = f"from {kind.low:g} to {kind.high:g}{' ' * bool(kind.unit)}{kind.unit}"
        raise BadInput(f"the size of incident {shown(incident.name)} is {shown(incident.size)}; allowed: {allowed}")
    return incident


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    for key, kind in (("name", str), ("says", str), ("size", int | float)):
        if key in data and (isinstance(data[key], bool) or not isinstance(data[key], kind)):
            raise BadInput(f"an incident's {key} cannot be {shown(data[key])}")
    if not _NAME.fullmatch(data["name"]):
        raise BadInput(f"an incident's name is made of letters, digits, - and _, not {shown(data['name'])}")
    return dict(data)


def condition(data: Any) -> When | Condition:
    """Read a condition from plain *data*: `{gauge, above}` or `{gauge, below}`, or text as in `conditions`."""
    if isinstance(data, str):
        return read_condition(data)
    if not isinstance(data, Mapping) or set(data) not in ({"gauge", "above"}, {"gauge", "below"}):
        form = '{ gauge = "NAME", above = VALUE } or with below, or "NAME > VALUE for TIME"'
        raise BadInput(f"a condition is written {form}")
    test: Literal["above", "below"] = "above" if "above" in data else "below"
    if not isinstance(data["gauge"], str):
        raise BadInput(f"the gauge of a condition is a name, not {shown(data['gauge'])}")
    if isinstance(data[test], bool) or not isinstance(data[test], int | float) or not abs(data[test]) < 1e300:
        raise BadInput(f"a condition compares with a finite number, not with {shown(data[test])}")
    return When(data["gauge"], test, float(data[test]))


def when_told(incident: Incident, step: float = DAY) -> str:
    """Write when an *incident* runs: `day 30` or `days 30-39`, or in short steps [s] `5:00` or `5:00-6:00`."""
    if not incident.lasts:
        return date(incident.at, step)
    if by_day(step):
        return f"days {incident.at // DAY:.0f}-{incident.end // DAY:.0f}"
    return f"{clock_time(incident.at, step)}-{clock_time(incident.end, step)}"
