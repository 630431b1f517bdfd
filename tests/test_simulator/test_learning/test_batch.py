"""Batch models against scikit-learn used by hand, and what we add to it."""

from __future__ import annotations

import numpy as np
import pytest
import threadpoolctl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from simulator.errors import BrokenInvariant
from simulator.learning import batch
from simulator.learning.batch import Batch, one_thread
from simulator.learning.intake import Setup

FITTERS = {"logistic": batch.logistic, "boosting": batch.boosting}


def sample(n=3000, base=-2.0, seed=0):
    luck = np.random.default_rng(seed)
    X = luck.normal(size=(n, 4)) * [1, 10, 0.1, 1] + [0, 5, 0, 0]
    y = luck.random(n) < 1 / (1 + np.exp(-(X[:, 0] + 5 * X[:, 2] + base)))
    return X, y, luck.gamma(2, 1, n)


def learner(name, **setup):
    return Batch(name, Setup(**setup), FITTERS[name])


def by_hand(name, rows, **options):
    """Use scikit-learn without us, with *options* of its own."""
    X, y, weight = rows
    fixed = {
        "logistic": {"solver": "newton-cholesky", "tol": 1e-12},
        "boosting": {"max_iter": 80, "max_leaf_nodes": 15, "max_bins": 64, "early_stopping": False},
    }
    make = {"logistic": LogisticRegression, "boosting": HistGradientBoostingClassifier}[name]
    model = make_pipeline(StandardScaler(), make(**{**fixed[name], **options}))
    with one_thread():  # on a busy machine a second thread makes boosting a hundred times slower
        return model.fit(X, y, **{f"{make.__name__.lower()}__sample_weight": weight}).predict_proba(X)[:, 1]


@pytest.mark.parametrize("name", FITTERS)
def test_scores_are_scikit_learns(name):
    rows = sample()
    assert np.abs(learner(name).fit(*rows)(rows[0]) - by_hand(name, rows)).max() < 1.1e-9


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("logistic", {"C": 0.95}),
        ("logistic", {"C": 1.05}),
        ("boosting", {"learning_rate": 0.095}),
        ("boosting", {"learning_rate": 0.105}),
        ("boosting", {"max_iter": 84}),
        ("boosting", {"max_leaf_nodes": 14}),
        ("boosting", {"max_bins": 61}),
    ],
)
def test_twin_an_option_is_off(name, option):
    rows = sample()
    assert np.abs(learner(name).fit(*rows)(rows[0]) - by_hand(name, rows, **option)).max() > 1e-6


@pytest.mark.parametrize("name", FITTERS)
def test_a_weight_of_one_is_no_weight(name):
    X, y, _ = sample()
    ours = learner(name).fit(X, y, np.ones(len(y)))(X)
    assert np.abs(ours - by_hand(name, (X, y, None))).max() < 1.1e-9


@pytest.mark.parametrize("name", FITTERS)
@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_weights_are_off(name, wrong):
    X, y, weight = sample()
    off = by_hand(name, (X, y, weight * np.where(y, wrong, 1.0)))
    assert np.abs(learner(name).fit(X, y, weight)(X) - off).max() > 1e-4


@pytest.mark.parametrize("name", FITTERS)
def test_balanced_is_scikit_learns_balanced(name):
    X, y, _ = sample()
    ours = learner(name, balanced=True).fit(X, y, np.ones(len(y)))(X)
    assert np.abs(ours - by_hand(name, (X, y, np.ones(len(y))), class_weight="balanced")).max() < 1.1e-9
    half = len(y) / 2
    for wrong in (0.95, 1.05):  # twins
        uneven = np.where(y, wrong * half / y.sum(), half / (~y).sum())
        assert np.abs(ours - by_hand(name, (X, y, uneven))).max() > 1e-3


def put_right(wrong=1.0):
    """Fit a fifth of the negatives, correct for *wrong* times that, and compare with the share of positives."""
    X, y, _ = sample(60_000)
    scorer = learner("logistic", keep=0.2, seed=2).fit(X, y, np.ones(len(y)))
    odds = scorer(X) / (1 - scorer(X)) * wrong
    return abs((odds / (1 + odds)).mean() / y.mean() - 1) < 0.015


def test_scores_are_put_right_for_thinning():
    assert put_right()


@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_put_right_for_another_share(wrong):
    assert not put_right(wrong)


