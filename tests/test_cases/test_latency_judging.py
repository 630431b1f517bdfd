"""How a flight of the latency budget is judged: behaviours at both ends, true probes, a bound, an order."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

import cases
from simulator.books.requests import ABSENT
from simulator.probes import Asked, Posed
from simulator.record import Look, Record
from simulator.rubric import DIMENSIONS
from simulator.score import Track, Yardstick, score
from simulator.simulation import fly, simulate, tape_of

PARS = ("weak", "mid", "strong", "expert")
TRAPS = ("hedge_at_once", "largest_model", "more_rankers", "every_page")
STORE, RANKER = 1, 2
RANKED, CACHED = 2, 3


@pytest.fixture(scope="module")
def case():
    return cases.load("latency_budget")


@pytest.fixture(scope="module")
def flights(case):
    """Every reference answer and every trap under seed 0, in the order of their worth where they have one."""
    return {name: fly(case, par, 0) for name, par in {**case.pars, **case.traps}.items()}


def counted(case, run, record=None) -> dict[str, tuple[int, int]]:
    """Return behaviour -> how often it was shown, and asked for."""
    log, asked = case.log(run, record), [b for b in case.behaviours if record is not None or not b.by_looks]
    found = {behaviour.text: behaviour.occasions(log) for behaviour in asked}
    return {text: (sum(one.shown for one in occasions), len(occasions)) for text, occasions in found.items()}


def careful(case, run) -> Record:
    """Make the record of somebody who opens the waterfall and the rankers before each decision."""
    steps = case.log(run).steps()
    return Record(tuple(Look(w, step.at - 5, 0.0) for step in steps for w in ("chart:waterfall", "panel:model")))


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
    "weak": "framing 0/1, metrics 1/1, data 0/1, model 0/1, serving 0/2, monitoring 0/1, monitoring 2/2",
    "mid": "framing 0/1, metrics 1/1, data 0/1, model 1/1, serving 0/2, monitoring 0/1, monitoring 2/2",
    "strong": "framing 1/1, metrics 1/1, data 1/1, model 1/1, serving 1/2, monitoring 0/1, monitoring 2/2",
    "expert": "framing 1/1, metrics 1/1, data 1/1, model 1/1, serving 2/2, monitoring 1/1, monitoring 2/2",
    "hedge_at_once": "framing 1/1, metrics 1/1, data 1/1, model 1/1, serving 0/2, monitoring 0/1, monitoring 2/2",
    "largest_model": "framing 1/1, metrics 1/1, data 1/1, model 0/1, serving 1/2, monitoring 0/1, monitoring 2/2",
    "more_rankers": "framing 1/1, metrics 0/1, data 1/1, model 1/1, serving 1/2, monitoring 0/1, monitoring 2/2",
    "every_page": "framing 1/1, metrics 1/2, data 1/1, model 1/1, serving 1/2, monitoring 0/1, monitoring 0/2",
}


@pytest.mark.parametrize("name", SHEET)
def test_the_sheet_of_each_answer(case, flights, name):
    dimension = {behaviour.text: behaviour.dimension for behaviour in case.behaviours}
    found = counted(case, flights[name])
    said = ", ".join(f"{dimension[text]} {shown}/{asked}" for text, (shown, asked) in found.items())
    assert said == SHEET[name]


def test_a_look_counts_only_before_its_decision(case, flights):
    run = flights["expert"]
    looked = [behaviour.text for behaviour in case.behaviours if behaviour.by_looks]
    for record, share in ((careful(case, run), 1.0), (Record(), 0.0)):
        sheet = counted(case, run, record)
        assert [sheet[text][0] / sheet[text][1] for text in looked] == [share, share]
    late = Record(tuple(Look("chart:waterfall", step.at + 1, 0.0) for step in case.log(run).steps("replace")[-1:]))
    assert counted(case, run, late)[looked[1]] == (0, 1)


def test_replacing_another_ranker_than_the_slow_one_does_not_count(case, flights):
    slow = next(incident for incident in case.incidents(0) if incident.name == "slow_disk")
    text = "replaces the slow ranker"
    plan = case.pars["strong"]
    for number, shown in ((2, 1), (1, 0)):
        run = simulate(case, plan.do(slow.at + 45, "replace", number=number), 0, until=slow.at + 61)
        assert counted(case, run)[text] == (shown, 1)


@pytest.mark.parametrize(("ttl", "shown"), [(0.0, 0), (1.0, 1), (137.0, 1), (139.0, 0)])
def test_predictions_may_be_kept_until_bestsellers_are_worth_more(case, ttl, shown):
    """0.95 exp(-ttl / 300) is 0.6 at 138 s."""
    run = simulate(case, case.pars["strong"].design.but(ttl=ttl), 0, until=1.0)
    assert counted(case, run)["keeps predictions for a while, not until bestsellers are worth more"] == (shown, 1)


@pytest.mark.parametrize(("give_up", "shown"), [(112.0, 1), (112.5, 0)])
def test_the_fallback_has_to_arrive_within_the_budget(case, give_up, shown):
    run = simulate(case, case.pars["strong"].design.but(give_up_ms=give_up), 0, until=1.0)
    assert counted(case, run)["has a fallback that is ready before the budget is spent"] == (shown, 1)


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
def test_where_a_slow_request_spends_its_time(case, flights, par):
    run = flights[par]
    took = run.outcomes.latency
    low, high = np.nanquantile(took, [0.985, 0.995])
    slow = (took >= low - 1e-9) & (took <= high + 1e-9)
    visits, spent = run.visits, {}
    left = np.minimum(visits.done, run.requests.at[visits.id] + took[visits.id])
    for stage in (STORE, RANKER):  # a visit to the predictions that missed lasts as long as both
        rows = (visits.stage == stage) & slow[visits.id]
        spent[visits.stages[stage]] = np.maximum(left - visits.entered, 0.0)[rows].sum()
    check = posed(case, run, "where_it_goes").check
    assert check.options[check.right] == max(spent, key=spent.__getitem__)


def test_the_weak_answer_is_slow_at_its_ranker_and_the_others_at_the_store(case, flights):
    checks = {par: posed(case, flights[par], "where_it_goes").check for par in PARS}
    found = {par: check.options[check.right] for par, check in checks.items()}
    assert found == {"weak": "ranker", "mid": "store", "strong": "store", "expert": "store"}


@pytest.mark.parametrize("par", PARS)
def test_how_many_reads_a_hedge_at_12_ms_would_send_twice(case, flights, par):
    visits = flights[par].visits
    rows = [row for row in np.flatnonzero(visits.stage == STORE) if not math.isnan(visits.started[row])]
    slow = sum(visits.done[row] - visits.started[row] > 0.012 for row in rows)
    check = posed(case, flights[par], "hedge_at_12").check
    assert check.truth == pytest.approx(slow / len(rows), rel=0.001)
    assert 0.45 < check.truth < 0.55, "the median of a quick read is 12 ms"


@pytest.mark.parametrize("par", PARS)
def test_what_a_kept_prediction_is_worth(case, flights, par):
    run = flights[par]
    result, book = run.outcomes.result, run.ledger.postings()
    of = {end: book.amount[(book.request >= 0) & (result[book.request] == end)] for end in (RANKED, CACHED)}
    check = posed(case, run, "half_the_time").check
    assert (check is None) == (len(of[CACHED]) == 0) == (par in ("weak", "mid"))
    if check is not None:
        assert check.truth == pytest.approx(of[CACHED].mean() / of[RANKED].mean(), rel=1e-6)
    if par == "strong":
        assert check.truth == pytest.approx(0.95 * math.exp(-30 / 300), rel=0.001)


@pytest.mark.parametrize("par", PARS)
def test_how_busy_the_store_is(case, flights, par):
    """Count those at work at many moments, each against the slots that there were."""
    run, moments = flights[par], np.arange(0.05, 900.0, 0.1)
    here = (run.visits.stage == STORE) & np.isfinite(run.visits.started)
    began, ended = np.sort(run.visits.started[here]), np.sort(run.visits.done[here])
    at_work = np.searchsorted(began, moments) - np.searchsorted(ended, moments)
    lost = next(incident for incident in case.incidents(0) if incident.name == "store_machine")
    slots = np.where((moments >= lost.at) & (moments < lost.end), 4, 6)
    check = posed(case, run, "flat_tail").check
    assert check.truth == pytest.approx(at_work.sum() / slots.sum(), rel=0.02)


def test_without_kept_predictions_the_store_is_as_busy_as_the_answer_says(case):
    calm = case.but(drop=[incident.name for incident in case.timeline])
    run = simulate(calm, case.pars["mid"], 0)
    assert posed(calm, run, "flat_tail").check.truth == pytest.approx(0.64, abs=0.02)


@pytest.mark.parametrize("par", PARS)
def test_which_account_lost_most(case, flights, par):
    run = flights[par]
    book = run.ledger.postings()
    sums = {name: int(book.amount[book.account == code].sum()) for code, name in enumerate(run.ledger.accounts)}
    check = posed(case, run, "price_of_the_tail").check
    assert check.options[check.right] == min(sums, key=sums.__getitem__)
    assert set(check.options) == {name for name, total in sums.items() if total < 0}


@pytest.mark.parametrize("par", PARS)
def test_when_the_slow_ranker_could_be_told(case, flights, par):
    run = flights[par]
    slow = next(incident for incident in case.incidents(0) if incident.name == "slow_disk")
    at, longest = run.gauges.series("longest_queue")
    _, rest = run.gauges.series("other_queues")
    stands_out = (longest > np.maximum(1.0, 5 * rest)) & (at >= slow.at) & (at <= slow.end)
    assert posed(case, run, "slow_ranker").check.truth == at[stands_out][0]


def test_probes_are_asked_where_they_are_worth_asking(case, flights):
    worth = {name: posed(case, flights[name], "hedge_at_12").worth_asking for name in (*PARS, *TRAPS)}
    assert {name for name, asked in worth.items() if asked} == {"weak", "mid", "hedge_at_once", "more_rankers"}
    assert not posed(case, flights["mid"], "half_the_time").worth_asking
    assert not posed(case, fly(case.but(level=1), "strong", 0), "slow_ranker").worth_asking


# --- bound and order


def test_nobody_earns_more_than_the_bound(case, flights):
    for run in flights.values():
        bound = case.bound(run, tape_of(case, run.seed))
        asked = (run.requests.at < 900.0) & (run.outcomes.result != ABSENT)
        assert bound == pytest.approx(0.01 * asked.sum(), rel=1e-9)
        assert run.profit() / 1e6 < bound


def test_the_bound_is_of_what_was_flown(case, flights):
    half, whole = fly(case, "expert", 0, until=450.0), flights["expert"]
    share = case.bound(half, tape_of(case, 0)) / case.bound(whole, tape_of(case, 0))
    assert share == pytest.approx(0.5, abs=0.02)
    assert half.profit() / 1e6 < case.bound(half, tape_of(case, 0))


def test_scores_are_in_the_order_of_the_answers(case, flights):
    found = cards(case, flights)
    totals = [found[name].total for name in PARS]
    assert all(a + 5 < b for a, b in pairwise(totals)), totals


def test_no_trap_scores_as_the_strong_answer_does(case, flights):
    found = cards(case, flights)
    assert set(case.traps) == set(TRAPS)
    assert all(found[trap].total < found["strong"].total - 5 for trap in TRAPS)
    assert found["hedge_at_once"].broken == ("fallbacks",)
    assert found["hedge_at_once"].total == 60.0
