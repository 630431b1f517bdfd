"""What behaviours are read from: the dials as they stood, the steps that were made, what happened, what rang."""

from __future__ import annotations

import dataclasses

import pytest

from simulator.plan import Plan
from simulator.rubric import DIMENSIONS, Step
from simulator.simulation import fly, simulate
from simulator.units import day


@pytest.fixture(scope="module")
def plan(toy):
    base = Plan(toy.design(line=0.7))
    return (
        base.then(day(3), "busy", line=0.95).then(day(1), line=0.5).do(day(2), "retrain", "stale", boost=1.5)
    )  # given out of order


@pytest.fixture(scope="module")
def log(toy, plan):
    return toy.log(simulate(toy, plan, 0))


def test_there_are_eight_dimensions_and_communication_is_none_of_them():
    assert len(DIMENSIONS) == 8
    assert "communication" not in DIMENSIONS


@pytest.mark.parametrize(
    ("at", "line"), [(0.0, 0.7), (day(1) - 1e-6, 0.7), (day(1), 0.5), (day(2.9), 0.5), (day(3), 0.95), (day(6), 0.95)]
)
def test_the_dials_stand_as_they_were_last_turned(log, at, line):
    assert log.design_at(at).values()["line"] == line
    assert log.design_at(at).values()["servers"] == 2


def test_steps_come_in_order_of_time_with_their_reasons(log):
    assert log.steps() == [
        Step(day(1), "dial", "line", 0.5),
        Step(day(2), "act", "retrain", {"boost": 1.5}, "stale"),
        Step(day(3), "dial", "line", 0.95, "busy"),
    ]


def test_steps_can_be_asked_for_by_name(log):
    assert [step.at for step in log.steps("line")] == [day(1), day(3)]
    assert [step.name for step in log.steps("retrain", "line")] == ["line", "retrain", "line"]
    assert log.steps("servers") == []


def test_a_dial_turned_with_another_is_a_step_of_its_own(toy, log):
    both = dataclasses.replace(log.run.plan.changes[0], dials={"line": 0.2, "servers": 3})
    run = dataclasses.replace(log.run, plan=dataclasses.replace(log.run.plan, changes=(both,), acts=()))
    assert [(step.name, step.value) for step in toy.log(run).steps()] == [("line", 0.2), ("servers", 3)]


def test_what_was_planned_for_later_than_the_end_is_no_step(toy, plan):
    short = toy.log(simulate(toy, plan, 0, until=day(2)))
    assert [step.name for step in short.steps()] == ["line"]


def test_incidents_are_known_by_name_at_their_moments(toy, log):
    feast = next(incident for incident in toy.incidents(0) if incident.name == "feast")
    assert log.happened("feast") == feast
    assert feast.at != day(2), "it has moved by its jitter"
    assert log.happened("no such thing") is None
    early = toy.log(simulate(toy, None, 0, until=day(3)))
    assert early.happened("strike") is None, "the run ended as it began"
    assert toy.but(drop=["feast"]).log(log.run).happened("feast") is None


def test_a_conditional_incident_stands_at_the_moment_at_which_it_happened(toy):
    hard = toy.but(when={"feast": {"gauge": "asked", "above": 0.0}})
    run = fly(hard, "mid", 0)
    assert hard.log(run).happened("feast").at == run.fired["feast"] > 0
    never = toy.but(when={"feast": {"gauge": "asked", "above": 1e9}})
    assert never.log(fly(never, "mid", 0)).happened("feast") is None


def test_alarms_are_told_from_other_entries(log):
    assert [alarm.at for alarm in log.alarms("high")] == [day(3)]
    assert {alarm.kind for alarm in log.alarms()} == {"alarm"}
    assert log.alarms("strike") == [], "an incident is no alarm"
