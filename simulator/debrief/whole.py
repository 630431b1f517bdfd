"""The debrief, section by section or all of it: each section is a set of flights of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from simulator.case import Case
from simulator.debrief.flights import Flights
from simulator.debrief.knowable import knowables
from simulator.debrief.luck import lucky
from simulator.debrief.moves import whatif
from simulator.debrief.opening import beginning
from simulator.debrief.regret import regretted
from simulator.debrief.results import Attribution, Debrief, Knowable, Luck, Moves, Regret
from simulator.debrief.worths import alone, elsewhere, merged, shared
from simulator.errors import BadInput, unknown
from simulator.record import Record
from simulator.run import Run
from simulator.simulation import Progress, tape_of

__all__ = ["SECTIONS", "Found", "combined", "debrief", "reckoned", "section"]

SECTIONS = ("attribution", "luck", "moves", "knowable", "orders", "siblings", "regret")
"""in the order in which they tell most for their flights; each can be computed on its own, in any process"""

Found = Attribution | Moves | Regret | tuple[Knowable, ...] | Luck

_WORTHS = ("attribution", "orders", "siblings")
_MAKERS: Mapping[str, Callable[[Flights], Found]] = {
    "attribution": alone,
    "luck": lucky,
    "moves": whatif,
    "knowable": knowables,
    "orders": shared,
    "siblings": elsewhere,
    "regret": regretted,
}


def section(
    name: str, case: Case, run: Run, progress: Progress | None = None, jobs: int = 1, flights: Flights | None = None
) -> Found:
    """Compute one section of the debrief of *run*, in *jobs* processes (-1 = one a core).

    *progress* is told the share that is done and may raise Cancelled. The result does not depend on *jobs*, nor on
    *flights* of an earlier section, which need not be flown again. BadInput for an unknown section, or where *case* is
    not the one of the run.
    """
    _refuse(case, run, [name])
    mine = flights or Flights(case, run, jobs=jobs)
    mine.begin(progress or (lambda share: None))
    return _made(name, mine)


def debrief(
    case: Case,
    run: Run,
    record: Record | None = None,
    *,
    sections: Sequence[str] = SECTIONS,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Debrief:
    """Understand *run*: what can be said at once, and then *sections*, whose flights are flown once for all of them."""
    _refuse(case, run, sections)
    tell = progress or (lambda share: None)
    flights, found = Flights(case, run, jobs=jobs), dict[str, Found]()
    begun = beginning(case, run, tape_of(case, run.seed), record)
    for number, name in enumerate(sections):
        flights.begin(_part(tell, number, len(sections)))
        found[name] = _made(name, flights)
    tell(1.0)
    return combined(begun, found)


def combined(begun: Debrief, found: Mapping[str, Found]) -> Debrief:
    """Lay the sections that are there on what a debrief begins with."""
    worths = merged([cast(Attribution, found[name]) for name in _WORTHS if name in found])
    others = {name: thing for name, thing in found.items() if name not in _WORTHS}
    if "regret" in others and "moves" in others:
        others["regret"] = reckoned(cast(Regret, others["regret"]), cast(Moves, others["moves"]))
    return replace(begun, **others, attribution=worths or begun.attribution)  # type: ignore[arg-type]


def reckoned(regret: Regret, moves: Moves) -> Regret:
    """Return *regret* where what the best of the *moves* would have earned is attainable, too."""
    best_change = regret.yours + max([one.gain for one in moves.instead if one.gain is not None], default=0)
    best = max(regret.yours, regret.best_par_profit, regret.best_found, best_change)
    captured = (regret.yours - regret.weak) / (best - regret.weak) if best > regret.weak else None
    return replace(regret, best_change=best_change, captured=captured)


def _made(name: str, flights: Flights) -> Found:
    found = _MAKERS[name](flights)
    flights.end()
    return found


def _part(tell: Progress, number: int, of: int) -> Progress:
    return lambda share: tell((number + share) / of)


def _refuse(case: Case, run: Run, sections: Sequence[str]) -> None:
    for name in sections:
        if name not in SECTIONS:
            raise unknown("section of a debrief", name, SECTIONS)
    if (run.case, run.revision, dict(run.scenario)) != (case.name, case.revision, case.scenario.to_data()):
        raise BadInput(f"the run is not one of this case: {case.name}, revision {case.revision}, under its scenario")
