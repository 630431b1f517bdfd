"""What is kept of a flight, and how its parts become rows: checked, bounded, and text as nothing but text."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulator.errors import BadInput, shown, unknown
from simulator.plan import Act, Change
from simulator.record import Answer, Forecast
from simulator.rubric import LEVELS
from simulator.units import seconds

__all__ = [
    "Flight", "Mode", "Stale", "Status", "checked_answer", "checked_forecast", "checked_level", "checked_seed",
    "flight_of", "is_finite", "looked_at", "read_mark", "step_row", "written",
]  # fmt: skip

Mode = Literal["training", "check"]
Status = Literal["design", "flying", "landed"]

_MARK = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JOINERS = "\u200c\u200d"  # of several scripts, and of emoji
_LONGEST_LOOK, _LONGEST_NAME, _LONGEST_REASON, _LONGEST_WORDS = 200, 64, 2000, 10_000


class Stale(BadInput):
    """The flight was changed elsewhere, in another tab perhaps, since the version that a decision was based on."""


@dataclass(frozen=True)
class Flight:
    """A person's run with its record."""

    id: str
    """nobody can guess it"""
    case: str
    revision: int
    scenario: Mapping[str, Any]
    """as `Scenario.to_data` gives it"""
    seed: int
    mode: Mode
    status: Status
    plan: Mapping[str, Any]
    """as `Plan.to_data` gives it; its reasons are cleaned, so this is what has to be flown"""
    version: int
    """rises with each decision; 0 = as begun"""
    position: float
    """where playback stands [s]"""
    furthest: float
    """how much of it was seen [s]"""
    parent: str
    """the flight that it branched off from; empty = none"""
    created: float
    """[unix s]"""
    touched: float
    """[unix s]"""
    kpis: Mapping[str, float] | None
    """None until it has landed"""
    digest: str
    """empty until it has landed"""


# what comes in


def written(text: object, most: int, what: str) -> str:
    """Return *text* composed (NFC) and without control characters, line breaks as spaces; BadInput when it is longer
    than *most* characters."""
    if not isinstance(text, str):
        raise BadInput(f"{what} is text, not {shown(text)}")
    clean = _plain(text)
    if len(clean) > most:
        raise BadInput(f"{what} of {len(clean)} characters is too long; at most {most}")
    return clean


def _plain(text: str) -> str:
    """Leave out what cannot be seen: a sign that turns the direction of writing could make text say something else."""
    kept = (" " if c in "\n\t\r" else c for c in text if c in "\n\t\r" or _visible(c))
    return unicodedata.normalize("NFC", "".join(kept))


def _visible(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def looked_at(what: str) -> str:
    """Return *what* was looked at, cut short where it is too long: nobody is interrupted for it."""
    return _plain(what[: 2 * _LONGEST_LOOK])[:_LONGEST_LOOK]


def read_mark(text: object, what: str) -> str:
    """Return the mark (an id, a token) that *text* is; BadInput for what cannot be one."""
    if not isinstance(text, str) or not _MARK.fullmatch(text):
        raise BadInput(f"{what} {shown(text)} is not known; one is made of letters, digits, - and _")
    return text


def checked_forecast(forecast: Forecast) -> Forecast:
    """Return *forecast*; BadInput when its interval is none, or its times are no times."""
    name = written(forecast.kpi, _LONGEST_NAME, "the figure of a forecast")
    if not all(is_finite(end) for end in (forecast.low, forecast.high)) or forecast.low > forecast.high:
        raise BadInput(f"a forecast goes from a number to a larger one, not from {forecast.low} to {forecast.high}")
    by, at = seconds(forecast.by, "time of a forecast"), seconds(forecast.at, "time of a forecast")
    return Forecast(name, by, float(forecast.low), float(forecast.high), at)


def checked_answer(answer: Answer) -> Answer:
    """Return *answer* with its text cleaned; BadInput for what cannot be kept."""
    probe = written(answer.probe, _LONGEST_NAME, "the name of a probe")
    choice = written(answer.choice, _LONGEST_REASON, "the choice of an answer")
    words = written(answer.words, _LONGEST_WORDS, "an answer")
    if answer.number is not None and not is_finite(answer.number):
        raise BadInput(f"the figure of an answer is a number, not {shown(answer.number)}")
    number = None if answer.number is None else float(answer.number)
    return Answer(probe, choice, number, words, checked_level(answer.mark) if answer.mark else "")


def checked_level(level: object) -> str:
    """Return the *level* that somebody marks an answer with; BadInput when there is no such one."""
    if level not in LEVELS:
        raise unknown("level", level, LEVELS)
    return str(level)


def checked_seed(seed: object) -> int:
    """Return the *seed*; BadInput for what is none."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise BadInput(f"seed {shown(seed)} is not a whole number from 0 to 2^63 - 1")
    return seed


def is_finite(value: object) -> bool:
    """Tell whether it is a number that a float can be; a whole number may have any number of digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def step_row(step: Change | Act) -> tuple[float, str, str, str, str]:
    """Return time [s], kind, name, values and reason of a *step*; BadInput for what cannot be kept."""
    why = written(step.why, _LONGEST_REASON, "a reason")
    if isinstance(step, Act):
        name = written(step.name, _LONGEST_NAME, "the name of an act")
        return seconds(step.at), "act", name, _words(step.arguments), why
    return seconds(step.at), "change", "", _words(step.dials), why


def _words(values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        if not isinstance(value, str | bool) and not is_finite(value):
            raise BadInput(f"{shown(name)} = {shown(value)} is no setting of a dial")
    text = json.dumps(dict(values), allow_nan=False)
    if len(text) > _LONGEST_WORDS:
        raise BadInput(f"the settings of a step are too long: {len(text)} characters; at most {_LONGEST_WORDS}")
    return text


# what goes out


def flight_of(row: sqlite3.Row, steps: Iterable[sqlite3.Row]) -> Flight:
    """Return the flight that a *row* and the rows of its *steps*, in their order, stand for."""
    data = {key: row[key] for key in Flight.__dataclass_fields__ if key not in ("case", "plan", "scenario", "kpis")}
    kpis = None if row["kpis"] is None else json.loads(row["kpis"])
    plan = _plan_data(json.loads(row["design"]), sorted(steps, key=lambda step: float(step["at"])))
    return Flight(**data, case=row["case_name"], plan=plan, scenario=json.loads(row["scenario"]), kpis=kpis)


def _plan_data(design: Mapping[str, Any], steps: list[sqlite3.Row]) -> dict[str, Any]:
    changes = [step for step in steps if step["kind"] == "change"]
    acts = [step for step in steps if step["kind"] == "act"]
    return {
        "design": design,
        "changes": [{"at": s["at"], "dials": json.loads(s["words"]), "why": s["why"]} for s in changes],
        "acts": [{"at": s["at"], "act": s["name"], "arguments": json.loads(s["words"]), "why": s["why"]} for s in acts],
    }
