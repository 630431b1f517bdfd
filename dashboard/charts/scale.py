"""Axes that do not jump: the whole flight across, round limits that only grow, and no more points than needed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulator.units import DAY, MINUTE, by_day

__all__ = ["MOST", "Scale", "Span", "known", "nice", "scale", "span", "thin"]

MOST = 600
"""points of a live picture"""
_LEVEL = 1e-6  # values this close are one value: more digits are not drawn, and sums of floats differ in the last
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_PREFIXES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


@dataclass(frozen=True)
class Span:
    """An axis of time, in the unit in which people are told it."""

    unit: str
    size: float
    """of the unit [s]"""
    end: float
    """horizon, in the unit"""

    def of(self, at: float) -> float:
        """Return the time *at* [s] in the unit."""
        return round(at / self.size, 6)


def span(horizon: float, tick: float) -> Span:
    """Return the axis of a flight of *horizon* [s] for people who look each *tick* [s]."""
    unit, size = ("day", DAY) if by_day(tick) else ("minute", MINUTE)
    return Span(unit, size, horizon / size)


@dataclass(frozen=True)
class Scale:
    """An axis of values: its round limits, and how values of a unit are drawn on it."""

    low: float
    high: float
    step: float
    times: float
    """a value times this is what is drawn"""
    title: str
    digits: int
    """decimals that tell"""
    unit: str
    """of the values"""

    def of(self, value: float | None) -> float | None:
        """Return a *value* as it is drawn; None where there is none."""
        return None if value is None or not math.isfinite(value) else float(f"{value * self.times:.6g}")


def scale(values: Iterable[float | None], unit: str) -> Scale:
    """Return the axis that holds *values* of *unit*.

    With more values it becomes longer: once two differ it gives nothing back but part of a step where steps grow.
    """
    found = known(values)
    low, high = min(found, default=0.0), max(found, default=1.0)
    level = math.isclose(low, high, rel_tol=_LEVEL)
    if 0 < low <= 0.6 * high or (level and low > 0):  # far from level, or all one: show how much it is, from nothing on
        low = 0.0
    elif 0.6 * low <= high < 0 or (level and high < 0):
        high = 0.0
    if low == high == 0:  # nothing but nought so far
        high = 0.01 if unit == "share" else 1.0
    times, title = _drawn(max(abs(low), abs(high)), unit)
    bottom, top, step = nice(low * times, high * times)
    return Scale(bottom, top, step, times, title, max(0, -math.floor(math.log10(step) + 1e-9)), unit)


def _drawn(size: float, unit: str) -> tuple[float, str]:
    if unit == "share":
        return 100.0, "%"
    if unit == "ms" and size >= 20_000:
        return 1e-3, "s"
    for each, name in _PREFIXES:
        if size >= 20 * each:
            return 1 / each, (f"{unit} {name}" if unit.startswith("$") else f"{name} {unit}").strip()
    return 1.0, unit


def nice(low: float, high: float, parts: int = 4) -> tuple[float, float, float]:
    """Return round limits around *low* and *high*, and the step between ticks."""
    wide = ((high - low) or abs(high) or 1.0) / parts
    power = 10.0 ** math.floor(math.log10(wide))
    step = next(power * factor for factor in _ROUND if power * factor >= wide * (1 - 1e-9))
    bottom, top = step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)
    return _trim(bottom), _trim(max(top, bottom + step)), _trim(step)


def _trim(value: float) -> float:
    return float(f"{value:.10g}") + 0.0


def known(values: Iterable[float | None]) -> list[float]:
    """Return those of the *values* that are finite numbers."""
    return [value for value in values if value is not None and math.isfinite(value)]


def thin(values: Sequence[float | None], most: int = MOST) -> list[int]:
    """Pick at most *most* places that keep the shape of *values*: in each stretch the lowest and the highest."""
    n = len(values)
    if n <= most:
        return list(range(n))
    stretches = max(1, (most - 2) // 2)
    edges = [round(1 + (n - 2) * k / stretches) for k in range(stretches + 1)]
    inner = (place for low, high in itertools.pairwise(edges) for place in _ends(values, low, high))
    return sorted({0, n - 1, *inner})


def _ends(values: Sequence[float | None], low: int, high: int) -> tuple[int, ...]:
    there = ((values[place], place) for place in range(low, high))
    ranked = [(value, place) for value, place in there if value is not None and math.isfinite(value)]
    return (min(ranked)[1], max(ranked)[1]) if ranked else (low,) * (high > low)
