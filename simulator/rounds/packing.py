"""The calibration pack: the four reference answers of a round as recordings without names, for interviewers to mark."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from string import ascii_uppercase
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.case import Case
from simulator.debrief import beginning
from simulator.errors import BadInput, shown
from simulator.plan import read_json
from simulator.rounds.agreeing import COLUMNS
from simulator.rounds.fitted import Fitted, fitted
from simulator.rounds.reading import read_script
from simulator.rounds.recorded import Recorded, flown_alone, seed_of
from simulator.rounds.script import COMMUNICATION
from simulator.rounds.sheet import SheetRow
from simulator.rounds.written import rendered
from simulator.rounds.written_facts import After, after
from simulator.rounds.written_timeline import Told, timeline
from simulator.rubric import LEVELS
from simulator.run import Run
from simulator.score import Track, Yardstick
from simulator.simulation import fly, tape_of
from simulator.streams import Streams

__all__ = ["ForMarking", "Pack", "packed", "read_key"]

_Progress = Callable[[float], None]


@dataclass(frozen=True)
class ForMarking:
    """A recording as an interviewer marks it: what was decided, what happened, what was seen - no score, no mark."""

    name: str
    title: str
    case: str
    about: str
    """the tension of the case"""
    until: float
    design: Mapping[str, Any]
    labels: Mapping[str, str]
    timeline: tuple[Told, ...]
    targets: tuple[Mapping[str, Any], ...]
    units: Mapping[str, str]
    requirement: str
    sentences: tuple[str, ...]
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class Pack:
    """What interviewers are handed, and the key to it."""

    pages: Mapping[str, str]
    """A, B, ... -> a page to mark it by"""
    recordings: Mapping[str, Recorded]
    pars: Mapping[str, str]
    """A, B, ... -> who flew"""
    rows: tuple[tuple[str, ...], ...]
    """of the file that marks are written into, its columns first"""

    def key(self) -> str:
        """Write who is who as one JSON document."""
        return json.dumps({"pack": 1, "recordings": dict(self.pars)}, indent=1) + "\n"


def packed(text: str, where: str, load: Callable[[str], Case], seed: int = 0, tell: _Progress | None = None) -> Pack:
    """Fly the reference answers of the script that *text* from *where* is, nobody interviewing, and name them A, B, ...
    in an order that the *seed* draws; the world has that seed, too, unless the script names one."""
    script = read_script(text, where)
    found = fitted(script, load, alone=True)
    runs = _flown(found, seed_of(script, seed), tell or (lambda share: None))
    known = Yardstick(Track.of(found.case, runs["weak"]), Track.of(found.case, runs["expert"]))
    order = Streams(seed).get("calibration pack", script.title).permutation(list(runs)).tolist()
    pars = dict(zip(ascii_uppercase, order, strict=False))
    made = {name: flown_alone(text, name, runs[par]) for name, par in pars.items()}
    told = {name: _told(made[name], found, runs[par], known) for name, par in pars.items()}
    pages = {name: rendered("recording", _page(name, one), found.case.tick, "html") for name, one in told.items()}
    return Pack(pages, made, pars, _rows(list(told.values()), list(pars)))


def _flown(found: Fitted, seed: int, tell: _Progress) -> dict[str, Run]:
    """Fly the four reference answers."""
    missing = [name for name in LEVELS if name not in found.case.pars]
    if missing:
        raise BadInput(f"case {found.case.name} has no reference answer {missing[0]}; a pack needs {', '.join(LEVELS)}")
    parts = {par: partial(_part, tell, number) for number, par in enumerate(LEVELS)}
    return {par: fly(found.case, par, seed, progress=part) for par, part in parts.items()}


def _part(tell: _Progress, number: int, share: float) -> None:
    tell((number + share) / len(LEVELS))


def _told(played: Recorded, fitted: Fitted, run: Run, known: Yardstick) -> After:
    begun = beginning(fitted.case, run, tape_of(fitted.case, run.seed), None, known)
    return after(played, fitted, run, begun, known)


def _page(name: str, told: After) -> ForMarking:
    found, asked = told.debrief, told.fitted.script.requirement
    return ForMarking(
        name=name, title=told.fitted.script.title, case=found.title, about=told.fitted.case.tension, until=found.until,
        design=found.plan["design"], labels=found.labels, timeline=timeline(told), targets=found.targets,
        units=found.units, requirement=asked.says if asked and told.kept else "",
        sentences=told.kept.sentences if told.kept else (), rows=tuple(_spoken_apart(told)),
    )  # fmt: skip


def _spoken_apart(told: After) -> list[SheetRow]:
    """Return the rows of a sheet that a run without words can show."""
    return [row for row in told.sheet.rows if row.dimension != COMMUNICATION]


def _rows(told: Sequence[After], names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the columns, and an empty cell to mark for each recording and dimension of which any of them shows
    something."""
    asked = dict.fromkeys(row.dimension for one in told for row in _spoken_apart(one) if row.seen)
    return (COLUMNS, *((name, dimension, "", "") for name in names for dimension in asked))


# the key


class _Key(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    pack: int = Field(ge=1, le=1)
    recordings: dict[str, str] = Field(min_length=1, max_length=len(ascii_uppercase))


def read_key(text: str, where: str) -> dict[str, str]:
    """Read who is who in a pack (A, B, ... -> par); BadInput for what is no key of one."""
    data = read_json(text, where)
    try:
        return _Key.model_validate(data).recordings
    except ValidationError as error:
        first = error.errors()[0]
        place = shown(".".join(map(str, first["loc"])))[1:-1] or "the document"
        raise BadInput(f"{where}: it is no key of a calibration pack: {place}: {first['msg']}") from None
