"""The shelf of models: what each promises to a case, whatever is inside."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import BadInput, BrokenInvariant
from simulator.learning.models import MODELS, BatchLearner, OnlineLearner, make

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("river", "sklearn", "numba", "pandas", "scipy", "threadpoolctl")


def sample(n=600, seed=0):
    luck = np.random.default_rng(seed)
    X = luck.normal(size=(n, 3))
    return X, luck.random(n) < 1 / (1 + np.exp(-2 * X[:, 0])), luck.gamma(2, 1, n)


def scorer(name, rows, **options):
    learner = make(name, **options)
    if isinstance(learner, BatchLearner):
        return learner.fit(*rows)
    learner.learn(*rows)
    return learner.snapshot()


@pytest.fixture(scope="module")
def scorers():
    """A scorer of each model."""
    return {name: scorer(name, sample()) for name in MODELS}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_what_the_shelf_says(name):
    learner = make(name)
    assert learner.name == name
    assert isinstance(learner, OnlineLearner) == MODELS[name].online
    assert isinstance(learner, BatchLearner) != MODELS[name].online
    assert "\n" not in MODELS[name].about


def test_the_shelf_is_known():
    assert list(MODELS) == ["logistic", "boosting", "online_logistic", "adaptive_tree", "adaptive_forest"]


def test_an_unknown_model_is_named():
    with pytest.raises(BadInput, match="did you mean 'logistic'"):
        make("logistik")


@pytest.mark.parametrize("name", MODELS)
def test_a_model_learns(name, scorers):
    X, y, _ = sample(seed=1)
    p = scorers[name](X)
    assert p[y].mean() > p[~y].mean() + 0.1


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.integers(1, 99), max_size=5), order=st.permutations(range(100)))
def test_a_score_belongs_to_its_row_alone(name, scorers, cuts, order):
    X = sample(100, seed=2)[0]
    whole, score = scorers[name](X), scorers[name]
    blocks = np.split(X[order], sorted(set(cuts)))
    assert whole[order].tobytes() == np.concatenate([score(block) for block in blocks]).tobytes()
    assert np.array_equal(whole, np.round(whole, 9))
    assert ((whole >= 0) & (whole <= 1)).all()


@pytest.mark.parametrize("name", MODELS)
def test_the_guard_stands_before_learning_and_scoring(name, scorers):
    X, y, weight = sample(20)
    X[4, 2] = np.nan
    with pytest.raises(BrokenInvariant, match="row 4, column 2"):
        scorer(name, (X, y, weight))
    with pytest.raises(BrokenInvariant, match="row 4, column 2"):
        scorers[name](X)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e12, -1e300])
def test_a_declared_corruption_leaves_scores_that_are_scores(name, bad):
    X, y, weight = sample(400)
    X[100, 1] = bad
    p = scorer(name, (X, y, weight), allow_corrupt=True)(X)
    assert ((p >= 0) & (p <= 1)).all()


@pytest.mark.parametrize("name", MODELS)
def test_balancing_lifts_rare_positives_and_thinning_does_not(name):
    X, y, _ = sample(2500)
    rare = y & (np.arange(2500) % 5 == 0)
    rows = (X, rare, np.ones(2500))
    plain, balanced, thinned = (
        scorer(name, rows, **options)(X).mean() for options in ({}, {"balanced": True}, {"keep": 0.4})
    )
    assert balanced > 2 * plain
    assert thinned == pytest.approx(plain, rel=0.35)


def digest():
    """Boil all models down to one number, as another process must find it too."""
    rows = sample(400)
    options = {"seed": 3, "keep": 0.7, "balanced": True}
    scores = [scorer(name, rows, **options)(rows[0]) for name in MODELS]
    return hashlib.sha256(np.concatenate(scores).tobytes()).hexdigest()


def test_another_process_finds_the_same_scores():
    code = f"import runpy; print(runpy.run_path({str(Path(__file__))!r})['digest']())"
    environment = {**os.environ, "PYTHONHASHSEED": "17", "OMP_NUM_THREADS": "2", "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == digest()


def test_the_shelf_is_light():
    code = f"import sys, simulator.learning.models; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
