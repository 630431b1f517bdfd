"""Reads what the browser needs for a moving part, and makes its messages fit for JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["asset", "mounter", "plain"]


@cache
def mounter(name: str, *, words: bool = False) -> ComponentRenderer:
    """Register the part *name* once and return the command that mounts it; *words*: it writes numbers itself."""
    js = asset("words.js") * words + asset(f"{name}.js")
    css, html = asset(f"{name}.css"), asset(f"{name}.html")
    renderer: ComponentRenderer = st.components.v2.component(
        f"windtunnel_{name}", html=_packed(html), css=_packed(css), js=_packed(js)
    )
    return renderer


def _packed(text: str) -> str:
    """Leave out indents and lines of comment: the text goes along with every message."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def asset(name: str) -> str:
    """Return the text of a file in `dashboard/assets`."""
    return (files("dashboard") / "assets" / name).read_text(encoding="utf-8")


def plain(data: Any) -> Any:
    """Return *data* as JSON can hold it: numbers that are not finite become null."""
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
