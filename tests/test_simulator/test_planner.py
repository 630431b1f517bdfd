"""Help before take-off: textbook numbers, a history that ends at take-off, and prices as the world has them."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from toy_case import CASE

import cases
from simulator import planner
from simulator.books.requests import Truths
from simulator.errors import BadInput
from simulator.planner import capacity, history_curve, sample_size, suggestions, worth
from simulator.simulation import tape_of


def test_the_sample_of_the_textbook():
    # Fleiss et al.: (z_a + z_b)^2 (p1 q1 + p2 q2) / d^2 with p = 0.10 and 0.12
    both = (1.959964 + 0.841621) ** 2 * (0.1 * 0.9 + 0.12 * 0.88) / 0.02**2
    one = (1.644854 + 0.841621) ** 2 * (0.1 * 0.9 + 0.12 * 0.88) / 0.02**2
    found = sample_size(0.10, 0.2, 1000.0)
    assert found.per_arm == pytest.approx(both, rel=0.002)
    assert found.days == pytest.approx(2 * found.per_arm / 1000)
    assert sample_size(0.10, 0.2, 1000.0, two_sided=False).per_arm == pytest.approx(one, rel=0.002)
    assert sample_size(0.10, 0.2, 1000.0, power=0.9).per_arm == pytest.approx(
        both * (3.241516 / 2.801585) ** 2, rel=0.002
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"baseline": 0.0},
        {"baseline": 1.0},
        {"lift": 0.0},
        {"lift": 20.0},
        {"a_day": 0.0},
        {"alpha": 0.9},
        {"power": 1.0},
    ],
)
def test_an_experiment_that_cannot_be_is_refused(wrong):
    with pytest.raises(BadInput):
        sample_size(**{"baseline": 0.1, "lift": 0.1, "a_day": 100.0} | wrong)


@pytest.fixture(scope="module")
def drift():
    return cases.load("drift_retraining").but(world={"leads": 300})


def test_the_curve_is_that_of_a_plain_logistic_regression(drift):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    tape = tape_of(drift, 3)
    known = np.flatnonzero(tape.truths.known_at <= 0.0)
    X, y = tape.requests.X[known], tape.truths.label[known]
    cut = int(0.7 * len(known))
    scaler = StandardScaler().fit(X[:cut])
    model = LogisticRegression().fit(scaler.transform(X[:cut]), y[:cut])
    p, later = model.predict_proba(scaler.transform(X[cut:]))[:, 1], y[cut:]
    curve = history_curve(drift, 3, points=10**6)
    assert (curve.n, curve.positives) == (len(later), later.sum())
    for row in np.linspace(1, len(curve.thresholds) - 1, 25).astype(int):
        called = p >= curve.thresholds[row]
        usd = (40.0 * (called & later).sum() - 12.0 * (called & ~later).sum()) / len(later) * 1000
        assert curve.dollars[row] == pytest.approx(usd, rel=0.02, abs=30.0)
        assert curve.acted[row] == pytest.approx(called.mean(), abs=0.003)
    assert curve.dollars[curve.best] == curve.dollars.max()
    assert 0.1 < curve.thresholds[curve.best] < 0.4  # 12 / 52, but for luck
    assert curve.a_day == pytest.approx(300, rel=0.05)
    assert "left out" in curve.caveats


def test_where_nothing_is_heard_of_the_good_ones_silence_counts_as_none():
    case = cases.load("fraud_threshold").but(world={"payments": 300})
    tape, curve = tape_of(case, 1), history_curve(case, 1)
    assert curve.n == tape.start - int(0.7 * tape.start)
    later = slice(int(0.7 * tape.start), tape.start)
    assert curve.positives == (tape.truths.label & (tape.truths.known_at <= 0))[later].sum()
    assert 0 < curve.positives < tape.truths.label[later].sum()
    assert "counts as 0" in curve.caveats


@pytest.mark.parametrize("name", ["fraud_threshold", "drift_retraining"])
def test_nothing_after_take_off_is_read(name, monkeypatch):
    case = cases.load(name).but(world={{"f": "payments", "d": "leads"}[name[0]]: 300})
    tape = tape_of(case, 2)
    before = history_curve(case, 2)
    future, unheard = np.arange(len(tape)) >= tape.start, tape.truths.known_at > 0.0
    X, value = tape.requests.X.copy(), tape.requests.value.copy()
    X[future], value[future] = 1e6, 10**12
    truths = Truths(
        tape.truths.label ^ (future | unheard), np.where(unheard, 1.0, tape.truths.known_at), tape.truths.needs, {}
    )
    other = replace(tape, requests=replace(tape.requests, X=X, value=value), truths=truths)
    monkeypatch.setattr(planner, "tape_of", lambda case, seed: other)
    after = history_curve(case, 2)
    assert before.caveats == after.caveats
    for column in ("thresholds", "dollars", "acted"):
        assert np.array_equal(getattr(before, column), getattr(after, column))
    assert (before.best, before.n, before.positives, before.a_day) == (
        after.best,
        after.n,
        after.positives,
        after.a_day,
    )


def test_twin_a_change_of_the_past_shows(monkeypatch):
    case = cases.load("drift_retraining").but(world={"leads": 300})
    tape, before = tape_of(case, 2), history_curve(case, 2)
    other = replace(tape, requests=replace(tape.requests, X=np.roll(tape.requests.X, 1, axis=0)))
    monkeypatch.setattr(planner, "tape_of", lambda case, seed: other)
    assert not np.array_equal(history_curve(case, 2).dollars, before.dollars)


def test_few_points_keep_the_best(drift):
    whole, few = history_curve(drift, 3, points=10**6), history_curve(drift, 3, points=20)
    assert len(few.thresholds) <= 21
    assert few.dollars[few.best] == whole.dollars[whole.best]
    assert few.thresholds[few.best] == whole.thresholds[whole.best]


def test_no_stakes_no_curve():
    assert history_curve(CASE, 0) is None
    assert history_curve(cases.load("burst_storm"), 0) is None


def test_too_little_history_no_curve():
    assert history_curve(cases.load("fraud_threshold").but(world={"payments": 50, "fraud_share": 0.0005}), 0) is None


def test_the_curve_of_fraud_is_quick():
    case = cases.load("fraud_threshold")
    history_curve(case.but(world={"payments": 300}), 0)  # scikit-learn is imported
    start = time.process_time()
    assert history_curve(case, 5).n > 50_000
    assert time.process_time() - start < 1.5


def test_what_things_are_worth_follows_the_scenario():
    case = cases.load("drift_retraining").but(world={"sale": 70.0})
    listed = worth(case)
    labels = [item.label for item in listed]
    assert labels[:2] == ["A call", "A sale"]
    assert {item.label: item.value for item in listed}["A sale"] == 70.0
    assert ("A kept version", 10.0, "$ a day") in [(item.label, item.value, item.unit) for item in listed]
    assert ("Buy labels", "$2 each") in [(item.label, item.value) for item in listed]
    assert ("Versions kept", "$10 a day each") in [(item.label, item.value) for item in listed]
    assert "Leads" not in labels


WANTED = {
    "fraud_threshold": {"history_curve", "sample_size"},
    "drift_retraining": {"history_curve", "sample_size"},
    "feed_ranking": {"capacity", "sample_size"},
    "latency_budget": {"capacity"},
    "burst_storm": {"capacity"},
}


@pytest.mark.parametrize("name", WANTED)
def test_what_is_suggested_can_be_calculated(name):
    found = suggestions(cases.load(name))
    assert set(found) == WANTED[name]
    if "capacity" in found:
        assert capacity(**found["capacity"]).utilisation > 0
    if "sample_size" in found:
        assert sample_size(**found["sample_size"]).days > 1


def test_a_design_moves_the_suggestion():
    case = cases.load("fraud_threshold")
    desk = suggestions(case, case.design(review=2.0))["capacity"]
    assert desk["rate"] == pytest.approx(3000 * 0.02 / (8 * 3600))
    assert desk["service"] == pytest.approx(720.0)
    assert "capacity" not in suggestions(case)
    storm = cases.load("burst_storm")
    assert suggestions(storm, storm.design(least=9))["capacity"]["servers"] == 9


def test_the_baseline_of_a_case_without_an_experiment_is_its_history(drift):
    curve = history_curve(drift, 0)
    assert suggestions(drift)["sample_size"]["baseline"] == pytest.approx(curve.positives / curve.n)


def test_a_case_without_any_of_it_has_no_suggestion():
    assert suggestions(CASE) == {}
