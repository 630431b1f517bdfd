"""Rooms in the store: opened once, entered by three keys, every deed once and by those who may, deleted with all."""

from __future__ import annotations

import json
import sqlite3
import threading
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_case import CASE

from simulator.errors import BadInput
from simulator.plan import Change
from simulator.store import Forecast, Stale, plan_of, room_rows, tables
from simulator.store.deeds import DeedKind, Side
from simulator.units import day

SCRIPT = 'round = 1\ntitle = "A storm"\n# Überprüfung\n'
KINDS, SIDES = get_args(DeedKind), get_args(Side)
SAID = {
    "hold": {"held": True}, "extend": {"minutes": 2}, "extra": {"factor": 1.25}, "order": {"do": "fire"},
    "note": {"text": "Hurry", "from": "The CFO"}, "private": {"text": "quick"}, "vote": {"open": True},
    "reply": {"words": "I see", "choice": "", "number": None}, "mark": {"mark": 4, "words": "clear"},
    "ballot": {"choice": "wait", "why": ""},
}  # fmt: skip


@pytest.fixture
def rooms(store):
    return store.rooms


@pytest.fixture
def room(rooms):
    return rooms.open("t", SCRIPT, 7, name="Ana")


def flying(store, room):
    """The room with its flight."""
    return store.rooms.take_off(room.id, "take-off", CASE, CASE.plan())


# rooms


def test_a_room_as_it_was_opened(rooms, opened):
    room = rooms.open("t", SCRIPT, 2**63 - 1, name="Ana \x00& Ben\u202e", alone=True)
    assert (room.name, room.script, room.seed, room.alone) == ("Ana & Ben", SCRIPT, 2**63 - 1, True)
    assert (room.flight, room.created, room.deeds) == ("", 1000.0, ())
    assert set(room.keys) == set(SIDES) and len({room.id, *room.keys.values()}) == 4
    assert opened().rooms.room(room.id) == room


def test_a_room_is_opened_once(rooms, opened):
    first = rooms.open("t", SCRIPT, 7)
    assert rooms.open("t", "another", 8) == opened().rooms.open("t", SCRIPT, 7) == first
    assert rooms.open("u", SCRIPT, 7).id != first.id
    assert len(rooms.rooms()) == 2


def test_each_key_opens_its_side_and_the_id_opens_nothing(rooms, room):
    other = rooms.open("u", SCRIPT, 7)
    for side in SIDES:
        assert rooms.entered(room.keys[side]) == (room, side)
        assert rooms.entered(other.keys[side]) == (other, side)
    for key in (room.id, "gone", "", "*", "%", None, room.keys["candidate"].upper(), room.keys["candidate"] + "\n"):
        with pytest.raises(BadInput) as error:
            rooms.entered(key)
        assert room.keys["interviewer"] not in str(error.value)


def test_the_newest_come_first(rooms):
    ids = [rooms.open(f"t{number}", SCRIPT, number).id for number in range(3)]
    assert [room.id for room in rooms.rooms()] == ids[::-1]
    assert [room.id for room in rooms.rooms(limit=2)] == ids[:0:-1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"token": "a b"}, "token"), ({"script": 3}, "script is text"), ({"script": "x" * 262_145}, "too long"),
        ({"script": "\ud800"}, "no text"), ({"script": "\0"}, "no text"), ({"seed": -1}, "seed -1"),
        ({"seed": True}, "seed True"), ({"name": "x" * 121}, "at most 120"), ({"name": None}, "name of a room"),
    ],
)  # fmt: skip
def test_rooms_that_are_none(rooms, change, words):
    with pytest.raises(BadInput, match=words):
        rooms.open(**{"token": "t", "script": SCRIPT, "seed": 0, **change})
    assert rooms.rooms() == []


# deeds


def test_deeds_in_their_order(rooms, room, opened):
    rooms.do(room.id, "a", "phase", "brief", who="interviewer")
    after = rooms.do(room.id, "b", "note", who="interviewer", moment=60.5, data={"text": "Hurry\n\x1b", "from": "CFO"})
    first, second = after.deeds
    assert (first.turn, first.kind, first.what, first.who, first.at, first.moment, first.data) == (
        0, "phase", "brief", "interviewer", 1001.0, 0.0, {},
    )  # fmt: skip
    assert (second.turn, second.at, second.moment, second.data) == (
        1, 1002.0, 60.5, {"text": "Hurry ", "from": "CFO"},
    )  # fmt: skip
    assert opened().rooms.room(room.id) == after


