"""A flight comes back as it was: its case under its scenario, number for number, and its plan, to the same digest."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from toy_case import CASE

import cases
from simulator.errors import BadInput
from simulator.incidents import Incident, When
from simulator.plan import Plan
from simulator.simulation import simulate
from simulator.store import Store, case_of, plan_of
from simulator.units import day

ADDED = {"name": "crowd", "kind": "rush", "at": "1d", "lasts": "12h", "size": 2.0, "says": "a crowd"}
CONDITION = {"gauge": "asked", "above": 90}
SCENARIOS = (
    {},
    {"level": 3},
    {"world": {"people": 100}},
    {"drop": ["strike", "feast"]},
    {"move": {"feast": "4d"}},
    {"when": {"feast": CONDITION}},
    {"add": [ADDED]},
    {"add": [{**ADDED, "when": CONDITION, "jitter": "1h"}]},
    {"add": [Incident("crowd", "rush", 86400, lasts=3600, size=2, distractor=True, when=When("asked", "below", 90))]},
    {"level": 1, "add": [ADDED], "drop": ["strike"], "world": {"people": "50"}},
    {"targets": {"profit": 5, "served": 0.9}, "when": {"feast": "never", "strike": "since 2d and asked > 9"}},
)


@pytest.fixture
def store():
    store = Store(None, lambda: 1.0, iter(f"id-{n}" for n in range(1000)).__next__)
    yield store
    store.close()


def again(store, case, load):
    """The case of a flight that has been to the store and, as text, to elsewhere."""
    flight = store.begin(case, case.plan(), 0, "training")
    return case_of(replace(flight, scenario=json.loads(json.dumps(flight.scenario))), load)


@pytest.mark.parametrize("words", SCENARIOS)
def test_any_scenario(store, words):
    case = CASE.but(**words)
    found = again(store, case, lambda name: CASE)
    assert json.dumps(found.scenario.to_data()) == json.dumps(case.scenario.to_data())
    assert (found.incidents(3), found.world_setting()) == (case.incidents(3), case.world_setting())
    assert found.targets == case.targets
    assert simulate(found, None, 3, until=day(2)).digest() == simulate(case, None, 3, until=day(2)).digest()


def test_a_scenario_as_a_file_has_it(store):
    """A TOML table may say 100.0 where 100 is meant, and the digest of a run keeps that."""
    from simulator.scenario import Scenario

    case = replace(CASE, scenario=Scenario.from_toml("[scenario]\nworld = {people = 100.0}", CASE.kinds))
    found = again(store, case, lambda name: CASE)
    assert json.dumps(found.scenario.to_data()) == json.dumps(case.scenario.to_data())


def test_a_case_that_comes_with_a_scenario(store):
    own = CASE.but(drop=["strike"], add=[ADDED])
    found = again(store, own, lambda name: own)
    assert found.scenario.to_data() == own.scenario.to_data()


def words_for(case) -> dict:
    """Words for every key of a scenario, made of what *case* has."""
    kind = next(kind for kind in case.kinds if not case.kinds[kind].always)
    setting = next(dial for dial in case.setting.dials() if dial.kind in ("number", "integer"))
    top = case.kinds[kind]
    condition = {"gauge": "queue", "below": 3.5}
    added = {"name": "extra", "kind": kind, "at": case.horizon / 3, "size": (top.low + top.high) / 2, "says": "x",
             "when": condition}  # fmt: skip
    free = [i.name for i in case.timeline if not case.kinds[i.kind].always and not i.when]
    return {
        "world": {setting.name: (setting.low + setting.default) / 2 if setting.kind == "number" else setting.default},
        "add": [added],
        "drop": [case.timeline[-1].name],
        "move": {case.timeline[0].name: case.horizon / 2},
        "when": {free[0]: condition} if free and free[0] != case.timeline[-1].name else {},
    }


@pytest.mark.parametrize("name", cases.names())
def test_every_case(store, name):
    case = cases.load(name)
    derived = [case.but(level=level) for level in case.levels]
    words = words_for(case)
    derived += [case.but(level=min(case.levels), world=words["world"])]
    derived += [case.but(level=max(case.levels), **words)]
    for one in derived:
        found = again(store, one, cases.load)
        assert json.dumps(found.scenario.to_data()) == json.dumps(one.scenario.to_data())
        assert (found.incidents(1), found.world_setting()) == (one.incidents(1), one.world_setting())
    assert derived[-1].scenario.add and derived[-1].scenario.move and derived[-1].scenario.drop


def test_a_plan_flies_to_the_same_digest(store):
    plan = Plan(CASE.design(servers=3)).then(day(1), "a", line=0.4).do(day(2), "retrain", "b", boost=1.5)
    flight = store.begin(CASE, CASE.plan(plan), 5, "training")
    case = case_of(flight, lambda name: CASE)
    assert simulate(case, plan_of(flight, case), 5).digest() == simulate(CASE, plan, 5).digest()


def test_another_revision(store):
    flight = store.begin(CASE, CASE.plan(), 0, "training")
    with pytest.raises(BadInput, match=r"revision 1 of .*this is revision 2"):
        case_of(flight, lambda name: replace(CASE, revision=2))


@pytest.mark.parametrize(
    "data",
    [
        [], "x", None, {"levels": 2}, {"level": "2"}, {"level": 9}, {"world": 3}, {"world": {"gravity": 1}},
        {"world": {"people": [1]}}, {"when": [1]}, {"when": {"feast": {"gauge": "a", "test": "near", "value": 1}}},
        {"when": {"feast": {"gauge": "a", "test": ["x"], "value": 1}}}, {"when": {"feast": None}},
        {"add": 3}, {"add": [3]}, {"add": [{"name": "a"}]}, {"add": [{**ADDED, "distractor": "yes"}]},
        {"add": [{**ADDED, "size": float("nan")}]}, {"add": [{**ADDED, "end": 3}]}, {"add": {"a": 1}},
        {"drop": "feast"},
        {"move": {"feast": "soon"}}, {3: 4}, {"add": [{**ADDED, "when": 3}]}, {"add": [{**ADDED, "name": 4}]},
        {"drop": [["feast"]]}, {"add": [{**ADDED, "kind": ["rush"]}]},
    ],
)  # fmt: skip
def test_scenarios_that_are_none(store, data):
    flight = replace(store.begin(CASE, CASE.plan(), 0, "training"), scenario=data)
    with pytest.raises(BadInput):
        case_of(flight, lambda name: CASE)


def test_plans_that_are_none(store):
    flight = store.begin(CASE, CASE.plan(), 0, "training")
    for data in ([], {"design": {"servers": 99}}, {"acts": [{"at": 1, "act": "dance"}]}):
        with pytest.raises(BadInput):
            plan_of(replace(flight, plan=data), CASE)
