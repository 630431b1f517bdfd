"""A script as a card: what it is about, how long it takes, and the two ways to play it - with somebody, or alone."""

from __future__ import annotations

import streamlit as st

import cases
from dashboard import session
from dashboard.plain import plain, sentence
from dashboard.views import rounds_known, rounds_links
from dashboard.views.rounds_offer import KINDS, Offer, alone, minutes_of
from simulator.errors import BadInput
from simulator.rounds.script import Script

__all__ = ["card"]

_SEEDS = {"hidden": "a seed of its own, told at the end", "room": "a seed of its own"}


def card(offer: Offer) -> None:
    """Draw what there is to know of a script before it is played, and the ways into it."""
    script = offer.script
    st.markdown(f"#### {plain(script.title)}")
    st.text(_about(script))
    st.caption(f"{plain(_what(script))}  \n{plain(_how(script))}")
    with st.container(horizontal=True):
        st.button(
            "Open a room", key=f"rounds/open/{offer.name}", type="primary", icon=":material/meeting_room:",
            on_click=rounds_links.begin, args=(offer,),
        )  # fmt: skip
        if st.button("Fly it alone", key=f"rounds/alone/{offer.name}", icon=":material/flight_takeoff:"):
            _fly_alone(offer)


def _about(script: Script) -> str:
    """Return the first paragraph of what a candidate reads first, as one line."""
    return " ".join(script.intro.strip().split("\n\n")[0].split()) or cases.load(script.case).tension


def _what(script: Script) -> str:
    return f"{cases.load(script.case).title} · {KINDS[script.kind]} · {minutes_of(script):g} minutes"


def _how(script: Script) -> str:
    level = script.scenario.get("level")
    parts = [f"level {level}"] if level is not None else []
    seed = _SEEDS[script.seed] if isinstance(script.seed, str) else f"seed {script.seed} for everybody"
    return sentence(" · ".join([*parts, seed]))


def _fly_alone(offer: Offer) -> None:
    try:
        room = alone(offer)
    except BadInput as error:
        session.keep("rounds/trouble", str(error))
        st.rerun()
    rounds_known.remember(room, "candidate")
    rounds_known.enter(room.keys["candidate"])
