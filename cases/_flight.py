"""Turns the options of `run` into a flight - which plan, which pilot, what both are called - and flies it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from cases._clock import cpu_clock
from cases._options import acted, located, moment, pairs, read_seed, text_of, turned
from cases._pilots import Departing, is_file, pilot_of
from cases._terminal import progress
from simulator.case import Case, Par
from simulator.errors import BadInput, shown, unknown
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import Engine, fly, simulate
from simulator.view import Pilot

__all__ = ["Flight", "Flyer", "Order", "flight_of", "flyer_of"]


@dataclass(frozen=True)
class Order:
    """What to fly, as typed."""

    par: str | None = None
    plan: str | None = None
    policy: str | None = None
    set: Sequence[str] = ()
    at: Sequence[str] = ()
    do: Sequence[str] = ()


@dataclass(frozen=True)
class Flyer:
    """What is flown: a first plan, and a pilot if one goes on from there."""

    name: str
    plan: Plan
    pilot: Pilot | None = None


def flyer_of(case: Case, order: Order) -> Flyer:
    """Compose what *order* asks for; BadInput for what does not fit the *case*, or does not fit together.

    The plan or the par comes first; `--set` has the last word on the first design, also over a pilot's;
    `--at` and `--do` are added.
    """
    base, pilot = _base(case, order)
    settled = case.plan(_edited(base, order.set), to_fly=pilot is None)
    plan = _stepped(settled, order, case)
    if pilot is None:
        return Flyer(_name(order), plan)

    def edit(first: Plan) -> Plan:
        return _stepped(_edited(first, order.set), order, case)

    return Flyer(_name(order), settled, Departing(pilot, edit))


def _base(case: Case, order: Order) -> tuple[Plan, Pilot | None]:
    _refuse_two(order)
    first = _first(case, order)
    second = _policy(case, order.policy)
    if second is None:
        return _parted(case, first)
    if isinstance(second, Plan):
        return _alone(second, order), None
    if not isinstance(first, Plan):
        raise BadInput(f"--par {order.par} is a pilot, and so is --policy {order.policy}; one can fly")
    return first, second


def _refuse_two(order: Order) -> None:
    if order.par is not None and order.plan is not None:
        raise BadInput("--par and --plan both say what is flown first; give one of them")


def _first(case: Case, order: Order) -> Par:
    if order.par is not None:
        return case.par(order.par)
    if order.plan is None:
        return case.plan(to_fly=False)
    text = text_of(order.plan, "plan")
    with located(shown(order.plan)):
        return case.read_plan(text)


def _policy(case: Case, text: str | None) -> Par | None:
    if text is None:
        return None
    return pilot_of(text, case.tick) if is_file(text) else case.par(text)


def _parted(case: Case, par: Par) -> tuple[Plan, Pilot | None]:
    return (par, None) if isinstance(par, Plan) else (case.plan(to_fly=False), par)


def _alone(plan: Plan, order: Order) -> Plan:
    if order.par is not None or order.plan is not None:
        raise BadInput(f"--policy {order.policy} is a plan and no pilot; it cannot go on from another plan")
    return plan


def _edited(plan: Plan, settings: Sequence[str]) -> Plan:
    with located("--set"):
        return replace(plan, design=plan.design.of({**plan.design.values(), **pairs(settings)}))


def _stepped(plan: Plan, order: Order, case: Case) -> Plan:
    for text in order.at:
        plan = turned(plan, text, case)
    for text in order.do:
        plan = acted(plan, text, case)
    return plan


def _name(order: Order) -> str:
    given = {"par": order.par, "plan": order.plan, "policy": order.policy}
    said = [f"{word} {value}" for word, value in given.items() if value is not None]
    settings = [text.replace("=", " = ", 1) for text in order.set]
    steps = len(order.at) + len(order.do)
    more = [f"{steps} {'step' if steps == 1 else 'steps'}"] if steps else []
    return ", ".join([" with ".join(said) or "the default design", *settings, *more])


@dataclass(frozen=True)
class Flight:
    """A flight that is ready to go."""

    case: Case
    flyer: Flyer
    seed: int
    until: float | None
    engine: Engine

    def fly(self) -> tuple[Run, float]:
        """Fly, and return the run with the CPU seconds [s] it took."""
        compiles = self.engine == "compiled"
        with progress(f"flying {self.flyer.name}", compiles=compiles) as note, cpu_clock() as spent:
            run = simulate(self.case, self.flyer.plan, self.seed, pilot=self.flyer.pilot, progress=note, **self._how())
            return run, spent()

    def beside(self, par: str, run: Run) -> Run:
        """Fly the reference answer *par* in the same way; *run* itself is what that gave if it was flown by it."""
        if self.flyer.name == f"par {par}":
            return run
        with progress(f"flying {par}, to compare") as note:
            return fly(self.case, par, self.seed, progress=note, **self._how())

    def _how(self) -> dict[str, Any]:
        return {"until": self.until, "engine": self.engine}


def flight_of(case: Case, order: Order, seed: str, until: str | None, engine: str) -> Flight:
    """Read what else belongs to a flight; BadInput for a seed, a time or an engine that there is not."""
    if engine not in get_args(Engine):
        raise unknown("engine", engine, get_args(Engine))
    chosen = cast(Engine, engine)
    return Flight(case, flyer_of(case, order), read_seed(seed), moment(until, "--until"), chosen)