def test_the_same_token_changes_nothing(rooms, room):
    first = rooms.do(room.id, "a", "mark", "serving", who="interviewer", data=SAID["mark"], was=-1)
    assert rooms.do(room.id, "a", "mark", "serving", who="interviewer", data=SAID["mark"], was=-1) == first
    assert rooms.do(room.id, "a", "mark", "serving", who="interviewer", data={"mark": 1}, was=99) == first
    other = rooms.open("u", SCRIPT, 7)
    assert len(rooms.do(other.id, "a", "phase", "brief", who="candidate").deeds) == 1, "tokens are those of a room"


def test_who_did_not_know_of_the_last_one_is_stale(rooms, room):
    def mark(token, was, what="serving"):
        return rooms.do(room.id, token, "mark", what, who="interviewer", data={"mark": 3}, was=was)

    with pytest.raises(Stale):
        mark("a", 0)
    mark("a", -1)
    mark("b", -1, "rollout")
    for was in (-1, 1, 2):
        with pytest.raises(Stale, match="mark serving was written meanwhile"):
            mark("c", was)
    mark("c", 0)
    rooms.do(room.id, "d", "mark", "serving", who="interviewer", data={"mark": 5})
    with pytest.raises(Stale):
        mark("e", 2)
    assert [deed.turn for deed in mark("e", 3).deeds] == [0, 1, 2, 3, 4]


MAY = {
    "interviewer": set(KINDS) - {"done", "flight", "ballot", "reply"},
    "candidate": {"phase", "reply", "fact", "hint"},
    "voter": {"ballot"},
}
ALONE = MAY["candidate"] | {"hold", "extend", "extra", "require", "note", "ask", "rescue", "vote", "release"}


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", SIDES)
def test_who_may_write_what(opened, side, kind, alone):
    rooms = opened(None).rooms
    room = rooms.open("t", SCRIPT, 7, alone=alone)
    rooms.do(room.id, "vote", "vote", "1", who="interviewer", data={"open": True})
    may = kind in (ALONE if alone and side == "candidate" else MAY[side])
    what, data = "1/ana" if kind == "ballot" else "x", SAID.get(kind, {"do": "fire"})
    if may:
        assert rooms.do(room.id, "a", kind, what, who=side, data=data).deeds[-1].kind == kind
    else:
        with pytest.raises(BadInput, match=f"'{kind}' is not for the {side}"):
            rooms.do(room.id, "a", kind, what, who=side, data=data)


WRONG = [
    {"kind": "burn"}, {"kind": None}, {"who": "clock"}, {"who": "nobody"}, {"token": ""}, {"token": "a b"},
    {"what": "x" * 201}, {"what": 3}, {"moment": -1.0}, {"moment": float("nan")}, {"moment": float("inf")},
    {"moment": "soon"}, {"kind": "phase", "data": []}, {"kind": "phase", "data": ""},
    {"data": []}, {"data": "text"}, {"data": {1: 2}}, {"data": {"text": "x" * 10_001}},
    {"data": {"text": "x", "more": "y" * 9_990}}, {"data": {"text": "é" * 5_000}}, {"data": {"text": float("nan")}},
    {"data": {"text": "x", "far": float("inf")}}, {"data": {"text": "x", "big": 10**400}},
    {"data": {"text": "x", "odd": object()}}, {"data": {"text": "x", "deep": [[[[1]]]]}}, {"data": {"text": 3}},
    {"data": {"text": "x", "from": 3}}, {"data": {}}, {"kind": "mark", "data": {"mark": 0}},
    {"kind": "mark", "data": {"mark": 6}}, {"kind": "mark", "data": {"mark": 2.5}},
    {"kind": "mark", "data": {"mark": True}}, {"kind": "mark", "data": {"mark": 3, "words": 4}},
    {"kind": "hold", "data": {"held": 1}}, {"kind": "extend", "data": {"minutes": 601}},
    {"kind": "extend", "data": {"minutes": "5"}}, {"kind": "extra", "data": {"factor": 0}},
    {"kind": "extra", "data": {"factor": 11}}, {"kind": "order", "data": {"do": "burn"}}, {"kind": "order", "data": {}},
    {"kind": "order", "data": {"do": "delay", "until": -1.0}}, {"kind": "vote", "data": {}},
    {"kind": "private", "data": {}}, {"kind": "reply", "who": "candidate", "data": {"number": "3"}},
    {"kind": "ballot", "who": "voter", "what": "1/ana", "data": {"why": "x"}}, {"id": "gone"}, {"id": "../x"},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG, ids=lambda change: str(change)[:50])
