"""The rounds that are shipped, and those in somebody's files: found by name or path, and read."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from cases._options import text_of as text_in
from simulator.errors import BadInput, shown, unknown
from simulator.rounds.reading import read_script
from simulator.rounds.script import Script

__all__ = ["names", "script_of", "text_of"]


def names() -> list[str]:
    """List the rounds that are shipped."""
    return sorted(_shipped())


def text_of(name_or_path: str) -> str:
    """Return the text of the round in a file, or of the shipped one of that name; BadInput where there is none."""
    if name_or_path.endswith(".toml") or Path(name_or_path).is_file():
        return text_in(name_or_path, "round")
    shipped = _shipped()
    if name_or_path not in shipped:
        raise BadInput(f"there is no file {shown(name_or_path)}; {unknown('round', name_or_path, sorted(shipped))}")
    return shipped[name_or_path].read_text(encoding="utf-8")


def script_of(name_or_path: str) -> Script:
    """Return the round in a file, or the shipped one of that name; BadInput says in one line what is wrong with it."""
    return read_script(text_of(name_or_path), shown(name_or_path))


def _shipped() -> dict[str, Traversable]:
    entries = resources.files("cases").joinpath("rounds").iterdir()
    return {Path(entry.name).stem: entry for entry in entries if entry.name.endswith(".toml")}
