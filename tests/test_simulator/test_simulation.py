"""The promises of a flight: the same from the same, the past unmoved by the future, and exact counterfactuals."""

from __future__ import annotations

import dataclasses
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_case import ACTS, CASE, HORIZON, SERVED, ToyDesign, build, world

from simulator.books.ledger import CLOSE
from simulator.books.requests import ABSENT
from simulator.errors import BadInput, Cancelled
from simulator.plan import Act, Change, Plan
from simulator.run import Run
from simulator.simulation import fly, simulate, tape_of
from simulator.units import DAY, HOUR, day
from simulator.view import View

ROOT = Path(__file__).resolve().parents[2]
TIES = CASE.but(world={"grid": 3600})  # everybody comes on the hour, as the control events do
RUSH = {"name": "crowd", "kind": "rush", "at": "4d", "lasts": "1d", "size": 1.0}


def conditional(above: float, **more):
    """Make the toy case with a rush that begins when more than so many have asked in a day."""
    rush = {**RUSH, "at": "1d", "when": {"gauge": "asked", "above": above}, **more}
    return CASE.but(drop=["feast"], add=[rush])


# --- the same from the same


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_the_same_identity_gives_the_same_digest(seed):
    assert simulate(CASE, None, seed).digest() == simulate(CASE, None, seed).digest()


def test_another_flight_in_between_changes_nothing(flown):
    for seed in range(5):
        fly(CASE, "expert", seed)
    assert simulate(CASE, None, 0).digest() == flown.digest()


SCRIPT = """\
from toy_case import CASE
from simulator.simulation import fly, simulate
print(simulate(CASE, None, 0).digest(), fly(CASE, "expert", 0).digest(), simulate(CASE, None, 0).unseed)
"""
PLACES = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "random", "TZ": "America/St_Johns", "OMP_NUM_THREADS": "1", "PYTHONOPTIMIZE": "1"},
]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> list[str]:
    """What another process prints, in each of several environments and working directories, all at once."""
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT], env={"PYTHONPATH": path, "PATH": os.environ["PATH"], **place},
            cwd=tmp_path_factory.mktemp("elsewhere"), stdout=subprocess.PIPE, text=True,
        )
        for place in PLACES
    ]  # fmt: skip
    return [process.communicate(timeout=60)[0].strip() for process in started]


@pytest.mark.parametrize("number", range(len(PLACES)))
def test_the_digest_is_the_same_in_any_process(elsewhere, flown, number):
    expected = (flown.digest(), fly(CASE, "expert", 0).digest(), flown.unseed)
    assert elsewhere[number] == " ".join(map(str, expected))


def test_seed_0_draws_as_any_other(flown):
    other = simulate(CASE, None, 1)
    assert flown.unseed != other.unseed
    assert flown.digest() != other.digest()


CHANGES = {
    "a fixed dial": lambda: simulate(CASE, {"servers": 3}, 0),
    "a live dial": lambda: simulate(CASE, {"line": 0.7000001}, 0),
    "the seed": lambda: simulate(CASE, None, 1),
    "the end": lambda: simulate(CASE, None, 0, until=HORIZON - 1),
    "a change": lambda: simulate(CASE, CASE.plan().then(day(5.9), line=0.71), 0),
    "a reason": lambda: simulate(CASE, CASE.plan().then(day(1), "why not", line=0.7), 0),
    "an act": lambda: simulate(CASE, CASE.plan().do(day(5.9), "retrain"), 0),
    "the level": lambda: simulate(CASE.but(level=1), None, 0),
    "the world": lambda: simulate(CASE.but(world={"people": 201}), None, 0),
    "an incident": lambda: simulate(CASE.but(add=[{**RUSH, "at": "5.9d"}]), None, 0),
    "the revision": lambda: simulate(dataclasses.replace(CASE, revision=2), None, 0),
    "the name": lambda: simulate(dataclasses.replace(CASE, name="other"), None, 0),
}


def test_the_digest_changes_with_each_part_of_the_identity(flown):
    digests = {name: fly_it().digest() for name, fly_it in CHANGES.items()}
    assert len({flown.digest(), *digests.values()}) == 1 + len(digests)


def test_a_plan_a_design_and_dials_by_name_are_one_way_to_fly(flown):
    for plan in (None, {}, ToyDesign(), Plan(ToyDesign()), {"line": "0.7", "servers": 2.0}):
        assert simulate(CASE, plan, 0).digest() == flown.digest()


# --- the past unmoved by the future

