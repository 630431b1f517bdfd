"""Begins flights: what a case, a plan and a seed become as rows, whoever it is that takes off."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from simulator.errors import unknown
from simulator.plan import Plan
from simulator.record import Forecast
from simulator.store.records import Flight, Mode, checked_forecast, checked_seed, step_row
from simulator.store.rows import add_forecast, flight_in

if TYPE_CHECKING:
    from simulator.case import Case

__all__ = ["Beginning", "begun", "inserted"]


@dataclass(frozen=True)
class Beginning:
    """A flight that is about to be begun, checked."""

    first: Mapping[str, object]
    """columns of its row"""
    steps: Sequence[tuple[object, ...]]
    forecasts: Sequence[Forecast]

    @staticmethod
    def of(case: Case, plan: Plan, seed: int, mode: Mode, forecasts: Sequence[Forecast]) -> Beginning:
        """Check all that a flight begins with; the *plan* has to fit the *case*."""
        checked = case.plan(plan)
        if mode not in get_args(Mode):
            raise unknown("mode", mode, get_args(Mode))
        first = {
            "case_name": case.name, "revision": case.revision, "scenario": json.dumps(case.scenario.to_data()),
            "seed": checked_seed(seed), "mode": mode, "design": json.dumps(checked.design.values()), "position": 0.0,
            "furthest": 0.0,
        }  # fmt: skip
        steps = [*map(step_row, checked.changes), *map(step_row, checked.acts)]
        return Beginning(first, steps, [checked_forecast(forecast) for forecast in forecasts])


def begun(db: sqlite3.Connection, id: str, now: float, beginning: Beginning, parent: str = "") -> Flight:
    """Begin a flight called *id*, at *now* [unix s]."""
    number = inserted(db, id, now, {**beginning.first, "parent": parent}, beginning.steps)
    for forecast in beginning.forecasts:
        add_forecast(db, number, forecast)
    return flight_in(db, id)


def inserted(
    db: sqlite3.Connection, id: str, now: float, first: Mapping[str, object], steps: Sequence[tuple[object, ...]]
) -> int:  # fmt: skip
    """Add the row of a flight and those of its steps; return its number."""
    row = {**first, "id": id, "status": "flying", "created": now, "touched": now}
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    number = db.execute(f"INSERT INTO flights ({columns}) VALUES ({marks})", tuple(row.values())).lastrowid or 0
    rows = [(number, turn, None, *step) for turn, step in enumerate(steps)]
    db.executemany("INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return number
