"""The command `round list`: the rounds that are shipped, with what each is about."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from cases._rounds import names, script_of
from cases._terminal import sheet
from cases._words import clean
from simulator.rounds.script import PHASES, Script

__all__ = ["rounds_data", "show_rounds"]


def rounds_data() -> list[dict[str, Any]]:
    """Return what is to be said of each shipped round."""
    return [_about(name, script_of(name)) for name in names()]


def _about(name: str, script: Script) -> dict[str, Any]:
    minutes = sum(float(getattr(script.minutes, phase)) for phase in PHASES)
    return {"name": name, "title": script.title, "case": script.case, "kind": script.kind, "minutes": minutes}


def show_rounds(console: Console) -> None:
    """Print the shipped rounds."""
    table = sheet("name", "text")
    for one in rounds_data():
        facts = f"\n{one['kind']} · {one['minutes']:g} minutes · {one['case']}"
        table.add_row("", Text(one["name"], style="bold"), Text(clean(one["title"])).append(facts, style="dim"))
    console.print(table)
