"""A section of the debrief as it comes: its progress, its failure, or what was found."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import flights, session
from dashboard.flights import tower
from dashboard.views.waiting import part
from simulator.store import Flight

__all__ = ["known", "owner", "section_of", "was_second"]

_DOING = {
    "attribution": "Flying without each of your decisions",
    "luck": "Flying your plan in sibling worlds",
    "moves": "Flying one thing otherwise at a time",
    "knowable": "Flying without each of the incidents",
    "orders": "Flying your decisions in many orders",
    "siblings": "Flying without each decision in sibling worlds",
    "regret": "Looking for the best design of this world",
}


def owner() -> str:
    """Return in whose name the workers are asked."""
    return f"{session.name()}/debrief"


def section_of(flight: Flight, name: str) -> Any:
    """Return what was found for the section *name*; None while it is not there, and then the page says so."""
    order = flights.order_of(flight)
    doing = _DOING.get(name, f"Working out: {name}")
    return part(lambda: tower().section(owner(), order, name), doing, f"{name}/{flight.id}", at_once=0.0)


def known(flight: Flight, name: str) -> Any:
    """Return what was found for the section *name* if it is there already, else None; nothing is said of it."""
    asked = tower().section(owner(), flights.order_of(flight), name)
    return asked.result if asked.ready else None


def was_second(*buttons: str) -> None:
    """Say that an answer came too late, where one of *buttons* was pressed whose question is answered already."""
    if any(session.widget(key) for key in buttons):
        st.toast("That was answered already, in another tab perhaps; the first answer stands.", icon=":material/info:")
