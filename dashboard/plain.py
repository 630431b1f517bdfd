"""Text of people stays text: no `$` becomes a formula, no star a heading, no bracket a link."""

from __future__ import annotations

import re

__all__ = ["plain", "sentence"]

_ADDRESS = re.compile(r"(?i)https?:|www\.|(?<=\w)@")  # what is made a link though its marks are escaped
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+.!|~$:^=@/\"'&-])")


def plain(text: str) -> str:
    """Return *text* so that Markdown shows it just as it stands, on one line; an address in it is no link."""
    unlinked = _ADDRESS.sub("\\g<0>\u2060", " ".join(text.split()))
    return _MARKS.sub(r"\\\1", unlinked)


def sentence(text: str) -> str:
    """Return *text* as a sentence: with a capital at its start and a stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
