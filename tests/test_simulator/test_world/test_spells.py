"""Stretches of time with a size: what they add up to, multiply to, and the largest, where they overlap."""

from __future__ import annotations

import numpy as np

from simulator.incidents import Incident
from simulator.world.spells import factor, most, total

SPELLS = (
    Incident("a", "rain", 10.0, lasts=10.0, size=2.0),
    Incident("b", "rain", 15.0, lasts=10.0, size=3.0),
    Incident("c", "wind", 0.0, size=7.0),
)
AT = np.array([9.9, 10.0, 15.0, 19.9, 20.0, 25.0])


def test_they_hold_from_their_start_to_before_their_end():
    assert total(SPELLS, "rain", AT).tolist() == [0, 2, 5, 5, 3, 0]
    assert most(SPELLS, "rain", AT).tolist() == [0, 2, 3, 3, 3, 0]
    assert factor(SPELLS, "rain", AT).tolist() == [1, 2, 6, 6, 3, 1]


def test_without_any_nothing_changes():
    assert total(SPELLS, "snow", AT).tolist() == [0] * 6
    assert most((), "rain", AT).tolist() == [0] * 6
    assert factor((), "rain", AT).tolist() == [1] * 6
