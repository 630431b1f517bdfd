"""What a player does is plain data: it goes out and comes in again, and what comes in from outside is checked."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_case import CASE, HORIZON, ToyDesign

from simulator.errors import BadInput
from simulator.plan import Act, Change, Plan
from simulator.units import DAY, day

TIMES = st.floats(0, HORIZON, exclude_max=True) | st.integers(0, 5).map(day)
WHYS = st.text(st.characters(codec="utf-8"), max_size=20)
LINES = st.floats(0, 1)
STEPS = st.lists(st.tuples(st.sampled_from(["turn", "retrain"]), TIMES, WHYS, LINES), max_size=8)


@st.composite
def plans(draw) -> Plan:
    """Draw a plan of the toy case: some changes and acts, several of them at one instant."""
    plan = Plan(ToyDesign(servers=draw(st.integers(1, 5)), line=draw(LINES)))
    for what, at, why, line in draw(STEPS):
        turn = what == "turn"
        plan = plan.then(at, why, line=line) if turn else plan.do(at, "retrain", why, boost=0.5 + line)
    return plan.checked(ToyDesign, CASE.menu(), HORIZON)


def read(text: str | bytes) -> Plan:
    """Read *text* as a plan of the toy case."""
    return Plan.from_json(text, ToyDesign, CASE.menu(), HORIZON)


@given(plans())
def test_a_plan_survives_json(plan):
    assert read(plan.to_json()) == plan
    assert read(plan.to_json()).to_json() == plan.to_json()
    assert read(plan.to_json().encode()) == plan


@given(plans())
def test_checking_a_checked_plan_changes_nothing(plan):
    assert plan.checked(ToyDesign, CASE.menu(), HORIZON) == plan


@given(plans(), TIMES, LINES)
def test_a_plan_is_extended_and_never_changed(plan, at, line):
    before = plan.to_json()
    longer = plan.then(at, line=line).do(at, "retrain")
    assert plan.to_json() == before
    assert len(longer.changes) == len(plan.changes) + 1 and len(longer.acts) == len(plan.acts) + 1
    assert set(map(id, plan.changes)) <= set(map(id, longer.changes))


@given(plans())
def test_steps_stand_in_order_of_time(plan):
    for steps in (plan.changes, plan.acts):
        assert [step.at for step in steps] == sorted(step.at for step in steps)


def test_steps_at_one_instant_stand_in_the_order_they_were_decided():
    plan = Plan(ToyDesign()).then(5.0, line=0.1).then(3.0, line=0.2).then(5.0, line=0.3).then(5.0, line=0.4)
    assert [change.dials["line"] for change in plan.changes] == [0.2, 0.1, 0.3, 0.4]


def test_what_an_act_is_not_told_takes_its_default():
    plan = Plan(ToyDesign()).do(DAY, "retrain").checked(ToyDesign, CASE.menu(), HORIZON)
    assert plan.acts[0].arguments == {"boost": 1.0}


def test_times_may_be_written_for_people():
    plan = read('{"changes": [{"at": "12h", "dials": {"line": "0.25"}, "why": "a try"}]}')
    assert plan.changes == (Change(DAY / 2, {"line": 0.25}, "a try"),)


ONE = {"at": 1, "dials": {"line": 0.5}}
BAD = {
    "empty": ("", "not JSON"),
    "half": ('{"design": {', "not JSON"),
    "not utf-8": (b"\xff\xfe{}", "not JSON"),
    "a list": ("[]", "document"),
    "a number": ("3", "document"),
    "null": ("null", "document"),
    "key twice": ('{"design": {"line": 0.1, "line": 0.2}}', "'line' stands there twice"),
    "nan": ('{"design": {"line": NaN}}', "NaN is not a number"),
    "infinity": ('{"changes": [{"at": Infinity, "dials": {}}]}', "Infinity is not a number"),
    "beyond floats": ('{"design": {"line": 1e999}}', "line"),
    "time beyond floats": ('{"changes": [{"at": 1e999, "dials": {}}]}', "time"),
    "huge integer": ('{"design": {"servers": 1' + "0" * 400 + "}}", "servers"),
    "endless integer": ('{"design": {"servers": 1' + "0" * 9000 + "}}", "plan"),
    "too long": ('"' + "x" * 300_000 + '"', "too long"),
    "too deep": ("[" * 100_000, "too deeply"),
    "unknown key": ({"dessign": {}}, "dessign: .*design, changes, acts"),
    "unknown key of a change": ({"changes": [{**ONE, "wy": ""}]}, "changes.0.wy: .*at, dials, why"),
    "unknown key of an act": ({"acts": [{"at": 1, "act": "retrain", "x": 1}]}, "acts.0.x: .*at, act"),
    "a change without a time": ({"changes": [{"dials": {}}]}, "changes.0.at"),
    "a change without dials": ({"changes": [{"at": 1}]}, "changes.0.dials"),
    "a reason that is no text": ({"changes": [{**ONE, "why": 3}]}, "changes.0.why"),
    "a reason that is a book": ({"changes": [{**ONE, "why": "x" * 2001}]}, "reason of 2001 characters"),
    "true as a time": ({"changes": [{"at": True, "dials": {}}]}, "changes.0.at"),
    "a time in words": ({"changes": [{"at": "noon", "dials": {}}]}, "'noon' is not a time"),
    "a time before take-off": ({"changes": [{"at": -1, "dials": {}}]}, "not negative"),
    "the horizon": ({"changes": [{"at": "6d", "dials": {}}]}, "6d is outside the flight"),
    "a time after it": ({"acts": [{"at": "9d", "act": "retrain"}]}, "outside the flight"),
    "unknown dial": ({"design": {"lin": 0.5}}, "did you mean 'line'"),
    "unknown dial in flight": ({"changes": [{"at": 1, "dials": {"lin": 0.5}}]}, "did you mean 'line'"),
    "fixed dial in flight": ({"changes": [{"at": 1, "dials": {"servers": 3}}]}, "servers is fixed .*live dials: line"),
    "out of range": ({"design": {"line": 1.5}}, "line = 1.5 .*from 0 to 1"),
    "out of range in flight": ({"changes": [{"at": 1, "dials": {"line": -0.1}}]}, "line = -0.1 .*from 0 to 1"),
    "wrong type": ({"design": {"line": [0.5]}}, "line = "),
    "true as a number": ({"design": {"line": True}}, "line = True"),
    "half a server": ({"design": {"servers": 1.5}}, "a whole number from 1 to 5"),
    "unknown act": ({"acts": [{"at": 1, "act": "retrian"}]}, "did you mean 'retrain'"),
    "unknown argument": ({"acts": [{"at": 1, "act": "retrain", "arguments": {"bost": 1}}]}, "did you mean 'boost'"),
    "argument out of range": ({"acts": [{"at": 1, "act": "retrain", "arguments": {"boost": 9}}]}, "from 0.5 to 2"),
    "too many steps": ({"changes": [ONE] * 1001}, "1001 changes and acts are too many"),
    "dial called at": ({"changes": [{"at": 1, "dials": {"at": 3}}]}, "unknown dial 'at'"),
    "dial called why": ({"changes": [{"at": 1, "dials": {"why": 3}}]}, "unknown dial 'why'"),
    "dial called self": ({"changes": [{"at": 1, "dials": {"self": 3}}]}, "unknown dial 'self'"),
    "argument called act": ({"acts": [{"at": 1, "act": "retrain", "arguments": {"act": 1}}]}, "argument .*'act'"),
    "argument called self": ({"acts": [{"at": 1, "act": "retrain", "arguments": {"self": 1}}]}, "argument .*'self'"),
    "a name over two lines": ({"acts": [{"at": 1, "act": "re\ntrain"}]}, "unknown act"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plan_is_refused_in_one_line_that_names_the_field(name):
    given, says = BAD[name]
    with pytest.raises(BadInput, match=says) as error:
        read(given if isinstance(given, str | bytes) else json.dumps(given))
    assert str(error.value).isprintable() and len(str(error.value)) < 400


@pytest.mark.parametrize("depth", [10, 300, 500, *range(600, 1000, 13), 5000])
def test_no_depth_of_nesting_is_too_much_for_the_reader(depth):
    with pytest.raises(BadInput):
        read('{"changes": [{"at": 1, "dials": {"line": ' + "[" * depth + "]" * depth + "}}]}")


WORDS = st.sampled_from(
    ["line", "1d", "retrain", "design", "changes", "acts", "at", "dials", "servers", "boost", "self"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
A_CHANGE = st.fixed_dictionaries({"at": JSON, "dials": JSON})
AN_ACT = st.fixed_dictionaries({"at": JSON, "act": JSON | st.just("retrain"), "arguments": JSON})
DOCUMENT = {
    "design": JSON,
    "changes": st.lists(A_CHANGE | JSON, max_size=2),
    "acts": st.lists(AN_ACT | JSON, max_size=2),
}


@given(st.fixed_dictionaries({}, optional=DOCUMENT))
def test_any_document_is_a_plan_or_refused(data):
    try:
        plan = read(json.dumps(data))
    except BadInput as error:
        assert str(error).isprintable()
        return
    assert read(plan.to_json()) == plan


@given(st.binary(max_size=40) | st.text(max_size=40))
def test_any_bytes_are_a_plan_or_refused(text):
    try:
        read(text)
    except BadInput as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("at", [math.nan, math.inf, -1.0, HORIZON, 2 * HORIZON])
def test_a_plan_made_by_hand_is_checked_as_well(at):
    for plan in (Plan(ToyDesign(), (Change(at, {"line": 0.5}),)), Plan(ToyDesign(), (), (Act(at, "retrain"),))):
        with pytest.raises(BadInput):
            plan.checked(ToyDesign, CASE.menu(), HORIZON)


def test_a_plan_for_another_case_is_refused(toy):
    with pytest.raises(BadInput, match="takes a ToyDesign"):
        Plan(toy.setting()).checked(ToyDesign, CASE.menu(), HORIZON)


def test_an_extension_is_checked_at_once():
    plan = Plan(ToyDesign())
    for wrong in (
        lambda: plan.then(1.0, lin=0.5),
        lambda: plan.then(1.0, servers=3),
        lambda: plan.then(math.nan, line=0.5),
    ):
        with pytest.raises(BadInput):
            wrong()


def test_a_thousand_steps_are_checked_quickly(benchmark_seconds):
    plan = Plan(ToyDesign(), tuple(Change(float(n), {"line": 0.5}) for n in range(1000)))
    assert benchmark_seconds(lambda: plan.checked(ToyDesign, CASE.menu(), HORIZON)) < 1.0
