"""Lists the rooms of this machine for the command line, writes one as a recording, and deletes one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from cases._history import LATEST, kept_in
from cases._terminal import sheet
from cases._words import clean
from simulator.errors import BadInput
from simulator.rounds.reading import read_script
from simulator.rounds.recorded import recorded
from simulator.rounds.script import Minutes, Script
from simulator.rounds.standing import stood
from simulator.store import Room, Store

__all__ = ["confirm", "found", "recording", "rooms_data", "show_rooms"]


def found(store: Store, id: str) -> Room:
    """Return a room by its *id*, or the newest one, which is called `latest`."""
    if id != LATEST:
        return store.rooms.room(id)
    newest = store.rooms.rooms(limit=1)
    if not newest:
        raise BadInput(f"there is no room in {store.path} yet; open one on the page Rounds of: windtunnel play")
    return newest[0]


def rooms_data(rooms: Sequence[Room], keys: bool) -> list[dict[str, Any]]:
    """Return what `round rooms` tells of each room; *keys* open it, and are told on request only."""
    return [_facts(room) | ({"keys": dict(room.keys)} if keys else {}) for room in rooms]


def show_rooms(console: Console, rooms: Sequence[Room], keys: bool) -> None:
    """Print *rooms*, the newest first."""
    if not rooms:
        console.print(f"no rooms yet in {kept_in()}; open one on the page Rounds of: windtunnel play")
        return
    table = sheet("room", "round", "phase", "flight", titles=True)
    for room in rooms:
        facts = _facts(room)
        name = Text(clean(room.name) or "no name", style="bold").append(f"\n{room.id}", style="not bold dim")
        opened = datetime.fromtimestamp(room.created).strftime("%Y-%m-%d %H:%M")
        what = f"{clean(facts['title']) or 'its script cannot be read'}\n{opened}{', alone' * room.alone}"
        table.add_row("", name, what, facts["phase"], room.flight or "none yet")
    console.print(table)
    for room in rooms if keys else ():
        for side, key in room.keys.items():
            console.print(f"{room.id} {side}: /room?room={key}", soft_wrap=True)


def recording(store: Store, room: Room, names: bool) -> str:
    """Return what was played in a *room* as one JSON document, without the names of people where those are not asked
    for."""
    if not room.flight:
        raise BadInput(f"nobody has taken off in the room {room.id} yet; it can be exported when the flight has landed")
    return recorded(room, store.flight(room.flight), store.record(room.flight), names=names).to_json()


def confirm(room: Room, yes: bool) -> None:
    """Make sure that a *room* is to be deleted: *yes*, or somebody at a terminal says so; BadInput where nobody can."""
    if yes:
        return
    called = f"the room {clean(room.name) or room.id}"
    if not sys.stdin.isatty():
        raise BadInput(f"{called} would be gone for good, with its flight; add --yes to delete it")
    typer.confirm(f"Delete {called}, all that was said in it and its flight?", abort=True, err=True)


def _facts(room: Room) -> dict[str, Any]:
    script = _script(room)
    standing = stood(script.minutes if script else Minutes(), room.deeds, room.created)  # whatever the time is by now
    title, case = (script.title, script.case) if script else ("", "")
    return {
        "id": room.id, "name": room.name, "title": title, "case": case,
        "alone": room.alone, "phase": standing.clock.phase, "released": standing.released,
        "flight": room.flight, "created": room.created,
    }  # fmt: skip


def _script(room: Room) -> Script | None:
    try:
        return read_script(room.script)
    except BadInput:  # of another version, perhaps
        return None
