"""The flight deck: the clock runs, the business answers, and whoever sits here decides."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard import flights, session
from dashboard.flights import tower
from dashboard.playback import SPEEDS, Playback
from dashboard.recording import Recording
from dashboard.views import cockpit, decide, guide, landed, look, rounds_lock
from dashboard.views.routes import link
from dashboard.views.waiting import FirstDraw, awaited, wait_for
from simulator.case import Case
from simulator.store import Flight

__all__ = ["Hooks", "brought_down", "clock_of", "deck", "view"]

_SKIPS = {  # icon and key
    "Next event": ("skip_next", "e"),
    "Next checkpoint": ("fast_forward", "k"),
    "Back": ("fast_rewind", "b"),
    "Land": ("flight_land", None),
}
_CHUNK = 0.5  # s between two chunks of a flight that plays


@dataclass(frozen=True)
class Hooks:
    """What a page wants of the deck that stands on it."""

    changed: Callable[[], bool] = lambda: False
    """asked at each chunk: whether the page says what is no longer so, and has to be drawn anew"""
    halt: float = math.inf
    """where the clock halts by itself, and behind which no button leads [s]"""
    held: bool = False
    """whether the clock has to stand"""
    landed: Callable[[Flight, Case, Recording], None] = landed.summary
    """draws what stands beside a flight that is down"""
    asked: frozenset[int] = frozenset()
    """questions that were asked, beside those that are noted with the flight, by their place"""


def view() -> None:
    """Draw the flight on the screen, or the way to one."""
    id = session.flight_id()
    if not id:
        _nothing_flies()
        return
    flight = tower().store.flight(id)
    if rounds_lock.is_closed(flight, "Not on this deck"):
        return
    case = tower().case(flight)
    _title(flight, case)
    with st.container():
        guide.show("fly")
    deck(flight, case)


def deck(flight: Flight, case: Case, hooks: Hooks | None = None) -> None:
    """Draw the deck of *flight*, or what its reader waits for."""
    with st.container():  # what waits has a place of its own, so that nothing below is mounted anew
        recording, is_fresh = _recording(flight)
    if recording is not None:
        _deck(flight, case, recording, is_fresh, hooks or Hooks())


def brought_down(flight: Flight, case: Case) -> bool:
    """Fly *flight* to its end without anybody at the desk, and tell whether it is down; else the page says what it
    waits for."""
    recording, is_fresh = _recording(flight)
    if recording is None or not is_fresh:
        return False
    clock_of(flight, case).jump(recording.until)
    tower().store.reach(flight.id, recording.until)
    _land(flight, recording)
    return True


def _nothing_flies() -> None:
    st.title("No flight on the deck")
    st.write("Choose a case in the hangar, decide on a first design, and take off.")
    link("hangar", "To the hangar", icon=":material/flight_takeoff:")


def _recording(flight: Flight) -> tuple[Recording | None, bool]:
    """Return the recording of *flight*, and whether it is that of its plan: while a decision is being computed, the
    one before it stays on the screen."""
    asked = tower().recording(session.name(), flights.order_of(flight))
    before = session.shown(flight.id)
    if before is None or asked.ready:
        fresh = awaited(asked, "Computing your flight", f"fly/{flight.id}")
        return (session.shown(flight.id, fresh), True) if fresh is not None else (None, False)
    assert asked.errand is not None
    if asked.errand.wait(1.0) == "done":
        return session.shown(flight.id, asked.errand.result), True
    wait_for(asked.errand, "Computing what follows from your decision", f"fly/{flight.id}")
    return before, False


def clock_of(flight: Flight, case: Case) -> Playback:
    """Return the clock of *flight*; it stands where the flight stood when it is on the screen for the first time."""
    at = flight.furthest if flight.mode == "check" else flight.position
    return session.playback(flight.id, case.horizon, at)


def _deck(flight: Flight, case: Case, recording: Recording, is_fresh: bool, hooks: Hooks) -> None:
    clock = clock_of(flight, case)
    _settle(flight, recording, clock, is_fresh, hooks)
    _controls(flight, case, recording, clock, is_fresh, hooks)
    left, right = st.columns([7, 3], gap="medium")
    with left:
        moving = st.fragment(_live, run_every=_CHUNK if clock.playing else None, key="live")
        moving(flight, case, recording, clock, FirstDraw(), hooks)
        if not clock.playing and is_fresh:
            look.closer(flight, case, recording.offered, clock.now(session.wall()))
    with right:
        if clock.now(session.wall()) >= recording.until and is_fresh:
            hooks.landed(flight, case, recording)
        else:
            decide.panel(flight, case, recording, clock, hooks.asked)


def _settle(flight: Flight, recording: Recording, clock: Playback, is_fresh: bool, hooks: Hooks) -> None:
    """Bring the clock to where it has to be before anything of this page is drawn."""
    if hooks.held or not is_fresh:
        _stand(flight, clock)
        return
    if session.kept("resume") == flight.id:  # it ran until something was decided, or until it had to stand
        session.keep("resume", "")
        clock.play(session.wall(), _halt_at(recording, clock, hooks.halt))
    if clock.halted(session.wall()):
        tower().store.reach(flight.id, clock.pause(session.wall()))
    if flight.mode == "check" and clock.now(session.wall()) < flight.furthest:  # another tab has flown on
        clock.jump(flight.furthest)
    _land_if_down(flight, recording, clock)


def _stand(flight: Flight, clock: Playback) -> None:
    """Let the clock stand; it goes on by itself if it ran."""
    if clock.playing:
        session.keep("resume", flight.id)
        tower().store.reach(flight.id, clock.pause(session.wall()))


def _title(flight: Flight, case: Case) -> None:
    mode = "check flight" if flight.mode == "check" else "training"
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(case.title, anchor=False, width="content")
        st.caption(f"level {case.scenario.level} · seed {flight.seed} · {mode}", width="content")


# --- the clock -------------------------------------------------------------------------------------------------


def _controls(
    flight: Flight, case: Case, recording: Recording, clock: Playback, is_fresh: bool, hooks: Hooks
) -> None:  # fmt: skip
    now = clock.now(session.wall())
    over = now >= recording.until or hooks.held or not is_fresh
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        _play_or_pause(flight, recording, clock, over, hooks.halt)
        _skip("Next event", min(_next_event(recording, now), hooks.halt), flight, clock, over)
        _skip("Next checkpoint", min(_next_checkpoint(case, now), hooks.halt), flight, clock, over)
        if flight.mode == "training":
            _skip("Back", max(0.0, now - recording.until / 12), flight, clock, now <= 0 or not is_fresh)
        _skip("Land", min(recording.until, hooks.halt), flight, clock, over)
        speed = st.segmented_control(
            "Speed", SPEEDS, default=clock.speed, required=True, key="speed", format_func=lambda s: f"{s:g}×",
            label_visibility="collapsed",
        )  # fmt: skip
        if flight.mode == "training":
            st.checkbox("Halt at alarms", value=session.kept("halt", True), key="halt", on_change=_keep_halt)
    if speed != clock.speed:
        clock.turn(session.wall(), float(speed))


def _keep_halt() -> None:
    session.keep("halt", not session.kept("halt", True))


def _play_or_pause(flight: Flight, recording: Recording, clock: Playback, over: bool, halt: float) -> None:
    label, icon = ("Pause", ":material/pause:") if clock.playing else ("Play", ":material/play_arrow:")
    kind: Literal["secondary", "primary"] = "secondary" if clock.playing else "primary"
    st.button(
        label, icon=icon, type=kind, key="play", disabled=over, shortcut="p",
        on_click=_toggle, args=(flight.id, recording, clock, halt),
    )  # fmt: skip


def _toggle(id: str, recording: Recording, clock: Playback, halt: float) -> None:
    if clock.playing:
        tower().store.reach(id, clock.pause(session.wall()))
    else:
        clock.play(session.wall(), _halt_at(recording, clock, halt))


def _halt_at(recording: Recording, clock: Playback, halt: float) -> float:
    """Return where the clock halts by itself [s]: at *halt*, or at the next alarm, where that is wanted."""
    if not session.kept("halt", True):
        return min(recording.until, halt)
    alarm = recording.next_line(clock.now(session.wall()), ("alarm",))
    return min(alarm.at if alarm else recording.until, halt)


def _skip(name: str, to: float, flight: Flight, clock: Playback, disabled: bool) -> None:
    icon, shortcut = _SKIPS[name]
    st.button(
        name, icon=f":material/{icon}:", key=f"skip/{name}", disabled=disabled, shortcut=shortcut, on_click=_jump,
        args=(flight.id, clock, to),
    )  # fmt: skip


def _jump(id: str, clock: Playback, to: float) -> None:
    clock.jump(to)
    tower().store.reach(id, clock.position)


def _next_event(recording: Recording, now: float) -> float:
    line = recording.next_line(now, ("alarm", "incident", "version", "note"))
    return line.at if line else recording.until


def _next_checkpoint(case: Case, now: float) -> float:
    return next((at for at in case.checkpoints if at > now + 1e-6), case.horizon)


# --- what moves ------------------------------------------------------------------------------------------------


def _live(
    flight: Flight, case: Case, recording: Recording, clock: Playback, first: FirstDraw, hooks: Hooks
) -> None:  # fmt: skip
    """Draw all that moves; while the flight plays this is drawn twice a second."""
    alone = first.is_over()
    if alone and hooks.changed():
        st.rerun()
    wall = session.wall()
    if clock.halted(wall) and alone:
        tower().store.reach(flight.id, clock.pause(wall))
        st.rerun()
    if clock.playing and session.every("reach", 3.0):
        tower().store.reach(flight.id, clock.now(wall))
    cockpit.show(flight, case, recording, clock)


def _land_if_down(flight: Flight, recording: Recording, clock: Playback) -> None:
    """Write the result of a flight into the store when it has come to its end."""
    if clock.now(session.wall()) >= recording.until and flight.status != "landed":
        _land(flight, recording)


def _land(flight: Flight, recording: Recording) -> None:
    figures = {name: value for name, value in recording.kpis.items() if value is not None}
    tower().store.land(flight.id, figures, recording.digest, flight.version)
