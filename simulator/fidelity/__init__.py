"""Tries the simulator against closed forms and published results, area by area."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.errors import unknown
from simulator.fidelity import abtest, drift, fraud, queueing, recsys, skew
from simulator.fidelity.table import Check, Row, rows

__all__ = ["AREAS", "Check", "Row", "checks", "verify"]

AREAS: dict[str, Callable[[], Sequence[Check]]] = {
    "fraud": fraud.checks,
    "queueing": queueing.checks,
    "drift": drift.checks,
    "abtest": abtest.checks,
    "recsys": recsys.checks,
    "skew": skew.checks,
}
"""Name of an area -> the function that lists its checks; a new area is a module and a line here."""


def checks(area: str | None = None) -> list[Check]:
    """List the checks of an *area*, or of all; BadInput for an area that does not exist."""
    if area is not None and area not in AREAS:
        raise unknown("area", area, AREAS)
    return [check for name in AREAS if area in (None, name) for check in AREAS[name]()]


def verify(area: str | None = None, progress: Callable[[float], None] | None = None) -> list[Row]:
    """Measure the checks of an *area*, or of all, and return the lines of the fidelity table.

    *progress* hears the share that is done after each check, and may raise Cancelled. BadInput for an area that
    does not exist.
    """
    todo, table = checks(area), []
    for number, check in enumerate(todo, start=1):
        table += rows(check)
        if progress is not None:
            progress(number / len(todo))
    return table
