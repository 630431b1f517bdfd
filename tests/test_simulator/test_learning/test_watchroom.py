"""The room of the monitors: three gauges, bells that keep quiet for a while, a trigger."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.learning.panel import Look, Matured, Panel
from simulator.learning.registry import Model, Version
from simulator.learning.watchroom import Watchroom
from simulator.units import day

LUCK = np.random.default_rng(5)


def looked(shift: float) -> Look:
    X = LUCK.standard_normal((400, 2)) + shift
    none = Matured(np.empty(0), np.empty(0, np.int64), np.empty(0, bool))
    return Look(X, X, np.full(400, 0.5), none, none)


@pytest.fixture
def room() -> tuple[Watchroom, list[str]]:
    rang: list[str] = []
    watchroom = Watchroom(
        Panel(("a", "b"), "psi", (10, 100)), day(7), lambda kind, name, text, facts: rang.append(name)
    )
    version = Version(1, 0.0, "take-off", 100, 10)
    live: Model[Any] = Model(version, lambda X: np.full(len(X), 0.1), None)
    watchroom.reset(LUCK.standard_normal((4000, 2)), live)
    return watchroom, rang


def test_what_has_moved_rings_and_fires_and_then_keeps_quiet(room: tuple[Watchroom, list[str]]) -> None:
    watchroom, rang = room
    told = watchroom.read(looked(0.0))
    assert told["psi_most"] < 0.2 and told["empty"] == 1.0 and np.isnan(told["label_loss_z"])
    watchroom.ring(day(1))
    assert rang == ["empty answers"] and not watchroom.fires()
    assert watchroom.read(looked(2.0))["psi_most"] > 0.2
    for at in (2, 3, 9):
        watchroom.ring(day(at))
    assert sorted(rang) == ["empty answers"] * 2 + ["psi a"] * 2 + ["psi b"] * 2
    assert watchroom.fires()
