"""The README's way to a policy under test, followed command by command: it fails a guardrail, is mended, and passes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulator.study import power

pytestmark = pytest.mark.long
README = Path(__file__).resolve().parents[2] / "README.md"


def section() -> str:
    """Return *Test a policy*."""
    return README.read_text("utf-8").split("\n## Test a policy\n")[1].split("\n## ")[0]


def blocks() -> list[str]:
    """Return its commands, block by block."""
    return re.findall(r"```sh\n(.*?)```", section(), re.DOTALL)


@pytest.fixture(scope="module")
def followed(compiled, tmp_path_factory) -> tuple[Path, list[str]]:
    """Follow the section in an empty folder; return the folder, and what each block printed."""
    folder, printed = tmp_path_factory.mktemp("policy"), []
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    for block in blocks():
        done = subprocess.run(
            ["sh", "-e", "-c", block], cwd=folder, env={**alone, "PATH": path, "COLUMNS": "160"},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout)
    return folder, printed


def test_the_section_has_its_commands():
    words = re.findall(r"^(windtunnel \w+|pytest)", "\n".join(blocks()), re.MULTILINE)
    assert words == ["windtunnel check", "windtunnel gate", "windtunnel gate", "pytest"]


def test_it_is_a_policy_of_five_lines():
    for block in (blocks()[0], blocks()[2]):
        assert len(block.split("<<'END'\n")[1].split("END\n")[0].splitlines()) == 5


def test_it_says_how_large_a_difference_is_found():
    half, quarter = (f"{power(effect, 1.0):.0%}".replace("%", " %") for effect in (0.5, 0.25))
    assert f"is found with {half} probability, one of a quarter with {quarter};" in " ".join(section().split())


def test_what_it_prints_is_what_the_readme_shows(followed):
    """However the lines are broken."""
    said = " ".join(followed[1][1].split())
    (shown,) = re.findall(r"```\n(PASSED.*?)```", section(), re.DOTALL)
    for part in shown.strip().split("\n\n"):
        head, *lines = part.splitlines()
        assert " ".join(head.split()) in said
        assert " ".join(" ".join(lines).split()) in said
    assert "exit code 1" in said


def test_the_report_can_be_read(followed):
    suite = ElementTree.parse(followed[0] / "gate.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")


def test_the_policy_that_was_mended_passes(followed):
    _, printed = followed
    assert "8 of 8 checks hold" in printed[0] and "3 passed" in printed[2]
