"""A circuit breaker: after too large a share of failures it refuses attempts for a while, then tries one."""

from __future__ import annotations

from simulator.serving.kernel.records import World

__all__ = ["admits", "learn", "trip"]


def admits(w: World, request: int) -> bool:
    """Tell whether an attempt of *request* may go out; the first after a cooling-off time is the trial."""
    s = w.sim[0]
    if s.opened_until == 0.0:
        return True
    if s.now < s.opened_until or s.trial > 0:
        return False
    s.trial = request + 1
    return True


def learn(w: World, request: int, good: bool) -> None:
    """Take note how an attempt of *request* ended; while the breaker is open only the trial counts."""
    s, client = w.sim[0], w.client[0]
    if client.breaker == 0:
        return
    if s.opened_until > 0.0:
        if s.trial == request + 1 and good:
            s.opened_until, s.trial, s.calls, s.bad = 0.0, 0, 0, 0
        elif s.trial == request + 1:
            trip(w)
        return
    if s.now - s.window_from >= client.window:
        s.window_from, s.calls, s.bad = s.now, 0, 0
    s.calls += 1
    s.bad += 0 if good else 1
    if s.calls >= client.least and s.bad >= client.share * s.calls:
        trip(w)


def trip(w: World) -> None:
    """Open the breaker."""
    s = w.sim[0]
    s.opened_until, s.trial, s.calls, s.bad = s.now + w.client[0].cool, 0, 0, 0
