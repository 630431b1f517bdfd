"""Flies a recorded round again, has it explained, and writes its report for one side or the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases import advised, load
from cases._debrief import Sink, sink_of
from cases._options import located, text_of
from cases._terminal import progress
from cases._workers import read_jobs
from simulator.debrief import SECTIONS, debrief
from simulator.errors import shown, unknown
from simulator.rounds.fitted import Fitted
from simulator.rounds.recorded import Recorded, replayed
from simulator.rounds.written import candidate, interviewer
from simulator.rounds.written_facts import After, after, sitting
from simulator.run import Run

__all__ = ["Wanted", "flown_again", "read", "reported", "wanted"]

_SIDES = {"candidate": candidate, "interviewer": interviewer}
_DEFAULT = "md"  # what a terminal can show


@dataclass(frozen=True)
class Wanted:
    """Which report, in which format, and where."""

    side: str
    sink: Sink
    sections: Sequence[str]
    jobs: int


def wanted(side: str, format: str | None, out: str | None, quick: bool, jobs: str) -> Wanted:
    """Read what is asked for; BadInput, before anything is flown, for what could not be written in the end."""
    if side not in _SIDES:
        raise unknown("side", side, _SIDES)
    given = format if format is not None or out is not None else _DEFAULT
    return Wanted(side, sink_of(given, out, False), () if quick else SECTIONS, read_jobs(jobs))


def read(path: str) -> Recorded:
    """Read the recording at *path*."""
    text = text_of(path, "recording")
    with located(shown(path)):
        return Recorded.from_json(text)


def flown_again(path: str) -> tuple[Recorded, Fitted, Run]:
    """Fly the round that is recorded at *path*; BadInput where it does not come out as it was."""
    played = read(path)
    with progress("flying it again"):
        return played, *replayed(played, load)


def reported(path: str, asked: Wanted) -> str:
    """Write the report that is *asked* for of the round recorded at *path*."""
    played, fitted, run = flown_again(path)
    told = _explained(played, fitted, run, asked)
    return _SIDES[asked.side](told, asked.sink.format or _DEFAULT)


def _explained(played: Recorded, fitted: Fitted, run: Run, asked: Wanted) -> After:
    with progress("debriefing: flying it otherwise") as note:
        how = {"sections": asked.sections, "jobs": asked.jobs, "progress": note}
        found = advised(debrief(fitted.case, run, sitting(played), **how))  # type: ignore[arg-type]
    return after(played, fitted, run, found)
