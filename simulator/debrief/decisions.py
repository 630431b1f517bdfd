"""What was decided in a flight, cut into units that can be taken out of its plan one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from simulator.case import Case
from simulator.design import Dial, Value
from simulator.plan import Act, Change, Plan
from simulator.run import Run
from simulator.units import date

__all__ = ["FEW", "Decision", "Piece", "composed", "decisions", "flown_plan", "rather", "said", "together"]

FEW = 12
"""units beyond which turns of one dial, and acts of one name, are taken together"""

Piece = tuple[str, int, str]
"""`dial`, `turn` or `act`; number of the change or act; name"""


@dataclass(frozen=True)
class Decision:
    """A unit of what was decided."""

    key: str
    """as in `Worth`"""
    told: str
    """in words"""
    at: float
    """[s]; 0 = at take-off"""
    pieces: frozenset[Piece]
    name: str
    """of its dial or act"""

    @property
    def timed(self) -> bool:
        """Whether it was made in flight."""
        return all(kind != "dial" for kind, _, _ in self.pieces)


def decisions(case: Case, run: Run, few: int = FEW) -> tuple[Decision, ...]:
    """Return what was decided in *run*: dials of the first design that differ from the default, turns, acts.

    Beyond *few* units, turns of one dial and acts of one name are taken together, those of which there are most first;
    0 = never.
    """
    plan = flown_plan(run)
    units = [*_first(case, plan), *sorted((*_turns(case, plan), *_acts(case, plan)), key=lambda unit: unit.at)]
    while 0 < few < len(units) and (most := _most_frequent(units)):
        units = _grouped(case, units, most)
    return tuple(units)


def flown_plan(run: Run) -> Plan:
    """Return the plan of *run* as far as it was flown, without the reasons: they change nothing."""
    turned = (change for change in run.plan.changes if change.dials and change.at < run.until)
    changes = tuple(replace(change, why="") for change in turned)
    acts = tuple(replace(act, why="") for act in run.plan.acts if act.at < run.until)
    return Plan(run.plan.design, changes, acts)


def composed(case: Case, plan: Plan, kept: Collection[Piece]) -> Plan:
    """Return the default design with those parts of *plan* that are *kept*."""
    dials = {name: value for name, value in plan.design.values().items() if ("dial", 0, name) in kept}
    changes = [
        replace(change, dials={name: v for name, v in change.dials.items() if ("turn", number, name) in kept})
        for number, change in enumerate(plan.changes)
    ]
    acts = tuple(act for number, act in enumerate(plan.acts) if ("act", number, act.name) in kept)
    return Plan(case.design.of(dials), tuple(change for change in changes if change.dials), acts)


def together(units: Sequence[Decision], key: str, told: str) -> Decision:
    """Make one of several *units*."""
    pieces = frozenset(piece for unit in units for piece in unit.pieces)
    return Decision(key, told, min(unit.at for unit in units), pieces, units[0].name)


def said(dial: Dial, value: object) -> str:
    """Write the *value* of a dial for people, with its unit."""
    if dial.kind == "switch":
        return "on" if value else "off"
    if isinstance(value, int | float):
        return f"{value:g}{' ' * bool(dial.unit)}{dial.unit}"
    return str(value).replace("_", " ")


def rather(dial: Dial, value: object, other: object) -> str:
    """Write the *value* of a dial that was chosen rather than another, with its unit once."""
    return f"{said(dial, value)}, not {said(replace(dial, unit=''), other)}"


def _first(case: Case, plan: Plan) -> list[Decision]:
    default = case.design().values()
    return [
        Decision(f"dial:{name}", _chosen(case.design.dial(name), value), 0.0, frozenset({("dial", 0, name)}), name)
        for name, value in plan.design.values().items()
        if value != default[name]
    ]


def _chosen(dial: Dial, value: Value) -> str:
    return f"{dial.label}: {rather(dial, value, dial.default)}"


def _turns(case: Case, plan: Plan) -> list[Decision]:
    return [_turn(case, number, change, name) for number, change in enumerate(plan.changes) for name in change.dials]


def _turn(case: Case, number: int, change: Change, name: str) -> Decision:
    dial = case.design.dial(name)
    told = f"{date(change.at, case.tick)}: {dial.label} to {said(dial, change.dials[name])}"
    return Decision(f"turn:{number}:{name}", told, change.at, frozenset({("turn", number, name)}), name)


def _acts(case: Case, plan: Plan) -> list[Decision]:
    return [
        Decision(f"act:{number}", _done(case, act), act.at, frozenset({("act", number, act.name)}), act.name)
        for number, act in enumerate(plan.acts)
    ]


def _done(case: Case, act: Act) -> str:
    given = ", ".join(
        f"{dial.label} {said(dial, act.arguments.get(dial.name, dial.default))}"
        for dial in case.acts[act.name].arguments
    )
    return f"{date(act.at, case.tick)}: {case.acts[act.name].label}" + (f" ({given})" if given else "")


def _most_frequent(units: Sequence[Decision]) -> tuple[str, str] | None:
    """Return kind and name of the timed units of which there are most; None where there are no two alike."""
    often = Counter(_kind(unit) for unit in units if unit.timed)
    most = max(often, key=lambda kind: often[kind], default=None)
    return most if most is not None and often[most] > 1 else None


def _kind(unit: Decision) -> tuple[str, str]:
    return unit.key.partition(":")[0].rstrip("s"), unit.name


def _grouped(case: Case, units: Sequence[Decision], kind: tuple[str, str]) -> list[Decision]:
    alike = [unit for unit in units if unit.timed and _kind(unit) == kind]
    span = f"{date(alike[0].at, case.tick)} to {date(alike[-1].at, case.tick)}"
    label = case.design.dial(kind[1]).label if kind[0] == "turn" else case.acts[kind[1]].label
    one = together(alike, f"{kind[0]}s:{kind[1]}", f"{span}: {label}, {len(alike)} times")
    rest = [unit for unit in units if unit not in alike]
    return [*(unit for unit in rest if not unit.timed),
            *sorted((one, *(unit for unit in rest if unit.timed)), key=lambda unit: unit.at)]  # fmt: skip
