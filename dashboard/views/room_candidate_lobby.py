"""Before a round begins: what it is about, what will happen; and for who flies alone, the buttons that move it on."""

from __future__ import annotations

import streamlit as st

from dashboard import rooms, session
from dashboard.plain import plain
from dashboard.rooms import Entry
from dashboard.views.brief import in_prose
from dashboard.views.room_candidate_part import press
from dashboard.views.room_strip import SETTLES, TITLES
from dashboard.words import GAP
from simulator.rounds.script import PHASES, Script
from simulator.store import Flight

__all__ = ["lobby", "steering"]

_EXTRA = (1.0, 1.25, 1.5)
_DOES = {
    "brief": "Read what the business is in, and ask what the brief leaves out.",
    "design": "Turn the dials of a first design, say what you expect, and take off.",
    "play": "The business runs. Watch it, decide, and say why.",
    "probes": "Questions about your own flight, answered once.",
    "debrief": "What happened, and what there is to learn.",
}
_HINTS = {
    "none": "There are no hints.",
    "asked": "You may take hints, one at a time; each is noted.",
    "free": "All hints are open to you.",
}


def lobby(entry: Entry) -> None:
    """Draw what the round is about, and what will happen in it."""
    script, case = entry.fitted.script, entry.fitted.case
    left, right = st.columns([11, 9], gap="medium")
    with left:
        for paragraph in script.intro.strip().split("\n\n"):
            st.markdown(in_prose(paragraph))
        seed = "seed hidden until the end" if script.seed == "hidden" else f"seed {entry.room.seed}"
        st.caption(plain(f"{case.title} · level {case.scenario.level} · {seed}"))
        _waiting(entry)
    with right:
        _phases(script, entry.standing.clock.factor)


def _waiting(entry: Entry) -> None:
    if not entry.room.alone:
        st.info("You are in. The round begins when your interviewer starts it.", icon=":material/hourglass_top:")
        return
    key = f"room/extra/{entry.standing.was('extra')}"
    st.segmented_control(
        "Extra time", _EXTRA, default=entry.standing.clock.factor, required=True, key=key, on_change=_stretch,
        args=(entry, key), format_func=lambda factor: "none" if factor == 1 else f"×{factor:g}",
        help="It stretches the clock of the round; the world stays the same.",
    )  # fmt: skip
    st.button(
        "Start", key="room/start", type="primary", icon=":material/play_arrow:", on_click=press,
        args=(entry, "phase", rooms.following(entry)),
    )  # fmt: skip


def _stretch(entry: Entry, key: str) -> None:
    press(entry, "extra", "", {"factor": float(session.widget(key, 1.0))})


def _phases(script: Script, factor: float) -> None:
    st.subheader("What will happen", anchor=False)
    there = [(phase, getattr(script.minutes, phase) * factor) for phase in PHASES if getattr(script.minutes, phase)]
    for phase, minutes in there:
        st.markdown(f"**{TITLES[phase]}** · {minutes:g}{GAP}min  \n{_DOES[phase]}")
    st.caption(f"{sum(minutes for _, minutes in there):g}{GAP}minutes in all. {_HINTS[script.hints]}")


# --- alone -----------------------------------------------------------------------------------------------------


def steering(entry: Entry, flight: Flight | None) -> None:
    """Draw what moves a round on that somebody flies alone: the next phase, when it can begin, and a pause."""
    clock = entry.standing.clock
    if not entry.room.alone or clock.phase not in PHASES:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="room/steering"):
        why = _not_yet(entry, flight)
        if why:
            st.caption(why, width="content")
        elif rooms.following(entry) not in ("debrief", "over"):  # there a release leads
            _next(entry)
        held = clock.held
        st.button(
            "Go on" if held else "Pause the round", key=f"room/hold/{held}", type="tertiary", on_click=press,
            icon=f":material/{'play_arrow' if held else 'pause'}:", args=(entry, "hold", "", {"held": not held}),
        )  # fmt: skip


def _next(entry: Entry) -> None:
    """Offer the next phase: prominently when the time of this one is over, and not to a second click."""
    clock, then = entry.standing.clock, rooms.following(entry)
    urgent = clock.left < 0 or clock.phase == "play"  # the flight is down then, and nothing else is left to do
    st.button(
        f"Next: {TITLES[then].lower()}", key=f"room/next/{then}", icon=":material/skip_next:", on_click=press,
        type="primary" if urgent else "secondary", disabled=clock.gone < SETTLES and not clock.held,
        args=(entry, "phase", then),
    )  # fmt: skip
    if clock.left < 0:
        st.caption("The time is over; go on when you are ready.", width="content")


def _not_yet(entry: Entry, flight: Flight | None) -> str:
    """Say what has to be done before the next phase; empty = nothing."""
    phase = entry.standing.clock.phase
    if phase == "design" and flight is None:
        return "The flight begins when you take off."
    if phase == "play" and (flight is None or flight.status != "landed"):
        return "The next phase begins when the flight is down."
    return ""
