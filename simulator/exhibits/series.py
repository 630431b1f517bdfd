"""Gauges as lines over the flight: what was read, with what happened and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.evidence.plain import Plains, numbers
from simulator.exhibits.words import phrase, said
from simulator.probes import Asked, Chart
from simulator.units import Floats, Ints, date

__all__ = ["MOST", "lines", "marks", "recited", "thinned", "unit_of"]

MOST = 300  # points of a line
_LEGIBLE = 8  # decisions that are marked; of more, none is


def unit_of(asked: Asked, gauge: str) -> str:
    """Return the unit of a *gauge* as the case gives it; empty where it gives none."""
    units = [asked.case.watched.get(gauge, ""), *(place.gauges.get(gauge, "") for place in asked.case.places())]
    return next((unit for unit in units if unit), "")


def lines(asked: Asked, gauges: Sequence[str]) -> Chart | None:
    """Return the lines of those *gauges* that were read, at most 300 points each; None where none was."""
    read = {name: asked.run.gauges.series(name) for name in dict.fromkeys(gauges)}
    read = {name: series for name, series in read.items() if np.isfinite(series[1]).any()}
    if not read:
        return None
    grid = np.unique(np.concatenate([at for at, _ in read.values()]))
    on_grid = {name: _held(series, grid) for name, series in read.items()}
    rows = thinned(list(on_grid.values()))
    columns: dict[str, Plains] = {phrase(name): numbers(values[rows]) for name, values in on_grid.items()}
    title, unit = ", ".join(columns), unit_of(asked, next(iter(read)))
    return Chart("line", title, unit, tuple(grid[rows].tolist()), columns, over_time=True, marks=marks(asked))


def marks(asked: Asked) -> tuple[tuple[float, str], ...]:
    """Return what happened in the flight, and what was decided in it where that is little: (time [s], words)."""
    steps = asked.case.log(asked.run).steps()
    happened = [(incident.at, phrase(incident.name)) for incident in asked.case.happened(asked.run)]
    decided = [(step.at, f"decided: {phrase(step.name)}") for step in steps if 0 < step.at < asked.run.until]
    return tuple(sorted(happened + (decided if len(decided) <= _LEGIBLE else [])))


def recited(asked: Asked, gauge: str) -> str:
    """Say what a *gauge* showed first, at its lowest, at its highest and last, and when."""
    at, values = asked.run.gauges.series(gauge)
    there = np.flatnonzero(np.isfinite(values))
    if not len(there):
        return f"{phrase(gauge)} was not read in this flight"
    at, values, unit = at[there], values[there], unit_of(asked, gauge)
    rows = {"first": 0, "lowest": int(np.argmin(values)), "highest": int(np.argmax(values)), "last": len(values) - 1}
    parts = (
        f"{word} {said(float(values[row]), unit)} ({date(float(at[row]), asked.case.tick)})"
        for word, row in rows.items()
    )
    return f"{phrase(gauge)}: {', '.join(parts)}"


def thinned(columns: Sequence[Floats], most: int = MOST) -> Ints:
    """Return at most *most* rows of *columns* (n,) of equal length: even steps, with the lows and highs of each."""
    n = len(columns[0])
    if n <= most:
        return np.arange(n)
    there = [column for column in columns if np.isfinite(column).any()][: most // 4]
    ends = [find(column) for column in there for find in (np.nanargmin, np.nanargmax)]
    even = np.linspace(0, n - 1, most - len(ends)).astype(np.int64)
    return np.unique(np.append(even, np.array(ends, dtype=np.int64)))


def _held(series: tuple[Floats, Floats], grid: Floats) -> Floats:
    """Return what a gauge showed at the times of *grid* [s]: its latest reading; NaN before the first."""
    at, values = series
    place = np.searchsorted(at, grid, side="right") - 1
    held: Floats = np.where(place >= 0, values[np.maximum(place, 0)], np.nan)
    return held
