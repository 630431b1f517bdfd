"""Team drafts are fair and keep each side's order; clicks are credited to who laid the item."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.errors import BadInput
from simulator.learning.interleaving import Draft, interleaving_n, preference, sign_test, team_draft
from simulator.streams import Streams

RANKING = st.lists(st.integers(0, 30), max_size=12, unique=True)


def luck(name: str) -> np.random.Generator:
    return Streams(7).get(name)


@given(RANKING, RANKING, st.integers(0, 10), st.integers(1, 25))
def test_a_draft_is_what_two_captains_pick(a, b, number, length):
    coins = luck(f"coins {number}").random(20)
    draft = team_draft(a, b, coins, length)
    shown, sides = draft.item.tolist(), draft.team.tolist()
    assert len(set(shown)) == len(shown) <= length
    for place, (item, side) in enumerate(zip(shown, sides, strict=True)):
        left = [x for x in (a, b)[side] if x not in shown[:place]]
        assert left[0] == item  # each captain picks the best of what is left
        turn = int(coins[place // 2] >= 0.5)
        assert side == (turn if place % 2 == 0 else 1 - turn)
    if len(shown) < min(length, len({*a, *b})):
        turn = int(coins[len(shown) // 2] >= 0.5)
        stuck = (a, b)[turn if len(shown) % 2 == 0 else 1 - turn]
        assert set(stuck) <= set(shown)


def test_an_example_by_hand():
    draft = team_draft([1, 2, 3, 4], [2, 5, 1, 6], np.array([0.2, 0.9]), 4)
    assert draft.item.tolist() == [1, 2, 5, 3] and draft.team.tolist() == [0, 1, 1, 0]


def test_credit_goes_to_who_laid_the_item():
    draft = Draft(np.array([1, 2, 5, 3]), np.array([0, 1, 1, 0]))
    clicks = {
        (True, False, False, False): -1,
        (False, True, True, False): 1,
        (True, True, False, False): 0,
        (False,) * 4: 0,
    }
    assert {clicked: draft.credit(np.array(clicked)) for clicked in clicks} == clicks
    with pytest.raises(BadInput, match="do not fit"):
        draft.credit(np.array([True]))


def wins(first: float, sessions: int = 25_000) -> list[int]:
    """Return how many sessions each of two rankings wins, when of 8 items shown the best is clicked with *first*."""
    source, won = luck("sessions"), [0, 0, 0]
    a, b = [0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 0]
    for _ in range(sessions):
        draft = team_draft(a, b, source.random(4), 8)
        target = 0 if source.random() < first else int(source.integers(1, 8))
        won[draft.credit(draft.item == target)] += 1
    return won


def test_a_click_on_the_best_item_is_a_win_for_the_ranking_that_put_it_first():
    """Item 0 leads ranking a and ends b, so a lays it always, and with it 4 of 8 items: 3 of the 7 others."""
    tie, b_won, a_won = wins(0.2)
    share, expected, error = a_won / (a_won + b_won), 0.2 + 0.8 * 3 / 7, math.sqrt(0.25 / (a_won + b_won))
    assert tie == 0 and abs(share - expected) < 4 * error
    assert abs(share - 1.05 * expected) > 4 * error


def test_equal_rankings_are_preferred_equally():
    source, won = luck("equal"), [0, 0, 0]
    for _ in range(4_000):
        draft = team_draft(range(5), range(5), source.random(3), 5)
        won[draft.credit(draft.item == 2)] += 1
    assert abs(preference(won[-1], won[1]) - 0.5) < 4 * math.sqrt(0.25 / 4_000)


def test_preference_and_sign_test():
    assert preference(30, 70) == 0.7 and math.isnan(preference(0, 0))
    assert sign_test(30, 70) == sign_test(70, 30) == pytest.approx(2 * stats.binom.cdf(30, 100, 0.5))
    assert sign_test(0, 0) == 1.0
    with pytest.raises(BadInput, match="no counts"):
        sign_test(-1, 3)


@given(st.floats(0.51, 0.6), st.floats(0.6, 0.95))
def test_sessions_are_as_many_as_they_must_be(p, power):
    n = interleaving_n(p, power)
    assert n == interleaving_n(1 - p, power)
    lies = stats.norm.sf((1.959964 * 0.5 / math.sqrt(n) - (p - 0.5)) / math.sqrt(p * (1 - p) / n))
    assert lies == pytest.approx(power, abs=2 / n + 1e-4)
    assert interleaving_n(p + 0.05 * (p - 0.5), power) < 0.93 * n + 1


@pytest.mark.parametrize(("p", "power"), [(0.5, 0.8), (0.0, 0.8), (1.0, 0.8), (0.6, 1.0), (math.nan, 0.8)])
def test_plans_that_are_none(p, power):
    with pytest.raises(BadInput):
        interleaving_n(p, power)


def test_rankings_and_luck_that_are_none():
    with pytest.raises(BadInput, match="twice"):
        team_draft([1, 1], [2], np.ones(3))
    with pytest.raises(BadInput, match="too little"):
        team_draft([1, 2, 3], [1, 2, 3], np.ones(1))
