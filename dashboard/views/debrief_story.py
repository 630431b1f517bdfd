"""What really happened, told or not, beside what you decided, why, and where you looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import charts, flights, session, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.recording import Recording
from dashboard.views.colours import palette
from dashboard.views.compare_decisions import done
from dashboard.views.waiting import awaited
from simulator.case import Case
from simulator.evidence import EVIDENCE
from simulator.store import Flight, Look

__all__ = ["Event", "events", "looked", "looks", "never", "panels", "section"]

_ALWAYS = ("business", "map", "journal")  # panels that every case has
_BANDS = (
    "Bands are incidents, told or not; dashed lines are your decisions. "
    "What is still owed at the end is settled in its last moment."
)
_SIGNS = {"incident": "▲", "unseen": "△", "decision": "●"}


@dataclass(frozen=True)
class Event:
    """Something that happened, or was decided."""

    at: float
    """[s]"""
    kind: str
    """incident (told), unseen (an incident that nobody was told of) or decision"""
    text: str
    end: float | None = None
    """[s]"""


def section(flight: Flight, case: Case, recording: Recording) -> None:
    """Draw the true story once a worker has told it."""
    st.subheader("What really happened", anchor=False)
    order = flights.order_of(flight)
    truth = awaited(tower().truth(f"{session.name()}/debrief", order), "Opening the sealed log", f"truth/{flight.id}")
    if truth is not None:
        _told(case, recording, events(flight, case, truth))


def events(flight: Flight, case: Case, truth: Sequence[tuple[float, str, str, bool]]) -> list[Event]:
    """Lay the incidents of the *truth* beside the decisions of *flight*, in the order of time."""
    lasting = {incident.name: incident.lasts for incident in case.incidents(flight.seed)}
    found = [_incident(at, _without_code(name, text), told, lasting.get(name, 0.0)) for at, name, text, told in truth]
    found += [Event(one.at, "decision", _with_reason(one.told, one.why)) for one in done(case, tower().plan(flight))]
    return sorted(found, key=lambda event: event.at)


def _without_code(name: str, text: str) -> str:
    """Return the *text* of an incident; one that nobody is told of begins with its *name*, which is made words."""
    rest = text.removeprefix(f"{name}: ")
    return text if rest == text else f"{words.titled(name)}: {rest}"


def _incident(at: float, text: str, told: bool, lasts: float) -> Event:
    return Event(at, "incident" if told else "unseen", text, at + lasts if lasts else None)


def _with_reason(told: str, why: str) -> str:
    return f"{told}\n“{why}”" if why else f"{told}\n(no reason was given)"


def _told(case: Case, recording: Recording, found: Sequence[Event]) -> None:
    _picture(case, recording, found)
    st.caption("▲ an incident that was told · △ one that nobody was told of · ● what you decided, and why")
    with st.container(gap="xsmall"):
        for event in found:
            st.text(f"{_SIGNS[event.kind]} {words.when(event.at, case.tick)} · {event.text}")
    if not any(event.kind == "decision" for event in found):
        st.text("You decided nothing in flight: the first design flew it all.")


def _picture(case: Case, recording: Recording, found: Sequence[Event]) -> None:
    marks = [_mark(event) for event in found]
    lines = {"profit": recording.profit.value}
    frame: Mapping[str, Any] = {"horizon": case.horizon, "tick": case.tick, "palette": palette()}
    option = charts.timeline("Profit so far, and what happened", "$", recording.profit.at, lines, marks, **frame)
    st.echarts_chart(option, key="debrief/story", height=360, alt=charts.caption(option))
    st.caption(plain(f"{charts.caption(option)} {_BANDS}"))


def _mark(event: Event) -> dict[str, Any]:
    kind = "decision" if event.kind == "decision" else "incident"
    return {"at": event.at, "kind": kind, "name": event.text, "text": event.text, "end": event.end}


# --- where somebody looked -------------------------------------------------------------------------------------


def looks(flight: Flight, case: Case, recording: Recording) -> None:
    """Draw what was opened when, and what never was."""
    st.subheader("Where you looked", anchor=False)
    kept = tower().store.looks(flight.id)
    in_flight = [look for look in kept if look.at < recording.until]
    with st.container(gap="xsmall"):
        for name, (first, times) in looked(in_flight).items():
            st.text(f"• {name}: first at {words.when(first, case.tick)}, {times} time{'s' * (times != 1)}")
    missed = never(in_flight, [*panels(case), *(f"chart:{name}" for name in recording.offered)])
    if missed:
        st.text(f"Never opened: {', '.join(missed)}.")
    alarms = [line for line in recording.journal if line.kind == "alarm"]
    read = {look.what for look in kept if look.what.startswith("alarm:")}
    if alarms:
        st.text(sentence(f"{min(len(read), len(alarms))} of {len(alarms)} alarms were read"))


def looked(looks: Sequence[Look]) -> dict[str, tuple[float, int]]:
    """Return what was opened -> the first moment [s] and how often; alarms and questions are no charts."""
    found: dict[str, tuple[float, int]] = {}
    for look in looks:
        if name := _name(look.what):
            first, times = found.get(name, (look.at, 0))
            found[name] = (min(first, look.at), times + 1)
    return found


def panels(case: Case) -> list[str]:
    """Return the panels of the flight deck, as looks at them are kept."""
    groups = [place.group for place in case.places() if place.gauges]
    return [f"panel:{group}" for group in dict.fromkeys((*_ALWAYS, *groups))]


def never(looks: Sequence[Look], there: Sequence[str]) -> list[str]:
    """Name what was *there* and was not opened once."""
    opened = looked(looks)
    return [name for name in map(_name, there) if name and name not in opened]


def _name(what: str) -> str:
    kind, _, name = what.partition(":")
    if kind == "panel":
        return f"the panel “{name}”"
    return EVIDENCE[name].label if kind == "chart" and name in EVIDENCE else ""
