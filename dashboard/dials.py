"""Dials become widgets: each knows its range and unit, so no case needs a screen of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.plain import plain, sentence
from simulator.design import Dial

__all__ = ["help_of", "label_of", "step_of", "stops_of", "text_of", "turned", "widget"]

_FEW = 4  # options that fit side by side
_FINE = 100  # steps of a slider over its range
_WIDE = 50  # from here on a range is gone through by decades
_HARMLESS = re.compile(r"(?!.*(--|->|www\.|\d\.))[^\W_](?:[^\W_]|[ ,.%'/()-])*")  # no markup, nor an address
_MANTISSAS = (1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5)


def label_of(dial: Dial) -> str:
    """Return what stands above the dial, as Markdown: its name for people with the unit.

    The name of its help button is the same text letter by letter, so no stroke stands before what is harmless.
    """
    text = text_of(dial)
    return text if _HARMLESS.fullmatch(text) else plain(text)


def text_of(dial: Dial) -> str:
    """Return the name of the dial for people, with its unit in words that can be read aloud."""
    return f"{dial.label}{_in_unit(dial)}"


def _in_unit(dial: Dial) -> str:
    unit = dial.unit
    if not unit or unit in dial.label.lower().split():
        return ""
    if unit.startswith("per "):
        return f" {unit}"
    if unit.startswith(("share", "probability")):
        return f", as a {unit}"
    return f", as a share {unit}" if unit.startswith("of ") else f", in {unit}"


def help_of(dial: Dial) -> str:
    """Say what the dial does, what it costs, and what it takes."""
    parts = (dial.help, f"Cost: {dial.cost}." if dial.cost else "", f"Allowed: {dial.allowed()}.")
    return plain(" ".join(sentence(part) for part in parts if part))


def step_of(dial: Dial) -> float:
    """Return a round step that goes a hundred times or less into the range of a number."""
    assert dial.low is not None and dial.high is not None
    rough = (dial.high - dial.low) / _FINE
    scale = 10.0 ** math.floor(math.log10(rough))
    return next(m * scale for m in (1, 2, 5, 10) if m * scale >= rough * 0.999)


def widget(dial: Dial, value: Any, key: str, disabled: bool = False) -> Any:
    """Draw *dial* at *value* and return what it is set to."""
    common: dict[str, Any] = {"key": key, "help": help_of(dial), "disabled": disabled}
    if dial.kind == "switch":
        return st.toggle(label_of(dial), value=bool(value), **common)
    if dial.kind == "choice":
        return _choice(dial, value, common)
    return _slider(dial, value, common)


def _choice(dial: Dial, value: Any, common: Mapping[str, Any]) -> Any:
    options = list(dial.options)
    if len(options) <= _FEW:
        return st.segmented_control(
            label_of(dial), options, default=value, required=True, format_func=_worded, **common
        )
    return st.selectbox(label_of(dial), options, index=options.index(value), format_func=_worded, **common)


def _worded(option: str) -> str:
    return option.replace("_", " ")


def _slider(dial: Dial, value: Any, common: Mapping[str, Any]) -> Any:
    assert dial.low is not None and dial.high is not None
    if dial.kind == "integer":
        return st.slider(label_of(dial), int(dial.low), int(dial.high), int(value), **common)
    stops = stops_of(dial, float(value))
    return st.select_slider(label_of(dial), stops, float(value), format_func=lambda stop: f"{stop:g}", **common)


def stops_of(dial: Dial, value: float) -> list[float]:
    """Return the round values at which a slider for a number halts: its ends, its default and *value* among them."""
    assert dial.low is not None and dial.high is not None
    wide = dial.low > 0 and dial.high / dial.low >= _WIDE
    inside = _by_decades(dial.low, dial.high) if wide else _evenly(dial.low, dial.high, step_of(dial))
    ends = (dial.low, dial.high, float(dial.default), value)
    return sorted({round(stop, 12) for stop in (*inside, *ends) if dial.low <= stop <= dial.high})


def _evenly(low: float, high: float, step: float) -> list[float]:
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _by_decades(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [mantissa * 10.0**decade for decade in decades for mantissa in _MANTISSAS]


def turned(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the dials of *after* that stand otherwise than *before*."""
    return {name: value for name, value in after.items() if not _same(value, before[name])}


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-12)
    return bool(a == b)
