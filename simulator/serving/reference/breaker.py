"""A circuit breaker: after too large a share of failures it refuses attempts for a while, then tries one."""

from __future__ import annotations

from typing import Any

from simulator.serving.reference.timeline import Timeline

__all__ = ["Breaker"]


class Breaker:
    """The breaker of all clients, with the settings in *row*."""

    def __init__(self, row: Any, time: Timeline) -> None:
        self.row, self.time = row, time
        self._opened_until = 0.0  # closed when 0
        self._trial: int | None = None  # request whose attempt is the trial
        self._window_from = 0.0
        self._calls = self._bad = 0

    def admits(self, request: int) -> bool:
        """Tell whether an attempt may go out; the first after a cooling-off time is the trial."""
        if self.row.breaker == 0 or self._opened_until == 0.0:
            return True
        if self.time.now < self._opened_until or self._trial is not None:
            return False
        self._trial = request
        return True

    def learn(self, request: int, is_good: bool) -> None:
        """Take note how an attempt ended; while the breaker is open only the trial counts."""
        if self.row.breaker == 0:
            return
        if self._opened_until == 0.0:
            self._count(is_good)
        elif self._trial == request and is_good:
            self._reset(opened_until=0.0)
        elif self._trial == request:
            self._trip()

    def _count(self, is_good: bool) -> None:
        if self.time.now - self._window_from >= self.row.window:
            self._window_from, self._calls, self._bad = self.time.now, 0, 0
        self._calls += 1
        self._bad += not is_good
        if self._calls >= self.row.least and self._bad >= self.row.share * self._calls:
            self._trip()

    def _trip(self) -> None:
        self._reset(opened_until=self.time.now + self.row.cool)

    def _reset(self, opened_until: float) -> None:
        self._opened_until, self._trial, self._calls, self._bad = opened_until, None, 0, 0
