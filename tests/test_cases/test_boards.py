"""The whiteboards of the cases: each decision in one box, no answer gives anything away, stakes are the ledger's."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import cases
from simulator.check import check_case
from simulator.simulation import fly, simulate, tape_of
from simulator.units import DAY, day, dollars

OWN = ("burst_storm", "drift_retraining", "feed_ranking", "fraud_threshold", "latency_budget")


def test_every_case_has_a_board():
    assert set(OWN) == set(cases.names())
    assert all(cases.load(name).board.places for name in OWN)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("level", [1, 3])
def test_the_board_keeps_the_contract(name, level):
    (found,) = check_case(cases.load(name).but(level=level), only=["board"])
    assert found.ok, found.detail


def test_the_board_of_the_template_keeps_it(claims):
    case = cases.load(claims)
    assert case.board.places
    assert check_case(case, only=["board"])[0].ok


@pytest.mark.parametrize("name", OWN)
def test_places_are_few_and_explained(name):
    case = cases.load(name)
    assert 4 <= len(case.places()) <= 7
    assert {place.group for place in case.places()} >= {"business", "system"}
    for place in case.places():
        assert re.fullmatch(r"[A-Z][^.!?]*\.", place.about), place.about
    reached = {name for place in case.places() for name in place.to}
    assert sum(place.name not in reached for place in case.places()) <= 2  # a path has a beginning


# Read once, at the very end of a flight: it is a KPI, too.
AT_THE_END = {"seen_in_a_week"}


@pytest.mark.parametrize("name", OWN)
def test_the_gauges_on_the_board_are_those_that_are_read(name):
    case = cases.load(name)
    run = fly(case, "strong", 1, until=5 * case.tick)
    shown = [gauge for place in case.places() for gauge in place.gauges]
    assert len(shown) == len(set(shown))
    assert set(shown) == set(run.gauges.names()) - AT_THE_END
    for gauge in shown:
        assert len(run.gauges.series(gauge)[0])
    assert set(case.watched) <= set(shown)


@pytest.mark.parametrize("name", OWN)
def test_questions_give_nothing_away(name):
    case = cases.load(name)
    asked = case.board.questions
    assert 4 <= len(asked) <= 6
    assert 1 <= sum(question.after > 0 for question in asked) <= 2
    assert any("Nobody" in question.answer for question in asked)
    for question in asked:
        assert not re.search(r"\d", question.answer), "a number stands in the setting, not in an answer"
        for incident in case.timeline:
            assert incident.name not in question.answer


def test_an_answer_follows_the_scenario():
    storm = cases.load("burst_storm")
    first = storm.board.questions[0]
    assert first.answered(storm.world_setting().values()).startswith("45 s")
    assert first.answered(storm.but(level=3).world_setting().values()).startswith("60 s")


def test_budgets():
    budgets = {name: cases.load(name).board.budget for name in OWN}
    assert {name: budget for name, budget in budgets.items() if budget} == {
        "latency_budget": 0.120,
        "feed_ranking": 0.120,
        "burst_storm": 0.250,
    }


def earned(run) -> np.ndarray:
    """Return (n,) what each request earned [$], whatever it was posted to."""
    book, total = run.ledger.postings(), np.zeros(len(run.requests))
    mine = book.request >= 0
    np.add.at(total, book.request[mine], book.amount[mine])
    return dollars(total)


def differences(case, alone, acting, until: float):
    """Return what acting on requests earned against leaving them alone, their labels, and what the stakes say."""
    left, acted = (simulate(case, plan, 4, until=until) for plan in (alone, acting))
    flown = (left.requests.at >= 0) & (left.requests.at < until) & (acted.outcomes.result > 1)
    ids = np.flatnonzero(flown & (left.outcomes.action == 0) & np.isin(acted.outcomes.action, case.board.acted))
    label = tape_of(case, 4).truths.label[ids]
    stakes = case.board.stakes(case.world_setting(), dollars(left.requests.value[ids]))
    told = np.where(label, stakes.positive, stakes.negative)
    return (earned(acted) - earned(left))[ids], label, told


def test_the_stakes_of_fraud_are_what_the_ledger_posts():
    case = cases.load("fraud_threshold").but(level=1, world={"payments": 600, "leave": 1.0, "fraud_share": 0.05})
    approving, refusing = case.design(threshold=0.99), case.design(threshold=0.005)
    posted, label, told = differences(case, approving, refusing, day(4))
    assert label.sum() > 30
    assert (~label).sum() > 300
    assert posted == pytest.approx(told, abs=2e-6)


def test_the_stakes_of_fraud_hold_on_average_where_some_are_offended():
    case = cases.load("fraud_threshold").but(level=1, world={"payments": 1500, "leave": 0.3, "lifetime": 50.0})
    posted, label, told = differences(case, case.design(threshold=0.99), case.design(threshold=0.005), day(6))
    assert posted[~label].mean() == pytest.approx(told[~label].mean(), rel=0.05)


def test_the_stakes_of_drift_are_what_the_ledger_posts():
    case = cases.load("drift_retraining").but(world={"leads": 300, "call": 11.0, "sale": 61.0})
    run = simulate(case, case.design(), 4, until=day(4))
    ids = np.flatnonzero((run.requests.at >= 0) & (run.requests.at < 4 * DAY))
    label, called = tape_of(case, 4).truths.label[ids], run.outcomes.action[ids] == 1
    stakes = case.board.stakes(case.world_setting(), dollars(run.requests.value[ids]))
    told = np.where(label, stakes.positive, stakes.negative)
    assert called.sum() > 50
    assert earned(run)[ids][called] == pytest.approx(told[called], abs=2e-6)
    assert (earned(run)[ids][~called] == 0).all()


def test_the_stakes_of_the_template_are_what_the_ledger_posts(claims):
    case = cases.load(claims)
    posted, label, told = differences(case, case.design(line=1.0), case.design(line=0.0), day(5))
    assert label.any()
    assert posted == pytest.approx(told, abs=2e-6)


def test_twin_stakes_off_by_5_percent_are_noticed(claims):
    case = cases.load(claims)
    stakes = case.board.stakes
    wrong = replace(case, board=replace(case.board, stakes=lambda s, v: stakes(s, 1.05 * v)))
    posted, _, told = differences(wrong, case.design(line=1.0), case.design(line=0.0), day(5))
    assert posted != pytest.approx(told, abs=2e-6)


def test_the_station_of_the_latency_budget_is_what_its_rankers_take():
    case = cases.load("latency_budget")
    design = case.design(replicas=20)
    visits = simulate(case, design, 0, until=120.0).visits
    mine = (visits.stage == visits.stages.index("ranker")) & np.isfinite(visits.started)
    flown = np.median((visits.done - visits.started)[mine])  # of those that are given up, a part is not done
    assert case.board.station(case.world_setting(), design).seconds == pytest.approx(flown, rel=0.01)


def test_the_station_of_the_storm_is_as_busy_as_it_says():
    case = cases.load("burst_storm").but(level=1)
    design = case.design(least=20, most=20)
    run = simulate(case, design, 0, until=240.0)
    station = case.board.station(case.world_setting(), design)
    quiet = run.outcomes.latency[run.requests.at < 240.0]
    assert station.rate == pytest.approx(len(quiet) / 240.0, rel=0.05)
    assert station.seconds == pytest.approx(np.nanmean(quiet), rel=0.02)  # hardly anybody waits


def test_the_station_of_the_feed_is_the_minute_after_the_push():
    case = cases.load("feed_ranking")
    station = case.board.station(case.world_setting(), case.design())
    at = tape_of(case, 0).requests.at
    within_a_minute = np.searchsorted(at, at + 60.0) - np.arange(len(at))
    busiest = [within_a_minute[slice(*np.searchsorted(at, [day(n), day(n + 1)]))].max() for n in range(60)]
    assert station.rate * 60.0 == pytest.approx(np.mean(busiest), rel=0.03)
