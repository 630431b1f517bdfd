"""What an agent sees and does in a case: a fixed row of numbers in, dials and acts by name out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.case import Case
from simulator.design import Design, Dial, Value
from simulator.errors import BadInput, shown, unknown
from simulator.plan import Act, Change, Plan
from simulator.simulation import simulate
from simulator.units import Floats, dollars, micro, seconds
from simulator.view import View

__all__ = ["LIMIT", "Controls", "Fits", "booked", "bounds", "place"]

LIMIT = 1e12
"""no observation is further from 0 than this: readings and dollars beyond it are clipped"""
Fits = Callable[[Design], str]
"""says what is wrong with a design; nothing = it fits"""
_DESK = ("time", "dollars", "dollars_since", "alarms_since", "versions")
_MOST_STEPS = 1000  # changes and acts of a plan


@dataclass(frozen=True)
class Controls:
    """The desk of an agent; the layout is fixed, and `names` says what each number of an observation is.

    In this order: `time` (share of the flight that is over), `dollars` (booked so far), `dollars_since` (the last
    control point), `alarms_since`, `versions` (of the model, so far); `dial/NAME` for each live dial as it stands (a
    choice as the place of its option, a switch as 0 or 1); `gauge/NAME` for the latest reading of each gauge, and
    `known/NAME`, which is 1 where it has one and 0 where it has not (the reading is then 0).
    """

    dials: tuple[Dial, ...]
    """the live ones"""
    acts: Mapping[str, tuple[Dial, ...]]
    """what else can be done, with its arguments"""
    gauges: tuple[str, ...]
    points: tuple[float, ...]
    """the control points [s]; the first is take-off"""
    horizon: float
    """[s]"""

    @staticmethod
    def of(
        case: Case, *, every: float | str | None = None, acts: Iterable[str] | None = None,
        gauges: Iterable[str] | None = None,
    ) -> Controls:  # fmt: skip
        """Return the desk of *case*: all its live dials, at its checkpoints, or *every* so often (seconds, `6h`).

        *acts* are those of the case that need no argument, unless others are named; *gauges* those that it shows to
        people. BadInput for an act that there is not, and for more control points than a plan has room for.
        """
        dials = tuple(dial for dial in case.design.dials() if dial.live)
        offered = _acts(case, acts)
        points = (0.0, *(at for at in _points(case, every) if 0 < at < case.horizon))
        if len(points) * (1 + len(offered)) > _MOST_STEPS:
            raise BadInput(f"{len(points)} control points are too many for a plan of {_MOST_STEPS} changes and acts")
        return Controls(dials, offered, tuple(_gauges(case) if gauges is None else gauges), points, case.horizon)

    @property
    def names(self) -> tuple[str, ...]:
        """What each number of an observation is, in their order."""
        dials = (f"dial/{dial.name}" for dial in self.dials)
        return (*_DESK, *dials, *(f"gauge/{name}" for name in self.gauges), *(f"known/{name}" for name in self.gauges))

    @property
    def limits(self) -> tuple[Floats, Floats]:
        """The (lowest, highest) value of each number of an observation."""
        desk = [(0.0, 1.0), (-LIMIT, LIMIT), (-LIMIT, LIMIT), (0.0, LIMIT), (0.0, LIMIT)]
        readings, known = [(-LIMIT, LIMIT)] * len(self.gauges), [(0.0, 1.0)] * len(self.gauges)
        rows = np.array([*desk, *(bounds(dial) for dial in self.dials), *readings, *known])
        return rows[:, 0], rows[:, 1]

    def observed(self, view: View, before: View | None = None) -> Floats:
        """Return what is known at the desk; *before* is the view at the control point before this one."""
        since = booked(view) - (booked(before) if before else 0)
        alarms = len(view.alarms()) - (len(before.alarms()) if before else 0)
        desk = [view.now / self.horizon, view.booked(), float(dollars(since)), alarms, len(view.versions())]
        stand = view.design.values()
        readings = np.array([view.gauge(name) for name in self.gauges], dtype=np.float64)
        known = np.isfinite(readings)
        dials = [place(dial, stand[dial.name]) for dial in self.dials]
        row = np.array([*desk, *dials, *np.where(known, readings, 0.0), *known], dtype=np.float64)
        return np.clip(row, *self.limits)

    def steered(self, view: View, action: Mapping[str, Any], fits: Fits) -> tuple[Plan, dict[str, str]]:
        """Return the plan of *view* with *action* taken now, and which dials were refused, and why.

        Dials come by name, as a number (a choice as the place of its option) or as the dial is written; one that is
        not named, or turned to where it stands, is left alone. `do/ACT` set to 1 does an act, and `do/ACT/ARGUMENT`
        is one of its arguments. Dials are turned one after another; one that would make a design that does not fit
        is refused. BadInput for a name that there is not and a value that is not allowed.
        """
        for name in action:
            if name not in self.entries:
                raise unknown("entry of an action", name, self.entries)
        turned, refused = self._turned(view.design, action, fits)
        plan = view.plan
        if view.now == 0:
            plan = replace(plan, design=plan.design.but(**turned))
        elif turned:
            plan = plan.extended(Change(view.now, turned))
        return plan.extended(*(Act(view.now, act, given) for act, given in self._done(action).items())), refused

    @property
    def entries(self) -> dict[str, Dial]:
        """What an action is made of: by name, a dial that takes its values."""
        found = {dial.name: dial for dial in self.dials}
        for act, arguments in self.acts.items():
            found[f"do/{act}"] = Dial("switch", act, False, name=f"do/{act}")
            found |= {f"do/{act}/{one.name}": one for one in arguments}
        return found

    def _turned(self, design: Design, action: Mapping[str, Any], fits: Fits) -> tuple[dict[str, Value], dict[str, str]]:
        turned: dict[str, Value] = {}
        refused: dict[str, str] = {}
        for dial in self.dials:
            value = _value(dial, action[dial.name]) if dial.name in action else getattr(design, dial.name)
            if value == getattr(design, dial.name):
                continue
            if wrong := fits(design.but(**turned, **{dial.name: value})):
                refused[dial.name] = wrong
            else:
                turned[dial.name] = value
        return turned, refused

    def _done(self, action: Mapping[str, Any]) -> dict[str, dict[str, Value]]:
        wanted = {act for act in self.acts if _value(self.entries[f"do/{act}"], action.get(f"do/{act}", False))}
        return {act: self._arguments(act, action) for act in self.acts if act in wanted}

    def _arguments(self, act: str, action: Mapping[str, Any]) -> dict[str, Value]:
        given = {one.name: (one, f"do/{act}/{one.name}") for one in self.acts[act]}
        return {name: _value(one, action[key]) for name, (one, key) in given.items() if key in action}


def booked(view: View) -> int:
    """Return what has been booked by the time of *view* [µ$]."""
    return micro(view.booked())


def bounds(dial: Dial) -> tuple[float, float]:
    """Return the lowest and the highest number that stands for a value of *dial*."""
    if dial.kind in ("choice", "switch"):
        return 0.0, float(len(dial.options or (False, True)) - 1)
    assert dial.low is not None
    assert dial.high is not None
    return float(dial.low), float(dial.high)


def place(dial: Dial, value: Value) -> float:
    """Return the number that stands for a *value* of *dial*."""
    return float(dial.options.index(value) if isinstance(value, str) else value)


def _value(dial: Dial, given: Any) -> Value:
    """Read what an agent gave for a *dial*: numbers come as numpy's, and may be arrays of one."""
    plain = given.item() if isinstance(given, np.generic | np.ndarray) and np.size(given) == 1 else given
    if isinstance(plain, bool | str) or not isinstance(plain, int | float):
        return dial.read(plain)
    values: Sequence[Value] = dial.options if dial.kind == "choice" else (False, True)
    if dial.kind in ("number", "integer"):
        return dial.read(plain)
    if plain not in range(len(values)):
        raise BadInput(f"{dial.name} = {shown(plain)} is not allowed; it takes 0 to {len(values) - 1}")
    return values[int(plain)]


def _acts(case: Case, wanted: Iterable[str] | None) -> dict[str, tuple[Dial, ...]]:
    menu = case.menu()
    if wanted is None:
        return {name: arguments for name, arguments in menu.items() if not arguments}
    for name in (wanted := list(wanted)):
        if name not in menu:
            raise unknown("act", name, menu)
    return {name: menu[name] for name in menu if name in wanted}


def _points(case: Case, every: float | str | None) -> Iterable[float]:
    if every is None:
        return case.checkpoints
    step = seconds(every, "every")
    if not 0 < case.horizon <= _MOST_STEPS * step:
        raise BadInput(f"every {shown(every)} is too often for a plan of {_MOST_STEPS} changes and acts")
    return (float(at) for at in np.arange(1, _MOST_STEPS + 1) * step)


def _gauges(case: Case) -> Iterable[str]:
    """Name the gauges that *case* shows to people; of one that names none, those that a flight has read."""
    shown_ones = (*case.watched, *(name for place in case.places() for name in place.gauges))
    return dict.fromkeys(shown_ones) or simulate(case).gauges.names()
