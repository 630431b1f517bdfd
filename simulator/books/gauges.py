"""Named time series: what an instrument on the wall showed, and when."""

from __future__ import annotations

import math

import numpy as np

from simulator.errors import BrokenInvariant
from simulator.units import Floats

__all__ = ["Gauges"]


class Gauges:
    """The instrument readings of one run; a reading is (time [s], value), times never run back."""

    def __init__(self) -> None:
        self._series: dict[str, tuple[list[float], list[float]]] = {}

    def mark(self, name: str, at: float, value: float) -> None:
        """Write down that *name* showed *value* at time *at* [s]; NaN means there was nothing to show."""
        times, values = self._series.setdefault(name, ([], []))
        if not math.isfinite(at) or (times and at < times[-1]):
            raise BrokenInvariant(f"gauge {name} was read at {at} s after {times[-1:]} s")
        times.append(float(at))
        values.append(float(value))

    def names(self) -> list[str]:
        """List the gauges in the order of their first reading."""
        return list(self._series)

    def series(self, name: str, until: float = math.inf) -> tuple[Floats, Floats]:
        """Return (times [s], values) of *name* up to and with *until*; empty when it was never read."""
        times, values = self._series.get(name, ([], []))
        index = int(np.searchsorted(times, until, side="right"))
        return np.array(times[:index]), np.array(values[:index])

    def last(self, name: str, default: float = math.nan) -> float:
        """Return the latest value of *name*."""
        values = self._series.get(name, ([], []))[1]
        return values[-1] if values else default
