"""A hundred times the program is killed at some moment of a flight: no decision that it acknowledged is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import simulator.store

KILLS = 100
PROGRAM = """
import json, os, random, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from toy_case import CASE
from simulator.plan import Change
from simulator.store import Store

path, kills = Path(sys.argv[1]), int(sys.argv[2])
luck, number = random.Random(5), 0

def opened():
    global number
    number += 1
    return Store(path, time.time, lambda: f"id-{number}")

def play(id, out):
    store = opened()
    flight = store.flight(id)
    while True:
        step = Change(float(flight.version), {"line": 0.5}, str(flight.version))
        flight = store.decide(id, flight.version, f"t{flight.version}", step)
        os.write(out, b"%d\\n" % flight.version)

report = {"acknowledged": 0, "lost": 0, "unasked": 0, "wrong": 0, "trouble": [], "rounds_with_some": 0}
id, before = "", 0
for kill in range(kills):
    if not id or before > 600:
        store = opened()
        id, before = store.begin(CASE, CASE.plan(), 0, "training").id, 0
        store.close()
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            play(id, outlet)
        finally:
            os._exit(1)
    os.close(outlet)
    told, awaited, more = b"", luck.randrange(8), b"?"
    while told.count(b"\\n") < awaited and more:
        more = os.read(inlet, 4096)
        told += more
    time.sleep(luck.uniform(0.0, 0.003 if awaited else 0.02))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(inlet, "rb") as file:
        acknowledged = [int(line) for line in (told + file.read()).split()]
    store = opened()
    flight = store.flight(id)
    last = acknowledged[-1] if acknowledged else before
    report["acknowledged"] += len(acknowledged)
    report["rounds_with_some"] += bool(acknowledged)
    report["lost"] += max(0, last - flight.version)
    report["unasked"] += max(0, flight.version - last - 1)
    whys = [change["why"] for change in flight.plan["changes"]]
    report["wrong"] += whys != [str(turn) for turn in range(flight.version)]
    report["trouble"] += [store.trouble, *store.notices] if store.trouble or store.notices else []
    before = flight.version
    store.close()
print(json.dumps(report))
"""


def test_no_acknowledged_decision_is_lost(tmp_path):
    root = Path(simulator.store.__file__).parents[2]
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "flights.sqlite3"), str(KILLS), str(Path(__file__).parent)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["acknowledged"] > 3 * KILLS and report["rounds_with_some"] > 0.8 * KILLS
    kept = {name: report[name] for name in ("lost", "unasked", "wrong", "trouble")}
    assert kept == {"lost": 0, "unasked": 0, "wrong": 0, "trouble": []}
