"""Change one decision: take it back, move it or decide it otherwise, and fly again in the very same world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import imports, session, words
from dashboard.dials import widget
from dashboard.flights import tower
from dashboard.plain import plain
from dashboard.views.compare_decisions import Done, done, setting
from dashboard.views.routes import go
from simulator.case import Case
from simulator.design import Dial
from simulator.errors import BadInput
from simulator.plan import Act, Change, Plan
from simulator.store import Flight

__all__ = ["branched", "moments", "redesigned", "section", "with_step", "without"]

_FIRST = "first"
_WAYS = {"value": "Decide otherwise", "move": "Move", "remove": "Not at all"}


def section(flight: Flight, case: Case) -> None:
    """Let the player choose a decision of *flight* and what becomes of it."""
    plan = tower().plan(flight)
    steps = done(case, plan)
    st.caption(
        "Choose a decision and change only that. You fly the same world with the same luck, so what comes out "
        "differently is due to this decision alone. It is a flight of its own, in training; this one stays as it is."
    )
    names = {_FIRST: "the first design"} | {str(n): _told(case, one) for n, one in enumerate(steps)}
    chosen = str(st.selectbox("Decision", list(names), format_func=names.__getitem__, key=f"change/what/{flight.id}"))
    if chosen == _FIRST or chosen not in names:
        _of_the_design(flight, case, plan)
    else:
        _in_flight(flight, case, plan, steps[int(chosen)], f"{flight.id}/{chosen}")


def _told(case: Case, one: Done) -> str:
    return f"{words.when(one.at, case.tick)} · {one.told}"


# --- the first design ------------------------------------------------------------------------------------------


def _of_the_design(flight: Flight, case: Case, plan: Plan) -> None:
    names = [dial.name for dial in case.design.dials()]
    name = str(
        st.selectbox("Dial", names, format_func=lambda n: _standing(case, plan, n), key=f"change/dial/{flight.id}")
    )
    dial = case.design.dial(name)
    value = widget(dial, getattr(plan.design, name), f"change/{flight.id}/{name}")
    same = value == getattr(plan.design, name)
    reason = "It stands like that already." if same else "The brief opens with this design; take off from there."
    if st.button(
        "Prepare that flight",
        icon=":material/flight_takeoff:",
        disabled=same,
        help=reason,
        key=f"change/prepare/{flight.id}",
    ):
        redesigned(flight, case, plan, {name: value})


def _standing(case: Case, plan: Plan, name: str) -> str:
    return f"{case.design.dial(name).label}: {setting(getattr(plan.design, name))}"


def redesigned(flight: Flight, case: Case, plan: Plan, dials: dict[str, Any]) -> None:
    """Make a draft of *flight* with other *dials* at take-off, and open its brief."""
    changed = replace(plan, design=plan.design.but(**dials))
    session.start_draft(**imports.words_of(case, changed), seed=flight.seed, mode="training", parent=flight.id)
    go("brief")


# --- a later step ----------------------------------------------------------------------------------------------


def _in_flight(flight: Flight, case: Case, plan: Plan, one: Done, key: str) -> None:
    ways = [way for way in _WAYS if way != "value" or _dials(case, one.step)]
    way = st.segmented_control(
        "What becomes of it",
        ways,
        default=ways[0],
        required=True,
        format_func=_WAYS.__getitem__,
        key=f"change/way/{key}",
    )
    step = _changed(case, one.step, str(way), key)
    stays = st.toggle(
        "Keep what was decided later", value=True, key=f"change/later/{key}",
        help="off: nothing after it comes along, and you decide anew from there",
    )  # fmt: skip
    same = step == one.step
    if st.button(
        "Fly that",
        icon=":material/flight:",
        disabled=same,
        help="nothing is changed yet" if same else None,
        key=f"change/fly/{key}",
    ):
        _fly(flight, case, with_step(plan, one.step, step, later=stays), _begin(one.step, step))


def _dials(case: Case, step: Change | Act) -> list[Dial]:
    if isinstance(step, Change):
        return [case.design.dial(name) for name in step.dials]
    return list(case.acts[step.name].arguments)


def _changed(case: Case, step: Change | Act, way: str, key: str) -> Change | Act | None:
    """Draw what *way* needs and return the step as it is then; None = it is taken back."""
    if way == "remove":
        return None
    if way == "move":
        at = st.select_slider(
            "To",
            moments(case, step.at),
            step.at,
            format_func=lambda at: words.when(at, case.tick),
            key=f"change/to/{key}",
        )
        return replace(step, at=float(at))
    return _otherwise(case, step, key)


def _otherwise(case: Case, step: Change | Act, key: str) -> Change | Act:
    before = step.dials if isinstance(step, Change) else step.arguments
    values = {
        dial.name: widget(dial, before.get(dial.name, dial.default), f"change/{key}/{dial.name}")
        for dial in _dials(case, step)
    }
    after = {**before, **values}
    return replace(step, dials=after) if isinstance(step, Change) else replace(step, arguments=after)


def moments(case: Case, at: float) -> list[float]:
    """Return the moments [s] to which a decision of the moment *at* can be moved: each tick of the flight, and *at*."""
    ticks = int(case.horizon // case.tick)
    return sorted({at, *(n * case.tick for n in range(ticks + 1) if n * case.tick < case.horizon)})


def without(plan: Plan, step: Change | Act) -> Plan:
    """Return *plan* without *step*: one of its kind, if it stands there twice."""
    changes, acts = list(plan.changes), list(plan.acts)
    steps: list[Any] = changes if isinstance(step, Change) else acts
    steps.remove(step)
    return replace(plan, changes=tuple(changes), acts=tuple(acts))


def with_step(plan: Plan, old: Change | Act, new: Change | Act | None, *, later: bool) -> Plan:
    """Return *plan* with *new* in the place of *old*; without what comes *later* than both, if that is not kept."""
    rest = without(plan, old)
    if not later:
        end = _begin(old, new)
        rest = replace(rest, changes=_before(rest.changes, end), acts=_before(rest.acts, end))
    return rest if new is None else rest.extended(new)


def _before(steps: Sequence[Any], end: float) -> tuple[Any, ...]:
    return tuple(step for step in steps if step.at < end)


def _begin(old: Change | Act, new: Change | Act | None) -> float:
    """Return the moment [s] from which the flight is another one."""
    return old.at if new is None else min(old.at, new.at)


def _fly(flight: Flight, case: Case, plan: Plan, at: float) -> None:
    try:
        fresh = branched(flight, case, plan, at)
    except BadInput as error:
        st.error(plain(str(error)), icon=":material/warning:")
        return
    session.open_flight(fresh.id)
    go("fly")


def branched(flight: Flight, case: Case, plan: Plan, at: float) -> Flight:
    """Begin a training flight that flies *plan* in the world of *flight*, and stands at the moment *at* [s]."""
    fresh = tower().store.begin(case, plan, flight.seed, "training", parent=flight.id)
    tower().store.reach(fresh.id, at)
    return tower().store.flight(fresh.id)
