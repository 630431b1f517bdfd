"""Seconds and micro-dollars: the two units everything is kept in, and the way in and out for people."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput, BrokenInvariant, shown

__all__ = [
    "DAY",
    "HOUR",
    "MINUTE",
    "WEEK",
    "Floats",
    "Ints",
    "Mask",
    "clock_time",
    "day",
    "dollars",
    "micro",
    "micros",
    "money",
    "seconds",
]

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
WEEK = 7 * DAY

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_FOREVER = 1e300
_MOST_MICROS = 2.0**63
_SUFFIX = {"s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhdw])")


def day(n: float) -> float:
    """Return the time [s] at which day *n* starts (day 0 starts at 0)."""
    return n * DAY


def seconds(text: str | float, what: str = "time") -> float:
    """Read a time written as `90s`, `15m`, `6h`, `12d`, `2w`, or given as a number of seconds.

    Raises BadInput for anything else, and for numbers that are negative or not finite.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise BadInput(f"{what} {shown(text)} is not a time; write 90s, 15m, 6h or 12d")
    return _spelled(text, what) if isinstance(text, str) else _finite(text, what)


def _spelled(text: str, what: str) -> float:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"{what} {shown(text)} is not a time; write 90s, 15m, 6h or 12d")
    return float(match[1]) * _SUFFIX[match[2]]


def _finite(value: float, what: str) -> float:
    if not 0 <= value < _FOREVER:  # compared as it is: float() fails for an integer beyond 1e308
        raise BadInput(f"{what} {shown(value)} is not a time; it must be finite and not negative")
    return float(value)


def clock_time(at: float) -> str:
    """Write a time [s] for people: `day 12 09:30`."""
    minutes = round(at / MINUTE)
    days, rest = divmod(minutes, 24 * 60)
    return f"day {days} {rest // 60:02d}:{rest % 60:02d}"


def micro(usd: float) -> int:
    """Turn dollars into integer micro-dollars, rounded half to even."""
    return round(usd * 1e6)


def micros(usd: npt.ArrayLike) -> Ints:
    """Turn an array of dollars into int64 micro-dollars, half to even; BrokenInvariant for what is no amount."""
    rounded = np.rint(np.asarray(usd, dtype=np.float64) * 1e6)
    if not (np.abs(rounded) < _MOST_MICROS).all():
        raise BrokenInvariant("an amount is not a number, or beyond 9 trillion dollars")
    return rounded.astype(np.int64)


def dollars(amount: Any) -> Any:
    """Turn micro-dollars (a number or an array) into dollars."""
    return amount / 1e6


def money(amount: int) -> str:
    """Write micro-dollars for people: `$1,234` or `-$12.50` (cents only below $100)."""
    usd = abs(amount) / 1e6
    return f"{'-' if amount < 0 else ''}${usd:,.{0 if usd >= 100 else 2}f}"
