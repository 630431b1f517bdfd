"""The colours of the theme that the browser shows."""

from __future__ import annotations

import streamlit as st

from dashboard import charts

__all__ = ["palette"]


def palette() -> charts.Palette:
    """Return the palette for the theme of this browser."""
    return charts.DARK if st.context.theme.type == "dark" else charts.LIGHT
