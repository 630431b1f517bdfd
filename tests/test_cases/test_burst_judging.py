"""How a flight of the storm is judged: behaviours at both ends, probes whose truths hold, a bound, an order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import cases
from simulator.probes import Asked, Posed
from simulator.record import Look, Record
from simulator.rubric import DIMENSIONS
from simulator.score import Track, Yardstick, score
from simulator.simulation import fly, simulate, tape_of

PARS = ("weak", "mid", "strong", "expert")
TRAPS = ("endless_queue", "retry_at_once", "twenty_all_night", "every_alarm")
VOTE = "starts replicas before the announced vote, and lets them go afterwards"


@pytest.fixture(scope="module")
def case():
    return cases.load("burst_storm")


@pytest.fixture(scope="module")
def flights(case):
    """Every reference answer and every trap under seed 0."""
    return {name: fly(case, par, 0) for name, par in {**case.pars, **case.traps}.items()}


@pytest.fixture(scope="module")
def others(case):
    return {name: fly(case, name, 1) for name in PARS}


def counted(case, run, record=None) -> dict[str, tuple[int, int]]:
    """Return behaviour -> how often it was shown, and asked for."""
    log, asked = case.log(run, record), [b for b in case.behaviours if record is not None or not b.by_looks]
    found = {behaviour.text: behaviour.occasions(log) for behaviour in asked}
    return {text: (sum(one.shown for one in occasions), len(occasions)) for text, occasions in found.items()}


def careful(case, run) -> Record:
    """Make the record of somebody who opens the latency and the slices before each decision."""
    steps = case.log(run).steps()
    return Record(tuple(Look(w, step.at - 5, 0.0) for step in steps for w in ("chart:latency", "chart:slices")))


def posed(case, run, name: str) -> Posed:
    probe = next(probe for probe in case.probes if probe.name == name)
    return Posed.of(probe, Asked(case, run, tape_of(case, run.seed)))


def cards(case, flown):
    known = Yardstick(Track.of(case, flown["weak"]), Track.of(case, flown["expert"]))
    return {name: score(case, run, known=known) for name, run in flown.items()}


# --- behaviours


def test_each_behaviour_is_shown_each_time_by_somebody_and_never_by_somebody(case, flights):
    sheets = [counted(case, run, record) for run in flights.values() for record in (None, Record(), careful(case, run))]
    for behaviour in case.behaviours:
        found = [sheet[behaviour.text] for sheet in sheets if sheet.get(behaviour.text, (0, 0))[1]]
        assert any(shown == required for shown, required in found), f"nobody shows: {behaviour.text}"
        assert any(shown == 0 for shown, _ in found), f"everybody shows: {behaviour.text}"


SHEET = {
    "weak": "framing 0/1, metrics 0/1, data 0/1, features 0/1, model 0/1, serving 0/1, monitoring 1/1",
    "mid": "framing 0/1, metrics 1/2, data 0/1, features 0/1, model 0/1, serving 0/1, monitoring 1/1",
    "strong": "framing 1/1, metrics 2/2, data 1/1, features 0/1, model 0/1, serving 1/1, monitoring 1/1",
    "expert": "framing 1/1, metrics 2/2, data 1/1, features 1/1, model 1/1, serving 1/1, monitoring 1/1",
    "endless_queue": "framing 1/1, metrics 0/1, data 0/1, features 0/1, model 0/1, serving 0/1, monitoring 1/1",
    "retry_at_once": "framing 0/1, metrics 0/1, data 0/1, features 0/1, model 0/1, serving 1/1, monitoring 1/1",
    "twenty_all_night": "framing 1/1, metrics 1/2, data 1/1, features 0/1, model 0/1, serving 1/1, monitoring 1/1",
    "every_alarm": "framing 1/1, metrics 1/2, data 1/1, features 0/1, model 0/1, serving 1/1, monitoring 0/1",
}


@pytest.mark.parametrize("name", SHEET)
def test_the_sheet_of_each_answer(case, flights, name):
    dimension = {behaviour.text: behaviour.dimension for behaviour in case.behaviours}
    found = counted(case, flights[name])
    said = ", ".join(f"{dimension[text]} {shown}/{asked}" for text, (shown, asked) in found.items())
    assert said == SHEET[name]


@pytest.mark.parametrize(("queue", "shown"), [(8, 1), (9, 0)])
def test_the_deadline_bounds_the_queue(case, queue, shown):
    """Eight of 30 ms are 240 of the 250 ms that clients wait, nine are 270."""
    run = simulate(case, {"queue": queue}, 0, until=5.0)
    assert counted(case, run)["bounds the queue by the deadline"] == (shown, 1)


@pytest.mark.parametrize(("replicas", "ordered_at", "shown"), [(6, 250, 2), (5, 250, 0), (6, 265, 0)])
def test_the_vote_needs_six_replicas_that_were_ordered_in_time(case, replicas, ordered_at, shown):
    """180 a second of 31.4 ms each keep 5.65 replicas busy, and a replica comes 45 s after its order."""
    plan = case.plan({"most": 4, "least": 4}).then(ordered_at, least=replicas).then(361, least=4)
    shown_, required = counted(case, simulate(case, plan, 0, until=421.0))[VOTE]
    assert (shown_, required) == (shown, 2 if shown else 1)


def test_letting_replicas_go_is_asked_for_a_minute_after_the_vote(case):
    plan = case.plan({"most": 4, "least": 4}).then(250, least=6).then(419, least=4)
    assert counted(case, simulate(case, plan, 0, until=419.5))[VOTE] == (1, 1), "the minute is not over"
    assert counted(case, simulate(case, plan, 0, until=421.0))[VOTE] == (2, 2)
    kept = simulate(case, case.plan({"most": 4, "least": 4}).then(250, least=6).then(421, least=4), 0, until=425.0)
    assert counted(case, kept)[VOTE] == (1, 2)


def test_anchors_are_of_all_dimensions_and_no_two_alike(case):
    assert set(case.anchors) == set(DIMENSIONS)
    said = [text for one in case.anchors.values() for text in (one.weak, one.mid, one.strong, one.expert)]
    assert len(set(said)) == len(said) == 32


# --- probes


@pytest.mark.parametrize("par", PARS)
def test_each_probe_has_something_to_show_of_each_answer(case, flights, par):
    for probe in case.probes:
        asked = posed(case, flights[par], probe.name)
        assert any(letter.isdigit() for letter in asked.exhibit.text), probe.name
        assert asked.exhibit.chart is not None, probe.name
        assert asked.check is not None or not asked.worth_asking, probe.name


@pytest.mark.parametrize("par", PARS)
def test_how_many_attempts_a_request_took_after_the_vote(case, flights, par):
    run = flights[par]
    at, retries = run.gauges.series("retries")
    since = dict(zip(at.tolist(), retries.tolist(), strict=True))
    asked = sum(360.0 <= when < 480.0 for when in run.requests.at.tolist())
    check = posed(case, run, "still_down").check
    assert check.truth == pytest.approx((asked + since[480.0] - since[360.0]) / asked, rel=1e-6)


def test_the_storm_is_asked_about_where_there_is_one(case, flights):
    worth = {name: posed(case, run, "still_down").worth_asking for name, run in flights.items()}
    assert {name for name, asked in worth.items() if asked} == {"weak"}
    assert posed(case, flights["weak"], "still_down").check.truth == pytest.approx(4.0, rel=0.05)


@pytest.mark.parametrize("par", PARS)
def test_on_whom_most_was_lost(case, flights, par):
    run, gone = flights[par], {"members": 0.0, "guests": 0.0}
    lost = {2: 0.0, 3: 0.3, 4: 0.6}
    value = {"members": 0.005, "guests": 0.002}
    for segment, result in zip(run.requests.segment.tolist(), run.outcomes.result.tolist(), strict=True):
        who = "guests" if segment else "members"
        gone[who] += value[who] * lost.get(result, 0.0)
    check = posed(case, run, "shed").check
    assert check.options[check.right] == max(gone, key=gone.__getitem__)
    from cases.burst_storm import lost as computed

    assert computed(Asked(case, run, tape_of(case, 0))) == pytest.approx(gone, rel=0.001)


@pytest.mark.parametrize("par", PARS)
def test_what_the_replicas_took_of_the_answers(case, flights, par):
    run = flights[par]
    worth = np.where(run.requests.segment == 0, 0.005, 0.002) * np.array([0, 0, 1.0, 0.7, 0.4])[run.outcomes.result]
    bill = 14.4 * run.gauges.last("replica_hours")
    check = posed(case, run, "twenty").check
    assert check.truth == pytest.approx(bill / worth.sum(), rel=0.001)


@pytest.mark.parametrize("par", PARS)
def test_how_many_attempts_waited_per_replica(case, flights, par):
    run = flights[par]
    pairs = zip(run.gauges.series("waiting")[1].tolist(), run.gauges.series("replicas")[1].tolist(), strict=True)
    worst = max(waiting / max(up, 1) for waiting, up in pairs)
    assert posed(case, run, "longer_queue").check.truth == pytest.approx(worst, rel=0.001)


@pytest.mark.parametrize("par", PARS)
def test_how_large_the_rush_was(case, flights, par):
    times = flights[par].requests.at
    steps = [int(((times >= start) & (times < start + 5)).sum()) for start in range(0, 900, 5)]
    check = posed(case, flights[par], "unannounced").check
    assert check.truth == pytest.approx(max(steps) / sorted(steps)[90], rel=0.05)
    assert check.truth == pytest.approx(4.5, rel=0.12), "the news brings 4.5 times the load"


@pytest.mark.parametrize("name", [*PARS, *TRAPS])
def test_the_false_one_is_false_and_the_others_are_true(case, flights, name):
    run, kpis = flights[name], flights[name].kpis()
    gone = sum(run.requests.value * np.array([0, 0, 0, 0.3, 0.6])[run.outcomes.result]) / 1e6
    holds = {
        "More than one attempt in ten was a retry.": kpis["attempts"] > 1.1,
        "At some time nine replicas or more were at work.": run.gauges.series("replicas")[1].max() >= 9,
        "The replicas cost more than late answers and fallbacks.": kpis["bill"] > gone,
        "Longer than 45 seconds most requests got no score.": kpis["down_seconds"] > 45,
    }
    holds |= {
        "Fewer than one attempt in ten was a retry.": kpis["attempts"] <= 1.1,
        "Never nine replicas were at work.": run.gauges.series("replicas")[1].max() < 9,
        "The replicas cost less than late answers and fallbacks.": kpis["bill"] <= gone,
        "No more than 45 seconds most requests got no score.": kpis["down_seconds"] <= 45,
    }
    check = posed(case, run, "wrong_signal").check
    assert [holds[option] for option in check.options] == [place != check.right for place in range(3)]


# --- bound and order


def test_nobody_earns_more_than_the_bound(case, flights, others):
    for run in (*flights.values(), *others.values()):
        bound = case.bound(run, tape_of(case, run.seed))
        work = len(run.requests) * 0.030 * 14.4 / 3600
        assert bound == pytest.approx(run.requests.value.sum() / 1e6 - work, rel=1e-6)
        assert run.profit() / 1e6 < bound


@pytest.mark.parametrize("world", [{"replica_hour": 600.0}, {"replica_hour": 0.0}, {"small_worth": 1.0}])
def test_the_bound_takes_the_best_of_the_three_ways_in_other_worlds(case, world):
    other = case.but(world=world)
    run = fly(other, "strong", 2)
    bound, value = other.bound(run, tape_of(other, 2)), run.requests.value / 1e6
    price = world.get("replica_hour", 14.4) / 3600
    ways = [value - 0.030 * price, world.get("small_worth", 0.7) * value - 0.012 * price, 0.4 * value]
    assert bound == pytest.approx(sum(map(max, zip(*(way.tolist() for way in ways), strict=True))), rel=1e-6)
    assert run.profit() / 1e6 < bound


def test_the_bound_counts_the_bursts_that_this_run_met(case):
    hard = case.but(level=3)
    calm, down = fly(hard, "expert", 0), simulate(hard, {"retries": "instant", "most": 4}, 0)
    assert calm.fired
    assert not down.fired
    bounds = [case.bound(run, tape_of(hard, 0)) for run in (calm, down)]
    burst = 60 * 2.5 * 40 * (0.0026 - 0.03 * 14.4 / 3600)
    assert bounds[0] - bounds[1] == pytest.approx(burst, rel=0.05)
    assert calm.profit() / 1e6 < bounds[0]


def test_scores_are_in_the_order_of_the_answers(case, flights, others):
    for flown in ({name: flights[name] for name in PARS}, others):
        totals = [card.total for card in cards(case, flown).values()]
        assert all(a + 5 < b for a, b in pairwise(totals)), totals


def test_no_trap_scores_as_the_strong_answer_does(case, flights):
    found = cards(case, flights)
    assert set(case.traps) == set(TRAPS)
    assert all(found[trap].total < found["strong"].total - 5 for trap in TRAPS)
    assert found["endless_queue"].broken == ("good_share", "down_seconds")
