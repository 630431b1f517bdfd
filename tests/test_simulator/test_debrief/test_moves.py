"""What is done otherwise gains what it is made to gain; the rest of the debrief's comparisons likewise."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sums_case import SumsDesign, sums
from toy_case import HORIZON, ToyDesign

from simulator.debrief import section
from simulator.debrief.flights import Landing
from simulator.debrief.luck import lucky
from simulator.debrief.moves import MOST, other_values
from simulator.plan import Plan
from simulator.simulation import simulate
from simulator.units import HOUR, day


def by_the_hour(made) -> int:
    """A turn earns from its moment on, a bonus costs; a is best at 2, and green is a better colour than red."""
    turned = sum(value * int((HORIZON - at) // HOUR) for at, value in made.turns)
    spent = sum(size * int((HORIZON - at) // HOUR) for at, _, size in made.acts)
    colour = {"red": 0, "green": 50, "blue": -50}[made.first.colour]
    return 10 * turned - 3 * spent - 1000 * (made.first.a - 2) ** 2 + colour


CASE = sums(by_the_hour)
PLAN = Plan(SumsDesign(a=3)).then(day(4), live=5).do(day(2), "bonus", size=1)


@pytest.fixture(scope="module")
def moves():
    return section("moves", CASE, simulate(CASE, PLAN, 5)).instead


def gain_of(moves, key: str, words: str) -> int | None:
    (found,) = [one for one in moves if one.key == key and words in one.told]
    return found.gain


def test_earlier_and_not_at_all(moves):
    assert gain_of(moves, "turn:0:live", "3 days earlier") == 10 * 5 * 72
    assert gain_of(moves, "turn:0:live", "not at all") == -10 * 5 * 48
    assert gain_of(moves, "act:0", "3 days later") == 3 * 72
    assert gain_of(moves, "act:0", "not at all") == 3 * 96


def test_nothing_is_moved_out_of_the_flight(moves):
    assert not [one for one in moves if one.key == "turn:0:live" and "later" in one.told]
    assert gain_of(moves, "act:0", "2 days earlier") == -3 * 48


def test_a_turn_is_not_moved_past_another_of_the_same_dial():
    run = simulate(CASE, Plan(SumsDesign()).then(day(1), live=5).then(day(2), live=1), 5)
    told = [one.told for one in section("moves", CASE, run).instead if "days" in one.told or "day " in one.told]
    assert not [words for words in told if words.startswith("3 days later – day 1")]
    assert [words for words in told if words.startswith("1 day earlier – day 1")]
    assert [words for words in told if words.startswith("3 days later – day 2")]
    assert not [words for words in told if "earlier – day 2" in words]


def test_the_best_value_found_is_told_once_a_dial(moves):
    assert gain_of(moves, "dial:a", "A: 2, not 3") == 1000
    assert gain_of(moves, "dial:a", "as by default") == -3000
    assert gain_of(moves, "dial:colour", "Colour: green, not red") == 50
    assert gain_of(moves, "dial:idle", "Idle: on, not off") == 0
    assert len([one for one in moves if one.key == "dial:a"]) == 2


def test_the_best_comes_first_and_each_can_be_flown_as_written(moves):
    gains = [one.gain for one in moves]
    assert gains == sorted(gains, reverse=True) and len(moves) <= MOST
    mine = simulate(CASE, PLAN, 5).profit()
    for one in moves[:4]:
        plan = Plan.from_data(one.plan, CASE.design, CASE.menu(), CASE.horizon)
        assert simulate(CASE, plan, 5).profit() - mine == one.gain


def test_what_cannot_be_flown_is_last_and_says_why():
    run = simulate(CASE, Plan(SumsDesign(a=2)).do(day(3), "needy", size=1), 5)
    last = section("moves", CASE, run).instead[-1]
    assert (last.key, last.gain, last.why) == ("dial:a", None, "needy: there is no a")


def test_other_values_lie_within_the_dial_and_are_few():
    dials = {dial.name: dial for dial in SumsDesign.dials()}
    assert other_values(dials["a"], 3, [1, 3, 2]) == [1, 2, 6]
    assert other_values(dials["a"], 9, [1, 2, 3, 4, 5]) == [1, 2, 3, 4]
    assert other_values(dials["colour"], "green", ["green", "blue"]) == ["blue", "red"]
    assert other_values(dials["idle"], False, []) == [True]
    assert other_values(dials["line"], 0.8, []) == [0.4, 1.0]


# --- regret


def test_regret_finds_the_best_design_a_few_dials_away():
    run = simulate(CASE, Plan(SumsDesign(a=3)), 5)
    found = section("regret", CASE, run)
    assert (found.weak, found.yours) == (-4000, -1000)
    assert (found.best_par, found.best_par_profit) == ("strong", 0)
    assert found.best_found == 50 and found.best_design["colour"] == "green"
    assert found.captured == pytest.approx((4000 - 1000) / 4050)
    assert found.bound is None and found.tried <= 16


def test_what_helps_together_is_laid_on_one_another():
    case = sums(lambda made: 3 * (made.first.a == 3) + 5 * (made.first.b == 2) + 7 * (made.first.colour == "green"))
    found = section("regret", case, simulate(case, {"a": 3}, 5))
    assert found.best_found == 15 and {"a": 3, "b": 2, "colour": "green"}.items() <= found.best_design.items()


def test_the_bound_is_the_cases_and_nothing_is_captured_where_weak_is_best():
    case = sums(lambda made: -made.first.a - made.first.b - made.first.c, bound=lambda run, tape: 12.5)
    found = section("regret", case, simulate(case, {"a": 1}, 5))
    assert found.bound == 12_500_000 and found.captured is None and found.best_found == found.weak == 0


def test_a_flight_above_all_others_has_captured_everything():
    run = simulate(CASE, PLAN, 5)
    assert section("regret", CASE, run).captured == 1.0


# --- luck


def test_luck_flies_the_same_plan_elsewhere():
    case = sums(lambda made: made.first.a * (made.seed if made.seed != 9 else -1))
    found = section("luck", case, simulate(case, {"a": 2}, 6))
    assert found.seeds[0] == 6 and len(set(found.seeds)) == len(found.seeds) >= 10
    assert found.profits == tuple(2 * (seed if seed != 9 else -1) for seed in found.seeds)
    assert found.below == pytest.approx(1 / (len(found.seeds) - 1))


def test_the_last_seed_has_siblings_too():
    from simulator.debrief.flights import siblings

    assert siblings(2**63 - 2, 3) == [2**63 - 1, 0, 1]


def test_below_counts_who_earned_less_and_nobody_else():
    """A hair more is not less, and the same is not less either."""
    mine = 1_000_000
    landings = [Landing(mine + gap) for gap in (-1, 0, 1, 40_000, -60_000)]
    flights = SimpleNamespace(
        run=SimpleNamespace(seed=0, profit=lambda: mine, plan=Plan(ToyDesign()), until=1.0),
        there=lambda plan, seed: seed,
        fly=lambda wanted: [landings[number % 5] for number, _ in enumerate(wanted)],
    )
    found = lucky(flights)
    theirs = found.profits[1:]
    assert found.below == sum(profit < mine for profit in theirs) / len(theirs)
    assert sum(mine <= profit <= 1.05 * mine for profit in theirs) > 0


def test_a_dial_is_tried_at_half_and_at_twice_its_value():
    dial = ToyDesign.dial("line")
    assert other_values(dial, 0.4, []) == [0.2, 0.8]
    assert other_values(dial, 0.4, [0.7]) == [0.7, 0.2, 0.8]
