"""The commands for the rooms of this machine: list, export, delete."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cases import _arguments as ask
from cases._output import results_only, say, tell

__all__ = ["app", "delete", "export", "rooms"]

app = typer.Typer(rich_markup_mode=None)

_RoomId = Annotated[str, typer.Argument(metavar="ID", help="a room as round rooms lists it, or latest")]
_Keys = Annotated[bool, typer.Option("--keys", help="with the keys, for whoever has lost a link; they open the room")]
_Names = Annotated[bool, typer.Option(help="with the name of the room, those who voted, and private notes")]
_Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]


@app.command()
def rooms(keys: _Keys = False, json: ask.AsJson = False) -> None:
    """List the rooms in which rounds are played on this machine, the newest first.

    \b
    Examples:
      windtunnel round rooms
      windtunnel round rooms --keys
    """
    from cases._history import opened
    from cases._rooms import rooms_data, show_rooms

    with opened() as store:
        found = store.rooms.rooms()
    tell(json, lambda: rooms_data(found, keys), lambda console: show_rooms(console, found, keys))


@app.command()
def export(id: _RoomId, out: ask.OutFile = None, names: _Names = True) -> None:
    """Write a round that was played as one JSON document: who flies it again gets the same flight.

    \b
    Examples:
      windtunnel round export latest --out played.json
      windtunnel round export latest --no-names --out nameless.json
    """
    from cases._exchange import put
    from cases._history import opened
    from cases._rooms import found, recording

    with opened() as store, results_only():
        text = recording(store, found(store, id), names)
    if out is None:
        sys.stdout.write(text)
    else:
        put(text, out)


@app.command()
def delete(id: _RoomId, yes: _Yes = False) -> None:
    """Delete a room for good, with all that was said in it and its flight.

    Figures that were worked out about its flight, without anybody's name or words, stay with those of other flights
    until they make room for newer ones.

    \b
    Example:
      windtunnel round delete latest --yes
    """
    from cases._history import opened
    from cases._rooms import confirm, found

    with opened() as store:
        room = found(store, id)
        confirm(room, yes)
        store.rooms.delete(room.id)
    say(f"the room {room.id} is gone{', and its flight with it' if room.flight else ''}")