MOMENTS = [0.3, 1, 1.3, 2, 2.77, 3, 5, 5.999]


@pytest.mark.parametrize("case", [CASE, TIES, conditional(190)], ids=["plain", "ties", "conditional"])
@pytest.mark.parametrize("k", MOMENTS)
def test_a_shorter_run_is_the_beginning_of_a_longer_one(case, k):
    whole, part = simulate(case, None, 3), simulate(case, None, 3, until=day(k))
    assert part.digest_until(day(k)) == whole.digest_until(day(k))
    assert part.digest() != whole.digest()
    assert money(part, day(k)) == money(whole, day(k))


def money(run: Run, until: float) -> list[tuple[float, str, str, int]]:
    """List what was posted before *until*, but for the close, in order of time."""
    book = run.ledger.postings()
    mine = np.flatnonzero((book.at < until) & ~run.ledger.caused_by(CLOSE))
    accounts, causes = run.ledger.accounts, run.ledger.causes
    return sorted(
        (float(book.at[i]), accounts[book.account[i]], causes[book.cause[i]], int(book.amount[i])) for i in mine
    )


@pytest.mark.parametrize("k", MOMENTS)
@pytest.mark.parametrize(
    "later", [lambda p, at: p.then(at, line=0.2), lambda p, at: p.do(at, "retrain")], ids=["change", "act"]
)
def test_what_is_decided_at_a_moment_leaves_the_time_before_as_it_was(k, later):
    plan = CASE.plan().then(day(0.5), line=0.6).do(day(1), "retrain")
    one, two = simulate(CASE, plan, 2), simulate(CASE, later(plan, day(k)), 2)
    assert one.digest_until(day(k)) == two.digest_until(day(k))
    assert k > 5 or money(one, HORIZON) != money(two, HORIZON)


def test_a_change_of_the_first_design_moves_the_beginning(flown):
    assert simulate(CASE, {"line": 0.5}, 0).digest_until(DAY) != flown.digest_until(DAY)


def test_an_incident_moves_nothing_before_it_begins(flown):
    later = simulate(CASE.but(add=[RUSH]), None, 0)
    assert later.digest_until(day(4)) == flown.digest_until(day(4))
    assert later.digest_until(day(5)) != flown.digest_until(day(5))


# --- a pilot is a plan that is not written yet


def replayed(case, run: Run, **more) -> Run:
    """Fly what was recorded of *run* once more, by way of JSON."""
    return simulate(case, case.read_plan(run.plan.to_json()), run.seed, until=run.until, **more)


def quiet(view: View) -> None:
    """Look, and do nothing."""


def planner(view: View):
    """Decide about later moments, some of them several times and out of order."""
    if not view.versions():
        return view.plan.then(day(2), line=0.5).do(day(5), "retrain", boost=2.0).then(day(5), line=0.4)
    if view.now < day(2):
        return view.plan.then(day(5), line=0.3).then(day(3), line=0.2).do(day(3), "retrain").do(day(5), "retrain")
    return view.plan.then(day(5), line=0.1).then(view.now, line=0.9) if view.now < day(4) else None


def bold(view: View):
    """Turn the line so high that each turn rings an alarm at its own instant, until there were ten changes."""
    return {"line": 0.99} if view.versions() and len(view.plan.changes) < 10 else None


def twice(view: View):
    """Change and act at one instant, more than once, in an order of its own."""
    if not view.versions() or len(view.plan.acts) > 8:
        return None
    now = view.now
    return (
        view.plan.do(now, "retrain", boost=0.7)
        .then(now, line=0.2)
        .then(now, line=0.97)
        .do(now, "retrain")
        .then(now, line=0.6)
    )


def in_front(view: View):
    """Put a new change in front of older ones for the same instant."""
    if not view.versions() or len(view.plan.changes) > 3:
        return None
    change = Change(day(5.5), {"line": round(0.8 - 0.2 * len(view.plan.changes), 1)})
    return Plan(view.plan.design, (change, *view.plan.changes), view.plan.acts)


RINGS = {"one": "1d", "two": "1d", "three": "3d", "four": "3.3d"}
SIRENS = CASE.but(add=[{"name": name, "kind": "siren", "at": at} for name, at in RINGS.items()])
PILOTS = [quiet, planner, bold, twice, in_front, CASE.pars["expert"]]


