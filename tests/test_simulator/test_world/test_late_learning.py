"""A learner fed by a tape whose labels come late learns what river's delayed progressive evaluation learns."""

from __future__ import annotations

import numpy as np
import pytest
from river import compose, evaluate, linear_model, metrics, preprocessing

from simulator.books.requests import Requests, Truths
from simulator.learning.models import make
from simulator.streams import Streams
from simulator.units import DAY
from simulator.world.labels import Labels
from simulator.world.tape import Block, Tape

N = 600


def tape(delay: float) -> Tape:
    """Return a tape of N requests within ten days, whose labels come to light *delay* seconds after the asking."""
    luck = Streams(4).get("tape")
    at, X = np.sort(luck.random(N)) * 10 * DAY, luck.standard_normal((N, 3))
    label = luck.random(N) < 1 / (1 + np.exp(-2 * X[:, 0]))
    none = np.zeros(N, dtype=np.int64)
    requests = Requests(id=none, at=at, entity=none, segment=none, X=X, value=none)
    return Tape.of([Block(requests, Truths(label, at + delay, none - 1, {}))], 1, {})


def learned(world: Tape) -> tuple[list[float], object]:
    """Ask for each request as it comes; learn what the labels say when they land."""
    labels, learner, said = Labels(len(world)), make("online_logistic"), []
    for row, at in enumerate(world.requests.at.tolist()):
        landed = labels.due(at)
        learner.learn(world.requests.X[landed.id], landed.label.astype(np.float64), np.ones(len(landed)))
        said.append(float(learner.snapshot()(world.requests.X[row : row + 1])[0]))
        one = np.array([row])
        labels.owe(one, world.truths.label[one].astype(np.int64), world.truths.known_at[one])
    rest = labels.due(np.inf)
    learner.learn(world.requests.X[rest.id], rest.label.astype(np.float64), np.ones(len(rest)))
    return said, learner


def river_s(world: Tape, delay: float) -> tuple[list[float], object]:
    """Return what river's own evaluation says of the same rows, row by row, and its model."""
    model = compose.Select(0, 1, 2) | preprocessing.StandardScaler() | linear_model.LogisticRegression()
    columns = (world.requests.X.tolist(), world.requests.at.tolist(), world.truths.label.tolist())
    rows = [({0: x[0], 1: x[1], 2: x[2], "at": at}, y) for x, at, y in zip(*columns, strict=True)]
    steps = evaluate.iter_progressive_val_score(
        rows, model, metrics.LogLoss(), moment="at", delay=delay, yield_predictions=True
    )
    return [step["Prediction"].get(True, 0.5) for step in steps], model


@pytest.mark.parametrize("delay", [0.0, 0.3 * DAY, 4 * DAY, 100 * DAY])
def test_it_is_river_s_delayed_progressive_evaluation(delay):
    world = tape(delay)
    ours, learner = learned(world)
    theirs, model = river_s(world, delay)
    assert ours == pytest.approx(theirs, abs=1e-9)
    own, twin = learner.pipeline["LogisticRegression"], model["LogisticRegression"]
    assert dict(own.weights) == dict(twin.weights) and own.intercept == twin.intercept, "bit for bit"
