"""The last thing before a flight: what somebody expects, what still does not fit, and take-off - once."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import math
from collections.abc import Callable

import streamlit as st

from dashboard import session, words
from dashboard.flights import order_of, tower
from dashboard.plain import plain
from dashboard.session import Draft
from dashboard.views.brief_design import restart
from dashboard.views.routes import go
from simulator.case import Case
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.store import Flight, Forecast

__all__ = ["begun", "follow", "forecasts", "section"]

_SHARE = 1 / 6  # of the flight about which somebody predicts


def section(
    draft: Draft, case: Case, plan: Plan | BadInput, rise: Callable[[Plan], None] | None = None
) -> None:  # fmt: skip
    """Draw the prediction and the way into the air: a flight of its own, or whatever *rise* makes of the plan."""
    with st.container(border=True, key="takeoff"):
        left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
        with left:
            wrong = _prediction(draft, case)
        with right:
            _take_off(draft, case, plan, wrong, rise)


# --- the prediction --------------------------------------------------------------------------------------------


def _prediction(draft: Draft, case: Case) -> str:
    """Ask for an interval; return what is wrong with it."""
    by = words.day_of(case.horizon * _SHARE, case.tick)
    st.markdown(f"**What will the profit be by {plain(by)}?**")
    st.caption("Low and high, so that you would bet four to one on it (80 %). The debrief holds it against the truth.")
    first, step = draft.forecast or (None, None), _step(case)
    columns = st.columns(2)
    low = columns[0].number_input(
        "Low \\[\\$\\]", value=first[0], step=step, format="%.0f", key=f"low/{draft.number}", placeholder="at least"
    )
    high = columns[1].number_input(
        "High \\[\\$\\]", value=first[1], step=step, format="%.0f", key=f"high/{draft.number}", placeholder="at most"
    )
    wrong = _wrong(low, high)
    draft.forecast = (low, high) if low is not None and high is not None and not wrong else None
    return wrong


def _step(case: Case) -> float:
    """Return a round step for dollars, a hundredth of the profit that is asked for or so."""
    asked = [abs(target.limit) for target in case.targets if target.kpi == "profit" and target.limit]
    return float(10 ** math.floor(math.log10(max(asked[0] / 20, 1.0)))) if asked else 100.0


def _wrong(low: float | None, high: float | None) -> str:
    if (low is None) != (high is None):
        return "A prediction has two ends: say both, or neither."
    if low is not None and high is not None and low > high:
        return "The low end of the prediction is above the high one."
    return ""


# --- take-off --------------------------------------------------------------------------------------------------


def _take_off(
    draft: Draft, case: Case, plan: Plan | BadInput, wrong: str, rise: Callable[[Plan], None] | None
) -> None:  # fmt: skip
    if isinstance(plan, BadInput):
        st.error(plain(str(plan)), icon=":material/warning:")
        _button(draft, "Take off", reason="The design does not fit yet.")
    elif wrong:
        st.warning(plain(wrong), icon=":material/warning:")
        _button(draft, "Take off", reason=wrong)
    elif rise is not None:
        st.caption(_last_words(draft))
        _button(draft, "Take off", go=functools.partial(rise, plan))
    else:
        _ready(draft, case, plan)


def _ready(draft: Draft, case: Case, plan: Plan) -> None:
    name = _flight_name(draft, case, plan)
    flying = tower().store.kept(_key(name))
    if flying:
        st.caption("This very design is in the air.")
        st.button("Prepare it once more", key=f"more/{draft.number}", on_click=restart, args=(draft, {}))
    else:
        st.caption(_last_words(draft))
    _button(draft, "To the flight" if flying else "Take off", go=functools.partial(_up, draft, case, plan, name))


def _button(draft: Draft, label: str, reason: str = "", go: Callable[[], None] | None = None) -> None:
    st.button(
        label, key=f"takeoff/{draft.number}", type="primary", icon=":material/flight_takeoff:", width="stretch",
        disabled=bool(reason), help=plain(reason) or None, on_click=go,
    )  # fmt: skip


def _up(draft: Draft, case: Case, plan: Plan, name: str) -> None:
    """Begin the flight and have it computed at once; the page follows when it is drawn next."""
    try:
        id = begun(draft, case, plan, name)
        session.open_flight(id)
        tower().recording(session.name(), order_of(tower().store.flight(id)))
    except BadInput as error:
        session.keep("takeoff/trouble", str(error))
        return
    session.keep("takeoff", True)


def follow() -> None:
    """Go where the flight is that has just begun, or say why none has."""
    if session.kept("takeoff"):
        session.keep("takeoff", False)
        go("fly")
    if trouble := session.kept("takeoff/trouble"):
        session.keep("takeoff/trouble", "")
        st.error(plain(trouble), icon=":material/warning:")


def _last_words(draft: Draft) -> str:
    if draft.mode == "check":
        return "A check flight: it counts, and there is no way back."
    if draft.forecast is None:
        return "No prediction yet. It takes ten seconds, and being wrong is what one learns from most."
    return f"Predicted: {plain(words.money(draft.forecast[0]))} to {plain(words.money(draft.forecast[1]))}."


def _flight_name(draft: Draft, case: Case, plan: Plan) -> str:
    """Name what is about to fly; the same draft with another design is another flight."""
    identity = json.dumps([plan.to_data(), case.scenario.to_data(), draft.seed, draft.mode], sort_keys=True)
    return f"takeoff/{draft.number}/{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def _key(name: str) -> str:
    return f"takeoff/{session.token(name)}"


def begun(draft: Draft, case: Case, plan: Plan, name: str) -> str:
    """Begin the flight called *name*, or return the one that was begun: pressed twice it flies once.

    Between the store's two calls nothing of Streamlit is called, as each such call may end this script for the next.
    """
    key, store = _key(name), tower().store
    id = store.kept(key)
    if id is None:
        flight = store.begin(case, plan, draft.seed, draft.mode, _parent(draft), forecasts(draft, case))
        store.keep(key, flight.id)
        _note_questions(draft, flight)
        id = flight.id
    return id


def _parent(draft: Draft) -> str:
    """Return the flight that this one comes from, if it is still kept."""
    with contextlib.suppress(BadInput):
        return tower().store.flight(draft.parent).id if draft.parent else ""
    return ""


def forecasts(draft: Draft, case: Case) -> list[Forecast]:
    """Return what is predicted, as it is kept."""
    if draft.forecast is None:
        return []
    low, high = draft.forecast
    return [Forecast("profit", case.horizon * _SHARE, low, high, 0.0)]


def _note_questions(draft: Draft, flight: Flight) -> None:
    for number in sorted(draft.asked):
        tower().store.look(flight.id, f"question:{number}", 0.0)
