"""A case changed by data: another level, another timeline, other parameters of the world."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.conditions import Condition
from simulator.errors import BadInput, shown, unknown
from simulator.incidents import Incident, Kind, When, checked_incident, condition, read_incident
from simulator.units import seconds

__all__ = ["Scenario", "bare", "read_toml"]

_MOST_BYTES = 256 * 1024
_MOST_PARTS = 32
_ASIDE = re.compile(  # strings and comments, also those that do not end: each is passed over once
    r"""\"{3}(?:[^"\\]|\\.|"(?!""))*+(?:\"{3})?|'{3}(?:[^']|'(?!''))*+(?:'{3})?"""
    r"""|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?|#[^\n]*+""",
    re.DOTALL,
)
_LONG_KEY = re.compile(rf"(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){{{_MOST_PARTS}}}")
_KEYS = ("level", "world", "add", "drop", "move", "when", "targets")


@dataclass(frozen=True)
class Scenario:
    """What is different from the case as its author wrote it."""

    level: int = 2
    world: Mapping[str, object] = field(default_factory=dict)
    """setting -> value"""
    add: tuple[Incident, ...] = ()
    drop: tuple[str, ...] = ()
    move: Mapping[str, float] = field(default_factory=dict)
    """incident -> new start [s]; a moved incident has no jitter"""
    when: Mapping[str, When | Condition] = field(default_factory=dict)
    """incident -> its new condition"""
    targets: Mapping[str, float] = field(default_factory=dict)
    """KPI of a target -> its new limit"""
    given: frozenset[str] = frozenset()

    @staticmethod
    def of(data: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Scenario:
        """Read a scenario from plain *data*, the words of a [scenario] table; BadInput names the key that is wrong.

        level = 1-3 · world = {setting = value} · drop = [incident, ...] · move = {incident = time} ·
        when = {incident = {gauge = name, above | below = value}, or = "gauge > value for 2d"} ·
        add = [{name, kind, at, lasts, size, says}, ...] · targets = {kpi = limit}
        """
        for key in data:
            if key not in _KEYS:
                raise unknown("key of a scenario", key, _KEYS)
        return Scenario(
            level=_level(data.get("level", 2)),
            world=_table(data, "world"),
            add=tuple(_incident(item, kinds) for item in _list(data, "add")),
            drop=tuple(str(name) for name in _list(data, "drop")),
            move={name: seconds(at, f"move.{shown(name)[1:-1]}") for name, at in _table(data, "move").items()},
            when={name: condition(test) for name, test in _table(data, "when").items()},
            targets={kpi: _limit(kpi, limit) for kpi, limit in _table(data, "targets").items()},
            given=frozenset(data),
        )

    @staticmethod
    def from_toml(text: str, kinds: Mapping[str, Kind]) -> Scenario:
        """Read the [scenario] table of a TOML document."""
        document = read_toml(text, "scenario")
        for key in document:
            if key != "scenario":
                raise unknown("table of a scenario file", key, ["scenario"])
        return Scenario.of(_table(document, "scenario"), kinds)

    def and_then(self, later: Scenario) -> Scenario:
        """Return this scenario with the changes of a *later* one on top."""
        return Scenario(
            level=later.level if "level" in later.given else self.level,
            world={**self.world, **later.world},
            add=self.add + later.add,
            drop=self.drop + later.drop,
            move={**self.move, **later.move},
            when={**self.when, **later.when},
            targets={**self.targets, **later.targets},
        )

    def applied(self, timeline: tuple[Incident, ...]) -> tuple[Incident, ...]:
        """Return *timeline* with incidents added, dropped, moved and made conditional.

        One that is dropped and added again, under its name, is another one from then on.
        """
        replaced = {incident.name for incident in timeline} & set(self.drop) & {one.name for one in self.add}
        incidents = {incident.name: incident for incident in timeline if incident.name not in replaced}
        for incident in self.add:
            if incident.name in incidents:
                raise BadInput(f"there is an incident {incident.name!r} already")
            incidents[incident.name] = incident
        for name in (*self.drop, *self.move, *self.when):
            if name not in incidents:
                raise unknown("incident", name, incidents)
        dropped = set(self.drop) - replaced
        for name in sorted(dropped):
            if name in self.move or name in self.when:
                raise BadInput(f"incident {name!r} cannot be dropped and changed at once")
        changed = (self._changed(incident) for incident in incidents.values())
        return tuple(incident for incident in changed if incident.name not in dropped)

    def _changed(self, incident: Incident) -> Incident:
        if incident.name in self.move:
            incident = dataclasses.replace(incident, at=self.move[incident.name], jitter=0.0)
        if incident.name in self.when:
            incident = dataclasses.replace(incident, when=self.when[incident.name])
        return incident

    def to_data(self) -> dict[str, Any]:
        """Return the scenario as plain data, in one canonical form; what it asks for only where that was changed."""
        asked = {"targets": dict(sorted(self.targets.items()))} if self.targets else {}
        return {
            "level": self.level,
            "world": dict(sorted(self.world.items())),
            "add": [incident.to_data() for incident in self.add],
            "drop": sorted(set(self.drop)),
            "move": dict(sorted(self.move.items())),
            "when": {name: test.to_data() for name, test in sorted(self.when.items())},
            **asked,
        }


def read_toml(text: str, what: str) -> dict[str, Any]:
    """Read TOML of unknown origin: at most 256 kB, no key twice, not too deep."""
    if len(text) > _MOST_BYTES:
        raise BadInput(f"{what}: {len(text)} characters are too many; at most {_MOST_BYTES}")
    if _has_long_key(text):
        raise BadInput(f"{what}: a key of more than {_MOST_PARTS} parts: nested too deeply")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadInput(f"{what}: nested too deeply") from None
    except ValueError as error:
        raise BadInput(f"{what}: not TOML: {error}") from None


def bare(text: str) -> str:
    """Return TOML *text* without comments, and with a letter for each string: keys, numbers and signs are left."""
    return _ASIDE.sub(lambda found: "" if found[0].startswith("#") else "_", text)


def _has_long_key(text: str) -> bool:
    """Tell whether a dotted key has very many parts: time and memory for one grow with their square."""
    if text.count(".") < _MOST_PARTS:
        return False
    lines = (line for line in bare(text).splitlines() if line.count(".") >= _MOST_PARTS)
    return any(_LONG_KEY.search(line) for line in lines)


def _level(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"level {shown(value)} is not a whole number")
    return value


def _limit(kpi: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
        raise BadInput(f"targets.{shown(kpi)[1:-1]} is a number, not {shown(value)}")
    return float(value)


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, Mapping):
        raise BadInput(f"{key} is a table of name = value, not {shown(value)}")
    return value


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key, [])
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise BadInput(f"{key} is a list, not {shown(value)}")
    return list(value)


def _incident(item: object, kinds: Mapping[str, Kind]) -> Incident:
    if isinstance(item, Incident):
        return checked_incident(item, kinds)
    if not isinstance(item, Mapping):
        raise BadInput(f"an incident is a table with name, kind and at, not {shown(item)}")
    return read_incident(item, kinds)
