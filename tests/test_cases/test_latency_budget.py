"""The latency budget: where the milliseconds go, what hedging does to a store without slack, answers in their order."""

from __future__ import annotations

import numpy as np
import pytest
from orders import broken_guardrails, order

import cases
from cases.latency_budget import BudgetSetting, quality, read_times
from simulator.check import check_case
from simulator.run import Run
from simulator.simulation import fly, simulate
from simulator.units import micro

CALM = ["slow_disk", "cache_flush", "store_machine", "median_page"]
BASE = {"fallback": "bestsellers", "give_up_ms": 110.0, "replicas": 6}


@pytest.fixture(scope="module")
def case():
    return cases.load("latency_budget")


def mean(run: Run, gauge: str) -> float:
    """Return the mean of a gauge over the flight."""
    return float(np.nanmean(run.gauges.series(gauge)[1]))


def test_the_case_keeps_the_contract(case):
    assert [finding for finding in check_case(case) if not finding.ok] == []


def test_a_simpy_process_a_request_gives_the_same_digest(case):
    """All that may happen does within two minutes."""
    early = case.but(move={"slow_disk": 20, "cache_flush": 50, "store_machine": 70})
    runs = [fly(early, "expert", 0, until=120.0, engine=engine) for engine in ("compiled", "reference")]
    assert runs[0].digest() == runs[1].digest()


@pytest.mark.long
def test_answers_are_in_order_on_seeds_that_were_not_tuned_on(case):
    studies, steps = order(case, range(500, 503), jobs=1)
    assert all(step.ok for step in steps), [(step.name, step.errors) for step in steps]
    assert not broken_guardrails(case, studies["expert"])


def test_hedging_at_twelve_milliseconds_collapses_the_store(case):
    calm = case.but(drop=CALM)
    runs = {after: simulate(calm, {**BASE, "hedge_ms": after}, 1) for after in (0.0, 12.0)}
    missed = {after: run.kpis()["fallbacks"] for after, run in runs.items()}
    assert runs[12.0].kpis()["second_reads"] > 0.6
    assert mean(runs[12.0], "store_waiting") > 5 * mean(runs[0.0], "store_waiting")
    assert missed[0.0] < 0.1
    assert missed[12.0] > 0.35, "four in ten get bestsellers"


@pytest.mark.parametrize("seed", [1, 7])
def test_on_the_strong_design_an_early_second_read_is_worse_than_none_and_a_late_one_better(case, seed):
    strong = case.pars["strong"].design
    none, early, late = (simulate(case, strong.but(hedge_ms=after), seed).profit() for after in (0.0, 12.0, 45.0))
    assert early < none < late


def test_a_fallback_after_the_budget_is_no_fallback(case):
    late = simulate(case, {**BASE, "give_up_ms": 120.0}, 0).kpis()
    early = simulate(case, {**BASE, "give_up_ms": 112.0}, 0).kpis()
    assert late["fallbacks"] < 0.03, "only those whom a full store refuses at once"
    assert late["in_time"] < 0.95
    assert early["in_time"] == 1.0, "112 ms and the 8 ms of the bestsellers are 120"


def test_a_wide_batch_window_eats_the_budget(case):
    calm = case.but(drop=CALM)
    wide = simulate(calm, {**BASE, "batch": 64, "window_ms": 40.0}, 0).kpis()
    none = simulate(calm, {**BASE, "batch": 64, "window_ms": 0.0}, 0).kpis()
    assert wide["p50_ms"] - none["p50_ms"] > 20
    assert wide["fallbacks"] > none["fallbacks"]


def test_replicas_do_not_mend_the_tail_of_the_store(case):
    calm = case.but(drop=CALM)
    few, many = (simulate(calm, {**BASE, "replicas": n}, 0) for n in (6, 24))
    assert many.kpis()["fallbacks"] == pytest.approx(few.kpis()["fallbacks"], abs=0.01)
    assert mean(few, "store_p99_ms") > 2 * mean(few, "ranker_p99_ms")


def test_the_largest_model_is_not_the_best():
    assert quality("boosting_100") == 1.0
    assert quality("forest_500") < quality("distilled")


def test_a_grey_ranker_holds_its_share_until_it_is_replaced(case):
    alone = case.but(drop=["cache_flush", "store_machine", "median_page"], move={"slow_disk": 200})
    plan = alone.plan({**BASE, "replicas": 4, "ttl": 30.0, "hedge_ms": 45.0})
    grey, mended = simulate(alone, plan, 0), simulate(alone, plan.do(230.0, "replace", number=2), 0)
    assert any(entry.name == "ranker" for entry in grey.journal)
    assert grey.kpis()["fallbacks"] > 1.5 * mended.kpis()["fallbacks"]


def test_a_kept_prediction_spares_the_store(case):
    calm = case.but(drop=CALM)
    none, kept = (simulate(calm, {**BASE, "ttl": ttl}, 0) for ttl in (0.0, 60.0))
    assert 0.25 < kept.kpis()["kept"] < 0.5
    assert mean(kept, "store_waiting") < mean(none, "store_waiting") / 2


def test_a_flush_empties_the_cache(case):
    alone = case.but(drop=["slow_disk", "store_machine", "median_page"], move={"cache_flush": 450})
    run = simulate(alone, {**BASE, "ttl": 200.0}, 0)
    at, kept = run.gauges.series("kept_share")
    assert kept[np.searchsorted(at, 450.0)] > 2 * kept[np.searchsorted(at, 465.0)]


def test_the_reads_are_as_slow_as_promised():
    law = read_times(BudgetSetting())
    values = np.array(law.values)
    assert np.median(values) == pytest.approx(0.0121, rel=0.02)
    assert (values >= 0.1).mean() == pytest.approx(0.05, abs=0.001)
    assert law.mean == pytest.approx(0.95 * 0.012 * np.exp(0.02) + 0.05 * 0.160, rel=0.01)


def test_money_is_the_sum_of_answers_replicas_and_deductions(case):
    run = fly(case, "strong", 0)
    result, kpis, setting = run.outcomes.result, run.kpis(), BudgetSetting()
    kept = setting.cached_worth * np.exp(-30 / setting.stale_after)
    worth = {2: 0.010, 3: 0.010 * kept, 4: 0.006, 5: -0.004}
    answers = sum(int((result == ended).sum()) * round(usd * 1e6) for ended, usd in worth.items())
    bill = run.gauges.last("replica_hours") * 72.0 + run.gauges.last("hedges") * 0.0002
    assert run.profit() == pytest.approx(answers - micro(bill) - 6_000_000 * kpis["bad_quarters"], abs=6_000_010)
