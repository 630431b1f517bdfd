"""What an agent has learnt as a pilot, so that it can be flown, studied and gated like any other policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from simulator.books.gauges import Gauges
from simulator.case import Case, Par
from simulator.design import Design
from simulator.environment.controls import Controls
from simulator.errors import BadInput, shown
from simulator.plan import Plan
from simulator.units import Floats
from simulator.view import Pilot, View

__all__ = ["Agent", "First", "first_view", "fitting", "pilot"]

First = Par | Design | Mapping[str, object] | str | None
"""where an episode begins: the first design of a par, by name or itself, a design, or dials by name; None = the default

Of a plan or a pilot nothing but the first design is taken: what follows is the agent's to decide."""


class Agent(Protocol):
    """Decides by what it sees."""

    def __call__(self, observation: Floats, /) -> Mapping[str, Any]:
        """Return an action, as `Controls.steered` reads it, for an *observation* as `Controls.names` lays it out."""


def pilot(case: Case, agent: Agent, par: First = None, controls: Controls | None = None) -> Pilot:
    """Return *agent* as a pilot of *case* that begins with the first design of *par* (see `First`).

    It decides at take-off and at the control points, as in an `Environment` with the same *controls*, and its run is
    the one that an episode would leave behind. For use in other processes the agent has to be picklable. BadInput for
    control points that are no checkpoints of the case: there no pilot is asked.
    """
    found = controls or Controls.of(case)
    if unasked := [at for at in found.points if at and at not in case.checkpoints]:
        raise BadInput(f"a pilot is asked at the checkpoints of {case.name}; {unasked[0]:g} s is none of them")
    return _Steering(agent, found, fitting(case), first_view(case, par))


@dataclass
class _Steering:
    """An agent in flight; a take-off begins a new flight."""

    agent: Agent
    controls: Controls
    fits: _Fitting
    start: View
    _before: View | None = field(default=None, init=False)

    def __call__(self, view: View) -> Plan | None:
        if view.now == 0:
            view, self._before = self.start, None
        elif view.now not in self.controls.points:
            return None
        seen = self.controls.observed(view, self._before)
        self._before = view
        return self.controls.steered(view, self.agent(seen), self.fits)[0]


def first_view(case: Case, par: First = None) -> View:
    """Return the desk of *case* before take-off, with the first design of *par* on it; BadInput for no such design."""
    view = View(0.0, Plan(case.design()), case.horizon, Gauges(), (), {}, (), ())
    return replace(view, plan=Plan(_design(case, case.par(par) if isinstance(par, str) else par, view)))


def _design(case: Case, par: Par | Design | Mapping[str, object] | None, view: View) -> Design:
    given: object = par(view) if callable(par) else par
    design = given.design if isinstance(given, Plan) else given
    if design is not None and not isinstance(design, Design | Mapping):
        raise BadInput(f"an episode begins with a par, a design or dials by name, not with {shown(par)}")
    return case.plan(design).design


@dataclass(frozen=True)
class _Fitting:
    """Says what is wrong with a design in the world of a case."""

    fits: Callable[[Any, Any], str]
    setting: Design

    def __call__(self, design: Design) -> str:
        return self.fits(design, self.setting)


def fitting(case: Case) -> _Fitting:
    """Return what says whether a design fits the world of *case*."""
    return _Fitting(case.fits, case.world_setting())
