"""Work is done elsewhere as it would be here: all of it, once, by workers that are warm, bound and replaceable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.errors import BadInput
from simulator.study import HERE, Workers, mapped, stopped
from simulator.study import workers as module
from simulator.study.workers import landed

TWO = Workers(2)
ROOT = Path(module.__file__).parents[2]


def squares(n: int, workers) -> list[int]:
    """Have *n* numbers squared."""
    return list(mapped(lambda x: x * x, range(n), workers))


@pytest.mark.parametrize("workers", [1, HERE, 2, TWO], ids=["1", "here", "2", "two"])
def test_what_comes_out_is_in_order(workers):
    assert squares(7, workers) == [0, 1, 4, 9, 16, 25, 36]


@pytest.mark.parametrize("workers", [HERE, TWO], ids=["here", "two"])
def test_each_item_lands_once(workers):
    assert sorted(landed(lambda x: -x, range(9), workers)) == [(x, -x) for x in range(9)]


def test_a_slow_item_holds_nobody_up():
    def nap(x: int) -> int:
        time.sleep(0.5 if x == 0 else 0.0)
        return x

    assert [x for x, _ in landed(nap, range(6), TWO)][-1] == 0


def test_nothing_to_do_is_soon_done():
    assert squares(0, TWO) == squares(0, HERE) == []


def test_workers_stay_warm():
    def who(x: int) -> int:
        time.sleep(0.05)
        return os.getpid()

    first, second = (set(mapped(who, range(8), TWO)) for _ in range(2))
    assert first == second and len(first) == 2 and os.getpid() not in first


def test_a_worker_may_grow(recwarn):
    """What it keeps is no leak: loky would start another one, and warn."""
    kept: list[bytes] = []

    def grow(x: int) -> int:
        kept.append(b"x" * (4 * 10**8 if x == 0 else 0))
        time.sleep(0.6)  # it looks once a second
        return os.getpid()

    before = set(mapped(lambda x: time.sleep(0.05) or os.getpid(), range(4), TWO))
    assert before >= set(mapped(grow, range(6), TWO)) and not recwarn


def test_a_worker_computes_in_one_thread():
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    assert set(mapped(lambda x: tuple(os.environ.get(name) for name in names), range(3), TWO)) == {("1", "1", "1")}


def test_what_a_worker_prints_is_no_result(capfd):
    list(mapped(lambda x: print("hello") or x, range(3), TWO))  # noqa: T201  that is the point
    assert capfd.readouterr().out == ""


def test_what_hangs_on_a_task_is_shared_by_the_items_of_a_call():
    """And not with those of the next call."""
    task = {"done": 0}

    def count(x: int) -> tuple[int, int]:
        task["done"] += 1
        time.sleep(0.02)
        return os.getpid(), task["done"]

    for _ in range(2):
        told = list(mapped(count, range(8), TWO))
        assert sum(done == 1 for _, done in told) == len({pid for pid, _ in told})


def test_an_error_is_raised_here():
    def fail(x: int) -> int:
        if x == 3:
            raise BadInput("three is too many")
        return x

    with pytest.raises(BadInput, match="three is too many"):
        list(mapped(fail, range(6), TWO))


class Homeless:
    """Something whose class stands where no worker can import it from."""


def test_what_cannot_travel_is_told(monkeypatch):
    monkeypatch.setattr(Homeless, "__module__", "nowhere")
    monkeypatch.setitem(sys.modules, "nowhere", sys.modules[__name__])
    with pytest.raises(BadInput, match="cannot load what it is to do: ModuleNotFoundError: No module named 'nowhere'"):
        list(mapped(abs, [Homeless(), Homeless()], TWO))


def test_stopping_does_not_wait_for_what_is_under_way():
    found = landed(lambda x: time.sleep(30.0 * (x > 0)) or x, range(6), TWO)
    assert next(found) == (0, 0)
    began = time.monotonic()
    stopped(found)
    assert time.monotonic() - began < 10.0


# --- workers that die


def test_a_worker_that_is_killed_costs_what_was_being_done(tmp_path):
    def once(x: int) -> int:
        with open(tmp_path / "begun", "a") as file:
            file.write(f"{x}\n")
        if x == 5 and not (tmp_path / "killed").exists():
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01)
        return x

    assert list(mapped(once, range(20), TWO)) == list(range(20))
    begun = (tmp_path / "begun").read_text().split()
    assert (tmp_path / "killed").exists() and set(begun) == {str(x) for x in range(20)}
    assert len(begun) <= 20 + 4  # two that were being done, and what had landed just then


def test_what_kills_each_worker_is_told_when_all_else_is_done(monkeypatch):
    monkeypatch.setattr(module, "_DEATHS", 2)

    def deadly(x: int) -> int:
        if x == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return x

    done = []
    with pytest.raises(BadInput, match="kill each worker"):
        for place, _ in landed(deadly, range(12), TWO):
            done.append(place)
    assert sorted(done) == [0, *range(2, 12)]


PROGRAM = """
import os, time
from simulator.study import Workers, mapped

def nap(x):
    time.sleep(0.2 * (x > 1))
    return os.getpid()

for pid in mapped(nap, range(400), Workers(2)):
    print(pid, flush=True)
"""


def test_workers_end_with_the_process_that_started_them():
    """Also where it was killed: loky's own would wait five minutes for more to do."""
    main = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert main.stdout is not None
    with main:
        pids = {int(main.stdout.readline()) for _ in range(6)}
        main.kill()
    deadline = time.monotonic() + 20.0
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert pids and not any(map(alive, pids))


def alive(pid: int) -> bool:
    """Whether there is such a process, and it is not just waiting to be buried."""
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"
