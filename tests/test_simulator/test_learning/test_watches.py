"""Watches of features ring as often for nothing as they promise, and know what they were given."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.distances import bin_edges, psi
from simulator.learning.watches import DISTANCES, FeatureWatch, MissingWatch, ParityWatch
from simulator.streams import Streams


def luck(name: str) -> np.random.Generator:
    """Return a generator of the test's own."""
    return Streams(12).get(name)


def normal(name: str, n: int, f: int = 1) -> np.ndarray:
    return luck(name).standard_normal((n, f))


def test_a_reading_says_what_was_measured_and_how_odd_it_is():
    reference, now = normal("reference", 3000, 2), normal("now", 1000, 2) + np.array([0.0, 0.6])
    calm, moved = FeatureWatch(["calm", "moved"], reference, threshold=0.2).read(now)
    assert (calm.name, moved.name) == ("psi calm", "psi moved")
    assert moved.statistic == psi(reference[:, 1], now[:, 1], bin_edges(reference[:, 1]))
    assert moved.rings and not calm.rings
    assert moved.p_value < 1e-30 and calm.p_value > 0.001
    assert moved.false_alarm == calm.false_alarm < 1e-20


@pytest.mark.parametrize("distance", DISTANCES)
def test_a_false_alarm_rate_becomes_a_threshold_at_each_look(distance):
    watch = FeatureWatch(["x"], normal("reference", 3000), distance, false_alarm=0.01)
    few, many = (watch.read(normal("now", m))[0] for m in (100, 3000))
    assert few.threshold > 1.5 * many.threshold
    assert few.false_alarm == many.false_alarm == 0.01


@pytest.mark.parametrize("distance", DISTANCES)
def test_p_value_and_threshold_agree_on_what_rings(distance):
    watch = FeatureWatch(["x"], normal("reference", 2000), distance, false_alarm=0.3)
    readings = [watch.read(normal(f"now {i}", 500))[0] for i in range(50)]
    assert 1 < sum(reading.rings for reading in readings) < 40
    assert [reading.rings for reading in readings] == [reading.p_value <= 0.3 for reading in readings]


def ringing(name: str, wide: float = 1.0) -> float:
    """Return the share of 4000 looks at a feature that rang at 5 %; what is looked at is *wide* times as wide."""
    source = luck(name)
    reference = source.random((400, 1500)).T - 0.5
    watch = FeatureWatch([str(i) for i in range(400)], reference, false_alarm=0.05)
    looks = [watch.read(wide * (source.random((400, 1000)).T - 0.5)) for _ in range(10)]
    return float(np.mean([reading.rings for look in looks for reading in look]))


def test_it_rings_for_nothing_as_often_as_promised():
    assert ringing("rings") == pytest.approx(0.05, abs=0.02)


def test_twin_5_percent_wider_is_noticed():
    assert ringing("rings", 1.05) > 0.15


@pytest.mark.parametrize(
    ("values", "bins"),
    [([0.0] * 70 + [1.0] * 30, 2), ([0.0, 1.0, 2.0, 3.0] * 25, 4), ([0.0] * 95 + [7.0] * 5, 3)],
    ids=["binary", "four values", "nearly constant"],
)
def test_a_feature_of_few_values_has_few_bins(values, bins):
    usual = np.array(values)[:, None]
    watch = FeatureWatch(["x"], usual, threshold=0.2)
    same = watch.read(usual)[0]
    assert same.statistic == 0.0
    assert len(watch._usual[0].edges) + 1 == bins


def test_a_binary_feature_rings_for_nothing_as_often_as_promised():
    source = luck("binary")
    watch = FeatureWatch(["x"], (source.random((4000, 1)) < 0.3) * 1.0, false_alarm=0.05)
    p_values = [watch.read((source.random((2000, 1)) < 0.3) * 1.0)[0].p_value for _ in range(400)]
    assert 0.1 < np.mean(p_values) < 0.9  # one reference serves all looks
    assert np.mean(np.array(p_values) < 0.05) < 0.3


@pytest.mark.parametrize("now", [4.0, 6.0])
def test_a_constant_that_moves_rings_and_one_that_stays_does_not(now):
    watch = FeatureWatch(["x"], np.full((500, 1), 5.0), false_alarm=1e-6)
    assert not watch.read(np.full((500, 1), 5.0))[0].rings
    assert watch.read(np.full((500, 1), now))[0].rings


def test_missing_values_are_not_compared():
    reference, now = normal("reference", 2000), normal("now", 1000)
    holes = now.copy()
    holes[::2] = math.nan
    watch = FeatureWatch(["x"], np.vstack([reference, np.full((50, 1), math.nan)]), threshold=0.2)
    assert watch.read(holes) == FeatureWatch(["x"], reference, threshold=0.2).read(now[1::2])


