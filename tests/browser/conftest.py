"""A browser for each file of tests, people with pages of their own, and a flight that has landed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flown import Watch, browsing, choose, open_page, take_off, visit

import cases
from simulator.simulation import simulate
from simulator.store import FILE, Store

SEED = 90_210  # of flights on whose debrief somebody looks: what it takes long to work out is worked out once


@pytest.fixture(scope="session")
def address(chromium, server) -> str:
    """Return where the dashboard answers."""
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="session")
def landed(server) -> str:
    """Return a flight of the storm that has landed, undecided upon."""
    case = cases.load("burst_storm")
    run = simulate(case, None, SEED)
    store = Store(server.home / FILE, time.time, lambda: "1a" * 16)
    flight = store.begin(case, case.plan(), SEED, "training")
    store.reach(flight.id, case.horizon)
    store.land(flight.id, {name: value for name, value in run.kpis().items() if value is not None}, run.digest())
    store.close()
    return flight.id


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[Any]:
    """Run a browser; not for longer than a file, as its event loop would be in the way of other tests."""
    with browsing(chromium) as found:
        yield found


@pytest.fixture
def opened(browser) -> Iterator[Callable[..., Any]]:
    """Return a way to open pages, each of a person of its own; they are closed in the end."""
    pages: list[Any] = []

    def open_one(**context: Any) -> Any:
        pages.append(open_page(browser, **context))
        return pages[-1]

    yield open_one
    for page in pages:
        page.context.close()


@pytest.fixture
def watch() -> Watch:
    """Return a notebook for what goes on behind a page."""
    return Watch()


@pytest.fixture
def page(opened, watch) -> Any:
    """Return a page that is watched, and is still empty."""
    found = opened()
    watch.on(found)
    return found


@pytest.fixture
def in_flight(page, address) -> Callable[..., str]:
    """Return a way to take off, from the hangar to the deck; it returns the id of the flight."""

    def fly(case: str = "burst_storm", seed: int | None = None) -> str:
        visit(page, address)
        choose(page, case, seed)
        return take_off(page)

    return fly
