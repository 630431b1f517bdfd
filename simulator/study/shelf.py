"""Keeps the finished runs of studies in a file, so that a study that was interrupted goes on where it was."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import BadInput

__all__ = ["Row", "Shelf"]

_APPLICATION = 0x57545354  # says what the file is: WTST
_TABLE = "CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, kpis TEXT NOT NULL, digest TEXT NOT NULL)"
_MOST = 500  # keys in one question


@dataclass(frozen=True)
class Row:
    """What is kept of a run."""

    kpis: Mapping[str, float]
    digest: str


class Shelf:
    """The SQLite file at *path*; it is made where there is none. BadInput where it cannot be used.

    A run that was put stays, whatever becomes of this process. Its key says all that it is a function of, so a file
    may hold many studies, and each finds what another has flown already.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._blamed():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=10.0, isolation_level=None)
            with contextlib.ExitStack() as unless_fit:
                unless_fit.callback(self._db.close)
                self._prepare()
                unless_fit.pop_all()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def put(self, key: str, row: Row) -> None:
        """Keep a finished run; it is safe when this returns."""
        with self._blamed():
            kept = (key, json.dumps(dict(row.kpis)), row.digest)
            self._db.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", kept)

    def found(self, keys: Iterable[str]) -> dict[str, Row]:
        """Return those of *keys* that are there."""
        wanted, rows = list(keys), {}
        with self._blamed():
            for first in range(0, len(wanted), _MOST):
                some = wanted[first : first + _MOST]
                marks = ", ".join("?" * len(some))
                for key, kpis, digest in self._db.execute(f"SELECT * FROM runs WHERE key IN ({marks})", some):
                    rows[key] = self._row(kpis, digest)
        return rows

    def _row(self, kpis: str, digest: str) -> Row:
        """Read what `put` wrote; a file may have been damaged, or edited."""
        try:
            known = json.loads(kpis)
        except ValueError:
            known = None
        if not isinstance(known, dict) or not known or not all(isinstance(v, float | int) for v in known.values()):
            raise BadInput(f"{self.path} cannot keep the runs of a study: it is damaged; use another folder")
        return Row(known, digest)

    def __len__(self) -> int:
        with self._blamed():
            return int(self._db.execute("SELECT count(*) FROM runs").fetchone()[0])

    def _prepare(self) -> None:
        known = self._db.execute("PRAGMA application_id").fetchone()[0]
        if known != _APPLICATION and self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise BadInput(f"{self.path} is a database of something else")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # safe from crashes of programs; a power cut costs a run
        self._db.execute(f"PRAGMA application_id = {_APPLICATION}")
        self._db.execute(_TABLE)

    @contextlib.contextmanager
    def _blamed(self) -> Generator[None, None, None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            why = (error.strerror if isinstance(error, OSError) else "") or str(error)
            raise BadInput(f"{self.path} cannot keep the runs of a study: {why}") from None
