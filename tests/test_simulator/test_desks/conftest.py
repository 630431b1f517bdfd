"""A system that stands still, with requests of one's own on its tape."""

from __future__ import annotations

import numpy as np
import pytest
from toy_case import ToyDesign

from simulator.books.requests import Requests, Truths
from simulator.clock import Clock
from simulator.streams import Streams
from simulator.system import System
from simulator.units import DAY
from simulator.world.tape import Block, Tape


@pytest.fixture(scope="session")
def standing():
    """A maker of systems: requests asked on *days*, with their *labels*, when they come to light, and features."""

    def make(days, labels, known_days=None, X=None, value=1.0):
        n, at = len(days), np.array(days, dtype=np.float64) * DAY
        zeros = np.zeros(n, dtype=np.int64)
        known_at = np.full(n, np.inf) if known_days is None else np.array(known_days, dtype=np.float64) * DAY
        X = np.zeros((n, 1)) if X is None else np.asarray(X, dtype=np.float64)
        requests = Requests(zeros, at, zeros, zeros, X, zeros + round(value * 1e6))
        truths = Truths(np.array(labels, dtype=np.bool_), known_at, zeros - 1, {"verdict": np.full(n, 0.5)})
        system = System(Tape.of([Block(requests, truths)], 1, {}), ToyDesign(), Streams(0))
        system.clock = Clock(lambda until: until)
        return system

    return make
