"""A scenario is a case changed by data; the words of a table and those of `but` are the same."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_case import CASE

from simulator.errors import BadInput
from simulator.incidents import Incident, When
from simulator.scenario import Scenario, read_toml
from simulator.simulation import simulate
from simulator.units import day

TOML = """\
[scenario]
level = 3
drop = ["strike"]
add = [{ name = "crowd", kind = "rush", at = "1d", lasts = "12h", size = 2.0, says = "a crowd" }]
[scenario.world]
people = 100
[scenario.move]
feast = "4d"
[scenario.when]
feast = { gauge = "asked", above = 90 }
[scenario.targets]
served = 0.3
"""
WORDS = {
    "level": 3,
    "drop": ["strike"],
    "add": [{"name": "crowd", "kind": "rush", "at": "1d", "lasts": "12h", "size": 2.0, "says": "a crowd"}],
    "world": {"people": 100},
    "move": {"feast": "4d"},
    "when": {"feast": {"gauge": "asked", "above": 90}},
    "targets": {"served": 0.3},
}


def names(case) -> list[str]:
    """List the incidents of *case*."""
    return [incident.name for incident in case.incidents(0)]


def test_a_table_says_what_but_says():
    read = Scenario.from_toml(TOML, CASE.kinds)
    assert read == Scenario.of(WORDS, CASE.kinds)
    assert CASE.but(**WORDS).scenario.to_data() == read.to_data()


def test_a_scenario_changes_the_case_and_leaves_the_case_as_it_was():
    before = CASE.scenario.to_data()
    case = CASE.but(**WORDS)
    assert case.world_setting().people == 100
    assert {i.name: (i.at, i.when) for i in case.incidents(5)} == {
        "feast": (day(4), When("asked", "above", 90.0)), "crowd": (day(1), None),
    }  # fmt: skip
    assert (CASE.scenario.to_data(), names(CASE)) == (before, ["feast", "strike"])


def test_a_moved_incident_has_no_jitter():
    case = CASE.but(move={"feast": "4d"})
    assert {case.incidents(seed)[0].at for seed in range(20)} == {day(4)}
    assert len({CASE.incidents(seed)[0].at for seed in range(20)}) == 20


def test_what_comes_later_wins():
    case = CASE.but(level=3, world={"people": 50}).but(world={"people": 70, "grid": 60}).but(drop=["feast"])
    assert (case.scenario.level, case.world_setting().people, case.world_setting().grid) == (3, 70, 60)
    assert names(case) == ["strike"]


def test_a_level_leaves_out_incidents_and_changes_the_world():
    assert names(CASE.but(level=1)) == ["strike"]
    assert CASE.but(level=3).world_setting().people == 300
    assert CASE.but(level=3, world={"people": 120}).world_setting().people == 120


def test_a_scenario_is_part_of_the_identity():
    plain = simulate(CASE, None, 0, until=day(1))
    assert simulate(CASE.but(), None, 0, until=day(1)).digest() == plain.digest()
    for words in ({"level": 1}, {"drop": ["strike"]}, {"move": {"strike": "5d"}}, {"world": {"delay": 0.8}}):
        assert simulate(CASE.but(**words), None, 0, until=day(1)).digest() != plain.digest()


def test_the_same_scenario_has_one_form():
    one = CASE.but(drop=["feast"]).but(drop=["strike"]).but(world={"people": 99, "grid": 5})
    two = CASE.but(world={"grid": 5, "people": "99"}, drop=["strike", "feast"])
    assert one.scenario.to_data() == two.scenario.to_data()


def limits(case) -> dict[str, float]:
    """The targets of *case*."""
    return {target.kpi: target.limit for target in case.targets}


def test_other_targets_are_asked_for():
    asked = CASE.but(targets={"served": 0.9})
    assert (limits(CASE), limits(asked)) == ({"profit": 100.0, "served": 0.2}, {"profit": 100.0, "served": 0.9})
    assert limits(asked.but(targets={"profit": 5})) == {"profit": 5.0, "served": 0.9}
    assert limits(asked.but(targets={"served": 0.1})) == {"profit": 100.0, "served": 0.1}
    assert limits(asked.but(level=3)) == limits(asked)
    assert [(target.at_least, target.guardrail) for target in asked.targets] == [(True, False), (True, True)]


def test_other_targets_judge_otherwise_and_change_nothing_else():
    asked = CASE.but(targets={"served": 0.9})
    run, plain = simulate(asked, None, 0, until=day(2)), simulate(CASE, None, 0, until=day(2))
    assert {verdict.name: (verdict.limit, verdict.met) for verdict in asked.verdicts(run)}["served"] == (0.9, False)
    assert {verdict.name: (verdict.limit, verdict.met) for verdict in CASE.verdicts(plain)}["served"] == (0.2, True)
    assert run.kpis() == plain.kpis() and run.digest_until(day(2)) == plain.digest_until(day(2))
    assert run.digest() != plain.digest(), "what was asked for is part of the identity"


def test_what_is_asked_for_as_ever_is_not_part_of_the_form():
    """Digests of flights from before there were such scenarios stay as they are."""
    assert "targets" not in CASE.scenario.to_data()
    assert list(CASE.but(targets={"served": 1, "profit": 2}).scenario.to_data()["targets"]) == ["profit", "served"]


BAD = {
    "unknown target": ({"targets": {"serve": 1.0}}, "did you mean 'served'"),
    "target that is no target": ({"targets": {"wait": 1.0}}, "unknown target 'wait'"),
    "target in words": ({"targets": {"served": "half"}}, "targets.served is a number"),
    "target true": ({"targets": {"served": True}}, "targets.served is a number"),
    "target nan": ({"targets": {"served": math.nan}}, "targets.served is a number"),
    "target too large": ({"targets": {"served": 10**400}}, "targets.served is a number"),
    "targets no table": ({"targets": ["served"]}, "targets is a table"),
    "unknown key": ({"levl": 1}, "did you mean 'level'"),
    "unknown level": ({"level": 9}, "unknown level"),
    "level in words": ({"level": "2"}, "level '2'"),
    "level true": ({"level": True}, "level True"),
    "unknown setting": ({"world": {"peple": 1}}, "did you mean 'people'"),
    "setting out of range": ({"world": {"people": 1}}, "from 10 to 5000"),
    "setting nan": ({"world": {"delay": math.nan}}, "delay"),
    "setting too large": ({"world": {"people": 10**400}}, "people"),
    "world no table": ({"world": 3}, "world is a table"),
    "unknown incident to drop": ({"drop": ["feist"]}, "did you mean 'feast'"),
    "drop no list": ({"drop": "feast"}, "drop is a list"),
    "drop a number": ({"drop": [3]}, "unknown incident"),
    "unknown incident to move": ({"move": {"feist": "1d"}}, "did you mean 'feast'"),
    "move to no time": ({"move": {"feast": "soon"}}, "move.feast 'soon'"),
    "move nan": ({"move": {"feast": math.nan}}, "move.feast"),
    "move too large": ({"move": {"feast": 10**400}}, "move.feast"),
    "move behind the horizon": ({"move": {"feast": "90d"}}, "feast"),
    "move no table": ({"move": ["feast"]}, "move is a table"),
    "unknown incident to make conditional": (
        {"when": {"feist": {"gauge": "asked", "above": 1}}},
        "did you mean 'feast'",
    ),
    "no condition": ({"when": {"feast": 3}}, "a condition"),
    "add twice": ({"add": [{"name": "feast", "kind": "rush", "at": 1}]}, "'feast' already"),
    "add no table": ({"add": [3]}, "an incident is a table"),
    "add no list": ({"add": {"name": "x"}}, "add is a list"),
    "add behind the horizon": ({"add": [{"name": "x", "kind": "rush", "at": "9d"}]}, "x"),
    "add of an unknown kind": ({"add": [{"name": "x", "kind": "rash", "at": 1}]}, "did you mean 'rush'"),
    "add an object of an unknown kind": ({"add": [Incident("x", "rash", 1.0)]}, "did you mean 'rush'"),
    "add an object at no time": ({"add": [Incident("x", "rush", math.nan)]}, "x"),
    "add an object before take-off": ({"add": [Incident("x", "rush", -1.0)]}, "x"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_scenario_is_refused_in_one_line_that_names_the_key(name):
    words, says = BAD[name]
    with pytest.raises(BadInput, match=says) as error:
        CASE.but(**words)
    assert str(error.value).isprintable() and len(str(error.value)) < 400


HUGE = "0x" + "f" * 20_000
BAD_TOML = {
    "no table": ("level = 1", "table of a scenario file"),
    "other table": ("[scenaro]", "did you mean 'scenario'"),
    "broken": ("[scenario", "not TOML"),
    "key twice": ("[scenario]\nlevel = 1\nlevel = 2", "not TOML"),
    "deep": ("a = " + "[" * 9000, "too deeply"),
    "long": ("#" * 300_000, "too many"),
    "no table either": ("scenario = 3", "scenario is a table"),
    "huge level": (f"[scenario]\nlevel = {HUGE}", "level"),
    "huge setting": (f"[scenario]\nworld.people = {HUGE}", "people"),
    "huge time": (f"[scenario]\nmove.feast = {HUGE}", "feast"),
}


@pytest.mark.parametrize("name", BAD_TOML)
def test_bad_toml_is_refused_in_one_line(name):
    text, says = BAD_TOML[name]
    with pytest.raises(BadInput, match=says) as error:
        scenario = Scenario.from_toml(text, CASE.kinds)
        CASE.but(level=scenario.level, world=scenario.world, move=scenario.move)
    assert str(error.value).isprintable()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["feast", "1d", 10**400, "rush"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["feast", "people", "gauge", "above", "name", "kind", "at", "size", "when"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["level", "world", "add", "drop", "move", "when", "targets"]), VALUES, max_size=3)
)
def test_any_words_are_a_scenario_or_refused(words):
    try:
        case = CASE.but(**words)
    except BadInput as error:
        assert str(error).isprintable()
        return
    assert CASE.but(**words).scenario.to_data() == case.scenario.to_data()


def test_toml_is_read_as_it_stands():
    assert read_toml("a = 1\n[b]\nc = 'x'", "round") == {"a": 1, "b": {"c": "x"}}
