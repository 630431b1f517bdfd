"""What happens in a round, on one time line: what has, what is due, what waits for a condition or for a hand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from dashboard import words
from dashboard.plain import sentence
from dashboard.views.room_console_part import Desk
from simulator.incidents import Incident
from simulator.rounds.fitted import Planned, due
from simulator.rounds.script import BY_HAND
from simulator.rounds.standing import REQUIREMENT, Ordered, Standing
from simulator.units import seconds

__all__ = ["OPEN", "Row", "State", "line", "requirement", "rows", "waits_for"]

State = Literal["over", "running", "due", "waits", "by hand", "ordered", "left out"]

OPEN: frozenset[State] = frozenset({"due", "waits", "by hand", "ordered"})
"""states in which an event can still be steered"""
_SIGNS: Mapping[State, str] = {
    "over": "✓", "running": "▶", "due": "◷", "waits": "…", "by hand": "☞", "ordered": "⇢", "left out": "✕",
}  # fmt: skip
_LEAST = 1.2  # % of the line; what lasts for a moment is drawn so long
_NEAR = 25.0  # % of the line that a label takes
_DONE = {"fire": "fired by hand", "delay": "put off", "skip": "left out by hand", "require": "said"}


@dataclass(frozen=True)
class Row:
    """Something that happens in the flight, may, or might have."""

    name: str
    about: str
    """what it does, in a sentence; the requirement's: what is said"""
    says: str
    """what the candidate is told; empty = nothing"""
    note: str
    """for the interviewer"""
    state: State
    at: float | None
    """when it began, or is due [s]; None = nobody knows"""
    end: float | None
    """[s]; None = it stays, or has none"""
    detail: str
    """how it stands, in words"""
    own: bool
    """whether it is the script's, and can be steered"""


def rows(desk: Desk) -> list[Row]:
    """Return all that happens in the flight of *desk*, in order of time; what has no moment yet comes last."""
    planned = {event.name: event for event in desk.entry.fitted.events}
    incidents = {incident.name: incident for incident in desk.case.incidents(desk.entry.room.seed)}
    dropped = [_dropped(event) for name, event in planned.items() if name not in incidents]
    found = [_row(desk, incident, planned.get(name)) for name, incident in incidents.items()]
    return sorted((*found, *dropped), key=lambda row: (row.at is None, row.at or 0.0))


def _dropped(event: Planned) -> Row:
    return Row(event.name, event.about, event.says, event.note, "left out", None, None, "not in this level", own=False)


def _row(desk: Desk, incident: Incident, event: Planned | None) -> Row:
    began = _began(desk, incident)
    state, at, detail = _stands(desk, incident, event, began)
    end = at + incident.lasts if at is not None and incident.lasts else None
    if state == "running" and end is not None and end <= desk.now:
        state, detail = "over", f"{detail}, over since {words.day_of(end, desk.case.tick)}"
    kind = desk.case.kinds[incident.kind]
    about = event.about if event else sentence(kind.help)
    return Row(
        incident.name,
        about,
        incident.says,
        event.note if event else "",
        state,
        at,
        end,
        detail,
        own=event is not None and bool(event.when),
    )


def _began(desk: Desk, incident: Incident) -> float | None:
    """Return when it began [s]; None = not by now."""
    if incident.when is not None:
        return desk.fired.get(incident.name)
    return incident.at if desk.flight is not None and incident.at <= desk.now else None


def _stands(
    desk: Desk, incident: Incident, event: Planned | None, began: float | None
) -> tuple[State, float | None, str]:
    """Return state, moment and words of an incident that *began* then, or has not."""
    tick, standing = desk.case.tick, desk.entry.standing
    did = standing.done.get(incident.name, ("", 0.0))
    if began is not None:
        by_hand = f", {_DONE['fire']}" if did[0] == "fire" else ""
        return "running", began, f"began {words.when(began, tick)}{by_hand}"
    order = next((one for one in reversed(standing.orders) if one.what == incident.name), None)
    if order is not None:
        return "ordered", _moment(order, desk), f"{_ordered(order, tick)} – takes effect on the candidate's deck"
    if did[0] == "skip":
        return "left out", None, f"{_DONE['skip']}, {words.when(did[1], tick)}"
    return _expected(incident, event, did, tick)


def _moment(order: Ordered, desk: Desk) -> float | None:
    return {"fire": desk.now, "delay": order.until}.get(order.do)


def _ordered(order: Ordered, tick: float) -> str:
    """Say what was ordered."""
    what = {"fire": "fire now", "skip": "skip", "delay": f"not before {words.when(order.until, tick)}"}
    return f"ordered: {what.get(order.do, order.do)}"


