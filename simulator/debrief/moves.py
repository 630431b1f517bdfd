"""What one thing done otherwise would have brought: earlier, later, not at all, or at another value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from simulator.case import Case
from simulator.debrief.decisions import Decision, Piece, composed, decisions, flown_plan, rather
from simulator.debrief.flights import Flights, Landing
from simulator.debrief.results import Instead, Moves
from simulator.design import Design, Dial, Value
from simulator.plan import Act, Change, Plan
from simulator.units import length

__all__ = ["MOST", "other_values", "par_designs", "whatif"]

MOST = 28
"""things done otherwise that are flown"""
_VALUES = 4
"""other values of a dial that are flown"""
_TICKS = 3
"""steps of the case by which what was decided in flight is moved"""


@dataclass(frozen=True)
class _Other:
    """A plan that does one thing otherwise."""

    key: str
    told: str
    plan: Plan
    one_of: bool = False
    """whether it is one of several values, of which the best is told"""


def whatif(flights: Flights) -> Moves:
    """Fly what is asked automatically: some steps earlier, later, not at all, and each dial at other values."""
    others = _others(flights, par_designs(flights))
    landings = flights.fly([flights.here(other.plan) for other in others])
    found = [_instead(flights, other, landing) for other, landing in zip(others, landings, strict=True)]
    ordered = sorted(found, key=lambda one: (one.gain is None, -(one.gain or 0)))
    values = {other.told for other in others if other.one_of}
    told: set[str] = set()
    kept = [one for one in ordered if one.told not in values or (one.gain is not None and _first(one.key, told))]
    return Moves(tuple(kept))


def par_designs(flights: Flights) -> dict[str, Design]:
    """Return the first design of each reference answer; a pilot is asked for its own."""
    pars = flights.case.pars
    pilots = [name for name, par in pars.items() if not isinstance(par, Plan)]
    until = min(flights.case.tick, flights.run.until)
    landings = flights.fly([flights.par(name, until) for name in pilots], then=MOST)
    asked = {name: flights.case.design.of(one.design) for name, one in zip(pilots, landings, strict=True) if one.design}
    return {name: par.design if isinstance(par, Plan) else asked[name]
            for name, par in pars.items() if isinstance(par, Plan) or name in asked}  # fmt: skip


def other_values(dial: Dial, value: Value, used: Sequence[Value]) -> list[Value]:
    """Return up to four other values of a *dial* that are worth a try: those *used* elsewhere first."""
    if dial.kind in ("choice", "switch"):
        near: list[Value] = list(dial.options) or [False, True]
    else:
        near = [_within(dial, float(value) * share) for share in (0.5, 2.0)]
    return [one for one in dict.fromkeys((*used, *near)) if one != value][:_VALUES]


def _within(dial: Dial, value: float) -> Value:
    assert dial.low is not None and dial.high is not None
    inside = min(max(value, dial.low), dial.high)
    return round(inside) if dial.kind == "integer" else inside


def _first(key: str, told: set[str]) -> bool:
    new = key not in told
    told.add(key)
    return new


def _others(flights: Flights, designs: Mapping[str, Design]) -> list[_Other]:
    """Return what is flown, at most so much of it: first what leaves decisions out, then the likeliest values."""
    case, plan, units = flights.case, flown_plan(flights.run), decisions(flights.case, flights.run)
    without = [_without(case, plan, unit) for unit in units]
    turned = _turned(case, plan, designs)
    moved = [other for unit in units if unit.timed for other in _moved(flights, plan, unit)]
    likely, unlikely = turned[: _VALUES // 2], turned[_VALUES // 2 :]
    rounds = [without, *likely, moved, *unlikely]
    left_out = {other.plan.to_json() for other in without}
    fresh = [o for some in rounds for o in some if some is without or o.plan.to_json() not in left_out]
    return fresh[:MOST]


def _without(case: Case, plan: Plan, unit: Decision) -> _Other:
    kept = _pieces(plan) - unit.pieces
    return _Other(
        unit.key, f"{'not at all' if unit.timed else 'as by default'} – {unit.told}", composed(case, plan, kept)
    )


def _pieces(plan: Plan) -> set[Piece]:
    dials = {("dial", 0, name) for name in plan.design.values()}
    turns = {("turn", number, name) for number, change in enumerate(plan.changes) for name in change.dials}
    return dials | turns | {("act", number, act.name) for number, act in enumerate(plan.acts)}


def _turned(case: Case, plan: Plan, designs: Mapping[str, Design]) -> list[list[_Other]]:
    """Return, round by round, one more value of each dial of the first design."""
    rounds: list[list[_Other]] = [[] for _ in range(_VALUES)]
    for dial in case.design.dials():
        used = [design.values()[dial.name] for design in reversed([*designs.values()])]
        for number, value in enumerate(other_values(dial, plan.design.values()[dial.name], used)):
            told = f"{dial.label}: {rather(dial, value, plan.design.values()[dial.name])}"
            design = plan.design.but(**{dial.name: value})
            rounds[number].append(_Other(f"dial:{dial.name}", told, replace(plan, design=design), one_of=True))
    return rounds


def _moved(flights: Flights, plan: Plan, unit: Decision) -> list[_Other]:
    """Move *unit* to some steps earlier and later, within the flight and not past another turn of the same dial."""
    step, found = _TICKS * flights.case.tick, []
    for shift, word in ((-step, "earlier"), (step, "later")):
        moments = [at for piece, at in _moments(plan) if piece in unit.pieces]
        by = max(shift, -min(moments))
        others = [at for piece, at in _moments(plan) if piece not in unit.pieces and piece[::2] in _alike(unit)]
        passed = any((at - other) * (at + by - other) <= 0 for at in moments for other in others)
        if by and not passed and max(moments) + by < flights.run.until:
            told = f"{length(abs(by), flights.case.tick)} {word} – {unit.told}"
            found.append(_Other(unit.key, told, _shifted(plan, unit, by)))
    return found


def _moments(plan: Plan) -> list[tuple[Piece, float]]:
    turns = [(("turn", n, name), change.at) for n, change in enumerate(plan.changes) for name in change.dials]
    return [*turns, *((("act", n, act.name), act.at) for n, act in enumerate(plan.acts))]


def _alike(unit: Decision) -> set[tuple[str, str]]:
    return {(kind, name) for kind, _, name in unit.pieces if kind == "turn"}


def _shifted(plan: Plan, unit: Decision, by: float) -> Plan:
    """Return *plan* with the pieces of *unit* moved by so many seconds."""
    steps: list[Change | Act] = []
    for number, change in enumerate(plan.changes):
        for name, value in change.dials.items():
            moved = by if ("turn", number, name) in unit.pieces else 0.0
            steps.append(Change(change.at + moved, {name: value}))
    for number, act in enumerate(plan.acts):
        moved = by if ("act", number, act.name) in unit.pieces else 0.0
        steps.append(replace(act, at=act.at + moved))
    return Plan(plan.design).extended(*steps)


def _instead(flights: Flights, other: _Other, landing: Landing) -> Instead:
    gain = None if landing.profit is None else landing.profit - flights.run.profit()
    return Instead(other.key, other.told, gain, other.plan.to_data(), landing.why)
