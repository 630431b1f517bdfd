"""Published scores: finite, quantised, put right for thinning, and blind to the shape of a block."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import BrokenInvariant
from simulator.learning.intake import Setup
from simulator.learning.scores import constant, linear, published, settled, sigmoid, unsampled

numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_a_settled_score_is_a_quantised_probability(values):
    p = settled(np.array(values))
    assert ((p >= 0) & (p <= 1)).all()
    assert np.array_equal(p, np.round(p, 9))
    assert settled(p).tobytes() == p.tobytes()


def test_what_knows_nothing_says_a_half():
    assert settled(np.array([np.nan, np.inf, -np.inf])).tolist() == [0.5, 1.0, 0.0]


def test_nought_has_one_digest():
    assert settled(np.array([-0.0, -1e-12])).tobytes() == np.zeros(2).tobytes()


def test_settling_hides_the_rounding_of_a_block_and_nothing_more():
    assert settled(np.array([0.3 + 5e-16])) == settled(np.array([0.3]))
    assert settled(np.array([0.3 + 1e-9])) != settled(np.array([0.3]))


def put_right(p, keep, said):
    """Thin with *keep*, correct for what was *said*, and say whether the probabilities come back."""
    thinned = p / (p + keep * (1 - p))  # Bayes: a positive is kept for sure, a negative with chance *keep*
    return np.allclose(unsampled(thinned, said), p, rtol=1e-9, atol=1e-12)


@given(st.floats(0, 1), st.floats(0.001, 1))
def test_thinning_is_undone(p, keep):
    assert put_right(np.array([p]), keep, keep)


@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_another_share(wrong):
    assert not put_right(np.array([0.01, 0.3, 0.9]), 0.2, 0.2 * wrong)


def test_nothing_thinned_is_nothing_corrected():
    p = np.linspace(0, 1, 101)
    assert unsampled(p, 1.0).tobytes() == p.tobytes()


def test_a_sigmoid_is_flat_far_out():
    assert np.allclose(sigmoid(np.array([-1e9, -2.0, 0.0, 2.0, 1e9])), [0, 0.11920292, 0.5, 0.88079708, 1])


def model(features=7, seed=3):
    luck = np.random.default_rng(seed)
    return [luck.normal(size=features), luck.gamma(2, 1, features), luck.normal(size=features), 0.3]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.lists(st.integers(1, 199), min_size=1, max_size=6), st.sampled_from("CF"))
def test_a_linear_score_does_not_depend_on_the_block(features, cuts, order):
    raw = linear(*model(features))
    X = np.asarray(np.random.default_rng(0).normal(size=(200, features)), order=order)
    blocks = np.split(X, sorted(set(cuts)))
    assert raw(X).tobytes() == np.concatenate([raw(block) for block in blocks]).tobytes()


def test_a_long_block_is_the_same_as_its_rows():
    raw, X = linear(*model()), np.random.default_rng(0).normal(size=(9000, 7))
    picked = np.r_[0:50, 4080:4120, 8190:8200, 8990:9000]  # around the chunks of 4096
    assert np.array_equal(raw(X)[picked], np.concatenate([raw(X[i : i + 1]) for i in picked]))


def test_a_linear_score_is_a_sigmoid_of_a_sum():
    mean, scale, weights, intercept = model()
    X = np.random.default_rng(1).normal(size=(50, 7))
    expected = 1 / (1 + np.exp(-((X - mean) / scale @ weights + intercept)))
    assert np.allclose(linear(mean, scale, weights, intercept)(X), expected, rtol=1e-12)
    for wrong in (0.95, 1.05):  # twins
        assert not np.allclose(linear(mean, scale, weights * wrong, intercept)(X), expected, rtol=1e-3)
        assert not np.allclose(linear(mean, scale * wrong, weights, intercept)(X), expected, rtol=1e-3)


def test_a_feature_that_never_varied_has_no_say():
    raw = linear(np.zeros(2), np.array([0.0, 1.0]), np.array([5.0, 1.0]), 0.0)
    assert raw(np.array([[9.0, 0.0]])) == 0.5


def test_a_published_model_is_frozen():
    columns = model()
    scorer, X = published(linear(*columns), Setup(), 7), np.ones((1, 7))
    before = scorer(X)
    for column in columns[:3]:
        column[:] = 7.0
    assert scorer(X) == before


def test_a_scorer_refuses_what_no_model_could_score():
    scorer = published(constant(0.2), Setup(), 2)
    with pytest.raises(BrokenInvariant, match="row 1, column 0"):
        scorer(np.array([[0.0, 0.0], [np.nan, 0.0]]))
    for shape in ((3,), (3, 1), (3, 3)):
        with pytest.raises(BrokenInvariant, match="2 features"):
            scorer(np.zeros(shape))


def test_a_scorer_of_a_corrupt_case_stays_finite():
    scorer = published(linear(*model()), Setup(allow_corrupt=True), 7)
    p = scorer(np.array([[np.nan] * 7, [np.inf] * 7, [1e308] * 7, [0.0] * 7]))
    assert p[0] == 0.5
    assert ((p >= 0) & (p <= 1)).all()


def test_no_rows_have_no_scores():
    assert published(constant(0.2), Setup(), 2)(np.zeros((0, 2))).shape == (0,)


def test_scores_are_put_right_for_thinning_unless_the_classes_were_balanced():
    X = np.zeros((1, 1))
    assert published(constant(0.5), Setup(keep=0.25), 1)(X) == 0.2
    assert published(constant(0.5), Setup(keep=0.25, balanced=True), 1)(X) == 0.5
