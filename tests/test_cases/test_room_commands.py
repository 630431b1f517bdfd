"""Rooms on the command line: listed without what opens them, exported to be flown again, deleted on request."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
import typer

import cases
from simulator.errors import BadInput
from simulator.plan import Change
from simulator.rounds.recorded import Recorded, replayed
from simulator.simulation import simulate
from simulator.store import FILE, Look, Store, case_of, plan_of

STORM = cases.load("burst_storm")
SCRIPT = 'round = 1\ntitle = "A stormy interview"\ncase = "burst_storm"\n'
NAME = "Ana <b>\x1b[31m"
SIDES = ("interviewer", "candidate", "voter")


@pytest.fixture
def kept(tmp_path, monkeypatch) -> Path:
    """The folder in which the rooms of this test are kept."""
    monkeypatch.setenv("WINDTUNNEL_HOME", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def store(kept):
    number = iter(range(1000))
    store = Store(kept / FILE, lambda: 1.8e9, lambda: f"key-{next(number)}")
    yield store
    store.close()


@pytest.fixture
def room(store):
    """A room in which somebody flies."""
    room = store.rooms.open("t", SCRIPT, 3, name=NAME)
    store.rooms.do(room.id, "a", "phase", "play", who="interviewer")
    store.rooms.do(room.id, "b", "private", who="interviewer", data={"text": "seems nervous"})
    store.rooms.do(room.id, "c", "vote", "1", who="interviewer", data={"open": True})
    store.rooms.do(room.id, "d", "ballot", "1/Benedikt", who="voter", data={"choice": "wait"})
    return store.rooms.take_off(room.id, "off", STORM, STORM.plan())[0]


@pytest.fixture
def played(store, room):
    """The same when it has landed."""
    flight = store.decide(room.flight, 0, "t", Change(60.0, {"least": 8}, "more of them"))
    store.looked(flight.id, [Look("panel:system", 30.0, 1.8e9)])
    run = simulate(case_of(flight, cases.load), plan_of(flight, STORM), 3)
    store.land(flight.id, run.kpis(), run.digest())
    return store.rooms.room(room.id)


# rooms


def test_no_rooms(say, kept):
    said = say("round", "rooms")
    assert (said.code, said.err) == (0, "") and "no rooms yet" in said.out
    assert say("round", "rooms", "--json").data == []
    assert "no room in" in say("round", "export", "latest").err


def test_rooms(say, store, room):
    other = store.rooms.open("u", "no script", 3, alone=True)
    said = say("round", "rooms")
    assert (said.code, said.err) == (0, "") and "\x1b" not in said.out
    for words in (
        room.id,
        "Ana <b>[31m",
        "A stormy interview",
        "play",
        room.flight,
        other.id,
        "cannot be read",
        "alone",
    ):
        assert words in said.out
    first, second = say("round", "rooms", "--json").data
    assert (first["id"], first["title"], first["phase"], first["flight"], first["alone"]) == (
        other.id, "", "lobby", "", True,
    )  # fmt: skip
    assert (second["id"], second["title"], second["case"], second["phase"], second["flight"], second["released"]) == (
        room.id, "A stormy interview", "burst_storm", "play", room.flight, False,
    )  # fmt: skip


def test_keys_on_request_only(say, room):
    for words in ((), ("--json",)):
        out = say("round", "rooms", *words).out
        assert not any(room.keys[side] in out for side in SIDES)
    out = say("round", "rooms", "--keys").out
    assert all(f"{side}: /room?room={room.keys[side]}\n" in out for side in SIDES)
    assert say("round", "rooms", "--keys", "--json").data[0]["keys"] == dict(room.keys)


# export


def test_export_and_fly_again(say, played):
    said = say("round", "export", played.id)
    assert (said.code, said.err) == (0, "")
    assert say("round", "export", "latest").out == said.out
    assert (said.data["name"], said.data["seed"], len(said.data["deeds"])) == (played.name, 3, len(played.deeds))
    assert not any(played.keys[side] in said.out for side in SIDES) and played.id not in said.out
    back = Recorded.from_json(said.out)
    _, run = replayed(back, cases.load)
    assert run.digest() == back.digest and back.record.looks[0].what == "panel:system"


def test_export_without_names(say, played):
    said = say("round", "export", played.id, "--no-names", "--out", "played.json")
    assert (said.code, said.out, said.err) == (0, "", "")
    text = Path("played.json").read_text()
    assert not any(word in text for word in ("Ana", "Benedikt", "nervous"))
    assert json.loads(text)["digest"]
    assert all(word in say("round", "export", played.id).out for word in ("Ana", "Benedikt", "nervous"))
    again = say("round", "export", played.id, "--out", "played.json")
    assert again.code == 2 and "exists already" in again.err


@pytest.mark.parametrize("id", ["gone", "../x", ""])
def test_no_such_room(say, room, id):
    for words in (("export", id), ("delete", id, "--yes")):
        said = say("round", *words)
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


def test_what_cannot_be_exported_yet(say, store, room):
    assert "has not landed" in say("round", "export", room.id).err
    early = store.rooms.open("u", SCRIPT, 3)
    assert "nobody has taken off" in say("round", "export", early.id).err


# delete


def test_delete(say, store, played):
    other = store.rooms.open("u", SCRIPT, 3)
    said = say("round", "delete", played.id, "--yes")
    assert (said.code, said.out) == (0, "") and f"the room {played.id} is gone, and its flight" in said.err
    assert [row["id"] for row in say("round", "rooms", "--json").data] == [other.id]
    assert say("history", "--json").data == []
    assert say("round", "delete", played.id, "--yes").code == 2


def test_nobody_is_there_to_ask(say, room, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    said = say("round", "delete", room.id)
    assert (said.code, said.err.count("\n")) == (2, 1) and "add --yes" in said.err
    assert len(say("round", "rooms", "--json").data) == 1


@pytest.mark.parametrize(("answer", "code", "left"), [(True, 0, 0), (False, 130, 1)])
def test_somebody_is_asked(say, room, monkeypatch, answer, code, left):
    asked = []

    def answered(question, abort, err):
        asked.append(question)
        if not answer:
            raise typer.Abort

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", answered)
    assert say("round", "delete", "latest").code == code
    assert asked == ["Delete the room Ana <b>[31m, all that was said in it and its flight?"]
    assert len(say("round", "rooms", "--json").data) == left


def test_the_flight_of_a_room_is_not_deleted_by_itself(store, room):
    with pytest.raises(BadInput, match="delete the room"):
        store.delete(room.flight)


# help


def test_examples_work(say, played):
    """In the order in which a person would try them."""
    for command in ("rooms", "export", "delete"):
        lines = say("round", command, "--help").out.splitlines()
        found = [shlex.split(line)[1:] for line in lines if line.startswith("    windtunnel ")]
        assert found
        for words in found:
            assert say(*words).code == 0
