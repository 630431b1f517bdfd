"""The case that others start from runs, keeps the contract, and rewards thinking."""

from __future__ import annotations

import pytest

from cases import load
from simulator.check import check_case
from simulator.probes import Asked, Posed
from simulator.simulation import fly, simulate, tape_of
from simulator.units import day


@pytest.fixture(scope="module")
def case(claims):
    return load(claims)


def test_it_is_named_after_its_file(case):
    assert case.name == "claims"


def test_it_keeps_the_contract(case):
    assert [finding for finding in check_case(case) if not finding.ok] == []


def test_its_pars_are_in_order(case):
    for seed in range(5):
        profits = [fly(case, par, seed).profit() for par in ("weak", "mid", "strong", "expert")]
        assert profits == sorted(profits)


def test_its_dial_is_live(case):
    plan = case.plan().then(day(10), line=0.0)
    checked = simulate(case, plan).kpis()["checked"]
    assert 0.4 < checked < 0.6


def test_its_behaviour_has_two_ends(case):
    (behaviour,) = case.behaviours
    shown = {name: [one.shown for one in behaviour.occasions(case.log(fly(case, name, 0)))] for name in case.pars}
    assert shown == {"weak": [False], "mid": [False], "strong": [True], "expert": [True]}
    assert not behaviour.occasions(case.log(simulate(case, case.traps["check_all"])))[0].shown


def test_its_trap_loses_and_breaks_a_guardrail(case):
    trapped, mid = simulate(case, case.traps["check_all"]), fly(case, "mid", 0)
    assert trapped.profit() < mid.profit()
    assert [verdict.name for verdict in case.verdicts(trapped) if verdict.guardrail and not verdict.met] == ["checked"]


def test_its_probe_knows_its_answer(case):
    (probe,) = case.probes
    posed = Posed.of(probe, Asked(case, fly(case, "strong", 0), tape_of(case, 0)))
    assert posed.check.truth == pytest.approx(4 / 60)
    assert "checked" in posed.exhibit.text.lower()


def test_its_world_has_a_parameter(case):
    assert simulate(case.but(world={"claims": 40.0})).outcomes.asked < 1000


def test_it_is_small_enough_to_read(claims):
    with open(claims) as file:
        assert sum(1 for line in file if line.strip()) < 130


@pytest.mark.parametrize(("file", "name"), [("My-Case 2.py", "my_case_2"), ("__.py", "case")])
def test_any_name_of_a_file(say, file, name):
    assert say("case", "new", file).code == 0
    assert load(file).name == name
