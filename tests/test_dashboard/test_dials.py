"""A dial's slider halts at round values, at the ends of its range and wherever it stands."""

from __future__ import annotations

import pytest

import cases
from dashboard.dials import help_of, label_of, step_of, stops_of, turned
from simulator.design import Dial

SHARE = Dial("number", "Share", 0.1, name="share", low=0.0, high=0.5)
WIDE = Dial("number", "Threshold", 0.5, name="threshold", low=0.005, high=0.99)


@pytest.mark.parametrize(
    ("label", "unit", "said"),
    [
        ("Review", "% of payments", "Review, in % of payments"),
        ("Audited refusals", "share", "Audited refusals, as a share"),
        ("Canary", "of the leads", "Canary, as a share of the leads"),
        ("Waiting places", "per replica", "Waiting places per replica"),
        ("First day", "day", "First day"),
        ("Rate", "requests/s", "Rate, in requests/s"),
        ("2. *x*", "", "2\\. \\*x\\*"),
        ("See www.x", "", "See www\\.\u2060x"),
    ],
)
def test_a_label_can_be_read_aloud(label, unit, said):
    """What reads the page aloud gets the label as it is written: strokes only where there might be markup."""
    assert label_of(Dial("switch", label, True, name="x", unit=unit)) == said


def test_steps_are_round():
    assert step_of(SHARE) == pytest.approx(0.005)
    assert step_of(Dial("number", "x", 1.0, low=0.0, high=300.0)) == pytest.approx(5.0)


def test_stops_hold_ends_default_and_value():
    stops = stops_of(SHARE, 0.1234)
    assert stops[0] == 0.0
    assert stops[-1] == 0.5
    assert 0.1234 in stops and 0.1 in stops and 0.3 in stops


def test_a_wide_range_is_gone_through_by_decades():
    stops = stops_of(WIDE, 0.5)
    assert {0.005, 0.01, 0.02, 0.1, 0.5, 0.9, 0.99} <= set(stops)
    assert sum(stop < 0.1 for stop in stops) > 15


@pytest.mark.parametrize(
    "name", ["fraud_threshold", "drift_retraining", "feed_ranking", "latency_budget", "burst_storm"]
)
def test_all_dials_of_a_case_take_every_stop(name):
    for dial in cases.load(name).design.dials():
        assert dial.label in label_of(dial) and "\\" not in label_of(dial)
        assert "Allowed" in help_of(dial)
        if dial.kind == "number":
            stops = stops_of(dial, float(dial.default))
            assert [dial.read(stop) for stop in stops] == stops == sorted(set(stops))
            assert len(stops) < 130


def test_only_what_was_turned_is_told():
    before = {"a": 0.1 + 0.2, "b": "x", "c": True, "d": 3}
    assert turned(before, {"a": 0.3, "b": "y", "c": True, "d": 3}) == {"b": "y"}
    assert turned(before, {**before, "c": False, "d": 4}) == {"c": False, "d": 4}
