"""A debrief is the same in any number of processes, in parts or at once; it can be stopped, written and read."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from sums_case import SumsDesign, sums

from simulator.debrief import SECTIONS, beginning, combined, debrief, decisions, dumped, loaded, section
from simulator.errors import BadInput, Cancelled
from simulator.plan import Plan
from simulator.simulation import simulate, tape_of
from simulator.units import day


@pytest.fixture(scope="module")
def whole(toy, strong):
    return debrief(toy, strong)


def test_parts_from_other_processes_are_the_whole(toy, strong, whole):
    found = {name: section(name, toy, strong, jobs=2) for name in SECTIONS}
    assert combined(beginning(toy, strong, tape_of(toy, 3)), found) == whole


def test_the_whole_has_every_section(whole, toy, strong):
    assert all(getattr(whole, name) is not None for name in ("attribution", "moves", "regret", "knowable", "luck"))
    assert all(worth.alone is not None and worth.mean is not None for worth in whole.attribution.worths)
    assert (whole.digest, whole.case, whole.seed) == (strong.digest(), "stall", 3)
    assert {worth.key for worth in whole.attribution.worths} == {unit.key for unit in decisions(toy, strong)}


def test_a_section_that_was_not_asked_for_is_none(toy, strong):
    found = debrief(toy, strong, sections=("luck",))
    assert found.luck and (found.attribution, found.moves, found.regret, found.knowable) == (None,) * 4


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_rises_to_one(toy, strong, jobs):
    for name in ("moves", "regret"):
        shares: list[float] = []
        section(name, toy, strong, shares.append, jobs)
        assert shares == sorted(shares) and shares[-1] == 1.0 and len(set(shares)) > 3
    shares = []
    debrief(toy, strong, sections=("luck", "knowable"), progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0 and any(0.5 < share < 1 for share in shares)


@pytest.mark.parametrize("jobs", [1, 2])
def test_it_stops_when_it_is_told_to(jobs):
    flown: list[int] = []

    def worth(made) -> int:
        flown.append(made.seed)
        return 1

    case = sums(worth)
    run = simulate(case, Plan(SumsDesign(a=1, b=2)).then(day(1), live=3), 7)
    flown.clear()

    def stop(share: float) -> None:
        if share >= 0.2:
            raise Cancelled

    for name in ("luck", "moves", "orders"):
        with pytest.raises(Cancelled):
            section(name, case, run, stop, jobs)
    assert len(flown) < 20


def test_a_default_flight_has_nothing_to_attribute(toy, flown):
    found = debrief(toy, flown, sections=("attribution", "orders", "siblings")).attribution
    assert found.worths == () and found.nothing == found.yours == flown.profit() and found.exact


def test_another_cases_run_is_refused(toy, strong):
    with pytest.raises(BadInput, match="not one of this case"):
        section("luck", toy.but(level=1), strong)
    with pytest.raises(BadInput, match="section of a debrief"):
        section("lucky", toy, strong)
    with pytest.raises(BadInput, match="section of a debrief"):
        debrief(toy, strong, sections=("attributions",))


# --- as JSON


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_survives_json(toy, strong, name):
    found = section(name, toy, strong)
    assert loaded(name, dumped(name, found)) == found


def test_a_debrief_survives_json(whole):
    text = dumped("debrief", whole)
    again = dumped("debrief", loaded("debrief", text))
    assert dumped("debrief", loaded("debrief", again)) == again
    assert dataclasses.replace(loaded("beginning", text), posed=()) == dataclasses.replace(whole, posed=())


def test_what_is_no_number_survives_json_that_any_reader_takes(whole):
    targets = ({"name": "wait", "value": math.nan},)
    odd = dataclasses.replace(whole, kpis={"wait": math.nan, "most": math.inf}, targets=targets)
    text = dumped("debrief", odd)
    json.loads(text, parse_constant=pytest.fail)
    again = loaded("debrief", text)
    assert math.isnan(again.kpis["wait"]) and again.kpis["most"] == math.inf
    assert again.targets[0] == {"name": "wait", "value": None}


@pytest.mark.parametrize("text", ["", "{}", '{"seeds": 3}', "[1]", '"' + "x" * 100])
def test_other_text_is_refused(text):
    with pytest.raises(BadInput, match="luck of a debrief"):
        loaded("luck", text)
