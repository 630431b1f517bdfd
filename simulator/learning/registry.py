"""Versions of a model with their lineage, and which of them is live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from simulator.errors import BadInput
from simulator.units import Floats

__all__ = ["Model", "Registry", "Version"]

_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Version:
    """What a person may know of a version."""

    number: int
    trained_at: float
    """when its training data were cut [s]"""
    why: str
    rows: int
    positives: int
    facts: Mapping[str, float] = field(default_factory=dict)
    """what its validation said"""


@dataclass(frozen=True)
class Model(Generic[_Part]):
    """A version with what is needed to serve it: *score* gives P(label = 1), *rest* is what decisions need."""

    version: Version
    score: Callable[[Floats], Floats]
    rest: _Part


class Registry(Generic[_Part]):
    """The versions of one model, in the order of their numbers (1, 2, …); one of them is live."""

    def __init__(self) -> None:
        self.models: list[Model[_Part]] = []
        self.facts: list[Version] = []
        self._live: list[int] = []

    @property
    def next_number(self) -> int:
        """The number that the next version will get."""
        return len(self.models) + 1

    @property
    def live(self) -> Model[_Part]:
        """The version that serves; BadInput before the first one."""
        if not self._live:
            raise BadInput("no version is live yet")
        return self.models[self._live[-1] - 1]

    def promote(self, model: Model[_Part]) -> None:
        """Register *model* and make it live."""
        self.models.append(model)
        self.facts.append(model.version)
        self._live.append(model.version.number)

    def publish(self, model: Model[_Part]) -> None:
        """Replace the live version by a later snapshot of itself: same number, same lineage."""
        self.models[self._live[-1] - 1] = model

    def roll_back(self) -> int:
        """Make the version live again that was live before this one, and return its number."""
        if len(self._live) < 2:
            raise BadInput("there is no earlier version to roll back to")
        self._live.pop()
        return self._live[-1]
