"""Rows of the store: finds those of a flight, and says in words what may not be added to them."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple

from simulator.errors import BadInput, shown
from simulator.record import Answer, Forecast
from simulator.store.records import Flight, Stale, flight_of, read_mark

__all__ = [
    "add_answer", "add_forecast", "count_attempt", "flight_in", "free_turn", "holder_of", "mark_answer", "refuse_stale",
    "remove", "resituate", "row_of", "steps_of",
]  # fmt: skip

_MOST_STEPS = 1000  # as many as a plan may have
_MOST_FORECASTS = 200
_MOST_ANSWERS = 200


def row_of(db: sqlite3.Connection, id: str) -> sqlite3.Row:
    """Return the row of a flight; BadInput when there is none with this *id*."""
    found: sqlite3.Row | None = db.execute("SELECT * FROM flights WHERE id = ?", (read_mark(id, "flight"),)).fetchone()
    if found is None:
        raise BadInput(f"there is no flight {shown(id)} here; it may have been deleted")
    return found


def steps_of(db: sqlite3.Connection, flight: sqlite3.Row) -> list[sqlite3.Row]:
    """Return the steps of a flight, in the order in which they were decided."""
    return db.execute("SELECT * FROM steps WHERE flight = ? ORDER BY turn", (flight["number"],)).fetchall()


def flight_in(db: sqlite3.Connection, id: str) -> Flight:
    """Return a flight with its steps."""
    row = row_of(db, id)
    return flight_of(row, steps_of(db, row))


def holder_of(db: sqlite3.Connection, id: str) -> str:
    """Return the room in which the flight *id* is flown; empty = none."""
    found = db.execute("SELECT id FROM rooms WHERE flight = ?", (id,)).fetchone()
    return str(found[0]) if found else ""


def remove(db: sqlite3.Connection, id: str) -> None:
    """Remove a flight with all that belongs to it; its branches stay."""
    db.execute("DELETE FROM flights WHERE id = ?", (id,))
    db.execute("UPDATE flights SET parent = '' WHERE parent = ?", (id,))


def free_turn(db: sqlite3.Connection, flight: sqlite3.Row, version: int, at: float) -> int:
    """Return the turn that a decision about *at* [s] gets; BadInput when none may be made."""
    if flight["status"] == "landed":
        raise BadInput("the flight has landed; nothing more can be decided in it")
    refuse_stale(flight, version)
    if flight["mode"] == "check" and at < flight["furthest"]:
        raise BadInput(f"in check mode the past stands: {at:g} s is before {flight['furthest']:g} s, which was flown")
    turn = int(db.execute("SELECT count(*) FROM steps WHERE flight = ?", (flight["number"],)).fetchone()[0])
    if turn >= _MOST_STEPS:
        raise BadInput(f"a flight has at most {_MOST_STEPS} changes and acts")
    return turn


def resituate(db: sqlite3.Connection, said: Flight, scenario: str, at: float, now: float) -> None:
    """Put the flight as it was *said* to be under another *scenario* (JSON), of which nothing was seen before *at* [s].

    *now* is when this happens [unix s].
    """
    flight = row_of(db, said.id)
    if flight["status"] == "landed":
        raise BadInput("the flight has landed; nothing more can happen in it")
    refuse_stale(flight, said.version)
    if at < flight["furthest"]:
        raise Stale(f"what was flown stays: {at:g} s is before {flight['furthest']:g} s, which was seen elsewhere")
    setting = "UPDATE flights SET scenario = ?, version = version + 1, touched = ? WHERE number = ?"
    db.execute(setting, (scenario, now, flight["number"]))


def refuse_stale(flight: sqlite3.Row, version: int | None) -> None:
    """Raise Stale when *flight* has another version by now."""
    if version is not None and version != flight["version"]:
        raise Stale(
            f"the flight was changed elsewhere, in another tab perhaps: it has version {flight['version']} by now, "
            f"and this was about version {version}"
        )


def add_forecast(db: sqlite3.Connection, number: int, said: Forecast) -> None:
    """Keep one more forecast of flight *number*."""
    if db.execute("SELECT count(*) FROM forecasts WHERE flight = ?", (number,)).fetchone()[0] >= _MOST_FORECASTS:
        raise BadInput(f"a flight has at most {_MOST_FORECASTS} forecasts")
    into = 'INSERT INTO forecasts (flight, kpi, "by", low, high, at) VALUES (?, ?, ?, ?, ?, ?)'
    db.execute(into, (number, *astuple(said)))


def add_answer(db: sqlite3.Connection, flight: sqlite3.Row, said: Answer) -> bool:
    """Keep an answer, unless there is one to the same probe, which stands; tell whether it was kept."""
    if flight["status"] != "landed":
        raise BadInput("the flight is still in the air; questions about it are answered after landing")
    number = flight["number"]
    if db.execute("SELECT count(*) FROM answers WHERE flight = ?", (number,)).fetchone()[0] >= _MOST_ANSWERS:
        raise BadInput(f"a flight has at most {_MOST_ANSWERS} answers")
    into = "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (flight, probe) DO NOTHING"
    return db.execute(into, (number, *astuple(said))).rowcount == 1


def mark_answer(db: sqlite3.Connection, flight: sqlite3.Row, probe: str, level: str) -> None:
    """Note the level at which somebody sees their own answer to *probe*."""
    setting = "UPDATE answers SET mark = ? WHERE flight = ? AND probe = ?"
    if not db.execute(setting, (level, flight["number"], probe)).rowcount:
        raise BadInput(f"there is no answer to {shown(probe)} to be marked")


def count_attempt(db: sqlite3.Connection, case: str) -> None:
    """Note that somebody has begun to show what they can do on a *case*."""
    once_more = "ON CONFLICT (case_name) DO UPDATE SET begun = begun + 1"
    db.execute(f"INSERT INTO attempts VALUES (?, 1) {once_more}", (case,))
