"""The first design: the system as a map of where one can decide, and under it the dials of each place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import session, words
from dashboard.components import system_map
from dashboard.dials import turned, widget
from dashboard.plain import plain, sentence
from dashboard.session import Draft
from simulator.board import Place
from simulator.case import Case
from simulator.design import Dial
from simulator.errors import BadInput
from simulator.plan import Plan

__all__ = ["plan_of_draft", "restart", "section"]

_COLUMNS = 3
_ELSEWHERE = Place("elsewhere", "And besides")


def section(draft: Draft, case: Case) -> Plan | BadInput:
    """Draw the design of *draft* and return the plan that it makes, or what is wrong with it."""
    st.subheader("Your first design", anchor=False)
    top = st.container()  # the map stands above the dials, but is drawn after them: it shows what they are turned to
    values = _dials(draft, case)
    draft.dials = turned(case.design().values(), values)
    with top:
        _map(draft, case)
    _after(draft, case)
    return plan_of_draft(draft, case)


def plan_of_draft(draft: Draft, case: Case) -> Plan | BadInput:
    """Return the plan of *draft*, or why it cannot be flown."""
    data = {"design": {**case.design().values(), **draft.dials}, **draft.plan}
    try:
        return case.plan(Plan.from_data(data, case.design, case.menu(), case.horizon, case.tick))
    except BadInput as error:
        return error


# --- the map ---------------------------------------------------------------------------------------------------


def _map(draft: Draft, case: Case) -> None:
    boxes = [_box(draft, case, place) for place in case.places()]
    selected = draft.place or None
    data = {"places": boxes, "flow": 0.5, "speed": 0, "selected": selected}
    picked = system_map(data, key=f"map/{draft.number}")
    if picked and picked != draft.place:
        draft.place = picked
        st.rerun()
    st.caption("Press a box to see what can be decided there.")


def _box(draft: Draft, case: Case, place: Place) -> dict[str, Any]:
    readings = [{"label": dial.label, "text": _said(draft, dial)} for dial in _at(case, place)[:3]]
    return {
        "name": place.name, "label": place.label, "about": place.about, "to": list(place.to),
        "dials": len(place.dials), "acts": len(place.acts), "readings": readings, "state": "none",
    }  # fmt: skip


def _said(draft: Draft, dial: Dial) -> str:
    value = draft.dials.get(dial.name, dial.default)
    if isinstance(value, bool):
        return "on" if value else "off"
    unit = f" {dial.unit}".split(" of ")[0].strip()  # `% of payments` is `%` where there is little room
    return value.replace("_", " ") if isinstance(value, str) else words.quantity(value, unit)


# --- the dials -------------------------------------------------------------------------------------------------


def _at(case: Case, place: Place) -> list[Dial]:
    dials = {dial.name: dial for dial in case.design.dials()}
    return [dials[name] for name in place.dials if name in dials]


def _groups(draft: Draft, case: Case) -> list[tuple[Place, list[Dial]]]:
    """Return the places with their dials, the one that is looked at first; each dial once."""
    places = sorted(case.places(), key=lambda place: place.name != draft.place)
    left = {dial.name: dial for dial in case.design.dials()}
    groups = []
    for place in places:
        groups.append((place, [left.pop(dial.name) for dial in _at(case, place) if dial.name in left]))
    groups.append((_ELSEWHERE, list(left.values())))
    return [(place, dials) for place, dials in groups if dials]


def _dials(draft: Draft, case: Case) -> dict[str, Any]:
    groups = _groups(draft, case)
    columns, heights = st.columns(min(_COLUMNS, len(groups))), [0] * min(_COLUMNS, len(groups))
    values: dict[str, Any] = {}
    for place, dials in groups:
        lowest = heights.index(min(heights))
        heights[lowest] += len(dials) + 1
        with columns[lowest], st.container(border=True, key=f"place/{place.name}"):
            values |= _group(draft, place, dials)
    return values


def _group(draft: Draft, place: Place, dials: list[Dial]) -> dict[str, Any]:
    st.markdown(f":primary[**{plain(place.label)}**]" if place.name == draft.place else f"**{plain(place.label)}**")
    if place.about:
        st.caption(plain(sentence(place.about)))
    return {dial.name: _dial(draft, dial) for dial in dials}


def _dial(draft: Draft, dial: Dial) -> Any:
    with st.container(gap=None):
        value = widget(dial, draft.dials.get(dial.name, dial.default), f"dial/{draft.number}/{dial.name}")
        st.caption(_turning(dial))
    return value


def _turning(dial: Dial) -> str:
    """Say, as Markdown, whether the dial can be turned later, and what it costs."""
    when = ":material/lock_open: can be turned in flight" if dial.live else ":material/lock: fixed at take-off"
    return f"{when} · {plain(dial.cost)}" if dial.cost else when


# --- what comes along ------------------------------------------------------------------------------------------


def _after(draft: Draft, case: Case) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if draft.dials:
            moved = ", ".join(case.design.dial(name).label for name in draft.dials)
            st.button(
                "All dials back", key=f"reset/{draft.number}", icon=":material/undo:", on_click=restart,
                args=(draft, {"dials": {}}), help=plain(f"Turned so far: {moved}."),
            )  # fmt: skip
        if draft.plan:
            _steps(draft, case)


def _steps(draft: Draft, case: Case) -> None:
    told = sorted([*_changes(draft), *_acts(draft, case)])
    count = "1 later decision comes" if len(told) == 1 else f"{len(told)} later decisions come"
    with st.popover(f"{count} along", key=f"steps/{draft.number}", icon=":material/list_alt:"):
        for at, text, why in told:
            st.text(f"{words.when(at, case.tick)} · {text}" + (f"\n“{why}”" if why else ""))
        st.button(
            "Leave them behind",
            key=f"unstep/{draft.number}",
            on_click=restart,
            args=(draft, {"plan": {}}),
            icon=":material/content_cut:",
        )


def _changes(draft: Draft) -> list[tuple[float, str, str]]:
    return [(step["at"], _listed(step["dials"], " → "), step["why"]) for step in draft.plan.get("changes", ())]


def _acts(draft: Draft, case: Case) -> list[tuple[float, str, str]]:
    return [
        (step["at"], f"{case.acts[step['act']].label} {_listed(step['arguments'], ' ')}".strip(), step["why"])
        for step in draft.plan.get("acts", ())
    ]


def _listed(values: Mapping[str, Any], between: str) -> str:
    return ", ".join(f"{name.replace('_', ' ')}{between}{value}" for name, value in values.items())


def restart(draft: Draft, changed: Mapping[str, Any]) -> None:
    """Begin the draft anew with what is *changed*: a new draft is a new set of widgets."""
    same = {name: value for name, value in vars(draft).items() if name != "number"}
    session.start_draft(**{**same, **changed})
