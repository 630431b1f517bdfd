"""The clock of a flight that is played back: where it stands, how fast it runs, and where it has to stop."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["SPEEDS", "Playback", "pace"]

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)
_WHOLE_FLIGHT = 150.0  # s of wall time for a flight at speed 1, if nobody pauses


def pace(horizon: float) -> float:
    """Return how many simulated seconds go by in a second of wall time at speed 1."""
    return horizon / _WHOLE_FLIGHT


@dataclass
class Playback:
    """The moment of a flight that is on the screen; *wall* is a monotonic clock [s] that the caller reads."""

    flight: str
    horizon: float
    """[s]"""
    position: float = 0.0
    """where it stood at the moment `since` [s]"""
    speed: float = 1.0
    playing: bool = False
    since: float = 0.0
    """wall time [s]"""
    stop: float = math.inf
    """where it halts by itself [s]"""

    def now(self, wall: float) -> float:
        """Return the simulated moment on the screen [s]."""
        gone = (wall - self.since) * self.rate if self.playing else 0.0
        return min(self.position + max(gone, 0.0), max(self.stop, self.position), self.horizon)

    @property
    def rate(self) -> float:
        """Simulated seconds a second while it plays."""
        return pace(self.horizon) * self.speed

    def play(self, wall: float, stop: float = math.inf) -> None:
        """Let it run from where it stands, at most to *stop* [s]."""
        self.position, self.since, self.stop = self.now(wall), wall, stop
        self.playing = self.position < self.horizon

    def pause(self, wall: float) -> float:
        """Halt it, and return where [s]."""
        self.position, self.playing = self.now(wall), False
        return self.position

    def turn(self, wall: float, speed: float) -> None:
        """Let it run at another *speed*."""
        self.position, self.since, self.speed = self.now(wall), wall, speed

    def jump(self, at: float) -> None:
        """Put it, halted, to *at* [s]."""
        self.position, self.playing = min(max(at, 0.0), self.horizon), False

    def halted(self, wall: float) -> bool:
        """Tell whether it has just run into its stop or the end."""
        return self.playing and self.now(wall) >= min(self.stop, self.horizon)
