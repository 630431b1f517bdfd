"""A Dask cluster flies the same study to the same digests, also when a worker is killed; what is amiss is one line.

The scheduler and its two workers are processes of their own, on ports that are free.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from toy_case import CASE

from cases import load
from simulator.errors import BadInput, Cancelled
from simulator.study import Campaign, Shelf, Workers, mapped
from simulator.study import clusters as module
from simulator.units import DAY

pytest.importorskip("distributed")
HERE = Path(__file__).parent
TOY = str(HERE.parent / "toy_case.py")
ROOT = Path(module.__file__).parents[2]
ARMS = {"mid": "mid", "expert": "expert", "own": {"line": 0.3}}
MANY = {f"d{n}": {"line": n / 50} for n in range(50)}
SEEDS = (0, 3)


class Cluster:
    """A scheduler and two workers on this machine."""

    def __init__(self, folder: Path) -> None:
        told = folder / "scheduler.json"
        self.folder, self.log = folder, (folder / "log").open("w")
        self.scheduler = self._dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
        self.workers = [self._dask("worker", "--scheduler-file", str(told), *self._mine(n)) for n in range(2)]
        while not told.exists() or not told.read_text():
            time.sleep(0.05)
        self.address = json.loads(told.read_text())["address"]

    def _mine(self, number: int) -> list[str]:
        return ["--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder / f"{number}")]

    def _dask(self, *what: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *what, "--no-dashboard"]
        quick = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}  # to give up one that was killed
        return subprocess.Popen(command, cwd=ROOT, env=quick, stdout=self.log, stderr=self.log)

    def close(self) -> None:
        """End what is still there."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A cluster that the tests of this file share; the last of them kills a worker."""
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    yield running
    module.closed()
    running.close()


@pytest.fixture(scope="module")
def toy():
    """The toy case by its path, as the workers of a cluster load it."""
    return load(TOY)


@pytest.fixture(scope="module")
def alone(toy):
    """What the study comes to in this process."""
    return Campaign(toy, 1, DAY).fly(ARMS, SEEDS)


def test_a_cluster_flies_to_the_same_digests(cluster, toy, alone):
    assert Campaign(toy, Workers(-1, cluster.address), DAY).fly(ARMS, SEEDS) == alone
    assert Campaign(toy, 2, DAY).fly(ARMS, SEEDS) == alone


def test_both_workers_of_a_cluster_work(cluster):
    def who(x: int) -> int:
        time.sleep(0.05)
        return os.getpid()

    assert {*mapped(who, range(12), Workers(-1, cluster.address))} == {worker.pid for worker in cluster.workers}


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_more_work_at_once_than_is_asked_for(cluster, tmp_path, jobs):
    """Each leaves a mark while it works, and counts the marks."""

    def crowd(x: int) -> int:
        mark = tmp_path / f"{x}"
        mark.touch()
        time.sleep(0.05)
        there = len([*tmp_path.iterdir()])
        mark.unlink()
        return there

    assert max(mapped(crowd, range(8), Workers(jobs, cluster.address))) == jobs


def test_an_error_on_a_cluster_is_raised_here(cluster, toy):
    def fail(x: int) -> int:
        raise BadInput(f"{x} is too many")

    with pytest.raises(BadInput, match="is too many"):
        list(mapped(fail, [3], Workers(-1, cluster.address)))


class Homeless:
    """Something whose class stands where no worker can import it from."""


def test_what_cannot_travel_to_a_cluster_is_told(cluster, monkeypatch):
    monkeypatch.setattr(Homeless, "__module__", "nowhere")
    monkeypatch.setitem(sys.modules, "nowhere", sys.modules[__name__])
    with pytest.raises(BadInput, match="cannot do the work") as error:
        list(mapped(abs, [Homeless(), Homeless()], Workers(-1, cluster.address)))
    assert str(error.value).isprintable()


def test_a_study_on_a_cluster_keeps_what_is_done_when_it_is_cancelled(cluster, toy, tmp_path):
    def enough(share: float) -> None:
        if share > 0.2:
            raise Cancelled("enough")

    shelf, there = Shelf(tmp_path / "runs.sqlite3"), Workers(-1, cluster.address)
    with pytest.raises(Cancelled):
        Campaign(toy, there, DAY, shelf=shelf, progress=enough).fly(MANY, SEEDS)
    assert len(shelf) == 21
    told: list[float] = []
    rows = Campaign(toy, there, DAY, shelf=shelf, progress=told.append).fly(MANY, SEEDS)
    assert len(told) == 79 and rows == Campaign(toy, 1, DAY).fly(MANY, SEEDS)
    shelf.close()


def test_a_worker_with_other_versions_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(module, "_sound", set())
    monkeypatch.setattr(module, "versions", lambda: {"numpy": f"of {os.getpid()}"})
    with pytest.raises(BadInput, match=rf"worker tcp://\S+ has numpy of \d+, and of {os.getpid()} is here"):
        list(mapped(abs, range(3), Workers(-1, cluster.address)))


def test_a_cluster_without_workers_is_told(cluster, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.3)
    client = module._client(cluster.address, -1)
    monkeypatch.setattr(type(client), "wait_for_workers", lambda *_, **__: None)
    monkeypatch.setattr(type(client), "ncores", lambda _: {})
    with pytest.raises(BadInput, match="no worker has come to tcp://"):
        list(mapped(abs, range(3), Workers(-1, cluster.address)))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://127.0.0.1:nine", "carrier://pigeon:1"])
def test_a_scheduler_that_does_not_answer_is_told_in_one_line(monkeypatch, address):
    monkeypatch.setattr(module, "_PATIENCE", 0.3)
    with pytest.raises(BadInput) as error:
        Campaign(CASE, Workers(-1, address), DAY).fly(ARMS, SEEDS)
    assert address in str(error.value) and str(error.value).isprintable()


def test_ray_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray.util.joblib", None)
    with pytest.raises(BadInput, match="pip install ray"):
        list(mapped(abs, range(3), Workers(2, "ray")))


def test_a_worker_that_is_killed_in_a_study_is_made_up_for(cluster, toy):
    """The last one here: there is one worker less then."""
    killed = cluster.workers[0]

    def kill(share: float) -> None:
        if share >= 0.2 and killed.poll() is None:
            killed.send_signal(signal.SIGKILL)
            killed.wait()

    rows = Campaign(toy, Workers(-1, cluster.address), DAY, progress=kill).fly(MANY, SEEDS)
    assert killed.returncode == -signal.SIGKILL
    assert rows == Campaign(toy, 1, DAY).fly(MANY, SEEDS)
    assert Campaign(toy, Workers(-1, cluster.address), DAY).fly(ARMS, SEEDS) == Campaign(toy, 1, DAY).fly(ARMS, SEEDS)


@pytest.mark.soak
def test_a_cluster_of_our_own_flies_the_same_and_outlives_what_kills_its_workers(toy, alone):
    def deadly(x: int) -> int:
        if x == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return x

    for jobs in (1, 2):
        assert Campaign(toy, Workers(jobs, "dask"), DAY).fly(ARMS, SEEDS) == alone
    with pytest.raises(BadInput, match="died one after another"):
        list(mapped(deadly, range(6), Workers(2, "dask")))
    assert Campaign(toy, Workers(2, "dask"), DAY).fly(ARMS, SEEDS) == alone
    module.closed()
