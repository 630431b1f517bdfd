"""The README's way to a round of one's own, followed command by command: it ends with an own event and an own probe."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
README = Path(__file__).resolve().parents[2] / "README.md"


def blocks() -> list[str]:
    """Return the commands of *Script a round*, block by block."""
    text = README.read_text("utf-8")
    section = text.split("**Script a round.**")[1].split("\n**")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> tuple[Path, list[str]]:
    """Follow the section in an empty folder; return the folder, and what each block printed."""
    folder, printed = tmp_path_factory.mktemp("round"), []
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    for block in blocks():
        done = subprocess.run(
            ["sh", "-e", "-c", block], cwd=folder, env={**os.environ, "PATH": path, "COLUMNS": "160"},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout)
    return folder, printed


def test_the_section_has_its_commands():
    words = re.findall(r"^windtunnel round (\w+)", "\n".join(blocks()), re.MULTILINE)
    assert words == ["new", "check", "check", "fly", "replay", "report", "report"]


def test_an_own_event_comes_and_an_own_probe_lights_up(followed):
    folder, printed = followed
    assert "encore" not in printed[0] and "encore" in printed[1]
    command = [sys.executable, "-m", "cases", "round", "check", "my_round.toml", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    flown = json.loads(done.stdout)["flown"]
    assert any("encore" in flight["events"] for flight in flown)
    for flight in flown:  # the question lights up with its event, not at an earlier rush
        lit, came = (flight[kind].get("encore") for kind in ("probes", "events"))
        assert (lit, came) == (None, None) or came < lit < came + 40


def test_what_was_played_is_a_few_kilobytes_and_has_its_reports(followed):
    folder, _ = followed
    assert 1000 < (folder / "played.json").stat().st_size < 20_000
    for name in ("sheet.html", "candidate.html"):
        page = (folder / name).read_text("utf-8")
        assert page.startswith("<!doctype html>") and "<script" not in page
    assert "The band plays one more." in (folder / "sheet.html").read_text("utf-8")
