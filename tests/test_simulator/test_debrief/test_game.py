"""Shapley values are those of the textbook, add up to the last unit, and give nothing for nothing."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.debrief.game import coalitions, drawn_orders, shapley


def by_hand(players, worth) -> dict[str, Fraction]:
    """The definition: what each brings when it joins, averaged over all orders."""
    orders = list(itertools.permutations(players))
    shares = dict.fromkeys(players, Fraction(0))
    for order in orders:
        for n, player in enumerate(order):
            shares[player] += Fraction(worth(frozenset(order[: n + 1])) - worth(frozenset(order[:n])), len(orders))
    return shares


@st.composite
def games(draw, most: int = 5):
    """A game of any worths, super-additive or not."""
    players = "abcdefgh"[: draw(st.integers(0, most))]
    worths = {some: draw(st.integers(-(10**13), 10**13)) for some in coalitions(players)}
    return players, worths


def test_a_left_glove_is_worth_two_thirds_where_two_right_ones_wait_for_it():
    def pairs(some) -> int:
        return 6 * min("l" in some, ("r" in some) + ("s" in some))

    assert shapley("lrs", pairs) == {"l": 4, "r": 1, "s": 1}


def test_additive_players_are_worth_what_they_bring():
    worth = {"a": 17, "b": -5, "c": 0, "d": 1_000_003, "e": 2}
    assert shapley("abcde", lambda some: 9 + sum(worth[one] for one in some)) == worth


def test_what_two_do_together_is_halved():
    def worth(some) -> int:
        return 10 * ("a" in some) + 20 * ("b" in some) + 8 * ({"a", "b"} <= some) + 3 * ("c" in some)

    assert shapley("abc", worth) == {"a": 14, "b": 24, "c": 3}


@given(games())
def test_all_orders_are_the_definition_to_the_last_unit(game):
    players, worths = game
    found, exact = shapley(players, worths.__getitem__), by_hand(players, worths.__getitem__)
    assert sum(found.values()) == worths[frozenset(players)] - worths[frozenset()]
    assert all(abs(found[one] - exact[one]) < 1 for one in players)


@given(games(), st.integers(0, 10**6))
def test_who_changes_nothing_gets_nothing_whatever_the_others_leave_over(game, seed):
    players, worths = game
    everybody = [*players, "nobody"]
    orders = drawn_orders(everybody, 2, np.random.default_rng(seed))
    for some in ((), orders):
        assert shapley(everybody, lambda some: worths[some - {"nobody"}], some)["nobody"] == 0


@given(games(8), st.integers(1, 4), st.integers(0, 10**6))
def test_drawn_orders_share_out_everything_too(game, pairs, seed):
    players, worths = game
    orders = drawn_orders(players, pairs, np.random.default_rng(seed))
    asked = coalitions(players, orders)
    found = shapley(players, {some: worths[some] for some in asked}.__getitem__, orders)
    assert sum(found.values()) == worths[frozenset(players)] - worths[frozenset()]
    assert len(asked) == len(set(asked)) <= 2 * pairs * max(len(players) - 1, 0) + 2


def test_orders_are_drawn_with_their_reverses():
    orders = drawn_orders("abcdefg", 3, np.random.default_rng(0))
    assert len(orders) == 6 and all(sorted(order) == [*"abcdefg"] for order in orders)
    assert [order[::-1] for order in orders[::2]] == orders[1::2] and orders[0] != orders[2]


def test_a_pair_that_acts_together_is_halved_by_any_order_and_its_reverse():
    """That is what the reverses are for: half of the orders have one of the two first."""

    def worth(some) -> int:
        return 100 * ({"a", "b"} <= some)

    for seed in range(20):
        orders = drawn_orders("abcdef", 1, np.random.default_rng(seed))
        assert shapley("abcdef", worth, orders) == {"a": 50, "b": 50, "c": 0, "d": 0, "e": 0, "f": 0}


@pytest.mark.parametrize("n", [0, 1, 5])
def test_all_coalitions_are_asked_for_where_all_orders_are(n):
    assert len(set(coalitions("abcdefgh"[:n]))) == 2**n
