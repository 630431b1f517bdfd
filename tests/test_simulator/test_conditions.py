"""Conditions as text: what they mean, what they refuse, and that they are never more than text."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_case import CASE

from simulator.books.gauges import Gauges
from simulator.conditions import read_condition
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.simulation import simulate
from simulator.system import Reading
from simulator.units import day


def reading(now: float = day(5), turns=()) -> Reading:
    """A desk at day 5: `queue` rose by one a day, `empty` never had anything to show."""
    gauges = Gauges()
    for number in range(6):
        gauges.mark("queue", day(number), float(number))
        gauges.mark("empty", day(number), math.nan)
    return Reading(now, gauges, turns)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("queue > 4.75", True), ("queue > 5.25", False), ("queue >= 5", True), ("queue < 5", False),
        ("queue <= 5", True), ("queue > 2.9 for 2d", True), ("queue > 3.1 for 2d", False),
        ("queue > 2.5 for 2.5d", False),
        ("queue >= 0 for 6d", False), ("empty > 0", False), ("empty < 0", False), ("nobody < 9", False),
        ("since 5d", True), ("since 5.2d", False), ("not since 5.2d", True),
        ("queue > 9 or queue > 1 and since 4d", True), ("(queue > 9 or queue > 1) and since 6d", False),
        ("line unchanged", True), ("line changed", False), ("not line unchanged or since 1d", True),
        ("queue > -1e0 and queue < +7.5", True),
        ("never", False), ("not never", True), ("never or since 5d", True), ("never and since 5d", False),
    ],
)  # fmt: skip
def test_what_a_condition_means(text, holds):
    assert read_condition(text).met(reading()) is holds


@pytest.mark.parametrize(("span", "changed"), [("2d", True), ("1.9d", False), ("5d", True)])
def test_a_dial_was_turned_within_a_time(span, changed):
    desk = reading(turns=[(day(3), "line"), (day(4.9), "other")])
    assert read_condition(f"line changed for {span}").met(desk) is changed
    assert read_condition(f"line unchanged for {span}").met(desk) is not changed


@pytest.mark.parametrize(("at", "unchanged"), [(0.0, False), (1.0, False), (2.0, True), (3.0, True)])
def test_what_stays_has_stood_for_that_long(at, unchanged):
    desk = reading(now=day(at), turns=[])
    assert read_condition("line unchanged for 2d").met(desk) is unchanged
    assert read_condition("line unchanged").met(desk) is True


@pytest.mark.parametrize(
    ("text", "there", "wanted"),
    [
        ("", "its end", "a name"), ("queue", "its end", "<"), ("queue >", "its end", "a number"),
        ("queue > five", "'five'", "a number"), ("queue > 1d", "'1d'", "a number"),
        ("queue > 1 for ever", "'ever'", "12d"),
        ("queue > 1 2", "'2'", "'and', 'or' or the end"), ("(queue > 1", "its end", "')'"),
        ("and queue > 1", "'and'", "name"),
        ("never > 1", "'>'", "'and', 'or' or the end"), ("queue > never", "'never'", "a number"),
        ("since", "its end", "12d"), ("queue == 1", "'='", "which no condition has"),
        ("queue > 1; x", "';'", "no condition"),
        ("queue > nan", "'nan'", "a number"), ("queue > 1e999", "'1e999'", "a number"), ("3 > queue", "'3'", "a name"),
        ("__import__('os')", "\"'\"", "no condition"), ("queue.x > 1", "'.'", "no condition"),
    ],
)  # fmt: skip
def test_one_line_says_where_it_stops_making_sense(text, there, wanted):
    with pytest.raises(BadInput) as error:
        read_condition(text)
    assert there in str(error.value)
    assert wanted in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["(" * 13 + "a<1" + ")" * 13, "not " * 13 + "a<1", "a<1 or " * 40 + "a<1", "a" * 501])
def test_what_is_too_much_is_refused(text):
    with pytest.raises(BadInput, match="too"):
        read_condition(text)


@pytest.mark.parametrize("thing", [None, 1, b"a<1", ["a<1"]])
def test_only_text_is_a_condition(thing):
    with pytest.raises(BadInput, match="a condition is text"):
        read_condition(thing)


@given(st.text(max_size=60) | st.text(alphabet="abq <>=()1.de-nort", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        read_condition(text).met(reading())
    except BadInput as error:
        assert "\n" not in str(error)


def test_it_travels_as_its_text():
    condition = read_condition("queue > 4 and line unchanged")
    again = pickle.loads(pickle.dumps(condition))
    assert again == condition
    assert again.met(reading()) is condition.met(reading()) is True
    assert (condition.names, condition.dials) == ({"queue"}, {"line"})


def fired(plan: Plan, when: object) -> float | None:
    case = CASE.but(add=[{"name": "crowd", "kind": "rush", "at": "1d", "lasts": "6h", "size": 2.0, "when": when}])
    run = simulate(case, plan, 4)
    assert run.scenario["add"][0]["when"] == (
        when if isinstance(when, str) else {"gauge": "asked", "test": "above", "value": 1.0}
    )
    return run.fired.get("crowd")


def test_an_incident_waits_for_its_condition_in_flight():
    """A dial that is turned keeps from happening what would come to those who leave it alone."""
    plan = Plan(CASE.design())
    assert fired(plan, "since 2d and line unchanged") == day(2)
    assert fired(plan.then(day(1.5), line=0.4), "since 2d and line unchanged") is None
    assert fired(plan.then(day(1.5), line=0.4), "line unchanged for 1d and since 2d") == pytest.approx(
        day(2.5), abs=3600
    )
    assert fired(plan, "asked > 1") == fired(plan, {"gauge": "asked", "above": 1.0})
    assert fired(plan, "asked > 1e9") is None


def test_a_dial_that_is_not_there_is_named():
    with pytest.raises(BadInput, match="lime"):
        CASE.but(add=[{"name": "crowd", "kind": "rush", "at": "1d", "when": "lime unchanged"}])


def test_readings_go_back_to_what_stood_at_the_beginning():
    assert np.array_equal(reading().series("queue", day(2.5)), [2.0, 3.0, 4.0, 5.0])
    assert not len(reading().series("nobody", 0.0))
