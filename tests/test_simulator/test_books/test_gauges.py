"""Gauges: readings in order of time, and nothing from later than one asks for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.books.gauges import Gauges
from simulator.errors import BrokenInvariant


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(allow_nan=False)), max_size=20), st.floats(0, 100))
def test_a_series_goes_up_to_and_with_the_moment_asked_for(readings, until):
    readings = sorted(readings, key=lambda reading: reading[0])
    gauges = Gauges()
    for at, value in readings:
        gauges.mark("queue", at, value)
    times, values = gauges.series("queue", until)
    assert list(zip(times, values, strict=True)) == [r for r in readings if r[0] <= until]
    assert gauges.last("queue") == readings[-1][1] if readings else math.isnan(gauges.last("queue"))


def test_what_was_never_read_is_empty():
    gauges = Gauges()
    assert [len(column) for column in gauges.series("none")] == [0, 0]
    assert math.isnan(gauges.last("none")) and gauges.last("none", 3.0) == 3.0
    assert gauges.names() == []


def test_gauges_stand_in_the_order_of_their_first_reading():
    gauges = Gauges()
    for name in ("b", "a", "b", "c"):
        gauges.mark(name, 1.0, 0.0)
    assert gauges.names() == ["b", "a", "c"]


def test_nan_means_there_was_nothing_to_show():
    gauges = Gauges()
    gauges.mark("queue", 1.0, math.nan)
    assert np.isnan(gauges.series("queue")[1]).all()


@pytest.mark.parametrize("at", [4.9, math.nan, math.inf, -1.0])
def test_times_never_run_back(at):
    gauges = Gauges()
    gauges.mark("queue", 5.0, 1.0)
    with pytest.raises(BrokenInvariant, match="gauge queue"):
        gauges.mark("queue", at, 1.0)
    gauges.mark("queue", 5.0, 2.0)


def test_a_series_is_a_copy():
    gauges = Gauges()
    gauges.mark("queue", 1.0, 1.0)
    gauges.series("queue")[1][0] = 9.0
    assert gauges.last("queue") == 1.0
