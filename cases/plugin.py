"""The pytest plugin: what a test of a policy asks for by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from cases._settings import SETTINGS

if TYPE_CHECKING:  # every session of pytest loads this: it has to be quick
    from simulator.run import Run
    from simulator.study import Study

__all__ = ["fly", "pytest_addoption", "pytest_configure", "study"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer how many processes fly."""
    said = "processes that fly the seeds of a test, -1 = one for each core; where xdist has its own, it is 1"
    group = parser.getgroup("windtunnel", "policies under test")
    group.addoption("--windtunnel-jobs", type=int, default=1, metavar="N", help=said)


def pytest_configure(config: pytest.Config) -> None:
    """Take note of it; the processes of xdist share the cores already."""
    jobs = int(config.getoption("--windtunnel-jobs"))
    if jobs < 1 and jobs != -1:
        raise pytest.UsageError(f"--windtunnel-jobs {jobs} is no number of processes; it takes 1 or more, or -1")
    SETTINGS.jobs = 1 if hasattr(config, "workerinput") else jobs


@pytest.fixture(scope="session")
def fly() -> Callable[..., Run]:
    """Fly a policy, a plan, dials by name or a par once: `fly(case, policy, seed=0, until=None)` is its run."""
    from cases import testing

    return testing.fly


@pytest.fixture(scope="session")
def study() -> Callable[..., Study]:
    """Fly the same under many seeds: `study(case, policy, seeds=range(10), until=None)` is the study of its runs."""
    from cases import testing

    return testing.study
