"""The whiteboard of a case: the boxes of its system, what one may ask, and what an action is worth - as data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any, Literal

from simulator.serving.laws import Law
from simulator.units import Floats

__all__ = ["Board", "Experiment", "Group", "Place", "Question", "Stakes", "Station"]

Group = Literal["business", "system", "model"]


@dataclass(frozen=True)
class Place:
    """A box of the system's diagram: somewhere one can decide, or look."""

    name: str
    label: str
    about: str = ""
    """one sentence"""
    to: tuple[str, ...] = ()
    """places that it hands on to"""
    dials: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    gauges: Mapping[str, str] = field(default_factory=dict)
    """gauge -> unit, the most telling first"""
    group: Group = "system"


@dataclass(frozen=True)
class Question:
    """Something one may ask before take-off, and what is answered."""

    ask: str
    answer: str
    """`${setting}` stands for the value of a parameter of the world"""
    after: float = 0.0
    """the answer takes so long that it comes at this time of the flight [s]; 0 = at once"""

    def answered(self, setting: Mapping[str, object]) -> str:
        """Return the answer with the values of the world's parameters."""
        words = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in setting.items()}
        return Template(self.answer).substitute(words)


@dataclass(frozen=True)
class Stakes:
    """What acting on each of n requests is worth, compared with leaving it alone [$]."""

    positive: Floats
    """(n,) where its label is 1"""
    negative: Floats
    """(n,) where its label is 0"""


@dataclass(frozen=True)
class Station:
    """Somewhere that work may queue, as a sheet of paper has it."""

    rate: float
    """[1/s] in the time that counts"""
    seconds: float
    """mean time that a server takes [s]"""
    scv: float
    """variance of that time over its squared mean"""
    servers: int
    budget: float
    """time from coming to being done [s]"""

    @staticmethod
    def of(rate: float, law: Law, fixed: float, servers: int, budget: float) -> Station:
        """Return the station whose servers take a time of *law*, and *fixed* seconds besides."""
        mean = law.mean + fixed
        return Station(rate, mean, law.scv * (law.mean / mean) ** 2, servers, budget)


@dataclass(frozen=True)
class Experiment:
    """What an experiment would count."""

    baseline: float
    """share that shows it as things are"""
    a_day: float
    """how many can take part in a day"""


@dataclass(frozen=True)
class Board:
    """What the screens need to know of a case besides its dials and gauges; every field may stay empty."""

    places: tuple[Place, ...] = ()
    questions: tuple[Question, ...] = ()
    actions: tuple[str, ...] = ()
    """names of the actions, by `Outcomes.action`"""
    acted: tuple[int, ...] = ()
    """the actions that act on a request because of its score"""
    results: tuple[str, ...] = ()
    """names of the results, by `Outcomes.result`"""
    features: tuple[str, ...] = ()
    """names of the columns of X"""
    segments: tuple[str, ...] = ()
    """names of the segments, by `Requests.segment`"""
    stakes: Callable[[Any, Floats], Stakes] | None = None
    """(setting, value [$]) -> what acting is worth"""
    silence: float = math.inf
    """[s] after which a request that was left alone, and of which nothing was heard, counts as 0; inf = never"""
    budget: float = 0.0
    """time within which a request must be answered [s]; 0 = none"""
    station: Callable[[Any, Any], Station | None] | None = None
    """(setting, design) -> where work queues under them; None = nowhere"""
    experiment: Callable[[Any], Experiment] | None = None
    """(setting) -> what an experiment would count; left out, its labels where it has stakes"""
