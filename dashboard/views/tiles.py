"""The figures in the strip above a flight: the business first, with the lines that must not be crossed."""

from __future__ import annotations

from typing import Any

from dashboard import flights, session, words
from dashboard.flights import tower
from dashboard.recording import Recording, Series
from simulator.case import Case
from simulator.store import Flight
from simulator.targets import Target

__all__ = ["tiles"]

_TREND = 60  # values of a sparkline
_MOMENTS = 15  # at which the observable KPIs are worked out
_WINDOW = 20  # a rate is that of this share of the flight
_GAUGES = 3


def tiles(flight: Flight, case: Case, recording: Recording, now: float) -> list[dict[str, Any]]:
    """Return profit and its rate, the KPIs with a target that can be seen in flight, and the most telling gauges."""
    money = [_profit(case, recording, now), _rate(case, recording, now)]
    return money + _guarded(flight, case, recording, now) + _telling(case, recording, now)


def _profit(case: Case, recording: Recording, now: float) -> dict[str, Any]:
    so_far = recording.profit.last(now)
    target = next((t for t in case.targets if t.kpi == "profit"), None)
    hint = f"asked for: {words.money(target.limit)} at the end" if target else ""
    return _tile("profit", "Profit", so_far, "$", recording.profit.until(now), hint=hint)


def _rate(case: Case, recording: Recording, now: float) -> dict[str, Any]:
    window = recording.until / _WINDOW
    since = max(0.0, now - window)
    earned = (recording.profit.last(now) or 0.0) - (recording.profit.last(since) or 0.0)
    per, name = (86_400.0, "a day") if case.tick >= 3600 else (60.0, "a minute")
    value = earned / (now - since) * per if now > since else None
    return _tile("profit_rate", f"Profit {name}", value, "$", None, hint=f"over the last {words.duration(window)}")


def _guarded(flight: Flight, case: Case, recording: Recording, now: float) -> list[dict[str, Any]]:
    """Return a tile for each target that is not about the end of the flight, once a worker has worked them out."""
    watched = [t for t in case.targets if t.kpi != "profit" and case.kpis[t.kpi].observed]
    if not watched:
        return []
    moments = [recording.until * (k + 1) / _MOMENTS for k in range(_MOMENTS)]
    if now < moments[0]:
        return [_standing(case, target, None, now) for target in watched]
    asked = tower().standings(session.name(), flights.order_of(flight), moments)
    return [_standing(case, target, asked.result, now) for target in watched]


def _standing(case: Case, target: Target, table: Any, now: float) -> dict[str, Any]:
    kpi = case.kpis[target.kpi]
    found = next((k.values for k in table.kpis if k.kpi == target.kpi), ()) if table is not None else ()
    series = Series(tuple(table.at), found).until(now) if found else None
    value = series.value[-1] if series and series.value else None
    word = "none" if value is None else "good" if target.met(value) else "bad" if target.guardrail else "warn"
    limit = f"{'at least' if target.at_least else 'at most'} {words.quantity(target.limit, kpi.unit)}"
    hint = f"{'guardrail' if target.guardrail else 'target'}: {limit}"
    return _tile(target.kpi, target.kpi, value, kpi.unit, series, state=word, hint=hint)


def _telling(case: Case, recording: Recording, now: float) -> list[dict[str, Any]]:
    placed = {name: unit for place in case.places() for name, unit in place.gauges.items()}
    wanted = {name: placed.get(name, unit) for name, unit in (case.watched or placed).items()}
    there = [(name, unit) for name, unit in wanted.items() if name in recording.gauges and name != "profit"]
    return [_gauge(recording, name, unit, now) for name, unit in there[:_GAUGES]]


def _gauge(recording: Recording, name: str, unit: str, now: float) -> dict[str, Any]:
    series = recording.gauges[name]
    return _tile(name, name, series.last(now), unit, series.until(now))


def _tile(name: str, label: str, value: float | None, unit: str, series: Series | None, **more: str) -> dict[str, Any]:
    """Lay out one tile; *more*: `state` (good, warn, bad or none) and `hint`."""
    trend = _thinned(list(series.value)) if series else []
    text = words.quantity(value, unit)
    told = {
        "name": name,
        "label": label[:1].upper() + label[1:].replace("_", " "),
        "value": value,
        "unit": unit,
        "text": text,
        "trend": trend,
    }
    return {**told, "state": "none", "hint": "", **more}


def _thinned(values: list[float | None]) -> list[float | None]:
    stride = max(1, -(-len(values) // _TREND))
    return values[(len(values) - 1) % stride :: stride] if values else []
