"""What is compared: own flights of one world and the reference answers flown in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard import flights, session, words
from dashboard.flights import tower
from dashboard.jobs import Order
from dashboard.recording import Recording
from dashboard.views import rounds_lock
from dashboard.views.landed import title_of
from dashboard.views.waiting import awaited
from simulator.case import Case
from simulator.store import Flight

__all__ = ["BARE", "Arm", "choose", "flown", "mates"]

BARE = {"displayModeBar": False}
"""charts without buttons of their own"""
_MOST_OWN = 4
_AT_FIRST = ("strong", "expert")


@dataclass(frozen=True)
class Arm:
    """One of those that are compared."""

    name: str
    """the id of a flight, or the name of a par"""
    label: str
    order: Order
    flight: Flight | None = None
    """None for a reference answer"""
    recording: Recording | None = None
    """None until it has been flown"""

    @property
    def books(self) -> Recording:
        """The recording of an arm that has been flown."""
        assert self.recording is not None
        return self.recording


def mates(flight: Flight) -> list[Flight]:
    """Return the own flights, *flight* among them, that met the same world and have landed; the oldest first."""
    known = rounds_lock.open_ones(session.mine(tower().store.flights(flight.case)))
    here = {
        other.id: other for other in (*known, flight) if other.status == "landed" and _world(other) == _world(flight)
    }
    return sorted(here.values(), key=lambda other: (other.created, other.id))


def _world(flight: Flight) -> tuple[object, ...]:
    return flight.case, flight.revision, flight.scenario, flight.seed


def choose(flight: Flight, case: Case) -> list[Arm]:
    """Let the player choose flights and reference answers; the flight on the screen is always the first of them."""
    own = mates(flight)
    left, right = st.columns(2, gap="medium")
    with left:
        mine = _own(flight, own)
    with right:
        pars = _pars(flight, case)
    order = flights.order_of(flight)
    return [*mine, *(Arm(par, title_of(par), order.by(par)) for par in pars)]


def _own(flight: Flight, own: Sequence[Flight]) -> list[Arm]:
    names = {other.id: "You" if other.id == flight.id else f"Flight {n}" for n, other in enumerate(own, 1)}
    others = [other.id for other in own if other.id != flight.id]
    told = {other.id: f"{names[other.id]} · {_told(other)}" for other in own}
    chosen = st.multiselect(
        "Your other flights in this world", others, default=_family(flight, own), format_func=told.__getitem__,
        key=f"compare/own/{flight.id}", max_selections=_MOST_OWN, disabled=not others,
        placeholder="choose flights" if others else "none has landed yet",
        help="flights of yours that have landed on the same case, scenario and seed",
    )  # fmt: skip
    picked = [flight, *(other for other in own if other.id in chosen and other.id != flight.id)]
    return [Arm(other.id, names[other.id], flights.order_of(other), other) for other in picked]


def _told(flight: Flight) -> str:
    profit = (flight.kpis or {}).get("profit")
    return f"{words.money(profit)} · {words.ago(flight.touched)}"


def _family(flight: Flight, own: Sequence[Flight]) -> list[str]:
    """Return the flight that this one branched off from, and those that branched off from it."""
    near = [other.id for other in own if other.parent == flight.id or other.id == flight.parent]
    return [id for id in near if id != flight.id][:_MOST_OWN]


def _pars(flight: Flight, case: Case) -> list[str]:
    return st.pills(
        "Reference answers", list(case.pars), selection_mode="multi", format_func=title_of,
        default=[par for par in case.pars if par in _AT_FIRST], key=f"compare/pars/{flight.id}",
        help="each is flown in the very world that you flew in",
    )  # fmt: skip


def flown(arms: Sequence[Arm]) -> list[Arm]:
    """Return those of *arms* that have been flown, in their order; the first that is missing is asked for."""
    ready: list[Arm] = []
    for arm in arms:
        asked = tower().recording(f"{session.name()}/compare", arm.order)
        recording = awaited(asked, f"Flying: {arm.label}", f"compare/{arm.name}")
        if recording is None:
            break
        ready.append(replace(arm, recording=recording))
    return ready
