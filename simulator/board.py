"""The whiteboard of a case: the boxes of its system, what one may ask, and what an action is worth - as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any, Literal

from simulator.units import Floats

__all__ = ["Board", "Group", "Place", "Question", "Stakes"]

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
    budget: float = 0.0
    """time within which a request must be answered [s]; 0 = none"""
