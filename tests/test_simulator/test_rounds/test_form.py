"""What an interviewer starts from can be played, has an event and a probe to edit, and names all that a case has."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace

import pytest
from toy_case import CASE

import cases
from simulator.case import Case
from simulator.exhibits.standing import probes_of
from simulator.incidents import Incident
from simulator.rounds.fitted import fitted
from simulator.rounds.form import form
from simulator.rounds.reading import read_script

NAMES = cases.names()


def parsed(case: Case):
    return fitted(read_script(form(case)), lambda name: case)


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_its_case(name):
    case = cases.load(name)
    found = parsed(case)
    assert found.script.case == name
    assert [(event.name, event.by_hand) for event in found.events] == [("my_event", True)]
    own = found.cards[-1]
    assert own.probe.name == "my_probe" and own.show and own.rescue
    assert all((own.probe.weak, own.probe.mid, own.probe.strong, own.probe.expert, own.probe.follow_up))


@pytest.mark.parametrize("name", NAMES)
def test_it_names_all_that_the_case_has(name):
    case, text = cases.load(name), form(cases.load(name))
    gauges = [gauge for place in case.places() for gauge in place.gauges]
    live = [dial.name for dial in case.design.dials() if dial.live]
    settings = [dial.name for dial in case.setting.dials()]
    known = [*case.kinds, *(one.name for one in case.timeline), *case.kpis, *gauges, *live, *settings]
    for word in (*known, *(probe.name for probe in probes_of(case))):
        assert re.search(rf"\b{word}\b", text), word
    assert all(len(line) <= 120 for line in text.splitlines() if line.startswith("#"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_out_can_be_put_in(name):
    """The lines of a table that stands behind # are TOML once the # is gone."""
    case, lines = cases.load(name), form(cases.load(name)).splitlines()
    begun = next(place for place, line in enumerate(lines) if line.startswith("# [requirement]"))
    table = "\n".join(line.removeprefix("# ") for line in lines[begun : lines.index("", begun)])
    text = form(case).replace("\n".join(lines[begun : lines.index("", begun)]), table)
    script = read_script(text)
    assert script.requirement is not None and script.requirement.event == "my_event"
    assert fitted(script, lambda _: case, alone=True).case.scenario.when["my_event"].text.startswith("since ")


def test_a_case_with_less_has_a_form_too():
    found = parsed(replace(CASE, kinds={}, timeline=(), watched={"asked": ""}))
    assert found.events == () and len(found.cards) == 3


def test_a_harmless_kind_is_taken_first():
    told = replace(CASE, timeline=(*CASE.timeline, Incident("horn", "siren", 5.0, distractor=True)))
    assert tomllib.loads(form(CASE))["event"][0]["kind"] == "pause"
    assert tomllib.loads(form(told))["event"][0]["kind"] == "siren"


def test_odd_text_stays_in_its_string():
    odd = 'He said "no" \\ and\n"""\n[event]'
    data = tomllib.loads(form(replace(CASE, title=odd, tension=odd, brief=odd)))
    assert data["title"] == 'He said "no" \\ and """ [event]: a round of my own'
    assert data["intro"].startswith('Welcome. He said "no" \\ and """ [event] Think')
