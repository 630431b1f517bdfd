"""The tower: it computes through workers only, keeps results, and lets nothing into the store that does not fit."""

from __future__ import annotations

import dataclasses

import pytest

import cases
from dashboard.flights import order_of
from simulator.errors import BadInput
from simulator.plan import Act, Change
from simulator.simulation import fly, simulate


def done(asked):
    """Wait for what was asked."""
    assert asked.errand is None or asked.errand.wait(60.0) == "done", asked.errand.trouble
    return asked.result if asked.errand is None else asked.errand.result


@pytest.fixture
def storm():
    return cases.load("burst_storm")


@pytest.fixture
def flight(tower, storm):
    return tower.store.begin(storm, storm.plan(None), 4, "training")


def test_a_recording_is_of_the_flight_as_it_is_simulated_here(tower, flight, storm):
    recording = done(tower.recording("a", order_of(flight)))
    run = simulate(storm, None, 4)
    assert recording.digest == run.digest()


def test_a_result_is_computed_once(tower, flight):
    done(tower.recording("a", order_of(flight)))
    first, second = tower.recording("a", order_of(flight)), tower.recording("b", order_of(flight))
    assert first.ready and second.ready
    assert first.result is second.result


def test_the_same_question_again_waits_for_the_same_errand(tower, flight):
    first = tower.recording("a", order_of(flight))
    assert tower.recording("a", order_of(flight)).errand is first.errand
    done(first)


def test_another_question_of_the_same_player_takes_the_place_of_the_first(tower, storm):
    flights = [tower.store.begin(storm, storm.plan(None), seed, "training") for seed in (11, 12)]
    first = tower.recording("a", order_of(flights[0])).errand
    second = tower.recording("a", order_of(flights[1]))
    done(second)
    assert first.state in ("cancelled", "done")


def test_what_does_not_fit_is_not_kept(tower, flight):
    for step in (
        Change(15.0, {"most": 9}),
        Change(15.0, {"least": 10_000}),
        Change(1e6, {"least": 5}),
        Act(15.0, "hire"),
        Change(float("nan"), {"least": 5}),
    ):
        with pytest.raises(BadInput):
            tower.decide(flight, "token", step)
    assert tower.store.flight(flight.id).version == 0


def test_pars_and_siblings_are_flown_for_comparison(tower, flight, storm):
    order = order_of(flight)
    weak, expert, sibling = done(tower.answers("a", [order.by("weak"), order.by("expert"), order.on(9)]))
    assert weak["profit"] == fly(storm, "weak", 4).kpis()["profit"]
    assert expert["profit"] == fly(storm, "expert", 4).kpis()["profit"]
    assert sibling["profit"] == simulate(storm, None, 9).kpis()["profit"]


def test_answers_are_kept_in_the_store(tower, flight):
    orders = [order_of(flight).by("weak")]
    found = done(tower.answers("a", orders))
    assert tower.answers("a", orders).ready
    tower._results.clear()
    again = tower.answers("another", orders)
    assert again.ready
    assert again.result == found


def test_a_flight_of_another_revision_is_refused_in_a_sentence(tower, flight):
    with pytest.raises(BadInput, match="revision"):
        tower.case(dataclasses.replace(flight, revision=99))


def test_closer_looks_and_standings(tower, flight):
    order = order_of(flight)
    assert "latency" in done(tower.recording("a", order)).offered
    assert done(tower.evidence("a", order, "latency", 300.0)).n > 0
    table = done(tower.standings("a", order, (300.0, 600.0)))
    assert table.at == (300.0, 600.0)
