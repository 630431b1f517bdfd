"""Text of other people on a picture: always text, never markup, and never longer than there is room."""

from __future__ import annotations

import unicodedata

__all__ = ["label", "marked"]

_TURNING = {"\u200e", "\u200f", "\u061c", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def label(text: object, most: int = 60) -> str:
    """Return *text* on one line: without control characters, without marks that turn the direction of what follows."""
    kept = (" " if char.isspace() else char for char in str(text) if char.isspace() or not _hidden(char))
    line = " ".join("".join(kept).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def marked(text: object, most: int = 60) -> str:
    """Return *text* so that plotly, which reads tags and entities, shows it letter by letter."""
    return label(text, most).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _hidden(char: str) -> bool:
    return char in _TURNING or unicodedata.category(char) in ("Cc", "Cs")
