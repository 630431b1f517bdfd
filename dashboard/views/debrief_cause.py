"""Which decision did it: what each was worth, and what one thing done otherwise would have brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from dashboard import charts, session, words
from dashboard.plain import plain, sentence
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE
from dashboard.views.compare_change import branched
from dashboard.views.debrief_part import section_of
from dashboard.views.routes import go
from simulator.case import Case
from simulator.debrief.results import Attribution, Instead, Moves, Worth
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.store import Flight
from simulator.units import dollars

__all__ = ["parted", "rows", "section"]

_MOST_MOVES = 8
_BARS = (
    "The bar: what your flight earned more than the same flight without that one decision, in this very world. "
    "The diamond: its Shapley value, its fair share where decisions work together; these add up to all that you "
    "gained over deciding nothing. The whisker: the mean of the bar over sibling worlds, with its 95 % interval – "
    "where it holds zero, this may be the luck of this world."
)


def section(flight: Flight, case: Case, attribution: Attribution | None) -> None:
    """Draw what each decision was worth, then what else could have been done."""
    st.subheader("Which decision did it?", anchor=False)
    for name in ("attribution", "orders", "siblings"):
        section_of(flight, name)
    if attribution is not None:
        _attributed(attribution)
    st.subheader("What if?", anchor=False)
    moves: Moves | None = section_of(flight, "moves")
    if moves is not None:
        _moves(flight, case, moves.instead)


# --- attribution -----------------------------------------------------------------------------------------------


def rows(found: Attribution) -> list[dict[str, Any]]:
    """Return what each decision was worth [$], the largest first; what could not be taken out comes last."""
    ranked = sorted(found.worths, key=lambda worth: -abs(worth.alone if worth.alone is not None else 0))
    return [_in_dollars(worth) for worth in ranked]


def _in_dollars(worth: Worth) -> dict[str, Any]:
    told = {name: None if (amount := getattr(worth, name)) is None else float(dollars(amount)) for name in _AMOUNTS}
    return {**asdict(worth), **told}


_AMOUNTS = ("alone", "shared")


def _attributed(found: Attribution) -> None:
    if not found.worths:
        st.text("You flew the design as it came, and decided nothing: there is no decision to take out.")
        return
    shown = rows(found)
    figure = charts.attribution(shown, palette())
    st.plotly_chart(figure, key="debrief/attribution", config=BARE, theme=None, alt=charts.caption(figure))
    st.caption(plain(f"{charts.caption(figure)} {_BARS} {_orders(found)}".strip()))
    with st.expander("As a table", icon=":material/table_rows:"):
        st.table([_row(row) for row in shown], hide_index=True, border="horizontal")
        for row in shown:
            if row["why"]:
                st.caption(plain(sentence(f"{row['told']}: {row['why']}")))


def _orders(found: Attribution) -> str:
    if all(worth.shared is None for worth in found.worths):
        return ""
    return "Shapley values are over all orders." if found.exact else f"Shapley values are over {found.orders} orders."


def _row(row: Mapping[str, Any]) -> dict[str, str]:
    between = "" if row["low"] is None else f"{words.signed(row['low'])} to {words.signed(row['high'])}"
    cells = {
        "Decision": row["told"], "Alone": words.signed(row["alone"]), "Shared": words.signed(row["shared"]),
        "Mean of siblings": words.signed(row["mean"]), "95 %": between,
    }  # fmt: skip
    return {name: plain(text) for name, text in cells.items()}


# --- what if ---------------------------------------------------------------------------------------------------


def _moves(flight: Flight, case: Case, found: Sequence[Instead]) -> None:
    if not found:
        st.text("There is nothing to do otherwise.")
        return
    st.caption("One thing done otherwise in the very same world, the best first. Each can be flown.")
    for number, one in enumerate(found[:_MOST_MOVES]):
        _move(flight, case, number, one)
    rest = found[_MOST_MOVES:]
    if rest:
        with st.expander(f"{len(rest)} more"):
            for number, one in enumerate(rest, _MOST_MOVES):
                _move(flight, case, number, one)


def _move(flight: Flight, case: Case, number: int, one: Instead) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        gain = None if one.gain is None else float(dollars(one.gain))
        colour = "gray" if not gain else "green" if gain > 0 else "red"
        why = f" · {one.why}" if one.why else ""
        st.markdown(f":{colour}[**{plain(words.signed(gain))}**] {plain(one.told + why)}", width="stretch")
        if one.plan is not None and st.button("Fly it", key=f"move/{flight.id}/{number}", icon=":material/flight:"):
            _fly(flight, case, one.plan)


def _fly(flight: Flight, case: Case, data: Mapping[str, Any]) -> None:
    try:
        plan = Plan.from_data(dict(data), case.design, case.menu(), case.horizon, case.tick)
        fresh = branched(flight, case, plan, parted(flight.plan, plan.to_data()))
    except BadInput as error:
        st.error(plain(str(error)), icon=":material/warning:")
        return
    session.open_flight(fresh.id)
    go("fly")


def parted(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Return the moment [s] from which two plans, as data, are not the same; 0 where they take off otherwise."""
    if one["design"] != other["design"]:
        return 0.0
    alone = [
        step["at"]
        for kind in ("changes", "acts")
        for here, there in ((one[kind], other[kind]), (other[kind], one[kind]))
        for step in here
        if step not in there
    ]
    return float(min(alone, default=0.0))
