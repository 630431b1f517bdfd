"""A flight that is down: what it earned, which targets it met, and where to go from here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard import exports, imports, session, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.recording import Recording
from dashboard.views import rounds_lock
from dashboard.views.routes import go, link
from simulator.case import Case
from simulator.store import Flight
from simulator.targets import Kpi, Target, Verdict, judged

__all__ = [
    "Figures",
    "Standing",
    "again",
    "by_name",
    "distance",
    "held",
    "on_screen",
    "summary",
    "target_line",
    "title_of",
    "verdict_line",
]

_COUNTED = {1: "The guardrail", 2: "Both guardrails"}

Figures = Mapping[str, float | None]
"""KPI -> value; None = there is none"""


@dataclass(frozen=True)
class Standing:
    """A target with what a flight made of it."""

    target: Target
    kpi: Kpi
    verdict: Verdict

    @property
    def word(self) -> str:
        """Say in a word how it went; a guardrail is kept or broken."""
        words_for = ("broken", "kept") if self.verdict.guardrail else ("missed", "met")
        return words_for[self.verdict.met]

    @property
    def sign(self) -> str:
        """Return the mark that goes with the word, so that nobody needs to tell colours apart."""
        return "✓" if self.verdict.met else "✕"

    @property
    def wanted(self) -> str:
        """Say what was asked for: `at least $160k`."""
        return f"at {'least' if self.target.at_least else 'most'} {words.quantity(self.target.limit, self.kpi.unit)}"

    @property
    def margin(self) -> str:
        """Say how far from the limit it came to lie: `$11k to spare`, `2 points short`."""
        if not math.isfinite(self.verdict.value):
            return "there is no such figure"
        beyond = "short" if self.target.at_least else "over"
        return (
            f"{distance(self.verdict.value - self.target.limit, self.kpi)} {'to spare' if self.verdict.met else beyond}"
        )


def held(case: Case, kpis: Figures) -> list[Standing]:
    """Hold the *kpis* of a flight against the targets of its *case*."""
    figures = {name: math.nan if value is None else value for name, value in kpis.items()}
    known = {target.kpi: figures.get(target.kpi, math.nan) for target in case.targets}
    verdicts = judged(case.targets, known)
    return [Standing(t, case.kpis[t.kpi], v) for t, v in zip(case.targets, verdicts, strict=True)]


def distance(gap: float, kpi: Kpi) -> str:
    """Write how far two values of *kpi* lie apart; two shares differ by points."""
    if kpi.unit == "share" or kpi.unit.startswith("share of "):
        return f"{abs(gap) * 100:.1f}{words.GAP}points"
    return words.quantity(abs(gap), kpi.unit)


def title_of(name: str) -> str:
    """Write the *name* of a KPI, an account or a gauge for people."""
    return words.titled(name)


def by_name(name: str) -> str:
    """Write the *name* of a KPI, an account or a gauge within a sentence."""
    return words.named(name)


def verdict_line(case: Case, kpis: Figures) -> str:
    """Say in two sentences how a flight went: the first target, then the guardrails."""
    standings = held(case, kpis)
    head = standings[0]
    value = words.quantity(kpis.get(head.target.kpi), head.kpi.unit)
    first = f"{title_of(head.target.kpi)} {value}: the target of {head.wanted} is {head.word}, {head.margin}."
    return f"{first} {_guardrails(standings)}"


def _guardrails(standings: list[Standing]) -> str:
    rails = [standing for standing in standings if standing.target.guardrail]
    broken = [by_name(standing.target.kpi) for standing in rails if not standing.verdict.met]
    if not broken:
        return f"{_COUNTED.get(len(rails), f'All {len(rails)} guardrails')} held."
    return f"Broken guardrails: {', '.join(broken)}; a broken guardrail caps the score, whatever was earned."


# --- what other pages need of a flight that is down ------------------------------------------------------------


def on_screen(page: str) -> Flight | None:
    """Return the flight on the screen if it has landed, and is open; else the *page* says what is in the way."""
    id = session.flight_id()
    if not id:
        _no_flight(page)
        return None
    flight = tower().store.flight(id)
    if rounds_lock.is_closed(flight):
        return None
    if flight.status != "landed":
        _in_the_air(page)
        return None
    return flight


def _no_flight(page: str) -> None:
    st.info(
        f"There is no flight to {page} yet: fly one, or take an older one from the history.", icon=":material/flight:"
    )
    link("hangar", "To the hangar", icon=":material/flight_takeoff:")
    link("history", "To the history", icon=":material/history:")


def _in_the_air(page: str) -> None:
    st.info(
        "This flight is still in the air. The reference answers, and what really happened, are shown after landing: "
        "until then nothing of them is computed or sent to this page.",
        icon=":material/lock:",
    )
    st.text(f"What can be seen already stands on the flight deck; come back to {page} when you are down.")
    link("fly", "Back to the flight deck", icon=":material/flight:")


def again(flight: Flight) -> None:
    """Prepare the same case anew, under the next seed."""
    drafted = imports.words_of(tower().case(flight), None)
    session.start_draft(**drafted, seed=(flight.seed + 1) % 2**63, mode=flight.mode)
    go("brief")


# --- the card at the end of a flight ---------------------------------------------------------------------------


def summary(flight: Flight, case: Case, recording: Recording) -> None:
    """Draw the card of a flight that has just come down."""
    with st.container(border=True, key="landed"):
        st.subheader("Landed", anchor=False)
        _headline(case, recording.kpis)
        for standing in held(case, recording.kpis)[1:]:
            st.markdown(target_line(standing))
        _ways(flight)


def _headline(case: Case, kpis: Figures) -> None:
    head = held(case, kpis)[0]
    value = words.quantity(kpis.get(head.target.kpi), head.kpi.unit)
    st.metric(title_of(head.target.kpi), plain(value), help=plain(sentence(head.kpi.help)))
    st.markdown(target_line(head))


def target_line(standing: Standing) -> str:
    """Write a target and what became of it as one line of Markdown."""
    colour = "green" if standing.verdict.met else "red"
    value = "" if math.isnan(standing.verdict.value) else words.quantity(standing.verdict.value, standing.kpi.unit)
    rail = " (guardrail)" if standing.target.guardrail else ""
    said = f"{title_of(standing.target.kpi)}{rail} {value} – {standing.wanted}, {standing.margin}"
    return f":{colour}[**{standing.sign} {standing.word}**] {plain(said)}"


def _ways(flight: Flight) -> None:
    """Offer what one may do now."""
    link("compare", "Compare with the reference answers", icon=":material/balance:")
    link("debrief", "Debrief: what did it?", icon=":material/search:")
    with st.container(horizontal=True):
        if st.button(
            "Fly again", icon=":material/replay:", key=f"again/{flight.id}", help="the same case under the next seed"
        ):
            again(flight)
        _export(flight)


def _export(flight: Flight) -> None:
    st.download_button(
        "Export", partial(exports.as_json, tower().store, flight), f"{exports.file_name(flight)}.json",
        "application/json", icon=":material/download:", key=f"export/{flight.id}", on_click="ignore",
        help="the flight as JSON: the hangar takes it in again; the history has it as HTML, too",
    )  # fmt: skip
