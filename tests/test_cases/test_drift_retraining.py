"""Drift, lies and a broken package: who notices, what a retraining is worth, and answers in their order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import broken_guardrails, order

import cases
from cases.drift_retraining import CALLED, FEATURES, DriftSetting, chance, concept
from simulator.check import check_case
from simulator.errors import BadInput
from simulator.learning.panel import MONITORS
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import fly, simulate, tape_of
from simulator.streams import uniform
from simulator.units import DAY, day, dollars

NOISE = ["repackaging", "lost_records", "new_buyers"]
CALM = ["trade_fair", "budget_freeze", *NOISE]
BEFORE, AFTER = (day(12) + hours * 3600 for hours in (19.9, 20.1))  # the agency's answers to a question on day 12
SHORT = {"schedule_days": 14, "window_days": 5}


@pytest.fixture(scope="module")
def case():
    return cases.load("drift_retraining")


def earned(run: Run, first: float, last: float) -> float:
    """Return what the calls made from day *first* to day *last* brought [$ a day]."""
    book = run.ledger.postings()
    mine = (run.ledger.posted_to("calls") | run.ledger.posted_to("sales")) & (book.request >= 0)
    at = run.requests.at[book.request[mine]]
    inside = (at >= day(first)) & (at < day(last))
    return float(dollars(int(book.amount[mine][inside].sum()))) / (last - first)


def lived(run: Run) -> list[str]:
    """List why each version went live."""
    refused = {e.text.split()[1] for e in run.journal if e.name == "refused"}
    return [v.why for v in run.versions if str(v.number) not in refused]


def test_the_case_keeps_the_contract(case):
    fewer = case.but(world={"leads": 300})
    assert [finding for finding in check_case(fewer) if not finding.ok] == []


def test_lead_by_lead_gives_the_same_digest(case):
    """Two days around the freeze's first labels, one by one, of a design that learns from each."""
    early = case.but(move={"budget_freeze": "1d"}, drop=["trade_fair"])
    plan = {"model": "online_logistic", "trigger": "page_hinkley", "canary": 0.3, "schedule_days": 1}
    runs = [simulate(early, plan, 3, until=day(2.5), engine=engine) for engine in ("compiled", "reference")]
    assert runs[0].digest() == runs[1].digest()


@pytest.mark.long
def test_answers_are_in_order_on_seeds_that_were_not_tuned_on(case):
    studies, steps = order(case, range(500, 503), jobs=1)
    assert all(step.ok for step in steps), [(step.name, step.errors) for step in steps]
    assert not broken_guardrails(case, studies["expert"])


# --- the mechanism ----------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_without_lost_records_the_expert_is_no_better(case):
    honest = case.but(drop=["lost_records"])
    gaps = {True: [], False: []}
    for seed in (500, 501, 502):
        for which, world in ((True, case), (False, honest)):
            gaps[which].append(
                fly(world, "expert", seed).kpis()["profit"] - fly(world, "strong", seed).kpis()["profit"]
            )
    assert np.mean(gaps[False]) < 0.2 * np.mean(gaps[True])
    assert np.mean(gaps[True]) > 10_000


def test_the_expert_asks_before_it_believes_either_the_world_or_the_records(case):
    run = fly(case, "expert", 7)
    asked = [e.at / DAY for e in run.journal if e.name == "buy_labels"]
    held = [e.at / DAY for e in run.journal if e.name == "quarantine"]
    assert any(at < 60 for at in asked), "fewer sales after the freeze are asked about, too"
    assert held and min(held) > 73, "but only the lost records are quarantined"
    assert len(held) >= 10


def test_without_new_labels_the_loss_looks_better_than_ever(case):
    """What is lost looks like 'no', and most are: this is why nothing rings while the buyers change."""
    run = fly(case, "strong", 7)
    at, z = run.gauges.series("label_loss_z")
    assert np.nanmean(z[(at > day(82)) & (at < day(92))]) < 0


# --- the traps --------------------------------------------------------------------------------------------------


def test_retraining_for_psi_earns_less_than_never_and_far_less_than_a_sensible_schedule(case):
    never, psi, calendar = (
        simulate(case, {"window_days": 7, **design}, 3).kpis()["profit"]
        for design in ({}, {"trigger": "psi"}, {"schedule_days": 14})
    )
    assert psi < never < calendar - 50_000


