"""When could one have known: an incident's first trace on the screen, told by the same flight without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from simulator.case import Case
from simulator.debrief.decisions import decisions, flown_plan
from simulator.debrief.flights import Flights, Landing, Sortie
from simulator.debrief.results import Knowable
from simulator.incidents import Incident
from simulator.run import Run
from simulator.units import Floats

__all__ = ["knowables", "left_band", "screen"]

_SHARE = 0.99
"""share of the readings without the incident that the normal band holds"""
_MARGIN = 0.05
"""of its width, by which the band is widened at either end"""
_SAME = 1e-9  # share of a reading by which two may differ and be the same


@dataclass(frozen=True)
class _Trace:
    """A reading outside its normal band."""

    at: float
    """[s]"""
    reading: float
    low: float
    high: float

    @property
    def clear(self) -> float:
        """By how many widths of the band it lies outside."""
        beyond = max(self.low - self.reading, self.reading - self.high)
        return beyond / (self.high - self.low) if self.high > self.low else np.inf


def knowables(flights: Flights) -> tuple[Knowable, ...]:
    """Return, per incident that happened, when it could be told from the screen, and what was done then."""
    incidents, gauges = flights.case.happened(flights.run), screen(flights.case)
    twins = flights.fly([_twin(flights, incident, tuple(gauges)) for incident in incidents])
    return tuple(_knowable(flights, *both, gauges) for both in zip(incidents, twins, strict=True))


def screen(case: Case) -> dict[str, str]:
    """Return the gauges on the screen with their units; sums of money only where there is nothing else."""
    shown = {name: unit for place in case.places() for name, unit in place.gauges.items()} | dict(case.watched)
    return {name: unit for name, unit in shown.items() if unit != "$"} or shown


def left_band(mine: tuple[Floats, Floats], twin: tuple[Floats, Floats], since: float) -> _Trace | None:
    """Return the first reading at or after *since* [s] that differs from the twin's of that time and lies outside the
    band of all of the twin's; None where there is none. Both are (times [s], values); NaN is no reading."""
    (at, value), (twin_at, twin_value) = _read(*mine), _read(*twin)
    if not len(twin_value):
        return None
    low, high = np.quantile(twin_value, [(1 - _SHARE) / 2, (1 + _SHARE) / 2])
    margin = _MARGIN * (high - low)
    floor = 0.0 if twin_value.min() >= 0 else -np.inf  # a count or a share has no band below nothing
    then = twin_value[np.maximum(np.searchsorted(twin_at, at, side="right") - 1, 0)]
    other = ~np.isclose(value, then, rtol=_SAME, atol=0.0)
    outside = np.flatnonzero((at >= since) & other & ((value < low - margin) | (value > high + margin)))
    if not len(outside):
        return None
    first = outside[0]
    return _Trace(float(at[first]), float(value[first]), float(max(low - margin, floor)), float(high + margin))


def _read(at: Floats, values: Floats) -> tuple[Floats, Floats]:
    good = np.isfinite(values)
    return at[good], values[good]


def _twin(flights: Flights, incident: Incident, gauges: tuple[str, ...]) -> Sortie:
    """Ask for the same flight without *incident*; the other conditional ones happen as they did.

    A conditional one is left on the tape and does not fire, so that nobody else is drawn anew.
    """
    whole = flights.here(flown_plan(flights.run))
    if incident.when is None:
        return replace(whole, spared=incident.name, gauges=gauges)
    return replace(whole, fired=tuple(one for one in whole.fired or () if one[0] != incident.name), gauges=gauges)


def _knowable(flights: Flights, incident: Incident, twin: Landing, gauges: Mapping[str, str]) -> Knowable:
    run, told = flights.run, bool(incident.says)
    gauge, trace = _first_trace(run, incident, twin) if twin.profit is not None else ("", None)
    alarm, alarm_at = _first_alarm(run, incident, twin) if twin.profit is not None else ("", None)
    known_at = trace.at if trace else None
    moments = [at for at in (known_at, alarm_at, incident.at if told else None) if at is not None]
    reaction, reaction_at = _reaction(flights, min(moments)) if moments else ("", None)
    return Knowable(
        incident=incident.name, told=told, distractor=incident.distractor, at=incident.at,
        end=incident.end if np.isfinite(incident.end) else None,
        gauge=gauge, unit=gauges.get(gauge, ""), known_at=known_at, low=trace.low if trace else None,
        high=trace.high if trace else None, reading=trace.reading if trace else None,
        alarm=alarm, alarm_at=alarm_at, reaction=reaction, reaction_at=reaction_at,
    )  # fmt: skip


def _first_trace(run: Run, incident: Incident, twin: Landing) -> tuple[str, _Trace | None]:
    """Return the gauge that left its band first; of several at once, the one that did so most clearly."""
    found = {name: left_band(run.gauges.series(name), read, incident.at) for name, read in twin.readings.items()}
    traces = {name: trace for name, trace in found.items() if trace is not None}
    if not traces:
        return "", None
    name = min(traces, key=lambda name: (traces[name].at, -traces[name].clear))
    return name, traces[name]


def _first_alarm(run: Run, incident: Incident, twin: Landing) -> tuple[str, float | None]:
    rang = (e for e in run.journal if e.kind == "alarm" and e.seen and e.at >= incident.at)
    return next(((e.name, float(e.at)) for e in rang if (e.name, float(e.at)) not in twin.alarms), ("", None))


def _reaction(flights: Flights, since: float) -> tuple[str, float | None]:
    steps = [unit for unit in decisions(flights.case, flights.run, few=0) if unit.timed and unit.at >= since]
    return (steps[0].told, steps[0].at) if steps else ("", None)
