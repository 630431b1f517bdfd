"""The prequential loop gives river's own numbers, with and without delays, and our learner those of river's."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from river import compose, datasets, evaluate, linear_model, metrics, naive_bayes, preprocessing, tree

from simulator.errors import BadInput
from simulator.learning.models import make
from simulator.learning.prequential import answers, prequential, scored
from simulator.streams import Streams

WAITS = {
    "none": {},
    "at once": {"delay": 0},
    "seven rows": {"delay": 7},
    "longer than the stream": {"delay": 10_000},
    "as said by the row": {"moment": "at", "delay": "wait"},
    "as long for all": {"moment": "at", "delay": 3.0},
    "by the label": {"moment": "at", "delay": lambda x, y: 9.0 if y else 1.0},
    "by a clock": {"moment": lambda x: dt.datetime(2026, 1, 1) + dt.timedelta(x["at"]), "delay": dt.timedelta(2)},
}
MODELS = {
    "logistic": lambda: compose.Select("a", "b") | preprocessing.StandardScaler() | linear_model.LogisticRegression(),
    "bayes": naive_bayes.GaussianNB,
    "tree": lambda: tree.HoeffdingTreeClassifier(grace_period=20),
}
METRICS = {"accuracy": metrics.Accuracy, "loss": metrics.LogLoss, "roc": metrics.ROCAUC, "f1": metrics.F1}


def rows(seed: int, n: int = 150) -> list[tuple[dict[str, float], bool]]:
    """Return rows in the order of their times, with many ties among the times."""
    luck = Streams(seed).get("rows")
    at = np.sort(luck.integers(0, n // 3, n)).tolist()
    columns = (luck.standard_normal(n).tolist(), luck.standard_normal(n).tolist(), luck.integers(0, 9, n).tolist())
    dicts = [{"a": a, "b": b, "at": float(t), "wait": float(w)} for t, a, b, w in zip(at, *columns, strict=True)]
    return [(x, bool(u < 1 / (1 + math.exp(-2 * x["a"])))) for x, u in zip(dicts, luck.random(n), strict=True)]


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("metric", ["accuracy", "loss"])
def test_it_equals_rivers_progressive_evaluation_step_by_step(model, metric, wait):
    ours = list(prequential(rows(1), MODELS[model](), METRICS[metric](), **WAITS[wait]))
    steps = evaluate.iter_progressive_val_score(rows(1), MODELS[model](), METRICS[metric](), **WAITS[wait])
    theirs = [step[METRICS[metric].__name__].get() for step in steps]
    assert len(ours) == len(theirs) == 150
    assert ours == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("delay", [None, 50])
def test_it_equals_rivers_score_on_a_bundled_stream(metric, delay):
    def model():
        return preprocessing.StandardScaler() | linear_model.LogisticRegression()

    ours = list(prequential(datasets.Phishing(), model(), METRICS[metric](), delay=delay))
    theirs = evaluate.progressive_val_score(datasets.Phishing(), model(), METRICS[metric](), delay=delay)
    assert ours[-1] == pytest.approx(theirs.get(), abs=1e-9)


def test_it_equals_rivers_score_of_a_regression():
    def model():
        return preprocessing.StandardScaler() | linear_model.LinearRegression()

    stream = list(datasets.TrumpApproval())
    ours = list(prequential(stream, model(), metrics.MAE(), "ordinal_date", 30))
    theirs = evaluate.progressive_val_score(stream, model(), metrics.MAE(), "ordinal_date", 30)
    assert ours[-1] == pytest.approx(theirs.get(), abs=1e-9)


def test_twin_a_delay_one_row_off_is_noticed():
    def last(delay):
        return list(prequential(rows(1), MODELS["logistic"](), metrics.LogLoss(), delay=delay))[-1]

    assert abs(last(20) - last(21)) > 1e-6


def order(wait: dict) -> list[int]:
    model = MODELS["bayes"]()
    return [answer.row for answer in answers(rows(2, 30), model, model.predict_one, **wait)]


def test_labels_come_in_the_order_in_which_they_are_due():
    due = [(x["at"] + x["wait"], i) for i, (x, _) in enumerate(rows(2, 30))]
    assert order(WAITS["as said by the row"]) == [i for _, i in sorted(due)]
    assert order({}) == order({"delay": 0}) == list(range(30))


class Diary:
    """A model that writes down what happens to it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def predict_one(self, x):
        self.said.append(f"ask {x['id']}")

    def learn_one(self, x, y):
        self.said.append(f"learn {x['id']}")


def test_labels_that_are_due_come_before_the_question_and_a_rows_own_after_it():
    stream = [({"id": i, "at": at, "wait": wait}, 1) for i, (at, wait) in enumerate([(0, 5), (3, 0), (5, 0), (5, 9)])]
    diary = Diary()
    assert [answer.row for answer in answers(stream, diary, diary.predict_one, "at", "wait")] == [1, 0, 2, 3]
    assert diary.said == ["ask 0", "ask 1", "learn 1", "learn 0", "ask 2", "learn 2", "ask 3", "learn 3"]


