"""Quarantined time is left out of windows, which reach further back for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.learning.quarantine import Quarantine

AT = np.arange(0.0, 100.0, 0.5)
RANGES = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 20)).map(lambda r: (r[0], r[0] + r[1])), max_size=5)


def of(*ranges) -> Quarantine:
    quarantine = Quarantine()
    for start, end in ranges:
        quarantine.add(float(start), float(end))
    return quarantine


def test_without_a_quarantine_a_window_is_its_length():
    rows = of().window(AT, 60.0, 10.0)
    assert (AT[rows[0]], AT[rows[-1]], len(rows)) == (50.0, 59.5, 20)


def test_a_window_reaches_back_over_what_is_left_out():
    rows = of((52, 55)).window(AT, 60.0, 10.0)
    assert AT[rows[0]] == 47.0 and len(rows) == 20
    assert not ((AT[rows] >= 52) & (AT[rows] < 55)).any()


@given(RANGES, st.integers(1, 30))
def test_a_window_holds_its_length_of_clean_time_or_all_there_is(ranges, length):
    quarantine = of(*ranges)
    rows = quarantine.window(AT, 95.0, float(length))
    clean = AT[(AT < 95.0) & ~quarantine.covers(AT)]
    assert AT[rows].tolist() == clean[-2 * length :].tolist()


def test_an_end_is_not_covered_and_a_start_is():
    assert of((10, 12)).covers(np.array([9.9, 10.0, 11.9, 12.0])).tolist() == [False, True, True, False]


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (5, np.inf), (np.nan, 5)])
def test_what_is_no_stretch_of_time_is_refused(start, end):
    with pytest.raises(BadInput, match="no stretch"):
        Quarantine().add(start, end)
