"""The colours of pictures, for a light and for a dark page; told apart also by people who see few colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DARK", "FONT", "LIGHT", "Palette", "palette"]

FONT = "Source Sans, sans-serif"  # as the pages have it; it comes with Streamlit


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean; the same as in the theme of the pages."""

    ink: str
    dim: str
    """what explains: axes, captions"""
    grid: str
    paper: str
    accent: str
    good: str
    warn: str
    bad: str
    lines: tuple[str, ...]
    """for series, in this order (after Okabe and Ito)"""

    def line(self, index: int) -> str:
        """Return the colour of the series number *index*."""
        return self.lines[index % len(self.lines)]

    def faint(self, colour: str, share: float) -> str:
        """Return *colour* with so much of it as *share*, as rgba."""
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return f"rgba({red},{green},{blue},{share:g})"


LIGHT = Palette(
    ink="#1b2229",
    dim="#5d6771",
    grid="#e3e6e4",
    paper="#fcfcfb",
    accent="#0b62a4",
    good="#00785a",
    warn="#a05c00",
    bad="#b83a0c",
    lines=("#0b6bb0", "#d07c00", "#00855f", "#b04f8a", "#c2440f", "#4c9fd6", "#6b7580"),
)
DARK = Palette(
    ink="#e6eaee",
    dim="#9aa6b2",
    grid="#26303a",
    paper="#0f1419",
    accent="#5fb2f2",
    good="#3cc79a",
    warn="#f0b13c",
    bad="#ff8a5c",
    lines=("#5fb2f2", "#f0b13c", "#3cc79a", "#e091c2", "#ff8a5c", "#a6d8ff", "#9aa6b2"),
)


def palette(theme: Literal["light", "dark"] | str | None) -> Palette:
    """Return the palette of a page's *theme*; light where it is not known."""
    return DARK if theme == "dark" else LIGHT
