"""What a player does, as plain data: a first design, timed changes of live dials and timed acts, with reasons."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from simulator.design import Design, Dial
from simulator.errors import BadInput, shown, unknown
from simulator.units import DAY, seconds, typed

__all__ = ["Act", "Change", "Menu", "Plan", "read_json"]

Menu = Mapping[str, tuple[Dial, ...]]
"""the acts that a case offers: name -> its arguments"""

_Step = TypeVar("_Step", "Change", "Act")
_MOST_BYTES = 256 * 1024
_MOST_STEPS = 1000
_LONGEST_REASON = 2000


@dataclass(frozen=True)
class Change:
    """Live dials turned at a moment."""

    at: float
    """time [s]"""
    dials: Mapping[str, Any]
    why: str = ""


@dataclass(frozen=True)
class Act:
    """Something done at a moment, as the case offers it."""

    at: float
    """time [s]"""
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """A first design with the changes and acts that follow it."""

    design: Design
    changes: tuple[Change, ...] = ()
    acts: tuple[Act, ...] = ()

    def then(self, at: float, why: str = "", **dials: object) -> Plan:
        """Turn live *dials* at time *at* [s]; BadInput names a dial that is unknown, fixed or out of range."""
        return self._and(Change(at, dials, why))

    def do(self, at: float, act: str, why: str = "", **arguments: object) -> Plan:
        """Do *act* at time *at* [s]; whether the case offers it is checked by `checked`."""
        return self._and(Act(at, act, arguments, why))

    def extended(self, *steps: Change | Act) -> Plan:
        """Add *steps*, each behind the older ones of its instant."""
        plan = self
        for step in steps:
            plan = plan._and(step)
        return plan

    def _and(self, step: Change | Act) -> Plan:
        """Add a step; its values come as a mapping, for a dial may have any name."""
        at, why = seconds(step.at), _reason(step.why)
        if isinstance(step, Act):
            return replace(self, acts=_ordered((*self.acts, Act(at, step.name, dict(step.arguments), why))))
        dials = {name: _live(self.design, name).read(value) for name, value in step.dials.items()}
        return replace(self, changes=_ordered((*self.changes, Change(at, dials, why))))

    def beyond(self, old: Plan) -> tuple[tuple[Change, ...], tuple[Act, ...]]:
        """Return the changes and acts that this plan has beyond *old*; BadInput when something old is missing."""
        if self.design != old.design:
            raise BadInput("the plan has another first design than before; live dials are turned with `then`")
        return _fresh(old.changes, self.changes), _fresh(old.acts, self.acts)

    def checked(self, design: type[Design], menu: Menu, horizon: float, step: float = DAY) -> Plan:
        """Return the plan with every value read by its dial; BadInput names the first thing that is wrong.

        *menu* holds the acts on offer, *horizon* [s] the time before which everything must happen; *step* [s] is how
        times are told in errors.
        """
        if type(self.design) is not design:
            raise BadInput(f"the plan holds a {type(self.design).__name__}, the case takes a {design.__name__}")
        _few(len(self.changes) + len(self.acts))
        clean = Plan(self.design)
        for change in self.changes:
            clean = clean._and(replace(change, at=_within(change.at, horizon, step)))
        for act in self.acts:
            at = _within(act.at, horizon, step)
            clean = clean._and(replace(act, at=at, arguments=_arguments(act, menu)))
        return clean

    def to_data(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return {
            "design": self.design.values(),
            "changes": [{"at": c.at, "dials": dict(c.dials), "why": c.why} for c in self.changes],
            "acts": [{"at": a.at, "act": a.name, "arguments": dict(a.arguments), "why": a.why} for a in self.acts],
        }

    def to_json(self) -> str:
        """Write the plan as one JSON document."""
        return json.dumps(self.to_data(), indent=1, ensure_ascii=True)

    @staticmethod
    def from_json(text: str | bytes, design: type[Design], menu: Menu, horizon: float, step: float = DAY) -> Plan:
        """Read a plan; BadInput names the field that is wrong and what is allowed."""
        return Plan.from_data(read_json(text, "plan"), design, menu, horizon, step)

    @staticmethod
    def from_data(data: object, design: type[Design], menu: Menu, horizon: float, step: float = DAY) -> Plan:
        """Build a plan from plain *data* as `to_data` gives it."""
        shape = _validated(data)
        plan = Plan(design.of(shape.design))
        for change in shape.changes:
            plan = plan._and(Change(seconds(change.at), change.dials, change.why))
        for act in shape.acts:
            plan = plan._and(Act(seconds(act.at), act.act, act.arguments, act.why))
        return plan.checked(design, menu, horizon, step)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _ChangeShape(_Strict):
    at: float | str
    dials: dict[str, Any]
    why: str = ""


class _ActShape(_Strict):
    at: float | str
    act: str
    arguments: dict[str, Any] = {}
    why: str = ""


class _PlanShape(_Strict):
    design: dict[str, Any] = {}
    changes: list[_ChangeShape] = []
    acts: list[_ActShape] = []


def read_json(text: str | bytes, what: str) -> object:
    """Read JSON of unknown origin: at most 256 kB, no NaN or Infinity, no key twice, not too deep."""
    if len(text) > _MOST_BYTES:
        raise BadInput(f"{what}: {len(text)} bytes is too long; at most {_MOST_BYTES}")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except BadInput as error:
        raise BadInput(f"{what}: {error}") from None
    except RecursionError:
        raise BadInput(f"{what}: nested too deeply") from None
    except ValueError as error:  # JSON and UTF-8 errors alike
        raise BadInput(f"{what}: not JSON: {error}") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise BadInput(f"key {shown(key)} stands there twice")
        found[key] = value
    return found


def _no_constant(name: str) -> object:
    raise BadInput(f"{name} is not a number that JSON has; write a finite one")


def _validated(data: object) -> _PlanShape:
    try:
        return _PlanShape.model_validate(data)
    except ValidationError as error:
        raise BadInput(f"plan: {_complaint(error.errors()[0])}") from None


def _complaint(first: ErrorDetails) -> str:
    """Say what is wrong in words of ours: pydantic's name its classes."""
    path = [part for part in first["loc"] if part not in ("float", "str")]
    where = shown(".".join(map(str, path)))[1:-1] or "the document"
    said = {
        "extra_forbidden": f"not known here; known: {_allowed_keys(first['loc'])}",
        "model_type": "must be an object of name: value",
        "missing": "is missing",
    }
    return f"{where}: {said.get(first['type'], first['msg'])}"


