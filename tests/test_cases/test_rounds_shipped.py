"""The shipped rounds: each can be played as it is, with what an interviewer needs, and tells the pars apart."""

from __future__ import annotations

import dataclasses

import pytest

import cases
from cases._rounds import names, script_of, text_of
from simulator.rounds.fitted import fitted
from simulator.rounds.script import BY_HAND, COMMUNICATION, PHASES
from simulator.rounds.trial import tried
from simulator.rubric import LEVELS

MINUTES = {
    "fraud_45": 45, "feed_45": 45, "latency_30": 30, "incident_drill_30": 30, "warm_up_20": 20, "group_drill": 60,
}  # fmt: skip
QUICK = ("incident_drill_30", "warm_up_20", "latency_30")


def test_there_are_six_of_different_kinds():
    scripts = [script_of(name) for name in names()]
    assert set(names()) == set(MINUTES)
    assert {script.kind for script in scripts} == {"interview", "drill", "warm-up", "group"}
    assert len({script.case for script in scripts}) == 5 and len({script.title for script in scripts}) == 6


@pytest.mark.parametrize("name", MINUTES)
def test_it_takes_as_long_as_it_says(name):
    assert sum(getattr(script_of(name).minutes, phase) for phase in PHASES) == MINUTES[name]


@pytest.mark.parametrize("name", MINUTES)
def test_it_has_what_an_interviewer_needs(name):
    script = script_of(name)
    assert len(script.intro) > 100 and len(script.notes) > 400 and len(script.fact) >= 2 and script.weights
    assert set(script.weights) - {COMMUNICATION}
    own = [event for event in script.event if event.kind or event.when not in ("", BY_HAND)]
    assert len(own) >= 2
    assert any(event.when == BY_HAND for event in script.event)
    assert any(event.when not in ("", BY_HAND) for event in script.event)
    assert all(event.note for event in script.event if event.kind)


@pytest.mark.parametrize("name", MINUTES)
def test_one_thing_is_asked_otherwise_in_mid_round(name):
    asked = script_of(name).requirement
    assert asked is not None and len(asked.says) > 80 and asked.note
    assert (asked.targets or asked.event) and asked.limits


@pytest.mark.parametrize("name", MINUTES)
def test_it_asks_four_probes_two_of_its_own(name):
    probes = script_of(name).probe
    own = [probe for probe in probes if probe.question]
    assert len(probes) >= 4 and len(own) >= 2
    assert all(probe.rescue for probe in probes)
    assert all(probe.follow_up and probe.show and probe.check for probe in own)
    assert all(len(getattr(probe, level)) > 5 for probe in own for level in LEVELS)
    assert len({probe.dimension for probe in own}) == len(own)


@pytest.mark.parametrize("name", MINUTES)
def test_it_fits_its_case_in_a_room_and_alone(name):
    script = script_of(name)
    room, alone = fitted(script, cases.load), fitted(script, cases.load, alone=True)
    assert [event.when == "never" for event in room.events] == [event.by_hand for event in room.events]
    assert all(event.when != "never" for event in alone.events)
    changed = {target.kpi: target.limit for target in alone.case.targets}
    assert script.requirement is not None
    assert {kpi: changed[kpi] for kpi in script.requirement.targets} == dict(script.requirement.targets)


@pytest.mark.parametrize("name", MINUTES)
def test_the_first_line_says_what_it_is_and_how_to_try_it(name):
    assert text_of(name).startswith("# ") and f"windtunnel round check {name}" in text_of(name).splitlines()[0]


def _held(name: str, seed: int) -> None:
    found = tried(fitted(script_of(name), cases.load, alone=True), seed)
    wrong = [dataclasses.astuple(finding) for finding in found.findings if not finding.ok]
    assert not wrong, wrong


@pytest.mark.parametrize("name", QUICK)
def test_it_passes_its_check(name):
    _held(name, 5)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [0, 1, 2, 7])
@pytest.mark.parametrize("name", MINUTES)
def test_it_passes_its_check_under_many_seeds(name, seed):
    _held(name, seed)
