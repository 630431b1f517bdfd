"""For all tests: one browser, one server, little garbage to look through, work shared out well, and a last word."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NONE = "no Chromium"
REQUIRED = "WINDTUNNEL_BROWSER"  # set to `required`, a browser that is missing is a failure
SCREENS = ("browser", "traffic")
LONGEST = (*SCREENS, "test_cases", "fidelity", "test_dashboard")  # folders, what takes long first


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser; a test that needs it is skipped where there is none, unless it is required."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        if os.environ.get(REQUIRED) == "required":
            pytest.fail(f"{NONE} (looked for: {', '.join(BROWSERS)}), and {REQUIRED}=required")
        pytest.skip(NONE)
    return found


@pytest.fixture(scope="session")
def compiled() -> None:
    """Have the event loop compiled where nobody has flown yet: it takes half a minute, and is told on the terminal.

    Else each worker of a server would do it while somebody waits, and a command would say so in a line of its own.
    """
    import cases
    from simulator.simulation import simulate

    simulate(cases.load("burst_storm"), None, 0, until=1.0)


@pytest.fixture(scope="session")
def server(compiled, tmp_path_factory) -> Iterator[Any]:
    """Run a dashboard for all who come to it over the network, each with people and flights of its own."""
    from server import Server

    with Server(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def _settled() -> None:
    """Let what lives when a file begins - six thousand tests, and libraries - be no garbage that one looks through.

    The simulator looks for garbage whenever it draws a world, as that may be large. Among all that this process holds
    it takes longer than a small flight; what is frozen is passed over.
    """
    gc.collect()
    gc.freeze()


# --- several processes (pytest -n) -----------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Let a file stay in one process, for what it has flown; and let all who need a server share one."""
    if config.getvalue("dist") not in ("load", "loadfile"):
        return None
    from xdist.scheduler import LoadFileScheduling

    class Whole(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "screens" if Path(file).parent.name in SCREENS else file

    config.option.loadscopereorder = False  # by number of tests: the few long ones would come last
    return Whole(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one of several processes begin with what takes longest, so that none works on while the others are done."""
    if hasattr(config, "workerinput"):
        places = {folder: place for place, folder in enumerate(LONGEST)}
        items.sort(key=lambda item: places.get(item.path.parent.name, len(places)))


def pytest_terminal_summary(terminalreporter) -> None:
    """Say in the last lines how many tests had no browser, and how to get one."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if NONE in str(report.longrepr)]
    if skipped:
        many = f"{len(skipped)} browser test{'s were' if len(skipped) > 1 else ' was'}"
        terminalreporter.write_line(f"{many} skipped: {NONE}; apt-get install chromium", yellow=True)
