"""The hangar: what can be flown, what is in the air, and what somebody brought along."""

from __future__ import annotations

import datetime
import functools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import streamlit as st

import cases
from dashboard import imports, session, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.views import guide, rounds_lock
from dashboard.views.landed import held
from dashboard.views.routes import go, link
from simulator.case import Case
from simulator.errors import BadInput
from simulator.store import Flight, Mode

__all__ = ["LARGEST_SEED", "Luck", "Setup", "offered", "todays_seed", "view"]

Luck = Literal["today", "number", "fresh"]
_LUCK = {"today": "today's", "number": "a number", "fresh": "a fresh one"}
_MODES = {
    "training": "Pause, go back, read hints; fly as often as you like.",
    "check": "No way back and no hints; each take-off counts as an attempt.",
}
LARGEST_SEED = 2**31 - 1  # of those one can type; what is drawn is smaller still
_FRESH = 1_000_000
_IN_THE_AIR = 4  # flights to go on with that are shown
_RECENT = 500  # flights among which the best is looked for


@dataclass(frozen=True)
class Setup:
    """How a case is going to be flown."""

    level: int
    luck: Luck = "today"
    number: int = 0
    mode: Mode = "training"

    def seed(self) -> int:
        """Return the seed; a fresh one is another each time."""
        return {"today": todays_seed, "number": lambda: self.number, "fresh": _fresh_seed}[self.luck]()


def todays_seed() -> int:
    """Return the seed of today (UTC), the same for everybody: the date as a number."""
    today = datetime.datetime.now(datetime.UTC).date()
    return today.year * 10_000 + today.month * 100 + today.day


def _fresh_seed() -> int:
    return secrets.randbelow(_FRESH)


@functools.lru_cache(maxsize=1)
def offered() -> tuple[tuple[Case, ...], tuple[str, ...]]:
    """Return the cases that can be loaded, and the names of those that cannot: one must not hide the others."""
    found, broken = [], []
    for name in cases.names():
        try:
            found.append(cases.load(name))
        except Exception:  # a third party's case is code, and may fail in any way
            broken.append(name)
    return tuple(found), tuple(broken)


def view() -> None:
    """Draw the hangar."""
    st.title("Hangar", anchor=False)
    st.text("Put a design in, let a business blow over it, and see what it earns, where it breaks, and why.")
    flights = rounds_lock.open_ones(session.mine(tower().store.flights(limit=_RECENT)))
    if guide.is_fresh():
        guide.welcome()
    guide.show("hangar")
    _in_the_air([flight for flight in flights if flight.status == "flying"])
    _cards(flights)
    _door()
    _bring_along()


# --- go on -----------------------------------------------------------------------------------------------------


def _in_the_air(flights: Sequence[Flight]) -> None:
    if not flights:
        return
    st.subheader("Continue", anchor=False)
    latest = sorted(flights, key=lambda flight: flight.touched, reverse=True)
    with st.grid(_IN_THE_AIR, min_column_width=240, gap="small", key="continue"):
        for flight in latest[:_IN_THE_AIR]:
            with st.container(border=True, key=f"air/{flight.id}", height="stretch"):
                _one_in_the_air(flight)
    if len(flights) > _IN_THE_AIR:
        st.caption(f"and {len(flights) - _IN_THE_AIR} more in the history")


def _one_in_the_air(flight: Flight) -> None:
    try:
        case = tower().case(flight)
    except BadInput as error:
        st.caption(plain(str(error)))
        return
    st.markdown(f"**{plain(case.title)}**")
    at = f"{words.day_of(flight.position, case.tick)} of {words.duration(case.horizon)}"
    st.caption(plain(f"{at} · level {case.scenario.level} · seed {flight.seed} · {flight.mode}"))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        pressed = st.button("Continue", key=f"continue/{flight.id}", icon=":material/flight:")
        st.caption(words.ago(flight.touched), width="content")
    if pressed:
        session.open_flight(flight.id)
        go("fly")


# --- the cases -------------------------------------------------------------------------------------------------


def _cards(flights: Sequence[Flight]) -> None:
    found, broken = offered()
    st.subheader("Cases", anchor=False)
    with st.grid(3, min_column_width=300, gap="small", key="cases"):
        for case in found:
            with st.container(border=True, key=f"case/{case.name}", height="stretch"):
                _card(case, [flight for flight in flights if flight.case == case.name])
    if broken:
        st.caption(plain(f"Left out, since they do not load: {', '.join(broken)}."))


