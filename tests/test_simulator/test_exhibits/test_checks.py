"""Questions: what is right is right, what is five per cent beyond the tolerance is not, and places tell nothing."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from simulator.exhibits.checks import Claim, false_one, figure, least, number, which
from simulator.record import Answer

CLAIMS = [Claim(f"{n} is {n}.", f"{n} is {n + 1}.") for n in range(5)]


def given(n: float) -> Answer:
    return Answer("probe", number=n)


@pytest.mark.parametrize("truth", [200.0, -200.0])
def test_number(asked, truth):
    check = number("How much?", lambda one: truth, "$", within=0.1, why="So it is.")(asked)
    assert check.truth == truth
    assert check.tolerance == pytest.approx(20.0)
    assert check.unit == "$"
    assert check.why.startswith("So it is. It is ")
    assert check.grade(given(truth * 1.099))
    assert check.grade(given(truth * 0.901))
    assert not check.grade(given(truth * 1.105))
    assert not check.grade(given(truth * 0.895))
    assert not check.grade(given(-truth))


def test_the_tolerance_is_a_fifth_unless_given(asked):
    assert number("How much?", lambda one: 50.0, "ms")(asked).tolerance == pytest.approx(10.0)


def test_the_truth_is_of_the_run_asked_about(asked):
    assert number("How much?", lambda one: one.run.kpis()["wait"], "s")(asked).truth == asked.run.kpis()["wait"]


@pytest.mark.parametrize("truth", [math.nan, math.inf, None])
def test_no_number_no_question(asked, truth):
    assert number("How much?", lambda one: truth, "$")(asked) is None


def test_a_truth_of_nothing_can_be_met(asked):
    for unit, near, far in (("alarms", 0.15, 1.0), ("share", 0.005, 0.05)):
        check = number("How many?", lambda one: 0.0, unit)(asked)
        assert check.grade(given(0.0))
        assert check.grade(given(near))
        assert not check.grade(given(far))


def test_what_is_right_is_told_within_what_can_be():
    assert "from 0 days to 2 days" in figure("When?", 1.0, "days", 1.0).why
    assert "from 80 % to 100 %" in figure("What share?", 0.9, "share", 0.1).why.replace("any answer ", "")


def test_which_takes_the_largest(asked):
    check = which("Which?", lambda one: {"a_b": 1.0, "c": 3.0, "d": math.nan, "e": -9.0}, "$", "By the books.")(asked)
    assert sorted(check.options) == ["a b", "c", "e"]
    assert check.options[check.right] == "c"
    assert check.why == "By the books. c $3.00, a b $1.00, e -$9.00."
    assert check.grade(Answer("probe", choice="c"))
    assert not check.grade(Answer("probe", choice="a b"))
    assert not check.grade(Answer("probe"))


def test_least_takes_the_smallest(asked):
    check = least("Which?", lambda one: {"a": 1.0, "c": 3.0, "e": -9.0})(asked)
    assert check.options[check.right] == "e"


@pytest.mark.parametrize("values", [{}, {"a": 1.0}, {"a": 1.0, "b": math.nan}, {"a": 2.0, "b": 2.0, "c": 1.0}])
def test_which_needs_a_winner(asked, values):
    assert which("Which?", lambda one: values)(asked) is None


def test_which_asks_for_no_more_than_can_be_read_off(asked):
    assert which("Which?", lambda one: {"a": 100.0001, "b": 100.0}, "ms")(asked) is None
    assert which("Which?", lambda one: {"a": 105.0, "b": 100.0}, "ms")(asked) is not None


def test_which_keeps_the_largest_of_many(asked):
    check = which("Which?", lambda one: {f"n{k}": float(k) for k in range(40)})(asked)
    assert sorted(check.options) == ["n34", "n35", "n36", "n37", "n38", "n39"]


def test_the_place_of_the_largest_varies(seeded):
    ask = which("Which?", lambda one: {"a": 3.0, "b": 2.0, "c": 1.0})
    places = Counter(ask(seeded(seed)).right for seed in range(60))
    assert set(places) == {0, 1, 2}
    assert min(places.values()) >= 9
    assert ask(seeded(7)) == ask(seeded(7))


def test_the_false_one_is_the_one_turned_round(seeded):
    truths, lies = {claim.true for claim in CLAIMS}, {claim.false for claim in CLAIMS}
    for seed in range(60):
        check = false_one(lambda one: CLAIMS)(seeded(seed))
        others = set(check.options) - {check.options[check.right]}
        assert len(check.options) == 3
        assert check.options[check.right] in lies
        assert len(others) == 2
        assert others <= truths
        turned = next(claim for claim in CLAIMS if claim.false == check.options[check.right])
        assert turned.true in check.why
        assert turned.false not in check.why
        assert turned.true not in check.options


def test_the_false_one_moves_and_so_do_the_claims(seeded):
    checks = [false_one(lambda one: CLAIMS)(seeded(seed)) for seed in range(60)]
    places = Counter(check.right for check in checks)
    assert min(places[place] for place in range(3)) >= 9
    assert len({check.options[check.right] for check in checks}) == len(CLAIMS)
    assert false_one(lambda one: CLAIMS)(seeded(3)) == checks[3]


def test_claims_that_say_nothing_of_their_own_do_not_count(asked):
    same = [Claim("a", "a"), Claim("b", "c"), Claim("c", "d"), Claim("e", "f")]
    assert false_one(lambda one: same)(asked) is None
    assert false_one(lambda one: [*same, Claim("g", "h")])(asked) is not None
    assert false_one(lambda one: CLAIMS[:2])(asked) is None
