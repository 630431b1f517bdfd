"""What an installation rests on: plain version pins for each Python, and one configuration file."""

from __future__ import annotations

import re
import tomllib

import pytest

PIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*==[0-9]+(\.[0-9a-z]+)*")
OTHER_CONFIGURATION = (
    "setup.py",
    "setup.cfg",
    "tox.ini",
    "pytest.ini",
    "mypy.ini",
    "ruff.toml",
    ".importlinter",
)


def no_pin(name: str, text: str) -> list[str]:
    """Find lines of a constraints file that are not `name==version` and nothing else."""
    lines = enumerate(text.splitlines(), start=1)
    return [f"{name}:{n}: {line!r} is not name==version" for n, line in lines if not PIN.fullmatch(line)]


def unpinned(name: str, text: str, wanted: list[str]) -> list[str]:
    """Find *wanted* requirements that a constraints file has no pin for."""
    pinned = {line.split("==")[0] for line in text.splitlines()}
    return [f"{name}: no pin for {need}" for need in map(_project, wanted) if need not in pinned]


def _project(requirement: str) -> str:
    """The name in front of extras, versions and markers, spelled as in an index."""
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-").replace(".", "-")


@pytest.fixture(scope="module")
def project(root):
    """The table that names the distribution."""
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def constraints(root):
    """The pins of each Python minor, by file name."""
    return {file.name: file.read_text() for file in (root / "constraints").glob("*.txt")}


def test_each_python_has_its_pins(project, constraints):
    minors = re.findall(r"Python :: 3\.(\d+)", " ".join(project["classifiers"]))
    assert sorted(constraints) == [f"py3{minor}.txt" for minor in minors]


def test_constraints_are_pins(constraints, clean):
    clean([finding for name, text in constraints.items() for finding in no_pin(name, text)])


def test_everything_is_pinned(project, constraints, clean):
    extras = [need for name, needs in project["optional-dependencies"].items() if name != "all" for need in needs]
    others = [need for need in extras if not need.startswith(f"{project['name']}[")]  # one extra that takes in another
    wanted = project["dependencies"] + others
    clean([finding for name, text in constraints.items() for finding in unpinned(name, text, wanted)])


def test_one_configuration_file(root):
    assert [name for name in OTHER_CONFIGURATION if (root / name).exists()] == []


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "--index-url x", "a==1 # b", "a @ file:///b", ""])
def test_twin_no_pin(line):
    assert no_pin("py399.txt", f"numpy==2.4.6\n{line}\n")


def test_twin_unpinned():
    assert unpinned("py399.txt", "numpy==2.4.6\n", ["numpy>=2,<3", "pandas[parquet]>=2"]) == [
        "py399.txt: no pin for pandas"
    ]
