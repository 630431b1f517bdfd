"""Where somebody looked: what was opened when, and what never was."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import words
from dashboard.flights import tower
from dashboard.plain import sentence
from dashboard.recording import Recording
from simulator.case import Case
from simulator.evidence import EVIDENCE
from simulator.store import Flight, Look

__all__ = ["looked", "never", "panels", "section"]

_ALWAYS = ("business", "map", "journal")  # panels that every case has


def section(flight: Flight, case: Case, recording: Recording) -> None:
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