def test_rows_that_run_back_in_time_are_refused():
    stream = [({"at": 2.0}, 1), ({"at": 1.0}, 1)]
    diary = Diary()
    with pytest.raises(BadInput, match=r"row 1 is asked at 1\.0, before"):
        list(answers(stream, diary, lambda x: None, "at", 1.0))
    learner = make("online_logistic")
    with pytest.raises(BadInput, match=r"row 2 is asked at 1\.0, before"):
        scored(learner, np.array([0.0, 2.0, 1.0]), np.zeros((3, 1)), np.zeros(3), 1.0)


def test_a_metric_that_does_not_fit_is_refused():
    with pytest.raises(BadInput, match="MAE does not fit"):
        list(prequential(rows(1), MODELS["logistic"](), metrics.MAE()))


@pytest.mark.parametrize("delay", [-1.0, math.nan, np.ones(2)], ids=["negative", "NaN", "too few"])
def test_a_delay_that_makes_no_sense_is_refused(delay):
    with pytest.raises(BadInput, match="delay must be"):
        scored(make("online_logistic"), np.arange(3.0), np.zeros((3, 1)), np.zeros(3), delay)


def river_says(at, X, y, delay) -> tuple[np.ndarray, list[int], object]:
    """Let river's own model run through river's own delayed evaluation; return scores, order and model."""
    model = compose.Select(*range(X.shape[1])) | preprocessing.StandardScaler() | linear_model.LogisticRegression()
    stream = [
        (dict(enumerate(x)) | {"at": t, "wait": d}, bool(label))
        for x, t, d, label in zip(X.tolist(), at.tolist(), delay.tolist(), y, strict=True)
    ]
    metric = metrics.LogLoss()
    steps = evaluate.iter_progressive_val_score(stream, model, metric, "at", "wait", yield_predictions=True)
    order = np.argsort(at + delay, kind="stable").tolist()
    p = np.empty(len(y))
    p[order] = [step["Prediction"][True] for step in steps]
    return p, order, model


def same(seed: int, n: int, steps: int, longest: int) -> None:
    """Assert that our learner says and knows exactly what river's does; times are on a grid, so ties abound."""
    luck = Streams(seed).get("same")
    X = luck.standard_normal((n, 2)) * [1.0, 30.0]
    y = (luck.random(n) < 1 / (1 + np.exp(-X[:, 0]))).astype(np.float64)
    at = np.sort(luck.integers(0, steps + 1, n)).astype(np.float64)
    delay = luck.integers(0, longest + 1, n).astype(np.float64)
    theirs, order, model = river_says(at, X, y, delay)
    learner = make("online_logistic")
    ours = scored(learner, at, X, y, delay)
    assert ours.learned.tolist() == order
    assert ours.p.tolist() == np.round(theirs, 9).tolist()  # what is published is quantised
    assert dict(learner.model.weights) == dict(model["LogisticRegression"].weights)
    assert learner.model.intercept == model["LogisticRegression"].intercept
    assert dict(learner.scaler.means) == dict(model["StandardScaler"].means)


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 40), st.integers(0, 20))
def test_our_learner_equals_rivers_with_any_delays_and_ties(seed, n, steps, longest):
    same(seed, n, steps, longest)


@pytest.mark.parametrize("longest", [0, 30, 100_000], ids=["at once", "late", "after the end"])
def test_our_learner_equals_rivers_on_a_longer_stream(longest):
    same(5, 1500, 700, longest)


def test_twin_a_label_that_comes_before_its_own_question_is_noticed():
    X, y, at = np.array([[1.0], [2.0]]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
    honest = scored(make("online_logistic"), at, X, y, 0.0)
    peeking = make("online_logistic")
    peeking.learn(X[:1], y[:1], np.ones(1))
    assert honest.p[0] == 0.5
    assert peeking.snapshot()(X[:1])[0] != 0.5


def test_one_delay_for_all_and_one_each_are_the_same():
    luck = Streams(8).get("delay")
    X, y, at = luck.standard_normal((50, 2)), (luck.random(50) < 0.5) * 1.0, np.arange(50.0)
    one, each = (scored(make("online_logistic"), at, X, y, delay) for delay in (4.0, np.full(50, 4.0)))
    assert one.p.tolist() == each.p.tolist()


def test_no_rows_teach_nothing():
    found = scored(make("online_logistic"), np.empty(0), np.empty((0, 2)), np.empty(0), 1.0)
    assert len(found.p) == len(found.learned) == 0
    assert list(prequential([], MODELS["bayes"](), metrics.Accuracy())) == []
