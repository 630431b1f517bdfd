"""One server for each process that runs tests, and a browser for each file of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flown import Watch, browsing, choose, open_page, served, take_off, visit


@pytest.fixture(scope="session")
def address(chromium, tmp_path_factory) -> Iterator[str]:
    """Return where a dashboard answers that nobody has used yet."""
    with served(tmp_path_factory.mktemp("home")) as found:
        yield found


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
