"""What was decided in a flight, in order of time, as a report tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.debrief.results import Debrief
from simulator.report.words import listed, named
from simulator.units import seconds

__all__ = ["Decision", "decisions"]


@dataclass(frozen=True)
class Decision:
    """Something that was decided in flight."""

    at: float
    """[s]"""
    what: str
    why: str


def decisions(debrief: Debrief) -> tuple[Decision, ...]:
    """Return the changes and the acts of the plan of *debrief*."""
    changes = [
        Decision(seconds(change["at"]), listed(change["dials"], debrief.labels), change.get("why", ""))
        for change in debrief.plan.get("changes", ())
    ]
    acts = [
        Decision(seconds(act["at"]), _done(act, debrief.labels), act.get("why", ""))
        for act in debrief.plan.get("acts", ())
    ]
    return tuple(sorted([*changes, *acts], key=lambda one: one.at))


def _done(act: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    called = labels.get(act["act"], named(act["act"]))
    return f"{called} {listed(act.get('arguments', {}))}".strip()
