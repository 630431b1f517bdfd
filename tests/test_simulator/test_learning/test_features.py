"""Features come from the past only, gaps are filled by the rule, and skew is found where it was put."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.learning.features.gaps import Default, filled
from simulator.learning.features.skew import TypeBug, UnitBug, mismatch, noisy, parity
from simulator.learning.features.stores import Batch, FeatureStore, OnDemand, Stream, Timed
from simulator.streams import Streams

TIMES = st.integers(0, 20).map(float) | st.floats(0, 20)
RULES = st.one_of(
    st.builds(Batch, st.sampled_from([1.0, 3.0, 0.7]), st.sampled_from([0.0, 0.5, 4.0])),
    st.builds(Stream, st.sampled_from([0.0, 1.0, 2.5])),
    st.just(OnDemand(0.01)),
)
VALUES = st.lists(st.tuples(st.integers(-2, 4), TIMES), max_size=25)
ASKED = st.lists(st.tuples(st.integers(-3, 5), TIMES), max_size=15)
NAN = math.nan


def columns(rows) -> tuple[np.ndarray, np.ndarray]:
    return np.array([r[0] for r in rows], np.int64), np.array([r[1] for r in rows], np.float64)


def latest(rows, rule, who: int, now: float) -> tuple[float, float]:
    """Find the value to serve one by one: (its number, its time), NaN where there is none."""
    available = rule.available(np.array([at for _, at in rows])) if rows else []
    known = [(at, i) for i, (entity, at) in enumerate(rows) if entity == who and available[i] <= now]
    return max(known)[::-1] if known else (NAN, NAN)


@given(VALUES, ASKED, RULES)
def test_the_latest_value_that_was_available(rows, asked, rule):
    (entity, at), (who, now) = columns(rows), columns(asked)
    feature = Timed(entity, at, np.arange(float(len(rows))), rule)
    value, age = feature.as_of(who, now)
    expected = [latest(rows, rule, *request) for request in zip(who.tolist(), now.tolist(), strict=True)]
    assert np.array_equal(value, np.array([e[0] for e in expected], float), equal_nan=True)
    assert np.array_equal(age, now - np.array([e[1] for e in expected], float), equal_nan=True)


@given(VALUES, ASKED, RULES, st.floats(0, 20))
def test_nothing_is_served_from_the_future(rows, asked, rule, cut):
    """What arises after a time changes nothing that is served up to it."""
    (entity, at), (who, now) = columns(rows), columns(asked)
    whole = Timed(entity, at, np.arange(float(len(rows))), rule)
    past = at <= cut
    known = Timed(entity[past], at[past], np.arange(float(len(rows)))[past], rule)
    early = now <= cut
    served, ages = whole.as_of(who[early], now[early])
    assert np.array_equal(served, known.as_of(who[early], now[early])[0], equal_nan=True)
    assert not (ages < 0).any()


@given(VALUES, ASKED, RULES)
def test_a_leak_shows_the_last_value_whatever_its_time(rows, asked, rule):
    (entity, at), (who, now) = columns(rows), columns(asked)
    store = FeatureStore({"x": Timed(entity, at, np.arange(float(len(rows))), rule)})
    seen = store.as_of(who, now, leaky=True)
    expected = [latest(rows, rule, one, math.inf)[0] for one in who.tolist()]
    assert np.array_equal(seen.X[:, 0], np.array(expected, float), equal_nan=True)
    assert seen.leaky and not store.as_of(who, now).leaky


@given(RULES, st.lists(TIMES, min_size=1))
def test_a_rule_serves_later_and_in_order(rule, times):
    at = np.sort(np.array(times))
    available = rule.available(at)
    assert (available >= at).all() and (np.diff(available) >= 0).all()


def test_a_batch_job_takes_in_what_arose_up_to_its_start():
    assert Batch(10.0, 2.0).available(np.array([0.0, 0.1, 10.0, 10.1])).tolist() == [2.0, 12.0, 12.0, 22.0]


def test_a_stream_is_late_by_its_lag_and_what_is_computed_on_demand_is_not():
    at = np.array([0.0, 7.0])
    assert Stream(2.5).available(at).tolist() == [2.5, 9.5]
    assert OnDemand(0.1).available(at).tolist() == [0.0, 7.0]


def test_the_age_of_a_batch_feature_runs_from_the_lag_to_the_lag_and_a_period():
    """Values each second, a job each 100 s that takes 20 s: the mean age is 20 + 100 / 2."""
    at = np.arange(0.0, 10_000.0)
    feature = Timed(np.zeros(len(at), np.int64), at, at, Batch(100.0, 20.0))
    now = 1_000 + 8_000 * Streams(9).get("ages").random(20_000)
    value, age = feature.as_of(np.zeros(len(now), np.int64), now)
    assert age == pytest.approx(now - value)
    assert age.min() >= 20 and age.max() < 120
    error = 100 / math.sqrt(12 * len(now))
    assert abs(age.mean() - 70) < 4 * error < 0.05 * 70


def test_a_store_serves_its_columns_in_order_and_waits_for_the_slowest():
    who, at = np.array([1, 1, 2]), np.array([0.0, 5.0, 0.0])
    store = FeatureStore(
        {
            "old": Timed(who, at, np.array([1.0, 2.0, 3.0]), Stream(10.0, latency=0.002)),
            "new": Timed(who, at, np.array([1.0, 2.0, 3.0]), OnDemand(0.03)),
        }
    )
    seen = store.as_of(np.array([1, 2, 7]), np.array([12.0, 4.0, 50.0]))
    assert store.names == ["old", "new"] and store.latency == 0.03
    assert np.array_equal(seen.X, [[1.0, 2.0], [NAN, 3.0], [NAN, NAN]], equal_nan=True)
    assert np.array_equal(seen.age, [[12.0, 7.0], [NAN, 4.0], [NAN, NAN]], equal_nan=True)


def test_a_store_without_features_or_values():
    assert FeatureStore({}).as_of(np.zeros(3, np.int64), np.zeros(3)).X.shape == (3, 0)
    assert FeatureStore({}).latency == 0.0
    empty = Timed(np.empty(0, np.int64), np.empty(0), np.empty(0), Stream(0.0))
    assert np.isnan(empty.as_of(np.array([1, 2]), np.zeros(2))[0]).all()


def test_values_and_rules_that_are_none():
    with pytest.raises(BadInput, match="one of each"):
        Timed(np.array([1]), np.array([0.0, 1.0]), np.array([1.0]), Stream(0.0))
    with pytest.raises(BadInput, match="finite times"):
        Timed(np.array([1]), np.array([NAN]), np.array([1.0]), Stream(0.0))
    for make in (lambda: Batch(0.0), lambda: Batch(1.0, -1.0), lambda: Stream(NAN), lambda: OnDemand(math.inf)):
        with pytest.raises(BadInput, match="not allowed"):
            make()


def test_gaps_are_filled_by_the_rule():
    X = np.column_stack([np.array([1.0, NAN, NAN, 4.0, NAN])] * 4)
    who = np.array([1, 2, 1, 2, 2])
    defaults = [Default("constant", -9.0), Default.mean_of(np.array([2.0, NAN, 4.0])), Default("last", 7.0)]
    got = filled(X, [*defaults, Default("indicator")], who)
    assert got[:, 0].tolist() == [1, -9, -9, 4, -9]
    assert got[:, 1].tolist() == [1, 3, 3, 4, 3]
    assert got[:, 2].tolist() == [1, 7, 1, 4, 4]
    assert np.array_equal(got[:, 3], X[:, 3], equal_nan=True) and got[:, 4].tolist() == [0, 1, 1, 0, 1]


@given(st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 9)), max_size=30))
def test_the_last_known_value_is_the_entity_s_own(rows):
    who = np.array([w for w, _ in rows], np.int64)
    x = np.array([NAN if v is None else v for _, v in rows], float)
    last: dict[int, float] = {}
    expected = []
    for w, v in rows:
        last[w] = last.get(w, -1.0) if v is None else v
        expected.append(last[w])
    assert filled(x[:, None], [Default("last", -1.0)], who)[:, 0].tolist() == expected


def test_defaults_that_are_none():
    with pytest.raises(BadInput, match="did you mean 'last'"):
        Default("lst")
    with pytest.raises(BadInput, match="one for each column"):
        filled(np.zeros((3, 2)), [Default()], np.zeros(3, np.int64))
    assert Default.mean_of(np.array([NAN])).value == 0.0
    assert filled(np.zeros((3, 0)), [], np.zeros(3, np.int64)).shape == (3, 0)


def test_a_unit_bug_lasts_as_long_as_it_lasts():
    X, at = np.arange(8.0).reshape(4, 2), np.array([0.0, 1.0, 2.0, 3.0])
    seen = UnitBug(1, 100.0, since=1.0, until=3.0).apply(X, at)
    assert seen.tolist() == [[0, 1], [2, 300], [4, 500], [6, 7]]
    assert X[1, 1] == 3.0  # what came in is left as it was


@pytest.mark.parametrize(("becomes", "found"), [("missing", NAN), ("integer", -2.0), ("zero", 0.0)])
def test_a_type_bug_changes_what_arrives(becomes, found):
    seen = TypeBug(0, becomes, since=1.0).apply(np.array([[-2.7, 1.5], [-2.7, 1.5]]), np.array([0.0, 1.0]))
    assert np.array_equal(seen, [[-2.7, 1.5], [found, 1.5]], equal_nan=True)


def test_a_type_that_does_not_exist():
    with pytest.raises(BadInput, match="did you mean 'integer'"):
        TypeBug(0, "interger")


def test_noise_is_as_wide_as_it_says():
    luck, X = Streams(9).get("noise").standard_normal(40_000), np.ones((40_000, 2))
    seen = noisy(X, 1, 0.5, luck)
    assert (seen[:, 0] == 1).all()
    assert abs(seen[:, 1].std() / 0.5 - 1) < 4 / math.sqrt(2 * 40_000) < 0.05


def test_parity_finds_where_serving_and_training_differ():
    computed = np.column_stack([np.arange(100.0), np.full(100, NAN), np.arange(100.0)])
    served = computed.copy()
    served[:3, 2], served[:, 0] = -1.0, served[:, 0] * (1 + 1e-9)
    assert mismatch(served, computed).tolist() == [0.0, 0.0, 0.03]
    rang = {reading.name: reading.rings for reading in parity(["a", "b", "c"], served, computed, allowed=0.03)}
    assert rang == {"skew a": False, "skew b": False, "skew c": True}
    assert mismatch(computed[:, :1], computed[:, 1:2]).tolist() == [1.0]  # missing on one side


def test_parity_without_rows_reads_nothing():
    assert not parity(["a"], np.empty((0, 1)), np.empty((0, 1)))[0].rings
    with pytest.raises(BadInput, match="do not fit"):
        mismatch(np.zeros((2, 1)), np.zeros((2, 2)))