def _card(case: Case, flights: Sequence[Flight]) -> None:
    st.markdown(f"#### {plain(case.title)}")
    st.text(case.tension)
    with st.container(horizontal=True, gap="xsmall"):
        for topic in case.topics:
            st.badge(plain(topic), color="gray")
    setup = _setup_of(case)
    st.caption(
        f"{plain(f'{case.minutes} minutes · {_standing(case, flights, setup.level)}')}  \n{plain(_chosen(setup))}"
    )
    with st.container(horizontal=True):
        if st.button("Brief", key=f"brief/{case.name}", type="primary", icon=":material/description:"):
            session.start_draft(case.name, level=setup.level, seed=setup.seed(), mode=setup.mode)
            go("brief")
        with st.popover("Level, seed, mode", key=f"setup/{case.name}"):
            _choose(case, setup)


def _standing(case: Case, flights: Sequence[Flight], level: int) -> str:
    """Say how often the case was flown, and the best result at *level*: results of two levels do not compare."""
    if not flights:
        return "not flown yet"
    count = f"{len(flights)} flight{'s' * (len(flights) > 1)}"
    landed = [flight for flight in flights if _counts(flight, level)]
    if not landed:
        return f"{count}, none landed at level {level}"
    best = max(landed, key=lambda flight: (flight.kpis or {})["profit"])
    broken = any(s.verdict.guardrail and not s.verdict.met for s in held(case, best.kpis or {}))
    return f"your best {words.money((best.kpis or {})['profit'])}{' (a guardrail broke)' * broken} · {count}"


def _counts(flight: Flight, level: int) -> bool:
    return flight.status == "landed" and flight.scenario["level"] == level and "profit" in (flight.kpis or {})


def _chosen(setup: Setup) -> str:
    seeds = {"today": f"today's seed, {todays_seed()}", "number": f"seed {setup.number}", "fresh": "a fresh seed"}
    return f"Level {setup.level} · {seeds[setup.luck]} · {setup.mode}"


def _setup_of(case: Case) -> Setup:
    """Return what was chosen for *case*; its widgets know best, as they are drawn further down."""
    kept: Setup = session.kept(f"setup/{case.name}", Setup(2 if 2 in case.levels else min(case.levels)))
    turned: dict[str, Any] = {
        field: session.widget(f"{field}/{case.name}", getattr(kept, field))
        for field in ("level", "luck", "number", "mode")
    }
    turned["number"] = int(turned["number"] or 0)
    made = Setup(**turned)
    session.keep(f"setup/{case.name}", made)
    return made


def _choose(case: Case, setup: Setup) -> None:
    levels = sorted(case.levels)
    st.radio(
        "Level", levels, index=levels.index(setup.level), key=f"level/{case.name}",
        format_func=lambda level: f"Level {level}",
        captions=[plain(sentence(case.levels[level].help)) for level in levels],
    )  # fmt: skip
    lucks = get_args(Luck)
    st.segmented_control(
        "Seed: the luck of the world", lucks, default=setup.luck, required=True, key=f"luck/{case.name}",
        format_func=_LUCK.__getitem__, help="Two who fly the same seed meet the same customers, to the cent.",
    )  # fmt: skip
    if setup.luck == "number":
        st.number_input("Number", 0, LARGEST_SEED, setup.number, key=f"number/{case.name}")
    modes = get_args(Mode)
    st.radio(
        "Mode", modes, index=modes.index(setup.mode), key=f"mode/{case.name}", format_func=str.capitalize,
        captions=[_MODES[mode] for mode in modes],
    )  # fmt: skip
    attempts = tower().store.attempts(case.name)
    st.caption(f"Check flights of this case so far: {attempts}")


def _door() -> None:
    """Draw the way to the rounds."""
    with st.container(
        border=True, key="door", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown("**Rounds**: a mock interview by a script, with somebody who asks, or alone.", width="content")
        link("rounds", "To the rounds", icon=":material/groups:")


# --- bring along -----------------------------------------------------------------------------------------------


def _bring_along() -> None:
    found, _ = offered()
    titles = {case.name: case.title for case in found}
    with st.expander("Bring a plan, a scenario or a flight", icon=":material/upload_file:", key="bring"):
        st.caption("A plan or an exported flight is JSON, a scenario is TOML. Nothing in it is run; it is only read.")
        name = st.selectbox(
            "For the case (an exported flight names its own)", list(titles), key="bring/case",
            format_func=titles.__getitem__,
        )  # fmt: skip
        file = st.file_uploader("A file", key="bring/file", max_upload_size=1)
        text = st.text_area("or its text", key="bring/text", height=120, placeholder='{"design": {…}}')
        if st.button("Read it", key="bring/read", icon=":material/upload_file:"):
            _read(file.getvalue() if file is not None else text or "", str(name))


def _read(brought: bytes | str, name: str) -> None:
    setup: Setup = session.kept(f"setup/{name}")
    try:
        found = imports.read(brought, name)
    except BadInput as error:
        st.error(plain(str(error)), icon=":material/warning:")
        return
    session.start_draft(**imports.draft_words(found, seed=setup.seed(), mode=setup.mode))
    go("brief")
