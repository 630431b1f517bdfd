"""What several commands are asked for: a case, under a scenario; and that what they found holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cases._faults import FAILED
from cases._output import results_only

if TYPE_CHECKING:  # what a command needs is imported when it runs: `windtunnel --help` has to be quick
    from simulator.case import Case

__all__ = ["case_of", "must"]


def case_of(name: str, level: str | None = None, scenario: str | None = None) -> Case:
    """Load a case as a command asks for it; what its file prints is no result."""
    from cases import load
    from cases._options import scened

    with results_only():
        return scened(load(name), level, scenario)


def must(holds: bool) -> None:
    """End with exit code 1 unless it *holds*."""
    if not holds:
        raise typer.Exit(FAILED)
