"""The debrief: first what you believe, then what was; which decision did it, and what there is to learn."""

from __future__ import annotations

import math

import streamlit as st

from dashboard import flights, session, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.recording import Recording
from dashboard.views import (
    compare_kpis,
    debrief_belief,
    debrief_cause,
    debrief_fortune,
    debrief_looks,
    debrief_money,
    debrief_next,
    debrief_score,
    debrief_story,
    debrief_worst,
    guide,
)
from dashboard.views.debrief_part import owner, was_second
from dashboard.views.landed import Figures, held, on_screen, target_line, title_of, verdict_line
from dashboard.views.waiting import awaited, part
from simulator.case import Case
from simulator.debrief.results import Debrief
from simulator.record import BELIEF, Record
from simulator.store import Flight, Forecast

__all__ = ["scored", "view"]


def view() -> None:
    """Draw the debrief of the flight on the screen, or say what is in the way."""
    st.title("Debrief", anchor=False)
    flight = on_screen("debrief")
    if flight is None:
        return
    guide.show("debrief")
    case = tower().case(flight)
    st.caption(plain(f"{case.title} · level {case.scenario.level} · seed {flight.seed} · {flight.mode}"))
    st.markdown(f"**{plain(verdict_line(case, _figures_of(flight)))}**")
    compare_kpis.style()
    _debriefed(flight, case, tower().store.record(flight.id))


def _figures_of(flight: Flight) -> Figures:
    """Return the KPIs as they were when the flight landed; None where there is none."""
    return {name: value if math.isfinite(value) else None for name, value in (flight.kpis or {}).items()}


def _debriefed(flight: Flight, case: Case, record: Record) -> None:
    order, said = flights.order_of(flight), debrief_belief.given(record)
    with st.container():  # what waits has a place of its own, so that nothing below is mounted anew
        first = part(lambda: tower().beginning(owner(), order, record), _BEGINS, f"begins/{flight.id}")
    if first is not None and not said:
        tower().debriefing(owner(), order, record)  # the rest is worked out while its reader thinks
        debrief_belief.ask(flight, case, first.truth.causes)
    if said:
        was_second(f"belief/commit/{flight.id}", f"belief/skip/{flight.id}")
    if first is None or not said:
        _seen(flight, case, record, observed=True)
    else:
        _revealed(flight, case, record)


_BEGINS = "Flying the reference answers in your world"


def _seen(flight: Flight, case: Case, record: Record, *, observed: bool) -> None:
    """Draw what was asked, expected and looked at, and the figures: those that could be *observed*, or all."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        _targets(case, _figures_of(flight), observed=observed)
        asked = tower().recording(f"{session.name()}/debrief", flights.order_of(flight))
        recording = awaited(asked, "Opening the books of your flight", f"debrief/{flight.id}", at_once=0.0)
        if recording is not None:
            _forecasts(case, recording, record)
            debrief_looks.section(flight, case, recording)
    with right:
        _figures(case, _figures_of(flight), observed=observed)


def _revealed(flight: Flight, case: Case, record: Record) -> None:
    debriefing = tower().debriefing(owner(), flights.order_of(flight), record)
    found: Debrief = debriefing.found
    debrief_belief.held_against(case, found.truth, record.answer(BELIEF))
    debrief_story.section(flight, case, found.truth)
    debrief_score.section(found.score)
    _seen(flight, case, record, observed=False)
    debrief_money.section(case, found)
    debrief_cause.section(flight, case, found.attribution)
    debrief_fortune.attainable(flight)
    debrief_fortune.luck(flight)
    debrief_worst.section(flight, case, found.worst)
    debrief_next.section(flight, case, found, complete=debriefing.complete)


def _targets(case: Case, figures: Figures, *, observed: bool) -> None:
    st.subheader("What was asked of you", anchor=False)
    for standing in held(case, figures):
        if observed and not case.kpis[standing.target.kpi].observed:
            continue
        why = f"  \n:small[{plain(sentence(standing.target.why))}]" if standing.target.why else ""
        st.markdown(target_line(standing) + why)


# --- the prediction --------------------------------------------------------------------------------------------


def _forecasts(case: Case, recording: Recording, record: Record) -> None:
    st.subheader("What you expected", anchor=False)
    if not record.forecasts:
        st.text("You said nothing before take-off. A prediction with an interval is the cheapest lesson there is.")
    for forecast in record.forecasts:
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


def _figures(case: Case, figures: Figures, *, observed: bool) -> None:
    """Draw the KPIs: those that could be *observed* from the desk, or all."""
    st.subheader("What you could see" if observed else "All figures", anchor=False)
    names = [name for name, kpi in case.kpis.items() if kpi.observed or not observed]
    st.html(compare_kpis.table(case, {"You": figures}, names))
    if not observed and not all(kpi.observed for kpi in case.kpis.values()):
        st.caption("◇ needs the truth: nobody at the desk could have known it.")
