"""What is flown in a study, and how it gets to another process: cases by their origin, plans as text, pars by name."""

from __future__ import annotations

import copy
import hashlib
import inspect
import json
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.case import Case, Par
from simulator.design import Design
from simulator.errors import BadInput
from simulator.run import Run
from simulator.scenario import Scenario

__all__ = ["Arms", "Flown", "Reader", "Written", "case_print", "portable", "print_of", "readable", "written"]

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
    """Return what gets hold of *case* in another process."""
    return _FromOrigin(case.origin, case.scenario) if case.origin else _Itself(case)


@dataclass(frozen=True)
class _FromOrigin:
    """A case that a worker loads by itself: a case holds functions, and those of a file do not travel."""

    origin: Callable[[], Case]
    scenario: Scenario

    def __call__(self) -> Case:
        return replace(self.origin(), scenario=self.scenario)


@dataclass(frozen=True)
class _Itself:
    """A case made in memory travels as it is."""

    case: Case

    def __call__(self) -> Case:
        return self.case


# --- what makes two runs the same run ---------------------------------------------------------------------------


def case_print(case: Case) -> str:
    """Return a SHA-256 of what *case* is: name, revision, scenario, and the text of its file if it came by path."""
    origin = pickle.dumps(case.origin, protocol=5) if case.origin else b""
    known = json.dumps([case.name, case.revision, case.scenario.to_data()], sort_keys=True)
    return hashlib.sha256(known.encode() + origin).hexdigest()


def print_of(arm: Par | str | Written) -> str:
    """Return a SHA-256 of a written *arm*: of the name of a par, of a plan's text, of the file a policy stands in.

    BadInput for a policy whose text nobody can find again: two of them could not be told apart.
    """
    if isinstance(arm, str | Written):
        said = f"par {arm}" if isinstance(arm, str) else f"plan {arm.text}"
        return hashlib.sha256(said.encode()).hexdigest()
    return hashlib.sha256(_state(arm) + _source(arm)).hexdigest()


def _state(policy: object) -> bytes:
    try:
        return pickle.dumps(policy, protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise BadInput(f"a policy whose runs are kept has to be importable or picklable: {error}") from None


def _source(policy: object) -> bytes:
    code = policy if inspect.isfunction(policy) else type(policy)
    try:
        return Path(inspect.getsourcefile(code) or "").read_bytes()
    except (OSError, TypeError):
        return b""
