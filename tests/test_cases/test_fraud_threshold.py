"""The fraud desk: its order, its dials, its world, and the exactness of its counterfactuals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orders
import pytest
from contrasts import CONTRASTS

import cases
from simulator.books.requests import ABSENT
from simulator.case import Case
from simulator.check import check_case
from simulator.learning.policy import BLOCK, CHALLENGE, REVIEW
from simulator.run import Run
from simulator.simulation import fly, simulate, tape_of
from simulator.system import System
from simulator.units import DAY, day

SEEDS = range(500, 503)


@pytest.fixture(scope="module")
def case() -> Case:
    return cases.load("fraud_threshold")


@pytest.fixture(scope="module")
def small() -> Case:
    """The same desk with a tenth of the payments."""
    return cases.load("fraud_threshold").but(world={"payments": 300, "customers": 2000})


def test_the_case_keeps_the_contract(small: Case) -> None:
    assert [finding for finding in check_case(small) if not finding.ok] == []


# --- order and dials, on seeds that were not used for tuning -------------------------------------------------


@pytest.fixture(scope="module")
def answers(case: Case) -> tuple[dict[str, Any], list[orders.Row]]:
    return orders.order(case, SEEDS, jobs=1)


def test_weak_mid_strong_expert_are_in_this_order(answers: Any) -> None:
    assert [row.name for row in answers[1] if not row.ok] == []


def test_the_expert_breaks_no_guardrail(case: Case, answers: Any) -> None:
    assert orders.broken_guardrails(case, answers[0]["expert"]) == []


def test_the_difficulty_is_honest(answers: Any) -> None:
    strong = answers[0]["strong"]
    assert 0.80 <= strong.values("auc").mean() <= 0.93
    assert 0.15 <= strong.values("average_precision").mean() <= 0.60


BY_NAME = {contrast.dial: contrast for contrast in CONTRASTS["fraud_threshold"]}


@pytest.mark.soak
@pytest.mark.parametrize("dial", BY_NAME)
def test_every_dial_matters(case: Case, dial: str) -> None:
    (row,) = orders.dials(case, SEEDS, [BY_NAME[dial]], jobs=1)
    assert row.ok, f"{row.name}: {row.difference.mean:,.0f} ± {row.difference.se:,.0f}"


def test_class_weights_at_one_half_lose_to_mid(case: Case) -> None:
    """The textbook trap: 0.5 on scores that class weights have pulled up."""
    trapped = simulate(case, {"balanced": True}, SEEDS[0])
    assert trapped.profit() < fly(case, "mid", SEEDS[0]).profit()


def test_strong_earns_less_in_a_harder_world(case: Case) -> None:
    toy, hard = (fly(case.but(world={"realism": r}), "strong", 1, until=day(20)).kpis() for r in (0.0, 1.5))
    assert toy["auc"] > 0.97
    assert hard["auc"] < 0.85
    assert hard["average_precision"] < 0.15


# --- the world -----------------------------------------------------------------------------------------------


def test_frauds_are_at_the_stated_shares_before_and_after(case: Case) -> None:
    tapes = [tape_of(case, seed) for seed in range(20, 24)]
    before, after = (_fraud_share(tapes, *days) for days in ((-70, 20), (36, 60)))
    assert abs(before - 0.006) < 0.0003
    assert abs(after - 0.006 * 1.67) < 0.0006


def _fraud_share(tapes: list[Any], first: float, last: float) -> float:
    frauds = payments = 0
    for tape in tapes:
        rows = slice(*np.searchsorted(tape.requests.at, [day(first), day(last)]))
        frauds += int(tape.truths.label[rows].sum())
        payments += int((~tape.truths.label[rows]).sum())
    return frauds / payments


def test_chargebacks_come_after_24_days_on_average(case: Case) -> None:
    tape = tape_of(case, 3)
    delay = (tape.truths.known_at - tape.requests.at)[tape.truths.label] / DAY
    error = delay.std() / np.sqrt(len(delay))
    assert abs(delay.mean() - 24) < 4 * error
    assert not abs(delay.mean() * 1.05 - 24) < error  # 5 % more would be noticed


def test_an_added_incident_changes_no_draw_of_what_it_does_not_touch(small: Case) -> None:
    plain = tape_of(small, 4)
    wave = {"name": "extra", "kind": "fraud_wave", "at": "5d", "lasts": "10d", "size": 1.0}
    extra = tape_of(small.but(add=[wave]), 4)
    for name, drawn in plain.unseed.items():
        assert extra.unseed[name] == drawn
    same = np.isin(extra.requests.at, plain.requests.at)
    assert np.array_equal(extra.requests.X[same], plain.requests.X)
    for name, luck in plain.truths.luck.items():
        assert np.array_equal(extra.truths.luck[name][same], luck)
    assert 10 < (~same).sum() < 40


def test_the_ring_and_the_holiday_move_with_the_seed(case: Case) -> None:
    starts = {name: {i.at for s in range(20) for i in case.incidents(s) if i.name == name} for name in ("ring",)}
    assert len(starts["ring"]) == 20
    assert all(day(26) <= at <= day(34) for at in starts["ring"])


# --- counterfactuals -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(small: Case) -> tuple[Run, Run]:
    base = {"rule": "cost", "review": 1.0, "challenge": 0.3}
    return simulate(small, base, 9), simulate(small, {**base, "challenge": 0.1}, 9)


def test_two_designs_meet_the_same_payments(pair: tuple[Run, Run]) -> None:
    assert pair[0].requests is pair[1].requests
    world = {name for name in pair[0].unseed if not name.startswith("policy")}
    assert all(pair[0].unseed[name] == pair[1].unseed[name] for name in world)


def test_where_decisions_and_history_agree_so_do_outcomes(pair: tuple[Run, Run]) -> None:
    first, second = (run.outcomes for run in pair)
    alike = (first.action == second.action) & (first.result != ABSENT) & (second.result != ABSENT)
    settled = alike & ~np.isin(first.action, (REVIEW,))  # how long a review waits depends on the queue
    assert settled.sum() > 10_000
    assert np.array_equal(first.result[settled], second.result[settled])
    assert (first.action != second.action).sum() > 50


def test_refused_payments_never_reveal_their_truth(small: Case) -> None:
    known: list[Any] = []

    def pilot(view: Any) -> Any:
        known.append(view.labels()[0])
        return {"threshold": 0.05} if view.now == 0 else None

    run = simulate(small, None, 2, pilot=pilot)
    refused = np.flatnonzero(run.outcomes.action == BLOCK)
    assert len(refused) > 20
    assert not np.isin(known[-1], refused).any()
    assert len(known[-1]) > 50


def test_customers_who_left_pay_no_more(small: Case) -> None:
    run = simulate(small, {"threshold": 0.02, "balanced": True}, 5)
    lost = run.ledger.caused_by("left")
    book = run.ledger.postings()
    assert run.kpis()["customers_lost"] == lost.sum() > 20
    entity, at = run.requests.entity, run.requests.at
    for id, left_at in zip(book.request[lost][:20], book.at[lost][:20], strict=True):
        later = (entity == entity[id]) & (at > left_at)
        assert (run.outcomes.result[later] == ABSENT).all()


STATED = {"gives_up": 0.12, "challenge_stops": 0.70, "ring_stopped": 0.45}


def _as_stated(case: Case, name: str, factor: float) -> bool:
    """Challenge far and wide where the setting *name* is *factor* times what is stated: does its rate pass for it?"""
    world = {"payments": 6_000, "fraud_share": 0.1, "realism": 1.5, name: STATED[name] * factor}
    busy = case.but(world=world, move={"ring": "0d"})
    run, truths = simulate(busy, {"threshold": 0.15, "challenge": 0.05}, 1, until=day(45)), tape_of(busy, 1).truths
    asked = (run.outcomes.action == CHALLENGE) & (run.outcomes.result != ABSENT)
    of_the_ring = truths.luck["ring"] > 0
    kinds = {
        "gives_up": (~truths.label, 4),
        "challenge_stops": (truths.label & ~of_the_ring, 3),
        "ring_stopped": (of_the_ring, 3),
    }
    who, result = kinds[name]
    hits, expected = run.outcomes.result[asked & who] == result, STATED[name]
    return bool(abs(hits.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / len(hits)))


@pytest.mark.parametrize("name", [n if n == "gives_up" else pytest.param(n, marks=pytest.mark.soak) for n in STATED])
def test_challenges_do_as_stated_and_a_twentieth_more_is_noticed(case: Case, name: str) -> None:
    assert _as_stated(case, name, 1.0)
    assert not _as_stated(case, name, 1.05)


# --- money ---------------------------------------------------------------------------------------------------


def test_the_ledger_can_be_recomputed_from_the_outcomes(small: Case) -> None:
    """Margin and fraud loss, counted a second way from requests, truths and results."""
    run, tape = fly(small, "strong", 6), tape_of(small, 6)
    through = np.flatnonzero(run.outcomes.result == 2)
    through = through[through >= tape.start]
    value, fraud = run.requests.value[through], tape.truths.label[through]
    assert run.ledger.total("margin") == int(np.rint(value / 1e6 * 0.025 * 1e6).sum())
    assert run.ledger.total("fraud") == -int((value[fraud] + 20_000_000).sum())
    assert run.ledger.total("training") == -400_000_000 * int(run.kpis()["trainings"])
    assert run.profit() == int(run.frame()["$profit"].mul(1e6).round().sum())


def test_pending_chargebacks_are_settled_and_their_share_is_told(small: Case) -> None:
    early, late = (fly(small, "mid", 6, until=day(d)).kpis()["closed_share"] for d in (10, 60))
    assert early > late > 0


# --- laws on the real case -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def flights(small: Case) -> Iterator[dict[str, Run]]:
    yield {par: fly(small, par, 0) for par in ("strong", "expert")}


def test_a_change_leaves_the_days_before_it_as_they_were(small: Case, flights: dict[str, Run]) -> None:
    plan = flights["strong"].plan.then(day(20), "to see", challenge=0.1).do(day(25), "hire", analysts=1)
    changed = simulate(small, plan, 0)
    assert changed.digest_until(day(20)) == flights["strong"].digest_until(day(20))
    assert changed.digest_until(day(21)) != flights["strong"].digest_until(day(21))


@pytest.mark.parametrize("par", ["strong", "expert"])
def test_half_a_flight_is_the_first_half_of_a_flight(small: Case, flights: dict[str, Run], par: str) -> None:
    half = fly(small, par, 0, until=day(30))
    assert half.digest_until(day(30)) == flights[par].digest_until(day(30))


def test_the_expert_flown_again_as_a_plan_is_the_same(small: Case, flights: dict[str, Run]) -> None:
    again = simulate(small, small.read_plan(flights["expert"].plan.to_json()), 0)
    assert again.digest() == flights["expert"].digest()


def test_luck_drawn_by_a_policy_moves_nothing(small: Case, flights: dict[str, Run]) -> None:
    expert: Any = small.pars["expert"]

    def wasteful(view: Any) -> Any:
        np.random.default_rng(0).random(20_000)
        return expert(view)

    run = simulate(small, None, 0, pilot=wasteful)
    assert run.digest() == flights["expert"].digest()


@pytest.mark.parametrize("model", ["boosting", "online_logistic", "adaptive_tree", "adaptive_forest"])
def test_every_model_flies_and_flies_again(small: Case, model: str) -> None:
    dials = {"model": model, "rule": "cost", "calibration": "isotonic", "review": 1.0, "retrain_days": 3}
    first, second = (simulate(small, dials, 0, until=day(5)).digest() for _ in range(2))
    assert first == second


def test_an_injected_violation_stops_the_run_and_names_seed_and_time(small: Case, monkeypatch: Any) -> None:
    from simulator.errors import BrokenInvariant

    honest = System.advance

    def lossy(self: System, until: float) -> None:
        honest(self, until)
        if self.reached >= day(3):
            self.outcomes.ended -= 1

    monkeypatch.setattr(System, "advance", lossy)
    with pytest.raises(BrokenInvariant, match=r"seed 0, day \d"):
        fly(small, "mid", 0, until=day(6))


def test_a_conditional_incident_happens_only_to_who_invites_it(case: Case) -> None:
    hard = case.but(level=3)
    without, much = (simulate(hard, {"rule": "cost", "challenge": c}, 1) for c in (1.0, 0.1))
    assert "card_testing" in without.fired
    assert "card_testing" not in much.fired
    tape = tape_of(hard, 1)
    latent = tape.truths.needs >= 0
    assert (much.outcomes.result[latent & (tape.requests.at >= 0)] == ABSENT).all()
    fired = without.fired["card_testing"]
    awake = latent & (tape.requests.at >= fired) & (tape.requests.at < fired + day(3))
    assert (without.outcomes.result[awake] != ABSENT).all()
    assert awake.sum() > 50
    again = simulate(hard, {"rule": "cost", "challenge": 0.1}, 1, fired=without.fired)
    assert again.fired == without.fired
    assert (again.outcomes.result[awake] != ABSENT).all()
