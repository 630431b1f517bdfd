"""Each decision is worth what it is made to be worth: alone, in all orders, and over sibling seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from sums_case import SumsDesign, sums
from toy_case import HORIZON

from simulator.debrief import combined, debrief, section
from simulator.debrief.decisions import composed, decisions, flown_plan
from simulator.debrief.flights import Flights
from simulator.debrief.worths import merged
from simulator.plan import Plan
from simulator.simulation import simulate
from simulator.units import DAY, day

ADDITIVE = {"dial:a": 3 * 1_000_003, "dial:b": -4 * 77, "turn:0:live": 5 * 13, "act:0": 2 * 999, "dial:idle": 0}
PLAN = Plan(SumsDesign(a=3, b=4, idle=True)).then(day(2), live=5).do(day(3), "bonus", size=2)


def additive(made) -> int:
    """A sum in which nothing acts on anything else."""
    bonus = sum(size for _, _, size in made.acts)
    return 10_000 + 1_000_003 * made.first.a - 77 * made.first.b + 13 * made.last.live + 999 * bonus


def interacting(made) -> int:
    """The same, and a and the bonus do something together, as do a and b."""
    bonus = sum(size for _, _, size in made.acts)
    return additive(made) + 6 * made.first.a * bonus - 2 * made.first.a * made.first.b


def worths(found, field: str) -> dict[str, int]:
    return {worth.key: getattr(worth, field) for worth in found.worths}


@pytest.fixture(scope="module")
def additive_run():
    case = sums(additive)
    return case, simulate(case, PLAN, 7)


def test_the_units_are_dials_turns_and_acts(additive_run):
    assert [unit.key for unit in decisions(*additive_run)] == ["dial:a", "dial:b", "dial:idle", "turn:0:live", "act:0"]


def test_additive_decisions_are_worth_what_they_bring(additive_run):
    alone, orders = (section(name, *additive_run) for name in ("attribution", "orders"))
    assert worths(alone, "alone") == worths(orders, "shared") == ADDITIVE
    assert (orders.exact, orders.orders, orders.nothing, orders.yours) == (True, 120, 10_000, additive_run[1].profit())


def test_decisions_that_act_together_share_it_and_each_has_it_alone():
    case = sums(interacting)
    run = simulate(case, PLAN, 7)
    alone, orders = (section(name, case, run) for name in ("attribution", "orders"))
    bonus, pair = 6 * 3 * 2, -2 * 3 * 4
    assert worths(alone, "alone") == ADDITIVE | {
        "dial:a": ADDITIVE["dial:a"] + bonus + pair,
        "dial:b": ADDITIVE["dial:b"] + pair,
        "act:0": ADDITIVE["act:0"] + bonus,
    }
    assert worths(orders, "shared") == ADDITIVE | {
        "dial:a": ADDITIVE["dial:a"] + (bonus + pair) // 2,
        "dial:b": ADDITIVE["dial:b"] + pair // 2,
        "act:0": ADDITIVE["act:0"] + bonus // 2,
    }


def test_drawn_orders_of_many_decisions_add_up_too():
    case = sums(interacting)
    plan = PLAN.then(day(4), live=7).then(day(5), live=2).do(day(1), "bonus", size=1)
    run = simulate(case, plan, 7)
    orders = section("orders", case, run)
    assert not orders.exact and 2 <= orders.orders <= 6 and len(orders.worths) == 8
    assert sum(worths(orders, "shared").values()) == run.profit() - orders.nothing
    assert worths(orders, "shared")["dial:idle"] == 0
    assert worths(orders, "shared")["dial:a"] == ADDITIVE["dial:a"] + (6 * 3 * 3 - 2 * 3 * 4) // 2


def test_on_the_real_stall_shares_add_up_and_what_does_nothing_is_worth_nothing(toy, strong):
    found = debrief(toy, strong, sections=("attribution", "orders")).attribution
    assert sum(worth.shared for worth in found.worths) == strong.profit() - found.nothing
    assert found.nothing == simulate(toy, None, 3).profit()
    others = {
        "dial:line": Plan(toy.design()).then(day(2.25), line=0.5).do(day(1.75), "retrain"),
        "turn:0:line": Plan(toy.design(line=0.6)).do(day(1.75), "retrain"),
        "act:0": Plan(toy.design(line=0.6)).then(day(2.25), line=0.5),
    }
    expected = {key: strong.profit() - simulate(toy, plan, 3).profit() for key, plan in others.items()}
    assert worths(found, "alone") == expected
    again = simulate(toy, strong.plan.then(HORIZON - 1e-3, line=0.1), 3)  # nobody comes after it
    idle = debrief(toy, again, sections=("attribution", "orders")).attribution.worths[-1]
    assert (idle.key, idle.alone, idle.shared) == ("turn:1:line", 0, 0)


def test_a_flight_that_was_broken_off_is_compared_as_far_as_it_went(toy):
    plan = Plan(toy.design(line=0.6)).then(day(1), line=0.5).then(day(4), line=0.1)
    run = simulate(toy, plan, 3, until=day(3))
    found = section("attribution", toy, run)
    assert [worth.key for worth in found.worths] == ["dial:line", "turn:0:line"]
    without = simulate(toy, {"line": 0.6}, 3, until=day(3))
    assert found.worths[1].alone == run.profit() - without.profit() != 0


def test_a_pilots_flight_is_taken_apart_as_recorded(toy):
    from simulator.simulation import fly

    run = fly(toy, "expert", 3)
    found = section("attribution", toy, run)
    assert {"dial:servers", "dial:line", "turn:0:line"} <= set(worths(found, "alone"))
    assert found.yours == run.profit()


# --- what cannot be flown


def test_what_cannot_be_taken_out_says_why_and_the_first_design_is_shared_as_one():
    case = sums(additive, fits=lambda design, setting: "b needs a" if design.b and not design.a else "")
    run = simulate(case, PLAN, 7)
    found = debrief(case, run, sections=("attribution", "orders")).attribution
    by_key = {worth.key: worth for worth in found.worths}
    assert (by_key["dial:a"].alone, by_key["dial:a"].why) == (None, "b needs a")
    assert by_key["dial:b"].alone == ADDITIVE["dial:b"]
    shared = {key: worth.shared for key, worth in by_key.items() if worth.shared is not None}
    whole = sum(ADDITIVE[key] for key in ("dial:a", "dial:b", "dial:idle"))
    assert shared == {"design": whole, "turn:0:live": ADDITIVE["turn:0:live"], "act:0": ADDITIVE["act:0"]}
    assert found.exact and found.orders == math.factorial(3)


def test_what_fails_in_flight_is_no_error_and_is_not_shared():
    case = sums(additive)
    run = simulate(case, Plan(SumsDesign(a=3, b=4)).do(day(3), "needy", size=2), 7)
    found = debrief(case, run, sections=("attribution", "orders")).attribution
    assert [(worth.alone, worth.why) for worth in found.worths if worth.key == "dial:a"] == [
        (None, "needy: there is no a")
    ]
    assert all(worth.shared is None for worth in found.worths) and not found.exact


def test_another_error_comes_to_light():
    def worth(made) -> int:
        if not made.first.a:
            raise ZeroDivisionError("the case is broken")
        return 1

    case = sums(worth)
    run = simulate(case, PLAN, 7)
    with pytest.raises(ZeroDivisionError, match="the case is broken"):
        section("attribution", case, run)


# --- elsewhere


def by_seed(made) -> int:
    return 1_000_000 * made.first.a * (made.seed % 5 + 1)


def test_siblings_give_a_students_interval():
    case = sums(by_seed)
    found = section("siblings", case, simulate(case, {"a": 2, "idle": True}, 7))
    values = [2.0 * (seed % 5 + 1) for seed in found.siblings]
    assert found.siblings == (7, 8, 9, 10, 11)
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    of_a, of_idle = found.worths
    assert (of_a.alone, of_a.mean) == (6_000_000, pytest.approx(np.mean(values)))
    assert (of_a.low, of_a.high) == (pytest.approx(low), pytest.approx(high))
    assert (of_idle.mean, of_idle.low, of_idle.high) == (0.0, 0.0, 0.0)


def test_events_happen_here_as_they_did_and_elsewhere_as_they_would(toy):
    """The horn would not be heard without the second server; the counterfactual hears it as the run did."""
    horn = {"name": "horn", "kind": "rush", "at": DAY, "lasts": DAY, "size": 3.0}
    case = toy.but(add=[{**horn, "when": {"gauge": "mean_score", "above": 0.0}}])
    run = simulate(case, {"line": 0.6}, 3)
    assert set(run.fired) == {"horn"}
    flights = Flights(case, run)
    assert dict(flights.here(run.plan).fired) == dict(run.fired)
    assert flights.there(run.plan, 4).fired is None
    found = section("attribution", case, run)
    quiet = simulate(case, None, 3, fired=run.fired)
    assert found.worths[0].alone == run.profit() - quiet.profit()


def test_all_flights_of_a_seed_share_its_world(toy, strong):
    """What is flown otherwise meets the same people with the same luck."""
    world = {name for name in strong.unseed if name.startswith(("ask", "rush", "activity"))}
    for unit in decisions(toy, strong):
        rest = [piece for other in decisions(toy, strong) if other is not unit for piece in other.pieces]
        other = simulate(toy, composed(toy, flown_plan(strong), rest), 3, fired=strong.fired)
        assert world and {name: other.unseed[name] for name in world} == {name: strong.unseed[name] for name in world}
        assert np.array_equal(other.requests.at, strong.requests.at)


def test_sections_are_laid_on_one_another(additive_run):
    parts = {name: section(name, *additive_run) for name in ("attribution", "orders", "siblings")}
    whole = merged(list(parts.values()))
    assert worths(whole, "alone") == worths(whole, "shared") == ADDITIVE
    assert all(worth.mean is not None for worth in whole.worths)
    assert whole.siblings == parts["siblings"].siblings and whole.exact
    assert merged([]) is None
    begun = debrief(*additive_run, sections=())
    assert combined(begun, {"orders": parts["orders"]}).attribution == merged([parts["orders"]])
