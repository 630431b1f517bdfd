"""A script on its case: its events wait in the scenario, what it asks for holds, and what is not there is named."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from toy_case import CASE

from simulator.errors import BadInput, unknown
from simulator.incidents import Incident, When
from simulator.rounds.fitted import Fitted, Planned, dressed, due, fitted
from simulator.rounds.reading import read_script
from simulator.simulation import fly
from simulator.store.past import case_of
from simulator.units import DAY, HOUR, day

LOOK = HOUR  # a look a 24th of a tick of a day
HEAD = 'round = 1\ntitle = "Mine"\ncase = "stall"\n'
RAIN = HEAD + '[[event]]\nname = "rain"\nkind = "rush"\nsize = 0.5\nlasts = "1d"\nsays = "it rains"\nnote = "look"\n'
FEAST = HEAD + '[[event]]\nname = "feast"\n'
ASKED = '[requirement]\nsays = "More."\nat = "4d"\n'
PAR = CASE.pars["strong"]
ALWAYS = replace(
    CASE, kinds={**CASE.kinds, "rush": replace(CASE.kinds["rush"], always=True)},
    timeline=(*CASE.timeline, Incident("bell", "siren", day(5), when=When("asked", "above", 1e6))),
)  # fmt: skip


def load(name: str, case=CASE):
    if name != "stall":
        raise unknown("case", name, ["stall"])
    return case


def fit(text: str, *, alone: bool = False, case=CASE) -> Fitted:
    return fitted(read_script(text), lambda name: load(name, case), alone=alone)


def refused(text: str, case=CASE) -> str:
    with pytest.raises(BadInput) as caught:
        fit(text, case=case)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# when events happen


@pytest.mark.parametrize(
    ("says", "at", "room", "alone"),
    [
        ("", 0.0, "since 0s", "since 0s"),
        ('at = "2d"', day(2), "since 172800s", "since 172800s"),
        ("at = 0.1", 0.1, "since 0.100000001s", "since 0.100000001s"),
        ('when = "by hand"', day(3), "never", "since 259200s"),
        ('when = "by hand"\nat = "36h"', day(1.5), "never", "since 129600s"),
        ('when = "asked > 30"', 0.0, "asked > 30", "asked > 30"),
        ('when = "asked > 3 or line changed"\nat = "1d"', DAY, *2 * ("since 86400s and (asked > 3 or line changed)",)),
    ],
)
def test_an_event_of_its_own_waits_for_its_condition(says, at, room, alone):
    for text, by_itself in ((room, False), (alone, True)):
        found = fit(RAIN + says, alone=by_itself)
        hand = "by hand" in says
        about = "more people come (0.5 of the usual rate)"
        assert found.events == (Planned("rain", about, "it rains", at, DAY, text, hand, "look"),)
        data = found.case.scenario.to_data()
        assert data["when"] == {"rain": text}
        assert [(one["name"], one["at"], one["size"]) for one in data["add"]] == [("rain", 0.0, 0.5)]


@pytest.mark.parametrize(
    ("says", "when"), [('at = "2d"', 2), ('when = "by hand"', 3), ('when = "asked > 1"\nat = "4d"', 4), ("", 0)]
)
def test_alone_it_happens_at_the_first_look_when_it_is_due(says, when):
    run = fly(fit(RAIN + says, alone=True).case, PAR, 3)
    assert run.fired["rain"] == pytest.approx(day(when), abs=LOOK)
    assert run.fired["rain"] >= day(when)


def test_in_a_room_nobody_meets_what_is_by_hand():
    assert "rain" not in fly(fit(RAIN + 'when = "by hand"').case, PAR, 3).fired


def test_a_condition_is_one_on_the_run():
    crowd = fly(CASE, PAR, 3).gauges.series("asked")[1]
    least, most = min(crowd), max(crowd)
    assert "rain" in fly(fit(RAIN + f'when = "asked > {least}"').case, PAR, 3).fired
    assert "rain" not in fly(fit(RAIN + f'when = "asked > {2 * most} and since 1d"').case, PAR, 3).fired


def test_an_incident_of_the_case_comes_when_it_is_written_without_luck():
    found = fit(FEAST)
    assert [(event.at, event.when) for event in found.events] == [(day(2), "since 172800s")]
    runs = [fly(found.case, PAR, seed) for seed in range(3)]
    assert {run.fired["feast"] for run in runs} == {day(2)}
    assert len({incident.at for seed in range(3) for incident in CASE.incidents(seed) if incident.name == "feast"}) == 3


def test_an_incident_may_be_changed_and_stays_itself():
    case = replace(CASE, timeline=(replace(CASE.timeline[0], distractor=True, says="a feast"), CASE.timeline[1]))
    found = fit(FEAST + 'at = "1d"\nsize = 0.25\nlasts = "6h"', case=case)
    run = fly(found.case, PAR, 3)
    feast = next(incident for incident in found.case.happened(run) if incident.name == "feast")
    assert (feast.size, feast.lasts, feast.says, feast.distractor, feast.at) == (
        0.25,
        6 * HOUR,
        "a feast",
        True,
        day(1),
    )
    assert [one.name for one in found.case.happened(run)].count("feast") == 1


def test_an_incident_that_the_scenario_adds_may_be_changed():
    more = '[scenario]\nadd = [{name = "hail", kind = "rush", at = "1d", size = 0.1}]\n'
    found = fit(HEAD + more + '[[event]]\nname = "hail"\nsize = 0.2\nat = "2d"')
    hail = next(one for one in found.case.incidents(0) if one.name == "hail")
    assert (hail.size, found.events[0].when) == (0.2, "since 172800s")


def test_what_a_level_leaves_out_can_be_had_again():
    found = fit(FEAST + "[scenario]\nlevel = 1")
    assert fly(found.case, PAR, 0).fired["feast"] == day(2)


def test_the_condition_of_the_case_stays_where_the_script_says_nothing_of_when():
    found = fit(HEAD + '[[event]]\nname = "bell"', case=ALWAYS)
    assert found.events[0].when == "since 432000s and (asked > 1000000.0)"
    assert fit(HEAD + '[[event]]\nname = "bell"\nat = "1d"', case=ALWAYS).events[0].when == "since 86400s"


def test_what_is_part_of_the_world_is_scheduled_alone():
    case = replace(ALWAYS, timeline=CASE.timeline)
    found = fit(RAIN + 'at = "2d"\n[[event]]\nname = "feast"', case=case)
    assert [(event.name, event.at, event.when) for event in found.events] == [
        ("rain", day(2), ""),
        ("feast", day(2), ""),
    ]
    assert {one.name: (one.at, one.when) for one in found.case.incidents(5)} == {
        "feast": (day(2), None), "rain": (day(2), None), "strike": (day(3), None),
    }  # fmt: skip
    for when in ("by hand", "asked > 3"):
        said = refused(RAIN + f'when = "{when}"', case)
        assert f"event[0].when = '{when}'" in said and "only be scheduled" in said


# what is kept of it


@pytest.mark.parametrize("alone", [True, False])
def test_a_flight_of_it_is_flown_again_from_what_is_kept(alone):
    text = RAIN + 'at = "2d"\n[[event]]\nname = "feast"\nsize = 0.3\n[[event]]\nname = "strike"\nwhen = "by hand"\n'
    found = fit(text + "[scenario]\nlevel = 3\nworld = {people = 90}", alone=alone)
    run = fly(found.case, PAR, 3)
    kept = SimpleNamespace(case="stall", revision=CASE.revision, scenario=run.scenario)
    assert fly(dressed(case_of(kept, load), found.script), PAR, 3).digest() == run.digest()


def test_until_somebody_fires_it_a_flight_is_the_same_whatever_comes_then():
    room = fit(RAIN + 'when = "by hand"').case
    scenario = room.scenario
    later = room.under(replace(scenario, when={"rain": fit(RAIN + 'at = "3d"').case.scenario.when["rain"]}))
    never, fired = fly(room, PAR, 3), fly(later, PAR, 3)
    assert never.digest_until(day(3) - 1) == fired.digest_until(day(3) - 1)
    assert never.asked() < fired.asked()


# the requirement


def test_alone_the_requirement_holds_and_brings_its_event():
    text = RAIN + 'when = "by hand"\nat = "1d"\n' + ASKED + 'event = "rain"\ntargets = {served = 0.4}'
    room, alone = fit(text), fit(text, alone=True)
    assert [target.limit for target in room.case.targets] == [100.0, 0.2]
    assert [target.limit for target in alone.case.targets] == [100.0, 0.4]
    assert (room.events[0].when, alone.events[0].when) == ("never", "since 345600s")
    assert fly(alone.case, PAR, 3).fired["rain"] == day(4)


def test_a_requirement_by_hand_is_due_in_the_middle():
    script = read_script(HEAD + ASKED.replace('at = "4d"', 'when = "by hand"'))
    assert due(script, CASE) == day(3)


# what is asked and known


def test_facts_come_out_as_they_are_written():
    answer = "It costs $5, ${people} or $$; {0} %s"
    found = fit(HEAD + f'[[fact]]\nask = "How ${{much}}?"\nanswer = "{answer}"\nafter = "1d"')
    question = found.case.board.questions[-1]
    assert (question.ask, question.after) == ("How ${much}?", DAY)
    assert question.answered(found.case.world_setting().values()) == answer


def test_a_case_is_dressed_under_whatever_scenario():
    script = read_script(HEAD + '[[fact]]\nask = "a"\nanswer = "b"\n[[probe]]\nname = "wait"')
    flown = CASE.but(level=1)
    clad = dressed(flown, script)
    assert (clad.scenario, [probe.name for probe in clad.probes]) == (flown.scenario, ["wait"])
    assert len(clad.board.questions) == len(CASE.board.questions) + 1


# what is wrong

BAD = {
    "no case": (HEAD.replace("stall", "stal"), "case = 'stal'", "did you mean 'stall'?"),
    "a level": (HEAD + "[scenario]\nlevel = 9", "scenario: ", "1, 2, 3"),
    "a word of a scenario": (HEAD + "[scenario]\nself = 1", "scenario: unknown", "level, world"),
    "a setting": (HEAD + "[scenario]\nworld = {peple = 3}", "scenario: ", "did you mean 'people'?"),
    "a gauge of a scenario": (HEAD + '[scenario]\nwhen = {feast = "aksed > 3"}', "when.feast = ", "mean 'asked'?"),
    "a gauge in a table": (
        HEAD + '[scenario]\nwhen = {feast = {gauge = "aksed", above = 3}}', "when.feast.gauge = ", "mean 'asked'?"),
    "a kind": (RAIN.replace("rush", "rash"), "event[0].kind = 'rash'", "did you mean 'rush'?"),
    "an incident": (FEAST.replace("feast", "fest"), "event[0].name = 'fest'", "did you mean 'feast'?"),
    "an incident as its own": (RAIN.replace("rain", "feast"), "event[0].name = 'feast'", "no incident of the case"),
    "what is dropped": (FEAST + '[scenario]\ndrop = ["feast"]', "event[0].name = 'feast'", "scenario.drop"),
    "a size": (RAIN.replace("0.5", "50"), "event[0].size = 50.0", "from 0 to 10 of the usual rate"),
    "a size of the case": (FEAST + "size = 50", "event[0].size = 50.0", "from 0 to 10 of the usual rate"),
    "no size": (RAIN.replace("size = 0.5\n", ""), "event[0].size is missing", "from 0 to 10 of the usual rate"),
    "a time": (RAIN + 'at = "6d"', "event[0].at = '6d'", "before the end of the flight, 6d"),
    "a gauge": (RAIN + 'when = "aksed > 3"', "event[0].when = ", "did you mean 'asked'?"),
    "a dial": (RAIN + 'when = "lime changed"', "event[0].when = ", "did you mean 'line'?"),
    "a figure in flight": (RAIN + 'when = "served > 0.1"', "served is known only when the flight has landed", "asked"),
    "a target": (HEAD + ASKED + "targets = {serve = 1}", "requirement.targets.serve = 1.0", "'served'?"),
    "a target in two lines": (HEAD + ASKED + 'targets = {"a\\nb" = 1}', "targets.'a\\nb' = 1.0", "known: profit"),
    "a target beyond": (HEAD + ASKED + "targets = {served = 1e300}", "requirement.targets.served = 1e+300", "a number"),
    "a gauge of two lines": (HEAD + '[scenario]\nwhen = {"a\\nb" = "aksed > 3"}', "when.'a\\nb' = ", "mean 'asked'?"),
    "a move in two lines": (HEAD + '[scenario]\nmove = {"a\\nb" = "soon"}', "move.a\\nb 'soon'", "not a time"),
    "a fixed dial": (HEAD + ASKED + "limits = {servers = {most = 1}}", "requirement.limits = 'servers'", "known: line"),
    "a limit": (HEAD + ASKED + "limits = {line = {most = 2}}", "requirement.limits.line.most = 2.0", "0 to 1 score"),
    "limits crossed": (HEAD + ASKED + "limits = {line = {least = 0.5, most = 0.4}}", "line.least = 0.5", "at most 0.4"),
    "an option": (HEAD + ASKED + 'limits = {line = {only = ["a"]}}', "requirement.limits.line.only", "0 to 1 score"),
    "a late requirement": (HEAD + ASKED.replace("4d", "6d"), "requirement.at = '6d'", "before the end of the flight"),
    "a late fact": (HEAD + '[[fact]]\nask = "a"\nanswer = "b"\nafter = "7d"', "fact[0].after = '7d'", "before the end"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_there_is_named(what):
    text, *hints = BAD[what]
    said = refused(text)
    assert all(hint in said for hint in hints), said
