"""For all tests: the browser of this machine if it has one, and a last word on tests that had to do without."""

from __future__ import annotations

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


def pytest_terminal_summary(terminalreporter) -> None:
    """Say in the last lines how many tests had no browser, and how to get one."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if NONE in str(report.longrepr)]
    if skipped:
        many = f"{len(skipped)} browser test{'s were' if len(skipped) > 1 else ' was'}"
        terminalreporter.write_line(f"{many} skipped: {NONE}; apt-get install chromium", yellow=True)
