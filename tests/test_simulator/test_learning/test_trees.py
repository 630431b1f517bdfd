"""Adaptive trees: learned by river, scored from a copy, and both must say the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river.forest import ARFClassifier
from river.tree import HoeffdingAdaptiveTreeClassifier

from simulator.learning import trees
from simulator.learning.intake import Setup
from simulator.learning.trees import Leaf, Split

KINDS = {"tree": trees.tree, "forest": trees.forest}
CHANGES = {"tree": lambda model: model.n_alternate_trees, "forest": lambda model: model.n_drifts_detected()}
HALF_A_QUANTUM = 0.5e-9 + 1e-12


def stream(n, seed=0, weights=True):
    """Rows whose concept turns round every 700 rows."""
    luck = np.random.default_rng(seed)
    X = luck.normal(size=(n, 3))
    turn = np.where((np.arange(n) // 700) % 2, 1, -1)
    y = luck.random(n) < 1 / (1 + np.exp(-4 * turn * X[:, 0] - 2 * X[:, 1] * X[:, 0]))
    return X, y, luck.choice([0.5, 1.0, 2.0], n) if weights else np.ones(n)


def learned(kind, rows, cuts=(), **setup):
    learner = KINDS[kind](kind, Setup(seed=4, **setup))
    for part in zip(*(np.split(column, sorted(cuts)) for column in rows), strict=True):
        learner.learn(*part)
    return learner


def chances(model, X):
    return np.array([model.predict_proba_one(dict(enumerate(x)))[True] for x in X.tolist()])


@pytest.mark.parametrize(("kind", "n"), [("tree", 4000), ("forest", 2200)])
def test_a_block_score_is_rivers_probability_through_drift(kind, n):
    X, y, weight = stream(n)
    learner, worst = KINDS[kind](kind, Setup(seed=4)), 0.0
    for start in range(0, n, 200):
        block = slice(start, start + 200)
        learner.learn(X[block], y[block], weight[block])
        off = learner.snapshot()(X[:20]) - chances(learner.model, X[:20])
        worst = max(worst, float(np.abs(off).max()))
    assert CHANGES[kind](learner.model) > 0
    assert worst <= HALF_A_QUANTUM


def alone(kind, rows, wrong=1.0):
    """Let river learn by itself, with weights off by a factor *wrong*."""
    options = {"leaf_prediction": "mc", "max_share_to_split": 0.999, "seed": 4}
    is_tree = kind == "tree"
    model = (
        HoeffdingAdaptiveTreeClassifier(grace_period=100, delta=1e-4, **options)
        if is_tree
        else ARFClassifier(n_models=4, **options)
    )
    for x, y, w in zip(*(column.tolist() for column in rows), strict=True):
        if is_tree:
            model.learn_one(dict(enumerate(x)), y, w=w * wrong)
        else:
            model.lambda_value = 6 * w * wrong
            model.learn_one(dict(enumerate(x)), y)
    return model


def same(kind, rows, wrong=1.0):
    """Say whether our learner and river with *wrong* weights end up with the same model."""
    ours, theirs = learned(kind, rows).snapshot()(rows[0]), chances(alone(kind, rows, wrong), rows[0])
    return bool(np.abs(ours - theirs).max() <= HALF_A_QUANTUM)


@pytest.mark.parametrize("kind", KINDS)
def test_learning_is_rivers(kind):
    assert same(kind, stream(1000))


def test_trees_are_set_for_short_streams_of_rare_positives():
    model = trees.tree("tree", Setup()).model
    assert (model.grace_period, model.delta, model.max_share_to_split) == (100, 1e-4, 0.999)
    assert trees.forest("forest", Setup()).model.max_share_to_split == 0.999


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_weights_are_five_percent_off(kind, wrong):
    assert not same(kind, stream(1000), wrong)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(1, 399), max_size=3))
def test_blocks_do_not_matter(kind, cuts):
    rows = stream(400)
    setup = {"balanced": True, "keep": 0.6}
    at_once, in_parts = (learned(kind, rows, c, **setup).snapshot()(rows[0]) for c in ((), cuts))
    assert at_once.tobytes() == in_parts.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_snapshot_is_frozen(kind):
    X, y, weight = stream(800)
    learner = learned(kind, (X[:400], y[:400], weight[:400]))
    published, before = learner.snapshot(), learner.snapshot()(X)
    learner.learn(X[400:], ~y[400:], weight[400:])
    assert published(X).tobytes() == before.tobytes()
    assert (learner.snapshot()(X) != before).any()


def test_the_luck_of_a_forest_is_its_seeds():
    rows = stream(300)
    first, same_seed, other = (trees.forest("forest", Setup(seed=seed)) for seed in (1, 1, 2))
    for learner in (first, same_seed, other):
        learner.learn(*rows)
    p, again, differs = (learner.snapshot()(rows[0]) for learner in (first, same_seed, other))
    assert p.tobytes() == again.tobytes()
    assert (p != differs).any()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_learned_is_a_half(kind):
    learner = KINDS[kind](kind, Setup())
    learner.learn(np.ones((2, 1)), np.ones(2), np.zeros(2))  # rows of weight 0
    assert learner.snapshot()(np.zeros((2, 3))).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("kind", KINDS)
def test_scores_are_put_right_for_thinning(kind):
    X, y, weight = stream(6000, weights=False)
    keep_few = y & (np.random.default_rng(1).random(6000) < 0.2)  # rare positives
    rows = (X, keep_few, weight)
    p = learned(kind, rows, keep=0.3).snapshot()(X)
    assert p.mean() == pytest.approx(keep_few.mean(), rel=0.15)


def test_a_row_too_heavy_for_rivers_dice_still_counts():
    learner = trees.forest("forest", Setup())
    learner.learn(np.ones((1, 2)), np.ones(1), np.array([1e6]))
    assert learner.model.lambda_value == 600


def test_an_alternate_tree_votes_before_what_it_may_replace():
    low, high, tried = Leaf(3.0, 1.0), Leaf(0.0, 1.0), Split(1, 0.0, Leaf(1.0, 0.0), Leaf(0.0, 5.0), None)
    votes = trees._votes(Split(0, 0.0, low, high, tried), np.array([[-1.0, -1], [0, 1], [1, 1], [np.nan, 0]]))
    assert votes.tolist() == [[4, 1], [3, 6], [0, 6], [1, 1]]


def test_what_river_cannot_compute_with_is_lost_and_counted():
    X, y, weight = stream(1500)
    X[500, 2] = 1e200
    learner = learned("tree", (X, y, weight), allow_corrupt=True)
    assert learner.lost > 0
    p = learner.snapshot()(X)
    assert ((p >= 0) & (p <= 1)).all()


def test_nothing_is_lost_on_sound_rows():
    learner = learned("tree", stream(300))
    learner._kind = trees._Kind(learner._kind.model, lambda *_: 1 / 0, learner._kind.raw)
    with pytest.raises(ZeroDivisionError):
        learner.learn(*stream(1))
