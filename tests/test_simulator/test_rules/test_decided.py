"""Behaviours in a few words, held against made-up plans and looks on the toy case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.plan import Plan
from simulator.record import Look, Record
from simulator.rules import ended_with, gave_reasons, held, left_alone, looked_first, reacted, stood, under
from simulator.simulation import simulate
from simulator.units import day

STRIKE = day(3)


@pytest.fixture(scope="module")
def stall(toy):
    """The toy case with a siren on day 2, which rings as an alarm at its own moment, too."""
    return toy.but(add=[{"name": "siren", "kind": "siren", "at": day(2), "says": "a siren"}])


@pytest.fixture
def logged(stall):
    """A maker of logs: of a plan, flown for so many days, with looks (what, day)."""

    def make(plan=None, looks=None, days=6.0):
        record = None if looks is None else Record(tuple(Look(what, day(at), 0.0) for what, at in looks))
        return stall.log(simulate(stall, plan, 0, until=day(days)), record)

    return make


def plan(stall, *turns, line=0.7) -> Plan:
    """Turn the line on each (day, value, why)."""
    made = Plan(stall.design(line=line))
    for at, value, *why in turns:
        made = made.then(day(at), *why, line=value)
    return made


def told(design) -> str:
    return f"the line is at {design.line:g}"


def low(design) -> bool:
    return design.line <= 0.5


def shown(occasions) -> list[tuple[float, bool]]:
    return [(one.at / day(1), one.shown) for one in occasions]


# --- designs


def test_take_off_is_an_occasion_and_so_is_each_change_that_alters_the_answer(stall, logged):
    log = logged(plan(stall, (1, 0.4), (2, 0.3), (3, 0.6), (4, 0.65)))
    found = stood(low, told)(log)
    assert shown(found) == [(0, False), (1, True), (3, False)]
    assert [one.because for one in found] == [
        "take-off: the line is at 0.7", "day 1: the line is at 0.4", "day 3: the line is at 0.6",
    ]  # fmt: skip


def test_what_stands_for_less_than_a_step_is_no_answer(stall, logged):
    assert shown(stood(low, told)(logged(plan(stall, (0.9, 0.7), line=0.4)))) == [(0.9, False)]
    assert shown(stood(low, told)(logged(plan(stall, (2, 0.4), (2.9, 0.7))))) == [(0, False)]
    assert shown(stood(low, told)(logged(plan(stall, (2, 0.4), (3, 0.7))))) == [(0, False), (2, True), (3, False)]


def test_a_rule_may_be_made_for_the_parameters_of_the_world(stall, logged):
    log = replace(logged(plan(stall)), setting=0.8)
    rule = under(lambda limit: stood(lambda d: d.line <= limit, told))
    assert [shown(rule(replace(log, setting=limit))) for limit in (0.71, 0.69)] == [[(0, True)], [(0, False)]]


def test_turning_a_dial_to_where_it_stands_is_no_decision(stall, logged):
    log = logged(plan(stall, (1, 0.7), (2, 0.4), (3, 0.4), (4, 0.7)))
    assert [(step.at / day(1), step.value) for step in log.steps("line")] == [(2, 0.4), (4, 0.7)]


def test_a_change_after_the_end_alters_nothing(stall, logged):
    assert shown(stood(low, told)(logged(plan(stall, (3, 0.4)), days=2))) == [(0, False)]


@pytest.mark.parametrize(
    ("turns", "start", "expected", "line"),
    [
        ([], 0.4, True, 0.4),  # it held all along
        ([(4, 0.4)], 0.7, True, 0.4),
        ([(5.01, 0.4)], 0.7, False, 0.7),  # too late
        ([(2.9, 0.4)], 0.7, True, 0.4),  # before it began
        ([(2.9, 0.4), (2.95, 0.7)], 0.7, False, 0.7),
        ([(4, 0.4), (5, 0.7)], 0.7, True, 0.4),  # for a step of the case
        ([(4, 0.4), (4.9, 0.7)], 0.7, False, 0.7),  # for less
    ],
)
def test_a_design_may_come_to_hold_within_some_time_of_an_incident(stall, logged, turns, start, expected, line):
    found = held("strike", low, told, day(2))(logged(plan(stall, *turns, line=start)))
    assert shown(found) == [(3, expected)]
    assert found[0].because == f"strike (day 3): the line is at {line:g}"


def test_dials_that_never_rest_hold_nothing(stall, logged):
    restless = [(3 + 0.1 * n, 0.7) for n in range(29)]
    assert shown(held("strike", low, told, day(2))(logged(plan(stall, *restless, line=0.4)))) == [(3, False)]


def test_nothing_is_held_where_the_incident_did_not_happen_or_the_run_ended_sooner(stall, logged):
    assert held("flood", low, told, day(2))(logged()) == []
    assert held("strike", low, told, day(2))(logged(days=4)) == []
    early = held("strike", low, told, day(2))(logged(plan(stall, (3.5, 0.4)), days=4))
    assert shown(early) == [(3, True)], "what was done in time was done"
    assert shown(held("strike", low, told, day(9))(logged())) == [(3, False)], "the flight is over"


@pytest.mark.parametrize(("limit", "at_most", "expected"), [(0.0, False, True), (0.0, True, False), (1.0, True, True)])
def test_a_figure_is_held_against_a_limit_at_the_end(logged, limit, at_most, expected):
    log = logged()
    found = ended_with("served", limit, at_most=at_most, told="served {} of them")(log)
    assert shown(found) == [(6, expected)]
    assert found[0].because == f"served {log.run.kpis()['served']:.3g} of them"


def test_the_limit_itself_is_kept_and_an_unknown_figure_asks_for_nothing(logged):
    log = logged()
    exact = log.run.kpis()["served"]
    assert all(ended_with("served", exact, at_most=side, told="{}")(log)[0].shown for side in (True, False))
    assert ended_with("no such figure", 1.0, at_most=True, told="{}")(log) == []


# --- reactions


@pytest.mark.parametrize(("at", "expected"), [(2.99, False), (3.0, True), (3.5, True), (4.0, True), (4.0001, False)])
def test_a_step_within_the_time_is_a_reaction(stall, logged, at, expected):
    assert shown(reacted("strike", ("line",), day(1))(logged(plan(stall, (at, 0.4))))) == [(3, expected)]


def test_a_reaction_says_how_long_it_took(stall, logged):
    rule = reacted("strike", ("line",), day(1))
    assert rule(logged(plan(stall, (3.5, 0.4))))[0].because == "strike (day 3): Line 0.5 days later"
    assert rule(logged())[0].because == "strike (day 3): nothing followed within 1 day"


def test_other_steps_and_steps_that_do_not_count_are_no_reaction(stall, logged):
    log = logged(plan(stall, (3.5, 0.4)).do(day(3.7), "retrain", boost=2.0))
    assert shown(reacted("strike", ("servers",), day(1))(log)) == [(3, False)]
    assert shown(reacted("strike", ("line",), day(1), lambda step: step.value > 0.5)(log)) == [(3, False)]
    assert shown(reacted("strike", ("retrain",), day(1), lambda step: step.value["boost"] == 2.0)(log)) == [(3, True)]


def test_an_alarm_is_a_trigger_each_time_it_rings(stall, logged):
    log = logged(plan(stall, (1, 0.95), (1.5, 0.5), (4, 0.96)))
    assert [alarm.at for alarm in log.alarms("high")] == [day(1), day(4)]
    assert shown(reacted("high", ("line",), day(1), lambda step: step.value < 0.9)(log)) == [(1, True), (4, False)]


def test_an_incident_that_rings_at_its_own_moment_is_one_trigger(stall, logged):
    log = logged(plan(stall, (2.5, 0.4)))
    assert log.happened("siren").at == log.alarms("siren")[0].at == day(2)
    assert shown(reacted("siren", ("line",), day(1))(log)) == [(2, True)]
    assert shown(left_alone("siren", ("line",), day(1))(log)) == [(2, False)]
    assert shown(left_alone("siren", ("line",), day(0.4))(log)) == [(2, True)]


def test_who_ended_before_the_time_was_over_is_asked_only_what_was_done(stall, logged):
    idle, busy = logged(days=3.5), logged(plan(stall, (3.2, 0.4)), days=3.5)
    for rule, turned in ((reacted, True), (left_alone, False)):
        assert rule("strike", ("line",), day(1))(idle) == []
        assert shown(rule("strike", ("line",), day(1))(busy)) == [(3, turned)]
    assert shown(left_alone("strike", ("line",), day(9))(logged())) == [(3, True)], "the flight is over"


# --- looks and reasons


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([], False),
        ([("chart:drift", 3.5)], True),
        ([("chart:drift", 4.0)], True),  # at the very moment
        ([("chart:drift", 3.0)], True),
        ([("chart:drift", 2.999)], False),  # long ago
        ([("chart:drift", 4.001)], False),  # afterwards
        ([("chart:flow", 3.5)], False),  # something else
        ([("panel:drift", 3.5)], False),
    ],
)
def test_a_look_counts_when_it_came_before_the_step(stall, logged, looks, expected):
    log = logged(plan(stall, (4, 0.4)), looks)
    assert shown(looked_first(("line",), ("chart:drift", "chart:slices"), day(1))(log)) == [(4, expected)]


def test_a_look_alone_earns_nothing(logged):
    assert looked_first(("line",), ("chart:drift",), day(1))(logged(looks=[("chart:drift", 1)])) == []


def test_it_is_said_what_had_been_opened(stall, logged):
    rule = looked_first(("line",), ("chart:drift", "panel:model", "question:2"), day(1))
    opened = logged(plan(stall, (4, 0.4)), [("chart:drift", 3.6), ("question:2", 3.7), ("chart:drift", 3.8)])
    assert rule(opened)[0].because == "before Line (day 4) had opened drift, question 2"
    unopened = logged(plan(stall, (4, 0.4)), [])
    assert rule(unopened)[0].because == "before Line (day 4) had not opened drift or model or question 2"


def test_each_step_is_an_occasion_and_nobody_sat_in_a_run_without_a_record(stall, logged):
    rule, turns = looked_first(("line",), ("chart:drift",), day(0.5)), plan(stall, (2, 0.4), (4, 0.5))
    assert shown(rule(logged(turns, [("chart:drift", 3.9)]))) == [(2, False), (4, True)]
    assert shown(rule(logged(turns))) == [(2, False), (4, False)]


def test_take_off_is_a_step_where_it_is_named(stall, logged):
    asked = logged(plan(stall, (4, 0.4)), [("question:0", 0.0)])
    found = looked_first(("take-off",), ("question:0",), 0.0)(asked)
    assert shown(found) == [(0, True)]
    assert found[0].because == "before take-off had opened question 0"
    assert shown(looked_first(("take-off", "line"), ("question:0",), day(1))(asked)) == [(0, True), (4, False)]
    assert shown(looked_first((), ("question:0",), day(1))(asked)) == [(4, False)], "all steps in flight"


@pytest.mark.parametrize(("why", "given"), [("", False), ("because", False), ("they wait", True)])
def test_a_reason_is_two_words_or_more(stall, logged, why, given):
    found = gave_reasons()(logged(plan(stall, (4, 0.4, why))))
    assert shown(found) == [(4, given)]
    assert found[0].because == f"line on day 4: {f'“{why}”' if why else 'no reason'}"


def test_acts_want_reasons_too(stall, logged):
    log = logged(plan(stall, (4, 0.4, "they wait")).do(day(5), "retrain"))
    assert shown(gave_reasons()(log)) == [(4, True), (5, False)]
