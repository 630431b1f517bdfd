"""The candidate's side as an interviewer sees it: what stands on that screen now, what was decided, asked, expected."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.views.room_console_part import Desk
from dashboard.views.room_strip import TITLES
from dashboard.views.rounds_known import address_of
from simulator.case import Case
from simulator.evidence import EVIDENCE
from simulator.plan import Plan
from simulator.record import Forecast, Look

__all__ = ["Screen", "Step", "decisions", "on_screen", "opened", "seen_ago", "show", "steps"]

_GONE = 10.0  # s without a sign, after which a side counts as not connected
_FEW = 6  # decisions that are shown at once
_PANELS = {"business": "Business", "system": "System", "model": "Model", "map": "Map", "journal": "Journal"}


@dataclass(frozen=True)
class Screen:
    """What a side has before it."""

    words: Mapping[str, Any]
    """as that side wrote it"""
    ago: float | None
    """when that was [s of wall time]; None = it was never here"""

    @property
    def connected(self) -> bool:
        """Whether somebody sits there now."""
        return self.ago is not None and self.ago <= _GONE


@dataclass(frozen=True)
class Step:
    """Something that was decided in flight."""

    at: float
    """[s]"""
    told: str
    why: str


def show(desk: Desk, phase: str) -> None:
    """Draw the candidate's side; this is drawn once a second."""
    screen = on_screen(desk)
    st.markdown(f"**The candidate now**  {_head(screen)}")
    if screen.ago is None:
        st.caption("Send this link to the candidate")
        st.code(address_of(desk.entry.room.keys["candidate"]), language=None, wrap_lines=True)
    for line in _lines(desk, screen, phase):
        st.text(line)
    decisions(desk)


def on_screen(desk: Desk) -> Screen:
    """Return what the candidate has on the screen."""
    found = tower().store.rooms.looks(desk.entry.room.id).get("candidate")
    return Screen(*((found[0], max(0.0, time.time() - found[1])) if found else ({}, None)))


def seen_ago(screen: Screen) -> str:
    """Say whether somebody sits there, and when there was the last sign of it."""
    if screen.ago is None:
        return "not here yet"
    ago = "just now" if screen.ago < 2 else f"{words.duration(round(screen.ago))} ago"
    return f"connected · last seen {ago}" if screen.connected else f"not connected · last seen {ago}"


def _head(screen: Screen) -> str:
    colour, icon = ("green", "wifi") if screen.connected else ("orange", "wifi_off")
    return f":{colour}[:material/{icon}: {plain(seen_ago(screen))}]"


def _lines(desk: Desk, screen: Screen, phase: str) -> list[str]:
    """Return, line by line, where the candidate is, and what is open there."""
    here = TITLES.get(str(screen.words.get("phase", phase)), phase)
    if desk.flight is None:
        return [f"{here} · not taken off yet", *_drafted(desk, screen.words)]
    at, end = words.when(desk.now, desk.case.tick), words.when(desk.case.horizon, desk.case.tick)
    state = "landed" if desk.landed else _motion(screen.words)
    open_now = " · ".join(opened(screen.words, tower().store.looks(desk.flight.id)))
    return [line for line in (f"{here} · {at} of {end} · {state}", open_now) if line]


def _drafted(desk: Desk, said: Mapping[str, Any]) -> list[str]:
    """Return the design that is being prepared, as far as it differs from the one that the case begins with."""
    dials = said.get("dials")
    known = {dial.name: dial.label for dial in desk.case.design.dials()}
    moved = {name: value for name, value in dials.items() if name in known} if isinstance(dials, Mapping) else {}
    return [f"Dials moved: {', '.join(f'{known[name]} → {value}' for name, value in moved.items())}"] if moved else []


def _motion(said: Mapping[str, Any]) -> str:
    """Say whether the flight moves, and how fast."""
    if "playing" not in said:
        return "in flight"
    speed = said.get("speed")
    fast = f" at {speed:g}×" if isinstance(speed, int | float) and not isinstance(speed, bool) else ""
    return f"playing{fast}" if said["playing"] else "paused"


