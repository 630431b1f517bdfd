"""Turns the options of `debrief` into a flight that has landed, has it explained, and writes what was found."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cases import advised
from cases._asked import case_of
from cases._exchange import flown_again
from cases._flight import Order, flight_of
from cases._history import found, opened
from cases._output import say
from cases._terminal import progress
from cases._workers import read_jobs
from simulator import report
from simulator.case import Case
from simulator.debrief import debrief
from simulator.debrief.results import Debrief
from simulator.errors import BadInput, shown, unknown
from simulator.record import Record
from simulator.run import Run

__all__ = ["Asked", "Sink", "Subject", "sink_of", "subject_of"]


@dataclass(frozen=True)
class Asked:
    """What to explain, as typed."""

    case: str | None
    order: Order
    seed: str | None
    level: str | None
    scenario: str | None
    flight: str | None
    jobs: str


@dataclass(frozen=True)
class Subject:
    """A flight to explain."""

    case: Case
    run: Run
    record: Record | None
    jobs: int

    def debriefed(self) -> Debrief:
        """Explain it."""
        with progress("debriefing: flying it otherwise") as note:
            return advised(debrief(self.case, self.run, self.record, jobs=self.jobs, progress=note))


def subject_of(asked: Asked) -> Subject:
    """Fly what is *asked* for, or fly again what has landed; BadInput for what is neither, or both."""
    jobs = read_jobs(asked.jobs)
    if asked.flight is None:
        return _designed(asked, jobs)
    given = (asked.case, asked.seed, asked.level, asked.scenario)
    if any(value is not None for value in given) or asked.order != Order():
        raise BadInput("--flight says itself which case was flown, and how; give it, or --case, not both")
    return _landed(asked.flight, jobs)


def _designed(asked: Asked, jobs: int) -> Subject:
    if asked.case is None:
        raise BadInput("a debrief of what? give --case CASE, or --flight ID of a flight that has landed")
    case = case_of(asked.case, asked.level, asked.scenario)
    run, _ = flight_of(case, asked.order, asked.seed or "0", None, "compiled").fly()
    return Subject(case, run, None, jobs)


def _landed(id: str, jobs: int) -> Subject:
    with opened() as store:
        flight = found(store, id)
        if flight.status != "landed":
            raise BadInput(f"flight {shown(flight.id)} is still under way; there is a debrief when it has landed")
        record = store.record(flight.id)
    case, run, trouble = flown_again(flight)
    if trouble:
        say(trouble)
    return Subject(case, run, record, jobs)


# what comes of it


@dataclass(frozen=True)
class Sink:
    """In what format a debrief is wanted, and where."""

    format: str | None
    """None = a summary for the terminal"""
    out: str | None

    def write(self, found: Debrief) -> str | None:
        """Write what was *found* as a document; None where a summary is wanted."""
        if self.format is None:
            return None
        return {"html": report.html, "md": report.markdown, "json": report.as_json}[self.format](found)


def sink_of(format: str | None, out: str | None, json: bool) -> Sink:
    """Read what is wanted; BadInput, before anything is flown, for what could not be written in the end."""
    chosen = _format(format, out, json)
    if chosen is not None:
        report.ready(chosen)
    if out is not None:
        _refuse_taken(out)
    return Sink(chosen, out)


def _format(format: str | None, out: str | None, json: bool) -> str | None:
    if json and format not in (None, "json"):
        raise BadInput(f"--json and --format {shown(format)} are two formats; give one of them")
    chosen = "json" if json else format
    if chosen is None and out is not None:
        chosen = Path(out).suffix.lstrip(".")
    if chosen is not None and chosen not in report.FORMATS:
        raise unknown("format", chosen, report.FORMATS)
    return chosen


def _refuse_taken(out: str) -> None:
    if trouble := _trouble(Path(out)):
        raise BadInput(f"--out {shown(out)} {trouble}")


def _trouble(path: Path) -> str:
    """Say why there can be no new file at *path*; empty where there can."""
    try:
        path.lstat()
    except FileNotFoundError:
        if not path.parent.is_dir():
            return f"cannot be written: there is no folder {shown(str(path.parent))}"
        return "" if os.access(path.parent, os.W_OK) else f"cannot be written: {shown(str(path.parent))} is read-only"
    except (OSError, ValueError) as error:
        return f"cannot be written: {getattr(error, 'strerror', None) or error}"
    return "exists already; it is left as it is" if path.name else "is no name of a file"
