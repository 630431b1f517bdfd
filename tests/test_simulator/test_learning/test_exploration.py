"""Pages are the best by score but for the share that explores, and every propensity is the true one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.exploration import Shelf, epsilon_greedy, greedy, least_shown, one_slot
from simulator.streams import Streams

INF = np.inf


def uniforms(*shape: int) -> np.ndarray:
    return Streams(3).get("luck").random(shape)


def frequencies(shelf: Shelf, c: int) -> np.ndarray:
    """Return (k, c) how often each candidate was at each place."""
    return np.array([np.bincount(place, minlength=c) for place in shelf.items.T]) / len(shelf.items)


def expected(scores: np.ndarray, k: int, epsilon: float) -> np.ndarray:
    """Return (k, c) the propensities of ε-greedy on one row of scores, by counting all pages."""
    m, best = len(scores), sorted(range(len(scores)), key=lambda j: (-scores[j], j))[:k]
    pages = list(itertools.permutations(range(m), k))
    chance = np.zeros((k, m))
    for page in pages:
        chance[range(k), page] += epsilon / len(pages)
    chance[range(k), best] += 1 - epsilon
    return chance


def agrees(seen: np.ndarray, chance: np.ndarray, n: int) -> bool:
    return bool((np.abs(seen - chance) <= 4.5 * np.sqrt(chance * (1 - chance) / n) + 1e-12).all())


@pytest.mark.parametrize("k", [1, 3, 7])
def test_greedy_is_the_sorted_head(k):
    scores = np.round(uniforms(200, 7), 1)  # many ties
    by_hand = [sorted(range(7), key=lambda j, row=row: (-row[j], j))[:k] for row in scores.tolist()]
    shelf = greedy(scores, k)
    assert shelf.items.tolist() == by_hand
    assert (shelf.propensity == 1).all()


def test_scores_that_differ_by_less_than_1e_9_are_tied():
    assert greedy(np.array([[0.3, 0.3 + 2e-10, 0.3 - 2e-10]]), 3).items.tolist() == [[0, 1, 2]]
    assert greedy(np.array([[0.3, 0.3 + 2e-9]]), 1).items.tolist() == [[1]]


def test_who_is_no_candidate_is_never_shown():
    scores = np.tile([0.1, -INF, 0.3, -INF, 0.2], (2_000, 1))
    for shelf in (
        greedy(scores, 3),
        epsilon_greedy(scores, 3, 1.0, uniforms(2_000, 4)),
        one_slot(scores, 2, 1.0, np.ones(5), uniforms(2_000, 2)),
    ):
        assert set(np.unique(shelf.items).tolist()) <= {0, 2, 4}


def test_nan_counts_as_nought():
    assert greedy(np.array([[np.nan, 0.1, -0.1]]), 3).items.tolist() == [[1, 0, 2]]


def test_scores_out_of_all_bounds_are_still_ranked():
    assert greedy(np.array([[-1e300, 1e300, -INF, 5.0]]), 3).items.tolist() == [[1, 3, 0]]


def test_epsilon_greedy_without_luck_is_greedy():
    scores = uniforms(50, 6)
    shelf = epsilon_greedy(scores, 3, 0.0, uniforms(50, 4))
    assert (shelf.items == greedy(scores, 3).items).all()
    assert (shelf.propensity == 1).all()


def test_the_propensity_of_a_page_is_that_of_its_places():
    row, n, epsilon = np.array([0.2, 0.9, 0.4, 0.3]), 60_000, 0.3
    shelf = epsilon_greedy(np.tile(row, (n, 1)), 2, epsilon, uniforms(n, 3))
    chance = expected(row, 2, epsilon)
    assert agrees(frequencies(shelf, 4), chance, n)
    assert shelf.propensity == pytest.approx(chance[np.arange(2), shelf.items])
    assert not agrees(frequencies(shelf, 4), expected(row, 2, epsilon * 1.05), n)


def test_a_random_page_repeats_nothing():
    shelf = epsilon_greedy(uniforms(500, 6), 6, 1.0, uniforms(500, 7))
    assert (np.sort(shelf.items, axis=1) == np.arange(6)).all()


def test_more_exploration_keeps_the_pages_that_explored_before():
    scores, luck = uniforms(500, 6), uniforms(500, 4)
    little, much = (epsilon_greedy(scores, 3, share, luck).items for share in (0.1, 0.4))
    explored = luck[:, 0] < 0.1
    assert (little[explored] == much[explored]).all()


def test_a_block_and_its_rows_are_shown_the_same():
    scores, luck = uniforms(40, 6), uniforms(40, 4)
    whole = epsilon_greedy(scores, 3, 0.5, luck)
    rows = [epsilon_greedy(scores[i : i + 1], 3, 0.5, luck[i : i + 1]) for i in range(40)]
    assert (np.vstack([row.items for row in rows]) == whole.items).all()
    slots = one_slot(scores, 3, 0.5, least_shown(np.arange(6)), luck[:, :2])
    parts = [one_slot(scores[i : i + 1], 3, 0.5, least_shown(np.arange(6)), luck[i : i + 1, :2]) for i in range(40)]
    assert (np.vstack([row.items for row in parts]) == slots.items).all()


@pytest.mark.parametrize("slot", [None, 0, 1])
def test_a_guest_comes_in_proportion_to_its_weight(slot):
    row, n, share, weights = np.array([0.9, 0.8, 0.1, 0.3, 0.2]), 60_000, 0.4, np.array([9.0, 9, 1, 2, 5])
    shelf = one_slot(np.tile(row, (n, 1)), 2, share, weights, uniforms(n, 2), slot)
    place = 1 if slot is None else slot
    chance = np.zeros((2, 5))
    chance[[0, 1], [0, 1]] = 1.0
    chance[place] = [0, 0, *(share * weights[2:] / 8)]
    chance[place, place] = 1 - share
    assert agrees(frequencies(shelf, 5), chance, n)
    assert shelf.propensity == pytest.approx(chance[np.arange(2), shelf.items])
    wrong = chance.copy()
    wrong[place, place], wrong[place, 2:] = 1 - share * 1.05, chance[place, 2:] * 1.05
    assert not agrees(frequencies(shelf, 5), wrong, n)


def test_weights_may_differ_by_request():
    weights = np.array([[0.0, 0, 1, 0], [0, 0, 0, 1]])
    shelf = one_slot(np.tile([4.0, 3, 2, 1], (2, 1)), 2, 1.0, weights, np.array([[0.5, 0.0], [0.5, 0.999]]))
    assert shelf.items.tolist() == [[0, 2], [0, 3]]
    assert shelf.propensity.tolist() == [[1, 1], [1, 1]]


def test_where_no_guest_has_weight_the_page_is_certain():
    shelf = one_slot(np.tile([4.0, 3, 2], (3, 1)), 2, 0.9, np.array([1.0, 1, 0]), np.zeros((3, 2)))
    assert shelf.items.tolist() == [[0, 1]] * 3
    assert (shelf.propensity == 1).all()


def test_who_was_shown_least_weighs_most():
    assert least_shown(np.array([0, 1, 3])).tolist() == [1.0, 0.5, 0.25]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: greedy(np.ones(3), 1), "no matrix"),
        (lambda: greedy(np.ones((2, 3)), 4), "row 0 has too few candidates"),
        (lambda: greedy(np.array([[1.0, 2], [1, -INF]]), 2), "row 1 has too few"),
        (lambda: greedy(np.ones((2, 3)), 0), "k must be 1"),
        (lambda: epsilon_greedy(np.ones((2, 3)), 1, 1.1, np.ones((2, 2))), "epsilon 1.1"),
        (lambda: epsilon_greedy(np.ones((2, 3)), 1, 0.1, np.ones((2, 1))), r"must be \(2, 2\)"),
        (lambda: one_slot(np.ones((2, 3)), 1, 0.1, np.ones(2), np.ones((2, 2))), "weights of shape"),
        (lambda: one_slot(np.ones((2, 3)), 1, 0.1, -np.ones(3), np.ones((2, 2))), "weight is negative"),
        (lambda: one_slot(np.ones((2, 3)), 1, 0.1, np.ones(3), np.ones((2, 2)), 1), "slot 1 is not on a page of 1"),
        (lambda: one_slot(np.ones((2, 3)), 1, -0.1, np.ones(3), np.ones((2, 2))), "share -0.1"),
        (lambda: least_shown(np.array([-1])), "0 or more"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(BadInput, match=says):
        call()
