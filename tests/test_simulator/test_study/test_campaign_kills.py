"""A campaign that is killed at some moment goes on where it was: nothing put is flown again, nothing is lost."""

from __future__ import annotations

import collections
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from toy_case import CASE

import simulator.study
from simulator.study import Campaign, Shelf
from simulator.units import DAY

ROOT = Path(simulator.study.__file__).parents[2]
TOY = Path(__file__).parents[1]
KILLS, DESIGNS, SEEDS = 12, 60, (0, 3, 4, 9)
ARMS = {f"d{number}": {"line": number / DESIGNS} for number in range(DESIGNS)}


def noted(run) -> dict[str, float]:
    """Write down that a run is done."""
    with open(os.environ["NOTES"], "a") as file:
        file.write(f"{run.plan.design.line} {run.seed}\n")
    return {}


def flown_for_a_while(path: Path, luck: random.Random) -> None:
    """Fly in a process that is killed some moments after one of its first runs."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            told = lambda share: os.write(outlet, b".")  # noqa: E731
            Campaign(CASE, 1, DAY, noted, Shelf(path), told).fly(ARMS, SEEDS)
        finally:
            os._exit(1)
    os.close(outlet)
    for _ in range(luck.randrange(1, 8)):
        os.read(inlet, 1)
    time.sleep(luck.uniform(0.0, 0.006))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(inlet)


def test_a_campaign_that_is_killed_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    path, luck, kept = tmp_path / "runs.sqlite3", random.Random(5), [0]
    for kill in range(KILLS):
        flown_for_a_while(path, luck)
        shelf, flown = Shelf(path), (tmp_path / "notes").read_text().count("\n")
        kept.append(len(shelf))
        assert kept[-1] > kept[-2] and 0 <= flown - kept[-1] <= kill + 1  # a run each that was done but not yet put
        shelf.close()
    shelf, before = Shelf(path), (tmp_path / "notes").read_text().count("\n")
    rows = Campaign(CASE, 1, DAY, noted, shelf).fly(ARMS, SEEDS)
    shelf.close()
    notes = (tmp_path / "notes").read_text().split("\n")[:-1]
    assert 0 < kept[-1] < len(ARMS) * len(SEEDS) == kept[-1] + len(notes) - before
    assert max(collections.Counter(notes).values()) <= 2
    assert rows == Campaign(CASE, 1, DAY, noted).fly(ARMS, SEEDS)


PROGRAM = """
import hashlib, json, resource, sys
from pathlib import Path
import cases
from simulator.study import Campaign, Shelf
from simulator.units import DAY

def most(who):
    return resource.getrusage(who).ru_maxrss / 1024

case, path, jobs, designs, seeds = cases.load(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])
arms = {f"d{number}": {"line": number / designs} for number in range(designs)}
shelf = Shelf(path)
told = Campaign(case, jobs, DAY / 4, None, shelf, lambda share: print(".", end="", flush=True))
told.fly({"d0": arms["d0"]}, range(2))
print(len(shelf), flush=True)
begun = most(resource.RUSAGE_SELF)
rows = told.fly(arms, range(seeds))
data = json.dumps({arm: [[dict(row.kpis), row.digest] for row in found] for arm, found in rows.items()})
sums = {"digest": hashlib.sha256(data.encode()).hexdigest(), "kept": len(shelf)}
print(json.dumps(sums | {"grown": most(resource.RUSAGE_SELF) - begun}))
"""


def begun(path: Path, *how: int) -> subprocess.Popen[str]:
    """Begin a study of *how* many jobs, designs and seeds in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, str(TOY / "toy_case.py"), str(path), *map(str, how)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


@pytest.mark.soak
def test_ten_thousand_runs_in_bounded_memory_survive_kills(tmp_path):
    luck, kept = random.Random(7), []
    for _ in range(6):
        with begun(tmp_path / "killed.sqlite3", 2, 1000, 10) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(luck.uniform(0.2, 4.0))
            process.kill()
        shelf = Shelf(tmp_path / "killed.sqlite3")
        kept.append(len(shelf))
        shelf.close()
    assert kept == sorted(kept) and kept[-1] > kept[0]
    ends = []
    for path in (tmp_path / "killed.sqlite3", tmp_path / "whole.sqlite3"):
        with begun(path, 2, 1000, 10) as process:
            assert process.stdout is not None
            told = process.stdout.read()
        ends.append(json.loads(told.splitlines()[-1].lstrip(".")))
    assert ends[0]["digest"] == ends[1]["digest"] and ends[0]["kept"] == ends[1]["kept"] == 10_000
    assert max(end["grown"] for end in ends) < 60.0  # MB: the figures of the runs, and no more
