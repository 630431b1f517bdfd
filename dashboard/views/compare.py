"""Own flights and the reference answers in one world: what they earned, what they decided, and whether it was luck."""

from __future__ import annotations

import streamlit as st

from dashboard import rooms, session
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views import compare_change, compare_decisions, compare_kpis, compare_luck, compare_series
from dashboard.views.compare_arms import Arm, choose, flown, mates
from dashboard.views.landed import on_screen
from simulator.case import Case
from simulator.store import Flight

__all__ = ["view"]

_READABLE = 800  # px of a form


def view() -> None:
    """Draw the comparison of the flight on the screen, or say what is in the way."""
    st.title("Compare", anchor=False)
    flight = on_screen("compare")
    if flight is None:
        return
    case = tower().case(flight)
    st.caption(plain(f"{case.title} · level {case.scenario.level} · seed {flight.seed} · everybody met the same world"))
    if _rival(flight):
        _locked()
    elif _round(flight):
        _not_released()
    else:
        _compared(flight, case)


def _rival(flight: Flight) -> bool:
    """Tell whether a check flight is still in the air in the same world: its answers stay closed until it is down."""
    here = (flight.case, flight.scenario, flight.seed)
    others = session.mine(tower().store.flights(flight.case))
    return any(o.mode == "check" and o.status != "landed" and (o.case, o.scenario, o.seed) == here for o in others)


def _round(flight: Flight) -> bool:
    """Tell whether a round of the same luck is not released yet; what is steered there is no other world."""
    others = session.mine(tower().store.flights(flight.case))
    return any(other.seed == flight.seed and rooms.locked(other) for other in others)


def _not_released() -> None:
    st.info(
        "A round under this very seed is not over yet: the reference answers stay closed until its interviewer "
        "releases it.",
        icon=":material/lock:",
    )


def _locked() -> None:
    st.info(
        "A check flight of yours is still in the air in this very world. Land it, or delete it in the history: "
        "until then the reference answers stay closed.",
        icon=":material/lock:",
    )


def _compared(flight: Flight, case: Case) -> None:
    arms = flown(choose(flight, case))
    if arms:
        compare_kpis.style()
        _sections(flight, case, arms, arms[1:])


def _sections(flight: Flight, case: Case, arms: list[Arm], others: list[Arm]) -> None:
    """Draw what can be said of *arms*: the flight on the screen, then the *others*."""
    st.subheader("What came of it", anchor=False)
    compare_kpis.kpi_table(case, arms)
    st.subheader("How it went", anchor=False)
    compare_series.series(case, arms)
    if others:
        st.subheader("What was decided differently", anchor=False)
        compare_decisions.first_designs(case, arms)
        compare_decisions.in_flight(case, arms[0], others)
        st.subheader("Was it luck?", anchor=False)
        compare_luck.luck(case, arms[0], others)
    st.subheader("Your frontier", anchor=False)
    compare_series.frontier(case, flight, mates(flight), arms)
    st.subheader("Change one decision", anchor=False)
    with st.container(width=_READABLE):
        compare_change.section(flight, case)
