"""Rooms as the pages see them: who has come in by which key, what they may know, what they do, what is steered."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cases
from dashboard import session
from dashboard.flights import order_of, tower
from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.rounds import steering
from simulator.rounds.fitted import Fitted, dressed, due, fitted
from simulator.rounds.reading import read_script
from simulator.rounds.script import BY_HAND, PHASES, Requirement
from simulator.rounds.standing import Ordered, Standing, stood
from simulator.scenario import Scenario
from simulator.store import Flight, Stale
from simulator.store.deeds import DeedKind, Room, Side

__all__ = [
    "Entry",
    "case_in",
    "do",
    "entered",
    "fitted_in",
    "flight_in",
    "following",
    "halt_of",
    "locked",
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
    made = fitted(read_script(script), cases.load, alone=alone)
    return replace(made, case=_before_the_requirement(made)) if alone else made


def _before_the_requirement(made: Fitted) -> Case:
    """Return the case without the targets that are asked for in mid-round only: who flies alone is not told sooner."""
    before = Scenario.of(made.script.scenario, made.case.kinds).targets
    bare = cases.load(made.script.case).under(replace(made.case.scenario, targets=before))
    return dressed(bare, made.script)


def room_of(flight: Flight) -> Room | None:
    """Return the room that *flight* is flown in, if it is one of a round."""
    return tower().store.rooms.of_flight(flight.id)


def locked(flight: Flight) -> bool:
    """Tell whether *flight* is that of a round that is not released: no page but those of its room may open it."""
    room = room_of(flight)
    return room is not None and not any(deed.kind == "release" for deed in room.deeds)


def flight_in(entry: Entry) -> Flight | None:
    """Return the flight of the room; None before take-off."""
    return tower().store.flight(entry.room.flight) if entry.room.flight else None


def case_in(entry: Entry, flight: Flight | None = None) -> Case:
    """Return the case as it is played here: under the scenario of the *flight* by now, with the script's words."""
    return entry.fitted.case if flight is None else dressed(tower().case(flight), entry.fitted.script)


def following(entry: Entry) -> str:
    """Return the phase that comes next, `over` behind the last; one that is given no time is passed over."""
    phase, minutes = entry.standing.clock.phase, entry.fitted.script.minutes
    behind = [one for one in (*PHASES, "over") if one == "over" or getattr(minutes, one) > 0]
    places = {one: place for place, one in enumerate((*PHASES, "over"))}
    return next((one for one in behind if places[one] > places.get(phase, -1)), "over")


# what is done


def do(
    entry: Entry, kind: DeedKind, what: str = "", data: Mapping[str, Any] | None = None, moment: float = 0.0
) -> Entry:
    """Write a deed of this side, and return the entry as it stands then.

    The same of the same state is one deed, however often it is pressed, on however many tabs; Stale when something
    else was done about the same thing meanwhile. Nothing of the session is touched before the deed is on disk: each
    touch may end what a pressed button called, for the next press.
    """
    was = entry.standing.was(kind, what)
    said = json.dumps([entry.room.id, entry.side, kind, what, was, data], sort_keys=True)
    token = hashlib.sha256(said.encode()).hexdigest()[:40]
    rooms = tower().store.rooms
    room = rooms.do(entry.room.id, token, kind, what, who=entry.side, moment=moment, data=data, was=was)
    return _entry(room, entry.side)


def take_off(entry: Entry, plan: Any, forecasts: tuple[Any, ...] = ()) -> Entry:
    """Begin the flight of the room; pressed twice, or on two tabs, there is one."""
    room, _ = tower().store.rooms.take_off(entry.room.id, "take-off", entry.fitted.case, plan, forecasts)
    return _entry(room, entry.side)


def seen(entry: Entry, screen: Mapping[str, Any]) -> None:
    """Tell the other side what stands on this screen; written when it changes, and every few seconds.

    `now`, the moment of the flight [s], changes all the time, and is no reason to write at once.
    """
    key = f"screen/{entry.room.id}/{entry.side}"
    steady = {name: value for name, value in screen.items() if name != "now"}
    due = session.every(key, 3.0)
    if due or session.kept(key) != steady:
        session.keep(key, steady)
        tower().store.rooms.looked(entry.room.id, entry.side, screen)


