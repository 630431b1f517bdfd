"""A command line to talk to in this process, and a small case to fly: the template, as a file of somebody's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON document on standard output; strict, as NaN is no JSON."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.fixture
def say(
    compiled: None, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Said]:
    """A caller of the command line, in an empty folder: `say("run", "fraud_threshold", "--json")`."""
    from cases.__main__ import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*words: str) -> Said:
        code = main(list(words))
        return Said(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def claims(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a case in a file: the template, which flies in a wink."""
    from cases._new import write_case

    path = tmp_path_factory.mktemp("own") / "claims.py"
    write_case(path)
    return str(path)
