"""Which of my decisions did it, and what would an expert have done: a flight is flown again, otherwise."""

from simulator.debrief.decisions import Decision, decisions
from simulator.debrief.flights import Flights
from simulator.debrief.opening import beginning
from simulator.debrief.whole import SECTIONS, Found, combined, debrief, reckoned, section
from simulator.debrief.written import dumped, loaded

__all__ = [
    "SECTIONS", "Decision", "Flights", "Found", "beginning", "combined", "debrief", "decisions", "dumped", "loaded",
    "reckoned", "section",
]  # fmt: skip
