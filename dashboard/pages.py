"""The pages, their order and their addresses; and what stands on each of them."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import streamlit as st

import cases
from dashboard import session
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.views import brief, compare, debrief, fly, hangar, history, probes, room, rounds
from dashboard.views.routes import go, lay_out, link
from simulator.errors import BadInput

__all__ = ["show"]

_VIEWS: dict[str, Callable[[], None]] = {
    "hangar": hangar.view,
    "brief": brief.view,
    "fly": fly.view,
    "compare": compare.view,
    "debrief": debrief.view,
    "probes": probes.view,
    "history": history.view,
    "rounds": rounds.view,
    "room": room.view,
}


def show() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Windtunnel", page_icon=str(_asset("icon.svg")), layout="wide")
    st.html(f"<style>{_style()}</style>")
    page = lay_out({path: _kept_safe(view) for path, view in _VIEWS.items()})
    _tell_trouble()
    if page.url_path in ("", "hangar"):
        _first_case()
    page.run()


def _first_case() -> None:
    """Have the case of `windtunnel play --case` ready when somebody comes to the front door."""
    case = os.environ.get("WINDTUNNEL_CASE", "")
    if session.once("front door") and case in cases.names() and not session.flight_id() and session.draft() is None:
        session.start_draft(case, seed=hangar.todays_seed())
        go("brief")


def _kept_safe(view: Callable[[], None]) -> Callable[[], None]:
    """Return *view* so that what a person can mend is told in a sentence, and nothing is lost."""

    def guarded() -> None:
        try:
            view()
        except BadInput as error:
            _told(error)
        except Exception:
            _broken()

    guarded.__name__ = view.__module__.rsplit(".", 1)[-1]
    return guarded


def _told(error: BadInput) -> None:
    """Say what is wrong, and where one can go on from here."""
    st.error(plain(sentence(str(error))), icon=":material/warning:")
    _let_go()
    link("hangar", "To the hangar", icon=":material/flight_takeoff:")
    link("history", "To the history", icon=":material/history:")


def _let_go() -> None:
    """Take a flight that there is not off the screen: else every page would lead back to it."""
    try:
        tower().store.flight(session.flight_id())
    except BadInput:
        session.close_flight()


def _broken() -> None:
    """Say that something broke, with a number under which the log tells more; what was decided is on disk."""
    number = secrets.token_hex(3)
    logging.getLogger("windtunnel").exception("incident %s", number)
    st.error(
        f"Something broke on this page (incident {number}); what you decided is kept. Reload to go on.",
        icon=":material/build:",
    )


def _style() -> str:
    return _asset("page.css").read_text("utf-8")


def _asset(name: str) -> Path:
    return Path(__file__).parent / "assets" / name


def _tell_trouble() -> None:
    """Say where flights are kept when that is not where they should be."""
    store = tower().store
    if store.trouble:
        st.warning(plain(f"{sentence(store.trouble)} Export what you want to keep."), icon=":material/warning:")
    for notice in store.notices:
        if session.once(notice):
            st.toast(plain(notice), icon=":material/info:", duration="long")
