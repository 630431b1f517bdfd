"""What each decision was worth: taken out alone, here and in sibling worlds, and averaged over all orders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.debrief.decisions import Decision, composed, decisions, flown_plan, together
from simulator.debrief.flights import Flights, Landing, Sortie, siblings
from simulator.debrief.game import coalitions, drawn_orders, shapley
from simulator.debrief.results import Attribution, Worth
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.streams import Streams
from simulator.study import Interval
from simulator.units import dollars

__all__ = ["alone", "elsewhere", "merged", "shared"]

_EXACT = 5
"""decisions up to which all orders are flown: 2^n flights"""
_PAIRS = 3
"""orders that are drawn where there are more, each with its reverse: the most"""
_SIBLINGS = 4
"""further seeds in which decisions are taken out: the most"""
_FLIGHTS = 30
"""for either of these: the more decisions there are, the fewer orders and seeds"""


def alone(flights: Flights) -> Attribution:
    """Take each decision out of the plan, alone, in the world of the run."""
    units = decisions(flights.case, flights.run)
    landings = flights.fly([flights.here(_plan(flights, ())), *_each_out(flights, units)])
    worths = tuple(_alone(flights, unit, landing) for unit, landing in zip(units, landings[1:], strict=True))
    return _attribution(flights, worths, landings[0].profit)


def elsewhere(flights: Flights) -> Attribution:
    """Do the same in sibling worlds too, where conditional incidents happen as their conditions say."""
    units = decisions(flights.case, flights.run)
    seeds = siblings(flights.run.seed, min(max(_FLIGHTS // (len(units) + 1), 2), _SIBLINGS))
    away = [_out(flights, units, seed) for seed in seeds]
    landings = flights.fly([*_each_out(flights, units), *(sortie for some in away for sortie in some)])
    worths = [_alone(flights, unit, landing) for unit, landing in zip(units, landings, strict=False)]
    rows = [landings[k : k + len(units) + 1] for k in range(len(units), len(landings), len(units) + 1)]
    flown = tuple(seed for seed, row in zip(seeds, rows, strict=True) if row[0].profit is not None)
    spread = tuple(_spread(worth, [_gap(row[0], row[k + 1]) for row in rows]) for k, worth in enumerate(worths))
    return replace(_attribution(flights, spread, None), siblings=(flights.run.seed, *flown))


def shared(flights: Flights) -> Attribution:
    """Share what all decisions brought among them: Shapley values over all orders, or over some drawn at random."""
    units = decisions(flights.case, flights.run)
    played = _played(flights, units)
    if played is None and (fewer := _first_as_one(units)):
        played = _played(flights, fewer)
        units = (*units, *(unit for unit in fewer if unit not in units))
    values, nothing, orders = played or ({}, None, 0)
    worths = tuple(replace(_bare(unit), shared=values.get(unit.key)) for unit in units)
    exact = orders == math.factorial(len(values)) and played is not None
    return replace(_attribution(flights, worths, nothing), exact=exact, orders=orders)


def merged(some: Sequence[Attribution]) -> Attribution | None:
    """Lay what several flights of the same decisions found on one another."""
    if not some:
        return None
    rows: dict[str, Worth] = {}
    for worth in (worth for one in some for worth in one.worths):
        rows[worth.key] = _over(rows.get(worth.key, worth), worth)
    nothing = next((one.nothing for one in some if one.nothing is not None), None)
    ordered = max(some, key=lambda one: one.orders)
    seeds = max((one.siblings for one in some), key=len)
    return Attribution(tuple(rows.values()), nothing, some[0].yours, ordered.exact, ordered.orders, seeds)


def _over(old: Worth, new: Worth) -> Worth:
    fields = ("alone", "shared", "mean", "low", "high")
    fresh = {name: getattr(new, name) for name in fields if getattr(old, name) is None}
    return replace(old, **fresh, why=old.why or new.why)


def _bare(unit: Decision) -> Worth:
    return Worth(unit.key, unit.told, unit.at, None, None, None, None, None)


def _attribution(flights: Flights, worths: tuple[Worth, ...], nothing: int | None) -> Attribution:
    return Attribution(worths, nothing, flights.run.profit(), False, 0, (flights.run.seed,))


# alone


def _plan(flights: Flights, units: Sequence[Decision]) -> Plan:
    """Return the plan of those *units* alone."""
    kept = {piece for unit in units for piece in unit.pieces}
    return composed(flights.case, flown_plan(flights.run), kept)


def _others(flights: Flights, units: Sequence[Decision]) -> list[Plan]:
    return [_plan(flights, [other for other in units if other is not unit]) for unit in units]


def _each_out(flights: Flights, units: Sequence[Decision]) -> list[Sortie]:
    return [flights.here(plan) for plan in _others(flights, units)]


def _out(flights: Flights, units: Sequence[Decision], seed: int) -> list[Sortie]:
    plans = (flown_plan(flights.run), *_others(flights, units))
    return [flights.there(plan, seed) for plan in plans]


def _alone(flights: Flights, unit: Decision, without: Landing) -> Worth:
    gap = None if without.profit is None else flights.run.profit() - without.profit
    return replace(_bare(unit), alone=gap, why=without.why)


def _gap(whole: Landing, without: Landing) -> int | None:
    return None if whole.profit is None or without.profit is None else whole.profit - without.profit


def _spread(worth: Worth, gaps: Sequence[int | None]) -> Worth:
    known = [gap for gap in (worth.alone, *gaps) if gap is not None]
    if not known:
        return worth
    found = Interval.of(dollars(np.array(known, dtype=np.float64)))
    low, high = (end if math.isfinite(end) else None for end in (found.low, found.high))
    return replace(worth, mean=found.mean, low=low, high=high)


# shared


def _played(flights: Flights, units: Sequence[Decision]) -> tuple[dict[str, int], int, int] | None:
    """Return the Shapley value of each unit by key, the profit with none, and the number of orders; None where one
    of the coalitions cannot be flown."""
    by_key = {unit.key: unit for unit in units}
    players = list(by_key)
    orders = _orders(flights, players)
    wanted = coalitions(players, orders)
    plans = [_plan(flights, [unit for unit in units if unit.key in some]) for some in wanted]
    if not all(_fits(flights, plan) for plan in plans):
        return None
    profits = [landing.profit for landing in flights.fly([flights.here(plan) for plan in plans])]
    known = {some: profit for some, profit in zip(wanted, profits, strict=True) if profit is not None}
    if len(known) < len(wanted):
        return None
    values = shapley(players, known.__getitem__, orders)
    return values, known[frozenset()], len(orders) or math.factorial(len(players))


def _orders(flights: Flights, players: list[str]) -> list[list[str]]:
    if len(players) <= _EXACT:
        return []
    pairs = min(max(_FLIGHTS // (2 * (len(players) - 2)), 1), _PAIRS)  # the ends of an order are flown as `alone`
    return drawn_orders(players, pairs, Streams(flights.run.seed).get("debrief", "orders"))


def _fits(flights: Flights, plan: Plan) -> bool:
    try:
        flights.case.plan(plan)
    except BadInput:
        return False
    return True


def _first_as_one(units: Sequence[Decision]) -> tuple[Decision, ...]:
    """Take the dials of the first design as one; nothing where there are no two of them."""
    dials = [unit for unit in units if not unit.timed]
    if len(dials) < 2:
        return ()
    design = together(dials, "design", "the first design, all of it")
    return (design, *(unit for unit in units if unit.timed))
