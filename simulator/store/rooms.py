"""The rooms of a store: opened, found by a key, written to - a deed once, whoever presses twice - and deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from simulator.errors import BadInput, unknown
from simulator.store import room_rows as rows
from simulator.store.beginning import Beginning, begun
from simulator.store.deeds import DeedKind, Room, Side
from simulator.store.disk import Disk
from simulator.store.records import Flight, checked_seed, read_mark, written
from simulator.store.room_words import checked_script, checked_words, plain_words, scenario_words
from simulator.store.rows import flight_in, remove, resituate
from simulator.units import seconds

if TYPE_CHECKING:
    from simulator.case import Case
    from simulator.plan import Plan
    from simulator.record import Forecast

__all__ = ["Rooms"]

_LONGEST_NAME, _LONGEST_WHAT = 120, 200


class Rooms:
    """Rooms, beside the flights of the same store; every change is on disk when its call returns."""

    def __init__(self, disk: Disk, clock: Callable[[], float], token: Callable[[], str]) -> None:
        self._disk, self._clock, self._token = disk, clock, token

    def open(self, token: str, script: str, seed: int, *, name: str = "", alone: bool = False) -> Room:
        """Open a room for the text of a *script*; the same *token* again returns the room that it opened.

        *alone*: there is no interviewer, and the candidate may write what the script would have an interviewer write.
        """
        mark, called = read_mark(token, "token"), written(name, _LONGEST_NAME, "the name of a room")
        facts = (called, bool(alone), checked_script(script), checked_seed(seed))

        def work(db: sqlite3.Connection) -> Room:
            once = "SELECT * FROM rooms WHERE token = ?"
            if db.execute(once, (mark,)).fetchone() is None:
                id, *keys = (read_mark(self._token(), "key") for _ in range(4))
                columns = "id, token, interviewer, candidate, voter, name, alone, script, seed, created"
                values = (id, mark, *keys, *facts, self._clock())
                db.execute(f"INSERT INTO rooms ({columns}) VALUES ({', '.join('?' * len(values))})", values)
            return rows.room_in(db, db.execute(once, (mark,)).fetchone())

        return self._disk.write(work)

    def room(self, id: str) -> Room:
        """Return a room; BadInput when there is none with this *id*."""
        return self._disk.read(lambda db: rows.room_in(db, rows.room_row(db, id)))

    def entered(self, key: str) -> tuple[Room, Side]:
        """Return the room that *key* opens, and from which side; BadInput when it opens none."""
        mark = read_mark(key, "key")

        def work(db: sqlite3.Connection) -> tuple[Room, Side]:
            room, side = rows.entered(db, mark)
            return rows.room_in(db, room), side

        return self._disk.read(work)

    def of_flight(self, flight: str) -> Room | None:
        """Return the room in which *flight* is flown, if it is one of a room."""
        found = self._listed("WHERE flight = ?", flight)
        return found[0] if found else None

    def rooms(self, limit: int = 200) -> list[Room]:
        """Return rooms, the newest first."""
        return self._listed("ORDER BY number DESC LIMIT ?", limit)

    def _listed(self, which: str, value: object) -> list[Room]:
        chosen = f"SELECT * FROM rooms {which}"
        return self._disk.read(lambda db: [rows.room_in(db, row) for row in db.execute(chosen, (value,)).fetchall()])

    # what is done

    def do(  # noqa: PLR0913  a deed has so many sides
        self, id: str, token: str, kind: DeedKind, what: str = "", *, who: Side, moment: float = 0.0,
        data: Mapping[str, Any] | None = None, was: int | None = None,
    ) -> Room:  # fmt: skip
        """Write a deed and return the room; the deed is on disk then.

        The same *token* again changes nothing. *was* is the turn of the last deed of this kind about the same thing
        that its author knew of, -1 = none: Stale when there is another one by now.
        """
        deed = _checked(token, kind, what, who, moment, {} if data is None else data)

        def work(db: sqlite3.Connection) -> Room:
            room = rows.room_row(db, id)
            rows.refuse_forbidden(room, who, kind)
            if not rows.added(db, room, deed.token):
                rows.refuse_later(db, room, deed, was)
                rows.refuse_late(db, room, deed)
                if kind == "ballot":
                    rows.refuse_closed_ballot(db, room, deed.what)
                rows.add(db, room, self._clock(), deed)
            return rows.room_in(db, room)

        return self._disk.write(work)

    def take_off(
        self, id: str, token: str, case: Case, plan: Plan, forecasts: tuple[Forecast, ...] = ()
    ) -> tuple[Room, Flight]:
        """Begin the flight of a room, in check mode under its seed, in one transaction; the one that it has where it
        has one. It counts as no attempt of the case."""
        beginning = Beginning.of(case, plan, self.room(id).seed, "check", forecasts)

        def work(db: sqlite3.Connection) -> tuple[Room, Flight]:
            room = rows.room_row(db, id)
            if room["flight"] is None:
                flight = begun(db, read_mark(self._token(), "id"), self._clock(), beginning).id
                db.execute("UPDATE rooms SET flight = ? WHERE number = ?", (flight, room["number"]))
                rows.add(db, room, self._clock(), _checked(token, "flight", flight, "candidate", 0.0, {}))
            return self._both(db, id)

        return self._disk.write(work)

    def steer(  # noqa: PLR0913  the same
        self, id: str, token: str, flight: Flight, scenario: Mapping[str, Any], *, what: str, moment: float,
        data: Mapping[str, Any],
    ) -> tuple[Room, Flight]:  # fmt: skip
        """Put the room's *flight* under another *scenario*, and write the deed `done`, in one transaction.

        The flight gets a version more; Stale when it has another one than *flight* by now, or was seen beyond
        *moment* [s], or when something else was ordered about *what*. The same *token* again, or a *what* that is done
        already and was not ordered anew, changes nothing.
        """
        deed = _checked(token, "done", what, "clock", moment, data)
        words = scenario_words(scenario)

        def work(db: sqlite3.Connection) -> tuple[Room, Flight]:
            room = rows.room_row(db, id)
            if flight.id != room["flight"]:
                raise BadInput(f"the flight {flight.id} is not the one of this room")
            if not rows.added(db, room, deed.token) and not rows.is_done(db, room, deed):
                rows.refuse_overruled(db, room, deed)
                resituate(db, flight, words, deed.moment, self._clock())
                rows.add(db, room, self._clock(), deed)
            return self._both(db, id)

        return self._disk.write(work)

    def _both(self, db: sqlite3.Connection, id: str) -> tuple[Room, Flight]:
        room = rows.room_in(db, rows.room_row(db, id))
        return room, flight_in(db, room.flight)

    # what stands on screens

    def looked(self, id: str, who: Side, seen: Mapping[str, Any]) -> None:
        """Note what a side has on its screen now, in place of what it had before."""
        words = plain_words(seen, "what stands on a screen")
        self._disk.write(lambda db: rows.show(db, rows.room_row(db, id), who, words, self._clock()))

    def looks(self, id: str) -> dict[Side, tuple[dict[str, Any], float]]:
        """Return what each side had on its screen last, and when [unix s]."""
        return self._disk.read(lambda db: rows.screens_in(db, rows.room_row(db, id)))

    def delete(self, id: str) -> None:
        """Remove a room, its deeds and its flight."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("PRAGMA secure_delete = ON")  # what people said of each other is overwritten
            room = rows.room_row(db, id)
            db.execute("DELETE FROM rooms WHERE number = ?", (room["number"],))
            if room["flight"]:
                remove(db, room["flight"])

        self._disk.write(work)


def _checked(token: str, kind: DeedKind, what: str, who: str, moment: float, data: Mapping[str, Any]) -> rows.Written:
    """Return a deed that can be kept; BadInput says what is wrong with it."""
    if kind not in get_args(DeedKind):
        raise unknown("kind of deed", kind, get_args(DeedKind))
    about = written(what, _LONGEST_WHAT, "what a deed is about")
    at = seconds(moment, "moment of a deed")
    return rows.Written(read_mark(token, "token"), kind, about, who, at, checked_words(kind, data))