def test_deeds_that_are_none(rooms, room, change):
    words = {"id": room.id, "token": "a", "kind": "note", "who": "interviewer", "data": {"text": "x"}, **change}
    with pytest.raises(BadInput) as error:
        rooms.do(**words)
    assert str(error.value).isprintable() and len(str(error.value)) < 400
    assert rooms.room(room.id).deeds == ()


def test_what_just_fits(rooms, room):
    after = rooms.do(room.id, "a", "note", "x" * 200, who="interviewer", data={"text": "é" * 4_980, "deep": [[[1]]]})
    assert after.deeds[0].data["text"] == "é" * 4_980


def test_words_are_text_and_nothing_else(rooms, room):
    evil = "<b>\x1b[31m\u202eevil\u2066\ud800 a\nb'); DROP TABLE deeds; --"
    rooms.do(
        room.id, "a", "private", evil, who="interviewer", data={"text": evil, "list": [evil], "a\x00b": {"c": evil}}
    )
    clean = "<b>[31mevil a b'); DROP TABLE deeds; --"
    deed = rooms.room(room.id).deeds[0]
    assert (deed.what, deed.data) == (clean, {"text": clean, "list": [clean], "ab": {"c": clean}})


def test_a_room_can_be_full_but_not_for_its_interviewer(rooms, room, monkeypatch):
    assert (room_rows._MOST_DEEDS, room_rows._KEPT_FREE) == (5000, 1000)
    monkeypatch.setattr(room_rows, "_MOST_DEEDS", 5)
    monkeypatch.setattr(room_rows, "_KEPT_FREE", 2)
    for number in range(3):
        rooms.do(room.id, f"c{number}", "hint", str(number), who="candidate")
    with pytest.raises(BadInput, match="room is full: it has 3 entries; the candidate may write up to 3"):
        rooms.do(room.id, "c3", "hint", "3", who="candidate")
    for number in range(2):
        rooms.do(room.id, f"i{number}", "phase", "over", who="interviewer")
    with pytest.raises(BadInput, match="up to 5"):
        rooms.do(room.id, "i2", "phase", "over", who="interviewer")
    assert rooms.do(room.id, "i1", "phase", "over", who="interviewer").deeds[-1].turn == 4


def test_votes_while_the_ballot_is_open(rooms, room):
    def vote(token, what="1/ana", choice="wait"):
        return rooms.do(room.id, token, "ballot", what, who="voter", data={"choice": choice})

    def turn(token, number, is_open):
        rooms.do(room.id, token, "vote", number, who="interviewer", data={"open": is_open})

    for what in ("1/ana", "", "1", "1/", "/ana"):
        with pytest.raises(BadInput, match=r"is not open|BALLOT/VOTER"):
            vote("a", what)
    turn("o1", "1", True)
    vote("a")
    vote("b", choice="act")
    with pytest.raises(BadInput, match="ballot '2' is not open"):
        vote("c", "2/ana")
    turn("o2", "1", False)
    with pytest.raises(BadInput, match="ballot '1' is not open"):
        vote("d")
    assert len(vote("b").deeds) == 4, "what was sent before is acknowledged again"
    turn("o3", "1", True)
    assert vote("d", "1/b/c").deeds[-1].what == "1/b/c"


# flights of rooms


