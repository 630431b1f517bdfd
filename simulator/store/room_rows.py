"""Rows of rooms: finds those of a room, makes a room of them, and says in words what may not be added to them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from simulator.errors import BadInput, shown, unknown
from simulator.store.deeds import Deed, DeedKind, Room, Side, allowed
from simulator.store.records import Stale, read_mark

__all__ = [
    "Written", "add", "added", "entered", "is_done", "refuse_closed_ballot", "refuse_forbidden", "refuse_late",
    "refuse_later", "refuse_overruled", "room_in", "room_row", "screens_in", "show",
]  # fmt: skip

_SIDES: tuple[Side, ...] = ("interviewer", "candidate", "voter")
_MOST_DEEDS, _KEPT_FREE = 5000, 1000  # the last ones are for the interviewer: nobody else can fill a room up
_REQUIREMENT = "requirement"  # among what can be done
_FINAL = ("fire", "require")  # what took effect so cannot be taken back: it would change what was flown


@dataclass(frozen=True)
class Written:
    """A deed as it is about to be written, checked."""

    token: str
    kind: DeedKind
    what: str
    who: str
    moment: float
    """of the flight [s]"""
    words: str
    """its data, as JSON"""


def room_row(db: sqlite3.Connection, id: str) -> sqlite3.Row:
    """Return the row of a room; BadInput when there is none with this *id*."""
    found: sqlite3.Row | None = db.execute("SELECT * FROM rooms WHERE id = ?", (read_mark(id, "room"),)).fetchone()
    if found is None:
        raise BadInput(f"there is no room {shown(id)} here; it may have been deleted")
    return found


def entered(db: sqlite3.Connection, key: str) -> tuple[sqlite3.Row, Side]:
    """Return the row of the room that *key* opens, and from which side."""
    for side in _SIDES:
        if found := db.execute(f"SELECT * FROM rooms WHERE {side} = ?", (key,)).fetchone():
            return found, side
    raise BadInput("this link opens no room here; the room may have been deleted")


def room_in(db: sqlite3.Connection, room: sqlite3.Row) -> Room:
    """Return the room of a row, with its deeds."""
    rows = db.execute("SELECT * FROM deeds WHERE room = ? ORDER BY turn", (room["number"],)).fetchall()
    keys: dict[Side, str] = {side: room[side] for side in _SIDES}
    facts = {name: room[name] for name in ("id", "name", "script", "seed", "created")}
    return Room(
        **facts, keys=keys, alone=bool(room["alone"]), flight=room["flight"] or "", deeds=tuple(map(_deed, rows))
    )


def _deed(row: sqlite3.Row) -> Deed:
    facts = {name: row[name] for name in ("turn", "kind", "what", "who", "at", "moment")}
    return Deed(**facts, data=json.loads(row["words"]))


# what is written


def added(db: sqlite3.Connection, room: sqlite3.Row, token: str) -> bool:
    """Tell whether the deed with this *token* is in the *room* already."""
    chosen = "SELECT 1 FROM deeds WHERE room = ? AND token = ?"
    return db.execute(chosen, (room["number"], token)).fetchone() is not None


def add(db: sqlite3.Connection, room: sqlite3.Row, now: float, deed: Written) -> None:
    """Write a *deed* behind the others, at *now* [unix s]."""
    chosen = "SELECT coalesce(max(turn), -1) + 1 FROM deeds WHERE room = ?"
    turn = int(db.execute(chosen, (room["number"],)).fetchone()[0])
    if added(db, room, deed.token):
        raise BadInput("this token was used for something else in the room")
    most = _MOST_DEEDS if deed.who in ("interviewer", "clock") else _MOST_DEEDS - _KEPT_FREE
    if turn >= most:
        raise BadInput(f"the room is full: it has {turn} entries; the {deed.who} may write up to {most}")
    values = (deed.token, deed.kind, deed.what, deed.who, now, deed.moment, deed.words)
    db.execute("INSERT INTO deeds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (room["number"], turn, *values))


def _last(db: sqlite3.Connection, room: sqlite3.Row, kind: str, what: str) -> Deed | None:
    """Return the last deed of a *kind* about *what*."""
    chosen = "SELECT * FROM deeds WHERE room = ? AND kind = ? AND what = ? ORDER BY turn DESC LIMIT 1"
    found = db.execute(chosen, (room["number"], kind, what)).fetchone()
    return _deed(found) if found else None


def refuse_forbidden(room: sqlite3.Row, side: Side, kind: DeedKind) -> None:
    """Raise BadInput where this *side* of the *room* may not write such a deed."""
    if side not in _SIDES:
        raise unknown("side", side, _SIDES)
    if not allowed(side, kind, bool(room["alone"])):
        raise BadInput(f"{kind!r} is not for the {side} to write")


def refuse_later(db: sqlite3.Connection, room: sqlite3.Row, deed: Written, was: int | None) -> None:
    """Raise Stale when there is another deed of this kind about the same than the one of turn *was*."""
    last = _last(db, room, deed.kind, deed.what)
    if was is not None and was != (last.turn if last else -1):
        about = f"{deed.kind} {deed.what}".strip()
        raise Stale(f"somebody was quicker, in another tab perhaps: {about} was written meanwhile; look again")


def refuse_late(db: sqlite3.Connection, room: sqlite3.Row, deed: Written) -> None:
    """Raise BadInput for an order about what took effect already, and cannot be taken back, or about no event."""
    if deed.kind == "order" and deed.what == _REQUIREMENT:  # it would stand in the way of what is required, for ever
        raise BadInput(f"{shown(deed.what)} is no event: it cannot be ordered, only required")
    what = {"order": deed.what, "require": _REQUIREMENT}.get(deed.kind)
    done = _last(db, room, "done", what) if what else None
    if done and done.data["do"] in _FINAL:
        raise BadInput(f"{what} took effect already; what was flown stays as it was")


def is_done(db: sqlite3.Connection, room: sqlite3.Row, deed: Written) -> bool:
    """Tell whether what a *deed* says took effect already, and was not ordered anew."""
    done, order = _last(db, room, "done", deed.what), _last(db, room, "order", deed.what)
    anew = order and done and order.turn > done.turn and done.data["do"] not in _FINAL
    return done is not None and not anew


def refuse_overruled(db: sqlite3.Connection, room: sqlite3.Row, deed: Written) -> None:
    """Raise Stale when something else than the *deed* does was ordered about it by now."""
    order, does = _last(db, room, "order", deed.what), json.loads(deed.words)
    if order and any(order.data.get(name, does[name]) != does[name] for name in ("do", "until") if name in does):
        raise Stale(f"somebody has ordered something else about {deed.what} meanwhile; look again")


def refuse_closed_ballot(db: sqlite3.Connection, room: sqlite3.Row, what: str) -> None:
    """Raise BadInput for a vote, `BALLOT/VOTER`, in a ballot that is not open."""
    number, _, voter = what.partition("/")
    if not number or not voter:
        raise BadInput(f"a vote is about BALLOT/VOTER, not about {shown(what)}")
    last = _last(db, room, "vote", number)
    if last is None or not last.data["open"]:
        raise BadInput(f"ballot {shown(number)} is not open")


# what stands on screens


def show(db: sqlite3.Connection, room: sqlite3.Row, side: Side, words: str, now: float) -> None:
    """Note what a *side* has on its screen *now* [unix s], as JSON."""
    if side not in _SIDES:
        raise unknown("side", side, _SIDES)
    db.execute("INSERT OR REPLACE INTO screens VALUES (?, ?, ?, ?)", (room["number"], side, words, now))


def screens_in(db: sqlite3.Connection, room: sqlite3.Row) -> dict[Side, tuple[dict[str, Any], float]]:
    """Return what each side had on its screen last, and when [unix s]."""
    found = db.execute("SELECT * FROM screens WHERE room = ? ORDER BY side", (room["number"],)).fetchall()
    return {row["side"]: (json.loads(row["words"]), row["at"]) for row in found}
