"""What really happened, told or not, against what was believed - and when one could have known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Any

import streamlit as st

from dashboard import charts, words
from dashboard.plain import plain
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE
from dashboard.views.debrief_part import section_of
from dashboard.views.landed import by_name, title_of
from simulator.case import Case
from simulator.debrief.results import Event, Knowable, Truth
from simulator.store import Flight

__all__ = ["line", "row", "section", "told_of"]

_SIGNS = {"incident": "▲", "alarm": "◆", "version": "■", "decision": "●", "note": "·"}
_FEW = 14  # lines that are shown at once


def section(flight: Flight, case: Case, truth: Truth) -> None:
    """Draw the true story, then when each incident could have been known."""
    st.subheader("What really happened", anchor=False)
    _picture(case, truth)
    _lines(case, truth.events)
    st.subheader("When could you have known?", anchor=False)
    found: Sequence[Knowable] | None = section_of(flight, "knowable")
    if found is not None:
        _knowable(case, found)


def _picture(case: Case, truth: Truth) -> None:
    events = [{**asdict(event), "text": told_of(event)} for event in truth.events]
    belief = None
    if truth.believed and truth.believed_at is not None:
        belief = (truth.believed_at, truth.causes.get(truth.believed, truth.believed))
    frame: dict[str, Any] = {"horizon": case.horizon, "tick": case.tick, "palette": palette()}
    figure = charts.happened(events, belief, **frame)
    st.plotly_chart(figure, key="debrief/happened", config=BARE, theme=None, alt=charts.caption(figure))
    star = " The star is what you believed." if belief else ""
    st.caption(plain(f"{charts.caption(figure)} A striped bar is an incident that nobody was told of.{star}"))


def _lines(case: Case, events: Sequence[Event]) -> None:
    with st.expander("The whole story, line by line", expanded=len(events) <= _FEW, icon=":material/list:"):
        st.caption("▲ told, △ untold incident · ◆ alarm · ■ version of the model · ● what you decided, and why")
        with st.container(gap="xsmall"):
            for event in events:
                st.text(line(case, event))
        if not any(event.kind == "decision" for event in events):
            st.text("You decided nothing in flight: the first design flew it all.")


def line(case: Case, event: Event) -> str:
    """Write an event; it is for `st.text`, so that it is text, whatever stands in it."""
    sign = "△" if event.kind == "incident" and not event.seen else _SIGNS.get(event.kind, "·")
    return f"{sign} {words.when(event.at, case.tick)} · {told_of(event)}"


def told_of(event: Event) -> str:
    """Return the text of *event*; that of an incident that nobody is told of begins with its name, made words."""
    rest = event.text.removeprefix(f"{event.name}: ")
    return event.text if rest == event.text else f"{title_of(event.name)}: {rest}"


# --- when could you have known ---------------------------------------------------------------------------------


def _knowable(case: Case, found: Sequence[Knowable]) -> None:
    if not found:
        st.text("Nothing happened in this world that could have been known.")
        return
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("Began", "First to be seen", "Alarm", "You"))
    rows = "".join(row(case, one) for one in found)
    st.html(
        '<table class="steps wide"><caption>When each incident could have been known</caption>'
        f'<thead><tr><th scope="col">Incident</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )
    st.caption(
        "A gauge shows an incident where its reading leaves the band in which it lies in the same world without that "
        "incident. Only gauges that were on the screen count."
    )


def row(case: Case, one: Knowable) -> str:
    """Write an incident as a row of a table; whatever is text in it is escaped."""
    cells = {
        "Began": _began(case, one), "First to be seen": _seen(case, one), "Alarm": _alarm(case, one),
        "You": _reaction(case, one),
    }  # fmt: skip
    told = "".join(f'<td data-label="{label}">{escape(text)}</td>' for label, text in cells.items())
    kind = "a distractor: best left alone" if one.distractor else "told at once" if one.told else "nobody was told"
    name = f"{escape(title_of(one.incident))}<small>{kind}</small>"
    return f'<tr><th scope="row">{name}</th>{told}</tr>'


def _began(case: Case, one: Knowable) -> str:
    return words.day_of(one.at, case.tick)


def _seen(case: Case, one: Knowable) -> str:
    if one.known_at is None:
        return "never on a gauge"
    reading = words.quantity(one.reading, one.unit)
    band = f"normal {words.quantity(one.low, one.unit)} to {words.quantity(one.high, one.unit)}"
    after = _after(one.known_at, one.at)
    return f"{by_name(one.gauge)} {reading} ({band}), {words.day_of(one.known_at, case.tick)}{after}"


def _alarm(case: Case, one: Knowable) -> str:
    if one.alarm_at is None:
        return "none rang"
    return f"{by_name(one.alarm)}, {words.day_of(one.alarm_at, case.tick)}{_after(one.alarm_at, one.at)}"


def _reaction(case: Case, one: Knowable) -> str:
    if one.reaction_at is None:
        return "did nothing" + (" – rightly" if one.distractor else "")
    since = one.at if one.told or one.known_at is None else one.known_at
    return f"{one.reaction}{_after(one.reaction_at, since)}"  # it begins with its moment


def _after(at: float, since: float) -> str:
    """Say how long after a moment something was, where it was not at once."""
    return f", {words.duration(at - since)} later" if at > since else ""
