"""Names that would silently hide something else: on the path of the app, and on the path of the tests."""

from __future__ import annotations

import sys
from pathlib import PurePath

import pytest

TOP = ("simulator", "cases", "dashboard", "tests")


def hiding(path: str) -> list[str]:
    """Find a file of the dashboard that would hide a package: its folder comes first when the app runs."""
    parts = PurePath(path).with_suffix("").parts
    taken = parts[0] == "dashboard" and len(parts) > 1 and parts[1] in {*TOP, *sys.stdlib_module_names}
    return [f"{path}: hides the module {parts[1]} when the app runs"] if taken else []


def misplaced(path: str) -> list[str]:
    """Find what would make a test folder importable under the name of a package."""
    parts = PurePath(path).parts
    is_package = parts[0] == "tests" and parts[-1] == "__init__.py"
    return [f"{path}: tests are no packages; the file would hide one"] if is_package else []


def test_the_dashboard_hides_nothing(house, clean):
    clean([finding for source in house for finding in hiding(source.path)])


def test_tests_are_no_packages(root, clean):
    clean([found for file in root.glob("tests/**/*.py") for found in misplaced(file.relative_to(root).as_posix())])


@pytest.mark.parametrize("path", ["dashboard/cases.py", "dashboard/calendar.py", "dashboard/simulator/x.py"])
def test_twin_hiding(path):
    assert hiding(path)


def test_twin_misplaced():
    assert misplaced("tests/simulator/__init__.py")


@pytest.mark.parametrize("path", ["dashboard/__init__.py", "dashboard/dials.py", "dashboard/views/calendar.py"])
def test_twin_allowed(path):
    assert hiding(path) + misplaced(path) == []
