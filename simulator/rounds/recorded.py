"""A round that was played, as a few kB of data: who flies it again gets the same flight, to the digest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.plan import Plan, read_json
from simulator.record import Answer, Forecast, Look, Record
from simulator.rounds.cost import refuse
from simulator.rounds.fitted import Fitted, dressed, fitted
from simulator.rounds.reading import read_script
from simulator.rounds.script import Script
from simulator.run import Run
from simulator.simulation import simulate
from simulator.store.deeds import Deed, DeedKind, Room
from simulator.store.past import case_of
from simulator.store.records import Flight, checked_answer, checked_forecast, written
from simulator.store.room_words import checked_words

__all__ = ["Otherwise", "Recorded", "flown_alone", "recorded", "replayed", "seed_of"]

_WHAT = "recording"
_MOST_CHARACTERS = 256 * 1024  # more cannot be read again
_LONGEST_NAME, _LONGEST_WHAT = 200, 200


class Otherwise(BadInput):
    """Flown again, a round did not come out as it was recorded."""


@dataclass(frozen=True)
class Recorded:
    """A played round."""

    script: str
    """the text of the script"""
    case: str
    revision: int
    seed: int
    scenario: Mapping[str, Any]
    """under which the flight came to its end: what was steered is in it"""
    plan: Mapping[str, Any]
    """as `Plan.to_data`"""
    digest: str
    record: Record
    """looks, forecasts, answers"""
    deeds: tuple[Deed, ...]
    name: str = ""
    """of the room; empty where it was exported without names"""
    alone: bool = False
    """whether nobody interviewed: the script did, and what is `by hand` happened when it was due"""

    @property
    def sat(self) -> bool:
        """Whether somebody sat in the flight: they looked, forecast, answered or did something in the room."""
        told = self.record.looks or self.record.forecasts or self.record.answers
        return bool(told) or any(deed.who == "candidate" for deed in self.deeds)

    def to_json(self) -> str:
        """Write it as one JSON document, a line for each part; without the looks where it would be too long to be read
        again."""
        text = _document(self)
        if len(text) > _MOST_CHARACTERS:
            text = _document(replace(self, record=replace(self.record, looks=())))
        if len(text) > _MOST_CHARACTERS:
            raise BadInput(f"a recording of {len(text)} characters is too long; at most {_MOST_CHARACTERS}")
        return text

    @staticmethod
    def from_json(text: str) -> Recorded:
        """Read what `to_json` wrote; BadInput names what is wrong with a document of unknown origin."""
        read = _read(text)
        record = Record(
            tuple(Look(*look) for look in read.looks),
            tuple(checked_forecast(Forecast(*forecast)) for forecast in read.forecasts),
            tuple(checked_answer(Answer(*answer)) for answer in read.answers),
        )
        same = {name: getattr(read, name) for name in _SAME}
        deeds = tuple(map(_deed, read.deeds))
        return Recorded(
            **same, record=record, deeds=deeds, name=written(read.name, _LONGEST_NAME, "the name of a room")
        )


_SAME = ("script", "case", "revision", "seed", "scenario", "plan", "digest", "alone")


def recorded(room: Room, flight: Flight, record: Record, *, names: bool = True) -> Recorded:
    """Return what was played in a *room*; without *names*, and without private notes and the voters', for others."""
    if not flight.digest:
        raise BadInput("the flight of the room has not landed yet; it can be recorded when it has")
    same = (flight.case, flight.revision, flight.seed, flight.scenario, flight.plan, flight.digest, record)
    deeds = (replace(deed, at=round(deed.at, 3)) for deed in room.deeds)  # of a wall clock, ms will do
    kept = tuple(deeds if names else _nameless(deeds))
    return Recorded(room.script, *same, kept, room.name if names else "", room.alone)


def seed_of(script: Script, otherwise: int) -> int:
    """Return the seed that a *script* names, or else *otherwise*: that of a room."""
    return script.seed if isinstance(script.seed, int) else otherwise


def flown_alone(text: str, name: str, run: Run, record: Record | None = None, deeds: Iterable[Deed] = ()) -> Recorded:
    """Return a *run* of the script that *text* is, in which nobody interviewed, as a recording."""
    same = (run.case, run.revision, run.seed, run.scenario, run.plan.to_data(), run.digest())
    return Recorded(text, *same, record or Record(), tuple(deeds), name, alone=True)


