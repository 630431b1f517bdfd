"""Flights to look at, and a slow twin of the gate: what was known of each request, worked out row by row."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np
import pytest

from simulator.board import Board, Stakes
from simulator.simulation import fly, tape_of

CASES = ("fraud_threshold", "drift_retraining", "feed_ranking", "burst_storm", "latency_budget")
BOARDS = {
    "fraud_threshold": {
        "actions": ("approve", "challenge", "review", "block", "audit"),
        "acted": (1, 2, 3, 4),
        "stakes": lambda s, v: Stakes((1 - s.margin) * v + s.fee, -(s.margin * v + s.leave * s.lifetime)),
    },
    "drift_retraining": {"acted": (1,), "stakes": lambda s, v: Stakes(np.full(len(v), 40.0), np.full(len(v), -8.0))},
    "latency_budget": {"budget": 0.12},
}


@functools.cache
def flown_case(name: str):
    """Return (case, its strong flight, its tape), with a whiteboard."""
    from cases import load

    case = dataclasses.replace(load(name), board=Board(**BOARDS.get(name, {})))
    return case, fly(case, "strong", 0), tape_of(case, 0)


@pytest.fixture(scope="session")
def flight():
    """How to get (case, run, tape) of a shipped case; each is flown once."""
    return flown_case


@pytest.fixture(scope="session")
def stall(toy):
    """(case, run, tape) of the toy case with three segments and a whiteboard: small enough to count by hand."""
    board = Board(
        actions=("none", "none", "serve", "hold"),
        acted=(3,),
        results=("open", "absent", "served", "held"),
        features=("looks",),
        segments=("red", "green"),
        stakes=lambda setting, value: Stakes(value, np.full(len(value), -0.5)),
        budget=600.0,
    )
    case = dataclasses.replace(toy, board=board)
    run, tape = fly(case, "strong", 0), tape_of(case, 0)
    requests = dataclasses.replace(run.requests, segment=run.requests.id % 3)
    return case, dataclasses.replace(run, requests=requests), tape


@pytest.fixture(scope="session")
def twin():
    """The slow twin: (case, run, at [s]) -> a dict per request of the flight, None for what was not known."""
    return known_rows


def known_rows(case, run, at: float) -> list[dict]:
    """Work out row by row what was known at *at* [s]."""
    labels = {}
    for id, label, when in zip(run.landed.id.tolist(), run.landed.label.tolist(), run.landed.at.tolist(), strict=True):
        if when <= at:
            labels[id] = (label, when)
    rows = (_row(case, run, i, at, labels) for i in range(len(run.requests)))
    return [row for row in rows if row]


def _row(case, run, i: int, at: float, labels: dict) -> dict | None:
    book, asked = run.outcomes, float(run.requests.at[i])
    ended = book.done_at[i] < at
    if not 0 <= asked < at or (ended and book.result[i] == 1):
        return None
    answered = bool(ended or asked + book.latency[i] < at)
    label, landed_at = labels.get(i, (None, None))
    return {
        "id": i,
        "at": asked,
        "value": run.requests.value[i] / 1e6,
        "segment": int(run.requests.segment[i]),
        "X": run.requests.X[i].tolist(),
        "score": float(book.score[i]),
        "action": int(book.action[i]) if answered else None,
        "acted": answered and int(book.action[i]) in case.board.acted,
        "latency": float(book.latency[i]) if answered and not math.isnan(book.latency[i]) else None,
        "route": int(book.route[i]) if ended else None,
        "result": int(book.result[i]) if ended else None,
        "done_at": float(book.done_at[i]) if ended else None,
        "label": label,
        "landed_at": landed_at,
    }
