"""What worker processes do for the screens: fly, look closer, calculate. No screen is imported here."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cases
from dashboard.recording import Recording, recorded
from simulator import debrief, evidence, planner
from simulator import report as reports
from simulator.case import Case
from simulator.debrief.results import Debrief
from simulator.plan import Plan
from simulator.record import Record
from simulator.run import Run
from simulator.score import Yardstick, yardstick
from simulator.simulation import fly, simulate
from simulator.store import case_of
from simulator.worlds import keep_worlds, tape_of

__all__ = [
    "Order",
    "Told",
    "answer",
    "beginning",
    "calculate",
    "case_for",
    "flown",
    "prepare",
    "report",
    "run_of",
    "section",
    "seen",
    "standings",
    "start",
    "start_to_study",
    "yardstick_of",
]

Told = Callable[[float], None]
_KEPT = 6  # runs that a worker remembers: a fraud flight is some 100 MB
_WORLDS = 4  # and worlds: who decides flies in the same one again
_DEBRIEFS = 2  # debriefs, and worlds, that a worker remembers which flies what others want to know


@dataclass(frozen=True)
class Order:
    """What is to be flown; the names are those of a stored flight."""

    case: str
    revision: int
    scenario: Mapping[str, Any]
    seed: int
    plan: Mapping[str, Any]
    """the plan as plain data, or {"par": name}"""

    def key(self) -> str:
        """Return the same text for the same flight."""
        return json.dumps([self.case, self.revision, self.scenario, self.seed, self.plan], sort_keys=True)

    def on(self, seed: int) -> Order:
        """Return the same under another *seed*."""
        return Order(self.case, self.revision, self.scenario, seed, self.plan)

    def by(self, par: str) -> Order:
        """Return the same world flown by the reference answer *par*."""
        return Order(self.case, self.revision, self.scenario, self.seed, {"par": par})


_runs: OrderedDict[str, Run] = OrderedDict()


def start() -> None:
    """Load in a fresh worker what every flight needs, and be polite to whoever draws the screens."""
    os.nice(5)
    keep_worlds(_WORLDS)
    for name in cases.names():
        if name == "burst_storm":
            simulate(cases.load(name), None, 0, until=30.0)


def start_to_study() -> None:
    """Load as `start` does, in a worker that gives way to those for whom somebody waits."""
    start()
    os.nice(5)
    keep_worlds(_DEBRIEFS)


def case_for(order: Order) -> Case:
    """Return the case under the order's scenario; BadInput where it is not what it was."""
    return case_of(order, cases.load)


def prepare(told: Told, order: Order) -> None:
    """Draw the world that somebody is about to fly in."""
    tape_of(case_for(order), order.seed)
    told(1.0)


def flown(told: Told, order: Order) -> Recording:
    """Fly *order* and return what the screens may hold of it."""
    return recorded(case_for(order), run_of(order, told))


def run_of(order: Order, told: Told = lambda share: None) -> Run:
    """Return the run of *order*: flown, or as it is remembered."""
    key = order.key()
    if key not in _runs:
        while len(_runs) >= _KEPT:
            _runs.popitem(last=False)
        _runs[key] = _simulated(case_for(order), order, told)
    _runs.move_to_end(key)
    return _runs[key]


def _simulated(case: Case, order: Order, told: Told) -> Run:
    if "par" in order.plan:
        return fly(case, str(order.plan["par"]), order.seed, progress=told)
    plan = Plan.from_data(order.plan, case.design, case.menu(), case.horizon, case.tick)
    return simulate(case, plan, order.seed, progress=told)


def seen(told: Told, order: Order, name: str, at: float, options: Mapping[str, Any]) -> Any:
    """Return the evidence *name* as it was known at *at* [s]."""
    case, run = case_for(order), run_of(order, told)
    return evidence.compute(name, case, run, tape_of(case, order.seed), at, **options)


def standings(told: Told, order: Order, moments: Sequence[float]) -> Any:
    """Return the KPIs that could be observed at each of *moments* [s]."""
    case, run = case_for(order), run_of(order, told)
    return evidence.standings(case, run, tape_of(case, order.seed), moments)


# --- the debrief -----------------------------------------------------------------------------------------------


_marks: OrderedDict[str, Yardstick] = OrderedDict()


def beginning(told: Told, order: Order, record: Record) -> str:
    """Return, for after the landing, what a debrief knows after two more flights, as it is kept."""
    case, run = case_for(order), run_of(order, told)
    known = yardstick_of(case, order, run)
    begun = debrief.beginning(case, run, tape_of(case, order.seed), record, known)
    return debrief.dumped("beginning", cases.advised(begun))


def yardstick_of(case: Case, order: Order, run: Run) -> Yardstick:
    """Return what weak and expert made of the world of *order*; it is the same for each answer that somebody gives."""
    world = json.dumps([order.case, order.revision, order.scenario, order.seed, run.until], sort_keys=True)
    if world not in _marks:
        while len(_marks) >= _KEPT:
            _marks.popitem(last=False)
        _marks[world] = yardstick(case, order.seed, run.until)
    return _marks[world]


def section(told: Told, order: Order, name: str) -> str:
    """Return, for after the landing, the section *name* of a debrief, as it is kept."""
    flights = _flights_of(order, told)
    return debrief.dumped(name, debrief.section(name, flights.case, flights.run, told, flights=flights))


_flights: OrderedDict[str, debrief.Flights] = OrderedDict()


def _flights_of(order: Order, told: Told) -> debrief.Flights:
    """Return what was flown for other sections of the same debrief: much of it is asked for twice."""
    key = order.key()
    if key not in _flights:
        while len(_flights) >= _DEBRIEFS:
            _flights.popitem(last=False)
        case = case_for(order)
        _flights[key] = debrief.Flights(case, _simulated(case, order, told))
    _flights.move_to_end(key)
    return _flights[key]


def report(told: Told, form: str, found: Debrief) -> str:
    """Write the debrief *found* in a *form*: html, markdown or as_json."""
    written: Mapping[str, Callable[[Debrief], str]] = {
        "html": reports.html, "markdown": reports.markdown, "as_json": reports.as_json,
    }  # fmt: skip
    return written[form](found)


def answer(told: Told, orders: Sequence[Order]) -> list[dict[str, float]]:
    """Fly many *orders* one after the other and return their KPIs; a run is not kept."""
    found = []
    for number, order in enumerate(orders):
        found.append(_simulated(case_for(order), order, lambda share: None).kpis())
        told((number + 1) / len(orders))
    return found


def calculate(told: Told, order: Order, what: str, options: Mapping[str, Any]) -> Any:
    """Work out the back-of-envelope help *what*."""
    if what == "history":
        return planner.history_curve(case_for(order), order.seed)
    calculators: Mapping[str, Callable[..., Any]] = {"capacity": planner.capacity, "sample_size": planner.sample_size}
    return calculators[what](**options)
