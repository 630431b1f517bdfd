"""Numbers and moments as people read them: short, with their unit, and with true minus signs."""

from __future__ import annotations

import math
import re
import time
from typing import TypeGuard

from simulator.units import DAY, HOUR, MINUTE, clock_time, date

__all__ = [
    "GAP",
    "MINUS",
    "NONE",
    "ago",
    "count",
    "day_of",
    "dollars_exact",
    "duration",
    "money",
    "ms",
    "named",
    "quantity",
    "share",
    "signed",
    "titled",
    "when",
]

NONE = "–"  # what stands where there is no number
MINUS = "\u2212"
GAP = "\u00a0"  # keeps a number and its unit on one line
_STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_BARE = ("", "probability")  # units that the label already tells
_LETTERS = ("auc", "ctr", "ip", "ndcg", "psi", "roc")  # are said letter by letter
_PLURAL = re.compile(r"^((?:\w+ )?\w\w+)(?<!odd)s(?=$|/| a | of | per )")


def money(usd: float | None) -> str:
    """Write dollars short: `$12.3k`, `$950`, `−$0.15`."""
    return _sign(usd) + "$" + _dollars(abs(usd)) if _given(usd) else NONE


def dollars_exact(usd: float | None) -> str:
    """Write dollars for a table: `$12,346`, and with cents below $100."""
    if not _given(usd):
        return NONE
    cents = 0 if abs(usd) >= 100 or usd == 0 else 2
    text = f"{abs(usd):,.{cents}f}"
    return (MINUS if usd < 0 and text.strip("0.,") else "") + "$" + text


def signed(value: float | None, unit: str = "$") -> str:
    """Write a difference with its sign: `+$1.2k`, `−3.4 %`; nothing is `±0`."""
    if not _given(value):
        return NONE
    text = quantity(abs(value), unit)
    if not any(digit in text for digit in "123456789∞"):
        return f"±{text}"
    return f"{MINUS if value < 0 else '+'}{text}"


def share(part: float | None) -> str:
    """Write a *part* of one in percent: `3.4 %`."""
    return f"{_sign(part)}{_percent(abs(part) * 100)}{GAP}%" if _given(part) else NONE


def ms(value: float | None) -> str:
    """Write milliseconds: `3.4 ms`, `118 ms`, and from ten seconds on `12.3 s`."""
    if not _given(value):
        return NONE
    return duration(value / 1000) if abs(value) >= 10_000 else f"{_sign(value)}{_three(abs(value))}{GAP}ms"


def count(value: float | None) -> str:
    """Write how many, or a bare number: `412`, `9,120`, `408k`, `1.2M`, `0.034`."""
    if not _given(value):
        return NONE
    size = abs(value)
    whole = f"{size:,.0f}"
    return _sign(value) + (_short(size) if size >= 9999.5 else whole if size >= 999.5 else _three(size))


def quantity(value: float | None, unit: str = "") -> str:
    """Write a *value* with its *unit*, whichever a case uses: `$`, `share`, `ms`, `/s`, `people`, `% of payments` …"""
    if not _given(value):
        return NONE
    if unit in _SAID:
        return _SAID[unit](value)
    if unit.startswith("$ "):
        return f"{money(value)}{GAP}{unit[2:]}"
    if unit.startswith("share of "):
        return f"{share(value)}{GAP}{unit[6:]}"
    said = count(value)
    return f"{said}{'' if unit.startswith('/') else GAP}{_counted(said, unit)}"


def _counted(said: str, unit: str) -> str:
    """Return *unit* as it stands behind the number *said*: `1 day`, `2 days`."""
    if said.lstrip(MINUS) != "1":
        return unit
    return "person" if unit == "people" else _PLURAL.sub(r"\1", unit)


def named(name: str) -> str:
    """Write the *name* of a figure, an account or a feature within a sentence: `offline NDCG`, `log amount`, `p99`."""
    return " ".join(word.upper() if word in _LETTERS else word for word in name.removesuffix("_ms").split("_"))


def titled(name: str) -> str:
    """Write the *name* of a figure, an account or a feature at the start of a line: `Fraud loss`, `p99`."""
    said = named(name)
    return said if said[:1] == "p" and said[1:2].isdigit() else said[:1].upper() + said[1:]


def when(at: float | None, tick: float = DAY) -> str:
    """Write a moment *at* [s] for people who look each *tick* [s]: `day 12, 06:00` or `5:15`."""
    return clock_time(at, tick).replace("day ", f"day{GAP}").replace(" ", ", ") if _given(at) else NONE


def day_of(at: float | None, tick: float = DAY) -> str:
    """Write roughly when *at* [s] is: `day 12`, or in short ticks `5:15`."""
    return date(at, tick).replace(" ", GAP) if _given(at) else NONE


def duration(time_s: float | None) -> str:
    """Write how long *time_s* [s] is, in the unit that fits: `50 ms`, `45 s`, `12 min`, `3.5 h`, `6 days`."""
    if not _given(time_s):
        return NONE
    size = abs(time_s)
    for above, unit, name in ((2 * DAY, DAY, "days"), (2 * HOUR, HOUR, "h"), (2 * MINUTE, MINUTE, "min")):
        if size >= above:
            return f"{_sign(time_s)}{_three(size / unit)}{GAP}{name}"
    small = 0 < size < 1
    return f"{_sign(time_s)}{_three(size * 1000 if small else size)}{GAP}{'ms' if small else 's'}"


def ago(unix: float | None, now: float | None = None) -> str:
    """Write how long before *now* (default: this moment) the time *unix* [s] was: `just now`, `5 min ago`."""
    if not _given(unix):
        return NONE
    gone = (time.time() if now is None else now) - unix
    for unit, name in ((DAY, "day"), (HOUR, "h"), (MINUTE, "min")):
        if gone >= unit:
            n = int(gone // unit)
            return f"{n}{GAP}{name}{'s' * (name == 'day' and n > 1)} ago"
    return "just now"


def _given(value: float | None) -> TypeGuard[float]:
    return value is not None and not math.isnan(value)


def _sign(value: float) -> str:
    return MINUS if value < 0 else ""


def _three(size: float) -> str:
    """Three digits that tell, and none that do not: 0.0345, 3.4, 12.3, 118; whole from 100 on."""
    if math.isinf(size):
        return "∞"
    if size >= 99.95:
        return f"{size:,.0f}"
    text = f"{float(f'{size:.3g}'):.12f}" if size >= 1e-9 else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(size: float) -> str:
    for step, letter in _STEPS:
        if size >= 0.9995 * step and not math.isinf(size):
            return f"{float(f'{size / step:.3g}'):,g}{letter}"
    return _three(size)


def _dollars(usd: float) -> str:
    if usd >= 999.5:
        return _short(usd)
    if usd >= 99.995 or usd == int(usd):
        return f"{usd:.0f}"
    return f"{usd:.2f}" if usd >= 0.0995 else _three(usd)


def _percent(percent: float) -> str:
    """One decimal unless it is nought; two just below 100 %; what is small keeps two digits that tell."""
    if 99 < percent < 99.995:
        return f"{percent:.2f}".removesuffix("0")
    if percent >= 9.995 or percent == 0:
        return f"{percent:.1f}".removesuffix(".0")
    return f"{percent:.1f}" if percent >= 0.995 else _three(float(f"{percent:.2g}"))


_SAID = {"$": money, "share": share, "ms": ms, "s": duration, **dict.fromkeys(_BARE, count)}