@pytest.mark.parametrize("pilot", PILOTS)
@pytest.mark.parametrize(
    "case", [SIRENS, SIRENS.but(world={"grid": 3600}), conditional(190)], ids=["plain", "ties", "conditional"]
)
def test_a_piloted_run_replays_as_its_recorded_plan(pilot, case):
    flown = simulate(case, None, 4, pilot=pilot)
    assert replayed(case, flown).digest() == flown.digest()
    assert replayed(case, flown).kpis() == flown.kpis()


def drawn_pilot(seed: int):
    """Make a pilot that turns, trains and plans ahead at random, several times at one instant."""
    dice = random.Random(seed)

    def pilot(view: View):
        plan, moments = view.plan, [view.now, view.now, view.now + HOUR, day(3), day(4), day(4.55)]
        for _ in range(dice.randrange(4)):
            at = dice.choice([moment for moment in moments if moment >= view.now])
            turn = dice.random() < 0.6
            plan = (
                plan.then(at, line=dice.choice([0.2, 0.5, 0.8, 0.97]))
                if turn
                else plan.do(at, "retrain", boost=dice.uniform(0.5, 2))
            )
        few = len(plan.changes) + len(plan.acts) < 60
        return plan if few and dice.random() < 0.8 else None

    return pilot


@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_whatever_a_pilot_does_its_record_replays(seed):
    case = SIRENS.but(world={"grid": 3600}) if seed % 2 else SIRENS
    flown = simulate(case, None, seed % 7, pilot=drawn_pilot(seed))
    assert replayed(case, flown).digest() == flown.digest()


def test_a_look_that_decides_nothing_changes_nothing(flown):
    assert simulate(CASE, None, 0, pilot=quiet).digest() == flown.digest()
    plan = CASE.plan().then(day(1.3), line=0.4).do(day(2), "retrain")
    assert simulate(CASE, plan, 0, pilot=quiet).digest() == simulate(CASE, plan, 0).digest()


def test_a_pilot_is_asked_before_take_off_at_checkpoints_and_at_alarms():
    asked: list[float] = []
    simulate(SIRENS, None, 4, pilot=lambda view: asked.append(view.now))
    alarms = [entry.at for entry in simulate(SIRENS, None, 4).journal if entry.kind == "alarm"]
    assert alarms.count(DAY) == 2 and day(3) in alarms and day(3) in SIRENS.checkpoints
    assert asked == sorted({0.0, *SIRENS.checkpoints, *alarms})  # once, however much rings at a moment


def test_a_decision_takes_effect_at_its_instant_and_on_who_asks_at_it():
    """On the grid somebody asks at the very moment of the change: control comes before data."""
    at = float(tape_of(TIES, 0).requests.at[tape_of(TIES, 0).start + 300])
    before, after = simulate(TIES, {"line": 1.0}, 0), simulate(TIES, TIES.plan({"line": 1.0}).then(at, line=0.0), 0)
    times = before.requests.at
    assert np.array_equal(before.outcomes.action[times < at], after.outcomes.action[times < at])
    asked = after.outcomes.action[(times >= at) & (times < TIES.horizon)]
    assert set(asked.tolist()) == {3}


PAST = CASE.plan({"line": 0.9}).then(day(0.5), line=0.8).do(day(0.6), "retrain")
REWRITES = {
    "leaves out a change": lambda v: dataclasses.replace(v.plan, changes=()),
    "leaves out an act": lambda v: dataclasses.replace(v.plan, acts=()),
    "alters a change": lambda v: dataclasses.replace(v.plan, changes=(Change(day(0.5), {"line": 0.1}),)),
    "alters a reason": lambda v: dataclasses.replace(v.plan, changes=(Change(day(0.5), {"line": 0.8}, "after all"),)),
    "alters the first design": lambda v: dataclasses.replace(v.plan, design=ToyDesign(line=0.1)),
    "alters what is fixed": lambda v: dataclasses.replace(v.plan, design=ToyDesign(line=0.9, servers=5)),
    "decides in the past": lambda v: v.plan.then(v.now - 1, line=0.5),
    "acts in the past": lambda v: v.plan.do(day(0.7), "retrain"),
    "turns a fixed dial": lambda v: {"servers": 5},
    "turns an unknown dial": lambda v: {"lin": 0.5},
    "turns beyond the range": lambda v: {"line": 1.5},
    "turns a fixed dial in its plan": lambda v: dataclasses.replace(
        v.plan, changes=(*v.plan.changes, Change(v.now, {"servers": 5}))
    ),
    "does an unknown act": lambda v: v.plan.do(v.now, "resign"),
    "acts with an unknown argument": lambda v: v.plan.do(v.now, "retrain", bost=1.0),
    "acts after the horizon": lambda v: v.plan.do(HORIZON, "retrain"),
    "acts at no time": lambda v: dataclasses.replace(v.plan, acts=(*v.plan.acts, Act(float("nan"), "retrain"))),
    "returns a number": lambda v: 0.5,
    "returns a list": lambda v: [("line", 0.5)],
    "returns a name": lambda v: "line",
    "returns a design": lambda v: v.design.but(line=0.5),
    "returns true": lambda v: True,
}  # fmt: skip


