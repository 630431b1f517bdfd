"""The home feed: answers in their order and by which mechanism, traps that are traps, money and rates that add up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import orders
import pytest

import cases
from cases.feed_ranking import FALLBACK, LOOK, NEWCOMER, PLACES, STATIC, Feed, FeedDesign, stocked
from simulator.books.requests import ABSENT
from simulator.case import Case
from simulator.check import check_case
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import fly, simulate, tape_of
from simulator.streams import Streams
from simulator.study import compare, replicate_all
from simulator.units import DAY, HOUR, day, dollars, micro

SEEDS = range(500, 504)
CALM = ["taste_drift", "index_stuck", "click_farm", "weekend_page"]
STRONG = {"objective": "value", "source": "mix", "explore": "slot", "share": 0.3, "replicas": 3}


@pytest.fixture(scope="module")
def case() -> Case:
    return cases.load("feed_ranking")


def watched(case: Case, plan: Any, seed: int, until: float) -> tuple[Run, Feed]:
    """Fly *plan*, and return the run with the feed that it left behind."""
    feeds: list[Feed] = []

    def build(*given: Any) -> Any:
        feeds.append(Feed(*given))
        return feeds[0].wired()

    return simulate(replace(case, build=build), plan, seed, until=until), feeds[0]


@pytest.fixture(scope="module")
def strong(case: Case) -> tuple[Run, Feed]:
    return watched(case, STRONG, 7, day(20))


def near(values: Any, expected: Any, wrong: float = 1.0) -> bool:
    """Tell whether *values* (0 or 1) were drawn with the chances *expected* times *wrong*, to four standard errors."""
    chance = np.clip(np.asarray(expected) * wrong, 0.0, 1.0)
    error = np.sqrt((chance * (1 - chance)).sum())
    return bool(abs(np.sum(values) - chance.sum()) < 4 * error)


# --- the contract, the order, the mechanism ------------------------------------------------------------------


def test_the_case_keeps_the_contract(case: Case) -> None:
    small = case.but(world={"pages": 500})
    assert [finding for finding in check_case(small) if not finding.ok] == []


@pytest.mark.parametrize("par", ["mid", "expert"])
def test_a_simpy_process_a_page_gives_the_same_digest(case: Case, par: str) -> None:
    runs = [fly(case, par, 3, until=20.5 * HOUR, engine=engine) for engine in ("compiled", "reference")]
    assert runs[0].digest() == runs[1].digest()
    assert runs[0].asked() > 2000


def test_decisions_in_flight_cut_nothing_differently(case: Case) -> None:
    plan = case.plan(STRONG).then(19.2 * HOUR, candidates=150, share=0.9).do(19.3 * HOUR, "ban", item=5)
    runs = [simulate(case, plan, 3, until=20.0 * HOUR, engine=engine) for engine in ("compiled", "reference")]
    assert runs[0].digest() == runs[1].digest()


@pytest.fixture(scope="module")
def answers(case: Case) -> tuple[dict[str, Any], list[orders.Row]]:
    return orders.order(case, SEEDS, jobs=1)


def test_answers_are_in_order_on_seeds_that_were_not_tuned_on(case: Case, answers: Any) -> None:
    studies, steps = answers
    assert all(step.ok for step in steps), [(step.name, step.errors) for step in steps]
    assert orders.broken_guardrails(case, studies["expert"]) == []
    assert orders.broken_guardrails(case, studies["strong"]) == []


def test_without_anything_new_the_expert_earns_no_more_than_strong(case: Case, answers: Any) -> None:
    still = case.but(drop=CALM, world={"arriving": 0.0})
    studies = replicate_all(still, {"strong": "strong", "expert": "expert"}, SEEDS, jobs=1)
    left, full = compare(studies["strong"], studies["expert"]), compare(answers[0]["strong"], answers[0]["expert"])
    assert full.mean > 1500
    assert left.mean < 0.25 * full.mean
    assert left.mean < 3 * left.se


def test_a_higher_ndcg_on_the_log_goes_with_a_lower_profit(answers: Any) -> None:
    mid, strong = answers[0]["mid"], answers[0]["strong"]
    assert (mid.values("offline_ndcg") > strong.values("offline_ndcg")).all()
    assert (mid.values() < strong.values()).all()


# --- traps ----------------------------------------------------------------------------------------------------


def profits(case: Case, until: float, *designs: dict[str, Any]) -> list[float]:
    return [dollars(simulate(case, {**STRONG, **design}, 501, until=until).profit()) for design in designs]


def test_counting_clicks_raises_the_ndcg_and_buys_returns(case: Case) -> None:
    clicks, value = (simulate(case, {**STRONG, "objective": name}, 502).kpis() for name in ("click", "value"))
    assert clicks["offline_ndcg"] > value["offline_ndcg"] + 0.02
    assert clicks["ctr"] > value["ctr"]
    assert clicks["return_rate"] > 2 * value["return_rate"]
    assert clicks["profit"] < 0.75 * value["profit"]


def test_more_candidates_than_the_budget_holds_lose(case: Case) -> None:
    fitting, many, too_many = profits(case, day(20), {"candidates": 100}, {"candidates": 200}, {"candidates": 300})
    assert too_many < many < fitting
    late = simulate(case, {**STRONG, "candidates": 300}, 501, until=day(3)).kpis()
    assert late["fallbacks"] > 0.9
    assert late["p99_ms"] == pytest.approx(120.0)


def test_whole_pages_of_luck_lose_to_greed_and_to_guests(case: Case) -> None:
    free = case.but(world={"creator": 0.0})  # what is learned, without the creators' money
    known = {"source": "group", "share": 0.2}
    greedy, pages = profits(free, day(30), {**known, "explore": "none"}, {**known, "explore": "page"})
    assert pages < 0.95 * greedy
    random, guests = profits(free, day(30), {"explore": "page"}, {"explore": "slot"})
    assert random < 0.95 * guests


def test_without_the_push_one_replica_would_do(case: Case) -> None:
    late = [simulate(case, {**STRONG, "replicas": n}, 501, until=day(5)).kpis()["fallbacks"] for n in (1, 3)]
    assert late[0] > 0.1 > 10 * late[1] - 0.1
    smooth = case.but(world={"push": 0.0})
    assert simulate(smooth, {**STRONG, "replicas": 1}, 501, until=day(5)).kpis()["fallbacks"] < 0.01


def test_who_shows_nothing_new_loses_creators(case: Case) -> None:
    weak = fly(case, "weak", 501, until=day(35))
    assert weak.kpis()["newcomers"] < 0.05
    assert weak.kpis()["seen_in_a_week"] < 0.1
    assert weak.kpis()["creators_left"] == 2
    assert dollars(weak.ledger.total("creators")) == -800
    assert not fly(case, "weak", 501, until=day(13.9)).kpis()["creators_left"]


def test_a_guest_without_correction_seems_a_third_as_good(case: Case) -> None:
    raw, fair = profits(case, day(45), {"debias": False}, {"debias": True})
    assert fair > raw


# --- what happens to the feed ---------------------------------------------------------------------------------


def test_fake_visitors_click_one_item_pay_nothing_and_stop_when_it_is_banned(case: Case) -> None:
    only = case.but(drop=["taste_drift", "index_stuck", "weekend_page"], move={"click_farm": "6d"})
    clicks = {"objective": "click", "source": "group"}
    run, feed = watched(only, clicks, 4, day(12))
    fake = np.flatnonzero((tape_of(only, 4).truths.luck["target"] >= 0) & (run.outcomes.result > ABSENT))
    target = int(feed.luck["target"][fake[0]])
    assert len(fake) == pytest.approx(0.12 * 2500 * 6, rel=0.1)
    assert ((feed.shown[fake] == target) == feed.clicked[fake]).all()
    assert (feed.log.elsewhere[fake][~feed.clicked[fake].any(axis=1)] == target).all()
    paid = run.ledger.postings().request[run.ledger.posted_to("clicks")]
    assert not np.isin(paid, fake).any()
    late = slice(*np.searchsorted(run.requests.at, [day(10), day(12)]))
    assert (feed.shown[late] == target).any(axis=1).mean() > 0.5, "clicks alone put it on most pages"
    banned, after = watched(only, case.plan(clicks).do(day(8), "ban", item=target), 4, day(12))
    assert not (after.shown[late] == target).any()
    assert banned.profit() > run.profit()


def test_the_desk_suspects_what_is_clicked_and_not_bought(case: Case) -> None:
    at = day(8)
    early = case.but(drop=["taste_drift", "index_stuck", "weekend_page"], move={"click_farm": at})
    found = []
    for seed in (1, 2, 3, 5):
        run, feed = watched(early, STRONG, seed, day(12))
        target = feed.luck["target"].max()
        rang = [entry for entry in run.journal if entry.name == "suspect" and entry.at > at]
        found.append(any(entry.text.startswith(f"item {target:.0f} ") for entry in rang))
    assert sum(found) >= 3


def test_a_farm_that_nobody_provokes_does_not_come(case: Case) -> None:
    hard = case.but(level=3, drop=["click_farm"], move={"copycat_farm": "2d"})
    tempted = hard.but(when={"copycat_farm": {"gauge": "top_share", "above": 0.01}})
    for chosen, comes in (
        (hard.but(when={"copycat_farm": {"gauge": "top_share", "above": 0.9}}), False),
        (tempted, True),
    ):
        run = simulate(chosen, STRONG, 4, until=day(4))
        fake = tape_of(chosen, 4).truths.luck["target"][: len(run.outcomes.result)] >= 0
        assert bool((run.outcomes.result[fake] > ABSENT).any()) is comes
        assert bool(run.fired) is comes


def test_a_stuck_index_hides_what_arrives(case: Case) -> None:
    only = case.but(drop=["taste_drift", "click_farm", "weekend_page"], move={"index_stuck": "4d"})
    run, feed = watched(only, STRONG, 4, day(12))
    born = feed.goods.born
    hidden = np.flatnonzero((born > day(3.5)) & (born < day(9.9)))
    stuck, free = (slice(*np.searchsorted(run.requests.at, [day(a), day(b)])) for a, b in ((5, 10), (11, 12)))
    assert not np.isin(feed.shown[stuck], hidden).any()
    assert np.isin(feed.shown[free], hidden).any()


def test_tastes_drift_and_the_clicks_fall(case: Case) -> None:
    only = case.but(drop=["index_stuck", "click_farm", "weekend_page"], move={"taste_drift": "14d"})
    at, ctr = simulate(only, {**STRONG, "memory_days": 365}, 4, until=day(19)).gauges.series("ctr")
    weekday = (np.round(at / DAY).astype(int) - 1) % 7 < 5
    assert ctr[(at > day(14)) & weekday].mean() < 0.8 * ctr[(at > day(7)) & (at <= day(14)) & weekday].mean()


def test_a_page_that_means_nothing_changes_nothing(case: Case) -> None:
    with_page, without = (simulate(case.but(drop=more), STRONG, 4, until=day(14)) for more in ([], ["weekend_page"]))
    assert any(entry.kind == "alarm" and entry.name == "weekend_page" for entry in with_page.journal)
    assert with_page.profit() == without.profit()


def test_rolling_back_brings_the_counts_of_a_midnight(case: Case) -> None:
    _, before = watched(case, STRONG, 4, day(3.01))
    plan = case.plan(STRONG).do(day(5.5), "roll_back", days=3)  # to the midnight of day 3
    _, after = watched(case, plan, 4, day(5.6))
    assert before.published[-1][0] == day(3)
    assert np.array_equal(after.tally.kept.clicked, before.published[-1][1].clicked)
    assert after.versions[-1].why == "rolled back to day 3.0"


def test_more_candidates_in_flight_take_longer(case: Case) -> None:
    run = simulate(case, case.plan(STRONG).then(day(3), candidates=20).then(day(6), candidates=180), 4, until=day(9))
    p99 = run.gauges.series("p99_ms")[1]
    assert p99[4] < p99[1] < p99[-1]


# --- money and rates ------------------------------------------------------------------------------------------


def test_money_is_the_sum_of_what_was_clicked_bought_and_paid(case: Case, strong: tuple[Run, Feed]) -> None:
    run, feed = strong
    ended = run.outcomes.result > ABSENT
    people = ended & (feed.luck["target"] < 0)
    sold = (feed.log.sold >= 0) & people
    parts = {
        "clicks": int(feed.clicked[people].sum()) * micro(0.02),
        "late pages": -int((run.outcomes.route == FALLBACK).sum()) * micro(0.006),
        "purchases": int(sold.sum()) * micro(1.80),
        "returns": -int((sold & feed.log.comes_back).sum()) * micro(4.0),
        "publications": -19 * micro(1.0),
        "replicas": -micro(3 * 20 * 24 * 0.06),
    }
    assert run.ledger.by_account() == parts
    assert run.profit() == sum(parts.values())


def test_the_log_is_paid_per_ranked_page(case: Case) -> None:
    run = simulate(case, {**STRONG, "debias": True}, 7, until=day(3))
    ranked = (run.outcomes.result > ABSENT) & (run.outcomes.result != STATIC)
    assert run.ledger.total("log") == -int(ranked.sum()) * micro(0.001)


def test_clicks_purchases_and_returns_follow_the_truth(strong: tuple[Run, Feed]) -> None:
    run, feed = strong
    ids = np.flatnonzero((run.outcomes.result > ABSENT) & (feed.luck["target"] < 0))
    at, items, goods = run.requests.at[ids], feed.shown[ids], feed.goods
    weekend = np.where((at // DAY) % 7 >= 5, 0.85, 1.0)[:, None]
    liking = goods.liking(run.requests.segment[ids], items, at) * weekend * LOOK
    clicked, sold = feed.clicked[ids], feed.log.sold[ids]
    buys = 1 - np.prod(1 - np.where(clicked, goods.conversion[items], 0.0), axis=1)
    back = goods.returns[sold[sold >= 0]]
    found: list[tuple[Any, Any]] = [(clicked, liking), (sold >= 0, buys), (feed.log.comes_back[ids][sold >= 0], back)]
    assert all(near(*pair) for pair in found)
    assert not near(clicked, liking, 1.05)
    assert not near(clicked[:, -1], liking[:, -1], 1.10), "the last place, too"


@pytest.mark.parametrize(
    ("setting", "column"), [("base", "appeal"), ("conversion", "conversion"), ("returns", "returns")]
)
def test_five_percent_more_in_the_world_is_five_percent_more(case: Case, setting: str, column: str) -> None:
    usual = case.world_setting()
    more = case.but(world={setting: 1.05 * float(usual.values()[setting])}).world_setting()
    one, two = (stocked(Streams(8), chosen, ())[0] for chosen in (usual, more))
    ratio = getattr(two, column)[..., ~one.bait] / getattr(one, column)[..., ~one.bait]
    assert np.median(ratio) == pytest.approx(1.05, rel=0.005)


def test_late_money_comes_late(strong: tuple[Run, Feed]) -> None:
    run, _ = strong
    book = run.ledger.postings()
    for account, cause, least, mean in (("purchases", "bought", 0.0, 1.2), ("returns", "sent back", 1.0, 6.2)):
        rows = run.ledger.posted_to(account) & run.ledger.caused_by(cause)
        days = (book.at[rows] - run.requests.at[book.request[rows]]) / DAY
        assert days.min() > least
        assert days.mean() == pytest.approx(mean, rel=0.15)
    closed = run.ledger.caused_by("close")
    assert set(np.array(run.ledger.accounts)[np.unique(book.account[closed])]) == {"purchases", "returns"}
    assert 0.0 < run.kpis()["closed_share"] < 0.2


def test_the_same_item_on_the_same_page_meets_the_same_answer_in_two_designs(case: Case) -> None:
    (_, one), (run, two) = (watched(case, design, 7, day(4)) for design in (STRONG, {**STRONG, "objective": "click"}))
    ids = np.flatnonzero(run.outcomes.result > ABSENT)
    same = one.shown[ids] == two.shown[ids]
    assert 0.05 < same.mean() < 0.95
    assert (one.clicked[ids] == two.clicked[ids])[same].all()


# --- exploring ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("explore", ["page", "slot", "thompson"])
def test_so_many_pages_explore_as_the_dial_says(case: Case, explore: str) -> None:
    run, feed = watched(case, {**STRONG, "explore": explore, "share": 0.3}, 5, day(3))
    ranked = (run.outcomes.result > ABSENT) & (run.outcomes.route != FALLBACK)
    assert near(run.outcomes.action[ranked] == 1, np.full(int(ranked.sum()), 0.3))
    assert (run.outcomes.propensity[ranked] > 0).all()
    assert all(len(set(page)) == PLACES for page in feed.shown[ranked][:2000].tolist()), "no item twice on a page"


def test_a_guest_sits_in_the_last_place_and_nowhere_else(case: Case) -> None:
    run, feed = watched(case, {**STRONG, "share": 0.5}, 5, day(1))
    ids = np.flatnonzero((run.outcomes.result > ABSENT) & (run.outcomes.route != FALLBACK))
    group, with_guest = run.requests.segment[ids], run.outcomes.action[ids] == 1
    for g in range(5):
        plain = feed.shown[ids[(group == g) & ~with_guest]]
        guests = feed.shown[ids[(group == g) & with_guest]]
        assert (plain == plain[0]).all()
        assert (guests[:, :-1] == plain[0, :-1]).all()
        assert not np.isin(guests[:, -1], plain[0]).any()
    assert (run.outcomes.propensity[ids] == 0.5).all(), "that a page has a guest, or none, is a coin here"


@pytest.mark.parametrize("explore", ["slot", "page", "thompson"])
def test_the_chance_of_an_action_is_the_same_thing_in_every_mode(case: Case, explore: str) -> None:
    """Weighed by one over their chance, the exploring pages stand for all pages, and so do the others."""
    run = simulate(case, {**STRONG, "explore": explore, "share": 0.2, "candidates": 60}, 5, until=day(3))
    ids = np.flatnonzero((run.outcomes.result > ABSENT) & (run.outcomes.route != FALLBACK))
    action, chance = run.outcomes.action[ids], run.outcomes.propensity[ids]
    for one in (0, 1):
        weight = (action == one) / chance
        assert abs(weight.mean() - 1) < 4 * weight.std() / len(weight) ** 0.5


def test_a_dial_that_changes_nothing_changes_no_luck(case: Case) -> None:
    """Sampled pages are cut anew from the same draws; before, a turned replica was worth some $400 of noise."""
    expert = case.plan({**STRONG, "explore": "thompson", "replicas": 3})
    runs = [simulate(case, plan, 6, until=day(3)) for plan in (expert, expert.then(day(1.001), replicas=3))]
    assert runs[0].profit() == runs[1].profit()


def test_a_turned_dial_publishes_nothing_new(case: Case) -> None:
    slow = case.plan({**STRONG, "publish_hours": 168, "candidates": 400})
    _, feed = watched(case, slow.then(day(5), share=0.2), 4, day(5.1))
    assert len(feed.versions) == 1
    assert (feed.goods.born[feed.live.items] <= 0).all()


def test_an_item_that_is_not_there_yet_cannot_be_banned(case: Case) -> None:
    run = simulate(case, case.plan(STRONG).do(day(1), "ban", item=430), 4, until=day(2))
    assert any("items so far" in entry.text for entry in run.journal)


def test_nothing_is_shown_before_it_has_arrived(strong: tuple[Run, Feed]) -> None:
    run, feed = strong
    ids = np.flatnonzero(run.outcomes.result > ABSENT)
    assert (feed.goods.born[feed.shown[ids]] <= run.requests.at[ids][:, None]).all()


def test_the_gauge_of_newcomers_counts_looks_at_what_is_young(strong: tuple[Run, Feed]) -> None:
    run, feed = strong
    at, shares = run.gauges.series("newcomer_share")
    ids = np.arange(*np.searchsorted(run.requests.at, [day(9), day(10)]))
    ids = ids[(run.outcomes.result[ids] > ABSENT) & (run.outcomes.done_at[ids] < day(10))]
    young = feed.goods.born[feed.shown[ids]] > run.requests.at[ids][:, None] - NEWCOMER
    assert shares[at == day(10)][0] == pytest.approx((young @ LOOK).sum() / (LOOK.sum() * len(ids)))


def test_weak_is_the_default_but_for_its_ranker(case: Case) -> None:
    weak = case.pars["weak"]
    assert isinstance(weak, Plan)
    assert weak.design == FeedDesign(ranker="popularity")
