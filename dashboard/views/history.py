"""The history: every flight that is kept - to reopen, to fly again, to take along, to throw away."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import exports, imports, rooms, session, words
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views import guide, rounds_lock
from dashboard.views.hangar import offered
from dashboard.views.landed import Standing, by_name, held
from dashboard.views.routes import go, link
from simulator.case import Case
from simulator.errors import BadInput
from simulator.store import Flight

__all__ = ["view"]

_WARN = ":material/warning:"
_PAGE = 20  # flights shown at once
_MOST = 500
_STATUS = {"design": "being designed", "flying": "in the air", "landed": "landed"}


def view() -> None:
    """Draw the flights that are kept, the newest first."""
    st.title("History", anchor=False)
    flights = session.mine(tower().store.flights(limit=_MOST))
    guide.show("history")
    if flights:
        _list(_chosen(flights))
    else:
        st.text("Nothing has flown yet. What you fly is kept here: to reopen, to compare, to take along.")
        link("hangar", "To the hangar", icon=":material/flight_takeoff:")
    _where()


def _chosen(flights: Sequence[Flight]) -> list[Flight]:
    names = sorted({flight.case for flight in flights})
    titles = {case.name: case.title for case in offered()[0]}
    name = st.selectbox(
        "Case", ["", *names], key="history/case", format_func=lambda n: titles.get(n, n) if n else "All cases",
        width=360,
    )  # fmt: skip
    return [flight for flight in flights if name in ("", flight.case)]


def _list(flights: Sequence[Flight]) -> None:
    shown = int(session.kept("history/shown", _PAGE))
    for flight in flights[:shown]:
        with st.container(border=True, key=f"row/{flight.id}"):
            _row(flight)
    if len(flights) > shown:
        st.button(
            f"Show {min(_PAGE, len(flights) - shown)} more of {len(flights)}", key="history/more",
            on_click=session.keep, args=("history/shown", shown + _PAGE),
        )  # fmt: skip


def _where() -> None:
    store = tower().store
    path = str(store.path) if store.path else "nowhere: in memory, until the program ends"
    st.caption(plain(f"Kept {'in memory only' if store.trouble else f'in {path}'}"))


# --- a row -----------------------------------------------------------------------------------------------------


def _row(flight: Flight) -> None:
    case, trouble = _case(flight)
    if rooms.locked(flight):
        _closed_row(flight, case)
        return
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        _told(flight, case, trouble)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        _ways(flight, case)


def _closed_row(flight: Flight, case: Case | None) -> None:
    """Draw a flight of a round of which nothing may be told yet, its seed least of all."""
    st.markdown(f"**{plain(case.title if case else flight.case)}**")
    st.caption(plain(f"a round · {_STATUS[flight.status]} · {words.ago(flight.touched)}"))
    rounds_lock.is_closed(flight)


def _case(flight: Flight) -> tuple[Case | None, str]:
    try:
        return tower().case(flight), ""
    except BadInput as error:
        return None, str(error)


def _told(flight: Flight, case: Case | None, trouble: str) -> None:
    title = case.title if case else flight.case
    profit = (flight.kpis or {}).get("profit")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(title)}**" + (f" · {plain(words.money(profit))}" if profit is not None else ""))
        for standing in held(case, flight.kpis) if case and flight.kpis else ():
            _badge(standing)
    level = flight.scenario["level"]
    status = _STATUS[flight.status]
    if case is not None and flight.status == "flying":
        status += f" at {words.day_of(flight.position, case.tick)}"
    branch = "decided otherwise in another flight" if flight.parent else "a round" if _of_round(flight) else ""
    parts = (f"level {level}", f"seed {flight.seed}", flight.mode, status, branch, words.ago(flight.touched))
    st.caption(plain(" · ".join(part for part in parts if part)))
    if trouble:
        st.caption(f"{_WARN} {plain(trouble)}")


def _badge(standing: Standing) -> None:
    st.badge(
        plain(f"{standing.sign} {by_name(standing.target.kpi)}"), color="green" if standing.verdict.met else "red",
        icon=":material/shield:" if standing.target.guardrail else None, help=plain(standing.margin),
    )  # fmt: skip


def _ways(flight: Flight, case: Case | None) -> None:
    if case is not None:
        _fly_ways(flight, case)
    if _of_round(flight):
        return  # it is deleted with its room
    with st.popover("", icon=":material/delete:", key=f"delete/{flight.id}", help="Delete"):
        st.text("Delete this flight with all that was kept of it? There is no way back.")
        st.button("Delete for good", key=f"delete/yes/{flight.id}", type="primary", on_click=_delete, args=(flight.id,))


def _of_round(flight: Flight) -> bool:
    return rooms.room_of(flight) is not None


def _fly_ways(flight: Flight, case: Case) -> None:
    landed = flight.status == "landed"
    if st.button("Open", key=f"open/{flight.id}", type="secondary" if landed else "primary"):
        session.open_flight(flight.id)
        go("fly")
    if st.button("Fly again", key=f"again/{flight.id}", help="A new brief with its design and its later decisions"):
        session.start_draft(**imports.words_of_flight(flight))
        go("brief")
    with st.popover("Export", key=f"export/{flight.id}"):
        _exports(flight, case)


def _exports(flight: Flight, case: Case) -> None:
    store = tower().store
    name = exports.file_name(flight)
    st.download_button(
        "As JSON: to bring along", partial(exports.as_json, store, flight), f"{name}.json", "application/json",
        key=f"json/{flight.id}", on_click="ignore",
    )  # fmt: skip
    st.download_button(
        "As HTML: to read", partial(exports.as_html, store, flight, case), f"{name}.html", "text/html",
        key=f"html/{flight.id}", on_click="ignore",
    )  # fmt: skip


def _delete(id: str) -> None:
    with contextlib.suppress(BadInput):  # another tab was quicker
        tower().store.delete(id)
    if session.flight_id() == id:
        session.close_flight()
