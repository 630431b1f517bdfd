"""Luck: the same plan in sibling worlds."""

from __future__ import annotations

from simulator.debrief.decisions import flown_plan
from simulator.debrief.flights import Flights, siblings
from simulator.debrief.results import Luck

__all__ = ["lucky"]

_SIBLINGS = 12


def lucky(flights: Flights) -> Luck:
    """Fly the plan of the run in sibling worlds; one in which it cannot be flown is left out."""
    seeds, plan = siblings(flights.run.seed, _SIBLINGS), flown_plan(flights.run)
    landings = flights.fly([flights.there(plan, seed) for seed in seeds])
    flown = {seed: one.profit for seed, one in zip(seeds, landings, strict=True) if one.profit is not None}
    mine = flights.run.profit()
    below = sum(profit < mine for profit in flown.values()) / len(flown) if flown else 0.0
    return Luck((flights.run.seed, *flown), (mine, *flown.values()), below)
