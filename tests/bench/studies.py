"""Measures what it costs to scale a study: overhead per task, drawing a tape or sending it, one worker or two.

The last table is on paper: a million runs, from the figures above it. Nothing else should be running; how busy the
machine was is told.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import cases
from simulator.case import Case
from simulator.simulation import fly, tape_of
from simulator.study import Campaign, Row, Shelf, Workers, mapped, portable
from simulator.study.arms import Written, readable, written
from simulator.study.clusters import closed

CASE, PAR = "feed_ranking", "mid"
MILLION = 10**6
NETWORK = 125.0  # MB/s: a gigabit a second


@dataclasses.dataclass(frozen=True)
class Leg:
    """What a worker does for one run; it returns the time of the run alone [s of wall, s of CPU]."""

    case: Callable[[], Case]
    arm: str | Written
    until: float | None

    def __call__(self, seed: int) -> tuple[float, float]:
        case = self.case()
        arm = readable(case, self.arm)
        wall, cpu = time.perf_counter(), time.process_time()
        run = fly(case, arm, seed, until=self.until)
        Row(run.kpis(), run.digest())
        return time.perf_counter() - wall, time.process_time() - cpu


@dataclasses.dataclass(frozen=True)
class Flown:
    """What a crew needed for all runs."""

    wall: float
    inside: float
    """the time of the runs themselves, over all workers [s]"""
    cpu: float
    tasks: int
    crew: int

    @property
    def overhead(self) -> float:
        """The time that a worker spends beside each run, waiting or not [ms]."""
        return (self.wall * self.crew - self.inside) / self.tasks * 1e3

    @property
    def busy(self) -> float:
        """The share of its time that a worker spends in runs, whoever else uses its core."""
        return self.inside / (self.wall * self.crew)

    @property
    def used(self) -> float:
        """The share of their cores that the runs used."""
        return self.cpu / (self.wall * self.crew)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=400, help="small runs for the overhead")
    parser.add_argument("--seeds", type=int, default=64, help="replications for the speed-up")
    options = parser.parse_args()
    console = Console()
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before anything began")
    overheads = overhead(console, options.tasks)
    tapes(console)
    run = speed_up(console, options.seeds)
    on_paper(console, run, overheads)
    console.print(f"load {os.getloadavg()[0]:.1f} at the end")


def flown(leg: Leg, seeds: Sequence[int], workers: Workers, crew: int) -> Flown:
    """Fly with a warm crew."""
    list(mapped(leg, [0] * 2 * crew, workers))
    start = time.perf_counter()
    took = list(mapped(leg, seeds, workers))
    wall = time.perf_counter() - start
    return Flown(wall, sum(w for w, _ in took), sum(c for _, c in took), len(seeds), crew)


def overhead(console: Console, tasks: int) -> dict[str, float]:
    """Tell the overhead per task [ms] on each backend: short runs under one seed, so that little else is seen."""
    case = cases.load(CASE)
    leg = Leg(portable(case), written(case, case.plan()), case.horizon / 200)
    table = Table("backend", "a run [ms]", "overhead per task [ms]", title=f"{tasks} short runs on two warm workers")
    found: dict[str, float] = {}
    for name, crew in crews():
        with crew as workers:
            best = min((flown(leg, [0] * tasks, workers, 2) for _ in range(3)), key=lambda one: one.overhead)
        table.add_row(name, f"{best.inside / best.tasks * 1e3:.1f}", f"{best.overhead:.1f}")
        found[name] = best.overhead
    console.print(table)
    return found


def crews() -> Iterator[tuple[str, contextlib.AbstractContextManager[Workers]]]:
    """Name each backend, with a crew of two."""
    yield "processes", contextlib.nullcontext(Workers(2))
    yield "dask, started here", own()
    yield "dask, scheduler and two workers", cluster()


@contextlib.contextmanager
def own() -> Iterator[Workers]:
    """Start a cluster in this process."""
    yield Workers(2, "dask")
    closed()


@contextlib.contextmanager
def cluster() -> Iterator[Workers]:
    """Start a cluster as its users do: by two commands, with processes of their own."""
    dask = [sys.executable, "-m", "dask"]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        told = Path(folder) / "scheduler.json"
        start = ["--no-dashboard", "--scheduler-file", str(told)]
        run = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        scheduler = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *start]
        worker = [*dask, "worker", "--nworkers", "2", "--nthreads", "1", "--local-directory", folder, *start]
        for command in (scheduler, worker):
            process = running.enter_context(subprocess.Popen(command, **run))
            running.callback(process.terminate)
        while not told.exists() or not told.read_text():
            time.sleep(0.1)
        crew = Workers(-1, json.loads(told.read_text())["address"])
        while len(set(mapped(pid_of, range(8), crew))) < 2:
            time.sleep(0.1)
        yield crew
        closed()


def pid_of(x: int) -> int:
    """Tell which worker this is."""
    time.sleep(0.01)
    return os.getpid()


def tapes(console: Console) -> None:
    """Tell what it takes to draw the tape of each case, and to send it to a process or over a network instead."""
    columns = ("case", "size [MB]", "drawn in [s of CPU]", "sent to a process in [s]", "over 1 Gbit/s in [s]")
    table = Table(*columns, title="a tape: drawn where it is needed, or sent there")
    for name in cases.names():
        case = cases.load(name)
        tape_of(case, 0)
        start = time.process_time()
        columns_of = list(arrays(tape_of(case, 1)))
        drawn, size = time.process_time() - start, sum(array.nbytes for array in columns_of) / 1e6
        table.add_row(name, f"{size:.0f}", f"{drawn:.2f}", f"{sent(columns_of):.2f}", f"{size / NETWORK:.2f}")
    console.print(table)


def arrays(part: object) -> Iterator[np.ndarray]:
    """Yield the columns of a tape."""
    if isinstance(part, np.ndarray):
        yield part
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            yield from arrays(getattr(part, field.name))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from arrays(value)


def sent(columns: list[np.ndarray]) -> float:
    """Return how long it takes a worker to have *columns* [s]: the difference between sending them and nothing."""
    return max(0.0, arrived([columns] * 4) - arrived([[]] * 4)) / 4


def arrived(parcels: list[Any]) -> float:
    """Return how long it takes until all *parcels* are there [s]."""
    list(mapped(len, [[], []], 2))
    start = time.perf_counter()
    list(mapped(len, parcels, 2))
    return time.perf_counter() - start


def speed_up(console: Console, seeds: int) -> float:
    """Tell how much sooner two workers are done than one; return what a run takes [s of CPU]."""
    case = cases.load(CASE)
    leg = Leg(portable(case), PAR, None)
    one, two = flown(leg, range(seeds), Workers(1), 1), flown(leg, range(seeds), Workers(2), 2)
    columns = ("workers", "wall [s]", "a run [s of CPU]", "workers in runs", "cores used")
    table = Table(*columns, title=f"{seeds} replications of {CASE}")
    for name, crew in (("1", one), ("2", two)):
        table.add_row(name, f"{crew.wall:.1f}", f"{crew.cpu / crew.tasks:.2f}", f"{crew.busy:.1%}", f"{crew.used:.0%}")
    console.print(table, f"two workers are {one.wall / two.wall:.2f} times as fast as one")
    return one.cpu / one.tasks


def on_paper(console: Console, run: float, overheads: Mapping[str, float]) -> None:
    """Tell what a million runs would take; the size of what is kept is measured on a few."""
    kept, row = sizes()
    cluster_ms = overheads["dask, scheduler and two workers"]
    table = Table("on paper: a million runs", "", title=f"runs of {run:.2f} s, {cluster_ms:.1f} ms of overhead each")
    for cores in (2, 200):
        table.add_row(f"on {cores} cores", f"{MILLION * (run + cluster_ms / 1e3) / cores / 3600:.1f} h")
    table.add_row("kept on the shelf", f"{kept * MILLION / 1e9:.1f} GB")
    table.add_row("held while it runs", f"{row * MILLION / 1e9:.1f} GB")
    console.print(table)


def sizes() -> tuple[float, float]:
    """Return how many bytes a run takes on the shelf and in memory."""
    import tracemalloc

    case, n = cases.load(CASE), 2000
    kpis = Campaign(case, 1, case.horizon / 200).fly({"a": PAR}, range(1))["a"][0].kpis
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder) / "runs.sqlite3")
        for number in range(n):
            shelf.put(f"{number:064}", Row(kpis, f"{number:064}"))
        tracemalloc.start()
        rows = shelf.found(f"{number:064}" for number in range(n))
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        shelf.close()
        return shelf.path.stat().st_size / n, held / len(rows)


if __name__ == "__main__":
    main()
