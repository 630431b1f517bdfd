"""The flight deck without a browser: every state of it, decisions that are kept, clocks that do not run back."""

from __future__ import annotations

import pytest
from reading import click, says

from simulator.plan import Change
from simulator.store import Forecast
from simulator.units import HOUR

HORIZON = 900.0


def deck(app) -> dict:
    """Return what the strip above the flight was sent."""
    import json

    part = next(e for e in app.get("bidi_component"))
    return json.loads(part.proto.json)


def test_without_a_flight_there_is_a_way_to_one(page):
    app = page("fly")
    assert "No flight on the deck" in says(app)
    assert not app.exception


@pytest.mark.parametrize("id", ["nothing-like-it", "../../etc/passwd", "0" * 32, "x" * 5000])
def test_a_flight_that_is_not_there_is_told_in_a_sentence(page, id):
    app = page("fly", flight=id)
    assert len(app.error) == 1
    assert not app.exception


def test_a_flight_begins_at_its_beginning_and_stands(page, begun):
    app = page("fly", flight=begun().id)
    assert not app.exception and not app.error
    assert {button.label for button in app.button} >= {"Play", "Next event", "Next checkpoint", "Back", "Land"}
    assert "seed 3" in says(app)


def test_a_decision_is_on_disk_before_it_is_flown(page, begun, tower):
    flight = begun()
    app = click(page("fly", flight=flight.id), "Next checkpoint")
    least = next(s for s in app.slider if "Replicas at least" in s.label)
    least.set_value(9)
    next(a for a in app.text_area if a.label == "Why?").set_value("the vote <b>comes</b> at $5")
    click(app, "Turn")
    kept = tower.store.flight(flight.id)
    assert kept.version == 1
    assert kept.plan["changes"] == [{"at": 15.0, "dials": {"least": 9}, "why": "the vote <b>comes</b> at $5"}]
    assert kept.position == 15.0


def test_a_decision_on_a_moment_that_was_rewound_is_a_flight_of_its_own(page, begun, tower):
    flight = begun()
    tower.store.reach(flight.id, 600.0)
    app = click(page("fly", flight=flight.id), "Back")
    next(s for s in app.slider if "Replicas at least" in s.label).set_value(9)
    click(app, "Turn")
    branch = tower.store.flights()[0]
    assert branch.parent == flight.id
    assert branch.plan["changes"][0]["at"] == 525.0
    assert tower.store.flight(flight.id).plan["changes"] == []
    assert app.query_params["flight"] == branch.id


def test_another_tab_that_was_quicker_is_told_of(page, begun, tower):
    flight = begun()
    app = page("fly", flight=flight.id)
    next(s for s in app.slider if "Replicas at least" in s.label).set_value(9)
    tower.store.decide(flight.id, 0, "other-tab", Change(30.0, {"least": 6}, "quicker"))
    click(app, "Turn")
    assert "changed" in says(app)
    assert tower.store.flight(flight.id).version == 1


def test_a_check_flight_goes_on_where_it_was_and_not_back(page, begun, tower):
    flight = begun(mode="check")
    tower.store.reach(flight.id, 600.0)
    tower.store.reach(flight.id, 100.0)
    app = page("fly", flight=flight.id)
    assert "Back" not in {button.label for button in app.button}
    assert not [e for e in app.expander if e.label == "Hints"]
    assert deck(app)["now"] == 600.0


def test_what_lies_ahead_is_not_sent(page, begun, tower):
    flight = begun()
    app = click(page("fly", flight=flight.id), "Next checkpoint")
    sent = deck(app)
    assert sent["now"] == 15.0
    assert all(event["at"] <= 15.0 for event in sent["events"])
    assert all(len(tile["trend"]) <= 60 for tile in sent["tiles"])


def test_landing_writes_the_result_once(page, begun, tower):
    flight = begun()
    app = click(page("fly", flight=flight.id), "Land")
    landed = tower.store.flight(flight.id)
    assert landed.status == "landed"
    assert landed.kpis["profit"] == pytest.approx(tower.recording("x", _order(landed)).result.kpis["profit"])
    assert "Landed" in says(app)
    again = page("fly", flight=flight.id)
    assert not again.exception and not again.error


def _order(flight):
    from dashboard.flights import order_of

    return order_of(flight)


def test_acts_are_done_with_their_arguments(page, begun, tower):
    flight = begun("drift_retraining")
    app = click(page("fly", flight=flight.id), "Next checkpoint")
    click(app, "Retrain now")
    kept = tower.store.flight(flight.id)
    assert [act["act"] for act in kept.plan["acts"]] == ["retrain"]
    assert kept.plan["acts"][0]["at"] == 24 * HOUR


def test_dials_stand_as_they_stood_at_that_moment(page, begun, tower):
    flight = begun()
    app = click(page("fly", flight=flight.id), "Next checkpoint")
    next(s for s in app.slider if "Replicas at least" in s.label).set_value(10)
    click(app, "Turn")
    click(app, "Next checkpoint")
    click(app, "Back")
    assert next(s for s in app.slider if "Replicas at least" in s.label).value == 4
    flights = len(tower.store.flights())
    click(app, "Turn")
    assert len(tower.store.flights()) == flights, "nothing was turned"


def test_a_branch_is_told_of_and_keeps_what_was_said_and_seen(page, begun, tower):
    flight = begun()
    tower.store.forecast(flight.id, Forecast("profit", 150.0, 1.0, 2.0, 0.0))
    tower.store.look(flight.id, "question:1", 0.0)
    tower.store.look(flight.id, "chart:flow", 600.0)
    tower.store.reach(flight.id, 300.0)
    app = click(page("fly", flight=flight.id), "Back")
    next(s for s in app.slider if "Replicas at least" in s.label).set_value(9)
    app = click(app, "Turn")
    branch = tower.store.flights()[0]
    assert branch.parent == flight.id
    assert "a flight of its own" in says(app)
    assert [f.low for f in tower.store.forecasts(branch.id)] == [1.0]
    kept = [look.what for look in tower.store.looks(branch.id)]
    assert "question:1" in kept and "chart:flow" not in kept


def test_a_reason_that_is_too_long_is_told_and_not_lost(page, begun, tower):
    flight = begun()
    app = page("fly", flight=flight.id)
    next(s for s in app.slider if "Replicas at least" in s.label).set_value(9)
    next(a for a in app.text_area if a.label == "Why?").set_value("long " * 600)
    app = click(app, "Turn")
    assert "too long" in says(app)
    assert len(next(a for a in app.text_area if a.label == "Why?").value) == 3000
    assert tower.store.flight(flight.id).version == 0


def test_a_check_flight_that_went_on_elsewhere_goes_on_from_there(page, begun, tower):
    flight = begun(mode="check")
    app = page("fly", flight=flight.id)
    assert deck(app)["now"] == 0.0
    tower.store.reach(flight.id, 225.0)
    assert deck(app.run())["now"] == 225.0


def test_a_decision_of_another_tab_on_the_same_moment_is_told_of_too(page, begun, tower):
    flight = begun()
    app = click(page("fly", flight=flight.id), "Next checkpoint")
    next(s for s in app.slider if "Replicas at least" in s.label).set_value(9)
    tower.store.decide(flight.id, 0, "other-tab", Change(15.0, {"least": 6}, "quicker"))
    app = click(app, "Turn")
    assert "changed" in says(app)
    assert next(s for s in app.slider if "Replicas at least" in s.label).value == 6
    assert tower.store.flight(flight.id).version == 1
