"""Puts the toy case within reach of the tests and of the processes they start; examples are the same each time."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("house")

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture(scope="session")
def toy():
    """The toy case, as its author wrote it."""
    from toy_case import CASE

    return CASE


@pytest.fixture(scope="session")
def flown(toy):
    """One flight of the toy case with its default design under seed 0; nobody writes on it."""
    from simulator.simulation import simulate

    return simulate(toy, None, 0)


@pytest.fixture
def opened(tmp_path):
    """A maker of stores on one file, with a clock that ticks from 1000 on, and ids and keys that are counted."""
    from simulator.store import FILE, Store

    made, number, now = [], itertools.count(), itertools.count(1000)

    def make(path=tmp_path / FILE):
        made.append(Store(path, lambda: float(next(now)), lambda: f"id-{next(number)}"))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(opened):
    """A store on a file of its own."""
    return opened()


@pytest.fixture(scope="session")
def benchmark_seconds():
    """A stop-watch: the best of three calls [s of this process's CPU], so that a busy machine does not count."""
    import time

    def watch(call) -> float:
        taken = []
        for _ in range(3):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
        return min(taken)

    return watch
