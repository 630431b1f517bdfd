"""Answers about a flight that is down: the first one stands, text stays text, and older files learn to keep them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from toy_case import CASE

import simulator.store
from simulator.errors import BadInput
from simulator.plan import Change
from simulator.record import BELIEF, Answer, Forecast, Look, Record
from simulator.store import FILE, rows, tables
from simulator.units import day

SAID = Answer("line", "it was the rush", 3.5, "since the queue grew first", "mid")
LEVELS = ("weak", "mid", "strong", "expert")


@pytest.fixture
def landed(store):
    flight = store.begin(CASE, CASE.plan(), 7, "check")
    store.land(flight.id, {"profit": 1.0}, "abc")
    return store.flight(flight.id)


def test_the_first_answer_stands(store, opened, landed):
    assert store.answer(landed.id, SAID)
    assert not store.answer(landed.id, SAID)
    assert not opened().answer(landed.id, replace(SAID, choice="something else", words=""))
    assert store.answer(landed.id, Answer(BELIEF, "rush", day(2)))
    assert opened().answers(landed.id) == [SAID, Answer(BELIEF, "rush", day(2))]


@pytest.mark.parametrize("probe", [SAID.probe, BELIEF])
def test_in_the_air_nothing_is_answered(store, probe):
    flight = store.begin(CASE, CASE.plan(), 7, "training")
    with pytest.raises(BadInput, match="after landing"):
        store.answer(flight.id, Answer(probe))
    assert store.answers(flight.id) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"words": "x" * 10_001}, "at most 10000"),
        ({"choice": "x" * 2001}, "at most 2000"),
        ({"probe": "x" * 65}, "at most 64"),
        ({"words": None}, "is text"),
        ({"choice": 3}, "is text"),
        ({"mark": "genius"}, "known: weak, mid, strong, expert"),
        ({"mark": ["mid"]}, "level"),
        ({"number": float("nan")}, "is a number"),
        ({"number": float("inf")}, "is a number"),
        ({"number": 10**400}, "is a number"),
        ({"number": "3"}, "is a number"),
        ({"number": True}, "is a number"),
    ],
)
def test_what_is_no_answer(store, landed, wrong, told):
    with pytest.raises(BadInput, match=told):
        store.answer(landed.id, replace(SAID, **wrong))
    assert store.answers(landed.id) == []


def test_as_long_as_it_may_be(store, landed):
    assert store.answer(landed.id, replace(SAID, words="x" * 10_000))


def test_answers_are_text_and_nothing_else(store, landed):
    store.answer(landed.id, Answer("line", "a\u202eb", None, "one\ntwo\x00 <b> \ud800e\u0301"))
    assert store.answers(landed.id) == [Answer("line", "ab", None, "one two <b> \u00e9")]


def test_an_own_mark_can_be_given_and_changed(store, landed):
    with pytest.raises(BadInput, match="no answer to 'line'"):
        store.mark(landed.id, "line", "mid")
    store.answer(landed.id, replace(SAID, mark=""))
    for level in LEVELS:
        store.mark(landed.id, "line", level)
        assert store.answers(landed.id) == [replace(SAID, mark=level)]
    with pytest.raises(BadInput, match="level"):
        store.mark(landed.id, "line", "")


def test_answers_are_bounded(store, landed, monkeypatch):
    monkeypatch.setattr(rows, "_MOST_ANSWERS", 2)
    assert all(store.answer(landed.id, replace(SAID, probe=f"p{n}")) for n in range(2))
    with pytest.raises(BadInput, match="at most 2"):
        store.answer(landed.id, SAID)


def test_a_record_is_all_that_is_known_of_a_person(store, landed):
    said = Forecast("profit", day(2), 10.0, 20.0, 0.0)
    store.look(landed.id, "panel:business", day(1))
    store.forecast(landed.id, said)
    store.answer(landed.id, SAID)
    assert store.record(landed.id) == Record((Look("panel:business", day(1), 1002.0),), (said,), (SAID,))
    with pytest.raises(BadInput, match="no flight"):
        store.record("gone")


def test_deleted_with_the_flight(store, landed):
    store.answer(landed.id, SAID)
    store.delete(landed.id)
    assert store._disk.read(lambda db: db.execute("SELECT count(*) FROM answers").fetchone()[0]) == 0


def test_a_file_of_the_first_version_learns_to_keep_answers(tmp_path, opened, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(tables, "_MIGRATIONS", tables._MIGRATIONS[:1])
        then.setattr(tables, "VERSION", 1)
        old = opened()
        flight = old.begin(CASE, CASE.plan(), 7, "training")
        flight = old.decide(flight.id, 0, "t", Change(day(1), {"line": 0.5}, "why"))
        old.land(flight.id, {"profit": 1.0}, "abc")
        before = old.flight(flight.id)
        assert "answers" not in tables.names(old._disk._db)
        old.close()
    db = sqlite3.connect(tmp_path / FILE)
    assert tables.version_of(db) == 1
    db.close()
    store = opened()
    assert (store.flight(flight.id), store.trouble, store.notices) == (before, "", ())
    assert store.answers(flight.id) == []
    assert store.answer(flight.id, SAID)
    assert store.record(flight.id).answers == (SAID,)


PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from simulator.record import Answer
from simulator.store import Store
store = Store(Path(sys.argv[1]), time.time, lambda: "x")
for number in range(5):
    store.answer("id-0", Answer(f"p{number}", "", float(number)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path, store, landed):
    root = Path(simulator.store.__file__).parents[2]
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / FILE)]
    assert subprocess.run(command, cwd=root, timeout=60, check=False).returncode == -9
    assert [answer.number for answer in store.answers(landed.id)] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert store.trouble == ""


def test_answers_move_to_memory_with_the_rest(store, landed, tmp_path):
    store.answer(landed.id, SAID)
    (tmp_path / FILE).rename(tmp_path / "away")
    assert store.answer(landed.id, replace(SAID, probe="next"))
    assert store.trouble and [answer.probe for answer in store.answers(landed.id)] == ["line", "next"]
