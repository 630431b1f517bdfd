"""Flights in memory: what can be read of a file goes on there when the disk no longer can."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from simulator.store import tables
from simulator.store.opening import Foreign, Newer, connect, recognise

__all__ = ["copied", "in_memory"]


def in_memory() -> sqlite3.Connection:
    """Return an empty store in memory."""
    db = connect(":memory:")
    _settle(db)
    return db


def copied(db: sqlite3.Connection | None, path: Path | None) -> sqlite3.Connection:
    """Return, in memory, what can be read through *db*, or else from the file as it lies there."""
    sources = [db] if db is not None else []
    for how in ("mode=ro", "immutable=1"):
        with contextlib.suppress(sqlite3.Error):
            sources += _reopened(path, how)
    copies = (copy for attempt in (_backed_up, _salvaged) for source in sources if (copy := attempt(source)))
    found = next(copies, None) or in_memory()
    for source in sources:
        with contextlib.suppress(sqlite3.Error):
            source.close()
    return found


def _reopened(path: Path | None, how: str) -> list[sqlite3.Connection]:
    """Open the file again, only to read."""
    if path is None or not path.is_file():
        return []
    db = connect(f"{path.as_uri()}?{how}", uri=True)
    try:
        recognise(db)
        return [db]
    except (Foreign, Newer, sqlite3.Error):
        db.close()
        return []


def _backed_up(db: sqlite3.Connection) -> sqlite3.Connection | None:
    """Copy page by page; None where a page cannot be read, or is damaged."""
    copy = connect(":memory:")
    with contextlib.suppress(sqlite3.Error):
        db.backup(copy)
        if copy.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok":
            _settle(copy)
            return copy
    copy.close()
    return None


def _salvaged(db: sqlite3.Connection) -> sqlite3.Connection | None:
    """Copy row by row, up to the first of each table that cannot be read; None where there is nothing."""
    copy = in_memory()
    copy.execute("PRAGMA foreign_keys = OFF")
    before = copy.total_changes
    for table in tables.names(copy):
        with contextlib.suppress(sqlite3.Error):
            for row in db.execute(f"SELECT * FROM {table}"):
                copy.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", tuple(row))
    copy.execute("PRAGMA foreign_keys = ON")
    if copy.total_changes > before:
        return copy
    copy.close()
    return None


def _settle(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA foreign_keys = ON")
    tables.migrate(db)
