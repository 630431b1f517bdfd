"""Reads who is to fly the runs of a study, and where finished ones are kept."""

from __future__ import annotations

import re
from pathlib import Path

from cases._options import read_whole
from simulator.errors import BadInput, unknown
from simulator.study import Workers

__all__ = ["RUNS", "place_of_runs", "read_jobs", "read_workers"]

RUNS = "runs.sqlite3"
"""the file in the folder of a study in which finished runs are kept"""
_BACKENDS = ("processes", "dask", "ray")
_ADDRESS = re.compile(r"(tcp|tls|ws|wss|inproc)://\S+")


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
    return None if folder is None else Path(folder) / RUNS
