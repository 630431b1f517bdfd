"""A plan is cut into units that can be taken out, and put together again from any of them."""

from __future__ import annotations

import itertools

from simulator.debrief import decisions
from simulator.debrief.decisions import FEW, composed, flown_plan
from simulator.plan import Plan
from simulator.simulation import simulate
from simulator.units import DAY, HOUR, day


def test_each_unit_is_told_with_its_moment_and_what_it_replaced(toy, strong):
    told = {unit.key: (unit.told, unit.at) for unit in decisions(toy, strong)}
    assert told == {
        "dial:line": ("Line: 0.6 score, not 0.7", 0.0),
        "act:0": ("day 1: Retrain (Boost 1)", day(1.75)),
        "turn:0:line": ("day 2: Line to 0.5 score", day(2.25)),
    }


def test_any_units_make_a_plan_and_all_of_them_the_plan(toy, strong):
    units = decisions(toy, strong)
    assert composed(toy, flown_plan(strong), {p for unit in units for p in unit.pieces}) == flown_plan(strong)
    assert composed(toy, flown_plan(strong), ()) == Plan(toy.design())
    plans = {
        composed(toy, flown_plan(strong), {p for unit in some for p in unit.pieces}).to_json()
        for n in range(len(units) + 1)
        for some in itertools.combinations(units, n)
    }
    assert len(plans) == 2 ** len(units)


def test_one_change_of_two_dials_is_two_units(toy):
    from sums_case import SumsDesign, sums

    case = sums(lambda made: 0)
    run = simulate(case, Plan(SumsDesign()).then(day(1), live=3, line=0.2), 1)
    live, line = decisions(case, run)
    assert (live.key, line.key) == ("turn:0:live", "turn:0:line")
    assert dict(composed(case, run.plan, live.pieces).changes[0].dials) == {"live": 3}
    assert dict(composed(case, run.plan, line.pieces).changes[0].dials) == {"line": 0.2}


def test_too_many_units_are_taken_together_by_name(toy):
    plan = Plan(toy.design(servers=3))
    for n in range(10):
        plan = plan.then(HOUR + n * DAY / 2, line=0.3 + n / 100)
    for n in range(4):
        plan = plan.do(2 * HOUR + n * DAY, "retrain", f"reason {n}")
    run = simulate(toy, plan, 1)
    units = decisions(toy, run)
    assert len(decisions(toy, run, few=0)) == 15
    assert [unit.key for unit in units] == ["dial:servers", "turns:line", "act:0", "act:1", "act:2", "act:3"]
    assert len(units) <= FEW and units[1].told == "day 0 to day 4: Line, 10 times"
    assert sum(len(unit.pieces) for unit in units) == 15
    kept = {piece for unit in units if unit.key != "turns:line" for piece in unit.pieces}
    assert not composed(toy, flown_plan(run), kept).changes


def test_what_came_after_the_end_was_not_decided(toy):
    run = simulate(toy, Plan(toy.design()).then(day(1), line=0.5).do(day(4), "retrain"), 1, until=day(2))
    assert [unit.key for unit in decisions(toy, run)] == ["turn:0:line"]
