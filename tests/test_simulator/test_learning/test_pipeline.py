"""A version is fitted on three quarters, and drawn its line and calibrated on the quarter it has not seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.learning.decisions import f1_threshold, fpr_threshold
from simulator.learning.pipeline import Pipeline, Recipe, Sample, made
from simulator.streams import Streams


class Batch:
    """A batch learner that writes down what it was given, and scores by the first feature."""

    name = "batch"

    def fit(self, X, y, weight):
        self.X, self.y, self.weight = X, y, weight
        return lambda rows: np.round(rows[:, 0], 9)


class Online:
    """An online learner whose snapshot scores by what it has learned so far."""

    name = "online"

    def __init__(self) -> None:
        self.bias, self.rows = 0.0, 0

    def learn(self, X, y, weight) -> None:
        self.bias, self.rows = float(y.sum()) / 100, self.rows + len(y)

    def snapshot(self):
        bias = self.bias
        return lambda rows: np.round(np.clip(rows[:, 0] + bias, 0, 1), 9)


def sample(n: int = 400, seed: int = 1) -> Sample:
    """Draw rows whose label is 1 with the probability that their first feature says."""
    luck = Streams(seed).get("sample")
    X = luck.random((n, 2))
    return Sample(X, (luck.random(n) < X[:, 0]).astype(float), 1 + luck.random(n))


def test_every_fourth_row_is_held_out():
    rows, learner = sample(), Batch()
    made(learner, rows, Recipe("none", "f1"))
    kept = np.arange(400) % 4 != 0
    assert np.array_equal(learner.X, rows.X[kept])
    assert np.array_equal(learner.y, rows.y[kept]) and np.array_equal(learner.weight, rows.weight[kept])


def test_the_line_is_drawn_on_the_rows_held_out():
    rows = sample(4000)
    check = rows.rows(np.arange(4000) % 4 == 0)
    p = np.round(check.X[:, 0], 9)
    assert made(Batch(), rows, Recipe("none", "f1"))[0].line == f1_threshold(p, check.y, check.weight)
    line = made(Batch(), rows, Recipe("none", "fpr", 0.1))[0].line
    assert line == fpr_threshold(p, check.y, 0.1, check.weight)
    assert line != fpr_threshold(p, check.y, 0.105, check.weight)  # the twin


@pytest.mark.parametrize("rule", ["cost", "threshold", "none"])
def test_a_rule_without_a_line_gets_the_middle(rule):
    assert made(Batch(), sample(), Recipe("none", rule))[0].line == 0.5


@given(st.sampled_from(["none", "platt", "isotonic"]), st.integers(8, 300), st.integers(0, 99))
def test_scores_are_quantised_probabilities(calibration, n, seed):
    pipeline, _ = made(Batch(), sample(n, seed), Recipe(calibration, "f1"))
    p = pipeline.score(sample(50, 999).X)
    assert ((p >= 0) & (p <= 1)).all()
    assert np.array_equal(p, np.round(p, 9))


def test_a_block_scores_as_its_rows_do():
    pipeline, _ = made(Batch(), sample(), Recipe("platt", "f1"))
    X = sample(60, 5).X
    assert pipeline.score(X).tolist() == [float(pipeline.score(row[None, :])[0]) for row in X]


def test_an_online_learner_is_taken_as_it_is():
    learner = Online()
    pipeline, _ = made(learner, sample(), Recipe("none", "f1"))
    assert learner.rows == 0
    learner.learn(np.ones((3, 2)), np.ones(3), np.ones(3))
    assert pipeline.score(np.full((1, 2), 0.5)).tolist() == [0.5]


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_one_class_only_says_nothing_of_quality(y):
    rows = sample()
    pipeline, facts = made(Batch(), Sample(rows.X, np.full(400, y), rows.weight), Recipe("isotonic", "f1"))
    assert facts == {} and 0 <= pipeline.line <= 1


def test_what_the_held_out_rows_say_is_told():
    facts = made(Batch(), sample(4000), Recipe("none", "f1"))[1]
    assert set(facts) == {"auc", "average_precision"}
    assert facts["auc"] == pytest.approx(5 / 6, abs=0.04)  # P(label) = x, x uniform: AUC is 5/6


def test_rows_are_taken_by_mask():
    rows = sample(8)
    part = rows.rows(rows.y == 1)
    assert len(part) == int(rows.y.sum()) and (part.y == 1).all()
    assert isinstance(made(Batch(), rows, Recipe("none", "f1"))[0], Pipeline)