@pytest.mark.parametrize("distance", DISTANCES)
def test_no_values_are_no_reading(distance):
    watch = FeatureWatch(["x"], normal("reference", 100), distance, false_alarm=0.01)
    for nothing in (np.empty((0, 1)), np.full((5, 1), math.nan)):
        (reading,) = watch.read(nothing)
        assert math.isnan(reading.statistic) and math.isnan(reading.p_value) and not reading.rings


def test_a_new_reference_is_the_one_that_counts():
    before, after = normal("reference", 2000), normal("later", 2000) + 1
    watch = FeatureWatch(["x"], before, threshold=0.2)
    assert watch.read(after)[0].rings
    watch.rebase(after)
    assert watch.read(after)[0].statistic == 0.0


@pytest.mark.parametrize("distance", DISTANCES)
def test_the_reference_is_kept_as_it_was(distance):
    reference = normal("reference", 500)
    watch = FeatureWatch(["x"], reference, distance, threshold=0.2)
    now = reference.copy()
    reference += 9
    assert watch.read(now)[0].statistic == 0.0


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (["a", "a"], {"threshold": 0.2}, "a repeats"),
        (["a"], {"threshold": 0.2}, "do not fit the 1 features a"),
        (["a", "b"], {}, "threshold or false_alarm"),
        (["a", "b"], {"threshold": 0.2, "false_alarm": 0.1}, "threshold or false_alarm"),
        (["a", "b"], {"false_alarm": 1.0}, "probability"),
        (["a", "b"], {"distance": "pzi", "threshold": 0.2}, "did you mean 'psi'"),
        ("ab", {"threshold": 0.2}, "list"),
    ],
)
def test_what_does_not_fit_is_refused(names, options, said):
    with pytest.raises(BadInput, match=said):
        FeatureWatch(names, normal("reference", 100, 2), **options)


def test_a_reference_without_values_is_refused():
    with pytest.raises(BadInput, match="no values of b"):
        FeatureWatch(["a", "b"], np.array([[1.0, math.nan]]), threshold=0.2)
    with pytest.raises(BadInput, match="0 rows"):
        MissingWatch(["a"], np.empty((0, 1)))


def test_rows_of_another_shape_are_refused():
    watch = FeatureWatch(["a", "b"], normal("reference", 100, 2), threshold=0.2)
    for rows in (normal("now", 10, 3), np.zeros(5)):
        with pytest.raises(BadInput, match="do not fit"):
            watch.read(rows)


def holed(name: str, n: int, *shares: float) -> np.ndarray:
    source = luck(name)
    columns = [np.where(source.random(n) < share, math.nan, 1.0) for share in shares]
    return np.column_stack(columns)


def test_a_feature_that_goes_missing_rings():
    watch = MissingWatch(["kept", "lost", "never"], holed("then", 5000, 0.1, 0.1, 0.0))
    kept, lost, never = watch.read(holed("now", 2000, 0.1, 0.2, 0.0))
    assert (lost.name, lost.rings, kept.rings, never.rings) == ("missing lost", True, False, False)
    assert never.statistic == 0.0 and never.p_value == 1.0
    watch.rebase(holed("now", 2000, 0.1, 0.2, 0.0))
    assert watch.read(holed("now", 2000, 0.1, 0.2, 0.0))[1].statistic == 0.0


def test_a_feature_that_was_never_missing_rings_when_it_is():
    reading = MissingWatch(["x"], np.ones((1000, 1))).read(holed("now", 1000, 0.05))[0]
    assert reading.rings and reading.p_value < 1e-8


def test_skew_is_the_share_of_rows_that_differ():
    served = normal("served", 1000, 2)
    computed = served * (1 + 1e-12)
    computed[:30, 1] += 0.1
    same, skewed = ParityWatch(["same", "skewed"]).read(served, computed)
    assert (skewed.name, same.rings, skewed.rings) == ("parity skewed", False, True)
    assert skewed.statistic == pytest.approx(0.03)
    assert (same.p_value, skewed.p_value, skewed.false_alarm) == (1.0, 0.0, 0.0)


def test_missing_on_both_sides_is_equal_and_on_one_is_not():
    nan = math.nan
    served, computed = np.array([[nan], [nan], [1.0], [1.0]]), np.array([[nan], [1.0], [nan], [1.0]])
    assert ParityWatch(["x"]).read(served, computed)[0].statistic == 0.5


def test_a_tolerance_is_relative_and_absolute():
    watch = ParityWatch(["x"], tolerance=0.01)
    served = np.array([[0.0], [100.0], [0.0], [100.0]])
    assert watch.read(served, np.array([[0.009], [100.9], [0.02], [103.0]]))[0].statistic == 0.5


def test_parity_wants_as_many_rows_on_both_sides():
    with pytest.raises(BadInput, match="3 served rows"):
        ParityWatch(["x"]).read(np.zeros((3, 1)), np.zeros((2, 1)))
    with pytest.raises(BadInput, match="share of rows"):
        ParityWatch(["x"], threshold=0.0)
    assert math.isnan(ParityWatch(["x"]).read(np.zeros((0, 1)), np.zeros((0, 1)))[0].statistic)
