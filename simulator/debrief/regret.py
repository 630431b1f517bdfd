"""How much of what could be earned in this world was earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.debrief.flights import Flights, Landing
from simulator.debrief.moves import other_values
from simulator.debrief.results import Regret
from simulator.design import Design
from simulator.plan import Plan
from simulator.simulation import tape_of
from simulator.units import micro

__all__ = ["regretted"]

_AROUND = 8
"""designs a dial away from the best known one that are flown"""
_COMBINED = 3
"""of them, the most that are laid on one another"""


def regretted(flights: Flights) -> Regret:
    """Compare the run with the reference answers, with the best fixed design found, and with the bound."""
    run = flights.run
    pars = _pars(flights)
    best_par = max(pars, key=lambda name: _earned(pars[name]))
    designs = {name: flights.case.design.of(landing.design) for name, landing in pars.items()}
    search = _Search(flights)
    found = search.best(run.plan.design, designs[best_par], designs.values())
    weak, top, reached = _earned(pars["weak"]), _earned(pars[best_par]), search.profits[found]
    best = max(run.profit(), top, reached)
    captured = (run.profit() - weak) / (best - weak) if best > weak else None
    tried, bound = len(search.profits), _bound(flights)
    return Regret(weak, run.profit(), best_par, top, reached, found.values(), tried, bound, captured)


def _pars(flights: Flights) -> dict[str, Landing]:
    names = list(flights.case.pars)
    landings = flights.fly([flights.par(name) for name in names], then=2 + _AROUND + _COMBINED)
    return {name: landing for name, landing in zip(names, landings, strict=True) if landing.profit is not None}


def _earned(landing: Landing) -> int:
    assert landing.profit is not None
    return landing.profit


def _bound(flights: Flights) -> int | None:
    if flights.case.bound is None:
        return None
    return micro(flights.case.bound(flights.run, tape_of(flights.case, flights.run.seed)))


class _Search:
    """Looks for the best design that is left alone in flight."""

    def __init__(self, flights: Flights) -> None:
        self.flights = flights
        self.profits: dict[Design, int] = {}

    def best(self, own: Design, par: Design, known: Iterable[Design]) -> Design:
        """Begin at the better of two designs, turn each dial to its likeliest other value, and lay what helps on one
        another, the most helpful first, as long as it does; the last of the *known* designs is the likeliest."""
        self._fly([own, par], then=_AROUND + _COMBINED)
        start = self._top()
        around = _around(start, [par, *reversed([*known]), own])[:_AROUND]
        self._fly(around, then=_COMBINED)
        gains = {one: self.profits.get(one, self.profits[start]) - self.profits[start] for one in around}
        helpful = sorted((one for one in around if gains[one] > 0), key=lambda one: -gains[one])
        for left, one in enumerate(helpful[: _COMBINED + 1]):
            self._fly([_laid(self._top(), start, one)], then=_COMBINED - left)
        return self._top()

    def _top(self) -> Design:
        return max(self.profits, key=lambda design: self.profits[design])

    def _fly(self, designs: Sequence[Design], then: int) -> None:
        """Fly *designs* as anybody would who had chosen them: with whatever events they meet."""
        wanted = [self.flights.there(Plan(design), self.flights.run.seed) for design in designs]
        for design, landing in zip(designs, self.flights.fly(wanted, then), strict=True):
            if landing.profit is not None:
                self.profits[design] = landing.profit


def _laid(best: Design, start: Design, one: Design) -> Design:
    """Turn in *best* what *one* has otherwise than *start*."""
    return best.but(**{name: value for name, value in one.values().items() if value != start.values()[name]})


def _around(start: Design, known: Sequence[Design]) -> list[Design]:
    """Return designs a dial away from *start*, each dial's likeliest other value first: one of a *known* design."""
    rounds: dict[int, list[Design]] = {}
    for dial in start.dials():
        used = [design.values()[dial.name] for design in known]
        for number, other in enumerate(other_values(dial, start.values()[dial.name], used)):
            rounds.setdefault(number, []).append(start.but(**{dial.name: other}))
    return [design for number in sorted(rounds) for design in rounds[number]]
