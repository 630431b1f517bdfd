"""What is flown in a study, and how it gets to another process: cases by their origin, plans as text, pars by name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.case import Case, Par
from simulator.design import Design
from simulator.run import Run
from simulator.scenario import Scenario

__all__ = ["Arms", "Flown", "Reader", "Written", "portable", "readable", "written"]

Flown = Par | Design | Mapping[str, object] | str
"""a plan, a design, dials by name, a pilot, or the name of a par"""
Arms = Mapping[str, Flown]
Reader = Callable[[Run], Mapping[str, float]]
"""figures of a run besides the KPIs of its case; it has to travel to other processes"""


@dataclass(frozen=True)
class Written:
    """A plan as JSON: the classes of a case that was loaded by path are not known where it arrives."""

    text: str


def written(case: Case, arm: Flown) -> Par | str | Written:
    """Make an *arm* fit to travel; BadInput for a par that *case* does not have and a plan that does not fit it."""
    if isinstance(arm, str):
        case.par(arm)
        return arm
    if callable(arm):
        return next((name for name, known in case.pars.items() if known is arm), arm)
    return Written(case.plan(arm).to_json())


def readable(case: Case, arm: Par | str | Written) -> Par | str:
    """Return what `written` made of an arm as it can be flown, once: a policy that remembers begins anew each time."""
    if isinstance(arm, Written):
        return case.read_plan(arm.text)
    try:
        return copy.deepcopy(arm)
    except TypeError:  # it holds on to what cannot be copied, such as a connection
        return arm


def portable(case: Case) -> Callable[[], Case]:
    """Return what gets hold of *case* in another process: of itself, where it is not as its origin has it."""
    if case.origin is not None:
        found = _FromOrigin(case.origin, case.scenario)
        if found() == case:
            return found
    return _Itself(case)


@dataclass(frozen=True)
class _FromOrigin:
    """A case that a worker loads by itself: a case holds functions, and those of a file do not travel."""

    origin: Callable[[], Case]
    scenario: Scenario

    def __call__(self) -> Case:
        return self.origin().under(self.scenario)


@dataclass(frozen=True)
class _Itself:
    """A case made in memory travels as it is."""

    case: Case

    def __call__(self) -> Case:
        return self.case
