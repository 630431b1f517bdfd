"""The probe cards of a round: they light when their moment has come, with what this flight has to say to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import words
from dashboard.plain import plain
from dashboard.round_jobs import Judged
from dashboard.views import room_console_evidence as evidence
from dashboard.views.room_console_part import Desk, act
from simulator.probes import Check, Posed
from simulator.record import Answer
from simulator.rounds.fitted import Card
from simulator.rubric import DIMENSIONS, LEVELS

__all__ = ["Lamp", "lamp", "replied", "section", "verdict"]


@dataclass(frozen=True)
class Lamp:
    """How a card stands."""

    rank: int
    """its place: 0 = put to the candidate and open, 1 = lit, 2 = any time, 3 = answered, 4 = not lit"""
    icon: str
    colour: str
    told: str


def section(desk: Desk, found: Judged | None) -> None:
    """Draw the cards: open questions first, then what is lit; what is not lit waits behind a line."""
    posed = {one.name: one for one in found.posed} if found else {}
    cards = [(lamp(desk, card, posed.get(card.probe.name)), card) for card in desk.entry.fitted.cards]
    cards.sort(key=lambda pair: pair[0].rank)
    st.markdown(f"**Probes**  :small[:gray[{_counted([one.rank for one, _ in cards])}]]" if cards else "**Probes**")
    for one, card in cards:
        if one.rank < 4:
            _card(desk, card, one, posed.get(card.probe.name))
    rest = [(one, card) for one, card in cards if one.rank == 4]
    if rest:
        with st.expander(f"{len(rest)} not lit", key="console/unlit", icon=":material/lightbulb_2:"):
            for one, card in rest:
                _card(desk, card, one, posed.get(card.probe.name))


def _counted(ranks: list[int]) -> str:
    """Say how many cards there are, which of them are lit, and which may be put at any time."""
    any_time = ranks.count(2)
    return f"{ranks.count(1)} of {len(ranks) - any_time} lit" + (f", {any_time} any time" if any_time else "")


def lamp(desk: Desk, card: Card, posed: Posed | None) -> Lamp:
    """Say how *card* stands: put to the candidate, lit and since when, waiting, or answered."""
    name, standing = card.probe.name, desk.entry.standing
    if name in standing.replies:
        return Lamp(3, "check", "green", "answered")
    if name in standing.asked:
        return Lamp(0, "forum", "blue", "put to the candidate, not answered yet")
    if posed is not None and not posed.worth_asking:
        return Lamp(4, "lightbulb_2", "gray", "this flight gives little cause for it")
    if card.when is None:
        return Lamp(2, "schedule", "gray", "any time")
    since = desk.lit.get(name)
    if since is None:
        return Lamp(4, "lightbulb_2", "gray", f"waits for {card.when.told()}")
    return Lamp(1, "lightbulb", "orange", f"lit since {words.day_of(since, desk.case.tick)} · {card.when.told()}")


# --- one card --------------------------------------------------------------------------------------------------


def _card(desk: Desk, card: Card, one: Lamp, posed: Posed | None) -> None:
    name = card.probe.name
    with st.container(border=True, gap="xsmall", key=f"console/card/{name}"):
        st.markdown(
            f":{one.colour}[:material/{one.icon}: {plain(one.told)}]  :small[:gray[{DIMENSIONS[card.probe.dimension]}]]"
        )
        st.markdown(f"**{plain(card.probe.question)}**")
        if found := evidence.readings(desk, card):
            st.caption("  \n".join(plain(line) for line in found))
        _reply(desk, name, posed)
        _buttons(desk, card)
        with st.expander("Evidence, anchors, follow-up", key=f"console/more/{name}"):
            _more(desk, card, posed)


def _buttons(desk: Desk, card: Card) -> None:
    name, standing = card.probe.name, desk.entry.standing
    with st.container(horizontal=True, gap="small"):
        if name not in standing.asked:
            st.button(
                "Put to the candidate", key=f"console/ask/{name}", icon=":material/forum:", on_click=act,
                args=(desk.entry, "ask", name),
            )  # fmt: skip
        if card.rescue:
            given = name in standing.rescued
            st.button(
                "Hint given" if given else "Give the hint", key=f"console/rescue/{name}", icon=":material/support:",
                on_click=act, args=(desk.entry, "rescue", name), disabled=given, help=plain(card.rescue),
            )  # fmt: skip


def _more(desk: Desk, card: Card, posed: Posed | None) -> None:
    if posed is not None:
        evidence.exhibit(desk, posed)
        if posed.check is not None:
            st.markdown(plain(f"{posed.check.ask} {evidence.right_answer(posed.check)}"))
    else:
        evidence.pictures(desk, card)
    for level in LEVELS:
        st.markdown(f"**{level.capitalize()}.** {plain(str(getattr(card.probe, level)))}")
    if card.probe.follow_up:
        st.markdown(f":material/subdirectory_arrow_right: **Then ask.** {plain(card.probe.follow_up)}")
    if card.rescue:
        st.markdown(f":material/support: **Hint.** {plain(card.rescue)}")


# --- what was replied ------------------------------------------------------------------------------------------


def replied(reply: Mapping[str, Any], check: Check | None) -> str:
    """Write what the candidate replied in one line, the checkable part first."""
    number = reply.get("number")
    unit = check.unit if check is not None else ""
    figure = "" if number is None else words.quantity(float(number), unit)
    return " · ".join(part for part in (str(reply.get("choice", "")), figure) if part)


def verdict(name: str, reply: Mapping[str, Any], check: Check | None) -> bool | None:
    """Tell whether the checkable part of a reply is right; None = there is nothing to check."""
    if check is None:
        return None
    number = reply.get("number")
    said = float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None
    return check.grade(Answer(name, str(reply.get("choice", "")), said))


def _reply(desk: Desk, name: str, posed: Posed | None) -> None:
    reply = desk.entry.standing.replies.get(name)
    if reply is None:
        return
    check = posed.check if posed is not None else None
    right, said = verdict(name, reply, check), replied(reply, check)
    if said:
        signs = {True: ":green[✓ right] ", False: ":red[✕ not right] ", None: ""}
        st.markdown(f"{signs[right]}{plain(said)}")
    if reply.get("words"):
        st.text(f"“{reply['words']}”")
    if said and not desk.landed:
        st.caption("Whether it is right is told once the flight is down.")
