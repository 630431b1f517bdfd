"""What a flight of the drifting leads is judged by: behaviours with two ends, probes that tell the truth, a bound."""

from __future__ import annotations

import math

import numpy as np
import pytest

import cases
from cases.drift_retraining import CALLED, DriftDesign
from simulator.probes import Asked, Posed
from simulator.record import Look, Record
from simulator.rubric import DIMENSIONS
from simulator.score import Track, Yardstick, score
from simulator.simulation import fly, tape_of
from simulator.units import DAY, day, dollars

SEEDS = (0,)
PARS = ("weak", "mid", "strong", "expert")


@pytest.fixture(scope="module")
def case():
    return cases.load("drift_retraining")


@pytest.fixture(scope="module")
def flown(case):
    """Fly the pars under two seeds, and the traps under the first."""
    answers = [(name, par, seed) for name, par in case.pars.items() for seed in SEEDS]
    answers += [(name, trap, SEEDS[0]) for name, trap in case.traps.items()]
    return {(name, seed): fly(case, answer, seed) for name, answer, seed in answers}


@pytest.fixture(scope="module")
def totals(case, flown):
    def total(name, seed):
        known = Yardstick(*(Track.of(case, flown[end, seed]) for end in ("weak", "expert")))
        return score(case, flown[name, seed], known=known).total

    return {key: total(*key) for key in flown}


def asked(case, run, record=None):
    return Asked(case, run, tape_of(case, run.seed), record)


def called(run, tape, first, last):
    """Return what the calls of the leads of these times [s] brought [$ a day], from the truth and the prices."""
    at = tape.requests.at
    mine = (at >= first) & (at < last) & (run.outcomes.result == CALLED)
    return float(52.0 * (mine & tape.truths.label).sum() - 12.0 * mine.sum()) / ((last - first) / DAY)


def test_the_pars_are_in_their_order_and_no_trap_reaches_strong(totals, case):
    for seed in SEEDS:
        scores = [totals[name, seed] for name in PARS]
        assert scores == sorted(scores) and len(set(scores)) == 4
    assert all(totals[name, 0] < totals["strong", 0] for name in case.traps)
    assert totals["psi", 0] < totals["weak", 0]


def test_each_behaviour_reaches_both_ends(case, flown):
    for behaviour in case.behaviours:
        if behaviour.by_looks:
            continue
        shares = []
        for (_, seed), run in flown.items():
            found = behaviour.occasions(case.log(run)) if seed == 0 else []
            shares += [np.mean([one.shown for one in found])] if found else []
        assert (min(shares), max(shares)) == (0.0, 1.0), behaviour.text
    assert {b.dimension for b in case.behaviours} == set(DIMENSIONS) == set(case.anchors)


def test_who_looked_first_is_told_from_who_did_not(case, flown):
    run = flown["expert", 0]
    acts = [(act.at, act.name) for act in run.plan.acts]
    by_looks = [behaviour for behaviour in case.behaviours if behaviour.by_looks]
    assert len(by_looks) >= 2
    seen = [Look("chart:maturity", at - day(1), 0.0) for at, _ in acts]
    late = [Look("chart:maturity", at + 1.0, 0.0) for at, _ in acts[-1:]]
    for looks, shown in ((seen, True), (late, False), ([], False)):
        for behaviour in by_looks:
            found = behaviour.occasions(case.log(run, Record(tuple(looks))))
            assert found and all(one.shown is shown for one in found), behaviour.text


@pytest.mark.parametrize("par", PARS)
def test_each_probe_has_something_to_show_of_each_par(case, flown, par):
    posed = [Posed.of(probe, asked(case, flown[par, 0])) for probe in case.probes]
    assert len({probe.name for probe in posed}) == len(posed) >= 4
    for probe in posed:
        assert probe.worth_asking and len(probe.exhibit.text) > 20 and probe.check is not None, probe.name


@pytest.mark.parametrize("par", ["weak", "expert"])
def test_truths_are_those_of_the_run(case, flown, par):
    run = flown[par, 0]
    tape, at = tape_of(case, 0), {i.name: i.at for i in case.happened(run)}
    checks = {probe.name: probe.check(asked(case, run)) for probe in case.probes}
    freeze, lost = at["budget_freeze"], at["lost_records"]
    fell = called(run, tape, freeze - day(14), freeze) - called(run, tape, freeze, freeze + day(14))
    assert checks["refuge"].truth == pytest.approx(fell, rel=1e-6)
    landed = run.landed
    mine = (landed.at >= lost) & (landed.at < lost + day(21)) & tape.truths.label[landed.id]
    assert checks["lost_sales"].truth == pytest.approx(1 - landed.label[mine].mean(), rel=1e-6)
    if par == "weak":
        assert checks["lost_sales"].truth == pytest.approx(0.92, abs=0.02), "the share of records that get lost"
    calm = called(run, tape, 0.0, min(at.values()))
    short = {days: calm - called(run, tape, start, start + day(days)) for days, start in
             ((12, at["trade_fair"]), (14, freeze), (21, lost))}  # fmt: skip
    named = {12: "the trade fair", 14: "two weeks from the freeze on", 21: "the weeks of lost records"}
    assert checks["psi"].options[checks["psi"].right] == named[max(short, key=lambda days: short[days])]
    version = run.outcomes.version
    numbers, n = np.unique(version[np.isfinite(run.outcomes.score)], return_counts=True)
    bought = np.where(run.outcomes.result == CALLED, 52.0 * tape.truths.label - 12.0, 0.0)
    means = {k: bought[version == k].mean() for k in numbers[np.argsort(-n)[:4]]}
    assert checks["challenger"].options[checks["challenger"].right] == f"version {max(means, key=lambda k: means[k])}"


def test_a_flight_that_met_nothing_is_not_asked_about_it(case):
    run = fly(case.but(drop=[incident.name for incident in case.incidents(0)]), "weak", 0, until=day(30))
    posed = {probe.name: probe for probe in (Posed.of(p, asked(case.but(drop=[i.name for i in case.incidents(0)]), run))
                                             for p in case.probes)}  # fmt: skip
    assert not posed["lost_sales"].worth_asking and posed["lost_sales"].check is None
    assert not posed["refuge"].worth_asking and posed["refuge"].check is None


def test_nobody_earns_more_than_the_bound(case, flown):
    for (_, seed), run in flown.items():
        tape = tape_of(case, seed)
        ids = np.flatnonzero(tape.requests.at >= 0)
        assert case.bound(run, tape) == pytest.approx(40.0 * tape.truths.label[ids].sum())
        assert dollars(run.profit()) < case.bound(run, tape)


def test_the_bound_knows_the_prices_of_its_world(case):
    more = {"name": "again", "kind": "label_loss", "at": day(5), "lasts": day(2), "size": 0.5}
    dear = case.but(level=3, add=[more], world={"call": 20.0, "sale": 30.0, "leads": 100})
    run = fly(dear, "weak", 0, until=day(20))
    tape = tape_of(dear, 0)
    buyers = tape.truths.label[(tape.requests.at >= 0) & (tape.requests.at < day(20))].sum()
    assert dear.bound(run, tape) == pytest.approx(10.0 * buyers)
    hopeless = case.but(world={"call": 60.0, "sale": 30.0, "leads": 100})
    assert hopeless.bound(fly(hopeless, "weak", 0, until=day(2)), tape) == 0.0


def test_traps_are_plans_of_the_case(case):
    assert {"psi", "online", "roll_back"} <= set(case.traps)
    assert case.traps["psi"].design == DriftDesign(trigger="psi", window_days=7)
    assert math.isfinite(case.horizon)