def test_the_trade_fair_moves_features_and_harms_nobody(case):
    fair, calm = (
        simulate(case.but(drop=[n for n in CALM if n != kept]), {}, 5, until=day(40)) for kept in ("trade_fair", "")
    )
    assert max(fair.gauges.series("psi_most")[1]) > 0.5
    assert max(calm.gauges.series("psi_most")[1]) < 0.1
    assert earned(fair, 18, 30) == pytest.approx(earned(calm, 18, 30), rel=0.02)


def test_an_online_model_swallows_the_lost_records(case):
    """It follows the freeze without a job, and calls hardly anybody when sales stop being recorded."""
    drop = ["repackaging", "new_buyers"]
    for model, falls in (("online_logistic", True), ("logistic", False)):
        lied, honest = (
            simulate(case.but(drop=[*drop, *extra]), {"model": model}, 2) for extra in ([], ["lost_records"])
        )
        before, after = earned(honest, 78, 92), earned(lied, 78, 92)
        assert (after < before - 0.25 * abs(before)) is falls
        if not falls:
            assert after == before, "what does not learn cannot be poisoned"


def test_a_gate_judged_by_poisoned_labels_promotes_the_poisoned_version(case):
    alone = case.but(drop=[name for name in CALM if name != "lost_records"])
    plan = {**SHORT, "schedule_days": 7, "gate": "challenger"}
    run = simulate(alone, plan, 4, until=day(100))
    poisoned = [v for v in run.versions if v.rows and v.positives / v.rows < 0.05]
    assert poisoned, "some window held little but lost records"
    assert all(v.facts["challenger"] <= v.facts["champion"] for v in poisoned[:1])
    honest = simulate(alone.but(drop=["lost_records"]), plan, 4, until=day(100))
    assert earned(run, 88, 95) < 0.5 * earned(honest, 88, 95)


def test_a_check_that_wants_the_usual_share_of_sales_refuses_the_truth_after_the_freeze(case):
    alone = case.but(drop=[name for name in CALM if name != "budget_freeze"])
    checked, better = (simulate(alone, {**SHORT, "gate": gate}, 4) for gate in ("checked", "challenger"))
    assert any("are positive, usual are" in e.text for e in checked.journal if e.name == "refused")
    assert checked.kpis()["profit"] < better.kpis()["profit"] - 20_000


def test_a_quarantine_keeps_poison_out_of_the_window(case):
    alone = case.but(drop=[name for name in CALM if name != "lost_records"], move={"lost_records": "60d"})
    plan = Plan(case.design.of({"window_days": 7})).do(day(75), "retrain")
    held = Plan(case.design.of({"window_days": 7})).do(day(74), "quarantine", first=52, last=67).do(day(75), "retrain")
    lied, clean = (simulate(alone, p, 4, until=day(80)).versions[-1] for p in (plan, held))
    assert lied.positives / lied.rows < 0.04
    assert clean.positives / clean.rows > 0.12
    assert clean.since == pytest.approx(day(75 - 7 - 7 - 16 + 1), abs=day(1.1)), "the window reaches back over it"


def test_bought_labels_come_overnight_and_stand(case):
    alone = case.but(drop=[name for name in CALM if name != "lost_records"], move={"lost_records": "10d"})
    plan = Plan(case.design()).do(day(12), "buy_labels", leads=500)
    found: list[float] = []

    def watch(view):
        """Look at what has landed: at 20 hours all of the agency's answers, and nobody else's so young."""
        if view.now in (BEFORE, AFTER, day(22)):
            ids, labels, _ = view.labels()
            young = alone_requests(alone).at[ids] >= day(11)
            found.append((int(young.sum()), float(labels[young].mean()) if young.any() else -1.0))

    run = simulate(replace(alone, checkpoints=(BEFORE, AFTER, day(22))), plan, 4, until=day(23), pilot=watch)
    assert found[0][0] == 0 and found[1][0] == 500
    assert found[1][1] > 0.1, "in the middle of the loss the agency tells the truth"
    assert run.kpis()["labels_bought"] == 500 and run.ledger.by_account()["labels"] == -1_000_000_000


def alone_requests(case):
    """Return what everybody could see of the leads under seed 4."""
    return tape_of(case, 4).requests


# --- deployments ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broken(case):
    """The case with nothing but the package that cannot be read."""
    return case.but(drop=[name for name in CALM if name != "repackaging"], move={"repackaging": "20d"})


