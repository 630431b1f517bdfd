"""The contract that a policy must keep before what it earns means anything, as named checks."""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from simulator.books.gauges import Gauges
from simulator.case import Case
from simulator.check.contract import Finding, tried
from simulator.check.short import end, must
from simulator.design import Design
from simulator.errors import BadInput, shown, unknown
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import fly, simulate
from simulator.study import Campaign, Flown, Workers
from simulator.units import by_day, clock_time
from simulator.view import Pilot, View

__all__ = ["check_policy", "policy_checks"]

_Answer = Mapping[str, Any] | Plan | None


def check_policy(policy: Flown, case: Case, only: Iterable[str] = (), *, until: float | None = None) -> list[Finding]:
    """Hold *policy* - a function View -> dials, plan or None, or the name of a par - against its contract.

    The flights last *until* [s], a few ticks of the case without it; of what comes later nothing is said. *only*
    names some of the checks. Two of the flights are in other processes. BadInput for a plan: it decides nothing in
    flight, so it keeps all of this.
    """
    pilot = case.par(policy) if isinstance(policy, str) else policy
    if not callable(pilot):
        raise BadInput(
            f"{shown(policy)} is a plan, which decides nothing in flight; a policy is a function of the view"
        )
    wanted = set(only) or set(_CHECKS)
    for name in wanted - set(_CHECKS):
        raise unknown("check", name, _CHECKS)
    trial = _Trial(case, pilot, until or end(case))
    return [tried(name, check, trial) for name, check in _CHECKS.items() if name in wanted]


def policy_checks() -> tuple[str, ...]:
    """Name the checks, in their order."""
    return tuple(_CHECKS)


@dataclass(frozen=True)
class _Asked:
    """A view as the policy was shown it, and what it answered."""

    view: View
    answer: _Answer
    kept: bool
    """whether the view was as before when it had answered"""


@dataclass(frozen=True)
class _Trial:
    """A policy on trial."""

    case: Case
    policy: Pilot
    until: float

    def flown(self, seed: int = 0, pilot: Pilot | None = None) -> Run:
        """Fly the policy, or another *pilot*."""
        return fly(self.case, pilot or self.policy, seed, until=self.until)

    @cached_property
    def first(self) -> Run:
        """Its flight under seed 0."""
        return self.flown()

    @cached_property
    def asked(self) -> list[_Asked]:
        """All that it was asked in a flight under seed 0: views of their own, which nobody else holds."""
        found: list[_Asked] = []

        def listen(view: View) -> _Answer:
            shown_to = copy.deepcopy(view)
            answer = self.policy(view)
            found.append(_Asked(shown_to, copy.deepcopy(answer), _print(view) == _print(shown_to)))
            return answer

        self.flown(pilot=listen)
        return found

    def when(self, view: View) -> str:
        """Say when a *view* was."""
        if view.now == 0:
            return "before take-off"
        return f"{'on' if by_day(self.case.tick) else 'at'} {clock_time(view.now, self.case.tick)}"

    def same(self, view: View, answer: _Answer) -> bool:
        """Whether the policy answers the same, asked again with a *view*."""
        return _said(self.policy(copy.deepcopy(view))) == _said(answer)


# --- the checks -------------------------------------------------------------------------------------------------------


def _answers(trial: _Trial) -> str:
    """It turns dials that there are, within their ranges, and does what the case offers, from now on."""
    flown = trial.first
    return f"{len(flown.plan.changes)} changes and {len(flown.plan.acts)} acts"


def _keeps_the_view(trial: _Trial) -> str:
    for asked in trial.asked:
        must(asked.kept, f"{trial.when(asked.view)} it changed what it was shown")
    return f"{len(trial.asked)} views as they were"


def _view_only(trial: _Trial) -> str:
    """Asked again, when all is over and in another order, it answers the same: all it goes by is in the view."""
    for asked in reversed(trial.asked):
        must(trial.same(asked.view, asked.answer), f"asked again what to do {trial.when(asked.view)}, it says another")
    return f"{len(trial.asked)} answers, backwards"


def _same_twice(trial: _Trial) -> str:
    must(trial.flown().digest() == trial.first.digest(), "the same seed gave two digests")
    return trial.first.digest()[:16]


