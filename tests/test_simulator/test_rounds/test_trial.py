"""A script is tried: what happened and lit in which flight, whether the scores separate, and what is out of reach."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from toy_case import CASE
from toy_round import STALL

from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.rounds.fitted import fitted
from simulator.rounds.reading import read_script
from simulator.rounds.trial import Trial, tried
from simulator.simulation import fly
from simulator.units import DAY, day

HEAD = 'round = 1\ntitle = "Mine"\ncase = "stall"\n'
EVENTS = """
[[event]]
name = "rain"
kind = "rush"
size = 0.2
lasts = "12h"
when = "by hand"
at = "2d"
[[event]]
name = "flood"
kind = "siren"
when = "line changed and since 3d"
[[event]]
name = "snow"
kind = "siren"
when = "asked > 100000"
"""
PROBES = """
[[probe]]
name = "wait"
[[probe]]
name = "how_it_degrades"
when = "asked > 100000"
[[probe]]
name = "differently_now"
when = "line changed"
"""
ASKED = (
    '[requirement]\nsays = "More."\nat = "2d"\ngrace = "6h"\ntargets = {served = 0.9}\nlimits = {line = {most = 0.6}}\n'
)
DESIGN = CASE.design
LINES = {"weak": 0.95, "mid": 0.8, "strong": 0.65, "expert": 0.5}
GRADED = replace(STALL, behaviours=(), pars={name: Plan(DESIGN(line=line)) for name, line in LINES.items()})
"""the stall, with pars of which each earns more than the one before"""


def trial(text: str, seed: int = 0, case=STALL, **more) -> Trial:
    return tried(fitted(read_script(HEAD + text), lambda name: case, alone=True), seed, **more)


def finding(found: Trial, check: str):
    return next(one for one in found.findings if one.check == check)


@pytest.fixture(scope="module")
def full() -> Trial:
    return trial(EVENTS + PROBES + ASKED)


def test_all_pars_fly_it(full):
    assert [one.name for one in full.flown] == ["weak", "mid", "strong", "expert"]
    profits = [one.profit for one in full.flown]
    assert len(set(profits)) == 4 and all(one.profit == pytest.approx(one.kpis["profit"]) for one in full.flown)


def test_each_event_is_told_with_when_it_happened(full):
    happened = {one.name: one.events for one in full.flown}
    assert all(events["rain"] == pytest.approx(day(2), abs=DAY / 24) for events in happened.values())
    assert {name: set(events) for name, events in happened.items()} == {
        "weak": {"rain"}, "mid": {"rain"}, "strong": {"rain", "flood"}, "expert": {"rain", "flood"},
    }  # fmt: skip


def test_what_never_comes_is_a_warning(full):
    flood, snow = finding(full, "event flood"), finding(full, "event snow")
    assert (flood.ok, flood.must, flood.detail) == (True, False, "happened in 2 of 4 flights")
    assert (snow.ok, snow.must, snow.detail) == (False, False, "happened in 0 of 4 flights")


def test_each_probe_is_told_with_when_it_lit(full):
    assert [set(one.probes) for one in full.flown] == [{"wait"}, {"wait"}, *2 * ({"wait", "differently_now"},)]
    assert full.flown[2].probes["differently_now"] == pytest.approx(day(2.25), abs=DAY / 24)
    assert not finding(full, "probe how_it_degrades").ok
    assert finding(full, "probe differently_now").detail == "was worth asking in 2 of 4 flights"


def test_limits_are_held_against_each_flight(full):
    assert [one.limits["line"] for one in full.flown] == [False, False, True, True]
    said = finding(full, "limit of line")
    assert said.ok and said.detail == "kept as it is by strong, expert; it asks a change of weak, mid"
    assert not finding(trial(ASKED.replace("0.6", "1.0")), "limit of line").ok


def test_a_target_of_the_requirement_has_to_be_in_reach(full):
    served = finding(full, "target served")
    assert (served.must, served.ok) == (True, any("served" not in one.missed for one in full.flown))
    out = finding(trial(ASKED.replace("served = 0.9", "profit = 1e9")), "target profit")
    assert (out.ok, out.must, out.detail) == (False, True, "at least 1e+09: met by nobody")


def test_a_plain_target_out_of_reach_is_a_warning():
    dear = replace(
        STALL, targets=tuple(replace(one, limit=1e9) if one.kpi == "profit" else one for one in STALL.targets)
    )
    out = finding(trial("", case=dear), "target profit")
    assert (out.ok, out.must) == (False, False)


def test_the_scores_separate_or_not():
    good = trial("", case=GRADED)
    scores = [one.score for one in good.flown]
    said = finding(good, "the scores separate the pars")
    gap = min(later - earlier for earlier, later in pairwise(scores))
    assert scores == sorted(scores) and said.ok and good.ok
    assert said.detail.endswith(f"the smallest gap is {gap:.1f} points")
    turned = replace(GRADED, pars={**GRADED.pars, "mid": GRADED.pars["strong"], "strong": GRADED.pars["mid"]})
    same = replace(GRADED, pars={**GRADED.pars, "mid": GRADED.pars["strong"]})
    for case in (turned, same):
        bad = trial("", case=case)
        assert not finding(bad, "the scores separate the pars").ok and not bad.ok


def test_where_weak_earns_most_nothing_is_judged():
    upside = replace(GRADED, pars={**GRADED.pars, "weak": GRADED.pars["expert"], "expert": GRADED.pars["weak"]})
    said = finding(trial("", case=upside), "the scores separate the pars")
    assert not said.ok and "not judged" in said.detail


def test_minutes_are_held_against_the_kind(full):
    assert (full.minutes, finding(full, "minutes").ok) == (45.0, True)
    long = finding(trial('kind = "warm-up"\n'), "minutes")
    assert (long.ok, long.must) == (False, False) and "10 to 30" in long.detail


def test_others_fly_along_and_are_not_judged_by():
    flew = fly(GRADED, Plan(DESIGN(line=0.9)), 3)
    found = trial("", 3, GRADED, others={"a plan": lambda: flew})
    assert [one.name for one in found.flown][-1] == "a plan" and found.ok
    assert found.flown[-1].profit == pytest.approx(flew.kpis()["profit"])


def test_it_is_plain_data(full):
    data = json.loads(json.dumps(full.to_data(), allow_nan=False))
    assert (data["title"], data["seed"], data["minutes"], data["ok"]) == ("Mine", 0, 45.0, full.ok)
    assert data["flown"][0]["rows"][0]["dimension"] == "framing"
    assert [one["check"] for one in data["findings"]] == [one.check for one in full.findings]


def test_progress_is_told():
    shares = []
    trial("", progress=shares.append)
    assert shares == [0.0, 0.25, 0.5, 0.75]


def test_a_case_without_ends_cannot_be_tried():
    with pytest.raises(BadInput, match="unknown par 'expert'"):
        trial("", case=replace(STALL, pars={"weak": STALL.pars["weak"]}))
