"""Rows on their way to a learner: what is refused, what is thinned, and what it weighs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import BadInput, BrokenInvariant
from simulator.learning.intake import Intake, Rows, Setup, class_weights, guard, received


def rows(n, share=0.3, seed=0):
    luck = np.random.default_rng(seed)
    return Rows(luck.normal(size=(n, 2)), luck.random(n) < share, luck.gamma(2, 1, n))


def pieces(whole, cuts):
    columns = (np.split(column, sorted(cuts)) for column in (whole.X, whole.y, whole.weight))
    return [Rows(*part) for part in zip(*columns, strict=True)]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1.05e9, -1.05e9])
def test_the_guard_names_the_first_bad_number(bad):
    X = np.zeros((5, 3))
    X[2, 1] = X[4, 0] = bad
    with pytest.raises(BrokenInvariant, match="row 2, column 1"):
        guard(X)


def test_the_guard_lets_large_numbers_and_nothing_at_all_pass():
    guard(np.full((2, 2), 1e9))
    guard(np.full((2, 2), -1e9))
    guard(np.zeros((0, 3)))


@pytest.mark.parametrize(
    ("y", "weight", "law"),
    [
        ([0, 2], [1, 1], "labels"),
        ([0, np.nan], [1, 1], "labels"),
        ([0, 1], [1, np.nan], "weights"),
        ([0, 1], [1, -1], "weights"),
        ([0, 1], [1, np.inf], "weights"),
        ([0, 1, 1], [1, 1], "features, labels and weights"),
        ([0, 1], [1], "features, labels and weights"),
    ],
)
def test_rows_that_are_none_are_refused(y, weight, law):
    with pytest.raises(BrokenInvariant, match=law):
        received(np.zeros((2, 2)), np.array(y), np.array(weight), Setup(allow_corrupt=True))


def test_labels_may_be_truths_or_numbers():
    for y in (np.array([True, False]), np.array([1.0, 0.0]), np.array([1, 0])):
        assert received(np.zeros((2, 1)), y, np.ones(2), Setup()).y.tolist() == [True, False]


@pytest.mark.parametrize("keep", [0.0, -0.1, 1.1, float("nan")])
def test_a_share_to_keep_is_a_share(keep):
    with pytest.raises(BadInput, match="keep"):
        Setup(keep=keep)


def kept_share(keep, said):
    """Thin with *keep*, and say whether the share of negatives that stays is within 2.5 % of what was *said*."""
    whole = rows(200_000)
    thin = Intake(Setup(keep=keep)).thinned(whole)
    assert thin.y.sum() == whole.y.sum()
    return abs((~thin.y).sum() / (~whole.y).sum() / said - 1) < 0.025


def test_a_share_of_the_negatives_is_kept_and_every_positive():
    assert kept_share(0.2, 0.2)


@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_another_share(wrong):
    assert not kept_share(0.2 * wrong, 0.2)


def test_the_seed_chooses_which_negatives():
    first, same, other = (Intake(Setup(keep=0.5, seed=seed)).thinned(rows(500)).X for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first[:50], other[:50])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=5), st.booleans(), st.sampled_from([1.0, 0.4]))
def test_blocks_do_not_matter(cuts, balanced, keep):
    whole, setup = rows(400), Setup(balanced=balanced, keep=keep, seed=5)
    at_once = Intake(setup).admitted(whole.X, whole.y, whole.weight)
    intake = Intake(setup)
    parts = [intake.admitted(part.X, part.y, part.weight) for part in pieces(whole, cuts)]
    assert np.array_equal(at_once.X, np.concatenate([part.X for part in parts]))
    assert at_once.weight.tobytes() == np.concatenate([part.weight for part in parts]).tobytes()


def even(y, weight):
    """Say whether both classes weigh half of the rows each."""
    return np.allclose([weight[y].sum(), weight[~y].sum()], len(y) / 2, rtol=0.01)


def test_balanced_classes_weigh_the_same():
    whole = rows(1000, share=0.1)
    assert even(whole.y, class_weights(whole.y, np.ones(1000)))
    weighed = class_weights(whole.y, whole.weight)
    assert weighed[whole.y].sum() == pytest.approx(weighed[~whole.y].sum())
    assert weighed.sum() == pytest.approx(whole.weight.sum())


@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_uneven_classes(wrong):
    y = rows(1000, share=0.1).y
    assert not even(y, class_weights(y, np.ones(1000)) * np.where(y, wrong, 1.0))


def test_one_class_is_not_balanced():
    assert class_weights(np.zeros(3, dtype=bool), np.array([1.0, 2.0, 3.0])).tolist() == [1, 2, 3]


def by_hand(whole, wrong=1.0):
    """Weigh positives by the running ratio, row by row."""
    seen, weights = {True: 1.0, False: 1.0}, []
    for y, weight in zip(whole.y.tolist(), whole.weight.tolist(), strict=True):
        seen[y] += weight
        weights.append(weight * min(wrong * seen[False] / seen[True], 100.0) if y else weight)
    return np.array(weights)


def test_a_positive_weighs_the_negatives_per_positive_so_far():
    whole = rows(500, share=0.2)
    assert np.allclose(Intake(Setup(balanced=True)).weighed(whole).weight, by_hand(whole), rtol=1e-12)


@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_another_ratio(wrong):
    whole = rows(500, share=0.2)
    assert not np.allclose(Intake(Setup(balanced=True)).weighed(whole).weight, by_hand(whole, wrong), rtol=0.02)


def test_no_positive_outweighs_a_hundred_rows():
    y = np.arange(1000) == 999
    last = Intake(Setup(balanced=True)).weighed(Rows(np.zeros((1000, 1)), y, np.ones(1000))).weight[-1]
    assert last == 100


def test_unusable_rows_are_those_that_cannot_be_squared():
    X = np.array([[1.0], [np.nan], [np.inf], [1e200], [1e12]])
    assert Rows(X, np.ones(5, dtype=bool), np.ones(5)).usable().X[:, 0].tolist() == [1.0, 1e12]
