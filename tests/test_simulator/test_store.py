"""The store: flights as they were begun, decisions once and in order, and what else is kept of a flight."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from toy_case import CASE

from simulator import plan as plans
from simulator.errors import BadInput
from simulator.plan import Act, Change, Plan
from simulator.store import FILE, Forecast, Look, Stale, flights, home, plan_of, rows
from simulator.units import day

STEP = Change(day(1), {"line": 0.5}, "too many wait")
SOON = Forecast("profit", day(2), 10.0, 20.0, 0.0)


@pytest.fixture
def flight(store):
    return store.begin(CASE, CASE.plan(), 7, "training")


# flights


def test_a_flight_as_it_was_begun(store, opened):
    plan = CASE.plan(Plan(CASE.design(servers=3)).then(day(1), "a", line=0.4).do(day(2), "retrain", "b", boost=1.5))
    begun = store.begin(CASE, plan, 2**63 - 1, "training", forecasts=[SOON])
    assert (begun.case, begun.revision, begun.seed, begun.mode) == (CASE.name, CASE.revision, 2**63 - 1, "training")
    assert (begun.id, begun.status, begun.version, begun.position, begun.furthest) == ("id-0", "flying", 0, 0.0, 0.0)
    assert (begun.parent, begun.created, begun.touched, begun.kpis, begun.digest) == ("", 1000.0, 1000.0, None, "")
    assert (begun.scenario, begun.plan) == (CASE.scenario.to_data(), plan.to_data())
    assert plan_of(begun, CASE) == plan
    assert opened().flight(begun.id) == begun
    assert store.forecasts(begun.id) == [SOON]
    assert (store.trouble, store.notices) == ("", ())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": -1}, "seed -1"),
        ({"seed": True}, "seed True"),
        ({"seed": 2**63}, "whole number"),
        ({"mode": "exam"}, "known: training, check"),
        ({"parent": "gone"}, "no flight 'gone'"),
        ({"forecasts": [replace(SOON, low=30.0)]}, "from 30.0 to 20.0"),
        ({"plan": Plan(CASE.design()).do(day(1), "dance")}, "unknown act"),
    ],
)
def test_what_cannot_be_begun(store, change, words):
    with pytest.raises(BadInput, match=words):
        store.begin(**{"case": CASE, "plan": CASE.plan(), "seed": 0, "mode": "training", **change})
    assert store.flights() == []


@pytest.mark.parametrize("id", ["gone", "", "../flights", "a" * 65, "é", "a\n", 3, None])
def test_an_id_that_is_none(store, id):
    with pytest.raises(BadInput):
        store.flight(id)


def test_the_newest_come_first(store):
    ids = [store.begin(CASE, CASE.plan(), seed, "training").id for seed in range(3)]
    other = store.begin(replace(CASE, name="other"), CASE.plan(), 0, "training").id
    assert [flight.id for flight in store.flights()] == [other, *ids[::-1]]
    assert [flight.id for flight in store.flights(CASE.name, limit=2)] == [ids[2], ids[1]]


def test_reaching_and_landing(store, flight):
    store.reach(flight.id, day(3))
    store.reach(flight.id, day(1))
    now = store.flight(flight.id)
    assert (now.position, now.furthest, now.version) == (day(1), day(3), 0)
    store.land(flight.id, {"profit": 12.5, "share": float("nan")}, "abc")
    landed = store.flight(flight.id)
    assert (landed.status, landed.digest, landed.kpis["profit"]) == ("landed", "abc", 12.5)
    assert landed.kpis["share"] != landed.kpis["share"]
    store.land(flight.id, {"profit": 12.5}, "abc")
    with pytest.raises(BadInput, match="landed already"):
        store.land(flight.id, {"profit": 99.0}, "xyz")
    with pytest.raises(BadInput, match="has landed"):
        store.decide(flight.id, 0, "t", STEP)


def test_what_was_flown_may_be_old_news(store, flight):
    store.decide(flight.id, 0, "t", STEP)
    with pytest.raises(Stale):
        store.land(flight.id, {}, "abc", version=0)
    store.land(flight.id, {}, "abc", version=1)


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1.0, "soon", None])
def test_positions_are_times(store, flight, at):
    with pytest.raises(BadInput):
        store.reach(flight.id, at)


def test_deleted_with_all_that_was_kept(store, flight):
    child = store.branch(flight.id, day(1))
    store.look(flight.id, "page", 0.0)
    store.decide(flight.id, 0, "t", STEP)
    store.delete(flight.id)
    with pytest.raises(BadInput):
        store.looks(flight.id)
    assert store.flight(child.id).parent == ""
    tables = {t: store._disk.read(lambda db, t=t: len(db.execute(f"SELECT * FROM {t}").fetchall())) for t in
              ("flights", "steps", "looks")}  # fmt: skip
    assert tables == {"flights": 1, "steps": 0, "looks": 0}


def test_attempts_count_also_when_deleted(store):
    for mode in ("check", "training", "check"):
        store.delete(store.begin(CASE, CASE.plan(), 0, mode).id)
    assert (store.attempts(CASE.name), store.attempts("other")) == (2, 0)


# decisions


def test_decisions_make_the_plan(store, flight, opened):
    late, act = Change(day(3), {"line": 0.2}), Act(day(2), "retrain", {"boost": 1.0}, "old")
    store.decide(flight.id, 0, "a", late)
    store.decide(flight.id, 1, "b", act)
    after = store.decide(flight.id, 2, "c", STEP)
    assert after.version == 3
    assert plan_of(after, CASE) == CASE.plan().extended(late, act, STEP)
    assert opened().flight(flight.id) == after


def test_the_same_token_changes_nothing(store, flight):
    first = store.decide(flight.id, 0, "a", STEP)
    assert store.decide(flight.id, 0, "a", STEP) == first
    assert store.decide(flight.id, 5, "a", replace(STEP, at=day(2))) == first


def test_another_version_is_stale(store, flight):
    store.decide(flight.id, 0, "a", STEP)
    for version in (0, 2):
        with pytest.raises(Stale, match="version 1 by now"):
            store.decide(flight.id, version, "b", STEP)
    assert store.flight(flight.id).version == 1


def test_the_past_stands_in_check_mode(store):
    flight = store.begin(CASE, CASE.plan(), 0, "check")
    store.reach(flight.id, day(2))
    store.reach(flight.id, day(1))
    with pytest.raises(BadInput, match="the past stands"):
        store.decide(flight.id, 0, "a", replace(STEP, at=day(2) - 1))
    with pytest.raises(BadInput, match="no branches"):
        store.branch(flight.id, day(1))
    assert store.decide(flight.id, 0, "a", replace(STEP, at=day(2))).version == 1


def test_training_may_decide_about_the_past(store, flight):
    store.reach(flight.id, day(2))
    assert store.decide(flight.id, 0, "a", STEP).version == 1


@pytest.mark.parametrize(
    ("step", "token"),
    [
        (replace(STEP, at=float("nan")), "t"),
        (replace(STEP, at=-1.0), "t"),
        (replace(STEP, dials={"line": float("inf")}), "t"),
        (replace(STEP, dials={"line": [1]}), "t"),
        (replace(STEP, dials={"line": "x" * 20_000}), "t"),
        (replace(STEP, why="x" * 2001), "t"),
        (replace(STEP, why=3), "t"),
        (Act(0.0, "x" * 65), "t"),
        (STEP, ""),
        (STEP, "a b"),
        (STEP, "x" * 65),
    ],
)
def test_steps_that_are_none(store, flight, step, token):
    with pytest.raises(BadInput):
        store.decide(flight.id, 0, token, step)
    assert store.flight(flight.id).version == 0


def test_as_many_steps_as_a_plan_may_have(store, monkeypatch):
    assert rows._MOST_STEPS == plans._MOST_STEPS
    monkeypatch.setattr(rows, "_MOST_STEPS", 3)
    flight = store.begin(CASE, CASE.plan().extended(STEP), 0, "training")
    for version in range(2):
        store.decide(flight.id, version, f"t{version}", STEP)
    with pytest.raises(BadInput, match="at most 3"):
        store.decide(flight.id, 2, "t2", STEP)


def test_reasons_are_text_and_nothing_else(store, flight):
    why = "cafe\u0301 <b>\x00\x1b[31m\u202eevil\u2066\ud800 a\nb \U0001f469\u200d\U0001f680'); DROP TABLE flights; --"
    kept = store.decide(flight.id, 0, "a", replace(STEP, why=why)).plan["changes"][0]["why"]
    assert kept == "caf\u00e9 <b>[31mevil a b \U0001f469\u200d\U0001f680'); DROP TABLE flights; --"


def test_a_branch_has_the_same_past(store, flight):
    early, late = STEP, replace(STEP, at=day(3))
    store.decide(flight.id, 0, "a", late)
    store.decide(flight.id, 1, "b", early)
    store.reach(flight.id, day(4))
    child = store.branch(flight.id, day(3))
    assert (child.parent, child.version, child.position, child.furthest) == (flight.id, 0, day(3), day(3))
    assert plan_of(child, CASE) == CASE.plan().extended(early)
    assert (child.seed, child.scenario, child.status) == (flight.seed, flight.scenario, "flying")
    assert store.branch(flight.id, day(5)).furthest == day(4)
    assert store.flight(flight.id).version == 2


def test_two_threads_race(store, flight):
    """Each tells its own decisions, a hundred in all; the versions they were based on collide all the time."""
    refused = []

    def decide(name: str) -> None:
        for turn in range(50):
            token = f"{name}-{turn}"
            while True:
                version = store.flight(flight.id).version
                try:
                    store.decide(flight.id, version, token, Change(float(turn), {"line": 0.5}, token))
                    store.decide(flight.id, version, token, Change(float(turn), {"line": 0.5}, "twice"))
                    break
                except Stale:
                    refused.append(token)

    threads = [threading.Thread(target=decide, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = store.flight(flight.id)
    whys = [change["why"] for change in after.plan["changes"]]
    assert (after.version, sorted(whys)) == (100, sorted(f"{name}-{turn}" for name in "ab" for turn in range(50)))


# what else is kept


def test_looks(store, flight):
    store.look(flight.id, "chart\x00 of PSI", day(1))
    store.looked(flight.id, [Look("x" * 1000, day(2), 5.0)])
    first, second = store.looks(flight.id)
    assert first == Look("chart of PSI", day(1), first.seen)
    assert second == Look("x" * 200, day(2), 5.0)
    for wrong in ({"at": -1.0}, {"at": "now"}, {"seen": float("nan")}):
        with pytest.raises(BadInput):
            store.looked(flight.id, [first, replace(first, **wrong)])
    assert len(store.looks(flight.id)) == 2


def test_looks_are_bounded(store, flight, monkeypatch):
    assert flights._MOST_LOOKS == 5000
    monkeypatch.setattr(flights, "_MOST_LOOKS", 3)
    store.look(flight.id, "page", 0.0)
    store.looked(flight.id, [Look("page", float(at), 0.0) for at in range(1, 5)])
    store.look(flight.id, "page", 9.0)
    assert [look.at for look in store.looks(flight.id)] == [0.0, 1.0, 2.0]


def test_forecasts(store, flight, monkeypatch):
    store.forecast(flight.id, SOON)
    assert store.forecasts(flight.id) == [SOON]
    for wrong in ({"low": float("nan")}, {"high": 5}, {"by": -1.0}, {"kpi": "x" * 65}, {"low": "1"}, {"at": None}):
        with pytest.raises(BadInput):
            store.forecast(flight.id, replace(SOON, **wrong))
    monkeypatch.setattr(rows, "_MOST_FORECASTS", 1)
    with pytest.raises(BadInput, match="at most 1"):
        store.forecast(flight.id, SOON)


def test_the_least_used_go_first(store, monkeypatch):
    assert flights._MOST_CACHED == 64 * 2**20
    monkeypatch.setattr(flights, "_MOST_CACHED", 35)
    for key in "abc":
        store.keep(key, "x" * 9)
    assert store.kept("a") == "x" * 9
    store.keep("d", "y" * 9)
    assert [store.kept(key) is not None for key in "abcd"] == [True, False, True, True]
    store.keep("a", "z")
    assert store.kept("a") == "z"
    store.keep("e", "x" * 40)
    assert (store.kept("e"), store.kept("d")) == (None, "y" * 9)


def test_twin_sizes_are_bytes(store, monkeypatch):
    monkeypatch.setattr(flights, "_MOST_CACHED", 19)
    store.keep("a", "é" * 9)
    store.keep("b", "")
    assert (store.kept("a"), store.kept("b")) == (None, "")


# where


def test_home(tmp_path):
    assert home({"WINDTUNNEL_HOME": str(tmp_path), "XDG_DATA_HOME": "/data"}) == tmp_path
    assert home({"XDG_DATA_HOME": "/data", "HOME": "/me"}) == Path("/data/windtunnel")
    assert home({"XDG_DATA_HOME": "data", "HOME": "/me"}) == Path("/me/.local/share/windtunnel")
    assert home({"WINDTUNNEL_HOME": "here"}) == Path("here").absolute()


def test_a_folder_will_do(opened, tmp_path):
    assert opened(tmp_path / "new" / "flights.d").path == tmp_path / "new" / "flights.d" / FILE


def test_memory_alone(opened):
    store = opened(None)
    flight = store.begin(CASE, CASE.plan(), 0, "training")
    assert store.decide(flight.id, 0, "a", STEP).version == 1
    assert (store.path, store.notices) == (None, ())
    assert "in memory only" in store.trouble