# what is steered


def halt_of(entry: Entry) -> float:
    """Return the moment of the flight [s] at which something is due that the script does by itself; inf = nothing is.

    The clock of the deck halts there, so that it takes effect at that very moment, however fast it runs.
    """
    asked = entry.fitted.script.requirement
    if asked is None or (asked.when == BY_HAND and not entry.room.alone) or "requirement" in entry.standing.done:
        return math.inf
    return due(entry.fitted.script, entry.fitted.case)


def tend(entry: Entry, flight: Flight, now: float) -> bool:
    """Let what was ordered, or is due by the script, take effect from *now* [s] on; tell whether anything did.

    It is the candidate's deck that does this, since there the clock of the flight is: what was flown stays. What has
    begun cannot be steered any more, and its order stays open; only a flight that is computed tells what has.
    """
    at = max(now, flight.furthest)
    wanted = [*entry.standing.orders, *_due(entry, at)]
    if not wanted or flight.status == "landed" or at >= entry.fitted.case.horizon:
        return False
    asked = tower().recording(session.name(), order_of(flight))
    if not asked.ready:
        return False
    there = [order for order in wanted if _is_steerable(entry, order)]
    ahead = [order for order in there if not _has_begun(entry, order.what, asked.result.fired, at)]
    for order in ahead:
        try:
            flight = _effected(entry, flight, order, at, asked.result.fired)
        except Stale:  # another tab was quicker, or other orders have come: who asks draws anew, and so tries again
            return True
    return bool(ahead)


def _due(entry: Entry, at: float) -> list[Ordered]:
    said = any(order.do == "require" for order in entry.standing.orders)
    return [] if said or at < halt_of(entry) else [Ordered(-1, "requirement", "require", 0.0)]


def _is_steerable(entry: Entry, order: Ordered) -> bool:
    """Tell whether the script has what *order* is about, and lets it be steered; another one stays open for ever."""
    if order.do == "require":
        return entry.fitted.script.requirement is not None
    return any(event.name == order.what and event.when for event in entry.fitted.events)


def _has_begun(entry: Entry, name: str, fired: Mapping[str, float], at: float) -> bool:
    return any(event.name == name and steering.begun(event, fired, at) for event in entry.fitted.events)


def _effected(entry: Entry, flight: Flight, order: Ordered, at: float, fired: Mapping[str, float]) -> Flight:
    """Write that *order* takes effect *at* that moment [s], and return the flight as it is then."""
    scenario = _steered(entry, flight.scenario, order, at, fired)
    until = {"until": order.until} if order.do == "delay" else {}
    _, changed = tower().store.rooms.steer(
        entry.room.id, f"steer-{order.turn}-{order.do}", flight, scenario, what=order.what, moment=at,
        data={"do": order.do, **until},
    )  # fmt: skip
    return changed


def _steered(
    entry: Entry, scenario: Mapping[str, Any], order: Ordered, at: float, fired: Mapping[str, float]
) -> dict[str, Any]:  # fmt: skip
    events = {event.name: event for event in entry.fitted.events}
    if order.do == "require":
        asked = _requirement(entry)
        begun = _has_begun(entry, asked.event, fired, at)
        return steering.required(scenario, asked, None if begun else events.get(asked.event), at)
    event = events[order.what]
    if order.do == "fire":
        return steering.fired(scenario, event, at)
    until = min(order.until, entry.fitted.case.horizon)  # later than its end is as never
    return steering.skipped(scenario, event) if order.do == "skip" else steering.delayed(scenario, event, until)


def _requirement(entry: Entry) -> Requirement:
    asked = entry.fitted.script.requirement
    if asked is None:
        raise BadInput(f"the round {shown(entry.fitted.script.title)} asks nothing otherwise in mid-round")
    return asked
