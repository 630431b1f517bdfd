"""The block learner against river itself: same rows, same weights, same bits."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import linear_model, preprocessing

from simulator.errors import BrokenInvariant
from simulator.learning import online
from simulator.learning.intake import Setup
from simulator.learning.online import OnlineLogistic, compiled, in_python

_NUMBA = importlib.util.find_spec("numba") and os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"
WALKS = ["compiled", "python"] if _NUMBA else ["python"]
KNOBS = ("learning rate", "rate of the intercept", "cap on a gradient", "exponent of a variance")


def stream(n, features, seed):
    """Rows of very different scales and offsets, one of them constant, with weights; some weigh nothing."""
    luck = np.random.default_rng(seed)
    X = luck.normal(size=(n, features)) * 10.0 ** luck.integers(-4, 7, features) + luck.normal(size=features)
    X[:, -1] = 2.5
    y = luck.random(n) < 1 / (1 + np.exp(-(X[:, 0] - X[:, 0].mean()) / (X[:, 0].std() + 1e-9)))
    return X, y, luck.gamma(0.5, 4, n) * (luck.random(n) < 0.9)


def learned(walk, X, y, weight, cuts=(), **setup):
    learner = OnlineLogistic(Setup(**setup), fast=walk == "compiled")
    for part in zip(*(np.split(column, sorted(cuts)) for column in (X, y, weight)), strict=True):
        learner.learn(*part)
    return learner


def river(X, y, weight, **options):
    """Let river learn by itself, row by row."""
    pipeline = preprocessing.StandardScaler() | linear_model.LogisticRegression(**options)
    for x, label, w in zip(X.tolist(), y.tolist(), weight.tolist(), strict=True):
        pipeline.learn_one(dict(enumerate(x)), label, w=w)
    return pipeline


def state(pipeline):
    """All that a pipeline knows, as plain numbers."""
    scaler, model = pipeline["StandardScaler"], pipeline["LogisticRegression"]
    books = [dict(book) for book in (scaler.counts, scaler.means, scaler.vars, model.weights)]
    return [*books, model.intercept, model.optimizer.n_iterations]


def chances(pipeline, X):
    return np.array([pipeline.predict_proba_one(dict(enumerate(x)))[True] for x in X.tolist()])


def test_python_is_a_walk_and_numba_another():
    assert compiled() is not None or WALKS == ["python"]
    assert compiled() is not in_python


@pytest.mark.parametrize("walk", WALKS)
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.lists(st.integers(0, 300), max_size=4))
def test_every_bit_is_rivers(walk, seed, features, cuts):
    rows = stream(300, features, seed)
    learner, truth = learned(walk, *rows, cuts), river(*rows)
    assert state(learner.pipeline) == state(truth)
    X = stream(40, features, seed + 1)[0]
    assert np.abs(learner.snapshot()(X) - chances(truth, X)).max() <= 0.5e-9 + 1e-12


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("margin", [17.2, 17.8, 18.2, 18.8, 40.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_far_from_the_line_too(walk, margin, sign):
    """The log loss changes its form at ±18, as it does in river."""
    X, y, weight = stream(7, 3, 1)
    learner, truth = learned(walk, X[:5], y[:5], weight[:5]), river(X[:5], y[:5], weight[:5])
    learner.model.intercept = truth["LogisticRegression"].intercept = margin * sign
    learner.learn(X[5:], np.array([True, False]), np.ones(2))
    for x, label in zip(X[5:].tolist(), (True, False), strict=True):
        truth.learn_one(dict(enumerate(x)), label, w=1.0)
    assert state(learner.pipeline) == state(truth)


@pytest.mark.parametrize("walk", WALKS)
def test_a_raw_block_score_is_rivers_probability(walk):
    X, y, weight = stream(500, 8, 1)
    learner = learned(walk, X, y, weight)
    now = learner.state(8)
    raw = online.linear(now.means, np.sqrt(now.variances), now.weights, now.intercept)
    assert np.abs(raw(X) - chances(learner.pipeline, X)).max() <= 1e-12


@pytest.mark.parametrize("knob", range(4))
@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_a_knob_is_five_percent_off(monkeypatch, knob, wrong):
    rows = stream(200, 3, 4)
    truth = river(*rows, clip_gradient=0.5)
    assert state(with_knob(monkeypatch, rows, knob, 1.0).pipeline) == state(truth)
    off = state(with_knob(monkeypatch, rows, knob, wrong).pipeline)
    assert max(abs(off[3][j] - state(truth)[3][j]) for j in range(3)) > 1e-6, KNOBS[knob]


def with_knob(monkeypatch, rows, knob, factor):
    """Learn *rows* with one of the knobs off by a *factor*, and a cap that bites."""
    learner = OnlineLogistic(Setup(), fast=False)
    learner.model.clip_gradient = 0.5
    knobs = list(learner._knobs())
    knobs[knob] *= factor
    monkeypatch.setattr(learner, "_knobs", lambda: tuple(knobs))
    learner.learn(*rows)
    return learner


@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_weights_are_five_percent_off(wrong):
    X, y, weight = stream(200, 3, 4)
    off, truth = learned("python", X, y, weight * wrong), river(X, y, weight)
    assert abs(off.model.intercept - truth["LogisticRegression"].intercept) > 1e-4


@pytest.mark.skipif(WALKS == ["python"], reason="numba is missing or off")
def test_compiled_and_python_agree_on_every_bit():
    rows = stream(20_000, 6, 7)
    fast, plain = (learned(walk, *rows, cuts=(5000,)) for walk in WALKS)
    assert state(fast.pipeline) == state(plain.pipeline)
    for row in ([np.nan] * 6, [1e200] * 6, [np.inf] * 6):  # a ruined model is ruined alike
        for learner in (fast, plain):
            learner.setup = learner._intake.setup = Setup(allow_corrupt=True)
            learner.learn(np.array([row]), np.array([1]), np.ones(1))
        assert repr(state(fast.pipeline)) == repr(state(plain.pipeline))


@pytest.mark.parametrize("walk", WALKS)
def test_river_may_learn_a_row_in_between(walk):
    X, y, weight = stream(90, 3, 2)
    learner = learned(walk, X[:40], y[:40], weight[:40])
    for i in range(40, 50):
        learner.pipeline.learn_one(dict(enumerate(X[i].tolist())), bool(y[i]), w=float(weight[i]))
    learner.learn(X[50:], y[50:], weight[50:])
    assert state(learner.pipeline) == state(river(X, y, weight))


def test_read_only_rows_and_odd_strides_are_rows_too():
    X, y, weight = stream(100, 4, 3)
    expected = state(learned(WALKS[0], X, y, weight).pipeline)
    wide, still = np.repeat(X, 2, axis=1)[:, ::2], X.copy()
    still.flags.writeable = False
    for other in (np.asfortranarray(X), wide, still):
        assert state(learned(WALKS[0], other, y, weight).pipeline) == expected


def test_a_snapshot_is_frozen():
    X, y, weight = stream(100, 4, 3)
    learner = learned("python", X, y, weight)
    published, before = learner.snapshot(), learner.snapshot()(X)
    learner.learn(X, ~y, weight)
    assert published(X).tobytes() == before.tobytes()
    assert (learner.snapshot()(X) != before).any()


def test_nothing_learned_is_a_half_as_in_river():
    learner = OnlineLogistic(Setup())
    learner.learn(np.zeros((0, 2)), np.zeros(0), np.zeros(0))
    assert learner.snapshot()(np.ones((2, 5))).tolist() == [0.5, 0.5]
    assert learner.pipeline.predict_proba_one({0: 1.0})[True] == 0.5


def test_balanced_is_river_with_the_running_ratio_as_weight():
    X, y, weight = stream(300, 3, 5)
    ratio, seen = np.ones(300), {True: 1.0, False: 1.0}
    for i in range(300):
        seen[bool(y[i])] += weight[i]
        ratio[i] = seen[False] / seen[True] if y[i] else 1.0
    ours = learned("python", X, y, weight, balanced=True)
    assert np.allclose(list(ours.model.weights.values()), weights(X, y, weight * ratio), rtol=1e-9)
    for wrong in (0.95, 1.05):  # twins
        off = weights(X, y, weight * np.where(y, wrong * ratio, 1.0))
        assert not np.allclose(list(ours.model.weights.values()), off, rtol=1e-3)


def weights(X, y, weight):
    return list(river(X, y, weight)["LogisticRegression"].weights.values())


def spoiled():
    X, y, weight = stream(300, 3, 6)
    X[150, 1] = np.nan
    return X, y, weight


def test_the_guard_keeps_a_nan_from_the_model():
    X, y, weight = spoiled()
    learner = learned("python", X[:100], y[:100], weight[:100])
    before = state(learner.pipeline)
    with pytest.raises(BrokenInvariant, match="row 50, column 1 is nan"):
        learner.learn(X[100:], y[100:], weight[100:])
    assert state(learner.pipeline) == before
    with pytest.raises(BrokenInvariant, match="row 150, column 1"):
        learner.snapshot()(X)


@pytest.mark.parametrize("walk", WALKS)
def test_one_nan_ruins_a_model_for_good_where_a_case_lets_it_in(walk):
    X, y, weight = spoiled()
    learner = learned(walk, X, y, weight, allow_corrupt=True)
    assert np.isnan(chances(learner.pipeline, X[:5])).all()
    assert np.isnan(chances(river(X, y, weight), X[:5])).all()
    assert learner.snapshot()(X).tolist() == [0.5] * 300


def test_without_numba_python_does_the_work(monkeypatch):
    compiled.cache_clear()
    monkeypatch.setattr(importlib, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    try:
        assert compiled() is None
        assert OnlineLogistic(Setup())._walk is in_python
    finally:
        compiled.cache_clear()


@pytest.mark.skipif(WALKS == ["python"], reason="numba is missing or off")
def test_numba_may_be_switched_off(monkeypatch):
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    compiled.cache_clear()
    try:
        assert compiled() is None
    finally:
        compiled.cache_clear()


def test_a_cache_that_cannot_be_written_is_done_without():
    def compiler(cache=False):
        if cache:
            raise RuntimeError("no locator available")
        return lambda function: function

    assert online._kept(compiler) is online.walk


def test_state_is_made_of_columns():
    X, y, weight = stream(50, 2, 1)
    now = learned("python", X, y, weight).state(3)
    assert now.counts.tolist() == [50, 50, 0]
    assert dataclasses.replace(now, intercept=0.0).means[0] == pytest.approx(X[:, 0].mean())