def _expected(
    incident: Incident, event: Planned | None, did: tuple[str, float], tick: float
) -> tuple[State, float | None, str]:
    """Return state, moment and words of something that is still to come."""
    if incident.when is None:
        return "due", incident.at, f"due {words.when(incident.at, tick)}"
    least, test = waits_for(incident.when.told())
    least, put_off = max(least, incident.at), f", {_DONE['delay']}" if did[0] == "delay" else ""
    if not test:
        return (
            "due",
            least,
            "begins at the next look" if did[0] == "fire" else f"due {words.when(least, tick)}{put_off}",
        )
    if test == "never":
        mine = event is not None and event.by_hand
        return ("by hand", None, "waits for you") if mine else ("left out", None, "never")
    after = f", not before {words.when(least, tick)}" if least else ""
    return "waits", None, f"waits until {test}{after}{put_off}"


def waits_for(test: str) -> tuple[float, str]:
    """Take a condition apart: the moment before which it does not hold [s; 0 = none], and what it waits for besides."""
    found = _SINCE.fullmatch(test.strip())
    if found is None or not _balanced(found[2] or ""):
        return 0.0, test.strip()
    at, rest = waits_for(found[2]) if found[2] else (0.0, "")
    return max(seconds(found[1]), at), rest


_SINCE = re.compile(r"since (\S+?)(?: and \((.*)\))?")


def _balanced(text: str) -> bool:
    """Tell whether brackets close in *text* only after they were opened."""
    depths = itertools.accumulate((letter == "(") - (letter == ")") for letter in text)
    return min(depths, default=0) >= 0


# --- the requirement -------------------------------------------------------------------------------------------


def requirement(desk: Desk) -> Row | None:
    """Return the requirement as a row; None where the script has none."""
    asked, standing, tick = desk.entry.fitted.script.requirement, desk.entry.standing, desk.case.tick
    if asked is None:
        return None
    by_hand = asked.when == BY_HAND and not desk.entry.room.alone
    state, at, detail = _said(standing, None if by_hand else due(desk.entry.fitted.script, desk.case), tick)
    return Row(REQUIREMENT, asked.says, asked.says, asked.note, state, at, None, detail, own=True)


def _said(standing: Standing, at: float | None, tick: float) -> tuple[State, float | None, str]:
    """Return state, moment and words of a requirement that is due at *at* [s]; None = by hand."""
    if REQUIREMENT in standing.done:
        said = standing.done[REQUIREMENT][1]
        return "running", said, f"said {words.when(said, tick)}, and holds since"
    if any(order.do == "require" for order in standing.orders):
        return "ordered", None, "ordered – it is said on the candidate's deck"
    return ("by hand", None, "waits for you") if at is None else ("due", at, f"is said {words.when(at, tick)}")


# --- as a picture ----------------------------------------------------------------------------------------------


def line(desk: Desk, found: Sequence[Row]) -> str:
    """Write the time line as a list with a bar each, and a line where the candidate is now; text in it is escaped."""
    now = _share(desk.now, desk.case.horizon)
    items = "".join(_item(row, desk, now) for row in found)
    end = words.when(desk.case.horizon, desk.case.tick)
    return (
        f'<ol class="story" aria-label="What happens in the flight, up to {escape(end)}">{items}</ol>'
        f'<div class="story-axis">{_axis(desk, now)}</div>'
    )


def _axis(desk: Desk, now: float) -> str:
    """Name the ends of the line, and now; an end that is close to now is left out."""
    tick, horizon = desk.case.tick, desk.case.horizon
    start, end = (
        escape(words.day_of(at, tick)) if abs(now - 100 * at / horizon) > _NEAR else "" for at in (0.0, horizon)
    )
    here = f'<b style="left:{now:.2f}%;transform:translateX(-{now:.2f}%)">now {escape(words.when(desk.now, tick))}</b>'
    return f"<span>{start}</span>{here}<span>{end}</span>"


def _item(row: Row, desk: Desk, now: float) -> str:
    own = "" if row.own else "<small>of the case</small>"
    title = f'<i aria-hidden="true">{_SIGNS[row.state]}</i> {escape(words.titled(row.name))}{own}'
    here = f'<i class="now" style="left:{now:.2f}%"></i>'
    return (
        f'<li class="{row.state.replace(" ", "-")}">'
        f'<div class="what"><b>{title}</b><span>{escape(row.detail)}</span></div>'
        f'<div class="track" aria-hidden="true">{_bar(row, desk.case.horizon)}{here}</div></li>'
    )


def _bar(row: Row, horizon: float) -> str:
    """Draw from when to when something is; what has no moment is drawn nowhere."""
    if row.at is None:
        return ""
    left = min(_share(row.at, horizon), 100.0 - _LEAST)
    right = 100.0 if row.end is None else _share(row.end, horizon)
    return f'<i class="bar" style="left:{left:.2f}%;width:{max(right - left, _LEAST):.2f}%"></i>'


def _share(at: float, horizon: float) -> float:
    return 100.0 * min(max(at / horizon, 0.0), 1.0)
