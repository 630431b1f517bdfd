"""Text of people stays text: no `$` becomes a formula, no star a heading, no bracket a link."""

from __future__ import annotations

import re

__all__ = ["plain", "sentence"]

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+.!|~$:^=@/\"'&-])")


def plain(text: str) -> str:
    """Return *text* so that Markdown shows it just as it stands, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def sentence(text: str) -> str:
    """Return *text* as a sentence: with a capital at its start and a stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
