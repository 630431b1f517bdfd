"""The figures above a flight: what they say is what the recording holds at that moment, and nothing of later."""

from __future__ import annotations

import pytest

import cases
from dashboard.flights import order_of
from dashboard.views import tiles
from simulator.simulation import simulate

CASE = cases.load("burst_storm")


@pytest.fixture
def shown(begun, tower, monkeypatch):
    """Return a way to read the tiles of one flight at a moment, as somebody who waits for the workers."""
    flight = begun(seed=3)
    recording = tower.recording("test", order_of(flight)).result
    known: dict = {}
    monkeypatch.setattr(tiles.session, "name", lambda: "test")
    monkeypatch.setattr(tiles.session, "standings", lambda flight: known)

    def at(now):
        for _ in range(6):  # a few moments at a time
            found = tiles.tiles(flight, CASE, recording, now, patience=30.0)
        return {tile["name"]: tile for tile in found}, recording

    return at


def test_profit_is_that_of_the_moment(shown):
    found, recording = shown(450.0)
    at = recording.profit.at.index(450.0)
    assert found["profit"]["value"] == pytest.approx(recording.profit.value[at])
    assert found["profit"]["trend"][-1] == found["profit"]["value"]


def test_profit_by_time_is_that_of_the_last_stretch(shown):
    found, recording = shown(450.0)
    earned = recording.profit.last(450.0) - recording.profit.last(405.0)
    assert found["profit_rate"]["value"] == pytest.approx(earned / 45 * 60)
    assert "45" in found["profit_rate"]["hint"]


def test_early_the_stretch_is_what_has_gone_by(shown):
    found, recording = shown(30.0)
    assert found["profit_rate"]["value"] == pytest.approx(recording.profit.last(30.0) * 2)
    assert "30" in found["profit_rate"]["hint"]


def test_at_the_end_it_is_the_whole_flight(shown):
    found, recording = shown(900.0)
    assert found["profit_rate"]["value"] == pytest.approx(recording.kpis["profit"] / 15)
    assert found["down_seconds"]["value"] == recording.kpis["down_seconds"]


def test_a_guardrail_stands_as_if_the_flight_had_ended_there(shown):
    found, _ = shown(620.0)
    known = simulate(CASE, None, 3, until=600.0).kpis()  # the latest of the fifteen moments
    for name in ("down_seconds", "members_good"):
        assert found[name]["value"] == pytest.approx(known[name], rel=1e-6)
    broken = known["down_seconds"] > next(t.limit for t in CASE.targets if t.kpi == "down_seconds")
    assert found["down_seconds"]["state"] == ("bad" if broken else "good")


def test_nothing_of_later_is_in_them(shown):
    found, recording = shown(300.0)
    assert all(len(tile["trend"]) <= 60 for tile in found.values())
    for name, series in recording.gauges.items():
        if name in found:
            assert found[name]["value"] == series.last(300.0)
