"""Says in one sentence what a picture or a table shows, for those who cannot see it."""

from __future__ import annotations

from typing import Any

from dashboard import words
from dashboard.charts.live import Live
from dashboard.charts.scale import known
from dashboard.charts.text import label

__all__ = ["caption"]


def caption(picture: Any) -> str:
    """Return the sentence of a *picture* of this package, or of a table of slices."""
    if isinstance(picture, Live):
        return picture.caption
    return _of_slices(picture) if hasattr(picture, "rows") else str(picture.layout.meta["caption"])


def _of_slices(table: Any) -> str:
    parts = [part for part in table.rows if part.by != "all" and known([part.label_rate])]
    if not parts:
        return "No slice has labels yet."
    low, high = (pick(parts, key=lambda part: part.label_rate) for pick in (min, max))
    ends = (
        f"{words.share(part.label_rate)} in {label(words.named(part.by), 32)} {label(part.name, 40)}".rstrip()
        for part in (low, high)
    )
    return f"Label rates by slice ({len(parts)} with labels) go from {' to '.join(ends)}."
