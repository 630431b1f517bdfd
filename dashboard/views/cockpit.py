"""What moves on the flight deck: the strip with clock and figures, unread alarms, the instruments, the journal."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from dashboard import charts, session, words
from dashboard.components import deck, system_map
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.playback import Playback
from dashboard.recording import Line, Recording, Series, Version
from dashboard.views.colours import palette
from dashboard.views.tiles import tiles
from simulator.board import Place
from simulator.case import Case
from simulator.store import Flight

__all__ = ["marks", "show"]

_GROUPS = {"business": "Business", "system": "System", "model": "Model", "map": "Map", "journal": "Journal"}
_AHEAD = 1.0  # s of wall time that the clock may run on before the next chunk must be there
_PATIENCE = 0.8  # s of wall time for figures of a flight that stands
_INBOX = 3  # alarms shown at once
_MOST_LINES = 5  # in one chart
_FOR_GOOD = 1e15  # s; what ends later than this does not end


def show(flight: Flight, case: Case, recording: Recording, clock: Playback) -> None:
    """Draw everything that the desk shows at the moment of *clock*."""
    now = clock.now(session.wall())
    told = recording.told(now)
    patience = 0.0 if clock.playing else _PATIENCE
    unread = [line for line in told if line.kind == "alarm" and not _is_read(flight, line)]
    deck(_strip(case, recording, clock, now, tiles(flight, case, recording, now, patience), unread), key="deck")
    with st.container():  # alarms come and go; what is below them stays what it is
        _inbox(flight, case, unread)
    group = st.segmented_control(
        "Instruments", _groups(case), default="business", required=True, key="group", format_func=_GROUPS.__getitem__,
        label_visibility="collapsed",
    )  # fmt: skip
    _noted(flight, f"panel:{group}", now)
    _GROUP_VIEWS.get(str(group), _gauges)(flight, case, recording, clock, now)


def marks(told: Sequence[Line]) -> list[dict[str, Any]]:
    """Return lines of the journal as the marks of a chart."""
    return [_mark(line) for line in told]


def _mark(line: Line) -> dict[str, Any]:
    mark = {"at": line.at, "kind": line.kind, "name": line.name, "text": line.text}
    end = float(line.facts.get("end", _FOR_GOOD))  # what was announced was announced with its end
    return {**mark, "end": end} if line.kind == "incident" and end < _FOR_GOOD else mark


def _strip(
    case: Case, recording: Recording, clock: Playback, now: float, shown: list[dict[str, Any]], unread: list[Line]
) -> dict[str, Any]:
    rate = clock.rate if clock.playing else 0.0
    waiting = {(line.at, line.name) for line in unread}
    events = [{**mark, "unread": (mark["at"], mark["name"]) in waiting} for mark in marks(recording.told(now))]
    return {
        "now": now,
        "until": min(now + rate * _AHEAD, clock.stop, recording.until),
        "horizon": recording.until,
        "speed": rate,
        "tick": case.tick,
        "events": events,
        "tiles": shown,
    }


# --- alarms ----------------------------------------------------------------------------------------------------


def _is_read(flight: Flight, line: Line) -> bool:
    return _mail(line) in session.kept(f"read/{flight.id}", _read_before(flight))


def _read_before(flight: Flight) -> frozenset[str]:
    """Return the alarms that were read in another session."""
    key = f"read/{flight.id}"
    found = frozenset(look.what for look in tower().store.looks(flight.id) if look.what.startswith("alarm:"))
    session.keep(key, found)
    return found


def _mail(line: Line) -> str:
    return f"alarm:{line.name}@{line.at:.0f}"


def _inbox(flight: Flight, case: Case, unread: Sequence[Line]) -> None:
    """Show the alarms that nobody has read yet, the latest first."""
    if not unread:
        return
    with st.container(border=True, gap=None, key="inbox"):
        for line in unread[: -_INBOX - 1 : -1]:
            _mail_row(flight, case, line)
        if len(unread) > 1:
            more = f"{len(unread)} alarms are not read yet"
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(more, width="stretch")
                st.button("Read all", key="read/all", type="tertiary", on_click=_read, args=(flight, *unread))


def _mail_row(flight: Flight, case: Case, line: Line) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"mail/{_mail(line)}"):
        told = plain(f"{words.when(line.at, case.tick)} · {line.text}")
        st.markdown(f":material/notifications: {told}", width="stretch")
        st.button("Read", key=f"read/{_mail(line)}", type="tertiary", on_click=_read, args=(flight, line))


def _read(flight: Flight, *lines: Line) -> None:
    known = frozenset(session.kept(f"read/{flight.id}", frozenset()))
    session.keep(f"read/{flight.id}", known | {_mail(line) for line in lines})
    for line in lines:
        tower().store.look(flight.id, _mail(line), line.at)


def _noted(flight: Flight, what: str, now: float) -> None:
    """Keep that *what* was looked at; once for each time it is turned to."""
    if session.kept(f"looked/{flight.id}") != what:
        session.keep(f"looked/{flight.id}", what)
        tower().store.look(flight.id, what, now)


# --- instruments -----------------------------------------------------------------------------------------------


def _groups(case: Case) -> list[str]:
    there = {place.group for place in case.places() if place.gauges}
    return [group for group in _GROUPS if group in ("business", "map", "journal") or group in there]


def _business(flight: Flight, case: Case, recording: Recording, clock: Playback, now: float) -> None:
    accounts = {name: _values(series.until(now)) for name, series in recording.money.items()}
    so_far = recording.profit.until(now)
    option = charts.profit(
        so_far.at, so_far.value, accounts, marks(recording.told(now)), horizon=recording.until, tick=case.tick,
        palette=palette(),
    )  # fmt: skip
    st.echarts_chart(option, key="chart/profit", height=320)
    _charts("business", case, recording, now)


def _values(series: Series) -> list[float | None]:
    return list(series.value)


def _gauges(flight: Flight, case: Case, recording: Recording, clock: Playback, now: float) -> None:
    group = str(session.widget("group", "business"))
    _charts(group, case, recording, now)
    if group == "model":
        _versions(case, recording, now)


def _versions(case: Case, recording: Recording, now: float) -> None:
    known = recording.known_versions(now)
    if known:
        st.caption("Versions of the model, the latest first")
        st.dataframe([_version(case, v) for v in reversed(known)], hide_index=True, width="stretch")


def _version(case: Case, version: Version) -> dict[str, str]:
    facts = {words.named(name): words.count(value) for name, value in version.facts.items()}
    data = {"version": f"v{version.number}", "data until": words.when(version.trained_at, case.tick)}
    return {**data, "rows": words.count(version.rows), "why": version.why, **facts}


def _charts(group: str, case: Case, recording: Recording, now: float) -> None:
    """Draw the gauges of a *group*, two charts side by side: those of one place and one unit share a chart."""
    found = list(_pictures(case, recording, group))
    for first in range(0, len(found), 2):
        for column, (title, unit, names) in zip(st.columns(2), found[first : first + 2], strict=False):
            with column:
                _chart(title, unit, names, case, recording, now)


def _pictures(case: Case, recording: Recording, group: str) -> Iterable[tuple[str, str, list[str]]]:
    for place in case.places():
        if place.group == group:
            yield from _by_unit(place, recording)


def _by_unit(place: Place, recording: Recording) -> Iterable[tuple[str, str, list[str]]]:
    units = dict.fromkeys(place.gauges.values())
    for unit in units:
        names = [name for name, its in place.gauges.items() if its == unit and name in recording.gauges]
        for first in range(0, len(names), _MOST_LINES):
            chosen = names[first : first + _MOST_LINES]
            yield _title(place, chosen), unit, chosen


def _title(place: Place, names: Sequence[str]) -> str:
    """Return what stands over a chart: several lines bear their own names."""
    alone = words.named(names[0]) if len(names) == 1 else ""
    return place.label if alone.lower() in ("", place.label.lower()) else f"{place.label}: {alone}"


def _chart(title: str, unit: str, names: list[str], case: Case, recording: Recording, now: float) -> None:
    series = {name: recording.gauges[name].until(now) for name in names}
    at = max((s.at for s in series.values()), key=len)
    lines = {words.named(name): _on(at, s) for name, s in series.items()}
    limit = case.board.budget * 1000 if unit == "ms" and case.board.budget else None
    option = charts.timeline(
        title, unit, at, lines, marks(recording.told(now)), horizon=recording.until, tick=case.tick, limit=limit,
        palette=palette(),
    )  # fmt: skip
    st.echarts_chart(option, key=f"gauges/{'/'.join(names)}", height=240)


def _on(at: Sequence[float], series: Series) -> list[float | None]:
    """Return *series* at the times *at*; most are read at the same moments."""
    return list(series.value) if len(series.at) == len(at) else [series.last(moment) for moment in at]


def _map(flight: Flight, case: Case, recording: Recording, clock: Playback, now: float) -> None:
    boxes = [_box(place, recording, now) for place in case.places()]
    speed = clock.rate if clock.playing else 0.0
    system_map({"places": boxes, "flow": _flow(recording, now), "speed": speed, "selected": None}, key="map")


def _box(place: Place, recording: Recording, now: float) -> dict[str, Any]:
    shown = [(name, unit) for name, unit in place.gauges.items() if name in recording.gauges][:3]
    readings = [
        {"label": words.named(name), "text": words.quantity(recording.gauges[name].last(now), unit)}
        for name, unit in shown
    ]  # fmt: skip
    counts = {"dials": len(place.dials), "acts": len(place.acts)}
    return {"name": place.name, "label": place.label, "about": place.about, "to": list(place.to), "readings": readings,
            "state": "none", **counts}  # fmt: skip


def _flow(recording: Recording, now: float) -> float:
    """Return how busy it is [0, 1], against the busiest stretch so far."""
    so_far = recording.requests.until(now)
    counts = [value or 0.0 for value in so_far.value]
    steps = [after - before for before, after in itertools.pairwise(counts)]
    return steps[-1] / max(steps) if steps and max(steps) > 0 else 0.0


def _journal(flight: Flight, case: Case, recording: Recording, clock: Playback, now: float) -> None:
    told = recording.told(now)
    if not told:
        st.caption("Nothing has happened yet.")
    for line in reversed(told[-40:]):
        st.markdown(f"{_ICONS[line.kind]} {plain(f'{words.when(line.at, case.tick)} · {line.text}')}")


_ICONS = {
    "alarm": ":material/notifications:",
    "incident": ":material/campaign:",
    "decision": ":material/tune:",
    "version": ":material/deployed_code:",
    "note": ":material/edit_note:",
}
_GROUP_VIEWS = {"business": _business, "map": _map, "journal": _journal}
