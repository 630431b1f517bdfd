"""The right side of the flight deck: what can be turned or done now, with a reason, and what has been decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import session, words
from dashboard.dials import turned, widget
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.playback import Playback
from dashboard.recording import Recording
from simulator.case import Act as Offer
from simulator.case import Case
from simulator.design import Design, Dial
from simulator.errors import BadInput
from simulator.plan import Act, Change, Plan
from simulator.store import Flight, Stale

__all__ = ["hints", "panel", "standing"]


def panel(
    flight: Flight, case: Case, recording: Recording, clock: Playback, asked: Collection[int] = ()
) -> None:  # fmt: skip
    """Draw the decisions that are open at the moment of *clock*, and the answers that have come; *asked* are places of
    questions beside those that were noted with the flight."""
    now = clock.now(session.wall())
    plan = tower().plan(flight)
    trouble = session.kept("trouble", "")
    if trouble:
        st.error(plain(trouble), icon=":material/warning:")
        session.keep("trouble", "")
    if session.kept("branched") == flight.id:
        st.info("You went back and decided otherwise: this is a flight of its own. The first one is in the history.")
    design = standing(plan, now)
    _live_dials(flight, case, clock, design)
    _acts(flight, case, clock)
    session.keep(f"drawn/{flight.id}", (flight.version, flight.plan))
    _answers(flight, case, now, asked)
    _decisions(case, plan, now)
    if flight.mode == "training":
        hints(case)
    _read_anew(flight, design)


def standing(plan: Plan, now: float) -> Design:
    """Return the dials as they stand at *now* [s]."""
    design = plan.design
    for change in plan.changes:
        design = design.but(**change.dials) if change.at <= now else design
    return design


def _live_dials(flight: Flight, case: Case, clock: Playback, design: Design) -> None:
    live = [dial for dial in case.design.dials() if dial.live]
    if not live:
        return
    name = f"dials/{flight.id}/{_forms()}"
    before = _as_read(name, design)
    with st.form(name, border=True):
        st.markdown("**Dials**")
        after = {dial.name: widget(dial, before[dial.name], f"{name}/{dial.name}") for dial in live}
        why = _reason(f"why/dials/{_decided()}")
        if st.form_submit_button("Turn", type="primary", icon=":material/tune:", width="stretch", key=f"turn/{name}"):
            _turn(flight, clock, turned(before, after), why)


def _as_read(form: str, design: Design) -> Mapping[str, Any]:
    """Return the dials as they stood when *form* was first drawn: what differs from that, somebody has turned."""
    of, values = session.kept("as read", ("", {}))
    if of != form:
        values = design.values()
        session.keep("as read", (form, values))
    found: Mapping[str, Any] = values
    return found


def _read_anew(flight: Flight, design: Design) -> None:
    """Have the form drawn anew where dials stand otherwise by now: somebody rewound, or a later step has come."""
    of, values = session.kept("as read", ("", {}))
    if of == f"dials/{flight.id}/{_forms()}" and turned(values, design.values()):
        session.keep("forms", _forms() + 1)
        st.rerun()


def _turn(flight: Flight, clock: Playback, dials: Mapping[str, Any], why: str) -> None:
    if dials:
        _commit(flight, clock, lambda at: Change(at, dials, why))
    else:
        st.info("No dial stands otherwise than before.")


def _acts(flight: Flight, case: Case, clock: Playback) -> None:
    for name, offer in case.acts.items():
        with st.popover(offer.label, icon=":material/build:", width="stretch"):
            _act(flight, clock, name, offer)


def _act(flight: Flight, clock: Playback, name: str, offer: Offer) -> None:
    form = f"act/{flight.id}/{_forms()}/{name}"
    st.text(sentence(offer.help))
    if offer.cost:
        st.caption(plain(f"Cost: {offer.cost}"))
    with st.form(form, border=False):
        given = {dial.name: _argument(dial, f"{form}/{dial.name}", clock) for dial in offer.arguments}
        why = _reason(f"why/{name}/{_decided()}")
        if st.form_submit_button(offer.label, type="primary", width="stretch", key=f"do/{form}"):
            _commit(flight, clock, lambda at: Act(at, name, given, why))


def _argument(dial: Dial, key: str, clock: Playback) -> Any:
    """Draw an argument; where it is a time of the flight, it begins at now."""
    return widget(dial, dial.default, key)


def _reason(key: str) -> str:
    return st.text_area(  # how long it may be is told by the plan, which drops nothing
        "Why?", key=key, height=68, placeholder="one line; it is kept for the debrief"
    )


def _forms() -> int:
    """Return how often forms had to be drawn anew: after each decision, and when somebody else was quicker."""
    return int(session.kept("forms", 0))


def _decided() -> int:
    return int(session.kept("decided", 0))


def _commit(flight: Flight, clock: Playback, made: Any) -> None:
    """Write a decision into the store, then let it take effect; what was rewound becomes a flight of its own."""
    was_playing = clock.playing
    at = clock.pause(session.wall())
    store = tower().store
    try:
        target = store.branch(flight.id, at) if _rewound(flight, at) else _as_drawn(flight)
        decided = tower().decide(target, session.token(f"{flight.id}/{_decided()}"), made(at))
        store.reach(decided.id, at)
    except BadInput as error:
        session.keep("trouble", str(error))
        session.keep("forms", _forms() + isinstance(error, Stale))
        st.rerun()
    _forget_after(flight, at)
    session.keep("decided", _decided() + 1)
    session.keep("forms", _forms() + 1)
    session.keep("resume", decided.id if was_playing else "")
    if decided.id != flight.id:
        session.follow(flight.id, decided.id, at)
        session.keep("branched", decided.id)
    st.rerun()


def _forget_after(flight: Flight, at: float) -> None:
    """Forget the KPIs later than *at* [s]: they will come otherwise, while the past stays as it was."""
    known = session.standings(flight.id)
    for moment in [moment for moment in known if moment > at]:
        del known[moment]


def _as_drawn(flight: Flight) -> Flight:
    """Return *flight* as it was when the player read this page: another tab may have decided since.

    Where only its world was steered since, the decision goes by what the flight is now.
    """
    version, plan = session.kept(f"drawn/{flight.id}", (flight.version, flight.plan))
    return flight if plan == flight.plan else replace(flight, version=version)


def _rewound(flight: Flight, at: float) -> bool:
    return flight.mode == "training" and at < flight.furthest - 1e-6


def _answers(flight: Flight, case: Case, now: float, besides: Collection[int]) -> None:
    """Show the answers to questions that have come by *now* [s]."""
    asked = {look.what for look in tower().store.looks(flight.id)} | {f"question:{place}" for place in besides}
    setting = case.world_setting().values()
    for number, question in enumerate(case.board.questions):
        if f"question:{number}" in asked and question.after:
            with st.container(border=True):
                st.caption(plain(question.ask))
                waiting = f"The answer comes {words.when(question.after, case.tick)}."
                st.text(question.answered(setting) if now >= question.after else waiting)


def _decisions(case: Case, plan: Plan, now: float) -> None:
    steps = [(c.at, _dials_told(case, c.dials), c.why) for c in plan.changes]
    steps += [(a.at, _act_told(case, a), a.why) for a in plan.acts]
    if not steps:
        return
    with st.expander(f"Decided so far: {len(steps)}", icon=":material/list_alt:"):
        for at, told, why in sorted(steps, key=lambda step: step[0], reverse=True):
            st.text(f"{words.when(at, case.tick)} · {told}" + (f"\n“{why}”" if why else ""))


def _dials_told(case: Case, dials: Mapping[str, Any]) -> str:
    return ", ".join(f"{case.design.dial(name).label} → {value}" for name, value in dials.items())


def _act_told(case: Case, act: Act) -> str:
    given = ", ".join(f"{name} {value}" for name, value in act.arguments.items())
    return f"{case.acts[act.name].label} {given}".strip()


def hints(case: Case) -> None:
    """Draw what somebody who knows this trade does."""
    if not case.behaviours:
        return
    with st.expander("Hints", icon=":material/lightbulb:"):
        st.caption("What somebody who knows this trade does; which of it did you?")
        for behaviour in (shown.text for shown in case.behaviours):
            st.text(f"• {behaviour}")
