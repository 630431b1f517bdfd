"""The debrief: how the flight went, where the money came from, what really happened - and what there is to learn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from dashboard import flights, session, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.recording import Recording
from dashboard.views import compare_kpis, debrief_money, debrief_story, guide
from dashboard.views.landed import by_name, held, on_screen, target_line, title_of, verdict_line
from dashboard.views.routes import link
from dashboard.views.waiting import awaited
from simulator.case import Case
from simulator.probes import Probe
from simulator.store import Flight, Forecast

__all__ = ["scored", "view"]

_READABLE = 800  # px of a paragraph


def view() -> None:
    """Draw the debrief of the flight on the screen, or say what is in the way."""
    st.title("Debrief", anchor=False)
    flight = on_screen("debrief")
    if flight is None:
        return
    guide.show("debrief")
    case = tower().case(flight)
    asked = tower().recording(f"{session.name()}/debrief", flights.order_of(flight))
    recording: Recording | None = awaited(asked, "Opening the books of your flight", f"debrief/{flight.id}")
    if recording is not None:
        _debriefed(flight, case, recording)


def _debriefed(flight: Flight, case: Case, recording: Recording) -> None:
    st.caption(plain(f"{case.title} · level {case.scenario.level} · seed {flight.seed} · {flight.mode}"))
    st.markdown(f"**{plain(verdict_line(case, recording.kpis))}**")
    left, right = st.columns([2, 3], gap="large")
    with left:
        _targets(case, recording)
        _forecasts(case, recording, tower().store.forecasts(flight.id))
        debrief_story.looks(flight, case, recording)
    with right:
        _figures(case, recording)
    debrief_money.section(flight, case, recording)
    debrief_story.section(flight, case, recording)
    _lessons(case, recording)
    link("compare", "Compare, and change one decision", icon=":material/balance:")


def _targets(case: Case, recording: Recording) -> None:
    st.subheader("What was asked of you", anchor=False)
    for standing in held(case, recording.kpis):
        why = f"  \n:small[{plain(sentence(standing.target.why))}]" if standing.target.why else ""
        st.markdown(target_line(standing) + why)


# --- the prediction --------------------------------------------------------------------------------------------


def _forecasts(case: Case, recording: Recording, forecasts: Sequence[Forecast]) -> None:
    st.subheader("What you expected", anchor=False)
    if not forecasts:
        st.text("You said nothing before take-off. A prediction with an interval is the cheapest lesson there is.")
    for forecast in forecasts:
        st.markdown(plain(scored(case, recording, forecast)))


def scored(case: Case, recording: Recording, forecast: Forecast) -> str:
    """Hold a *forecast* against what came, in words: inside or outside its interval, and how wide that was."""
    unit = case.kpis[forecast.kpi].unit if forecast.kpi in case.kpis else ""
    low, high = words.quantity(forecast.low, unit), words.quantity(forecast.high, unit)
    said = f"{title_of(forecast.kpi)} by {words.when(forecast.by, case.tick)}: you said {low} to {high}"
    came = _came(recording, forecast)
    if came is None:
        return f"{said}; nothing can be said about it."
    width = f"Your interval was {words.quantity(forecast.high - forecast.low, unit)} wide."
    return f"{said}; it came to {words.quantity(came, unit)} – {_verdict(forecast, came, unit)}. {width}"


def _came(recording: Recording, forecast: Forecast) -> float | None:
    """Return what the figure of *forecast* was at its moment; a KPI is known for the whole flight only."""
    if forecast.kpi == "profit":
        return recording.profit.last(forecast.by)
    came = recording.kpis.get(forecast.kpi) if forecast.by >= recording.until else None
    return came if came is not None and math.isfinite(came) else None


def _verdict(forecast: Forecast, came: float, unit: str) -> str:
    if forecast.low <= came <= forecast.high:
        return "inside"
    if came > forecast.high:
        return f"outside, {words.quantity(came - forecast.high, unit)} above it"
    return f"outside, {words.quantity(forecast.low - came, unit)} below it"


# --- the figures -----------------------------------------------------------------------------------------------


def _figures(case: Case, recording: Recording) -> None:
    st.subheader("All figures", anchor=False)
    compare_kpis.style()
    st.html(compare_kpis.table(case, {"You": recording.kpis}))
    if not all(kpi.observed for kpi in case.kpis.values()):
        st.caption("◇ needs the truth: nobody at the desk could have known it.")


# --- what there is to learn ------------------------------------------------------------------------------------


def _lessons(case: Case, recording: Recording) -> None:
    st.subheader("What this case teaches", anchor=False)
    st.markdown(plain(case.teacher), width=_READABLE)
    if case.probes:
        st.subheader("Questions that an interviewer asks now", anchor=False)
    for number, probe in enumerate(case.probes):
        with st.container(border=True):
            _probe(case, recording, number, probe)


def _probe(case: Case, recording: Recording, number: int, probe: Probe) -> None:
    st.markdown(f"**{plain(probe.question)}**")
    st.caption(plain(_evidence(case, recording, probe.evidence)))
    if st.toggle("Show what answers sound like", key=f"probe/{case.name}/{number}", help="Answer aloud first."):
        for level in ("weak", "mid", "strong", "expert"):
            st.markdown(f"**{title_of(level)}.** {plain(getattr(probe, level))}")
        if probe.follow_up:
            st.markdown(f"**Then.** {plain(probe.follow_up)}")


def _evidence(case: Case, recording: Recording, name: str) -> str:
    """Say what a probe leans on, as it was in this flight."""
    if name in case.kpis:
        return f"In your flight: {by_name(name)} {words.quantity(recording.kpis.get(name), case.kpis[name].unit)}."
    gauge = recording.gauges.get(name)
    last = gauge.last(recording.until) if gauge else None
    return f"In your flight: {by_name(name)} {words.quantity(last, case.watched.get(name, ''))} at the end."
