"""Detectors are river's, value for value; what they cannot take is refused in one line."""

from __future__ import annotations

import math

import numpy as np
import pytest
from river import drift
from river.drift import binary

from simulator.errors import BadInput
from simulator.learning.detectors import DETECTORS, detector
from simulator.streams import Streams

RIVERS = {
    "adwin": drift.ADWIN,
    "page_hinkley": drift.PageHinkley,
    "kswin": lambda: drift.KSWIN(seed=0),
    "ddm": binary.DDM,
    "eddm": binary.EDDM,
    "hddm_a": binary.HDDMA,
    "hddm_w": binary.HDDMW,
}


def errors(seed: int, n: int = 1200, before: float = 0.2, after: float = 0.6) -> np.ndarray:
    """Return 0s and 1s whose rate changes in the middle."""
    uniforms = Streams(seed).get("detectors").random(n)
    return (uniforms < np.where(np.arange(n) < n / 2, before, after)).astype(float)


def rivers(name: str, values: np.ndarray) -> list[int]:
    inner, found = RIVERS[name](), []
    for i, value in enumerate(values.tolist()):
        inner.update(int(value) if DETECTORS[name].binary else value)
        if inner.drift_detected:
            found.append(i)
    return found


@pytest.mark.parametrize("name", DETECTORS)
def test_it_rings_where_rivers_own_does(name):
    found = [(detector(name).feed(values).tolist(), rivers(name, values)) for values in map(errors, range(1, 3))]
    assert all(ours == theirs for ours, theirs in found)
    assert any(ours for ours, _ in found)


@pytest.mark.parametrize("name", ["adwin", "page_hinkley", "kswin"])
def test_numbers_ring_where_rivers_own_do(name):
    values = Streams(5).get("numbers").standard_normal(1200) + np.where(np.arange(1200) < 600, 0.0, 2.0)
    assert detector(name).feed(values).tolist() == rivers(name, values) != []


@pytest.mark.parametrize("name", DETECTORS)
def test_one_by_one_is_the_same_as_all_at_once(name):
    values = errors(1)
    one, all_at_once = detector(name), detector(name)
    at = [i for i, value in enumerate(values) if one.update(value)]
    assert at == all_at_once.feed(values).tolist()
    assert (one.seen, one.rang) == (all_at_once.seen, all_at_once.rang) == (len(values), len(at))


def test_settings_are_passed_on():
    values = errors(2)
    eager, slow = detector("ddm", drift_threshold=2.0), detector("ddm", drift_threshold=6.0)
    assert len(eager.feed(values)) > len(slow.feed(values))
    assert detector("adwin", delta=1).inner.delta == 1
    assert detector("page_hinkley", mode="up").inner.mode == "up"
    assert detector("hddm_a", two_sided_test=True).inner.two_sided_test is True


def test_the_luck_of_kswin_is_seeded():
    values = Streams(6).get("kswin").standard_normal(600)
    assert detector("kswin").inner.seed == 0
    assert detector("kswin", seed=3).feed(values).tolist() == detector("kswin", seed=3).feed(values).tolist()


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("adwinn", {}, "did you mean 'adwin'.*known: adwin, page_hinkley"),
        ("ddm", {"threshold": 3.0}, "unknown setting of ddm.*known: warm_start"),
        ("kswin", {"window": [1.0]}, "unknown setting"),
        ("ddm", {"drift_threshold": "3"}, "must be a float, such as 3.0"),
        ("ddm", {"warm_start": math.nan}, "must be a int"),
        ("adwin", {"delta": math.inf}, "must be a float"),
        ("hddm_a", {"two_sided_test": 1}, "must be a bool"),
        ("page_hinkley", {"mode": 1}, "must be a str"),
        ("page_hinkley", {"mode": "sideways"}, "Valid values"),
        ("kswin", {"alpha": 2.0}, "between 0 and 1"),
        ("kswin", {"seed": 0.5}, "must be a int"),
    ],
)
def test_what_does_not_exist_is_refused(name, settings, said):
    with pytest.raises(BadInput, match=said):
        detector(name, **settings)


