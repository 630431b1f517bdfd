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
}


def lay_out(views: Mapping[str, Callable[[], None]]) -> Any:
    """Make the pages of *views*, remember them, and return the one that the address names."""
    pages = {
        path: st.Page(view, title=TITLES[path], url_path=path, default=path == "hangar") for path, view in views.items()
    }
    session.keep("pages", pages)
    return st.navigation(list(pages.values()), position="top")


def _with_flight() -> dict[str, str]:
    flight = session.flight_id()
    return {"flight": flight} if flight else {}


def go(path: str) -> NoReturn:
    """Show the page *path* now."""
    st.switch_page(session.kept("pages")[path], query_params=_with_flight())


def link(path: str, label: str, icon: str | None = None, help: str | None = None) -> None:
    """Draw a link to the page *path*."""
    st.page_link(session.kept("pages")[path], label=label, icon=icon, help=help, query_params=_with_flight())
