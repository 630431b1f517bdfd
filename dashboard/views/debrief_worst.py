"""The worst hour: where the flight fell furthest behind the expert's, and the requests that earned least in it."""

from __future__ import annotations

import streamlit as st

from dashboard import flights, words
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views import inspector
from dashboard.views.debrief_part import owner
from dashboard.views.landed import by_name
from dashboard.views.waiting import awaited
from simulator.case import Case
from simulator.debrief.results import WorstHour
from simulator.store import Flight
from simulator.units import DAY, HOUR, dollars

__all__ = ["section", "told"]

_MOST_ACCOUNTS = 4


def section(flight: Flight, case: Case, worst: WorstHour) -> None:
    """Draw the worst hour, with a look into its requests."""
    st.subheader(f"Your worst {_STEPS.get(case.tick) or words.duration(case.tick)}", anchor=False)
    st.markdown(plain(told(case, worst)))
    if not worst.requests:
        return
    chosen = st.pills(
        "Requests that earned least in it", worst.requests, format_func=lambda id: f"# {id}", key=f"worst/{flight.id}",
        help="what each brought, what was thought of it, and where its time went",
    )  # fmt: skip
    if chosen is not None:
        with st.container(border=True):
            _request(flight, case, int(chosen))


_STEPS = {HOUR: "hour", DAY: "day"}


def told(case: Case, worst: WorstHour) -> str:
    """Say when it was, what it cost, and on which accounts."""
    lost, usual = float(dollars(worst.profit)), float(dollars(worst.median))
    ranked = sorted(worst.accounts.items(), key=lambda pair: -abs(pair[1]))[:_MOST_ACCOUNTS]
    parts = ", ".join(f"{by_name(name)} {words.signed(float(dollars(amount)))}" for name, amount in ranked if amount)
    when = f"From {words.when(worst.at, case.tick)} to {words.when(worst.end, case.tick)}"
    better = words.money(float(dollars(worst.expert)))
    said = f"{when} you made {words.money(lost)}, where {words.money(usual)} is usual and the expert made {better}."
    return f"{said} In it: {parts}." if parts else said


def _request(flight: Flight, case: Case, id: int) -> None:
    asked = tower().evidence(owner(), flights.order_of(flight), "request", case.horizon, which=id)
    found = awaited(asked, "Looking the request up", f"worst/{flight.id}/{id}")
    if found is not None:
        inspector.draw(found, case)
    elif asked.ready:
        st.info("Nothing is known of this request.", icon=":material/visibility_off:")
