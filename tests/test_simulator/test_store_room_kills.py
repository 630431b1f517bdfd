"""A room is written to by programs that are killed at any moment, and by two at once: every deed is there, once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import simulator.store
from simulator.rounds.script import Minutes
from simulator.rounds.standing import stood
from simulator.store import FILE, Store

ROOT = Path(simulator.store.__file__).parents[2]
HERE = Path(__file__).parent
KILLS = 50
PROGRAM = """
import json, os, random, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from toy_case import CASE
from simulator.plan import Change
from simulator.rounds.script import Minutes
from simulator.rounds.standing import stood
from simulator.store import Store

path, kills = Path(sys.argv[1]), int(sys.argv[2])
luck, number = random.Random(7), 0
SCENARIO = CASE.but(when={"feast": "never"}).scenario.to_data()

def opened():
    def token():
        global number
        number += 1
        return f"id-{os.getpid()}-{number}"
    return Store(path, time.time, token)

def press(rooms, store, id, flight, turn):
    "Do the next thing: a note, a mark, an event, a decision, in turn; its token is its number."
    token, at = f"t{turn}", float(turn)
    if turn % 4 == 0:
        rooms.do(id, token, "note", who="interviewer", moment=at, data={"text": str(turn)})
    elif turn % 4 == 1:
        was = stood(Minutes(), rooms.room(id).deeds, at).was("mark", "serving")
        data = {"mark": 1 + turn % 5, "words": str(turn)}
        rooms.do(id, token, "mark", "serving", who="interviewer", data=data, was=was)
    elif turn % 4 == 2:
        scenario = {**SCENARIO, "when": {"feast": f"since {turn}s"}}
        rooms.steer(id, token, store.flight(flight), scenario, what=f"event-{turn}", moment=at, data={"do": "fire"})
    else:
        version = store.flight(flight).version
        store.decide(flight, version, token, Change(at, {"line": 0.5}, str(turn)))

def play(id, turn, out):
    store = opened()
    rooms = store.rooms
    _, flight = rooms.take_off(id, "take-off", CASE.but(when={"feast": "never"}), CASE.plan())
    while True:
        press(rooms, store, id, flight.id, turn)
        os.write(out, b"%d\\n" % turn)
        turn += 1

def examined(store, id, last):
    "What is wrong with a room of which everything up to *last* was acknowledged; one more may be there."
    room = store.rooms.room(id)
    if not room.flight:
        return [] if last < 0 else ["the take-off is lost"]
    flight = store.flight(room.flight)
    kinds = {"note": lambda d: d.data["text"], "mark": lambda d: d.data["words"], "done": lambda d: d.what[6:]}
    found = [int(kinds[deed.kind](deed)) for deed in room.deeds if deed.kind in kinds]
    decided = [int(change["why"]) for change in flight.plan["changes"]]
    done = [turn for turn in found if turn % 4 == 2]
    stands = stood(Minutes(), room.deeds, time.time())
    marks = [turn for turn in found if turn % 4 == 1]
    wrong = []
    if sorted(found + decided) not in (list(range(last + 1)), list(range(last + 2))):
        wrong.append(f"{last} acknowledged, there are {sorted(found + decided)}")
    if [deed.turn for deed in room.deeds] != list(range(len(room.deeds))):
        wrong.append("turns are not in order")
    if flight.version != len(done) + len(decided):
        wrong.append(f"version {flight.version} after {len(done)} events and {len(decided)} decisions")
    if flight.scenario["when"]["feast"] != (f"since {done[-1]}s" if done else "never"):
        wrong.append("the scenario is not that of the last event")
    if marks and (stands.marks["serving"].words, stands.was("mark", "serving")) != (
        str(marks[-1]), stands.marks["serving"].turn
    ):
        wrong.append("the last mark does not stand")
    if [deed.kind for deed in room.deeds].count("flight") != 1 or stands.flight != flight.id:
        wrong.append("there is more than one take-off")
    return wrong

report = {"acknowledged": 0, "rounds_with_some": 0, "wrong": [], "trouble": [], "rooms": 0}
id, last = "", -1
for kill in range(kills):
    if kill % 5 == 0:
        store = opened()
        id, last = store.rooms.open(f"room-{kill}", "round = 1", 3).id, -1
        store.close()
        report["rooms"] += 1
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            play(id, last + 1, outlet)
        finally:
            os._exit(1)
    os.close(outlet)
    told, awaited, more = b"", luck.randrange(9), b"?"
    while told.count(b"\\n") < awaited and more:
        more = os.read(inlet, 4096)
        told += more
    time.sleep(luck.uniform(0.0, 0.004 if awaited else 0.02))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(inlet, "rb") as file:
        acknowledged = [int(line) for line in (told + file.read()).split()]
    if acknowledged != list(range(last + 1, last + 1 + len(acknowledged))):
        report["wrong"].append(f"acknowledged {acknowledged} after {last}")
    last = acknowledged[-1] if acknowledged else last
    report["acknowledged"] += len(acknowledged)
    report["rounds_with_some"] += bool(acknowledged)
    store = opened()
    report["wrong"] += examined(store, id, last)
    report["trouble"] += [store.trouble, *store.notices] if store.trouble or store.notices else []
    store.close()
store = opened()
report["flights"] = len(store.flights())
print(json.dumps(report))
"""


def test_no_acknowledged_deed_is_lost_and_none_is_there_twice(tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / FILE), str(KILLS), str(HERE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["wrong"], report["trouble"]) == ([], [])
    assert report["acknowledged"] > 3 * KILLS and report["rounds_with_some"] > 0.7 * KILLS
    assert report["flights"] <= report["rooms"] == KILLS // 5


RACER = """
import itertools, json, sys, time
from pathlib import Path
from simulator.store import Stale, Store
path, id, name, start = sys.argv[1:]
number = itertools.count()
store = Store(Path(path), time.time, lambda: f"{name}-{next(number)}")
while time.time() < float(start):
    pass
won, stale = [], []
for event in range(40):
    try:
        store.rooms.do(id, f"{name}-{event}", "order", f"event-{event}", who="interviewer", data={"do": "fire"}, was=-1)
        won.append(event)
    except Stale:
        stale.append(event)
    store.rooms.do(id, f"same-{event}", "mark", f"d{event}", who="interviewer", data={"mark": 3}, was=-1)
print(json.dumps([won, stale, store.trouble, store.notices]))
store.close()
"""


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / FILE, lambda: 1.0, iter(f"id-{n}" for n in range(100)).__next__)
    yield store
    store.close()


def test_two_consoles_race(store):
    """Each event is fired by one of them and the other hears so; what both send under one token is one mark."""
    room = store.rooms.open("t", "round = 1", 3)
    start = str(time.time() + 1.0)
    both = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(store.path), room.id, name, start],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for name in "ab"
    ]  # fmt: skip
    said = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    (won, stale, *trouble), (others, later, *more) = said
    assert trouble == more == ["", []]
    assert sorted(won + others) == list(range(40)) and (won, others) == (later, stale)
    deeds = store.rooms.room(room.id).deeds
    assert Counter((deed.kind, deed.what) for deed in deeds) == Counter(
        [("order", f"event-{n}") for n in range(40)] + [("mark", f"d{n}") for n in range(40)]
    )
    assert len(stood(Minutes(), deeds, 0.0).orders) == 40
