"""What worker processes find out for a round: which probes are worth asking, what the flight shows, the reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cases
from dashboard.jobs import Order, Told, case_for, flown, run_of, yardstick_of
from dashboard.recording import Series
from simulator import debrief
from simulator.debrief.opening import pose
from simulator.debrief.results import Debrief
from simulator.exhibits.words import phrase
from simulator.probes import Asked, Exhibit, Posed, Probe
from simulator.record import Record
from simulator.rounds import lighting, written
from simulator.rounds.asking import Shows
from simulator.rounds.fitted import Card, Fitted, dressed, fitted
from simulator.rounds.reading import read_script
from simulator.rounds.recorded import Recorded
from simulator.rounds.sheet import SheetRow
from simulator.rounds.written_facts import After, after, sitting
from simulator.store.deeds import DeedKind
from simulator.worlds import tape_of

__all__ = ["Judged", "earned", "judged", "lit", "posed", "reports", "telling"]

_TELLING: frozenset[DeedKind] = frozenset({"flight", "done", "require", "reply", "rescue", "ask", "fact", "hint"})


@dataclass(frozen=True)
class Judged:
    """What a flight that is down shows, before anybody has marked it."""

    rows: tuple[SheetRow, ...]
    """of the sheet, without marks"""
    posed: tuple[Posed, ...]
    """the probes as asked of this run"""
    kept: bool | None
    """whether the requirement was; None = there was none, or it cannot be said"""
    sentences: tuple[str, ...]
    """what shows it"""


def lit(told: Told, order: Order, script: str, alone: bool, at: float) -> dict[str, float]:
    """Return the probes of a *script* that are worth asking of a flight by *at* [s]: name -> since when [s]."""
    found = fitted(read_script(script), cases.load, alone=alone)
    return lighting.lit(found.cards, run_of(order, told), dressed(case_for(order), found.script), at)


def posed(told: Told, order: Order, script: str, alone: bool, record: Record) -> tuple[Posed, ...]:
    """Return the probes of a *script* as a candidate is asked them, of a flight that is down; *record* is what is known
    of who sat in it."""
    found = fitted(read_script(script), cases.load, alone=alone)
    case, run = dressed(case_for(order), found.script), run_of(order, told)
    asked = Asked(case, run, tape_of(case, order.seed), record)
    return tuple(_untold(pose(_unprompted(card), asked), asked) for card in found.cards)


def _untold(one: Posed, asked: Asked) -> Posed:
    """Return a probe whose picture names no incident that the candidate was not told of: that comes with the truth."""
    chart = one.exhibit.chart
    if chart is None or not chart.marks:
        return one
    told = {phrase(entry.name) for entry in asked.run.journal if entry.kind == "incident" and entry.seen}
    hidden = {phrase(incident.name) for incident in asked.case.happened(asked.run)} - told
    marks = tuple(mark for mark in chart.marks if mark[1] not in hidden)
    return replace(one, exhibit=replace(one.exhibit, chart=replace(chart, marks=marks)))


def _unprompted(card: Card) -> Probe:
    """Return the probe of *card* without what its evidence says of its condition: that is for interviewers."""
    probe = card.probe
    if not isinstance(probe.exhibit, Shows):
        return probe
    return replace(probe, exhibit=Shows(card.show, None) if card.show else lambda asked: Exhibit(""))


def judged(told: Told, order: Order, played: Recorded) -> Judged:
    """Return what the flight of a round shows; *played* needs no more of its deeds than `telling` leaves."""
    found = _after(told, order, played)
    kept = found.kept
    return Judged(found.sheet.rows, found.debrief.posed, kept.kept if kept else None, kept.sentences if kept else ())


def reports(
    told: Told, order: Order, played: Recorded, known: Mapping[str, Any], sides: Sequence[str]
) -> dict[str, str]:
    """Write the reports of a round for *sides*, candidate or interviewer: name of the file -> what stands in it.

    *known* are the sections of the debrief that were worked out by now; what is missing is left out.
    """
    found = _after(lambda share: told(0.7 * share), order, played)
    whole = replace(found, debrief=debrief.combined(found.debrief, known))
    forms, texts = [(side, form) for side in sides for form in written.FORMATS], dict[str, str]()
    for place, (side, form) in enumerate(forms):
        texts[f"{side}.{form}"] = _WRITERS[side](whole, form)
        told(0.7 + 0.3 * (place + 1) / len(forms))
    return texts


_WRITERS: Mapping[str, Callable[[After, str], str]] = {
    "candidate": written.candidate, "interviewer": written.interviewer,
}  # fmt: skip


def earned(told: Told, order: Order) -> Series:
    """Return the profit so far [$] of a flight over its whole course."""
    return flown(told, order).profit


def telling(played: Recorded) -> Recorded:
    """Return *played* with those deeds alone on which evidence rests: marks and the clock do not change it."""
    return replace(played, deeds=tuple(deed for deed in played.deeds if deed.kind in _TELLING))


def _after(told: Told, order: Order, played: Recorded) -> After:
    found = fitted(read_script(played.script), cases.load, alone=played.alone)
    on_case = replace(found, case=dressed(case_for(order), found.script))
    return after(played, on_case, run_of(order, told), _begun(told, order, played, on_case))


def _begun(told: Told, order: Order, played: Recorded, found: Fitted) -> Debrief:
    """Return what the debrief of the flight begins with; it asks the probes of the script."""
    run = run_of(order, told)
    known = yardstick_of(found.case, order, run)
    begun = debrief.beginning(found.case, run, tape_of(found.case, order.seed), sitting(played), known)
    return cases.advised(begun)
