"""After the warm-up: series with a known steady state, and readings of a run that can be told by hand."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from toy_case import CASE

from simulator.books.ledger import CLOSE
from simulator.errors import BadInput
from simulator.simulation import fly
from simulator.study import Steady, frame, replicate_all
from simulator.study.steady import batch_error, mser5
from simulator.units import day

LIKE = 0.8  # how much a value of the series is like the one before
ERROR = 1.0 / (1 - LIKE)  # of the mean of n of them, times the root of n


def autoregressive(n: int, start: float, seed: int = 0) -> np.ndarray:
    """A series whose values are like their neighbours, with mean 0 in the long run, begun at *start*."""
    noise = np.random.default_rng(seed).normal(0.0, 1.0, n)
    values, x = np.empty(n), start
    for place in range(n):
        values[place] = x = LIKE * x + noise[place]
    return values


def waits(n: int, load: float, seed: int) -> np.ndarray:
    """Waiting times in a queue with one server that is empty at first (M/M/1, mean service 1; Lindley 1952)."""
    luck = np.random.default_rng(seed)
    steps = luck.exponential(1.0, n) - luck.exponential(1.0 / load, n)
    total = np.concatenate([[0.0], np.cumsum(steps)])
    return total - np.minimum.accumulate(total)


# --- where the warm-up ends


def test_a_bad_beginning_is_left_out():
    """From 60 the series needs some 20 values to come down to its own noise."""
    cuts = [mser5(autoregressive(1000, 60.0, seed)) for seed in range(20)]
    assert all(10 <= cut <= 100 for cut in cuts) and np.median(cuts) <= 35


def test_what_is_left_has_the_right_mean():
    rows = [autoregressive(1000, 60.0, seed) for seed in range(100)]
    kept = [row[mser5(row) :].mean() for row in rows]
    whole = [row.mean() for row in rows]
    assert abs(np.mean(kept)) < 0.06
    assert np.mean(whole) == pytest.approx(60 * LIKE / (1 - LIKE) / 1000, abs=0.06)


def test_where_there_is_no_warm_up_little_is_left_out():
    assert np.mean([mser5(autoregressive(1000, 0.0, seed)) for seed in range(30)]) < 100


def test_a_series_that_never_settles_reaches_the_middle():
    assert mser5(np.arange(1000.0)) == 500


@pytest.mark.parametrize("n", [0, 1, 9])
def test_few_values_have_no_warm_up(n):
    assert mser5(np.arange(float(n))) == 0


def test_the_waits_of_a_queue_are_those_of_theory():
    """The mean wait of M/M/1 is load / (1 - load) services."""
    rows = [waits(20_000, 0.5, seed) for seed in range(30)]
    found = [row[mser5(row) :] for row in rows]
    assert np.mean([row.mean() for row in found]) == pytest.approx(1.0, abs=0.03)


# --- the error of the mean of what is left


def test_the_error_is_that_of_series_flown_again_and_again():
    rows = [autoregressive(4000, 0.0, seed) for seed in range(60)]
    errors = np.array([batch_error(row) for row in rows])
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(ERROR / np.sqrt(4000), rel=0.1)
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(np.std([row.mean() for row in rows]), rel=0.25)


def test_a_twin_that_takes_neighbours_for_independent_fails():
    row = autoregressive(4000, 0.0)
    assert row.std(ddof=1) / np.sqrt(4000) < 0.5 * ERROR / np.sqrt(4000)


def test_few_values_have_no_error():
    assert np.isnan(batch_error(np.arange(39.0))) and batch_error(np.arange(40.0)) > 0


# --- of a run


@pytest.fixture(scope="module")
def run():
    """Six days of the toy case."""
    return fly(CASE, "mid", 0)


def test_a_reading_counts_for_the_time_before_it(run):
    _, asked = run.gauges.series("asked")
    found = Steady(day(1.5), ("asked",))(run)
    assert found["steady.asked"] == pytest.approx(np.average(asked[1:], weights=[0.5, 1, 1, 1][: len(asked) - 1]))
    assert found["steady.asked.warmup"] == day(1.5)
    assert np.isnan(found["steady.asked.se"])


def test_profit_per_day_is_what_is_booked_after_the_warm_up(run):
    book, settled = run.ledger.postings(), run.ledger.caused_by(CLOSE)
    late = (book.at > day(2.4)) & ~settled
    found = Steady(day(2.4))(run)
    assert found["steady.profit_per_day"] == pytest.approx(book.amount[late].sum() / 1e6 / 3.6)
    assert found["steady.profit_per_day.se"] > 0


def test_all_gauges_are_read_and_none_is_left_where_nothing_is(run):
    found = Steady(run.until)(run)
    assert {f"steady.{name}" for name in run.gauges.names()} < set(found)
    assert np.isnan(found["steady.asked"]) and np.isnan(found["steady.profit_per_day"])


def test_the_warm_up_can_be_found(run):
    assert 0.0 <= Steady()(run)["steady.profit_per_day.warmup"] <= run.until / 2


def test_an_unknown_gauge_is_refused(run):
    with pytest.raises(BadInput, match="no gauge 'askd'"):
        Steady(gauges=("askd",))(run)


def test_it_reads_in_other_processes(tmp_path):
    reader = Steady(day(1))
    assert pickle.loads(pickle.dumps(reader)) == reader
    one, two = (
        replicate_all(CASE, {"mid": "mid"}, range(3), jobs=jobs, read=reader, keep=tmp_path / f"{jobs}.sqlite3")
        for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(frame(CASE, one), frame(CASE, two))
    assert one["mid"].values("steady.asked").min() > 100