def test_balancing_makes_up_for_thinning():
    X, y, _ = sample(20_000)
    all_rows, thinned = (
        learner("logistic", balanced=True, keep=keep).fit(X, y, np.ones(len(y)))(X) for keep in (1.0, 0.3)
    )
    assert thinned.mean() == pytest.approx(all_rows.mean(), rel=0.02)


@pytest.mark.parametrize("name", FITTERS)
def test_one_class_teaches_how_rare_the_other_is(name):
    X = np.zeros((8, 2))
    none, some = np.zeros(8), np.arange(8) < 2
    assert learner(name).fit(X, none, np.ones(8))(X).tolist() == [0.1] * 8
    assert learner(name).fit(X, some, np.where(some, 0.0, 1.0))(X) == pytest.approx(1 / 8)
    assert learner(name).fit(X[:0], none[:0], none[:0])(X).tolist() == [0.5] * 8


@pytest.mark.parametrize("name", FITTERS)
@pytest.mark.parametrize(
    "X",
    [
        np.linspace(-1, 1, 200)[:, None],  # separable
        np.ones((200, 2)),  # nothing varies
        np.linspace(-1e9, 1e9, 400).reshape(200, 2),
    ],
)
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_awkward_rows_are_fitted_without_complaint(name, X, scale):
    p = learner(name).fit(X, np.arange(200) >= 100, np.full(200, scale))(X)
    assert ((p >= 0) & (p <= 1)).all()


@pytest.mark.parametrize("name", FITTERS)
def test_the_guard_stands_before_a_fit(name):
    X, y, weight = sample(50)
    X[3, 1] = np.inf
    with pytest.raises(BrokenInvariant, match="row 3, column 1 is inf"):
        learner(name).fit(X, y, weight)


@pytest.mark.parametrize("name", FITTERS)
def test_where_corruption_is_let_in_a_fit_leaves_out_what_is_no_number(name):
    X, y, weight = sample(500)
    spoiled = np.vstack([X, [[np.nan] * 4, [np.inf] * 4, [1e300] * 4]])
    scorer = learner(name, allow_corrupt=True).fit(spoiled, np.r_[y, 1, 1, 1], np.r_[weight, 1, 1, 1])
    assert scorer(X).tobytes() == learner(name).fit(X, y, weight)(X).tobytes()
    p = scorer(spoiled)
    assert ((p >= 0) & (p <= 1)).all()


@pytest.mark.parametrize("name", FITTERS)
def test_a_huge_number_does_reach_a_fit_where_it_is_let_in(name):
    X, y, weight = sample(500)
    X[:, 0] *= np.where(np.arange(500) == 7, 1e12, 1)
    with pytest.raises(BrokenInvariant):
        learner(name).fit(X, y, weight)
    scorer = learner(name, allow_corrupt=True).fit(X, y, weight)
    assert (scorer(X) != learner(name).fit(X[8:], y[8:], weight[8:])(np.clip(X, -10, 1e9))).any()


@pytest.mark.parametrize("name", FITTERS)
def test_a_fit_is_a_pure_function(name):
    rows = sample(800)
    one = learner(name, keep=0.5, seed=3)
    first, again = one.fit(*rows)(rows[0]), one.fit(*rows)(rows[0])
    assert first.tobytes() == again.tobytes()
    assert (first != learner(name, keep=0.5, seed=4).fit(*rows)(rows[0])).any()


@pytest.mark.parametrize("name", FITTERS)
def test_blocks_do_not_matter(name):
    X, y, weight = sample(400)
    scorer = learner(name).fit(X, y, weight)
    blocks = np.split(X, [1, 2, 9, 200])
    assert scorer(X).tobytes() == np.concatenate([scorer(block) for block in blocks]).tobytes()


def threads():
    return {pool["num_threads"] for pool in threadpoolctl.threadpool_info()}


def test_work_is_done_on_one_thread_and_others_get_theirs_back():
    before = threads()
    with one_thread():
        assert threads() == {1}
    assert threads() == before


@pytest.mark.parametrize("name", FITTERS)
def test_the_machine_does_not_show(name):
    rows = sample(2000)
    few, many = (_with_threads(count, name, rows) for count in (1, 2))
    assert few.tobytes() == many.tobytes()


def _with_threads(count, name, rows):
    with threadpoolctl.threadpool_limits(count):
        return learner(name).fit(*rows)(rows[0])
