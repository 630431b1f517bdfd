"""Examines an installation: what is there, what works, where flights are kept, and whether a flight repeats itself."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from rich.console import Console
from rich.text import Text

import cases
from cases._faults import told
from cases._history import opened
from cases._play import HOST, PORT, is_free
from cases._terminal import sheet
from cases._words import plural
from simulator.serving.kernel.compiled import compiled, is_cached
from simulator.simulation import simulate

__all__ = ["NEEDED", "Finding", "examined", "show_findings"]

_DISTRIBUTION = "ml-windtunnel"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SHORT = 60.0  # [s] of the self-test's flight


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    check: str
    ok: bool
    detail: str


NEEDED = ("python", "packages", "store", "self-test")
"""the checks without which nothing works; the others are only said"""


def examined() -> list[Finding]:
    """Look at everything; a check that breaks is a finding, too."""
    checks: dict[str, Callable[[], tuple[bool, str]]] = {
        "python": _python, "packages": _packages, "dashboard": _dashboard, "store": _store,
        "compile cache": _compile_cache, "workers": _workers, "browser": _browser, "port": _port,
        "self-test": _self_test,
    }  # fmt: skip
    return [Finding(name, *_tried(check)) for name, check in checks.items()]


def show_findings(console: Console, findings: list[Finding]) -> None:
    """Print the *findings*."""
    table = sheet("ok", "check", "detail")
    for finding in findings:
        mark = Text("✓", style="bold green") if finding.ok else Text("✗", style="bold red")
        table.add_row("", mark, finding.check, finding.detail)
    console.print(table)


def _tried(check: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
    try:
        return check()
    except Exception as error:
        return False, told(error)[1]


def _python() -> tuple[bool, str]:
    found = (
        f"{platform.python_implementation()} {platform.python_version()} on {platform.system()} {platform.machine()}"
    )
    return sys.version_info >= (3, 11), f"{found}, SQLite {sqlite3.sqlite_version}"


def _packages() -> tuple[bool, str]:
    return _versions([name for name, extra in _required() if not extra])


def _dashboard() -> tuple[bool, str]:
    ok, detail = _versions([name for name, extra in _required() if extra == "dashboard"])
    return True, detail if ok else f'{detail}; for the dashboard: pip install "{_DISTRIBUTION}[dashboard]"'


def _required() -> Iterator[tuple[str, str]]:
    """Yield what this distribution names as its requirements, each with the extra that it belongs to."""
    for line in metadata.requires(_DISTRIBUTION) or ():
        extra = re.search(r"extra == ['\"]([\w-]+)['\"]", line)
        yield re.split(r"[^A-Za-z0-9._-]", line)[0], extra[1] if extra else ""


def _versions(names: list[str]) -> tuple[bool, str]:
    found = {name: _version(name) for name in names}
    return all(found.values()), ", ".join(f"{name} {version or 'is missing'}" for name, version in found.items())


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _store() -> tuple[bool, str]:
    with opened() as store:
        moved = "".join(f"; {notice}" for notice in store.notices)
        kept = plural(len(store.flights(limit=1_000_000)), "flight")
        return not store.trouble, (store.trouble or f"{store.path} can be written; {kept} in it") + moved


def _compile_cache() -> tuple[bool, str]:
    if is_cached():
        return True, "the event loop is compiled"
    if compiled().is_compiled:
        return True, "the event loop is compiled by the first flight; that takes a while, once"
    return True, "without numba the event loop runs as plain Python: the same results, later"


def _workers() -> tuple[bool, str]:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return True, f"{plural(usable, 'core')}; studies use all, flights of the dashboard {max(1, usable - 1)}"


def _browser() -> tuple[bool, str]:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return True, found or "no Chromium was found: any browser shows the dashboard, only the tests of it are skipped"


def _port() -> tuple[bool, str]:
    free = is_free(HOST, PORT)
    return free, f"{PORT} is free" if free else f"{PORT} is taken, by a dashboard perhaps; windtunnel play takes --port"


def _self_test() -> tuple[bool, str]:
    case = cases.load("burst_storm")
    first, second = (simulate(case, None, 0, until=_SHORT).digest() for _ in range(2))
    return first == second, f"a minute of {case.name} gives the digest {first[:12]}" + (
        "" if first == second else f", and then {second[:12]}"
    )
