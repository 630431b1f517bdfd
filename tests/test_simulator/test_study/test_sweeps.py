"""A sweep flies designs under the same seeds, finds the best and the frontier, and minds the guardrails."""

from __future__ import annotations

import dataclasses
import resource

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from toy_case import CASE

from simulator.errors import BadInput
from simulator.study import Campaign, Designs, Study, Sweep, drawn, frontier, grid, replicate, sweep
from simulator.study.frontiers import undominated
from simulator.targets import Target
from simulator.units import DAY

SEEDS = (0, 3, 11)


@pytest.fixture(scope="module")
def flown() -> Sweep:
    """Six designs under three seeds, for a day."""
    designs = grid(CASE, {"servers": [1, 2], "line": [0.4, 0.6, 0.9]})
    return sweep(Campaign(CASE, 1, until=DAY), designs, SEEDS)


def test_a_design_is_flown_as_it_is_alone(flown):
    alone = replicate(CASE, flown.designs.plans["2"], SEEDS, jobs=1)
    assert alone.digests != flown.studies["2"].digests
    again = sweep(Campaign(CASE, 1, until=DAY), grid(CASE, {"line": [0.6]}, flown.designs.plans["2"]), SEEDS)
    assert again.studies["1"].digests == flown.studies["2"].digests


def test_the_table_has_means_with_students_intervals(flown):
    table = flown.table(0.9)
    assert list(table.index) == ["1", "2", "3", "4", "5", "6"]
    assert table["design.servers"].tolist() == [1, 1, 1, 2, 2, 2]
    values = flown.studies["3"].values("served")
    low, high = stats.ttest_1samp(values, 0.0).confidence_interval(0.9)
    found = table.loc["3", ["served", "served.low", "served.high"]].astype(float).tolist()
    assert found == pytest.approx([values.mean(), low, high])


def test_one_seed_has_no_interval():
    table = sweep(Campaign(CASE, 1, until=DAY), grid(CASE, {"line": [0.6]}), [0]).table()
    assert (table["profit.low"].tolist(), table["profit.high"].tolist()) == ([-np.inf], [np.inf])


# --- synthetic sweeps


def made(profits, waits, served=None, targets=None) -> Sweep:
    """A sweep with these KPIs of each design under each seed (designs, seeds)."""
    plans = grid(CASE, {"line": np.linspace(0.1, 0.9, len(profits)).tolist()}).plans
    served = served or [[0.5] * len(row) for row in profits]
    studies = {}
    for name, *columns in zip(plans, profits, waits, served, strict=True):
        rows = tuple(dict(zip(("profit", "wait", "served"), row, strict=True)) for row in zip(*columns, strict=True))
        seeds = tuple(range(len(rows)))
        studies[name] = Study("stall", name, seeds, rows, ("x",) * len(rows), plans[name].to_json())
    case = CASE if targets is None else dataclasses.replace(CASE, targets=targets)
    return Sweep(case, Designs(("line",), plans), studies)


def test_more_or_less_may_be_better():
    found = made([[1, 2], [3, 4], [2, 2]], [[5, 5], [9, 9], [1, 1]])
    assert (found.best("profit"), found.best("wait")) == ("2", "3")


def test_a_broken_guardrail_counts_on_the_mean():
    found = made([[1, 2], [3, 4]], [[1, 1], [1, 1]], [[0.3, 0.3], [0.1, 0.29]])
    assert found.table()["guardrails"].tolist() == [True, False]
    assert found.best("profit") == "1" and found.rivals("profit") == []
    none = made([[1, 2], [3, 4]], [[1, 1], [1, 1]], [[0.1, 0.1], [0.1, 0.1]])
    assert none.best("profit") is None and none.rivals("profit") == []


def test_a_target_that_is_no_guardrail_does_not_count():
    found = made([[1, 2]], [[1, 1]], targets=(Target("profit", 1e6, at_least=True),))
    assert found.table()["guardrails"].tolist() == [True]


def test_rivals_are_those_that_cannot_be_told_from_the_best():
    luck = np.random.default_rng(0).normal([[10.0], [9.9], [0.0]], 1.0, (3, 12))
    found = made(luck.tolist(), np.ones((3, 12)).tolist())
    best = found.best("profit")
    assert {best, *found.rivals("profit")} == {"1", "2"}


def test_rivals_are_told_apart_for_all_of_them_together():
    """A difference at p = 0.03 tells one design from the best; with nine beside it, it does not."""
    worse = np.array([1.0, 2.0, -0.2, 1.4, 0.1, 1.9])
    p = stats.ttest_1samp(worse, 0.0).pvalue
    assert 0.05 / 9 < p < 0.05
    profits = [[10.0] * 6, *[(10.0 - worse).tolist()] * 9]
    assert made(profits[:2], np.ones((2, 6)).tolist()).rivals("profit") == []
    assert len(made(profits, np.ones((10, 6)).tolist()).rivals("profit")) == 9


def test_the_frontier_is_what_nobody_beats_in_everything():
    found = made([[5], [4], [3], [4], [1]], [[9], [5], [1], [6], [1]])
    rows = frontier(found, ["profit", "wait"])
    assert list(rows.index) == ["3", "2", "1"]
    assert rows["profit"].tolist() == [3, 4, 5]


def test_the_frontier_leaves_out_who_breaks_a_guardrail():
    found = made([[5], [4]], [[1], [2]], [[0.1], [0.5]])
    assert list(frontier(found, ["profit", "wait"]).index) == ["2"]


def test_what_is_not_known_is_on_no_frontier():
    found = made([[5], [float("nan")]], [[1], [2]])
    assert list(frontier(found, ["profit", "wait"]).index) == ["1"] and found.best("profit") == "1"


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_a_frontier_is_its_definition(rows):
    def beats(a, b) -> bool:
        return a != b and all(x >= y for x, y in zip(a, b, strict=True))

    assert undominated(np.array(rows, float)).tolist() == [not any(beats(a, b) for a in rows) for b in rows]


BAD = {
    "one KPI": lambda flown: frontier(flown, ["profit"]),
    "a KPI twice": lambda flown: frontier(flown, ["profit", "profit"]),
    "unknown": lambda flown: frontier(flown, ["profit", "wiat"]),
    "unknown best": lambda flown: flown.best("porfit"),
    "no direction": lambda flown: dataclasses.replace(
        flown,
        case=dataclasses.replace(CASE, kpis={**CASE.kpis, "wait": dataclasses.replace(CASE.kpis["wait"], better="-")}),
    ).best("wait"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(flown, name):
    with pytest.raises(BadInput) as error:
        BAD[name](flown)
    assert str(error.value).isprintable()


# --- memory


def grown(designs: int, seeds: int) -> float:
    """Return how much the memory of this process grows in a sweep [MB]."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    swept = sweep(Campaign(CASE, 1, until=DAY / 2), drawn(CASE, {"line": None}, designs), range(seeds))
    assert len(swept.frame()) == designs * seeds
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


@pytest.mark.soak
def test_a_thousand_designs_under_ten_seeds_take_little_memory():
    sweep(Campaign(CASE, 1, until=DAY / 2), drawn(CASE, {"line": None}, 20), range(10)).table()
    assert grown(1000, 10) < 100


def test_a_design_without_a_value_under_one_seed_has_no_mean():
    def holey(run):
        return {"own": float("nan") if run.seed == 1 and run.plan.design.values()["servers"] == 2 else 1.0}

    campaign = Campaign(CASE, 1, DAY, holey)
    table = sweep(campaign, grid(CASE, {"servers": [1, 2]}), (0, 1)).table()
    assert table["own"].isna().tolist() == [False, True]