def replayed(played: Recorded, load: Callable[[str], Case]) -> tuple[Fitted, Run]:
    """Fly a round again; BadInput where it does not come out with its digest.

    The case of what is returned is under the scenario in which the flight came to its end.
    """
    script = read_script(played.script, "the script of the recording")
    if script.case != played.case:
        raise BadInput(
            f"recording: its script is about {shown(script.case)}, and what was flown is {shown(played.case)}"
        )
    found = fitted(script, load, alone=played.alone)
    case = dressed(case_of(played, load), script)
    refuse(case)
    plan = case.plan(Plan.from_data(played.plan, case.design, case.menu(), case.horizon, case.tick))
    run = simulate(case, plan, played.seed)
    if run.digest() != played.digest:
        then = f"flown here its digest is {run.digest()}, not {played.digest}"
        raise Otherwise(f"the round does not come out as it was recorded: {then}")
    return replace(found, case=case), run


# out


def _document(played: Recorded) -> str:
    record = played.record
    parts: dict[str, Any] = {
        "round": 1, "name": played.name, **{name: getattr(played, name) for name in _SAME},
        "looks": [astuple(look) for look in record.looks],
        "forecasts": [astuple(forecast) for forecast in record.forecasts],
        "answers": [astuple(answer) for answer in record.answers],
        "deeds": [_row(deed) for deed in played.deeds],
    }  # fmt: skip
    lines = (f"{json.dumps(key)}: {json.dumps(part, allow_nan=False)}" for key, part in parts.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _row(deed: Deed) -> list[Any]:
    return [deed.turn, deed.kind, deed.what, deed.who, deed.at, deed.moment, dict(deed.data)]


def _nameless(deeds: Iterable[Deed]) -> Iterable[Deed]:
    """Leave out private notes, and who signed the others; call the voters by numbers: the same one by the same."""
    voters: dict[str, str] = {}
    for deed in deeds:
        if deed.kind == "ballot":
            number, _, voter = deed.what.partition("/")
            called = voters.setdefault(voter, f"voter {len(voters) + 1}")
            yield replace(deed, what=f"{number}/{called}")
        elif deed.kind == "note":
            yield replace(deed, data={name: said for name, said in deed.data.items() if name != "from"})
        elif deed.kind != "private":
            yield deed


# in

_Time = Annotated[float, Field(ge=0)]
_Whole = Annotated[int, Field(ge=0, lt=2**63)]
_What = Annotated[str, StringConstraints(max_length=_LONGEST_WHAT)]
_Level = Literal["", "weak", "mid", "strong", "expert"]
_Who = Literal["interviewer", "candidate", "voter", "clock"]


class _Shape(BaseModel):
    """A document as `to_json` writes it."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    round: Annotated[int, Field(ge=1, le=1)]
    name: str = ""
    script: str
    case: _What
    revision: _Whole
    seed: _Whole
    scenario: dict[str, Any]
    plan: dict[str, Any]
    digest: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    alone: bool = False
    looks: list[tuple[_What, _Time, _Time]] = []
    forecasts: list[tuple[str, _Time, float, float, _Time]] = []
    answers: list[tuple[str, str, float | None, str, _Level]] = []
    deeds: list[tuple[_Whole, DeedKind, _What, _Who, _Time, _Time, dict[str, Any]]] = []


def _read(text: str) -> _Shape:
    data = read_json(text, _WHAT)  # says what pydantic would take: a key twice, NaN, too much of it
    _refuse_endless(data)
    try:
        return _Shape.model_validate_json(text)
    except ValidationError as error:
        raise BadInput(f"{_WHAT}: {_complaint(error.errors()[0])}") from None


def _refuse_endless(data: object) -> None:
    """Raise BadInput for a number beyond what a float can be, which JSON allows."""
    try:
        json.dumps(data, allow_nan=False)
    except ValueError:
        raise BadInput(f"{_WHAT}: it has a number that is too large") from None


def _complaint(first: ErrorDetails) -> str:
    where = shown(".".join(map(str, first["loc"])))[1:-1] or "the document"
    said = {
        "extra_forbidden": f"not known here; known: {', '.join(_Shape.model_fields)}", "missing": "is missing",
        "model_type": "must be an object of name: value",
    }  # fmt: skip
    return f"{where}: {said.get(first['type'], first['msg'])}"


def _deed(row: tuple[int, DeedKind, str, _Who, float, float, dict[str, Any]]) -> Deed:
    turn, kind, what, who, at, moment, data = row
    return Deed(turn, kind, what, who, at, moment, json.loads(checked_words(kind, data)))