def test_a_canary_meets_the_broken_package_first(broken):
    run = simulate(broken, {"canary": 0.2}, 1, until=day(30))
    tried = run.outcomes.version == 2
    at = run.requests.at[tried]
    assert day(20) <= at.min() and at.max() < day(21)
    inside = (run.requests.at >= day(20)) & (run.requests.at < day(21))
    assert tried.sum() / inside.sum() == pytest.approx(0.2, abs=0.03)
    assert [e.text for e in run.journal if e.name == "refused"] == [
        "version 2 does not go live: 100% of its answers are empty"
    ]


def test_without_a_canary_everybody_is_called_until_somebody_rolls_back(broken):
    left, rolled = (
        simulate(broken, plan, 1, until=day(30))
        for plan in (Plan(broken.design()), Plan(broken.design()).do(day(20.5), "roll_back"))
    )
    for run, until in ((left, 23), (rolled, 20.5)):
        meanwhile = (run.requests.at >= day(20)) & (run.requests.at < day(until))
        assert (run.outcomes.version[meanwhile] == 2).all() and (run.outcomes.version == 2).sum() == meanwhile.sum()
    assert (left.outcomes.result[left.outcomes.version == 2] == CALLED).all()
    assert rolled.profit() > left.profit()


def test_who_keeps_one_version_has_nothing_to_go_back_to(broken):
    plan = Plan(broken.design.of({"keep": 1})).do(day(20.5), "roll_back")
    run = simulate(broken, plan, 1, until=day(30))
    assert any("no earlier version" in e.text for e in run.journal)
    assert [v.why for v in run.versions] == ["take-off", "repackaged by the platform", "repaired by the platform"]
    assert run.versions[-1].trained_at == day(27)


@pytest.mark.parametrize(
    "plan",
    [
        Plan(cases.load("drift_retraining").design()).do(day(21), "retrain").do(day(23.5), "roll_back"),
        Plan(cases.load("drift_retraining").design.of({"model": "online_logistic"})),
        Plan(cases.load("drift_retraining").design.of({"keep": 3})).do(day(21), "retrain").do(day(24), "roll_back"),
    ],
    ids=["rolled back into it", "online", "late"],
)
def test_nobody_serves_the_broken_package_for_good(broken, plan):
    again = {"name": "again", "kind": "bad_deploy", "at": day(21.5), "lasts": day(1)}
    run = simulate(broken.but(add=[again]), plan, 1, until=day(40))
    empty = run.requests.at[run.outcomes.score == 0.5]
    assert day(20) <= empty.min() and empty.max() < day(30)


# --- laws -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plan",
    [
        "expert",
        {"model": "online_logistic", "trigger": "adwin", "gate": "challenger"},
        {"trigger": "label_rate", "schedule_days": 7, "gate": "checked", "window_days": 5},
    ],
    ids=["expert", "online", "gated"],
)
def test_nobody_sees_a_label_before_it_is_due(case, plan):
    """Turn every label that is not due by then into its opposite: until then nothing may be different."""
    end = day(56)

    def lying(seed, horizon, setting, incidents):
        tape = case.world(seed, horizon, setting, incidents)
        wrong = np.where(tape.truths.known_at >= end, ~tape.truths.label, tape.truths.label)
        return replace(tape, truths=replace(tape.truths, label=wrong))

    liar = replace(case, world=lying)
    one, other = (
        (fly(c, plan, 9, until=end) if isinstance(plan, str) else simulate(c, plan, 9, until=end)) for c in (case, liar)
    )
    assert one.digest_until(end) == other.digest_until(end)
    assert (
        tape_of(case, 9).truths.label != lying(9, case.horizon, case.world_setting(), case.incidents(9)).truths.label
    ).any()


@pytest.mark.parametrize(
    ("design", "world", "says"),
    [
        ({"window_days": 60}, {"history_days": 40}, "window_days = 60"),
        (
            {"gate": "challenger", "window_days": 10},
            {"label_delay_days": 130.0, "history_days": 200},
            "gate = challenger",
        ),
        ({"canary": 1.5}, {}, "canary = 1.5"),
        ({"trigger": "psi_incme"}, {}, "trigger"),
        ({"window_days": 1}, {}, "window_days = 1"),
    ],
)
def test_designs_that_cannot_be_are_refused_and_the_dial_is_named(case, design, world, says):
    scened = case.but(world=world)
    with pytest.raises(BadInput, match=says):
        scened.plan(design)


def test_a_dial_that_is_turned_too_far_in_flight_is_refused_before_it(case):
    scened = case.but(world={"history_days": 40})
    plan = Plan(scened.design.of({"window_days": 5})).then(day(30), window_days=50)
    with pytest.raises(BadInput, match="window_days = 50 looks back further"):
        scened.plan(plan)