def _allowed_keys(path: tuple[int | str, ...]) -> str:
    shapes: dict[str, type[BaseModel]] = {"changes": _ChangeShape, "acts": _ActShape}
    shape = shapes.get(str(path[0]) if path else "", _PlanShape)
    return ", ".join(shape.model_fields)


def _live(design: Design, name: str) -> Dial:
    dial = design.dial(name)
    if not dial.live:
        free = ", ".join(d.name for d in design.dials() if d.live)
        raise BadInput(f"dial {name} is fixed at take-off; live dials: {free or 'none'}")
    return dial


def _reason(why: object) -> str:
    if not isinstance(why, str) or any("\ud800" <= letter <= "\udfff" for letter in why):
        raise BadInput(f"a reason is text that can be written, not {shown(why)}")
    if len(why) > _LONGEST_REASON:
        raise BadInput(f"a reason of {len(why)} characters is too long; at most {_LONGEST_REASON}")
    return why


def _few(steps: int) -> None:
    if steps > _MOST_STEPS:
        raise BadInput(f"{steps} changes and acts are too many; at most {_MOST_STEPS}")


def _within(at: float, horizon: float, step: float) -> float:
    if not 0 <= at < horizon:
        allowed = f"from {typed(0, step)} to before {typed(horizon, step)}"
        raise BadInput(f"time {typed(at, step)} is outside the flight; allowed: {allowed}")
    return at


def _arguments(act: Act, menu: Menu) -> dict[str, Any]:
    if act.name not in menu:
        raise unknown("act", act.name, menu)
    dials = {dial.name: dial for dial in menu[act.name]}
    for name in act.arguments:
        if name not in dials:
            raise unknown(f"argument of {act.name}", name, dials)
    return {name: dial.read(act.arguments.get(name, dial.default)) for name, dial in dials.items()}


def _ordered(steps: Iterable[_Step]) -> tuple[_Step, ...]:
    return tuple(sorted(steps, key=lambda step: step.at))


def _fresh(old: tuple[_Step, ...], new: tuple[_Step, ...]) -> tuple[_Step, ...]:
    rest = list(new)
    for step in old:
        if step not in rest:
            raise BadInput("the plan leaves out what was decided before")
        rest.remove(step)
    return tuple(rest)
