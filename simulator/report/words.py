"""Figures, moments and foreign texts as they stand in a report."""

from __future__ import annotations

import dataclasses
import json
import math
import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from simulator.debrief.results import Debrief
from simulator.report.data import strict
from simulator.units import DAY, MINUTE, by_day, clock_time, date, micro, money

__all__ = [
    "brief_money", "cleaned", "figure", "folded", "listed", "named", "plain", "points", "setting", "share", "shortened",
    "signed", "tick_of", "undated", "unit_of_time", "when", "written",
]  # fmt: skip

_Anything = TypeVar("_Anything")
_STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


# texts of people


def plain(text: str) -> str:
    """Return *text* without control characters, marks that turn the direction of writing, and half characters."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def cleaned(thing: _Anything) -> _Anything:
    """Return *thing* - data, however deep - with all its texts `plain`."""
    return _cleaned(thing)  # type: ignore[no-any-return]


def _cleaned(thing: Any) -> Any:
    if isinstance(thing, str):
        return plain(thing)
    if isinstance(thing, Mapping):
        return {_cleaned(key): _cleaned(value) for key, value in thing.items()}
    if isinstance(thing, tuple | list):
        return type(thing)(_cleaned(value) for value in thing)
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        changed = {field.name: _cleaned(getattr(thing, field.name)) for field in dataclasses.fields(thing)}
        return dataclasses.replace(thing, **changed)
    return thing


def shortened(text: str, most: int) -> str:
    """Return *text* on one line of at most *most* characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def folded(text: str, most: int) -> str:
    """Return *text* on two lines of at most *most* characters each."""
    lines = textwrap.wrap(shortened(text, 2 * most), most) or [""]
    return "\n".join(lines[:1] + [shortened(" ".join(lines[1:]), most)] * (len(lines) > 1))


def named(name: str) -> str:
    """Write the *name* of an account, a figure or an incident as words."""
    return name.replace("_", " ")


# figures


def brief_money(amount: float | None) -> str:
    """Write micro-dollars short: `$12.3k`, `-$950`."""
    if amount is None or not math.isfinite(amount):
        return "n/a"
    usd = abs(amount) / 1e6
    step, letter = next(((step, letter) for step, letter in _STEPS if usd >= 0.9995 * step), (1.0, ""))
    said = f"{usd / step:.3g}" if letter or usd < 100 else f"{usd:.0f}"
    return f"{'-' if amount < 0 and float(said) else ''}${said}{letter}"


def signed(amount: float | None) -> str:
    """Write a difference in micro-dollars with its sign: `+$1,234`, `-$12.50`, `$0`."""
    if amount is None or not math.isfinite(amount):
        return "n/a"
    return "$0" if amount == 0 else ("+" if amount > 0 else "") + money(round(amount))


def share(value: float | None) -> str:
    """Write a share of one in per cent."""
    return "n/a" if value is None or not math.isfinite(value) else f"{100 * value:.3g} %"


def points(value: float | None) -> str:
    """Write points of a score; a whole number unless it is small."""
    return "n/a" if value is None or not math.isfinite(value) else f"{value:.1f}".removesuffix(".0")


def figure(value: float | None, unit: str = "") -> str:
    """Write *value* with its *unit*: `$1,234`, `97.8 %`, `3.2 h`, `0.844`; `n/a` where there is none."""
    if value is None or not math.isfinite(value):
        return "n/a"
    if unit == "$":
        return money(micro(value))
    if unit == "share":
        return share(value)
    said = f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"
    return f"{said} {unit}".strip()


def setting(value: object) -> str:
    """Write the value of a dial."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def listed(values: Mapping[str, Any], labels: Mapping[str, str] = MappingProxyType({})) -> str:
    """Write dials or arguments with their values, by their *labels* where they have any: `Threshold = 0.3`."""
    return ", ".join(f"{labels.get(name, named(str(name)))} = {setting(value)}" for name, value in values.items())


def written(data: object) -> str:
    """Write *data* as JSON for people to copy; whatever is no ASCII is spelled out."""
    return json.dumps(strict(data), indent=1, allow_nan=False)


# moments


def tick_of(debrief: Debrief) -> float:
    """Return the step [s] in which the case of *debrief* is told."""
    at = debrief.ghost.at
    return at[1] - at[0] if len(at) > 1 else debrief.until if 0 < debrief.until < DAY else DAY


def when(at: float | None, tick: float) -> str:
    """Write a moment [s]: `day 12 09:30`, or where the *tick* [s] of the case is short, `7:30`."""
    return "n/a" if at is None or not math.isfinite(at) else clock_time(at, tick)


def undated(told: str, at: float, tick: float) -> str:
    """Return what was decided at a moment [s] without the date that it is *told* with, where that stands beside it."""
    return told.removeprefix(f"{date(at, tick)}: ")


def unit_of_time(tick: float) -> tuple[float, str]:
    """Return in what [s] times are counted on an axis, and its name."""
    return (DAY, "day") if by_day(tick) else (MINUTE, "minute")
