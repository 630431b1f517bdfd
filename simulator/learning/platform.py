"""The platform that runs a model: it serves, goes back a version, breaks the package of one, and mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput
from simulator.learning.pipeline import Pipeline
from simulator.learning.registry import Model
from simulator.learning.scores import CLUELESS
from simulator.learning.workshop import Workshop

__all__ = ["UNREADABLE", "Desk", "Platform"]

UNREADABLE = "repackaged by the platform"


@dataclass(frozen=True)
class Desk:
    """Who hears of what the platform does."""

    say: Callable[..., object]
    """(kind, name, text) of an entry of the journal"""
    changed: Callable[[], object]
    """another version serves from now on, without a release"""


class Platform:
    """Serves the versions of a *workshop*; a package it broke takes *repair* seconds to mend where none is kept."""

    def __init__(self, workshop: Workshop, desk: Desk, repair: float) -> None:
        self._workshop, self._desk, self._repair = workshop, desk, repair
        self._readable: Model[Pipeline]

    @property
    def unreadable(self) -> bool:
        """Whether the live version is in a package that cannot be read: it says 0.5 to everything."""
        return self._workshop.registry.live.version.why == UNREADABLE

    def roll_back(self) -> None:
        """End a canary, or else go back to the version before; a broken package left behind is mended in a while."""
        registry = self._workshop.registry
        if registry.canary is not None:
            self._desk.say("version", "stopped", f"version {registry.canary.version.number}, a canary, is stopped")
            registry.drop_canary()
            return
        try:
            number = registry.roll_back()
        except BadInput as error:
            self._desk.say("note", "no_rollback", str(error))
            return
        self._serves("rolled_back", f"version {number} serves again")
        if self.unreadable:
            self._mend_after(self._repair)

    def break_package(self) -> None:
        """Deploy the live version in a package that cannot be read."""
        live = self._workshop.registry.live
        self._readable = live if not self.unreadable else self._readable
        broken = Pipeline(lambda X: np.full(len(X), CLUELESS), live.rest.calibrator, live.rest.line)
        self._workshop.deliver(broken, self._workshop.clock.now, UNREADABLE)

    def notice(self) -> None:
        """Notice it at last: go back to the version before if it is kept, or else begin to mend the package."""
        kept = self._readable.version.number in self._workshop.registry.kept()
        self._mend_after(0.0 if kept else self._repair)

    def _mend_after(self, delay: float) -> None:
        self._workshop.clock.call(self._workshop.clock.now + delay, self._mend)

    def _mend(self) -> None:
        """Serve what was live before the package broke, if the broken one still is."""
        number, registry = self._readable.version.number, self._workshop.registry
        if self.unreadable and number in registry.kept():
            registry.promote(self._readable)
            self._serves("repaired", f"version {number} serves again, by the platform")
        elif self.unreadable:
            rest, now = self._readable.rest, self._workshop.clock.now
            self._workshop.deliver(rest, now, "repaired by the platform", own=True)

    def _serves(self, name: str, text: str) -> None:
        self._desk.changed()
        self._desk.say("version", name, text)
