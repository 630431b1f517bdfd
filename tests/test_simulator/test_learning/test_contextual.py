"""Linear models of arms are the ridge regressions of the textbook, with bounds and draws of their posterior."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.contextual import Ridge
from simulator.streams import Streams


def taught() -> tuple[Ridge, np.ndarray, np.ndarray, np.ndarray]:
    luck, made = Streams(1).get("x"), Ridge(3, 4, ridge=2.0)
    X, arms, rewards = luck.random((60, 4)), luck.integers(0, 2, 60), luck.random(60)
    made.learn(X[:25], arms[:25], rewards[:25])
    made.learn(X[25:], arms[25:], rewards[25:])
    return made, X, arms, rewards


def test_means_are_scikit_learn_s_ridge():
    from sklearn.linear_model import Ridge as Theirs

    made, X, arms, rewards = taught()
    for arm in (0, 1):
        theirs = Theirs(alpha=2.0, fit_intercept=False).fit(X[arms == arm], rewards[arms == arm])
        assert made.snapshot().means(X)[:, arm] == pytest.approx(theirs.predict(X))


def test_an_arm_that_was_never_pulled_knows_its_prior():
    made, X, _, _ = taught()
    frozen = made.snapshot()
    assert (frozen.means(X)[:, 2] == 0).all()
    assert frozen.deviations(X)[:, 2] == pytest.approx(np.sqrt((X**2).sum(axis=1) / 2.0))


def test_bounds_and_draws():
    made, X, _, _ = taught()
    frozen = made.snapshot()
    mean, deviation = frozen.means(X), frozen.deviations(X)
    assert frozen.scores(X, 1.5) == pytest.approx(mean + 1.5 * deviation)
    normal = Streams(2).get("z").standard_normal((60, 3))
    assert frozen.sampled(X, normal, 0.5) == pytest.approx(mean + 0.5 * deviation * normal)


def test_a_snapshot_does_not_learn_on():
    made, X, _, _ = taught()
    frozen = made.snapshot()
    before = frozen.scores(X)
    made.learn(X, np.zeros(60, int), np.ones(60))
    assert (frozen.scores(X) == before).all()


def test_bad_arguments():
    with pytest.raises(BadInput, match="0 arms"):
        Ridge(0, 3)
    with pytest.raises(BadInput, match="ridge 0"):
        Ridge(1, 3, ridge=0)
