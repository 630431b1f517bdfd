"""What reports write beside a moment does not tell it again."""

from __future__ import annotations

import pytest

from simulator.report.words import undated
from simulator.units import DAY


@pytest.mark.parametrize(
    ("told", "at", "tick", "left"),
    [
        ("4:00: Replicas at least to 9", 240.0, 15.0, "Replicas at least to 9"),
        ("day 12: Threshold to 0.3", 12.4 * DAY, 3600.0, "Threshold to 0.3"),
        ("day 1 to day 9: Threshold, 4 times", DAY, 3600.0, "day 1 to day 9: Threshold, 4 times"),
        ("Line: 0.7, not 0.5", 0.0, 3600.0, "Line: 0.7, not 0.5"),
    ],
)
def test_a_date_is_told_once(told, at, tick, left):
    assert undated(told, at, tick) == left
