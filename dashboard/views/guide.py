"""The guide of a first flight: six steps, each told on the page where it is taken, until somebody has had enough."""

from __future__ import annotations

import json
from dataclasses import dataclass

import streamlit as st

from dashboard.flights import tower

__all__ = ["STEPS", "Step", "is_fresh", "show", "start", "welcome"]

_KEY = "guide"
_OFF = "off"


@dataclass(frozen=True)
class Step:
    """One thing to do on a first flight."""

    page: str
    icon: str
    title: str
    text: str


STEPS = (
    Step("hangar", ":material/flight_takeoff:", "Choose a case",
         "Each card has one sentence: the two goods that pull apart. Press Brief on the one you want."),
    Step("brief", ":material/payments:", "Read the money first",
         "What a unit of each outcome is worth decides more than any model. Ask what the brief leaves out."),
    Step("brief", ":material/tune:", "Decide, predict, take off",
         "Turn a few dials, say what you expect to earn, and take off. A first design may be wrong."),
    Step("fly", ":material/pause_circle:", "Watch the business, pause at trouble",
         "Profit comes before p99, p99 before drift. Press P at an alarm; some of them are false."),
    Step("fly", ":material/edit_note:", "Change one thing, and say why",
         "The past stays as it was; only what follows is flown anew. The reason is for you, later."),
    Step("debrief", ":material/troubleshoot:", "Land, and find the decision that did it",
         "Compare with the reference answers on the same luck, then fly once more with one thing changed."),
)  # fmt: skip


def is_fresh() -> bool:
    """Tell whether nobody has flown here, nor said anything about the guide."""
    store = tower().store
    return store.kept(_KEY) is None and not store.flights(limit=1)


def start() -> None:
    """Begin with the first step."""
    _remember(set())


def _done() -> set[int] | None:
    """Return the steps that were taken; None while the guide is off."""
    kept = tower().store.kept(_KEY)
    return None if kept in (None, _OFF) else set(json.loads(str(kept)))


def _remember(done: set[int]) -> None:
    finished = len(done) == len(STEPS)
    tower().store.keep(_KEY, _OFF if finished else json.dumps(sorted(done)))


def _take(number: int) -> None:
    """Tick off step *number*, and those before it: whoever is further has taken them."""
    _remember((_done() or set()) | set(range(number + 1)))


def _dismiss() -> None:
    tower().store.keep(_KEY, _OFF)


def show(page: str) -> None:
    """Draw the step that comes next on *page*, if the guide is on and one is left there."""
    done = _done()
    left = [] if done is None else [n for n, step in enumerate(STEPS) if step.page == page and n not in done]
    if left:
        _card(left[0])


def _card(number: int) -> None:
    step = STEPS[number]
    with st.container(border=True, key="guide"):
        st.caption(f"First flight · step {number + 1} of {len(STEPS)}")
        st.markdown(f"{step.icon} **{step.title}**")
        st.text(step.text)
        with st.container(horizontal=True):
            st.button("Done", key=f"guide/done/{number}", on_click=_take, args=(number,))
            st.button("Hide the guide", key="guide/hide", type="tertiary", on_click=_dismiss)


def welcome() -> None:
    """Draw what a first visit begins with: what there is to do, and whether to be led."""
    with st.container(border=True, key="welcome"):
        st.markdown("**First time here?** A flight has six steps; you can be led through them.")
        with st.grid(3, min_column_width=210, gap="small", key="welcome/steps"):
            for number, step in enumerate(STEPS):
                st.markdown(f"{step.icon} {number + 1}. {step.title}")
        with st.container(horizontal=True):
            st.button("Guide me", key="guide/start", type="primary", on_click=start)
            st.button("I know my way", key="guide/never", type="tertiary", on_click=_dismiss)
