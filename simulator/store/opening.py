"""Opens a file of flights: tells whether it is ours, and makes what is committed to it stay."""

from __future__ import annotations

import contextlib
import sqlite3

from simulator.store import tables

__all__ = ["Foreign", "Newer", "connect", "prepare", "recognise"]

_PATIENCE = 10.0  # [s] that another program may take for its own transaction


class Foreign(Exception):
    """The file holds something else, or is damaged."""


class Newer(Exception):
    """The file is ours, but of a later day."""


def connect(database: str, **more: bool) -> sqlite3.Connection:
    """Connect to a *database*; transactions are begun by hand, and rows know their columns."""
    db = sqlite3.connect(database, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, **more)
    db.row_factory = sqlite3.Row
    return db


def recognise(db: sqlite3.Connection) -> None:
    """Tell by one state of the file whether it is ours; another program may be making it at this moment."""
    db.execute("BEGIN")
    try:
        known = db.execute("PRAGMA application_id").fetchone()[0] == tables.APPLICATION
        if not known and not tables.is_blank(db):
            raise Foreign("it is a database of something else")
        if known and tables.version_of(db) > tables.VERSION:
            raise Newer(f"it was written by a newer version (tables {tables.version_of(db)}; known: {tables.VERSION})")
        if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise Foreign(f"it is damaged: {str(found).splitlines()[-1]}")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def prepare(db: sqlite3.Connection) -> None:
    """Make what is committed stay, and the tables what they are today."""
    for _ in range(100):  # SQLite does not wait here for another program that does the same; `migrate` does
        with contextlib.suppress(sqlite3.OperationalError):
            db.execute("PRAGMA journal_mode = WAL")
            break
        tables.migrate(db)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    tables.migrate(db)
