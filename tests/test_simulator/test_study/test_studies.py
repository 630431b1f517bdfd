"""Studies are paired by seed, do not depend on how many processes flew them, and say what they know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from toy_case import CASE, ToyDesign

from cases import load
from simulator.errors import BadInput, Cancelled
from simulator.plan import Plan
from simulator.simulation import fly, simulate
from simulator.study import Interval, Study, compare, replicate, replicate_all
from simulator.units import DAY, day

SEEDS = (0, 3, 11, 12)
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@pytest.fixture(scope="module")
def studies() -> dict[str, Study]:
    """All pars under a few seeds, in this process."""
    return replicate_all(CASE, {name: name for name in CASE.pars}, SEEDS, jobs=1)


def test_a_study_holds_the_run_of_each_seed(studies):
    for name, study in studies.items():
        runs = [fly(CASE, name, seed) for seed in SEEDS]
        assert (study.case, study.arm, study.seeds) == ("stall", name, SEEDS)
        assert study.digests == tuple(run.digest() for run in runs)
        assert study.values("served").tolist() == [run.kpis()["served"] for run in runs]


@pytest.fixture(scope="module")
def from_a_file():
    """The toy case as a third party would hand it over: a worker loads it by its path."""
    return load(str(Path(__file__).parents[1] / "toy_case.py"))


@pytest.mark.parametrize("scenario", [{}, {"level": 3}], ids=["plain", "scenario"])
def test_the_number_of_processes_does_not_show(from_a_file, scenario):
    arms = {"strong": "strong", "expert": "expert", "own": Plan(from_a_file.design(line=0.3)).do(day(1), "retrain")}
    case = from_a_file.but(**scenario)
    one, two = (replicate_all(case, arms, SEEDS, jobs=jobs, until=day(2)) for jobs in (1, 2))
    assert one == two


def test_a_case_made_in_memory_travels_too():
    one, two = (replicate(CASE.but(level=1), "expert", (0, 1), jobs=jobs) for jobs in (1, 2))
    assert one == two


def test_a_replication_is_a_study_of_one_arm(studies):
    assert replicate(CASE, "mid", SEEDS, jobs=1, arm="mid") == studies["mid"]
    assert replicate(CASE, CASE.pars["mid"], SEEDS, jobs=1, arm="mid") == studies["mid"]


@pytest.mark.parametrize(
    "plan", [ToyDesign(line=0.8), {"line": 0.8}, Plan(ToyDesign(line=0.8))], ids=["design", "dials", "plan"]
)
def test_whatever_can_be_flown_can_be_replicated(plan):
    assert replicate(CASE, plan, (0,), jobs=1).digests == (simulate(CASE, plan, 0).digest(),)


def test_the_end_is_the_same_for_all():
    study = replicate_all(CASE, {"mid": "mid"}, (0,), jobs=1, until=DAY)["mid"]
    assert study.digests == (fly(CASE, "mid", 0, until=DAY).digest(),)


# --- intervals


@given(VALUES)
def test_an_interval_is_students(values):
    found = Interval.of(np.array(values))
    if np.std(values) < 1e-9 * (1 + np.abs(values).max()):
        return
    by_scipy = stats.ttest_1samp(values, 0.0)
    low, high = by_scipy.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9, abs=1e-6)
    assert found.p_value == pytest.approx(by_scipy.pvalue, rel=1e-6, abs=1e-12)
    assert found.mean == pytest.approx(np.mean(values)) and found.se == pytest.approx(stats.sem(values))
    assert (found.n, found.share_positive) == (len(values), np.mean(np.array(values) > 0))


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_an_interval_holds_the_truth_as_often_as_it_says(confidence):
    draws = np.random.default_rng(0).normal(3.0, 2.0, (4000, 8))
    hits = [interval.low <= 3.0 <= interval.high for interval in (Interval.of(row, confidence) for row in draws)]
    assert abs(np.mean(hits) - confidence) < 4 * np.sqrt(confidence * (1 - confidence) / 4000)


def test_one_value_says_nothing_about_the_spread():
    found = Interval.of(np.array([3.0]))
    assert (found.mean, found.low, found.high, found.p_value) == (3.0, -np.inf, np.inf, 1.0)


def test_equal_values_are_certain():
    found = Interval.of(np.array([3.0, 3.0, 3.0]))
    assert (found.low, found.high, found.se, found.p_value) == (3.0, 3.0, 0.0, 0.0)
    assert Interval.of(np.zeros(3)).p_value == 1.0


def test_a_comparison_is_paired_by_seed(studies):
    found = compare(studies["weak"], studies["strong"])
    by_scipy = stats.ttest_rel(studies["strong"].values(), studies["weak"].values())
    low, high = by_scipy.confidence_interval(0.95)
    assert (found.low, found.high, found.p_value) == pytest.approx((low, high, by_scipy.pvalue))
    assert found.mean == pytest.approx(-compare(studies["strong"], studies["weak"]).mean)


def test_pairing_takes_out_what_the_seeds_share():
    """Two designs that differ a little: paired, their difference is known far better than either of them."""
    one, two = (replicate(CASE, Plan(ToyDesign(line=line)), range(12), jobs=1) for line in (0.70, 0.72))
    apart = np.hypot(one.interval().se, two.interval().se)
    assert compare(one, two).se < apart / 2


def test_twin_seeds_that_do_not_match_would_show():
    """Under other seeds the difference is no better known than the two are."""
    one = replicate(CASE, Plan(ToyDesign(line=0.70)), range(12), jobs=1)
    two = replicate(CASE, Plan(ToyDesign(line=0.72)), range(100, 112), jobs=1)
    apart = np.hypot(one.interval().se, two.interval().se)
    assert Interval.of(two.values() - one.values()).se > apart / 2


# --- what a person can mend

BAD = {
    "other seeds": lambda s: compare(s["weak"], replicate(CASE, "mid", (0, 1), jobs=1)),
    "unknown kpi": lambda s: compare(s["weak"], s["mid"], "profti"),
    "unknown kpi of a study": lambda s: s["weak"].values("profti"),
    "unknown par": lambda s: replicate(CASE, "storng", SEEDS, jobs=1),
    "unknown par among others": lambda s: replicate_all(CASE, {"a": "mid", "b": "storng"}, SEEDS, jobs=2),
    "no seeds": lambda s: replicate(CASE, "mid", (), jobs=1),
    "a seed twice": lambda s: replicate(CASE, "mid", (1, 1), jobs=1),
    "a seed that is none": lambda s: replicate(CASE, "mid", (1, -1), jobs=1),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(studies, name):
    with pytest.raises(BadInput) as error:
        BAD[name](studies)
    assert str(error.value).isprintable()


def test_a_par_that_is_misspelt_gets_the_nearest():
    with pytest.raises(BadInput, match="did you mean 'strong'"):
        replicate(CASE, "storng", SEEDS, jobs=1)


# --- progress, and an end on request


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_counts_the_seeds(jobs):
    shares: list[float] = []
    replicate_all(CASE, {"mid": "mid"}, SEEDS, jobs=jobs, progress=shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_study_can_be_stopped(jobs):
    def stop(share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        replicate_all(CASE, {"mid": "mid"}, range(8), jobs=jobs, progress=stop)
    assert replicate(CASE, "mid", (0,), jobs=1).digests == (fly(CASE, "mid", 0).digest(),)


def test_what_pairing_saves_is_told_by_hand():
    rows = {"a": (1.0, 1.0, 3.0, 3.0), "b": (0.0, 2.0, 4.0, 4.0)}
    one, two = (Study("stall", n, (0, 1, 2, 3), tuple({"profit": v} for v in rows[n]), ("x",) * 4) for n in rows)
    apart = np.var(rows["a"], ddof=1) + np.var(rows["b"], ddof=1)
    paired = np.var(np.subtract(rows["b"], rows["a"]), ddof=1)
    assert compare(one, two).pairing == pytest.approx(apart / paired, rel=1e-9)
