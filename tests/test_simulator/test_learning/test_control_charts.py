"""Charts ring where their definition says, and run as long as theory says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.learning.control_charts import Cusum, Ewma, Shewhart, first_rings, path, rings
from simulator.streams import Streams

CHARTS = {
    "cusum": Cusum(0.5, 3.0),
    "cusum two-sided": Cusum(0.4, 3.5, two_sided=True),
    "ewma": Ewma(0.2, 2.5),
    "shewhart": Shewhart(2.5),
    "shewhart one-sided": Shewhart(2.0, two_sided=False),
}
VALUES = st.lists(st.floats(-4, 4), min_size=1, max_size=40).map(np.array)


def luck(name: str) -> np.random.Generator:
    """Return a generator of the test's own."""
    return Streams(14).get(name)


@given(VALUES)
def test_a_cusum_is_worked_out_by_hand(values):
    high, found = 0.0, []
    for value in values.tolist():
        high = max(0.0, high + value - 0.5)
        found.append(high)
    assert path(Cusum(0.5, 4.0), values).tolist() == pytest.approx(found, abs=1e-12)


@given(VALUES)
def test_a_two_sided_cusum_is_the_larger_of_both_sides(values):
    one, both = Cusum(0.5, 4.0), Cusum(0.5, 4.0, two_sided=True)
    assert path(both, values).tolist() == np.maximum(path(one, values), path(one, -values)).tolist()


@given(VALUES)
def test_an_ewma_weighs_the_past_geometrically(values):
    weights = 0.2 * 0.8 ** np.arange(len(values))[::-1]
    assert path(Ewma(0.2, 3.0), values)[-1] == pytest.approx(abs(np.dot(weights, values)), abs=1e-12)


def test_a_shewhart_chart_looks_at_each_value_by_itself():
    values = np.array([2.9, -3.0, 3.1, 0.0])
    assert rings(Shewhart(), values).tolist() == [1, 2]
    assert rings(Shewhart(two_sided=False), values).tolist() == [2]


@pytest.mark.parametrize("name", CHARTS)
def test_many_rows_run_as_each_does_alone(name):
    values = luck("rows").standard_normal((7, 50))
    together = path(CHARTS[name], values)
    assert together.tolist() == [path(CHARTS[name], row).tolist() for row in values]


@pytest.mark.parametrize("name", CHARTS)
def test_a_ring_starts_afresh(name):
    chart, values = CHARTS[name], luck("afresh").standard_normal(1000) + 0.4
    found, start, expected = rings(chart, values), 0, []
    while len(over := np.flatnonzero(path(chart, values[start:]) >= chart.limit)):
        start += int(over[0]) + 1
        expected.append(start - 1)
    assert len(expected) > 5
    assert found.tolist() == expected


def agrees(lengths: np.ndarray, expected: float) -> bool:
    return bool(abs(lengths.mean() - expected) < 4 * lengths.std() / math.sqrt(len(lengths)))


@pytest.mark.parametrize("shift", [0.0, 0.7])
@pytest.mark.parametrize("name", CHARTS)
def test_runs_are_as_long_as_theory_says(name, shift):
    chart = CHARTS[name]
    lengths = first_rings(chart, luck(f"runs {name} {shift}"), 20_000, shift)
    assert agrees(lengths, chart.arl(shift))
    assert not agrees(lengths, 1.05 * chart.arl(shift))
    assert not agrees(lengths, 0.95 * chart.arl(shift))


def test_known_run_lengths():
    """Hawkins & Olwell 1998 for the CUSUM, Lucas & Saccucci 1990 for the EWMA."""
    assert Cusum(0.5, 4.0, two_sided=True).arl() == pytest.approx(168, abs=0.5)
    assert Cusum(0.5, 5.0, two_sided=True).arl() == pytest.approx(465, abs=0.5)
    assert Ewma(0.1, 2.814).arl() == pytest.approx(500, rel=0.002)
    assert Shewhart().arl() == pytest.approx(370.398, abs=1e-3)


def test_an_ewma_of_weight_1_is_a_shewhart_chart():
    assert Ewma(1.0, 3.0).arl(1.0) == pytest.approx(Shewhart().arl(1.0))


def test_a_cusum_that_cannot_wait_is_a_shewhart_chart():
    assert Cusum(2.0, 1e-9).arl(0.5) == pytest.approx(Shewhart(2.0, two_sided=False).arl(0.5), rel=1e-6)


@pytest.mark.parametrize("name", CHARTS)
def test_a_larger_shift_is_found_sooner(name):
    lengths = [CHARTS[name].arl(shift) for shift in (0.0, 0.5, 1.0, 2.0, 4.0)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] >= 1


def test_a_run_is_cut_off_where_it_is_told_to():
    lengths = first_rings(Shewhart(9.0), luck("most"), 5, most=30)
    assert lengths.tolist() == [30] * 5


def test_nothing_comes_of_no_values():
    assert rings(Cusum(), np.empty(0)).tolist() == []
    assert path(Cusum(), np.empty(0)).tolist() == []


WRONG = {
    "k": lambda: Cusum(-0.1, 4),
    "h": lambda: Cusum(0.5, 0),
    "weight": lambda: Ewma(0.0),
    "over 1": lambda: Ewma(1.1),
    "width": lambda: Ewma(0.1, 0),
    "no width": lambda: Shewhart(math.nan),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_chart_that_makes_no_sense_is_refused(what):
    with pytest.raises(BadInput):
        WRONG[what]()
