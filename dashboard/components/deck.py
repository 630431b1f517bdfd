"""The strip above a flight: clock, ribbon of events and tiles, moving between two messages of the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.components.parts import mounter, plain

__all__ = ["deck"]


def deck(data: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """Show the deck, and return the event that was clicked since the last run (index, name, kind, at), or None.

    *data*: `now` and `until` [s] (how far the clock may run before the next message), `horizon` [s], `speed`
    (simulated seconds per second, 0 = paused), `tick` [s]; `events`, each with `at`, `kind` (alarm, incident,
    decision, version, note), `name`, `text`, `unread`; `tiles`, each with `name`, `label`, `value`, `unit`, `text`
    (the value as written), `trend` (up to 60 values), `state` (good, warn, bad, none), `hint`.
    """
    tiles = [{**tile, "trend": [_short(value) for value in tile["trend"]]} for tile in data["tiles"]]
    whole = plain({**data, "tiles": tiles})
    picked = mounter("deck", words=True)(key=key, data=whole, on_picked_change=_nothing).picked
    return dict(picked) if isinstance(picked, Mapping) else None


def _short(value: float | None) -> float | None:
    """Four digits are as many as a line 30 pixels high can show."""
    return None if value is None else float(f"{value:.4g}")


def _nothing() -> None:
    """A part reports only what has a callback."""
