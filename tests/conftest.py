"""For all tests: the browser of this machine if it has one, little garbage to look through, and a last word."""

from __future__ import annotations

import gc
import os
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NONE = "no Chromium"
REQUIRED = "WINDTUNNEL_BROWSER"  # set to `required`, a browser that is missing is a failure


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser; a test that needs it is skipped where there is none, unless it is required."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        if os.environ.get(REQUIRED) == "required":
            pytest.fail(f"{NONE} (looked for: {', '.join(BROWSERS)}), and {REQUIRED}=required")
        pytest.skip(NONE)
    return found


@pytest.fixture(scope="module", autouse=True)
def _settled() -> None:
    """Let what lives when a file begins - six thousand tests, and libraries - be no garbage that one looks through.

    The simulator looks for garbage whenever it draws a world, as that may be large. Among all that this process holds
    it takes longer than a small flight; what is frozen is passed over.
    """
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter) -> None:
    """Say in the last lines how many tests had no browser, and how to get one."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if NONE in str(report.longrepr)]
    if skipped:
        many = f"{len(skipped)} browser test{'s were' if len(skipped) > 1 else ' was'}"
        terminalreporter.write_line(f"{many} skipped: {NONE}; apt-get install chromium", yellow=True)
