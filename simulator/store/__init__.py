"""Keeps flights on disk: what was decided is there before it takes effect, and it survives a crash of everything."""

from simulator.record import Answer, Forecast, Look, Record
from simulator.store.deeds import Deed, DeedKind, Room, Side
from simulator.store.disk import FILE, home
from simulator.store.flights import Store
from simulator.store.past import case_of, plan_of
from simulator.store.records import Flight, Mode, Stale, Status
from simulator.store.rooms import Rooms

__all__ = [
    "FILE", "Answer", "Deed", "DeedKind", "Flight", "Forecast", "Look", "Mode", "Record", "Room", "Rooms", "Side",
    "Stale", "Status", "Store", "case_of", "home", "plan_of",
]  # fmt: skip
