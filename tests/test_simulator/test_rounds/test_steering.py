"""Steering changes what is to come and nothing that was: events begin, wait or stay away, targets move."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_case import CASE

import cases
from cases._exchange import json_of, taken_in
from simulator.conditions import read_condition
from simulator.errors import BadInput
from simulator.plan import Change
from simulator.rounds.fitted import Planned
from simulator.rounds.fitting_words import since
from simulator.rounds.script import Requirement
from simulator.rounds.steering import begun, delayed, fired, required, skipped
from simulator.simulation import simulate
from simulator.store import Store, case_of, plan_of
from simulator.units import HOUR, day, seconds
from simulator.worlds import tape_of

LOOK = HOUR  # the toy is looked at 24 times a day
STORM = cases.load("burst_storm")
STORM_LOOK = 0.625
MOMENTS = (day(1.3), 100_000.123456789123, 3599.9999, 3600.0, math.nextafter(7200.0, math.inf), 0.1 + 0.2)


def planned(name: str, when: str, at: float = 0.0) -> Planned:
    return Planned(name, "", "", at, 0.0, when, when == "never", "")


BASE = CASE.but(
    move={"feast": 0.0, "strike": 0.0},
    when={"feast": "never", "strike": "since 3d", "crowd": "asked > 195"},
    add=[{"name": "crowd", "kind": "rush", "at": 0.0, "lasts": "6h", "size": 1.0}],
    targets={"served": 0.25},
).scenario.to_data()
FEAST, STRIKE = planned("feast", "never", day(2)), planned("strike", "since 3d", day(3))
CROWD = planned("crowd", "asked > 195")


@dataclass(frozen=True)
class Fact:
    """What a store knows of a flight, as far as its case is concerned."""

    scenario: Any
    case: str = CASE.name
    revision: int = CASE.revision


def under(scenario: Any):
    """The toy under a *scenario*, as the store makes it."""
    return case_of(Fact(scenario), lambda name: CASE)


def flown(scenario: Any, until: float | None = None, **more: Any):
    return simulate(under(scenario), None, 3, until=until, **more)


@pytest.fixture(scope="module")
def before():
    """The run that nobody steers."""
    return flown(BASE)


def next_look(at: float, step: float = LOOK) -> float:
    return math.ceil(at / step) * step


# the moment


@given(st.floats(0, 1e8))
def test_a_moment_is_written_as_it_is_or_a_trifle_later(at):
    text = since(at)
    there = seconds(text.removeprefix("since "))
    assert at <= there <= at + 1e-9 + math.ulp(at)
    assert read_condition(text).text == text


@pytest.mark.parametrize(("at", "text"), [(0.0, "0s"), (100.0, "100s"), (12.5, "12.5s"), (1e-12, "0.000000001s")])
def test_how_a_moment_is_written(at, text):
    assert since(at) == f"since {text}"


@pytest.mark.parametrize("at", [-1.0, math.nan, math.inf])
def test_what_is_no_moment(at):
    with pytest.raises(BadInput):
        since(at)


# the toy


@pytest.mark.parametrize("at", MOMENTS)
def test_fired_at_the_next_look_and_the_past_stays(before, at):
    run = flown(fired(BASE, FEAST, at))
    assert run.fired["feast"] == next_look(at) >= at
    assert run.digest_until(at) == before.digest_until(at)
    assert run.digest_until(run.fired["feast"]) == before.digest_until(run.fired["feast"])
    assert run.digest_until(run.fired["feast"] + day(1)) != before.digest_until(run.fired["feast"] + day(1))
    assert run.fired["strike"] == before.fired["strike"]


def test_fired_sooner_than_it_was_due(before):
    run = flown(fired(BASE, STRIKE, day(1.5)))
    assert (before.fired["strike"], run.fired["strike"]) == (day(3), day(1.5))
    assert run.digest_until(day(1.5)) == before.digest_until(day(1.5))


def test_skipped(before):
    run = flown(skipped(BASE, STRIKE))
    assert "strike" in before.fired and run.fired == {k: v for k, v in before.fired.items() if k != "strike"}
    assert run.digest_until(day(3)) == before.digest_until(day(3))
    assert run.digest_until(day(4)) != before.digest_until(day(4))


@pytest.mark.parametrize(("event", "until"), [(FEAST, day(2.02)), (STRIKE, day(4.2))])
def test_delayed_until_then(before, event, until):
    run = flown(delayed(BASE, event, until))
    assert run.fired[event.name] == next_look(until)
    assert run.digest_until(min(until, before.fired.get(event.name, until))) == before.digest_until(
        min(until, before.fired.get(event.name, until))
    )


def test_delayed_with_its_condition(before):
    """It waits for its condition as before, and besides until then."""
    there = before.fired["crowd"]
    assert 0.0 < there < day(4)
    assert delayed(BASE, CROWD, day(4))["when"]["crowd"] == "since 345600s and (asked > 195)"
    assert flown(delayed(BASE, CROWD, there + 1)).fired["crowd"] == there + LOOK
    assert flown(delayed(BASE, CROWD, there - 1)).fired["crowd"] == there
    both = planned("crowd", "since 5d or asked > 195")
    assert flown(delayed(BASE, both, there + 1)).fired["crowd"] == there + LOOK
    hopeless = planned("crowd", "asked > 9000 and since 1d")
    assert "crowd" not in flown(delayed(BASE, hopeless, there + 1)).fired


def test_put_off_twice_then_fired(before):
    late = delayed(delayed(BASE, STRIKE, day(4)), STRIKE, day(5))
    assert flown(late).fired["strike"] == day(5)
    now = flown(fired(skipped(late, STRIKE), STRIKE, day(3.5)))
    assert now.fired["strike"] == day(3.5)
    assert now.digest_until(day(3)) == before.digest_until(day(3))


def test_a_requirement_changes_the_targets_and_not_the_past(before):
    asked = Requirement("The CFO writes: half of it", targets={"profit": 150.0})
    scenario = required(BASE, asked, FEAST, day(2.5))
    run, case = flown(scenario), under(scenario)
    assert {target.kpi: target.limit for target in case.targets} == {"profit": 150.0, "served": 0.25}
    assert {target.kpi: target.limit for target in under(BASE).targets} == {"profit": 100.0, "served": 0.25}
    assert {verdict.name: verdict.limit for verdict in case.verdicts(run)} == {"profit": 150.0, "served": 0.25}
    assert run.fired["feast"] == day(2.5)
    assert run.digest_until(day(2.5)) == before.digest_until(day(2.5))
    same = flown(required(BASE, asked, None, day(2.5)))
    assert same.digest_until(day(6)) == before.digest_until(day(6)) and same.kpis() == before.kpis()
    assert same.digest() != before.digest(), "what was asked for is part of what was flown"


def test_a_requirement_that_is_only_said(before):
    assert required(BASE, Requirement("Hurry"), None, day(2)) == BASE
    bare = {key: value for key, value in BASE.items() if key != "targets"}
    assert required(bare, Requirement("Hurry"), None, day(2)) == bare


def test_a_requirement_that_asks_for_what_is_none():
    with pytest.raises(BadInput, match="target"):
        under(required(BASE, Requirement("x", targets={"profits": 1.0}), None, day(2)))


def test_what_is_given_stays_as_it_is():
    kept = repr(BASE)
    for changed in (fired(BASE, FEAST, 5.0), skipped(BASE, STRIKE), delayed(BASE, FEAST, 5.0),
                    required(BASE, Requirement("x", targets={"profit": 1.0}), FEAST, 5.0)):  # fmt: skip
        assert changed != BASE and list(changed["when"]) == sorted(changed["when"])
    assert repr(BASE) == kept


def test_one_world_for_all_of_them():
    """What is steered flies on at once: nothing is drawn anew."""
    tape = tape_of(under(BASE), 3)
    for scenario in (fired(BASE, FEAST, day(1)), skipped(BASE, STRIKE), delayed(BASE, CROWD, day(4))):
        assert tape_of(under(scenario), 3) is tape


def test_a_counterfactual_meets_what_the_run_met(before):
    scenario = fired(BASE, FEAST, day(2.2))
    run = flown(scenario)
    other = simulate(under(scenario), {"line": 0.2, "servers": 5}, 3, fired=run.fired)
    assert other.fired == run.fired and set(run.fired) == {"feast", "strike", "crowd"}
    assert flown(scenario, fired=run.fired).digest() == run.digest()


def test_what_has_begun():
    happened = {"feast": day(2)}
    assert [begun(FEAST, happened, at) for at in (day(1.99), day(2), day(9))] == [False, True, True]
    assert not begun(STRIKE, happened, day(9))


STEERING = {
    "fired": lambda event: fired(BASE, event, 1.0), "skipped": lambda event: skipped(BASE, event),
    "delayed": lambda event: delayed(BASE, event, 1.0),
    "required": lambda event: required(BASE, Requirement("x"), event, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("how", STEERING)
def test_what_is_part_of_the_world(how):
    with pytest.raises(BadInput, match="feast is part of the world"):
        STEERING[how](planned("feast", ""))


@pytest.mark.parametrize("when", ["(" * 11 + "asked > 1" + ")" * 11, "asked > 1 or " + "x" * 480 + " > 1"])
def test_an_order_that_could_not_be_read_is_refused(when):
    """Stored, it would ground the flight."""
    read_condition(when)
    with pytest.raises(BadInput, match="too"):
        delayed(BASE, planned("crowd", when), day(1))


# a case that people fly


LATENT = STORM.but(
    move={"vote": 0.0, "disk_page": 0.0}, when={"vote": "since 300s", "disk_page": "never"}, drop=["zone", "news"]
).scenario.to_data()
VOTE, PAGE = planned("vote", "since 300s", 300.0), planned("disk_page", "never", 130.0)


def stormy(scenario: Any, until: float = 240.0):
    return simulate(case_of(Fact(scenario, STORM.name, STORM.revision), cases.load), None, 3, until=until)


def test_a_storm_that_comes_sooner():
    calm, at = stormy(LATENT), 100.3
    run = stormy(fired(LATENT, VOTE, at))
    assert calm.fired == {} and run.fired == {"vote": next_look(at, STORM_LOOK)}
    assert run.digest_until(run.fired["vote"]) == calm.digest_until(run.fired["vote"])
    assert run.digest_until(110.0) != calm.digest_until(110.0)
    assert run.asked() > 1.05 * calm.asked(), "the burst is there"
    assert stormy(skipped(fired(LATENT, VOTE, at), VOTE)).digest_until(240.0) == calm.digest_until(240.0)
    assert stormy(delayed(LATENT, VOTE, 200.0)).fired == {"vote": 200.0}


def test_a_flight_that_was_steered_comes_out_the_same_elsewhere(tmp_path, monkeypatch):
    """Taken off in a room, steered twice, decided in, landed, exported, imported: one digest."""
    number = iter(range(100))
    store = Store(None, lambda: 1.0, lambda: f"id-{next(number)}")
    room = store.rooms.open("t", "round = 1", 3)
    case = case_of(Fact(LATENT, STORM.name, STORM.revision), cases.load)
    room, flight = store.rooms.take_off(room.id, "off", case, case.plan())

    def steered(flight, scenario, what, at):
        return store.rooms.steer(room.id, f"s-{what}", flight, scenario, what=what, moment=at, data={"do": "fire"})[1]

    flight = steered(flight, fired(flight.scenario, VOTE, 100.3), "vote", 100.3)
    flight = store.decide(flight.id, flight.version, "d", Change(150.0, {"least": 8}, "more of them"))
    asked = Requirement("Half the bill", targets={STORM.targets[0].kpi: 0.5})
    flight = steered(flight, required(flight.scenario, asked, PAGE, 200.7), "requirement", 200.7)
    here = case_of(flight, cases.load)
    run = simulate(here, plan_of(flight, here), flight.seed)
    assert run.fired == {"vote": 100.625, "disk_page": 201.25} and here.targets[0].limit == 0.5
    store.land(flight.id, run.kpis(), run.digest(), flight.version)
    (tmp_path / "flight.json").write_text(json_of(store, store.flight(flight.id)))
    twin = taken_in(store, str(tmp_path / "flight.json"))
    assert (twin.digest, twin.scenario) == (run.digest(), flight.scenario) and twin.id != flight.id
    assert simulate(here, None, 3, until=150.0).digest_until(150.0) == run.digest_until(150.0)
    unsteered = simulate(case, plan_of(replace(flight, scenario=LATENT), case), 3)
    assert unsteered.digest_until(100.3) == run.digest_until(100.3) and unsteered.digest() != run.digest()
    store.close()
