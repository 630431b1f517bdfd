"""Keeps flights on disk: what was decided is there before it takes effect, and it survives a crash of everything."""

from simulator.record import Answer, Forecast, Look, Record
from simulator.store.disk import FILE, home
from simulator.store.flights import Store
from simulator.store.past import case_of, plan_of
from simulator.store.records import Flight, Mode, Stale, Status

__all__ = [
    "FILE", "Answer", "Flight", "Forecast", "Look", "Mode", "Record", "Stale", "Status", "Store", "case_of", "home",
    "plan_of",
]  # fmt: skip
