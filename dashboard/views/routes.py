"""The pages by name, and the ways from one to another; the flight on the screen comes along in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import streamlit as st

from dashboard import session

__all__ = ["TITLES", "go", "lay_out", "link"]

TITLES = {
    "hangar": "Hangar",
    "brief": "Brief",
    "fly": "Fly",
    "compare": "Compare",
    "debrief": "Debrief",
    "probes": "Probes",
    "history": "History",
    "rounds": "Rounds",
    "room": "Room",
}


def lay_out(views: Mapping[str, Callable[[], None]]) -> Any:
    """Make the pages of *views*, remember them, and return the one that the address names.

    Who is in no room is not shown the way into one; the page is there for who comes by its address.
    """
    pages = {path: _page(path, view) for path, view in views.items()}
    session.keep("pages", pages)
    return st.navigation(list(pages.values()), position="top")


def _page(path: str, view: Callable[[], None]) -> Any:
    shown = path != "room" or session.room_key()
    return st.Page(
        view, title=TITLES[path], url_path=path, default=path == "hangar", visibility="visible" if shown else "hidden"
    )


def _words(path: str, flight: str = "") -> dict[str, str]:
    """Return what comes along in the address of the page *path*."""
    if path == "room":
        return {"room": session.room_key()}
    along = flight or session.flight_id()
    return {"flight": along} if along else {}


def go(path: str) -> NoReturn:
    """Show the page *path* now."""
    st.switch_page(session.kept("pages")[path], query_params=_words(path))


def link(path: str, label: str, icon: str | None = None, help: str | None = None, flight: str = "") -> None:
    """Draw a link to the page *path*; a *flight* other than the one on the screen comes along when it is given."""
    st.page_link(session.kept("pages")[path], label=label, icon=icon, help=help, query_params=_words(path, flight))
