"""A flight to take along: as JSON to bring back or to send on, as one HTML page to read; nothing in it can run."""

from __future__ import annotations

import contextlib
import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cases._exchange import json_of, page_of
from dashboard import words
from simulator.case import Case
from simulator.errors import BadInput
from simulator.store import Flight, Store
from simulator.targets import judged
from simulator.units import clock_time

__all__ = ["as_html", "as_json", "file_name"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b2229}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;vertical-align:top;"
    "border-bottom:1px solid #d9dddb;overflow-wrap:anywhere}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}"
)

_Row = Sequence[str]


def file_name(flight: Flight) -> str:
    """Return the name of a file for *flight*, without its ending; nothing of a player is in it."""
    return f"{flight.case}-{flight.seed}-{flight.id[:8]}"


def as_json(store: Store, flight: Flight) -> bytes:
    """Write *flight* as the JSON document that the command line exports and imports, too."""
    _see_open(store, flight)
    return json_of(store, flight).encode("utf-8")


def _see_open(store: Store, flight: Flight) -> None:
    """Refuse a flight of a round that is not released: what is written holds its seed and its results."""
    room = store.rooms.of_flight(flight.id)
    if room is not None and not any(deed.kind == "release" for deed in room.deeds):
        raise BadInput("this flight belongs to a round; it can be taken along when the interviewer has released it")


# --- to read ---------------------------------------------------------------------------------------------------


def as_html(store: Store, flight: Flight, case: Case) -> bytes:
    """Write *flight* as one page: its debrief when it has landed, until then what is known of it to who sits in it."""
    _see_open(store, flight)
    if flight.status == "landed":
        with contextlib.suppress(BadInput):  # a flight of another time, or no engine for pages: what was kept of it
            return page_of(store, flight).encode("utf-8", "replace")
    return _kept(store, flight, case)


def _kept(store: Store, flight: Flight, case: Case) -> bytes:
    """Write what was kept of *flight*: results, targets, design, decisions with their reasons, predictions."""
    parts = [
        f"<h1>{_text(case.title)}</h1><p>{_text(_what(flight, case))}</p>",
        _table("Targets", ("target", "limit", "came to", ""), _targets(flight, case)),
        _table("Results", ("figure", "value"), _results(flight, case)),
        _table("First design", ("dial", "value"), _design(flight, case)),
        _table("Decisions", ("when", "what", "why"), _decisions(flight, case)),
        _table("Predictions", ("about", "low", "high"), _predictions(store, flight, case)),
        f"<p>Digest {_text(flight.digest or 'none yet')}</p>",
    ]
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    head += '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
    page = (
        f"<!doctype html><html lang='en'><head>{head}<title>{_text(case.title)}</title><style>{_STYLE}</style></head>"
    )
    return f"{page}<body>{''.join(parts)}</body></html>".encode("utf-8", "replace")


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)


def _table(title: str, head: _Row, rows: Iterable[_Row]) -> str:
    """Write a table; all cells are text. One without rows is left out."""
    lines = ["".join(f"<td>{_text(cell)}</td>" for cell in row) for row in rows]
    if not lines:
        return ""
    top = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    return f"<h2>{_text(title)}</h2><table><tr>{top}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _what(flight: Flight, case: Case) -> str:
    level = flight.scenario.get("level")
    return (
        f"{flight.case}, revision {flight.revision}, level {level}, seed {flight.seed}, {flight.mode}, {flight.status}"
    )


def _targets(flight: Flight, case: Case) -> list[_Row]:
    if flight.kpis is None:
        return []
    known = {target.kpi: math.nan for target in case.targets} | dict(flight.kpis)
    rows: list[_Row] = []
    for target, verdict in zip(case.targets, judged(case.targets, known), strict=True):
        unit, sign = case.kpis[target.kpi].unit, "≥" if target.at_least else "≤"
        name = _worded(target.kpi) + " (guardrail)" * target.guardrail
        limit, value = words.quantity(target.limit, unit), words.quantity(verdict.value, unit)
        rows.append((name, f"{sign} {limit}", value, "kept" if verdict.met else "missed"))
    return rows


def _results(flight: Flight, case: Case) -> list[_Row]:
    units = {name: kpi.unit for name, kpi in case.kpis.items()}
    return [(_worded(name), words.quantity(v, units.get(name, ""))) for name, v in (flight.kpis or {}).items()]


def _design(flight: Flight, case: Case) -> list[_Row]:
    values: Mapping[str, Any] = flight.plan["design"]
    return [(dial.label, f"{values.get(dial.name, dial.default)} {dial.unit}".strip()) for dial in case.design.dials()]


def _decisions(flight: Flight, case: Case) -> list[_Row]:
    changes = [(s["at"], _listed(s["dials"]), s["why"]) for s in flight.plan["changes"]]
    acts = [(s["at"], f"{s['act']} {_listed(s['arguments'])}".strip(), s["why"]) for s in flight.plan["acts"]]
    steps = sorted([*changes, *acts], key=lambda step: float(step[0]))
    return [(clock_time(at, case.tick), what, why) for at, what, why in steps]


def _predictions(store: Store, flight: Flight, case: Case) -> list[_Row]:
    rows: list[_Row] = []
    for said in store.forecasts(flight.id):
        unit = case.kpis[said.kpi].unit if said.kpi in case.kpis else ""
        about = f"{_worded(said.kpi)} by {clock_time(said.by, case.tick)}"
        rows.append((about, words.quantity(said.low, unit), words.quantity(said.high, unit)))
    return rows


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{_worded(name)} = {value}" for name, value in values.items())


def _worded(name: str) -> str:
    return words.named(name)