@pytest.mark.parametrize("name", REWRITES)
def test_a_pilot_that_does_what_it_may_not_is_refused(name):
    with pytest.raises(BadInput) as error:
        simulate(CASE, PAST, 0, pilot=lambda view: REWRITES[name](view) if view.now else None)
    assert str(error.value).isprintable()


def test_writing_on_the_plan_it_was_shown_does_not_change_the_record():
    def pilot(view: View) -> None:
        for change in view.plan.changes:
            change.dials["line"] = 0.1
        for act in view.plan.acts:
            act.arguments["boost"] = 2.0

    try:
        flown = simulate(CASE, PAST, 0, pilot=pilot)
    except TypeError:
        return  # read-only is as good
    assert flown.plan == CASE.plan(PAST)
    assert flown.digest() == simulate(CASE, PAST, 0).digest()


@pytest.mark.parametrize("answer", [0.5, [1], "line", {"lin": 1}, {"line": 2}, True], ids=str)
def test_a_first_design_that_is_none_is_refused(answer):
    with pytest.raises(BadInput):
        simulate(CASE, None, 0, pilot=lambda view: answer)


@pytest.mark.parametrize(
    "first", [{"line": 0.3}, Plan(ToyDesign(line=0.3)), ToyDesign(line=0.3)], ids=["dials", "plan", "design"]
)
def test_before_take_off_a_pilot_may_choose_the_design(first):
    flown = simulate(CASE, None, 0, pilot=lambda view: first if not view.versions() else None)
    assert flown.plan.design == ToyDesign(line=0.3)
    assert flown.digest() == simulate(CASE, {"line": 0.3}, 0).digest()


# --- one world for all


def test_a_policy_that_draws_a_million_numbers_changes_no_draw_of_the_world(flown):
    def thirsty(view: View) -> None:
        np.random.default_rng(0).random(10**6)
        [random.random() for _ in range(1000)]

    assert simulate(CASE, None, 0, pilot=thirsty).digest() == flown.digest()


def test_a_system_that_draws_a_million_numbers_changes_no_draw_of_the_world(flown):
    def wire(system, setting, incidents):
        system.streams.get("policy", "extra").random(10**6)
        return build(system, setting, incidents)

    thirsty = simulate(dataclasses.replace(CASE, build=wire), None, 0)
    assert {name: thirsty.unseed[name] for name in flown.unseed} == flown.unseed
    assert thirsty.unseed["policy/extra"][1] == 10**6
    assert thirsty.kpis() == flown.kpis()


ADDED = {
    "a rush": RUSH,
    "a rush at first": {**RUSH, "at": "0d", "lasts": "6d"},
    "a rush that may come": {**RUSH, "when": {"gauge": "asked", "above": 9}},
    "a pause": {"name": "strike-2", "kind": "pause", "at": "5d", "lasts": "1h"},
    "a siren": {"name": "siren", "kind": "siren", "at": "2d"},
}


@pytest.mark.parametrize("name", ADDED)
def test_an_incident_changes_no_draw_of_anything_it_does_not_touch(name):
    before, after = tape_of(CASE, 5), tape_of(CASE.but(add=[ADDED[name]]), 5)
    kept = np.isin(after.requests.at, before.requests.at)
    assert kept.sum() == len(before)
    for column in ("at", "entity", "X", "value"):
        assert np.array_equal(getattr(after.requests, column)[kept], getattr(before.requests, column))
    for column in ("label", "known_at"):
        assert np.array_equal(getattr(after.truths, column)[kept], getattr(before.truths, column))
    for draw, column in before.truths.luck.items():
        assert np.array_equal(after.truths.luck[draw][kept], column)
    assert {stream: after.unseed[stream] for stream in before.unseed} == before.unseed
    assert [i for i in CASE.but(add=[ADDED[name]]).incidents(5) if i.name in ("feast", "strike")] == list(
        CASE.incidents(5)
    )


