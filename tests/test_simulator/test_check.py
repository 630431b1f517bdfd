"""The contract finds what is wrong with a case: a good one passes, and each bad one fails by name."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from toy_case import ACTS, CASE, KPIS, ToyDesign, build, measure, world

from simulator.case import Act
from simulator.check import check_case, checks
from simulator.incidents import Incident
from simulator.plan import Plan
from simulator.probes import Exhibit, Probe
from simulator.rubric import Behaviour
from simulator.targets import Target
from simulator.units import day


def test_a_good_case_passes():
    found = check_case(CASE)
    assert [finding.check for finding in found] == list(checks())
    assert [f"{finding.check}: {finding.detail}" for finding in found if not finding.ok] == []


def failed(case, *only: str) -> set[str]:
    """Name the checks that *case* fails, of all or *only* of some."""
    return {finding.check for finding in check_case(case, only) if not finding.ok}


def in_parts(**wrong):
    """Make a build whose parts are exchanged: name -> (system, parts) -> the part to put in."""
    return lambda system, setting, incidents: _exchanged(system, build(system, setting, incidents), wrong)


def _exchanged(system, parts, wrong):
    return replace(parts, **{name: make(system, parts) for name, make in wrong.items()})


def by_block(system, parts):
    """Let a score depend on how many requests are scored together."""
    return lambda seen: replace(parts.score(seen), score=np.full(len(seen), round(1 / (1 + len(seen)), 9)))


def with_memory():
    """Let what a run earns depend on how many were flown before it."""
    runs = itertools.count()

    def wire(system, setting, incidents):
        system.ledger.post("sales", "memory", 0.0, next(runs))
        return build(system, setting, incidents)

    return wire


def peeking(system, parts):
    """Let the end of the flight show in what was posted before."""
    return lambda until: (system.ledger.post("sales", "late", 5.0, int(until)), parts.close(until))[0]


def restless(view):
    """A pilot with a memory of its own, which its plan does not hold."""
    view.plan.changes and view.versions()
    restless.calls += 1
    return Plan(ToyDesign(line=(restless.calls % 90) / 100)) if not view.versions() else None


restless.calls = 0

BAD = {
    "complete": replace(CASE, brief=" "),
    "complete: HTML": replace(CASE, teacher="look at <b>this</b>"),
    "complete: a par is missing": replace(CASE, pars={"weak": CASE.pars["weak"]}),
    "complete: no guardrail": replace(CASE, targets=CASE.targets[:1]),
    "names and units": replace(CASE, targets=(*CASE.targets, Target("profti", 1.0, True))),
    "names and units: incident outside": replace(CASE, timeline=(*CASE.timeline, Incident("late", "rush", day(7)))),
    "names and units: kind": replace(CASE, timeline=(*CASE.timeline, Incident("odd", "rash", day(1)))),
    "few knobs": replace(CASE, acts={f"act {n}": Act("Act", "does nothing") for n in range(6)}),
    "same seed, same digest": replace(CASE, build=with_memory()),
    "other seed, other draws": replace(CASE, world=lambda seed, *more: world(0, *more)),
    "dials at both ends": replace(CASE, build=in_parts(turn=lambda s, p: p.turn, score=lambda s, p: (
        lambda seen: p.score(seen) if s.design.servers < 5 else 1 / 0))),
    "prefix": replace(CASE, build=in_parts(close=peeking)),
    "blocks equal single requests": replace(CASE, build=in_parts(score=by_block)),
    "books balance": replace(CASE, build=in_parts(close=lambda s, p: lambda until: None)),
    "KPIs": replace(CASE, measure=lambda run, tape: {**measure(run, tape), "more": 1.0}),
    "KPIs: one is missing": replace(CASE, kpis={**KPIS, "more": KPIS["profit"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_twin_a_bad_case_fails_by_name(name):
    check = name.split(":")[0]
    assert failed(BAD[name], check) == {check}


def test_twin_an_act_that_nobody_has_wired_is_found():
    assert failed(replace(CASE, acts={**ACTS, "hire": Act("Hire", "nobody has wired this")}))


def test_a_case_that_raises_anything_is_a_finding():
    def world_without(*given):
        raise KeyError("two\nlines")

    found = check_case(replace(CASE, world=world_without))
    assert any(not f.ok and "KeyError" in f.detail for f in found)
    assert all(f.detail.isprintable() for f in found)


def broken(*given):
    raise ZeroDivisionError("division by zero")


PROBE = Probe("why", "Why?", "metrics", broken, weak="a", mid="b", strong="c", expert="d")
SHOWN = replace(PROBE, exhibit=lambda asked: Exhibit("It is so."))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (replace(CASE, probes=(PROBE,)), "probe why fails: ZeroDivisionError: division by zero"),
        (replace(CASE, probes=(replace(SHOWN, check=lambda asked: "yes"),)), "probe why fails: AttributeError"),
        (replace(CASE, probes=(replace(SHOWN, dimension="looks"),)), "probe why: looks is no dimension"),
        (replace(CASE, behaviours=(Behaviour("looks", "metrics", broken),)), "behaviour 'looks' fails: ZeroDivision"),
    ],
    ids=["exhibit", "check", "dimension", "behaviour"],
)
def test_what_judges_is_named_where_it_is_broken(case, said):
    (wrong,) = (finding for finding in check_case(case) if not finding.ok)
    assert wrong.detail.startswith(said)
