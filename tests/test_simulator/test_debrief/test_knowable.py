"""The first trace of an incident is the one that is there: after it began, outside what is usual, because of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.debrief import section
from simulator.debrief.flights import Flights
from simulator.debrief.knowable import _twin, left_band, screen
from simulator.plan import Plan
from simulator.simulation import simulate
from simulator.units import DAY, day

AT = np.arange(1.0, 101.0)
USUAL = np.sin(AT)


def seen(toy, **scenario):
    return dataclasses.replace(toy, watched={"asked": "a day", "mean_score": "probability"}).but(**scenario)


# --- the band


def test_nothing_leaves_its_band_where_nothing_differs():
    assert left_band((AT, USUAL), (AT, USUAL), 0.0) is None
    assert left_band((AT, 5 + 0 * USUAL), (AT, 5 + 0 * USUAL), 0.0) is None


def test_the_first_reading_outside_after_the_beginning_is_found():
    mine = USUAL + np.where(AT >= 40, 3.0, 0.0)
    found = left_band((AT, mine), (AT, USUAL), 30.0)
    first = next(t for t, value in zip(AT, mine, strict=True) if t >= 40 and value > found.high)
    assert (found.at, found.reading) == (first, mine[int(first) - 1])
    assert found.low < -0.99 and 1.0 < found.high < 1.2


def test_the_band_holds_99_of_100_readings_and_a_twentieth_of_its_width():
    twin = np.arange(1001.0) - 500.0
    found = left_band((np.array([1.0]), np.array([9e9])), (np.arange(1001.0), twin), 0.0)
    assert (found.low, found.high) == pytest.approx((-495 - 49.5, 495 + 49.5), abs=1e-6)


def test_what_is_never_negative_has_no_band_below_nothing():
    found = left_band((np.array([1.0]), np.array([9e9])), (np.arange(1001.0), np.arange(1001.0)), 0.0)
    assert found.low == 0.0


def test_what_differs_but_is_usual_tells_nothing():
    assert left_band((AT, USUAL[::-1]), (AT, USUAL), 0.0) is None


def test_what_was_so_before_or_would_be_so_anyway_is_not_because_of_it():
    outlier = np.where(AT == 50, 9.0, USUAL)
    assert left_band((AT, outlier), (AT, outlier), 0.0) is None
    assert left_band((AT, outlier), (AT, USUAL), 51.0) is None
    assert left_band((AT, outlier), (AT, USUAL), 50.0).at == 50.0


def test_missing_readings_are_none():
    gone, none = np.where(AT >= 60, np.nan, USUAL), np.full(100, np.nan)
    assert left_band((AT, gone), (AT, USUAL), 0.0) is None
    assert left_band((AT, USUAL), (AT, none), 0.0) is None
    assert left_band((np.empty(0), np.empty(0)), (AT, USUAL), 0.0) is None


def test_one_who_reads_more_often_is_compared_with_the_latest_reading():
    often = np.arange(1.0, 101.0, 0.5)
    held = USUAL[(often - 1).astype(int)]
    assert left_band((often, held), (AT, USUAL), 0.0) is None


# --- in a flight


def test_a_feast_shows_in_how_many_come(toy):
    case = seen(toy, move={"feast": day(2.5)}, world={"people": 2000})
    run = simulate(case, Plan(case.design()).then(day(2), line=0.5).then(day(5), line=0.6), 3)
    feast = next(one for one in section("knowable", case, run) if one.incident == "feast")
    assert (feast.gauge, feast.unit, feast.known_at) == ("asked", "a day", day(3))
    assert feast.reading > feast.high > feast.low and not feast.told and feast.end == day(3.5)
    assert (feast.reaction, feast.reaction_at) == ("day 5: Line to 0.6 score", day(5))


def test_who_is_told_reacts_from_then_on_and_sees_nothing_else(toy):
    case = seen(toy)
    run = simulate(case, Plan(case.design()).then(day(3.5), line=0.5), 3)
    strike = next(one for one in section("knowable", case, run) if one.incident == "strike")
    assert (strike.told, strike.gauge, strike.known_at, strike.alarm) == (True, "", None, "")
    assert (strike.reaction, strike.reaction_at) == ("day 3: Line to 0.5 score", day(3.5))


def test_an_alarm_counts_where_the_twin_did_not_hear_it(toy):
    horn = {"name": "horn", "kind": "siren", "at": day(2.5)}
    case = seen(toy, add=[horn], drop=["feast"])
    found = {one.incident: one for one in section("knowable", case, simulate(case, None, 3))}
    assert (found["horn"].alarm, found["horn"].alarm_at) == ("horn", day(2.5))
    assert found["horn"].reaction == "" and found["horn"].reaction_at is None
    assert found["strike"].alarm == ""


@pytest.mark.parametrize(
    "scenario",
    [
        {"move": {"feast": day(1)}},
        {"when": {"feast": {"gauge": "asked", "above": 1}}},
        {"add": [{"name": "horn", "kind": "siren", "at": DAY, "when": {"gauge": "asked", "above": 1}}]},
    ],
    ids=["moved", "conditional", "another is conditional"],
)
def test_what_a_scenario_has_changed_can_be_left_out_too(toy, scenario):
    case = seen(toy, **scenario, world={"people": 2000})
    run = simulate(case, None, 3)
    found = {one.incident: one for one in section("knowable", case, run)}
    assert found["feast"].gauge == "asked" and found["feast"].known_at > found["feast"].at
    assert all(one.alarm == ("horn" if name == "horn" else "") for name, one in found.items())
    assert found.keys() == {incident.name for incident in case.happened(run)}


def test_a_twin_in_which_the_plan_cannot_be_flown_tells_nothing():
    """An act that leans on the incident: without it there is no twin, and no trace either."""
    from sums_case import sums

    from simulator.errors import BadInput

    case = sums(lambda made: 1, watched={"asked": "a day"})

    def build(system, setting, incidents):
        if not any(incident.name == "feast" for incident in incidents):
            raise BadInput("no feast")
        return case.build(system, setting, incidents)

    leaning = dataclasses.replace(case, build=build)
    feast, strike = section("knowable", leaning, simulate(leaning, None, 3))
    assert (feast.incident, feast.gauge, feast.known_at) == ("feast", "", None)
    assert strike.incident == "strike"


def test_sums_of_money_are_watched_where_there_is_nothing_else(toy):
    both = dataclasses.replace(toy, watched={"asked": "a day", "losses": "$"})
    assert screen(both) == {"asked": "a day"}
    assert screen(dataclasses.replace(toy, watched={"losses": "$"})) == {"losses": "$"}


def test_a_conditional_incident_is_left_out_without_moving_anything_before_it(toy):
    """It stays on the tape and does not fire: what was read before it began is the same to the last bit."""
    case = seen(
        toy, add=[{"name": "crowd", "kind": "rush", "at": "2d", "lasts": "1d", "size": 3.0, "when": "since 3d"}]
    )
    run = simulate(case, Plan(case.design()), 5)
    flights = Flights(case, run)
    incident = next(one for one in case.happened(run) if one.name == "crowd")
    twin = flights.fly([_twin(flights, incident, ("asked", "mean_score"))])[0]
    for name, (at, values) in twin.readings.items():
        mine = run.gauges.series(name)
        before = at < incident.at
        assert before.any()
        assert np.array_equal(values[before], mine[1][mine[0] < incident.at], equal_nan=True)
    assert any(not np.array_equal(values, run.gauges.series(name)[1]) for name, (_, values) in twin.readings.items())