@pytest.mark.parametrize(
    "other", [{"line": 0.8}, {"servers": 5}, CASE.plan().do(day(1), "retrain")], ids=["line", "servers", "act"]
)
def test_two_designs_meet_the_same_people_with_the_same_luck(other):
    flown, run = simulate(CASE, None, 0), simulate(CASE, other, 0)
    assert run.requests is flown.requests
    assert flown.digest() != run.digest()
    world_streams = tape_of(CASE, 0).unseed
    assert {name: run.unseed[name] for name in world_streams} == world_streams


def test_where_decisions_agree_outcomes_agree(flown):
    """A higher line serves more people; who is served under both has the same latency, end and label either way."""
    run = simulate(CASE, {"line": 0.85}, 0)
    both = (flown.outcomes.action == SERVED) & (run.outcomes.action == SERVED)
    assert 100 < both.sum() < (run.outcomes.action == SERVED).sum()
    for column in ("latency", "result", "done_at", "score"):
        assert np.array_equal(getattr(run.outcomes, column)[both], getattr(flown.outcomes, column)[both])


def test_designs_share_the_tape_and_only_the_last_few_are_kept():
    drawn = []

    def counted(seed, horizon, setting, incidents):
        drawn.append(seed)
        return world(seed, horizon, setting, incidents)

    case = dataclasses.replace(CASE, world=counted)
    for plan in (None, {"line": 0.1}, {"servers": 1}, case.pars["strong"]):
        simulate(case, plan, 0, until=DAY)
    assert drawn == [0]
    for seed in range(1, 6):
        simulate(case, None, seed, until=DAY)
    simulate(case, None, 0, until=DAY)
    assert drawn == [0, 1, 2, 3, 4, 5, 0]


def test_another_scenario_has_another_tape():
    assert tape_of(CASE, 0) is tape_of(CASE, 0)
    assert tape_of(CASE.but(world={"people": 50}), 0) is not tape_of(CASE, 0)


def test_nobody_writes_on_the_world(flown):
    with pytest.raises(ValueError, match="read-only"):
        flown.requests.X[0] = 9


# --- one by one


@pytest.mark.parametrize(
    "case", [SIRENS, TIES, conditional(190), CASE.but(level=3)], ids=["plain", "ties", "conditional", "crowded"]
)
@pytest.mark.parametrize("par", ["strong", "expert"])
def test_requests_in_blocks_and_one_by_one_give_the_same_run(case, par):
    fast, slow = fly(case, par, 6, until=day(4)), fly(case, par, 6, until=day(4), engine="reference")
    assert fast.digest() == slow.digest()
    assert fast.kpis() == slow.kpis()


# --- what may happen, and what did


def test_a_conditional_incident_does_not_exist_until_its_condition_holds():
    case, seen = conditional(10**6), []

    def wire(system, setting, incidents):
        parts = build(system, setting, incidents)
        return dataclasses.replace(parts, see=lambda requests: (seen.extend(requests.id.tolist()), requests.X)[1])

    run = simulate(dataclasses.replace(case, build=wire), None, 0)
    latent = np.flatnonzero((tape_of(case, 0).truths.needs >= 0) & (run.requests.at >= 0))
    assert len(latent) > 500 and not set(latent.tolist()) & set(seen)
    assert set(run.outcomes.result[latent].tolist()) == {ABSENT} and np.isnan(run.outcomes.score[latent]).all()
    assert run.fired == {}
    without = simulate(CASE.but(drop=["feast"]), None, 0)
    assert (run.profit(), money(run, HORIZON)) == (without.profit(), money(without, HORIZON))
    assert [e.text for e in run.journal] == [e.text for e in without.journal]


def test_a_conditional_incident_begins_at_the_first_look_at_which_its_condition_holds():
    case = conditional(190)
    run = simulate(case, None, 0)
    at, asked = simulate(case.but(drop=["crowd"]), None, 0).gauges.series("asked")
    looks = np.arange(24, 24 * 6) * HOUR
    first = next(look for look in looks if (asked[at <= look][-1:] > 190).any())
    assert run.fired == {"crowd": first}
    assert [e.at for e in run.journal if e.name == "crowd"] == [first]
    rows = np.flatnonzero((tape_of(case, 0).truths.needs >= 0) & (run.requests.at >= 0) & (run.requests.at < run.until))
    here = (run.requests.at[rows] >= first) & (run.requests.at[rows] < first + DAY)
    assert here.sum() > 100
    assert np.array_equal(here, run.outcomes.result[rows] != ABSENT)