def test_taking_off(store, room):
    soon = Forecast("profit", day(2), 10.0, 20.0, 0.0)
    plan = CASE.plan().extended(Change(day(1), {"line": 0.5}, "why"))
    after, flight = store.rooms.take_off(room.id, "a", CASE.but(level=3), plan, (soon,))
    assert (flight.mode, flight.seed, flight.version, flight.status) == ("check", 7, 0, "flying")
    assert flight.scenario["level"] == 3 and plan_of(flight, CASE) == plan
    assert store.forecasts(flight.id) == [soon]
    assert after.flight == flight.id and store.flight(flight.id) == flight
    assert [(deed.kind, deed.what, deed.who) for deed in after.deeds] == [("flight", flight.id, "candidate")]
    assert store.attempts(CASE.name) == 0
    for token in ("a", "b"):
        assert store.rooms.take_off(room.id, token, CASE, CASE.plan()) == (after, flight)
    assert len(store.flights()) == 1
    assert store.rooms.of_flight(flight.id) == after
    assert store.rooms.of_flight(store.begin(CASE, CASE.plan(), 0, "check").id) is None


def test_a_take_off_that_fails_leaves_nothing(store, room):
    store.rooms.do(room.id, "a", "phase", "play", who="candidate")
    with pytest.raises(BadInput, match="token was used"):
        store.rooms.take_off(room.id, "a", CASE, CASE.plan())
    with pytest.raises(BadInput):
        store.rooms.take_off("gone", "b", CASE, CASE.plan())
    assert (store.flights(), store.rooms.room(room.id).flight) == ([], "")


def steered(store, room, flight, token="s", **more):
    words = {"what": "feast", "moment": day(2), "data": {"do": "fire"}, **more}
    return store.rooms.steer(room.id, token, flight, CASE.but(when={"feast": "since 2d"}).scenario.to_data(), **words)


def test_steering(store, room):
    _, flight = flying(store, room)
    store.reach(flight.id, day(2))
    after, changed = steered(store, room, flight)
    assert (changed.version, changed.scenario["when"]) == (1, {"feast": "since 2d"})
    last = after.deeds[-1]
    assert (last.kind, last.what, last.who, last.moment, last.data) == (
        "done",
        "feast",
        "clock",
        day(2),
        {"do": "fire"},
    )
    again = (after, changed)
    assert steered(store, room, flight) == again, "the same token"
    assert steered(store, room, flight, "other") == steered(store, room, changed, "third") == again, "done already"
    assert store.flight(flight.id) == changed
    with pytest.raises(Stale):
        store.decide(flight.id, 0, "d", Change(day(3), {"line": 0.5}))
    assert store.decide(flight.id, 1, "d", Change(day(3), {"line": 0.5})).version == 2


def test_what_cannot_be_steered(store, room):
    _, flight = flying(store, room)
    store.decide(flight.id, 0, "d", Change(day(3), {"line": 0.5}))
    with pytest.raises(Stale, match="version 1 by now"):
        steered(store, room, flight)
    flight = store.flight(flight.id)
    store.reach(flight.id, day(2) + 1)
    with pytest.raises(Stale, match="what was flown stays"):
        steered(store, room, flight)
    with pytest.raises(BadInput, match="not the one of this room"):
        steered(store, room, store.begin(CASE, CASE.plan(), 0, "check"))
    for scenario in ({"level": float("nan")}, {"level": object()}, {"x": "y" * 300_000}, 3):
        with pytest.raises(BadInput, match="scenario"):
            store.rooms.steer(room.id, "s", flight, scenario, what="a", moment=day(3), data={"do": "fire"})
    with pytest.raises(BadInput, match="do: field required"):
        steered(store, room, flight, data={})
    store.land(flight.id, {}, "x")
    with pytest.raises(BadInput, match="landed"):
        steered(store, room, flight, moment=day(4))
    assert store.flight(flight.id).scenario == flight.scenario
    assert [deed.kind for deed in store.rooms.room(room.id).deeds] == ["flight"]


def order(store, room, token, do="fire", was=None, **more):
    return store.rooms.do(room.id, token, "order", "feast", who="interviewer", data={"do": do, **more}, was=was)


