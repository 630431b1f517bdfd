"""A page without a browser: the app of a fresh user, whose store is a file of its own, with real workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import cases
from dashboard import flights
from dashboard.flights import Tower, order_of
from simulator.store import Flight

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PATIENCE = 60.0  # s of wall time for a page, on a busy machine


@pytest.fixture(scope="session", autouse=True)
def workers() -> Iterator[None]:
    """Send the workers home when all is done."""
    yield
    if flights.crews.made:
        for crew in flights.crews():
            crew.stop()


@pytest.fixture
def tower(tmp_path, monkeypatch) -> Iterator[Tower]:
    """Return the tower of a user who has never been here."""
    monkeypatch.setenv("WINDTUNNEL_HOME", str(tmp_path))
    flights.tower.cache_clear()
    made = flights.tower()
    yield made
    made.store.close()
    flights.tower.cache_clear()


@pytest.fixture
def app(tower) -> AppTest:
    """Return the app, not yet run."""
    return AppTest.from_file(str(APP), default_timeout=PATIENCE)


@pytest.fixture
def page(app):
    """Return a way to open a page of the app by its address."""

    def opened(path: str, **query: str) -> AppTest:
        app._page_hash = calc_hash(path)  # AppTest.switch_page knows pages that are files, not functions
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return opened


@pytest.fixture
def begun(tower):
    """Return a way to begin a flight, and fly it so far that a page need not wait for it."""

    def fly(name: str = "burst_storm", seed: int = 3, mode: str = "training", plan: Any = None) -> Flight:
        case = cases.load(name)
        flight = tower.store.begin(case, case.plan(plan), seed, mode)
        asked = tower.recording("test", order_of(flight))
        assert asked.errand is None or asked.errand.wait(PATIENCE) == "done"
        tower.recording("test", order_of(flight))
        return flight

    return fly


@pytest.fixture
def down(begun, tower):
    """Return a way to fly and land, as the flight deck does."""

    def land(**more: Any) -> Flight:
        flight = begun(**more)
        books = tower.recording("test", order_of(flight)).result
        tower.store.reach(flight.id, books.until)
        tower.store.land(flight.id, {k: v for k, v in books.kpis.items() if v is not None}, books.digest)
        return tower.store.flight(flight.id)

    return land
