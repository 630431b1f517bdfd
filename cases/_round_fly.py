"""Flies a mock round without a browser and without an interviewer, and tells what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

import cases
from cases._export import run_data
from cases._flight import Order, flight_of
from cases._options import read_seed
from cases._report import report
from cases._rounds import text_of
from cases._terminal import heading, sheet
from cases._words import clean
from simulator.errors import BadInput, shown
from simulator.rounds.asking import lit
from simulator.rounds.fitted import Fitted, fitted
from simulator.rounds.keeping import Kept, asked_at, kept
from simulator.rounds.reading import read_script
from simulator.rounds.recorded import Recorded, flown_alone, seed_of
from simulator.run import Run
from simulator.score import score
from simulator.units import clock_time

__all__ = [
    "Flown", "Scripted", "flown", "flown_data", "scripted", "show_flown",
    "show_requirement",
]  # fmt: skip


@dataclass(frozen=True)
class Scripted:
    """A round that can be flown."""

    text: str
    """of its script"""
    fitted: Fitted
    """nobody interviewing"""
    seed: int


@dataclass(frozen=True)
class Flown:
    """A round that was flown."""

    played: Recorded
    fitted: Fitted
    run: Run
    name: str
    """of who flew"""
    cpu: float

    @property
    def kept(self) -> Kept | None:
        """What became of the requirement."""
        asked = self.fitted.script.requirement
        at = asked_at(self.fitted, self.played.deeds, alone=True)
        return kept(self.fitted.case, self.run, asked, at) if asked else None


def scripted(name_or_path: str, seed: str | None) -> Scripted:
    """Put a round on its case; BadInput where a *seed* is asked for and the script names another."""
    text, where = text_of(name_or_path), shown(name_or_path)
    script = read_script(text, where)
    wanted = read_seed("0" if seed is None else seed)
    if seed is not None and seed_of(script, wanted) != wanted:
        raise BadInput(f"--seed {wanted}: {where} says itself which seed it is flown under, {script.seed}")
    return Scripted(text, fitted(script, cases.load, alone=True), seed_of(script, wanted))


def flown(round: Scripted, order: Order) -> Flown:
    """Fly a *round* as *order* says."""
    flight = flight_of(round.fitted.case, order, str(round.seed), None, "compiled")
    run, cpu = flight.fly()
    return Flown(flown_alone(round.text, "", run), round.fitted, run, flight.flyer.name, cpu)


# what came of it


def flown_data(found: Flown) -> dict[str, Any]:
    """Return what `round fly` tells."""
    card = score(found.fitted.case, found.run)
    data = run_data(found.fitted.case, found.run, "compiled", found.cpu, card.total)
    return {
        "round": found.fitted.script.title, **data, "fired": dict(found.run.fired),
        "requirement": _kept_data(found.kept),
        "worth_asking": [{"probe": name, "at": at} for name, at in _worth_asking(found).items()],
    }  # fmt: skip


def _kept_data(found: Kept | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"at": found.at, "due": found.due, "kept": found.kept, "told": list(found.sentences)}


def _worth_asking(found: Flown) -> dict[str, float]:
    """Return the probes whose condition held, and when it did first [s]."""
    run, case = found.run, found.fitted.case
    when = {card.probe.name: lit(card.when, run, case) if card.when else 0.0 for card in found.fitted.cards}
    return {name: at for name, at in when.items() if at is not None}


def show_flown(console: Console, found: Flown) -> None:
    """Print what came of a round."""
    report(console, found.fitted.case, found.run, found.name, found.cpu)
    tick = found.fitted.case.tick
    show_requirement(console, found)
    console.print(heading("questions that are worth asking now", "from when on"))
    table = sheet("when", "question")
    for card in found.fitted.cards:
        if (at := _worth_asking(found).get(card.probe.name)) is not None:
            table.add_row("", clock_time(at, tick), clean(card.probe.question))
    console.print(table)


def show_requirement(console: Console, found: Flown) -> None:
    """Print what became of the requirement, if there was one."""
    if found.kept is None:
        return
    said = {True: "kept", False: "not kept", None: "for people to judge"}[found.kept.kept]
    when = clock_time(found.kept.at, found.fitted.case.tick)
    console.print(heading("the requirement", f"said at {when}: {said}"))
    for told in found.kept.sentences:
        console.print(Text(f"  {clean(told)}"))
