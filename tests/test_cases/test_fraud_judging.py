"""What the fraud desk is judged by: behaviours with two ends, probes with answers that can be counted, a bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import cases
from simulator.case import Case
from simulator.plan import Plan
from simulator.probes import Asked, Posed
from simulator.record import Look, Record
from simulator.rubric import DIMENSIONS, Behaviour, Log
from simulator.run import Run
from simulator.score import Scorecard, Track, Yardstick, score
from simulator.simulation import fly, simulate, tape_of
from simulator.units import DAY, day

PARS = ("weak", "mid", "strong", "expert")
SEEDS = (0,)
LOOKED = tuple(Look(f"chart:{name}", day(n), 0.0) for name in ("maturity", "calibration") for n in range(60))


@pytest.fixture(scope="module")
def case() -> Case:
    return cases.load("fraud_threshold")


@pytest.fixture(scope="module")
def flights(case: Case) -> dict[tuple[str, int], Run]:
    """Each par under two seeds, each trap under the first."""
    pars = {(name, seed): fly(case, name, seed) for seed in SEEDS for name in PARS}
    return pars | {(name, SEEDS[0]): simulate(case, trap, SEEDS[0]) for name, trap in case.traps.items()}


def card(case: Case, flights: dict[tuple[str, int], Run], name: str, seed: int) -> Scorecard:
    weak, expert = (Track.of(case, flights[par, seed]) for par in ("weak", "expert"))
    return score(case, flights[name, seed], known=Yardstick(weak, expert))


# behaviours


def ends(behaviour: Behaviour, logs: list[Log]) -> set[str]:
    """Say at which ends of its scale a behaviour was seen."""
    found = [[one.shown for one in behaviour.occasions(log)] for log in logs]
    return {"all" if all(shown) else "none" for shown in found if shown and len(set(shown)) == 1}


def test_every_behaviour_is_reached_at_both_ends(case: Case, flights: dict[tuple[str, int], Run]) -> None:
    for behaviour in case.behaviours:
        turned = simulate_turns(case) if behaviour.by_looks else []
        records = (Record(), Record(looks=LOOKED)) if behaviour.by_looks else (None,)
        runs = [flights[name, seed] for name, seed in flights if seed == SEEDS[0]] + turned
        logs = [case.log(run, record) for run in runs for record in records]
        assert ends(behaviour, logs) == {"all", "none"}, behaviour.text


def simulate_turns(case: Case) -> list[Run]:
    """Fly a tenth of the desk with a line turned in flight, and a training ordered."""
    small = case.but(world={"payments": 300, "customers": 2000})
    plan = Plan(case.design()).then(day(9), "too much gets through", threshold=0.1)
    return [simulate(small, plan.do(day(15), "retrain", "to see"), 0, until=day(20))]


def test_a_look_counts_for_three_days(case: Case) -> None:
    (run,) = simulate_turns(case)
    (line,) = [b for b in case.behaviours if b.by_looks and b.dimension == "evaluation"]
    for days, seen in ((2.9, True), (3.1, False), (-0.1, False)):
        record = Record(looks=(Look("chart:thresholds", day(9) - days * DAY, 0.0),))
        assert [one.shown for one in line.occasions(case.log(run, record))] == [seen]


def test_a_flight_without_reviews_is_not_asked_how_it_reviews(case: Case, flights: dict[tuple[str, int], Run]) -> None:
    by_dimension = {line.dimension: line for line in card(case, flights, "weak", 0).parts[1].lines}
    assert by_dimension["serving"].required == by_dimension["monitoring"].required == 0


def test_what_can_be_read_is_what_the_desk_reads(case: Case, flights: dict[tuple[str, int], Run]) -> None:
    """Two people, eight hours, twelve minutes each: 80 of 3,000 payments a day, half of it in the flu."""
    small = case.but(world={"payments": 3000, "customers": 2000})
    (serving,) = [b for b in case.behaviours if b.dimension == "serving"]
    run = flights["strong", 0]
    for share, shown in (
        (80 / 30 * 1.05, [False, False]),
        (80 / 30 * 0.95, [True, False]),
        (40 / 30 * 0.95, [True, True]),
    ):
        plan = Plan(run.plan.design.but(review=share))
        log = small.log(replace(run, plan=plan))
        assert [one.shown for one in serving.occasions(log)] == shown


def test_all_dimensions_have_anchors_and_a_behaviour(case: Case) -> None:
    assert set(case.anchors) == set(DIMENSIONS) == {behaviour.dimension for behaviour in case.behaviours}
    texts = [text for anchors in case.anchors.values() for text in vars(anchors).values()]
    assert len(set(texts)) == len(texts) == 4 * len(DIMENSIONS)


# scores


def test_the_pars_are_scored_in_their_order(case: Case, flights: dict[tuple[str, int], Run]) -> None:
    for seed in SEEDS:
        totals = [card(case, flights, name, seed).total for name in PARS]
        assert totals == sorted(totals)
        assert min(np.diff(totals)) > 5


def test_traps_lose_to_mid_in_money_and_in_score(case: Case, flights: dict[tuple[str, int], Run]) -> None:
    mid = flights["mid", 0].profit(), card(case, flights, "mid", 0).total
    for name in case.traps:
        assert flights[name, 0].profit() < mid[0], name
        assert card(case, flights, name, 0).total < mid[1], name


def test_nobody_exceeds_the_bound_and_it_is_no_joke(case: Case, flights: dict[tuple[str, int], Run]) -> None:
    tapes = {seed: tape_of(case, seed) for seed in SEEDS}
    for (name, seed), run in flights.items():
        bound, profit = case.bound(run, tapes[seed]), run.profit() / 1e6
        assert profit < bound, name
        assert bound < 2 * flights["expert", seed].profit() / 1e6


def test_the_bound_is_what_is_earned_where_there_is_no_fraud_and_nobody_is_stopped(case: Case) -> None:
    """All is approved and no fraud is worth anything to anybody: what is left is margins."""
    calm = case.but(world={"payments": 200, "customers": 2000, "fraud_share": 0.0005, "margin": 0.05}, level=1)
    run, tape = simulate(calm, {"threshold": 0.99}, 3, until=day(10)), tape_of(calm, 3)
    frauds = run.ledger.total("fraud") + int(
        np.rint(
            0.05 * run.requests.value[tape.truths.label & (run.requests.at >= 0) & (run.requests.at < day(10))]
        ).sum()
    )
    assert calm.bound(run, tape) == pytest.approx((run.profit() - frauds) / 1e6, abs=0.01)


# probes


@pytest.fixture(scope="module")
def posed(case: Case, flights: dict[tuple[str, int], Run]) -> dict[str, dict[str, Posed]]:
    """Each probe, asked of each par."""
    tape = tape_of(case, 0)
    asked = {name: Asked(case, flights[name, 0], tape) for name in PARS}
    return {probe.name: {name: Posed.of(probe, one) for name, one in asked.items()} for probe in case.probes}


def test_every_probe_has_evidence_for_every_par(posed: dict[str, dict[str, Posed]]) -> None:
    assert len(posed) >= 4
    for of_pars in posed.values():
        for name, one in of_pars.items():
            assert len(one.exhibit.text) > 40, (one.name, name)
            assert one.exhibit.chart is not None, (one.name, name)
            assert one.check is not None or not one.worth_asking, (one.name, name)


def test_probes_are_worth_asking_where_there_is_something_to_ask(posed: dict[str, dict[str, Posed]]) -> None:
    worth = {probe: [name for name in PARS if of_pars[name].worth_asking] for probe, of_pars in posed.items()}
    assert worth["why_that_threshold"] == ["weak", "mid"]
    assert worth["double_the_analysts"] == ["mid", "strong", "expert"]
    assert worth["what_changed"] == list(PARS)


def test_truths_equal_what_is_counted_a_second_way(
    case: Case, flights: dict[tuple[str, int], Run], posed: dict[str, dict[str, Posed]]
) -> None:
    run, tape = flights["strong", 0], tape_of(case, 0)
    frame = [
        (score, bool(fraud), value / 1e6)
        for score, fraud, value, at, result in zip(
            run.outcomes.score, tape.truths.label, run.requests.value, run.requests.at, run.outcomes.result, strict=True
        )
        if at >= 0 and result != 1
    ]
    median = sorted(value for *_, value in frame)[len(frame) // 2]
    refused, fraud = 0.025 * median + 0.08 * 80, 0.975 * median + 20
    top = sorted(frame, key=lambda row: -row[0])[: len(frame) // 100]
    book = run.ledger.postings()
    late = book.amount[run.ledger.caused_by("close") & run.ledger.posted_to("fraud")].sum()
    read = {int(id) for id in book.request[run.ledger.caused_by("reviewed")]}
    caught = sum(run.requests.value[id] / 1e6 for id in read if tape.truths.label[id] and run.outcomes.result[id] == 3)
    expected = {
        "why_that_threshold": refused / (refused + fraud),
        "meaning_of_a_score": sum(fraud for _, fraud, _ in top) / len(top),
        "losses_fell": late / run.ledger.total("fraud"),
        "double_the_analysts": caught / len(read),
    }
    for name, truth in expected.items():
        assert posed[name]["strong"].check.truth == pytest.approx(truth, rel=0.05), name


def test_the_false_claim_is_the_false_one(
    case: Case, flights: dict[tuple[str, int], Run], posed: dict[str, dict[str, Posed]]
) -> None:
    tape, run = tape_of(case, 0), flights["expert", 0]
    (ring,) = [incident for incident in case.happened(run) if incident.name == "ring"]
    here = (run.requests.at >= 0) & (run.requests.at < run.until) & (run.outcomes.result != 1)
    shares = [tape.truths.label[here & part].mean() for part in (run.requests.at < ring.at, run.requests.at >= ring.at)]
    check = posed["what_changed"]["expert"].check
    holds = {
        "frauds before": lambda text: (
            f"{shares[0]:.2%} were frauds before" in text and f"{shares[1]:.2%} after" in text
        ),
        "scores on average": lambda text: "lower" in text,
        "highest PSI": lambda text: "before" in text,
    }
    for place, option in enumerate(check.options):
        (told,) = [test(option) for words, test in holds.items() if words in option]
        assert told == (place != check.right), option
    scored = run.outcomes.score
    theirs = here & (tape.truths.luck["ring"] > 0)
    others = here & tape.truths.label & ~theirs & (run.requests.at >= ring.at)
    assert scored[theirs].mean() < scored[others].mean()
