"""Rooms as the pages see them: who has come in by which key, what they may know, what they do, what is steered."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from simulator.rounds.reading import read_script

import cases
from dashboard import session
from dashboard.flights import tower
from simulator.case import Case
from simulator.rounds import steering
from simulator.rounds.fitted import Fitted, Planned, dressed, fitted
from simulator.rounds.script import BY_HAND
from simulator.rounds.standing import Ordered, Standing, stood
from simulator.store import Flight
from simulator.store.deeds import DeedKind, Room, Side
from simulator.units import seconds

__all__ = [
    "Entry",
    "case_in",
    "do",
    "entered",
    "fitted_in",
    "flight_in",
    "room_of",
    "seen",
    "stands",
    "take_off",
    "tend",
]


@dataclass(frozen=True)
class Entry:
    """Somebody who has come into a room."""

    room: Room
    side: Side
    fitted: Fitted
    standing: Standing

    @property
    def open_to_truth(self) -> bool:
        """Whether this side may see what really happened."""
        return self.side == "interviewer" or self.standing.released


def entered(key: str) -> Entry:
    """Return who comes in by *key*; BadInput when it opens nothing."""
    room, side = tower().store.rooms.entered(key)
    return _entry(room, side)


def stands(entry: Entry) -> Entry:
    """Return *entry* as its room stands now."""
    return _entry(tower().store.rooms.room(entry.room.id), entry.side)


def _entry(room: Room, side: Side) -> Entry:
    on_case = fitted_in(room)
    return Entry(room, side, on_case, stood(on_case.script.minutes, room.deeds, time.time()))


def fitted_in(room: Room) -> Fitted:
    """Return the script of *room* on its case."""
    return _fitted(room.script, room.alone)


@lru_cache(maxsize=64)
def _fitted(script: str, alone: bool) -> Fitted:
    """Scripts do not change once a room is open, and what is made of them is the same for all."""
    return fitted(read_script(script), cases.load, alone=alone)


def room_of(flight: Flight) -> Room | None:
    """Return the room that *flight* is flown in, if it is one of a round."""
    return tower().store.rooms.of_flight(flight.id)


def flight_in(entry: Entry) -> Flight | None:
    """Return the flight of the room; None before take-off."""
    return tower().store.flight(entry.room.flight) if entry.room.flight else None


def case_in(entry: Entry, flight: Flight | None = None) -> Case:
    """Return the case as it is played here: under the scenario of the *flight* by now, with the script's words."""
    return entry.fitted.case if flight is None else dressed(tower().case(flight), entry.fitted.script)


# what is done


def do(
    entry: Entry, kind: DeedKind, what: str = "", data: Mapping[str, Any] | None = None, moment: float = 0.0
) -> Entry:
    """Write a deed of this side, and return the entry as it stands then.

    Pressed twice it is one deed; Stale when somebody else has done something about the same thing meanwhile.
    """
    was = entry.standing.was(kind, what)
    token = session.token(f"deed/{entry.room.id}/{entry.side}/{kind}/{what}/{was}")
    rooms = tower().store.rooms
    room = rooms.do(entry.room.id, token, kind, what, who=entry.side, moment=moment, data=data, was=was)
    return _entry(room, entry.side)


def take_off(entry: Entry, plan: Any, forecasts: tuple[Any, ...] = ()) -> Entry:
    """Begin the flight of the room; pressed twice, or on two tabs, there is one."""
    token = session.token(f"takeoff/{entry.room.id}")
    room, _ = tower().store.rooms.take_off(entry.room.id, token, entry.fitted.case, plan, forecasts)
    return _entry(room, entry.side)


def seen(entry: Entry, screen: Mapping[str, Any]) -> None:
    """Tell the other side what stands on this screen; written when it changes, and every few seconds."""
    key = f"screen/{entry.room.id}/{entry.side}"
    if session.kept(key) != dict(screen) or session.every(key, 3.0):
        session.keep(key, dict(screen))
        tower().store.rooms.looked(entry.room.id, entry.side, screen)


# what is steered


def tend(entry: Entry, flight: Flight, now: float) -> bool:
    """Let what was ordered, or is due by the script, take effect from *now* [s] on; tell whether anything did.

    It is the candidate's deck that does this, since there the clock of the flight is: what was flown stays.
    """
    changed = False
    for order in (*entry.standing.orders, *_due(entry, now)):
        flight, changed = _effected(entry, flight, order, now), True
    return changed


def _due(entry: Entry, now: float) -> list[Ordered]:
    asked = entry.fitted.script.requirement
    if asked is None or (asked.when == BY_HAND and not entry.room.alone) or "requirement" in entry.standing.done:
        return []
    return [Ordered(-1, "requirement", "require", 0.0)] if now >= seconds(asked.at) else []


def _effected(entry: Entry, flight: Flight, order: Ordered, now: float) -> Flight:
    scenario, data = _steered(entry.fitted, flight.scenario, order, now), {"do": order.do}
    token = f"steer-{order.what}-{order.turn}".replace("_", "-")[:64]
    _, changed = tower().store.rooms.steer(
        entry.room.id, token, flight, scenario, what=order.what, moment=now, data=data
    )
    return changed


def _steered(on_case: Fitted, scenario: Mapping[str, Any], order: Ordered, now: float) -> dict[str, Any]:
    events = {event.name: event for event in on_case.events}
    if order.do == "require":
        asked = on_case.script.requirement
        assert asked is not None
        return steering.required(scenario, asked, events.get(asked.event), now)
    event: Planned = events[order.what]
    if order.do == "fire":
        return steering.fired(scenario, event, now)
    return steering.skipped(scenario, event) if order.do == "skip" else steering.delayed(scenario, event, order.until)