def test_money_is_the_sum_of_its_parts(case):
    run = fly(case, "expert", 5)
    called = run.outcomes.result == CALLED
    label, kpis = tape_of(case, 5).truths.label, run.kpis()
    kept = sum(run.ledger.postings().amount[run.ledger.posted_to("storage")])
    parts = 52 * (called & label).sum() - 12 * called.sum() - 2500 * kpis["trainings"] - 2 * kpis["labels_bought"]
    assert dollars(run.profit()) == pytest.approx(float(parts) + dollars(int(kept)), abs=0.01)


def test_what_is_kept_and_streamed_is_paid_for_each_midnight(case):
    run = simulate(
        case, Plan(case.design.of({"model": "online_logistic", "keep": 3})).do(day(4), "retrain"), 5, until=day(10.5)
    )
    assert run.ledger.total("stream") == -10 * 450_000_000
    assert run.ledger.total("storage") == -(4 * 10_000_000 + 6 * 20_000_000), "one version, and two from day 5 on"


def test_a_training_takes_six_hours_and_looks_at_its_window(case):
    run = simulate(case, Plan(case.design.of({"window_days": 20})).do(day(5), "retrain", why="to see"), 5, until=day(6))
    version = run.versions[1]
    live = [e.at for e in run.journal if e.name == "v2"]
    assert live == [day(5) + 6 * 3600] and version.why == "retrain (to see)", "lineage names the decision"
    assert version.since == pytest.approx(day(5 - 7 - 20), abs=3600)
    at = run.requests.at
    assert version.rows == int(((at >= day(-22)) & (at < day(-2))).sum())


def test_after_an_order_the_trigger_is_patient_for_three_days(case):
    alone = case.but(drop=[name for name in CALM if name != "budget_freeze"])
    run = simulate(alone, {"trigger": "label_rate", "strictness": 0.25, "window_days": 2}, 5)
    ordered = [e.at / DAY for e in run.journal if e.name == "ordered"]
    gaps = np.diff(ordered)
    assert gaps.min() == 3.0, "as soon as it may"


def test_training_jobs_break_off_in_their_share(case):
    frail = case.but(drop=CALM, world={"job_fails": 0.5})
    run = simulate(frail, {"schedule_days": 1, "window_days": 2}, 5)
    broke = sum(e.name == "job_failed" for e in run.journal)
    assert broke + len(run.versions) - 1 == run.kpis()["trainings"] == 119
    assert broke == sum(uniform(5, "training", "breaks", job) < 0.5 for job in range(1, 120)), (
        "by the luck of its number"
    )


def test_leads_of_a_new_market_buy_as_much_less_as_it_says(case):
    event = {"name": "market", "kind": "new_market", "at": 0, "lasts": 0, "size": 0.5}
    tape = tape_of(case.but(drop=CALM, add=[event], world={"leads": 6000}), 11)
    flown = tape.requests.at >= 0
    new, X, label = tape.requests.segment[flown] == 1, tape.requests.X[flown], tape.truths.label[flown]
    weights, fewer = concept((), tape.requests.at[flown])
    region = X[:, FEATURES.index("region")]
    assert region[new].mean() - region[~new].mean() == pytest.approx(2.5, abs=0.03)
    for less, agrees in ((2.0, True), (1.9, False), (2.1, False)):
        p = chance(X, weights, case.world_setting(), fewer - less * new)
        gap = label[new].mean() - p[new].mean()
        assert bool(abs(gap) < 3 * (p[new].mean() / new.sum()) ** 0.5) is agrees


# --- the world --------------------------------------------------------------------------------------------------


def figures(case, **world) -> dict[str, float]:
    """Measure a calm world over 40 days and its history."""
    calm = case.but(drop=CALM, world=world)
    tape = tape_of(calm, 11)
    weights, fewer = concept(calm.incidents(11), tape.requests.at)
    p = chance(tape.requests.X, weights, calm.world_setting(), fewer)
    return {
        "leads": len(tape) / 190,
        "sales": float(tape.truths.label.mean()),
        "spread": float(np.log(p / (1 - p)).std()),
        "delay": float((tape.truths.known_at - tape.requests.at).mean()) / DAY,
        "gap": float(tape.truths.label.mean() - p.mean()),
    }


