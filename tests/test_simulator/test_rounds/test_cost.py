"""A flight is estimated before anything is drawn, near to what it draws, and refused where it is too much."""

from __future__ import annotations

from dataclasses import make_dataclass, replace

import pytest
from toy_case import CASE

import cases
from simulator.design import Design, number
from simulator.errors import BadInput
from simulator.rounds.cost import _period, estimate, refuse
from simulator.simulation import tape_of
from simulator.units import DAY

OWN = ("burst_storm", "feed_ranking", "fraud_threshold", "latency_budget", "drift_retraining")


@pytest.mark.parametrize(
    ("unit", "period"),
    [
        ("a day", DAY), ("requests/s", 1.0), ("requests per hour", 3600.0), ("an hour", 3600.0), ("a minute", 60.0),
        ("/s", 1.0), ("$ a day", 0.0), ("$ an hour", 0.0), ("a request", 0.0), ("s", 0.0), ("days", 0.0), ("", 0.0),
    ],
)  # fmt: skip
def test_a_rate_is_told_by_its_unit(unit, period):
    assert _period(unit) == period


@pytest.mark.parametrize("name", OWN)
def test_the_estimate_is_near_to_what_is_drawn(name):
    case = cases.load(name)
    tape, horizon = tape_of(case, 0), case.horizon
    drawn = ((tape.requests.at >= 0) & (tape.requests.at < horizon)).sum()
    assert estimate(case).requests == pytest.approx(drawn, rel=0.25)


def test_what_waits_is_drawn_for_the_whole_flight():
    case = cases.load("fraud_threshold")
    drop = [incident.name for incident in case.incidents(0)]
    wave = {"name": "wave", "kind": "fraud_wave", "at": "10d", "lasts": "6d", "size": 5.0}
    fixed, waits = case.but(drop=drop, add=[wave]), case.but(drop=drop, add=[{**wave, "when": "never"}])
    assert estimate(fixed).added["wave"] == pytest.approx(3000 * 0.006 * 5 * 6)
    assert estimate(waits).added["wave"] == pytest.approx(3000 * 0.006 * 5 * 60)
    tapes = [(tape_of(one, 0).requests.at >= 0).sum() for one in (case.but(drop=drop), fixed, waits)]
    assert tapes[1] - tapes[0] == pytest.approx(estimate(fixed).added["wave"], rel=0.2)
    assert tapes[2] - tapes[0] == pytest.approx(estimate(waits).added["wave"], rel=0.2)


def burst(n: int, **more) -> dict:
    return {"name": f"b{n}", "kind": "burst", "at": 0, "lasts": "1m", "size": 20.0, "when": "never", **more}


def many(condition: str, n: int) -> dict:
    return {"add": [{"name": f"p{i}", "kind": "page", "at": 0, "when": condition} for i in range(n)]}


REFUSED = {
    "forty bursts": ("burst_storm", {"add": [burst(n) for n in range(40)]}, "event 'b0' of size 20"),
    "a large world with them": (
        "burst_storm", {"world": {"rate": 2000}, "add": [burst(n) for n in range(40)]}, "of size 20"),
    "two bursts in a large one": ("burst_storm", {"world": {"rate": 2000}, "add": [burst(0)]}, "event 'b0'"),
    "a large world": ("latency_budget", {"world": {"rate": 5000}}, "scenario.world.rate = 5000"),
    "many pages": ("feed_ranking", {"world": {"pages": 50_000}}, "scenario.world.pages = 50000"),
    "many events": ("burst_storm", many("never", 101), "at most 100"),
    "many looks": ("burst_storm", many(" or ".join(["rate > 1"] * 20), 90), "comparisons"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_too_much_is_refused_in_no_time(what, benchmark_seconds):
    name, words, hint = REFUSED[what]
    case = cases.load(name).but(**words)

    def refused():
        with pytest.raises(BadInput, match=r"are (too many|allowed)") as caught:
            refuse(case)
        assert hint in str(caught.value)

    assert benchmark_seconds(refused) < 0.1


def test_a_trillion_requests_are_refused():
    load = ("rate", float, number(180.0, 1.0, 1e12, "Load", unit="requests/s"))
    case = cases.load("latency_budget")
    case = replace(case, setting=make_dataclass("Wide", [load], bases=(Design,), frozen=True))
    with pytest.raises(BadInput, match=r"scenario.world.rate = 1.11111e\+09: 1,000,000,000,000 requests"):
        refuse(replace(case, scenario=replace(case.scenario, world={"rate": 1e12 / case.horizon})))


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_what_is_shipped_is_not(name, level):
    refuse(cases.load(name).but(level=level))


def test_a_case_without_rates_costs_nothing_that_is_known():
    boot = ("boot", float, number(30.0, 0.0, 600.0, "Boot", unit="s"))
    still = make_dataclass("Still", [boot], bases=(Design,), frozen=True)
    assert estimate(replace(CASE, setting=still)).requests == 0