@pytest.mark.parametrize("name", DETECTORS)
def test_values_that_are_none_are_refused(name):
    for value in (math.nan, math.inf, *((0.5, 2.0, -1.0) if DETECTORS[name].binary else ())):
        with pytest.raises(BadInput, match="takes a row of"):
            detector(name).update(value)
    with pytest.raises(BadInput, match="shape"):
        detector(name).feed(np.zeros((2, 2)))


@pytest.mark.parametrize("name", [name for name in DETECTORS if name != "page_hinkley"])
def test_a_reading_counts_the_rings_since_the_last_one(name):
    watch = detector(name)
    assert math.isnan(watch.reading().statistic)
    rang = len(watch.feed(errors(0)))
    reading = watch.reading("errors")
    assert (reading.name, reading.statistic, reading.threshold) == ("errors", rang, 1.0)
    assert reading.rings == (rang > 0)
    watch.update(0.0)
    assert watch.reading().statistic == 0.0
    assert watch.reading().name == name


@pytest.mark.parametrize(("mode", "rings"), [("both", True), ("up", True), ("down", False)])
def test_a_reading_of_page_hinkley_is_the_highest_of_its_sum(mode, rings):
    values, watch = errors(0, 4000, 0.1, 0.9), detector("page_hinkley", mode=mode)
    rang = watch.feed(values)
    reading = watch.reading()
    assert reading.threshold == 50.0
    assert reading.rings == bool(len(rang)) == rings
    quiet = detector("page_hinkley", mode=mode)
    quiet.feed(values[:2000])
    assert 0 < quiet.reading().statistic < 50


@pytest.mark.parametrize(("name", "rate"), [("ddm", 0.05), ("eddm", 0.05), ("eddm", 0.5), ("adwin", 0.2)])
def test_false_alarms_are_as_many_as_listed(name, rate):
    streams = [errors(seed, 10_000, rate, rate) for seed in range(10)]
    rang = [len(detector(name).feed(values)) for values in streams]
    listed = detector(name).false_alarms[rate]
    assert np.mean(rang) == pytest.approx(listed, abs=4 * max(np.std(rang), 0.1) / math.sqrt(10))


def test_false_alarms_are_listed_for_each():
    assert all(set(kind.false_alarms) == {0.05, 0.2, 0.5} for kind in DETECTORS.values())


def test_a_look_says_how_often_it_would_ring_for_nothing():
    """Three thousand errors at a rate of one in five, where ddm rings .5 times in ten thousand."""
    watching = detector("ddm")
    watching.feed(np.arange(3000) % 5 == 0)
    assert watching.reading().false_alarm == pytest.approx(1 - math.exp(-0.5 * 0.3))
    watching.feed(np.arange(1000) % 20 == 0)
    assert watching.reading().false_alarm == pytest.approx(1 - math.exp(-1.6 * 0.1)), "of this look alone"
    assert math.isnan(watching.reading().false_alarm), "nothing came"


def test_nobody_knows_the_odds_of_other_settings_or_of_values_that_are_no_errors():
    strict, losses = detector("ddm", drift_threshold=4.0), detector("page_hinkley")
    strict.feed(np.zeros(100))
    losses.feed(np.full(100, 0.3))
    assert math.isnan(strict.reading().false_alarm) and math.isnan(losses.reading().false_alarm)


def test_the_odds_add_up_to_the_rings_of_a_stream_that_does_not_change():
    """Ten looks at a thousand errors each, at a rate of one half, where hddm_w rings some 7 times in 10,000."""
    rang, expected = 0.0, 0.0
    for seed in range(20):
        watching, luck = detector("hddm_w"), Streams(seed).get("fair")
        for _ in range(10):
            watching.feed((luck.random(1000) < 0.5).astype(float))
            reading = watching.reading()
            rang, expected = rang + reading.statistic, expected - math.log1p(-reading.false_alarm)
    assert rang == pytest.approx(expected, rel=0.3)