EXPECTED = {
    "leads": (1500.0, 3.0 * 1500**0.5 / 190**0.5),
    "sales": (0.1431, 0.0025),
    "delay": (7.0, 1e-6),
    "gap": (0.0, 0.002),
}


def agree(found: dict[str, float]) -> bool:
    return all(abs(found[name] - value) <= band for name, (value, band) in EXPECTED.items())


def test_the_world_is_as_promised(case):
    found = figures(case)
    assert agree(found), found
    knot = DriftSetting().knot
    assert found["spread"] == pytest.approx((DriftSetting().strength ** 2 + knot**2) ** 0.5, rel=0.01)


@pytest.mark.parametrize(
    "wrong", [{"leads": 1575}, {"sales": -2.565}, {"label_delay_days": 7.35}], ids=lambda w: next(iter(w))
)
def test_twin_a_world_5_percent_off_is_noticed(case, wrong):
    assert not agree(figures(case, **wrong))


@pytest.mark.parametrize("size", [0.92, 0.92 * 0.95])
def test_lost_records_are_lost_in_their_share(case, size):
    event = {"name": "loss", "kind": "label_loss", "at": day(10), "lasts": day(20), "size": size}
    run = simulate(case.but(drop=CALM, add=[event]), {}, 6, until=day(32))
    at, rate = run.gauges.series("label_rate")
    left = rate[(at > day(11)) & (at <= day(30))].mean() / rate[at <= day(10)].mean()
    assert bool(abs(left - 0.08) < 0.02) is (size == 0.92)


def test_the_concepts_are_as_strong_as_each_other_and_turn_when_they_are_said_to(case):
    at = np.array([day(n) for n in (0, 44, 46, 69, 82, 96)])
    weights, fewer = concept(case.but(move={"budget_freeze": "45d"}).incidents(0), at)
    assert np.sqrt((weights**2).sum(axis=1)) == pytest.approx(1.0)
    assert (weights[0] == weights[1]).all() and (weights[2] == weights[3]).all()
    assert float(weights[0] @ weights[2]) < 0.3, "what was learned before is worth little after"
    assert fewer.tolist() == pytest.approx([0.0, 0.0, -0.7, -0.7, -0.4, -0.1], abs=0.02)
    assert len(FEATURES) == weights.shape[1]


# --- any design at all --------------------------------------------------------------------------------------------

DESIGNS = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["logistic", "online_logistic"]),
        "schedule_days": st.integers(0, 6),
        "trigger": st.sampled_from(list(MONITORS)),
        "strictness": st.floats(0.25, 4.0),
        "window_days": st.integers(2, 20),
        "gate": st.sampled_from(["none", "challenger", "checked"]),
        "canary": st.sampled_from([0.0, 0.2]),
        "keep": st.integers(1, 3),
    }
)
STEPS = st.lists(
    st.tuples(
        st.floats(0.5, 23.5),
        st.sampled_from(["retrain", "roll_back", "quarantine", "buy_labels"]),
        st.integers(1, 15),
    ),
    max_size=3,
)


@settings(max_examples=15, deadline=None)
@given(design=DESIGNS, steps=STEPS, seed=st.integers(0, 99), end=st.integers(9, 24))
def test_a_canary_value_in_labels_that_are_not_due_changes_nothing_before(small, design, steps, seed, end):
    """Plans of any kind, in a small world where everything happens early; labels bought are due overnight."""
    plan = Plan(small.design.of(design))
    for at, act, number in sorted(steps):
        given = {"quarantine": {"first": number - 6, "last": number}, "buy_labels": {"leads": number}}.get(act, {})
        plan = plan.do(day(at), act, **given)

    def lying(seed, horizon, setting, incidents):
        tape = small.world(seed, horizon, setting, incidents)
        undue = tape.truths.known_at >= day(end)
        bought = (tape.requests.at < day(end)) & any(act == "buy_labels" for _, act, _ in steps)
        return replace(tape, truths=replace(tape.truths, label=tape.truths.label ^ (undue & ~bought)))

    one, other = (simulate(c, plan, seed, until=day(end)) for c in (small, replace(small, world=lying)))
    assert one.digest_until(day(end)) == other.digest_until(day(end))


@pytest.fixture(scope="module")
def small(case):
    """A world of 120 leads a day whose labels take three days; all that may happen does within 24 days."""
    early = {name: day(at) for name, at in zip(CALM, (2, 6, 9, 11, 13), strict=True)}
    return case.but(move=early, world={"leads": 120, "history_days": 25, "label_delay_days": 3.0})
