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
    "by_day",
    "clock_time",
    "date",
    "day",
    "dollars",
    "length",
    "micro",
    "micros",
    "money",
    "seconds",
    "typed",
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


# How times are written for people depends on the step [s] in which they look: days, or minutes and seconds.


def by_day(step: float) -> bool:
    """Tell whether people who look in steps of *step* [s] are told days; in steps under an hour they are not."""
    return step >= HOUR


def clock_time(at: float, step: float = DAY) -> str:
    """Write a moment [s]: `day 12 09:30`, or in short steps `7:30`."""
    if by_day(step):
        days, rest = divmod(round(at / MINUTE), 24 * 60)
        return f"day {days} {rest // 60:02d}:{rest % 60:02d}"
    minutes, rest = divmod(round(at), 60)
    hours = f"{minutes // 60}:{minutes % 60:02d}" if minutes >= 60 else f"{minutes}"
    return f"{hours}:{rest:02d}"


def date(at: float, step: float = DAY) -> str:
    """Write roughly when [s]: `day 12`, or in short steps `7:30`."""
    return f"day {at // DAY:.0f}" if by_day(step) else clock_time(at, step)


def length(time: float, step: float = DAY) -> str:
    """Write how long *time* [s] is: `60 days`, or in short steps `15 minutes`, `7:30 minutes` or `45 s`."""
    if not by_day(step) and 0 < time < MINUTE:
        return f"{time:.3g} s"
    n = time / (DAY if by_day(step) else MINUTE)
    count = f"{n:g}" if by_day(step) or n == int(n) else clock_time(time, step)
    return f"{count} {'day' if by_day(step) else 'minute'}{'s' * (n != 1)}"


def typed(time: float, step: float = DAY) -> str:
    """Write a *time* [s] as it may be typed: `12d`, or in short steps `450s`."""
    return f"{time / DAY:g}d" if by_day(step) else f"{time:.9g}s"


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
