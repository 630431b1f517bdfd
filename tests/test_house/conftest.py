"""Gives the house rules their material: every source file of the three packages, read and parsed once."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ("simulator", "cases")


@dataclass(frozen=True)
class Source:
    """One Python file: its *path* from the root of the repository, and its *text*."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, self.path)

    @property
    def module(self) -> str:
        """The dotted name it is imported by."""
        parts = Path(self.path).with_suffix("").parts
        return ".".join(parts[:-1] if self.is_package else parts)

    @property
    def is_package(self) -> bool:
        """Whether it is the `__init__` of a package."""
        return Path(self.path).name == "__init__.py"

    @property
    def package(self) -> str:
        """The top-level package it belongs to."""
        return Path(self.path).parts[0]


def _read(package: str) -> list[Source]:
    files = sorted((ROOT / package).rglob("*.py"))
    return [Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def engine() -> list[Source]:
    """The files of simulator and cases: what has to be repeatable."""
    return [source for package in ENGINE for source in _read(package)]


@pytest.fixture(scope="session")
def house(engine: list[Source]) -> list[Source]:
    """The files of all three packages."""
    return engine + _read("dashboard")


@pytest.fixture(scope="session")
def snippet() -> Callable[..., Source]:
    """A maker of sources for the twins: `snippet("x = eval('1')")`, at a path of choice."""
    return lambda text, path="simulator/snippet.py": Source(path, text)


@pytest.fixture(scope="session")
def clean() -> Callable[[list[str]], None]:
    """The judge: fails with one line per finding, and with nothing else."""

    def judge(findings: list[str]) -> None:
        if findings:
            pytest.fail("\n".join(["", *findings]), pytrace=False)

    return judge
