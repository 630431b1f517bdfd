"""Where the money came from: the bridge from the weak answer to you and on to the expert, account by account."""

from __future__ import annotations

import streamlit as st

from dashboard import charts, flights, session, words
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.recording import Recording
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE
from dashboard.views.landed import title_of
from dashboard.views.waiting import awaited
from simulator.case import Case
from simulator.store import Flight

__all__ = ["accounts", "section", "steps"]


def section(flight: Flight, case: Case, yours: Recording) -> None:
    """Draw both bridges; the reference answers are flown in the very same world, one after the other."""
    st.subheader("Where the money came from", anchor=False)
    weak = _flown(flight, "weak")
    if weak is None:
        return
    _bridge("Weak", weak, "You", yours)
    expert = _flown(flight, "expert")
    if expert is not None:
        _bridge("You", yours, "Expert", expert)


def _flown(flight: Flight, par: str) -> Recording | None:
    asked = tower().recording(f"{session.name()}/debrief", flights.order_of(flight).by(par))
    found: Recording | None = awaited(asked, f"Flying: {title_of(par)}", f"debrief/{flight.id}/{par}")
    return found


def accounts(recording: Recording) -> dict[str, float]:
    """Return account -> dollars at the end."""
    return {name: series.last(recording.until) or 0.0 for name, series in recording.money.items()}


def steps(one: Recording, other: Recording) -> dict[str, float]:
    """Return account -> dollars by which *other* has more than *one*; the largest first, none where they are alike."""
    before, after = accounts(one), accounts(other)
    gaps = {name: after.get(name, 0.0) - before.get(name, 0.0) for name in {**before, **after}}
    return dict(sorted(((n, gap) for n, gap in gaps.items() if gap), key=lambda pair: -abs(pair[1])))


def _bridge(start: str, one: Recording, end: str, other: Recording) -> None:
    gaps = {title_of(name): gap for name, gap in steps(one, other).items()}
    if not gaps:
        st.text(f"{start} and {end} earned the same on every account.")
        return
    first = sum(accounts(one).values())
    figure = charts.bridge((start, first), gaps, end, palette())
    st.plotly_chart(figure, key=f"bridge/{start}", config=BARE, alt=charts.caption(figure))
    gap = sum(gaps.values())
    st.caption(plain(f"From {start} to {end}: {words.signed(gap)}. {charts.caption(figure)}"))
