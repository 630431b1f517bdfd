"""Figures in words: dollars, shares as per cent, times, counts - to four digits, so that 5 % show."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from simulator.units import DAY, HOUR, MINUTE, by_day, date

__all__ = ["listed", "phrase", "said", "told", "took", "when"]

_LONG = {"ms": 2.0, "s": 2 * MINUTE, "minutes": 2 * HOUR, "h": 2 * DAY}  # [s] from which on a larger unit is used
_DIGITS = 4
_LONGEST = 60  # letters of a name
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069<>`]+")


def said(value: float | None, unit: str = "") -> str:
    """Write *value* for people: `$1,234`, `12.3 %` of a share, `120 ms`, `7 jobs`; `not known` where there is none."""
    if value is None or not math.isfinite(value):
        return "not known"
    if unit.startswith("$"):
        return f"{_usd(value)}{unit[1:]}"
    if unit == "share" or unit.startswith("share "):
        return f"{_digits(100 * value, 3 if abs(value) < 0.99 else _DIGITS)} %{unit[5:]}"
    return f"{_digits(value)}{'' if unit.startswith('/') else ' '}{unit}".strip()


def phrase(name: object) -> str:
    """Return *name* as it may stand in a sentence: words instead of underscores, nothing that is markup, not long."""
    words = _UNSAFE.sub(" ", str(name)).replace("_", " ").strip()
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 3]}..."


def told(name: object, value: float | None, unit: str = "") -> str:
    """Write a name and its value: `fraud loss $1,234`; of `p99_ms` the unit is said once."""
    words = phrase(name)
    return f"{words.removesuffix(f' {unit}')} {said(value, unit)}".strip()


def listed(values: Mapping[str, float], unit: str = "", most: int = 8) -> str:
    """Write up to *most* named values in their order."""
    parts = [told(name, value, unit) for name, value in list(values.items())[:most]]
    return ", ".join(parts) + (f" and {len(values) - most} more" if len(values) > most else "")


def took(seconds: float) -> str:
    """Write a length of time [s] in the unit that suits it."""
    for unit, size in (("ms", 1e-3), ("s", 1.0), ("minutes", MINUTE), ("h", HOUR)):
        if seconds < _LONG[unit]:
            return said(seconds / size, unit)
    return said(seconds / DAY, "days")


def when(at: float, step: float) -> str:
    """Write a moment [s] as it stands in a sentence: `on day 12`, or in short steps [s] `at 7:30`."""
    return f"{'on' if by_day(step) else 'at'} {date(at, step)}"


def _usd(value: float) -> str:
    size = abs(value)
    figure = f"{size:,.0f}" if size >= 100 else f"{size:.2f}" if size >= 1 or round(size, 6) == 0 else _digits(size, 3)
    return f"{'-' if value < 0 and figure.strip('0.') else ''}${figure}"


def _digits(value: float, digits: int = _DIGITS) -> str:
    """Write *value* to so many significant *digits*, whole numbers in full, without zeros at the end."""
    if value == 0:
        return "0"
    after = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(after, 12)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "0") else text
