"""What a flight is judged by besides its money: dimensions, what answers of four levels are like, behaviours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from simulator.books.journal import Entry
from simulator.design import Design
from simulator.incidents import Incident
from simulator.record import Record
from simulator.run import Run

__all__ = ["DIMENSIONS", "LEVELS", "Anchors", "Behaviour", "Dimension", "Log", "Occasion", "Step"]

Dimension = Literal["framing", "metrics", "data", "features", "model", "evaluation", "serving", "monitoring"]
_LevelName = Literal["weak", "mid", "strong", "expert"]

DIMENSIONS: Mapping[Dimension, str] = {
    "framing": "Framing",
    "metrics": "Metrics and cost",
    "data": "Data and labels",
    "features": "Features and leakage",
    "model": "Model",
    "evaluation": "Evaluation and experiments",
    "serving": "Serving and latency",
    "monitoring": "Monitoring and incidents",
}
"""the dimensions that a run can show; a ninth, communication, is for a human interviewer alone"""

LEVELS: tuple[_LevelName, ...] = ("weak", "mid", "strong", "expert")


@dataclass(frozen=True)
class Anchors:
    """What an answer of each level is like, a sentence each."""

    weak: str
    mid: str
    strong: str
    expert: str


@dataclass(frozen=True)
class Step:
    """Something that was decided in flight."""

    at: float
    """[s]"""
    kind: Literal["dial", "act"]
    name: str
    value: Any
    """what the dial was turned to, or the arguments of the act"""
    why: str = ""


@dataclass(frozen=True)
class Occasion:
    """A moment that asked for a behaviour."""

    at: float
    """[s]"""
    shown: bool
    because: str
    """what it is told by: a sentence with this run's names and figures"""


@dataclass(frozen=True)
class Log:
    """What behaviours are read from, after the flight."""

    run: Run
    incidents: tuple[Incident, ...]
    """those that did happen, at their moments"""
    horizon: float
    """[s]"""
    tick: float
    """the step in which the case is told [s]"""
    record: Record | None = None
    """None = nobody sat in the flight, and what only a person shows is not asked for"""
    setting: Any = None
    """the parameters of this world"""

    def design_at(self, at: float) -> Design:
        """Return the dials as they stood after what was decided by *at* [s]."""
        turned: dict[str, object] = {}
        for change in self.run.plan.changes:
            turned.update(change.dials if change.at <= at else {})
        return self.run.plan.design.but(**turned)

    def steps(self, *names: str) -> list[Step]:
        """Return what was decided in flight in order of time: turns of the dials and acts called *names*, or all.

        What a plan holds for later than the run's end has not been decided yet; a dial that is turned to where it
        stands is not turned.
        """
        plan, turns, stands = self.run.plan, list[Step](), self.run.plan.design.values()
        for change in plan.changes:
            moved = {name: value for name, value in change.dials.items() if value != stands[name]}
            turns += [Step(change.at, "dial", name, value, change.why) for name, value in moved.items()]
            stands |= moved
        acts = [Step(a.at, "act", a.name, dict(a.arguments), a.why) for a in plan.acts]
        made = (step for step in (*turns, *acts) if step.at < self.run.until)
        kept = (step for step in made if not names or step.name in names)
        return sorted(kept, key=lambda step: step.at)

    def happened(self, name: str) -> Incident | None:
        """Return the incident called *name*, if it happened in this flight."""
        return next((incident for incident in self.incidents if incident.name == name), None)

    def alarms(self, *names: str) -> list[Entry]:
        """Return the alarms that rang, those called *names* or all."""
        return [e for e in self.run.journal if e.kind == "alarm" and (not names or e.name in names)]


@dataclass(frozen=True)
class Behaviour:
    """Something that can be seen in what a person did: how often it was asked for, and how often it was shown."""

    text: str
    dimension: Dimension
    occasions: Callable[[Log], Sequence[Occasion]]
    """none = this flight did not ask for it"""
    by_looks: bool = False
    """whether only a record can show it; it is not asked of a run without one"""
