"""How a version comes before people: all at once, or a share of them first, until it has shown that it is sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from simulator.clock import Clock
from simulator.errors import BadInput
from simulator.learning.gates import Ruling
from simulator.learning.registry import Model, Registry, Version

__all__ = ["Canary", "Release", "Told"]

_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Canary:
    """The share of the requests that meets a new version first, and for how long."""

    share: float = 0.0
    """0 = everybody meets it at once"""
    lasts: float = 86_400.0
    """[s]"""

    def __post_init__(self) -> None:
        if not 0 <= self.share < 1:
            raise BadInput(f"canary share = {self.share} is not allowed; it takes 0 up to, but not, 1")
        if not self.lasts > 0:
            raise BadInput(f"a canary of {self.lasts} s shows nothing; it lasts longer than 0 s")


@dataclass(frozen=True)
class Told:
    """Who is told how a release went."""

    live: Callable[[Version], object]
    stopped: Callable[[Version, Ruling], object]
    tried: Callable[[Version], object] = lambda version: None


class Release(Generic[_Part]):
    """Puts versions live; *sound(version)* judges a canary when its time is over.

    A release that begins while another is tried out takes its place.
    """

    def __init__(
        self,
        clock: Clock,
        registry: Registry[_Part],
        canary: Canary,
        sound: Callable[[Version], Ruling],
        told: Told,
    ) -> None:
        self.clock, self.registry, self.canary, self._sound, self._told = clock, registry, canary, sound, told

    def begin(self, model: Model[_Part]) -> None:
        """Put *model* live, by way of a canary if there is one; the very first version needs none."""
        if not self.canary.share or not self.registry.facts:
            self._promote(model)
            return
        replaced = self.registry.canary
        self.registry.register(model)
        self.registry.try_out(model.version.number, self.canary.share)
        if replaced is not None:
            why = f"version {model.version.number} took its place as a canary"
            self._told.stopped(replaced.version, Ruling(False, why))
        self._told.tried(model.version)
        self.clock.call(self.clock.now + self.canary.lasts, lambda: self._judge(model))

    def _judge(self, model: Model[_Part]) -> None:
        if self.registry.canary is not model:
            return  # another release has taken its place, or somebody ended it
        ruling = self._sound(model.version)
        if ruling.passed:
            self._promote(model)
        else:
            self.registry.drop_canary()
            self._told.stopped(model.version, ruling)

    def _promote(self, model: Model[_Part]) -> None:
        self.registry.promote(model)
        self._told.live(model.version)
