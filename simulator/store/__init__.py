"""Keeps flights on disk: what was decided is there before it takes effect, and it survives a crash of everything."""

from simulator.store.disk import FILE, home
from simulator.store.flights import Store
from simulator.store.past import case_of, plan_of
from simulator.store.records import Flight, Forecast, Look, Mode, Stale, Status

__all__ = [
    "FILE", "Flight", "Forecast", "Look", "Mode", "Stale", "Status", "Store", "case_of", "home", "plan_of",
]  # fmt: skip