def _flights_apart(trial: _Trial) -> str:
    """A flight does not notice another one in its middle, nor one before it."""
    others: list[Run] = []

    def interrupted(view: View) -> _Answer:
        if view.now > 0 and not others:
            others.append(trial.flown(seed=1))
        return trial.policy(view)

    again = trial.flown(pilot=interrupted)
    must(again.digest() == trial.first.digest(), "another flight in between changed the digest: it remembers")
    return "it remembers nothing"


def _travels(trial: _Trial) -> str:
    """It gets to another process by pickle, or by its name, and decides the same there."""
    here = [trial.first.digest(), trial.flown(seed=1).digest()]
    try:
        rows = Campaign(trial.case, Workers(2), trial.until).fly({"policy": trial.policy}, (0, 1))["policy"]
    except BadInput:
        raise
    except Exception as error:  # what comes back from another process may be of any kind
        raise AssertionError(f"it does not get to another process: {_cause(error)}") from error
    must([row.digest for row in rows] == here, "another process gave another digest")
    return "the same in another process"


def _cause(error: BaseException) -> str:
    """Name what went wrong first."""
    while error.__cause__ is not None and "Traceback" not in str(error.__cause__):
        error = error.__cause__
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _readings_missing(trial: _Trial) -> str:
    """It answers, within bounds, where gauges were never read, and where they have nothing to show."""
    views = [worse for asked in trial.asked for worse in (_unread(asked.view), _blank(asked.view))]
    for view in views:
        try:
            _check_answer(trial.case, view, trial.policy(copy.deepcopy(view)))
        except Exception as error:
            told = str(error) if isinstance(error, BadInput) else f"{type(error).__name__}: {error}"
            raise AssertionError(f"with readings missing {trial.when(view)}: {told}") from error
    return f"{len(views)} views without readings"


def _replays(trial: _Trial) -> str:
    case, flown = trial.case, trial.first
    again = simulate(case, case.read_plan(flown.plan.to_json()), flown.seed, until=trial.until)
    must(again.digest() == flown.digest(), "its recorded plan gave another digest")
    return f"{len(flown.plan.changes) + len(flown.plan.acts)} steps"


_CHECKS: dict[str, Callable[[_Trial], str]] = {
    "answers within bounds": _answers,
    "leaves the view alone": _keeps_the_view,
    "acts on the view only": _view_only,
    "same seed, same digest": _same_twice,
    "flights do not meet": _flights_apart,
    "readings missing": _readings_missing,
    "recorded plan replays": _replays,
    "another process": _travels,
}


# --- views and answers ------------------------------------------------------------------------------------------------


def _print(view: View) -> str:
    """Return a SHA-256 of all that can be read from a *view*."""
    series = {name: [column.tolist() for column in view.series(name)] for name in view.gauges()}
    labels = [column.tolist() for column in view.labels()]
    books = (view.journal(), dict(view._booked), labels, view.versions())
    return hashlib.sha256(repr((view.now, view.horizon, view.plan.to_data(), series, books)).encode()).hexdigest()


def _said(answer: Any) -> object:
    """Return an *answer* in a form that can be compared; to turn nothing is to say nothing."""
    if isinstance(answer, Plan):
        return answer.to_data()
    return answer.values() if isinstance(answer, Design) else dict(answer or {})


def _unread(view: View) -> View:
    return replace(view, _gauges=Gauges())


def _blank(view: View) -> View:
    gauges = Gauges()
    for name in view.gauges():
        for at in view.series(name)[0].tolist():
            gauges.mark(name, at, math.nan)
    return replace(view, _gauges=gauges)


def _check_answer(case: Case, view: View, answer: Any) -> None:
    """BadInput, or what the engine would raise, for an *answer* that could not be flown."""
    if view.now == 0:
        first = answer if isinstance(answer, Plan | Design) else {**view.plan.design.values(), **dict(answer or {})}
        case.plan(first, to_fly=False)
    elif isinstance(answer, Plan):
        case.plan(answer, to_fly=False).beyond(view.plan)
    elif answer:
        view.plan.then(view.now, **dict(answer))
