"""The store of flights: begin one, decide in it, come back to it; every change is on disk when its call returns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import BadInput
from simulator.plan import Act, Change, Plan
from simulator.record import Answer, Forecast, Look, Record
from simulator.store.beginning import Beginning, begun, inserted
from simulator.store.disk import Disk
from simulator.store.records import (
    Flight,
    Mode,
    checked_answer,
    checked_forecast,
    checked_level,
    flight_of,
    looked_at,
    read_mark,
    step_row,
)
from simulator.store.rooms import Rooms
from simulator.store.rows import (
    add_answer,
    add_forecast,
    count_attempt,
    flight_in,
    free_turn,
    holder_of,
    mark_answer,
    refuse_stale,
    remove,
    row_of,
    steps_of,
)
from simulator.units import seconds

if TYPE_CHECKING:
    from simulator.case import Case

__all__ = ["Store"]

_MOST_LOOKS = 5000
_MOST_CACHED = 64 * 1024 * 1024  # bytes


class Store:
    """Flights, with what was decided, looked at and forecast in them; safe for threads and for several processes.

    *path* is their file, or its folder. *clock* tells the time [unix s], and *token* gives ids that nobody can guess.
    Without a *path*, or when the disk fails, flights are kept in memory, and `trouble` says so.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float], token: Callable[[], str]) -> None:
        self._disk, self._clock, self._token = Disk(path), clock, token

    @property
    def path(self) -> Path | None:
        """The file."""
        return self._disk.path

    @property
    def trouble(self) -> str:
        """Nothing when all is on disk, else one sentence that says why it is in memory only."""
        return self._disk.trouble

    @property
    def notices(self) -> tuple[str, ...]:
        """What else has to be said: files that were moved aside."""
        return self._disk.notices

    def close(self) -> None:
        """Let go of the file."""
        self._disk.close()

    @property
    def rooms(self) -> Rooms:
        """The rooms in which rounds are played, with their flights."""
        return Rooms(self._disk, self._clock, self._token)

    # flights

    def begin(
        self, case: Case, plan: Plan, seed: int, mode: Mode, parent: str = "", forecasts: Sequence[Forecast] = ()
    ) -> Flight:  # fmt: skip
        """Begin a flight with *plan*, which has to fit the *case*; in check mode it counts as an attempt."""
        beginning = Beginning.of(case, plan, seed, mode, forecasts)

        def work(db: sqlite3.Connection) -> Flight:
            if parent:
                row_of(db, parent)
            flight = begun(db, self._id(), self._clock(), beginning, parent)
            if mode == "check":
                count_attempt(db, case.name)
            return flight

        return self._disk.write(work)

    def _id(self) -> str:
        return read_mark(self._token(), "id")

    def flight(self, id: str) -> Flight:
        """Return a flight; BadInput when there is none with this *id*."""
        return self._disk.read(lambda db: flight_in(db, id))

    def flights(self, case: str = "", limit: int = 200) -> list[Flight]:
        """Return flights, those of one *case* or all, the newest first."""
        chosen = "SELECT * FROM flights WHERE ? IN ('', case_name) ORDER BY number DESC LIMIT ?"
        return self._disk.read(
            lambda db: [flight_of(row, steps_of(db, row)) for row in db.execute(chosen, (case, limit)).fetchall()]
        )

    def decide(self, id: str, version: int, token: str, step: Change | Act) -> Flight:
        """Add a *step* to the flight and return it; the step is on disk then.

        *version* is that of the flight which the decision was based on: Stale when it has another one by now. The
        same *token* again changes nothing. What the dials allow is for the case to say, and is not checked here.
        """
        row, mark = step_row(step), read_mark(token, "token")

        def work(db: sqlite3.Connection) -> Flight:
            flight = row_of(db, id)
            done = "SELECT 1 FROM steps WHERE flight = ? AND token = ?"
            if db.execute(done, (flight["number"], mark)).fetchone() is None:
                turn = free_turn(db, flight, version, row[0])
                values = (flight["number"], turn, mark, *row)
                db.execute("INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
                self._update(db, flight, "version = version + 1")
            return flight_in(db, id)

        return self._disk.write(work)

    def reach(self, id: str, at: float) -> None:
        """Note that playback stands at *at* [s]."""
        there = seconds(at, "position")
        self._change(id, "position = ?, furthest = max(furthest, ?)", there, there)

    def land(self, id: str, kpis: Mapping[str, float], digest: str, version: int | None = None) -> None:
        """Close a flight with its figures; given the *version* that was flown, Stale when it has another one by now."""
        figures = json.dumps({name: float(value) for name, value in kpis.items()})

        def work(db: sqlite3.Connection) -> None:
            flight = row_of(db, id)
            if flight["status"] == "landed" and flight["digest"] != digest:
                raise BadInput("the flight has landed already, with another result")
            refuse_stale(flight, version)
            self._update(db, flight, "status = 'landed', kpis = ?, digest = ?", figures, digest)

        self._disk.write(work)

    def branch(self, id: str, at: float) -> Flight:
        """Begin a flight with the same past up to *at* [s]: design, steps, looks, forecasts; refused in check mode."""
        before = seconds(at, "time to branch at")

        def work(db: sqlite3.Connection) -> Flight:
            old = row_of(db, id)
            if old["mode"] == "check":
                raise BadInput("a flight in check mode has no branches: what was flown stands")
            same = {key: old[key] for key in ("case_name", "revision", "scenario", "seed", "mode", "design")}
            there = min(before, old["furthest"])
            first = {**same, "parent": id, "position": there, "furthest": there}
            past = [tuple(step)[3:] for step in steps_of(db, old) if step["at"] < before]
            branch = self._id()
            number = inserted(db, branch, self._clock(), first, past)
            for table, columns in (("looks", "what, at, seen"), ("forecasts", 'kpi, "by", low, high, at')):
                copied = f"INSERT INTO {table} (flight, {columns}) SELECT ?, {columns} FROM {table}"
                db.execute(f"{copied} WHERE flight = ? AND at <= ?", (number, old["number"], before))
            return flight_in(db, branch)

        return self._disk.write(work)

    def delete(self, id: str) -> None:
        """Remove a flight and all that was kept of it; an attempt still counts. One of a room goes with its room."""

        def work(db: sqlite3.Connection) -> None:
            if room := holder_of(db, row_of(db, id)["id"]):
                raise BadInput(f"the flight {id} is flown in the room {room}; delete the room, and it goes with it")
            remove(db, id)

        self._disk.write(work)

    def attempts(self, case: str) -> int:
        """Return how many flights in check mode were begun on a *case*, also those that were deleted since."""
        chosen = "SELECT begun FROM attempts WHERE case_name = ?"
        found = self._disk.read(lambda db: db.execute(chosen, (case,)).fetchone())
        return int(found[0]) if found else 0

    # what else is kept of a flight

    def look(self, id: str, what: str, at: float) -> None:
        """Note that somebody looks at something now, at *at* [s] of the flight."""
        self.looked(id, [Look(what, at, self._clock())])

    def looked(self, id: str, looks: Sequence[Look]) -> None:
        """Note *looks*; beyond 5,000 they are not kept, and long words are cut short: nobody is interrupted for it."""
        values = [(looked_at(look.what), seconds(look.at), seconds(look.seen, "time of a look")) for look in looks]

        def work(db: sqlite3.Connection) -> None:
            number = row_of(db, id)["number"]
            held = db.execute("SELECT count(*) FROM looks WHERE flight = ?", (number,)).fetchone()[0]
            rows = [(number, *value) for value in values[: max(0, _MOST_LOOKS - held)]]
            db.executemany("INSERT INTO looks (flight, what, at, seen) VALUES (?, ?, ?, ?)", rows)

        self._disk.write(work)

    def looks(self, id: str) -> list[Look]:
        """Return what was looked at, in order."""
        return [Look(row["what"], row["at"], row["seen"]) for row in self._of("looks", id)]

    def forecast(self, id: str, forecast: Forecast) -> None:
        """Keep a *forecast*."""
        said = checked_forecast(forecast)
        self._disk.write(lambda db: add_forecast(db, row_of(db, id)["number"], said))

    def forecasts(self, id: str) -> list[Forecast]:
        """Return what was forecast, in order."""
        return [
            Forecast(row["kpi"], row["by"], row["low"], row["high"], row["at"]) for row in self._of("forecasts", id)
        ]

    def answer(self, id: str, answer: Answer) -> bool:
        """Keep an *answer* about a flight that has landed; the first to a probe stands. Tell whether it was kept."""
        said = checked_answer(answer)
        return self._disk.write(lambda db: add_answer(db, row_of(db, id), said))

    def mark(self, id: str, probe: str, level: str) -> None:
        """Note the *level* (weak, mid, strong, expert) at which somebody sees their own answer to *probe*."""
        said = checked_level(level)
        self._disk.write(lambda db: mark_answer(db, row_of(db, id), probe, said))

    def answers(self, id: str) -> list[Answer]:
        """Return what was answered, in order."""
        names = ("probe", "choice", "number", "words", "mark")
        return [Answer(*(row[name] for name in names)) for row in self._of("answers", id, "rowid")]

    def record(self, id: str) -> Record:
        """Return what is known of who sat in a flight: looks, forecasts and answers."""
        return Record(tuple(self.looks(id)), tuple(self.forecasts(id)), tuple(self.answers(id)))

    # results of studies

    def keep(self, key: str, value: str) -> None:
        """Keep a text under *key* for a while; when there is too much, what was not used for longest goes."""
        size = len(key.encode()) + len(value.encode())
        newest = "(SELECT coalesce(max(used), 0) + 1 FROM cache)"
        held = "SELECT key, sum(size) OVER (ORDER BY used DESC) AS held FROM cache"

        def work(db: sqlite3.Connection) -> None:
            db.execute(f"INSERT OR REPLACE INTO cache VALUES (?, ?, {newest}, ?)", (key, size, value))
            db.execute(f"DELETE FROM cache WHERE key IN (SELECT key FROM ({held}) WHERE held > ?)", (_MOST_CACHED,))

        if size <= _MOST_CACHED:
            self._disk.write(work)

    def kept(self, key: str) -> str | None:
        """Return the text that was kept under *key*, if it still is."""
        found = self._disk.read(lambda db: db.execute("SELECT value FROM cache WHERE key = ?", (key,)).fetchone())
        newest = "(SELECT max(used) FROM cache)"
        using = f"UPDATE cache SET used = {newest} + 1 WHERE key = ? AND used < {newest}"
        if found is not None:
            self._disk.write(lambda db: db.execute(using, (key,)))
        return None if found is None else str(found[0])

    # shared

    def _change(self, id: str, what: str, *values: object) -> None:
        self._disk.write(lambda db: self._update(db, row_of(db, id), what, *values))

    def _update(self, db: sqlite3.Connection, flight: sqlite3.Row, what: str, *values: object) -> None:
        """Set *what* of a flight, and note when."""
        db.execute(
            f"UPDATE flights SET {what}, touched = ? WHERE number = ?", (*values, self._clock(), flight["number"])
        )

    def _of(self, table: str, id: str, order: str = "number") -> list[sqlite3.Row]:
        chosen = f"SELECT * FROM {table} WHERE flight = ? ORDER BY {order}"
        return self._disk.read(lambda db: db.execute(chosen, (row_of(db, id)["number"],)).fetchall())
