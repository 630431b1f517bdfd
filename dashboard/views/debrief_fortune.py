"""What could be earned in this world, and how much of what came was luck."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import charts, words
from dashboard.plain import plain
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE
from dashboard.views.debrief_part import known, section_of
from dashboard.views.landed import by_name
from simulator.debrief import reckoned
from simulator.debrief.results import Luck, Regret
from simulator.store import Flight
from simulator.units import dollars

__all__ = ["attainable", "captured", "levels", "luck", "percentile"]


def attainable(flight: Flight) -> None:
    """Draw how much of what could be earned was earned."""
    st.subheader("How much was there to be had?", anchor=False)
    found: Regret | None = section_of(flight, "regret")
    if found is None:
        return
    moves = known(flight, "moves")
    found = found if moves is None else reckoned(found, moves)
    st.markdown(f"**{plain(captured(found))}**")
    names = levels(found)
    yours = next(place for place, (name, _) in enumerate(names) if name == "You")
    _shown(charts.attainable(names, yours, palette()), "debrief/attainable", _means(found))


def captured(found: Regret) -> str:
    """Say what share of the attainable was earned."""
    if found.captured is None:
        return "In this world nobody earned more than the weak answer: there was nothing to capture."
    most = max(found.yours, found.best_par_profit, found.best_found, found.best_change or found.yours)
    if found.captured >= 1 and most == found.yours:
        return (
            "Nobody earned more than you in this world: you captured all that was attainable with what you could know."
        )
    share = words.share(found.captured)
    if found.captured < 0:
        return f"You earned less than the weak answer: {share} of what was attainable with what you could know."
    return f"You captured {share} of what was attainable with what you could know."


def levels(found: Regret) -> list[tuple[str, float]]:
    """Return who earned what [$], from the weak answer up to what nobody could exceed."""
    amounts = [
        ("Weak", found.weak),
        ("You", found.yours),
        (f"Best reference: {by_name(found.best_par)}", found.best_par_profit),
        ("Best fixed design found", found.best_found),
    ]
    if found.best_change is not None and found.best_change > found.yours:
        amounts.append(("You, one thing done otherwise", found.best_change))
    if found.bound is not None:
        amounts.append(("Knowing everything", found.bound))
    return [(name, float(dollars(amount))) for name, amount in amounts]


def _means(found: Regret) -> str:
    bound = "" if found.bound is None else " Nobody can exceed the last, not even knowing the future."
    return (
        f"Attainable is the most that anybody earned here: you, a reference answer, the best of {found.tried} fixed "
        f"designs, or you with one thing done otherwise. 0 % is what the weak answer earned, 100 % the "
        f"attainable.{bound}"
    )


def luck(flight: Flight) -> None:
    """Draw what the same plan earns in sibling worlds."""
    st.subheader("Was it luck?", anchor=False)
    found: Luck | None = section_of(flight, "luck")
    if found is None:
        return
    st.markdown(f"**{plain(percentile(found))}**")
    profits = [float(dollars(amount)) for amount in found.profits]
    _shown(charts.luck(profits, palette()), "debrief/luck", "The same plan, under seeds that nobody had seen.")


def percentile(found: Luck) -> str:
    """Say where this world lies among its siblings."""
    others = len(found.profits) - 1
    if not others:
        return "No sibling world was flown."
    said = f"Your plan earned less in {found.fewer} of {others} sibling worlds"
    if found.below >= 0.9:
        return f"{said}: this one was lucky."
    if found.below <= 0.1:
        return f"{said}: this one was unlucky."
    return f"{said}: this one was neither lucky nor unlucky."


def _shown(figure: Any, key: str, more: str) -> None:
    st.plotly_chart(figure, key=key, config=BARE, theme=None, alt=charts.caption(figure))
    st.caption(plain(f"{charts.caption(figure)} {more}".strip()))
