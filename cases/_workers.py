"""Reads who is to fly the runs of a study, and keeps what they have done where that was asked for."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Generator, Mapping
from pathlib import Path

from cases._options import read_whole
from cases._output import say
from simulator.case import Case
from simulator.errors import BadInput, shown, unknown
from simulator.study import Shelf, Study, Workers, frame, write_parquet
from simulator.study.frames import parquet_ready

__all__ = ["RUNS", "TABLE", "keep_table", "kept_in", "place_of_runs", "place_of_study", "read_jobs", "read_workers"]

RUNS = "runs.sqlite3"
"""the file in the folder of a study in which finished runs are kept"""
TABLE = "runs.parquet"
"""the table of runs beside it"""
_BACKENDS = ("processes", "dask", "ray")
_ADDRESS = re.compile(r"tcp://[^\s/:]+:[0-9]{1,5}")


def read_jobs(text: str) -> int:
    """Read a number of processes; -1 = one a core."""
    n = read_whole(text, "--jobs")
    if n < 1 and n != -1:
        raise BadInput(f"--jobs {n} is no number of processes; it takes 1 or more, or -1 for one a core")
    return n


def read_workers(jobs: str, backend: str) -> Workers:
    """Read who is to fly; BadInput for a backend that there is not."""
    if backend not in _BACKENDS and not _ADDRESS.fullmatch(backend):
        raise unknown("backend", backend, [*_BACKENDS, "tcp://HOST:PORT"])
    return Workers(read_jobs(jobs), backend)


def place_of_runs(folder: str | None) -> Path | None:
    """Return the file in *folder* in which finished runs are kept; None = they are not."""
    return None if folder is None else _named(folder) / RUNS


def _named(folder: str) -> Path:
    if not folder.strip() or (Path(folder) / TABLE).is_dir():
        raise BadInput(f"--out {shown(folder)} is no folder for the runs of a study; it takes a new or an earlier one")
    return Path(folder)


def place_of_study(folder: str | None) -> Path | None:
    """Return the folder of a study, if there is to be one; BadInput where its table could not be written."""
    if folder is None:
        return None
    parquet_ready()
    return _named(folder)


@contextlib.contextmanager
def kept_in(folder: Path | None) -> Generator[Shelf | None, None, None]:
    """Yield where the finished runs of a study are kept; who cancels is told how to go on."""
    shelf = None if folder is None else Shelf(folder / RUNS)
    try:
        yield shelf
    except KeyboardInterrupt:
        say(_how_to_go_on(folder, shelf))
        raise
    finally:
        if shelf:
            shelf.close()


def _how_to_go_on(folder: Path | None, shelf: Shelf | None) -> str:
    if shelf is None:
        return "nothing was kept; with --out DIR a study goes on where it was"
    return f"{len(shelf):,} runs are kept in {folder}; the same command goes on from there"


def keep_table(folder: Path | None, case: Case, studies: Mapping[str, Study], until: float | None) -> None:
    """Write the table of the runs of *studies* into the *folder* of a study, if there is one."""
    if folder:
        write_parquet(frame(case, studies, until=until), folder / TABLE)
