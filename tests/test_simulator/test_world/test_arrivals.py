"""Arrivals are Poisson with the rate that was asked for, hour by hour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.streams import Streams
from simulator.units import DAY, HOUR, day
from simulator.world.arrivals import poisson_times, week_shape

RATES = np.array([1.0, 4.0, 0.0, 2.0]) / 60  # a second, in four hours


def drawn(rates, times: int = 400) -> np.ndarray:
    """Return (times, hours) counts of arrivals drawn with *rates* [1/s]."""
    luck = Streams(11).get("arrivals")
    edges = np.arange(len(rates) + 1) * HOUR
    return np.array([np.histogram(poisson_times(luck, 0.0, rates), edges)[0] for _ in range(times)])


def rate_holds(counts: np.ndarray, rates) -> bool:
    """Tell whether the mean count of each hour is that of *rates*, within 4 standard errors."""
    expected = rates * HOUR
    error = np.sqrt(np.maximum(expected, 1e-12) / len(counts))
    return bool((np.abs(counts.mean(axis=0) - expected) <= 4 * error).all())


def test_each_hour_has_its_rate():
    assert rate_holds(drawn(RATES), RATES)


@pytest.mark.parametrize("factor", [0.95, 1.05])
@pytest.mark.parametrize("hour", [0, 1, 3])
def test_twin_a_rate_5_percent_off_is_noticed(hour, factor):
    wrong = RATES.copy()
    wrong[hour] *= factor
    assert not rate_holds(drawn(wrong), RATES)


def test_counts_are_poisson():
    """Variance equals mean in each hour, and hours do not know of one another."""
    counts = drawn(RATES, 3000)[:, [0, 1, 3]]
    ratio = counts.var(axis=0, ddof=1) / counts.mean(axis=0)
    assert (np.abs(ratio - 1) < 4 * np.sqrt(2 / 3000)).all()
    assert (np.abs(np.corrcoef(counts.T)[np.triu_indices(3, 1)]) < 4 / np.sqrt(3000)).all()


def test_within_an_hour_times_are_uniform():
    at = np.concatenate([poisson_times(Streams(seed).get("a"), 0.0, RATES[:1]) for seed in range(50)])
    assert stats.kstest(at / HOUR, "uniform").pvalue > 0.001
    assert stats.kstest((at / HOUR) ** 1.05, "uniform").pvalue < 0.05


@given(st.integers(0, 2**32), st.floats(-1e7, 1e7), st.lists(st.floats(0, 0.05), min_size=1, max_size=24))
def test_times_are_in_order_and_within_the_day(seed, start, rates):
    at = poisson_times(Streams(seed).get("a"), start, np.array(rates))
    assert (np.diff(at) >= 0).all()
    assert len(at) == 0 or (start <= at[0] and at[-1] <= start + len(rates) * HOUR)


def test_where_the_rate_is_0_nobody_comes():
    assert drawn(RATES)[:, 2].sum() == 0
    assert len(poisson_times(Streams(1).get("a"), 0.0, np.zeros(24))) == 0


@given(
    st.lists(st.floats(0.1, 9), min_size=24, max_size=24),
    st.lists(st.floats(0.1, 9), min_size=7, max_size=7),
    st.integers(-9, 9),
)
def test_the_shape_of_a_week_averages_1(by_hour, by_weekday, week):
    factors = [week_shape(day(7 * week + n), np.array(by_hour), np.array(by_weekday)) for n in range(7)]
    assert np.mean(factors) == pytest.approx(1.0)


def test_day_0_is_a_monday():
    by_weekday = np.array([7.0, 1, 1, 1, 1, 1, 1])
    busy = [week_shape(day(n), np.ones(24), by_weekday)[0] > 1 for n in range(-7, 15)]
    assert [n for n, is_busy in zip(range(-7, 15), busy, strict=True) if is_busy] == [-7, 0, 7, 14]
    assert week_shape(DAY * 0.99, np.ones(24), by_weekday)[0] > 1
