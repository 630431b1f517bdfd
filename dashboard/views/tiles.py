"""The figures in the strip above a flight: the business first, with the lines that must not be crossed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import flights, session, words
from dashboard.flights import Asked, tower
from dashboard.recording import Recording, Series
from simulator.case import Case
from simulator.store import Flight
from simulator.targets import Target

__all__ = ["tiles"]

_TREND = 60  # values of a sparkline
_MOMENTS = 15  # at which the observable KPIs are worked out
_AT_A_TIME = 4  # of those moments
_WINDOW = 20  # a rate is that of this share of the flight
_GAUGES = 3


def tiles(flight: Flight, case: Case, recording: Recording, now: float, patience: float) -> list[dict[str, Any]]:
    """Return profit and its rate, the KPIs with a target that can be seen in flight, and the most telling gauges."""
    money = [_profit(case, recording, now), _rate(case, recording, now)]
    watched = [t for t in case.targets if t.kpi != "profit" and case.kpis[t.kpi].observed]
    known = _known(flight, recording, now, patience) if watched else {}
    return money + [_standing(case, target, known) for target in watched] + _telling(case, recording, now)


def _profit(case: Case, recording: Recording, now: float) -> dict[str, Any]:
    so_far = recording.profit.last(now)
    target = next((t for t in case.targets if t.kpi == "profit"), None)
    hint = f"asked for: {words.money(target.limit)}, when all that is owed is settled" if target else ""
    return _tile("profit", "Profit", so_far, "$", recording.profit.until(now), hint=hint)


def _rate(case: Case, recording: Recording, now: float) -> dict[str, Any]:
    """Return the profit by time: of late, or, when all is over and settled, of the whole flight."""
    over = now >= recording.until
    since = 0.0 if over else max(0.0, now - recording.until / _WINDOW)
    earned = (recording.profit.last(now) or 0.0) - (recording.profit.last(since) or 0.0)
    per, name = (86_400.0, "a day") if case.tick >= 3600 else (60.0, "a minute")
    value = earned / (now - since) * per if now > since else None
    of = "the whole flight, settled" if over else f"the last {words.duration(now - since)}"
    return _tile("profit_rate", f"Profit {name}", value, "$", None, hint=f"over {of}")


def _known(
    flight: Flight, recording: Recording, now: float, patience: float
) -> dict[float, dict[str, float | None]]:  # fmt: skip
    """Return the observable KPIs at moments up to *now* [s], the latest asked of a worker first: a few at a time.

    Where nothing moves, and so nobody asks again, its answer is waited for up to *patience* [s] of wall time.
    """
    if now >= recording.until:
        return {recording.until: dict(recording.kpis)}
    known = session.standings(flight.id)
    moments = (recording.until * (k + 1) / _MOMENTS for k in range(_MOMENTS))
    due = [moment for moment in moments if moment <= now and moment not in known][-_AT_A_TIME:]
    asked = tower().standings(session.name(), flights.order_of(flight), due) if due else Asked()
    if asked.errand is not None and patience and asked.errand.wait(patience) == "done":
        asked = Asked(asked.errand.result)
    table = asked.result
    if table is not None:
        for place, moment in enumerate(table.at):
            known[moment] = {kpi.kpi: kpi.values[place] for kpi in table.kpis}
    return {moment: known[moment] for moment in sorted(known) if moment <= now}


def _standing(case: Case, target: Target, known: Mapping[float, Mapping[str, float | None]]) -> dict[str, Any]:
    kpi = case.kpis[target.kpi]
    series = Series(tuple(known), tuple(figures.get(target.kpi) for figures in known.values()))
    value = series.value[-1] if series.value else None
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
        "label": words.titled(label),
        "value": value,
        "unit": unit,
        "text": text,
        "trend": trend,
    }
    return {**told, "state": "none", "hint": "", **more}


def _thinned(values: list[float | None]) -> list[float | None]:
    stride = max(1, -(-len(values) // _TREND))
    return values[(len(values) - 1) % stride :: stride] if values else []