def test_whether_it_happens_is_up_to_the_design():
    case = conditional(0.0, when={"gauge": "losses", "below": -500}, lasts="0d")
    assert simulate(case, {"line": 1.0}, 0).fired["crowd"] < simulate(case, {"line": 0.8}, 0).fired["crowd"]
    assert simulate(case, {"line": 0.1}, 0).fired == {}


def test_a_condition_on_a_gauge_that_is_never_read_never_holds():
    assert simulate(conditional(0.0, when={"gauge": "nothing", "above": 0}), None, 0).fired == {}


def test_a_case_knows_the_moments_of_its_incidents(flown):
    feast = CASE.incidents(0)[0]
    assert [e.at for e in flown.journal if e.name == "feast"] == [feast.at]
    assert flown.fired == {}


# --- progress, and an end on request


def test_progress_rises_to_the_whole():
    shares: list[float] = []
    simulate(CASE, None, 0, progress=shares.append)
    assert shares == sorted(shares) and len(shares) >= 6
    assert shares[0] <= 0.2 and shares[-1] == 1.0


def test_progress_changes_nothing(flown):
    assert simulate(CASE, None, 0, progress=lambda share: None).digest() == flown.digest()


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_a_run_can_be_stopped(engine, flown):
    reached = []

    def stop(share: float) -> None:
        reached.append(share)
        if share >= 0.5:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        simulate(CASE, None, 0, progress=stop, engine=engine)
    assert max(reached) < 0.7
    assert simulate(CASE, None, 0).digest() == flown.digest()


# --- the books at the end


@pytest.mark.parametrize("until", [DAY / 3, DAY, day(3.5), HORIZON])
def test_everything_is_settled_at_the_end(until):
    run = simulate(CASE, None, 0, until=until)
    flown = (run.requests.at >= 0) & (run.requests.at < until)
    assert run.outcomes.in_flight == 0 and run.outcomes.ended == flown.sum()
    assert (run.outcomes.result[flown] > 0).all() and (run.outcomes.result[run.requests.at >= until] == 0).all()
    assert run.profit() == sum(run.ledger.by_account().values()) == int(run.ledger.postings().amount.sum())
    assert (run.ledger.postings().at[run.ledger.caused_by(CLOSE)] == until).all()


# --- what a person can mend

BAD = {
    "engine": lambda: simulate(CASE, None, 0, engine="fast"),
    "negative seed": lambda: simulate(CASE, None, -1),
    "huge seed": lambda: simulate(CASE, None, 2**63),
    "seed in words": lambda: simulate(CASE, None, "0"),
    "seed true": lambda: simulate(CASE, None, True),
    "half a seed": lambda: simulate(CASE, None, 0.5),
    "no seed": lambda: simulate(CASE, None, None),
    "end at take-off": lambda: simulate(CASE, None, 0, until=0),
    "end after the horizon": lambda: simulate(CASE, None, 0, until=HORIZON + 1),
    "end at no time": lambda: simulate(CASE, None, 0, until=float("nan")),
    "end in words": lambda: simulate(CASE, None, 0, until="noon"),
    "plan of another type": lambda: simulate(CASE, 3, 0),
    "plan in words": lambda: simulate(CASE, "strong", 0),
    "unknown dial": lambda: simulate(CASE, {"lin": 0.5}, 0),
    "design of another case": lambda: simulate(CASE, CASE.setting(), 0),
    "unknown par": lambda: fly(CASE, "storng", 0),
    "a step outside the flight": lambda: simulate(CASE, CASE.plan().then(HORIZON, line=0.5), 0),
    "an unknown act": lambda: simulate(CASE, CASE.plan().do(1.0, "resign"), 0),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(name):
    with pytest.raises(BadInput) as error:
        BAD[name]()
    assert str(error.value).isprintable()


def test_acts_are_those_of_the_menu():
    assert set(CASE.menu()) == set(ACTS) == {"retrain"}


def test_an_act_does_what_it_says():
    run = simulate(CASE, CASE.plan().do(day(1), "retrain", "a try", boost=0.5), 0)
    version = run.versions[1]
    assert (version.trained_at, version.why) == (day(1), "on demand")
    later = (run.requests.at >= day(1) + 6 * HOUR) & (run.requests.at < HORIZON)
    assert set(run.outcomes.version[later].tolist()) == {2}
    assert [(e.at, e.name, e.text) for e in run.journal if e.kind == "decision"] == [
        (day(1), "retrain", "retrain boost = 0.5 (a try)")
    ]