def test_ordered_anew(store, room):
    """What was put off or left out may still happen; what has happened cannot be undone."""
    _, flight = flying(store, room)
    order(store, room, "a", "delay", until=day(3))
    _, flight = steered(store, room, flight, "s1", data={"do": "delay", "until": day(3)})
    order(store, room, "b", "skip")
    _, flight = steered(store, room, flight, "s2", data={"do": "skip"})
    assert flight.version == 2
    assert steered(store, room, flight, "s3", data={"do": "skip"})[1].version == 2
    order(store, room, "c", "fire")
    _, flight = steered(store, room, flight, "s4")
    assert flight.version == 3
    with pytest.raises(BadInput, match="feast took effect already"):
        order(store, room, "d", "skip")
    order(store, room, "c", "fire")
    store.rooms.do(room.id, "q", "require", who="interviewer")
    steered(store, room, flight, "s5", what="requirement", data={"do": "require"})
    with pytest.raises(BadInput, match="requirement took effect already"):
        store.rooms.do(room.id, "r", "require", who="interviewer")


def test_the_requirement_is_no_event(store, room):
    """An order by its name would overrule what is required, without being one."""
    with pytest.raises(BadInput, match="'requirement' is no event"):
        store.rooms.do(room.id, "a", "order", "requirement", who="interviewer", data={"do": "skip"})
    assert not store.rooms.room(room.id).deeds


@pytest.mark.parametrize(
    ("later", "data"),
    [({"do": "skip"}, {"do": "fire"}), ({"do": "delay", "until": day(4)}, {"do": "delay", "until": day(3)})],
)
def test_another_order_came_between(store, room, later, data):
    _, flight = flying(store, room)
    order(store, room, "a", **data)
    order(store, room, "b", **later)
    with pytest.raises(Stale, match="something else about feast"):
        steered(store, room, flight, data=data)
    assert steered(store, room, flight, data=later)[1].version == 1


def test_a_flight_of_a_room_goes_with_its_room(store, room):
    _, flight = flying(store, room)
    with pytest.raises(BadInput, match=f"flown in the room {room.id}"):
        store.delete(flight.id)
    with pytest.raises(sqlite3.IntegrityError):
        store._disk.write(lambda db: db.execute("DELETE FROM flights"))
    assert store.flight(flight.id) == flight


# screens


def test_screens(store, room, opened):
    rooms = store.rooms
    assert rooms.looks(room.id) == {}
    rooms.looked(room.id, "candidate", {"page": "brief\x00"})
    rooms.looked(room.id, "interviewer", {"page": "console"})
    rooms.looked(room.id, "candidate", {"page": "deck", "chart": None, "at": 60.5})
    assert opened().rooms.looks(room.id) == {
        "candidate": ({"page": "deck", "chart": None, "at": 60.5}, 1003.0),
        "interviewer": ({"page": "console"}, 1002.0),
    }
    for who, seen in (("clock", {}), ("candidate", []), ("candidate", {"a": "x" * 10_001}), ("voter", {"a": object()})):
        with pytest.raises(BadInput):
            rooms.looked(room.id, who, seen)
    with pytest.raises(BadInput):
        rooms.looks("gone")
    assert rooms.room(room.id).deeds == ()


# gone