def opened(said: Mapping[str, Any], looks: Sequence[Look]) -> list[str]:
    """Say which instruments are open, and the closer look: as the screen *said*, or else by the last *looks*."""
    panel = str(said.get("panel") or _last(looks, "panel"))
    closer = str(said.get("closer") or "") if "closer" in said else _last(looks, "chart")
    found = [f"Instruments: {_PANELS.get(panel, words.titled(panel))}"] if panel else []
    if closer:
        found.append(f"Closer look: {EVIDENCE[closer].label if closer in EVIDENCE else words.titled(closer)}")
    return found


def _last(looks: Sequence[Look], kind: str) -> str:
    return next((look.what.partition(":")[2] for look in reversed(looks) if look.what.startswith(f"{kind}:")), "")


# --- what was decided, asked, expected -------------------------------------------------------------------------


def steps(case: Case, plan: Plan) -> list[Step]:
    """Return what was decided, the newest first."""
    turns = [Step(c.at, _turned(case, c.dials), c.why) for c in plan.changes]
    acts = [Step(a.at, _done(case, a.name, a.arguments), a.why) for a in plan.acts]
    return sorted((*turns, *acts), key=lambda step: step.at, reverse=True)


def _turned(case: Case, dials: Mapping[str, Any]) -> str:
    return ", ".join(f"{case.design.dial(name).label} → {value}" for name, value in dials.items())


def _done(case: Case, name: str, arguments: Mapping[str, Any]) -> str:
    given = ", ".join(f"{argument} {value}" for argument, value in arguments.items())
    return f"{case.acts[name].label} {given}".strip()


def decisions(desk: Desk, *, private: bool = True) -> None:
    """Draw what was decided, with its reasons; where it is *private*, then what was asked and expected."""
    if desk.flight is not None:
        found = steps(desk.case, tower().plan(desk.flight))
        st.caption(f"Decided in flight: {len(found)}" if found else "Nothing decided in flight yet")
        for step in found[:_FEW]:
            _step(desk.case, step)
        if len(found) > _FEW:
            with st.expander(f"{len(found) - _FEW} earlier", key="console/earlier"):
                for step in found[_FEW:]:
                    _step(desk.case, step)
    for title, lines in _asked(desk).items() if private else ():
        if lines:
            st.caption(f"{title}: {len(lines)}")
            for line in lines:
                st.text(f"• {line}")


def _step(case: Case, step: Step) -> None:
    why = f"  \n:small[“{plain(step.why)}”]" if step.why else "  \n:small[:gray[no reason given]]"
    st.markdown(f"**{plain(words.when(step.at, case.tick))}** {plain(step.told)}{why}")


def _asked(desk: Desk) -> dict[str, list[str]]:
    """Return title -> lines: what was asked, which hints were taken, what was expected."""
    script, standing = desk.entry.fitted.script, desk.entry.standing
    facts = [script.fact[place].ask for place in standing.facts if place < len(script.fact)]
    hints = [_hint(desk.case, place) for place in standing.hints]
    return {
        "Facts asked for": [*dict.fromkeys(sentence(ask) for ask in (*facts, *_questions(desk)))],
        "Hints taken": hints,
        "Expected": [_forecast(desk.case, forecast) for forecast in _forecasts(desk)],
    }


def _questions(desk: Desk) -> list[str]:
    """Return the questions of the case that were asked."""
    if desk.flight is None:
        return []
    whats = [look.what for look in tower().store.looks(desk.flight.id) if look.what.startswith("question:")]
    places = [int(what.partition(":")[2]) for what in dict.fromkeys(whats) if what.partition(":")[2].isdigit()]
    asked = desk.case.board.questions
    return [asked[place].ask for place in places if place < len(asked)]


def _hint(case: Case, place: int) -> str:
    return case.behaviours[place].text if 0 <= place < len(case.behaviours) else f"hint {place + 1}"


def _forecasts(desk: Desk) -> Sequence[Forecast]:
    return tower().store.forecasts(desk.flight.id) if desk.flight else ()


def _forecast(case: Case, forecast: Forecast) -> str:
    unit = case.kpis[forecast.kpi].unit if forecast.kpi in case.kpis else ""
    low, high = words.quantity(forecast.low, unit), words.quantity(forecast.high, unit)
    return f"{words.titled(forecast.kpi)} by {words.when(forecast.by, case.tick)}: {low} to {high}"
