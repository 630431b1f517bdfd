"""What a flight of the home feed is judged by: behaviours reach both ends, and probes tell the truth about the run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cases
from cases.feed_ranking import FALLBACK, RANKED
from simulator.case import Case
from simulator.probes import Asked, Posed
from simulator.record import Look, Record
from simulator.rubric import DIMENSIONS
from simulator.run import Run
from simulator.score import Track, Yardstick, score
from simulator.simulation import fly, simulate, tape_of
from simulator.units import DAY, day

SEEDS = (0,)
PARS = ("weak", "mid", "strong", "expert")
Flown = dict[tuple[str, int], Run]


@pytest.fixture(scope="module")
def case() -> Case:
    return cases.load("feed_ranking")


@pytest.fixture(scope="module")
def flown(case: Case) -> Flown:
    """Fly the pars under two seeds, and the traps under the first."""
    answers = [(name, par, seed) for name, par in case.pars.items() for seed in SEEDS]
    answers += [(name, trap, SEEDS[0]) for name, trap in case.traps.items()]
    return {(name, seed): fly(case, answer, seed) for name, answer, seed in answers}


def total(case: Case, flown: Flown, name: str, seed: int) -> float:
    known = Yardstick(*(Track.of(case, flown[end, seed]) for end in ("weak", "expert")))
    found = score(case, flown[name, seed], known=known).total
    assert found is not None
    return found


def asked(case: Case, run: Run) -> Asked:
    return Asked(case, run, tape_of(case, run.seed))


def behaviour(case: Case, text: str) -> Any:
    return next(one for one in case.behaviours if text in one.text)


def test_the_pars_are_in_their_order_and_no_trap_reaches_strong(case: Case, flown: Flown) -> None:
    for seed in SEEDS:
        scores = [total(case, flown, name, seed) for name in PARS]
        assert scores == sorted(scores) and len(set(scores)) == 4
    assert all(total(case, flown, name, 0) < total(case, flown, "strong", 0) for name in case.traps)


def test_each_behaviour_reaches_both_ends(case: Case, flown: Flown) -> None:
    for one in case.behaviours:
        if one.by_looks:
            continue
        shares = [np.mean([occasion.shown for occasion in found])
                  for run in flown.values() if (found := one.occasions(case.log(run)))]  # fmt: skip
        assert (min(shares), max(shares)) == (0.0, 1.0), one.text
    assert {one.dimension for one in case.behaviours} == set(DIMENSIONS) == set(case.anchors)


@pytest.mark.parametrize(
    ("text", "name", "step", "chart"),
    [("before banning", "expert", "ban", "chart:slices"), ("before turning", "recall", "candidates", "chart:latency")],
)
def test_who_looked_first_is_told_from_who_did_not(
    case: Case, flown: Flown, text: str, name: str, step: str, chart: str
) -> None:
    run, one = flown[name, 0], behaviour(case, text)
    assert one.by_looks
    at = case.log(run).steps(step)[0].at
    for looks, shown in (((Look(chart, at - DAY, 0.0),), True), ((Look(chart, at - day(4), 0.0),), False), ((), False)):
        found = one.occasions(case.log(run, Record(looks)))
        assert [occasion.shown for occasion in found] == [shown]


def test_a_ban_of_an_item_that_nobody_suspected_is_no_good(case: Case) -> None:
    plan = case.plan({"candidates": 20}).do(day(1), "ban", item=3)
    run = simulate(case, plan, 0, until=day(2))
    found = behaviour(case, "bans the item").occasions(case.log(run))
    assert [occasion.shown for occasion in found] == [False] and "item 3" in found[0].because


@pytest.mark.parametrize("par", PARS)
def test_each_probe_has_something_to_show_of_each_par(case: Case, flown: Flown, par: str) -> None:
    posed = [Posed.of(probe, asked(case, flown[par, 0])) for probe in case.probes]
    assert len({probe.name for probe in posed}) == len(posed) >= 4
    for probe in posed:
        assert len(probe.exhibit.text) > 20, probe.name
        assert (probe.check is not None) is probe.worth_asking, probe.name
    assert {probe.name for probe in posed if not probe.worth_asking} == ({"guest"} if par == "weak" else set())


@pytest.mark.parametrize("par", ["mid", "expert"])
def test_truths_are_those_of_the_run(case: Case, flown: Flown, par: str) -> None:
    run, tape = flown[par, 0], tape_of(case, 0)
    truth = {}
    for probe in case.probes:
        check = probe.check(asked(case, run))
        assert check is not None
        truth[probe.name] = check.truth
    paid, sold = (int(run.ledger.posted_to(name).sum()) for name in ("returns", "purchases"))
    assert truth["rising_ndcg"] == pytest.approx(4.0 * paid / (1.8 * sold), rel=1e-6)
    hour = (run.requests.at % DAY >= 19 * 3600) & (run.requests.at % DAY < 20 * 3600)
    came = run.outcomes.result > 1
    assert truth["half_the_latency"] == pytest.approx((run.outcomes.route[hour & came] == FALLBACK).mean(), rel=1e-6)
    assert truth["loop"] == pytest.approx(run.kpis()["seen_in_a_week"])
    farm = next(i for i in case.happened(run) if i.name == "click_farm")
    days = (run.requests.at >= farm.at) & (run.requests.at < farm.end)
    assert truth["overnight_hit"] == pytest.approx((tape.truths.luck["target"][days] >= 0).mean(), rel=1e-6)
    assert truth["overnight_hit"] == pytest.approx(0.12 / 1.12, rel=0.05), "12 fake pages on 100 of people"
    book, per_page = run.ledger.postings(), {}
    for action in (0, 1):
        pages = np.flatnonzero((run.outcomes.result == RANKED) & (run.outcomes.action == action))
        money = sum(book.amount[run.ledger.posted_to(name) & np.isin(book.request, pages)].sum()
                    for name in ("clicks", "purchases", "returns"))  # fmt: skip
        per_page[action] = money / len(pages)
    assert truth["guest"] == pytest.approx(per_page[1] / per_page[0], rel=1e-6)


def test_no_bound_is_claimed(case: Case) -> None:
    assert case.bound is None
