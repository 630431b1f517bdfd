"""The room where the monitors of a model are read: what is usual, what they say at a look, and who is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from simulator.learning.monitors import Bell
from simulator.learning.panel import Look, Panel
from simulator.learning.readings import Reading
from simulator.learning.registry import Model
from simulator.units import Floats

__all__ = ["Watchroom"]


class Watchroom:
    """Reads a *panel*, and rings by *say* (kind, name, text, facts): each alarm at most once in *quiet* [s]."""

    def __init__(self, panel: Panel, quiet: float, say: Callable[..., object]) -> None:
        self._panel, self._bell, self._say = panel, Bell(quiet), say
        self._standing: Sequence[Reading] = ()
        self._own: Sequence[Reading] = ()

    def reset(self, past: Floats, live: Model[Any]) -> None:
        """Begin anew with the *live* version: what is usual is what came in before it, *past* (n, f)."""
        self._panel.reset(past, live.score(past), (live.version.positives, live.version.rows))

    def read(self, look: Look) -> dict[str, float]:
        """Read every monitor; return what three gauges show: the loss, the highest PSI, empty answers."""
        self._standing, self._own = self._panel.standing(look), self._panel.read(look)
        told = {reading.name: reading.statistic for reading in self._standing}
        psi = [value for name, value in told.items() if name.startswith("psi ")]
        return {"label_loss_z": told["label loss z"], "psi_most": max(psi, default=math.nan),
                "empty": told["empty answers"]}  # fmt: skip

    def ring(self, now: float) -> None:
        """Ring at time *now* [s] for what was read last."""
        ringing = [*self._panel.ringing(self._own), *(reading for reading in self._standing if reading.rings)]
        for reading in {reading.name: reading for reading in ringing}.values():
            if self._bell.rings(reading.name, now):
                self._say("alarm", reading.name, reading.text, facts=reading.facts)

    def fires(self) -> bool:
        """Tell whether what was read last calls for a retraining."""
        return self._panel.fires(self._own)
