"""The plugin of pytest: light where nobody asks for it, and at home in several processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cases._settings import SETTINGS
from cases.plugin import pytest_configure

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import os

from cases._settings import SETTINGS


def test_a_flight(fly):
    assert fly({claims!r}, "strong", 3, until=86400.0).seed == 3


def test_a_study(study):
    assert study({claims!r}, "strong", range(2), until=86400.0).seeds == (0, 1)


def test_it_flies_alone():
    assert (SETTINGS.jobs, "PYTEST_XDIST_WORKER" in os.environ) == (1, True)
"""


@pytest.fixture
def configured(monkeypatch):
    """A caller of the plugin with an option, in a process of its own or of xdist's; returns how many fly."""
    monkeypatch.setattr(SETTINGS, "jobs", 1)

    def call(jobs: int, **worker) -> int:
        pytest_configure(SimpleNamespace(getoption=lambda name: jobs, **worker))
        return SETTINGS.jobs

    return call


@pytest.mark.parametrize("jobs", [1, 4, -1])
def test_the_option_says_how_many_fly(configured, jobs):
    assert configured(jobs) == jobs
    assert configured(jobs, workerinput={}) == 1


@pytest.mark.parametrize("jobs", [0, -2])
def test_a_number_that_is_none(configured, jobs):
    with pytest.raises(pytest.UsageError, match="is no number of processes"):
        configured(jobs)


def test_it_is_known_to_pytest(request):
    assert request.config.pluginmanager.hasplugin("cases.plugin") or request.config.pluginmanager.hasplugin(
        "windtunnel"
    )
    assert request.config.getoption("--windtunnel-jobs") == 1


def test_it_is_light():
    code = "import sys, pytest, cases.plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"numpy", "simpy", "pandas", "scipy", "rich", "simulator.case"} & set(done.stdout.split())


@pytest.mark.soak
def test_in_several_processes(claims, tmp_path):
    (tmp_path / "test_mine.py").write_text(TESTS.replace("{claims!r}", repr(claims)))
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--windtunnel-jobs", "2", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert re.search(r"\b3 passed", done.stdout), done.stdout + done.stderr
