"""Opens the store of flights for the command line, and lists what is in it."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from cases._output import say
from cases._terminal import sheet
from cases._words import clean, plural
from simulator.errors import BadInput
from simulator.store import FILE, Flight, Store, home
from simulator.units import DAY, MINUTE, clock_time

__all__ = ["LATEST", "found", "history_data", "kept_in", "now", "opened", "show_history"]

LATEST = "latest"


def kept_in() -> str:
    """Return where flights are kept."""
    return str(home(os.environ) / FILE)


def now() -> float:
    """Return the time [unix s]."""
    return time.time()


@contextlib.contextmanager
def opened() -> Iterator[Store]:
    """Yield the store of this user, and close it; what has to be said about it goes to standard error."""
    store = Store(home(os.environ) / FILE, time.time, lambda: secrets.token_hex(16))
    try:
        for line in (*store.notices, store.trouble):
            if line:
                say(line)
        yield store
    finally:
        store.close()


def found(store: Store, id: str) -> Flight:
    """Return a flight by its *id*, or the newest one, which is called `latest`."""
    if id != LATEST:
        return store.flight(id)
    newest = store.flights(limit=1)
    if not newest:
        raise BadInput(f"there is no flight in {store.path} yet; begin one with: windtunnel play")
    return newest[0]


def history_data(flights: Sequence[Flight]) -> list[dict[str, Any]]:
    """Return what `history` tells of each flight; its plan is in its export."""
    left_out = ("plan", "scenario")
    facts = [{key: value for key, value in asdict(flight).items() if key not in left_out} for flight in flights]
    return [{**fact, "level": flight.scenario["level"]} for fact, flight in zip(facts, flights, strict=True)]


def show_history(console: Console, flights: Sequence[Flight]) -> None:
    """Print *flights*, the newest first."""
    if not flights:
        console.print(f"no flights yet in {kept_in()}; begin one with: windtunnel play")
        return
    table = sheet("flight", "what", "how far", "begun", titles=True)
    for flight in flights:
        what = f"level {flight.scenario['level']}, seed {flight.seed}, {flight.mode}"
        begun = datetime.fromtimestamp(flight.created).strftime("%Y-%m-%d %H:%M")
        name = Text(clean(flight.case), style="bold").append(f"\n{flight.id}", style="not bold dim")
        table.add_row("", name, what, _state(flight), begun)
    console.print(table)


def _state(flight: Flight) -> str:
    there = clock_time(flight.furthest, DAY if flight.furthest >= DAY else MINUTE)
    state = "landed" if flight.status == "landed" else f"at {there}"
    steps = len(flight.plan["changes"]) + len(flight.plan["acts"])
    return f"{state}, {plural(steps, 'step')}"
