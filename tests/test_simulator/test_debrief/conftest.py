"""Puts the case whose profit is a sum within reach of the tests and of the processes they start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture(scope="session")
def strong(toy):
    """The strong flight of the toy case, which turns a dial and does an act."""
    from simulator.simulation import fly

    return fly(toy, "strong", 3)
