"""What was decided in a flight, in order of time, as a report tells it."""

from __future__ import annotations

from dataclasses import dataclass

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
        Decision(seconds(change["at"]), listed(change["dials"]), change.get("why", ""))
        for change in debrief.plan.get("changes", ())
    ]
    acts = [
        Decision(seconds(act["at"]), f"{named(act['act'])} {listed(act.get('arguments', {}))}".strip(),
                 act.get("why", ""))
        for act in debrief.plan.get("acts", ())
    ]  # fmt: skip
    return tuple(sorted([*changes, *acts], key=lambda one: one.at))
