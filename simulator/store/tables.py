"""The tables of the store, and how an older file is brought up to date, in one transaction or not at all."""

from __future__ import annotations

import sqlite3

__all__ = ["APPLICATION", "VERSION", "is_blank", "migrate", "names", "version_of"]

APPLICATION = 0x57494E44  # "WIND": by this a file is known to be ours

_MIGRATIONS = (
    (
        """CREATE TABLE flights (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
            case_name TEXT NOT NULL, revision INTEGER NOT NULL, scenario TEXT NOT NULL, seed INTEGER NOT NULL,
            mode TEXT NOT NULL CHECK (mode IN ('training', 'check')),
            status TEXT NOT NULL CHECK (status IN ('design', 'flying', 'landed')),
            design TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0,
            position REAL NOT NULL DEFAULT 0, furthest REAL NOT NULL DEFAULT 0,
            parent TEXT NOT NULL DEFAULT '', created REAL NOT NULL, touched REAL NOT NULL,
            kpis TEXT, digest TEXT NOT NULL DEFAULT '') STRICT""",
        "CREATE INDEX flights_of_a_case ON flights (case_name, number)",
        """CREATE TABLE steps (
            flight INTEGER NOT NULL REFERENCES flights (number) ON DELETE CASCADE, turn INTEGER NOT NULL,
            token TEXT, at REAL NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('change', 'act')),
            name TEXT NOT NULL, words TEXT NOT NULL, why TEXT NOT NULL,
            PRIMARY KEY (flight, turn), UNIQUE (flight, token)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE looks (
            number INTEGER PRIMARY KEY, flight INTEGER NOT NULL REFERENCES flights (number) ON DELETE CASCADE,
            what TEXT NOT NULL, at REAL NOT NULL, seen REAL NOT NULL) STRICT""",
        "CREATE INDEX looks_of_a_flight ON looks (flight)",
        """CREATE TABLE forecasts (
            number INTEGER PRIMARY KEY, flight INTEGER NOT NULL REFERENCES flights (number) ON DELETE CASCADE,
            kpi TEXT NOT NULL, "by" REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL, at REAL NOT NULL) STRICT""",
        "CREATE INDEX forecasts_of_a_flight ON forecasts (flight)",
        "CREATE TABLE attempts (case_name TEXT PRIMARY KEY, begun INTEGER NOT NULL) STRICT",
        """CREATE TABLE cache (
            key TEXT PRIMARY KEY, size INTEGER NOT NULL, used INTEGER NOT NULL, value TEXT NOT NULL) STRICT""",
        "CREATE INDEX cache_by_use ON cache (used, size)",
    ),
    (
        """CREATE TABLE answers (
            flight INTEGER NOT NULL REFERENCES flights (number) ON DELETE CASCADE, probe TEXT NOT NULL,
            choice TEXT NOT NULL, number REAL, words TEXT NOT NULL,
            mark TEXT NOT NULL CHECK (mark IN ('', 'weak', 'mid', 'strong', 'expert')),
            UNIQUE (flight, probe)) STRICT""",
    ),
    (
        """CREATE TABLE rooms (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, token TEXT NOT NULL UNIQUE,
            interviewer TEXT NOT NULL UNIQUE, candidate TEXT NOT NULL UNIQUE, voter TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL, alone INTEGER NOT NULL CHECK (alone IN (0, 1)), script TEXT NOT NULL,
            seed INTEGER NOT NULL, flight TEXT UNIQUE REFERENCES flights (id), created REAL NOT NULL) STRICT""",
        """CREATE TABLE deeds (
            room INTEGER NOT NULL REFERENCES rooms (number) ON DELETE CASCADE, turn INTEGER NOT NULL,
            token TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN (
                'phase', 'hold', 'extend', 'extra', 'order', 'require', 'done', 'note', 'ask', 'rescue', 'reply',
                'fact', 'hint', 'mark', 'private', 'vote', 'ballot', 'flight', 'release')),
            what TEXT NOT NULL, who TEXT NOT NULL CHECK (who IN ('interviewer', 'candidate', 'voter', 'clock')),
            at REAL NOT NULL, moment REAL NOT NULL, words TEXT NOT NULL,
            PRIMARY KEY (room, turn), UNIQUE (room, token)) STRICT, WITHOUT ROWID""",
        "CREATE INDEX deeds_about_something ON deeds (room, kind, what, turn)",
        """CREATE TABLE screens (
            room INTEGER NOT NULL REFERENCES rooms (number) ON DELETE CASCADE,
            side TEXT NOT NULL CHECK (side IN ('interviewer', 'candidate', 'voter')),
            words TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (room, side)) STRICT, WITHOUT ROWID""",
    ),
)
"""each brings the file from the version before to the next; one that was released is never changed"""

VERSION = len(_MIGRATIONS)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the file up to date; whoever opens it meanwhile waits, and finds it done."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for migration in _MIGRATIONS[version_of(db) :]:
            for statement in migration:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def version_of(db: sqlite3.Connection) -> int:
    """Return the version of the tables in the file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def is_blank(db: sqlite3.Connection) -> bool:
    """Tell whether nothing is in the file yet."""
    return not names(db) and version_of(db) == 0


def names(db: sqlite3.Connection) -> list[str]:
    """List the tables of the file."""
    found = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [row[0] for row in found]