def counts(store) -> dict[str, int]:
    names = ("rooms", "deeds", "screens", "flights", "steps", "looks", "forecasts")
    return {t: store._disk.read(lambda db, t=t: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for t in names}


def test_deleted_with_all_that_was_kept(store, tmp_path):
    secret = "nobody may ever read this again"
    for number in range(2):
        room = store.rooms.open(f"t{number}", SCRIPT, 7)
        _, flight = flying(store, room)
        store.rooms.do(room.id, "n", "private", who="interviewer", data={"text": f"{secret} {number}"})
        store.rooms.looked(room.id, "candidate", {"page": "deck"})
        store.look(flight.id, "map", 0.0)
        store.decide(flight.id, 0, "d", Change(day(3), {"line": 0.5}, f"{secret} {number}"))
    before, other = counts(store), store.rooms.rooms()[1]
    store.rooms.delete(room.id)
    assert counts(store) == {name: count // 2 for name, count in before.items()}
    for gone in (lambda: store.rooms.room(room.id), lambda: store.rooms.entered(room.keys["candidate"]),
                 lambda: store.flight(flight.id), lambda: store.rooms.delete(room.id)):  # fmt: skip
        with pytest.raises(BadInput):
            gone()
    assert store.rooms.rooms() == [other]
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert f"{secret} 0".encode() in left and f"{secret} 1".encode() not in left


def test_a_room_without_a_flight_is_deleted(rooms, room):
    rooms.delete(room.id)
    assert rooms.rooms() == []


# the file


def test_the_tables_know_the_same_words(store, room):
    db = store._disk._db
    row = (1, "x", "n", "a", "x", 0.0, 0.0, "{}")
    for turn, kind in enumerate(KINDS):
        db.execute("INSERT INTO deeds VALUES (?, ?, ?, ?, ?, 'clock', ?, ?, ?)", (1, turn, kind, kind, *row[4:]))
    for kind, who in (("burn", "clock"), ("phase", "nobody")):
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            db.execute("INSERT INTO deeds VALUES (1, 99, 'x', ?, 'x', ?, 0.0, 0.0, '{}')", (kind, who))


def test_a_file_of_before_there_were_rooms(tmp_path, opened, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(tables, "_MIGRATIONS", tables._MIGRATIONS[:2])
        patch.setattr(tables, "VERSION", 2)
        old = opened()
        flight = old.begin(CASE, CASE.plan(), 3, "training")
        old.close()
    store = opened()
    assert (store.flight(flight.id), store.trouble, store.notices) == (flight, "", ())
    assert store.rooms.room(store.rooms.open("t", SCRIPT, 7).id).script == SCRIPT


@pytest.mark.parametrize("backs_up", [True, False], ids=["page by page", "row by row"])
def test_a_room_goes_on_when_the_disk_fails(store, room, opened, monkeypatch, backs_up):
    after, flight = flying(store, room)
    store.rooms.looked(room.id, "candidate", {"page": "deck"})
    if not backs_up:
        monkeypatch.setattr("simulator.store.memory._backed_up", lambda db: None)
    store._disk._db.execute("PRAGMA query_only = ON")
    more = store.rooms.do(room.id, "n", "note", who="interviewer", data={"text": "on we go"})
    assert "in memory only" in store.trouble
    assert more.deeds[:-1] == after.deeds and more.deeds[-1].data == {"text": "on we go"}
    assert (more.flight, more.keys) == (flight.id, room.keys) and store.rooms.looks(room.id)["candidate"][0]
    with pytest.raises(BadInput):
        store.delete(flight.id)
    assert opened().rooms.room(room.id) == after


def test_two_threads_write(store, room):
    """Each marks and notes a hundred times, and each press comes twice."""
    stale = []

    def write(name: str) -> None:
        for turn in range(50):
            for _ in range(2):
                store.rooms.do(room.id, f"{name}-{turn}", "note", who="interviewer", data={"text": name})
            try:
                store.rooms.do(
                    room.id, f"{name}-m{turn}", "mark", f"d{turn}", who="interviewer", data={"mark": 3}, was=-1
                )
            except Stale:
                stale.append(turn)

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deeds = store.rooms.room(room.id).deeds
    assert [deed.turn for deed in deeds] == list(range(150))
    assert sorted(stale) == list(range(50))
    assert sorted(deed.what for deed in deeds if deed.kind == "mark") == sorted(f"d{turn}" for turn in range(50))


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([10**400, "fire"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["text", "do", "mark", "x"]), inner),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.sampled_from(KINDS), st.sampled_from(SIDES), PLAIN, st.text(max_size=5), PLAIN)
def test_anything_is_a_deed_or_refused(store, kind, who, data, what, moment):
    room = store.rooms.open("any", SCRIPT, 7)
    count = len(store.rooms.room(room.id).deeds)
    try:
        after = store.rooms.do(room.id, f"t{count}", kind, what, who=who, data=data, moment=moment)
    except BadInput as error:
        assert str(error).isprintable() and "\n" not in str(error)
        return
    assert len(after.deeds) == count + 1
    assert json.loads(json.dumps(dict(after.deeds[-1].data))) == after.deeds[-1].data
