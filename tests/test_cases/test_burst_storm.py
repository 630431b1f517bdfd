"""The storm: retries that outlast their cause, a queue that is longer than patience, answers in their order."""

from __future__ import annotations

import numpy as np
import pytest
from orders import broken_guardrails, order

import cases
from simulator.books.requests import OPEN
from simulator.check import check_case
from simulator.run import Run
from simulator.simulation import fly, simulate, tape_of
from simulator.units import micro

QUIET = ["zone", "news", "disk_page"]


@pytest.fixture(scope="module")
def case():
    return cases.load("burst_storm")


def scored(run: Run, start: float, end: float) -> float:
    """Return the share of the requests asked in [start, end) [s] that got a score in time."""
    at = run.requests.at
    return float(np.isin(run.outcomes.result[(at >= start) & (at < end)], (2, 3)).mean())


def test_the_case_keeps_the_contract(case):
    assert [finding for finding in check_case(case) if not finding.ok] == []


def test_a_simpy_process_a_request_gives_the_same_digest(case):
    """All that may happen does within three minutes, to a third of the crowd."""
    early = case.but(level=3, move={"vote": 20, "zone": 50, "quota": 90, "news": 120}, world={"rate": 20.0})
    runs = [fly(early, "expert", 0, until=180.0, engine=engine) for engine in ("compiled", "reference")]
    assert runs[0].digest() == runs[1].digest()
    assert runs[0].asked() > 4000


@pytest.mark.long
def test_answers_are_in_order_on_seeds_that_were_not_tuned_on(case):
    studies, steps = order(case, range(500, 504), jobs=1)
    assert all(step.ok for step in steps), [(step.name, step.errors) for step in steps]
    assert not broken_guardrails(case, studies["expert"])


def test_instant_retries_keep_the_service_down_long_after_the_vote(case):
    alone = case.but(drop=QUIET)
    storm = simulate(alone, {"retries": "instant", "most": 4}, 3)
    assert scored(storm, 0, 300) > 0.99
    assert scored(storm, 560, 860) < 0.05, "60/s with three retries are 240/s, four replicas serve 127/s"
    waits = simulate(alone, {"retries": "none", "most": 4}, 3)
    assert scored(waits, 560, 860) > 0.99, "the same replicas without retries"


@pytest.mark.parametrize(("replicas", "down"), [(4, True), (6, True), (9, False)])
def test_the_threshold_is_the_load_with_its_retries(case, replicas, down):
    """A replica serves 31.8/s: after the outage four attempts a request are 240/s, the capacity of 7.5 replicas."""
    alone = case.but(drop=QUIET, add=[{"name": "all", "kind": "zone_loss", "at": 240, "lasts": 1, "size": 1.0}])
    plan = case.plan({"retries": "instant", "least": replicas, "most": replicas})
    assert (scored(simulate(alone, plan, 1), 600, 860) < 0.5) == down


def test_a_queue_longer_than_patience_makes_all_work_late(case):
    alone = case.but(drop=QUIET)
    long = simulate(alone, {"retries": "none", "queue": 1000, "most": 4}, 2)
    short = simulate(alone, {"retries": "none", "queue": 6, "most": 4}, 2)
    assert scored(short, 310, 360) > 0.55
    assert scored(long, 320, 360) < 0.1


def test_the_cpu_mistakes_wasted_work_for_demand(case):
    storm = simulate(case.but(drop=QUIET), {"retries": "instant", "most": 12}, 3)
    assert storm.gauges.series("replicas")[1].max() > 6, "the autoscaler buys replicas for requests nobody waits for"


def test_the_small_model_takes_over_within_the_second(case):
    run = fly(case, "expert", 4)
    news = next(incident.at for incident in case.incidents(4) if incident.name == "news")
    switches = [entry.at for entry in run.journal if entry.name == "model"]
    assert any(0 < at - news < 5 for at in switches), "the burst swells within five seconds"
    assert run.kpis()["worst_minute"] > 0.97


def test_money_is_the_sum_of_what_requests_and_replicas_are_worth(case):
    run = simulate(case, None, 0)
    result, member = run.outcomes.result, run.requests.segment == 0
    worth = {2: 1.0, 3: 0.7, 4: 0.4}
    value = np.where(member, micro(0.005), micro(0.002))
    sums = sum(round(share * int(value[result == ended].sum())) for ended, share in worth.items())
    hours = run.gauges.last("replica_hours")
    assert run.profit() == pytest.approx(sums - hours * micro(14.4), abs=5)


def test_every_request_ends_once(case):
    run = simulate(case, None, 0)
    assert run.outcomes.in_flight == 0
    assert not (run.outcomes.result == OPEN).any()


def test_a_zone_takes_a_third_of_the_replicas(case):
    alone = case.but(drop=["vote", "news", "disk_page"], move={"zone": 400})
    run = simulate(alone, {"least": 9, "most": 9}, 0)
    at, up = run.gauges.series("replicas")
    assert up[np.searchsorted(at, 395.0)] == 9
    assert up[np.searchsorted(at, 405.0)] == 6


def test_a_conditional_burst_comes_only_to_who_looks_calm(case):
    hard = case.but(level=3)
    assert "copycats" in fly(hard, "expert", 0).fired
    assert "copycats" not in simulate(hard, {"retries": "instant", "most": 4}, 0).fired


def test_turning_guests_away_spares_members(case):
    alone = case.but(drop=QUIET)
    run = simulate(alone, {"shed": 1.0, "retries": "none", "most": 4}, 0)
    assert run.kpis()["members_good"] > 0.99
    assert run.kpis()["good_share"] < 0.25


def test_the_crowd_is_as_large_as_promised(case):
    tape = tape_of(case.but(drop=[i.name for i in case.incidents(0)]), 5)
    assert len(tape) == pytest.approx(60 * 900, rel=0.02)
    assert (tape.requests.segment == 0).mean() == pytest.approx(0.2, abs=0.01)
