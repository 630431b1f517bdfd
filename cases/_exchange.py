"""Flights that leave the house and come back: as one JSON document that can be flown again, or as a page to read."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any, get_args

import cases
from cases._flight import Flight as Departure
from cases._flight import Flyer
from cases._options import text_of
from cases._output import say
from simulator import report
from simulator.case import Case
from simulator.debrief import beginning
from simulator.errors import BadInput, shown, unknown
from simulator.exhibits.standing import probes_of
from simulator.plan import read_json
from simulator.record import BELIEF
from simulator.run import Run
from simulator.simulation import tape_of
from simulator.store import Answer, Flight, Forecast, Look, Mode, Record, Store, case_of, plan_of
from simulator.store.records import checked_answer, checked_forecast
from simulator.units import seconds

__all__ = ["FORMATS", "flown_again", "json_of", "page_of", "put", "taken_in"]

FORMATS = ("json", "html")
_MOST_CHARACTERS = 256 * 1024  # more cannot be read again
_KEYS: dict[str, type | tuple[type, ...]] = {
    "case": str, "revision": int, "scenario": dict, "seed": int, "mode": str, "plan": dict, "looks": list,
    "forecasts": list, "answers": list, "kpis": (dict, type(None)), "digest": str,
}  # fmt: skip
_LATER: Mapping[str, Any] = {"answers": []}  # keys that older documents do not have


# out


def json_of(store: Store, flight: Flight) -> str:
    """Write a flight with what was looked at and forecast in it, one line for each part."""
    record = store.record(flight.id)
    text = _document(flight, record)
    if len(text) > _MOST_CHARACTERS and record.looks:
        say(f"the {len(record.looks)} looks are left out: with them the document would be too long to be imported")
        text = _document(flight, replace(record, looks=()))
    if len(text) > _MOST_CHARACTERS:
        say(f"the document has {len(text)} characters; it cannot be imported, which takes {_MOST_CHARACTERS} at most")
    return text


def _document(flight: Flight, record: Record) -> str:
    parts: dict[str, Any] = {key: getattr(flight, key) for key in _KEYS if hasattr(flight, key)}
    parts["looks"] = [astuple(look) for look in record.looks]
    parts["forecasts"] = [astuple(forecast) for forecast in record.forecasts]
    parts["answers"] = [astuple(answer) for answer in record.answers]
    if flight.kpis is not None:
        parts["kpis"] = {name: value if math.isfinite(value) else None for name, value in flight.kpis.items()}
    lines = (f"{json.dumps(key)}: {json.dumps(parts[key], allow_nan=False)}" for key in _KEYS)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def page_of(store: Store, flight: Flight) -> str:
    """Fly a flight again, as far as it was seen, and return its debrief as one page that needs nothing else.

    It has what can be said at once; what takes many flights is in `windtunnel debrief`.
    """
    report.ready("html")
    if flight.status != "landed" and flight.mode == "check":
        raise BadInput("a flight in check mode has a report when it has landed; it is still under way")
    if flight.status != "landed" and not flight.furthest:
        raise BadInput("the flight has not flown yet; there is nothing to report")
    case, run, trouble = flown_again(flight)
    if trouble:
        say(trouble)
    found = beginning(case, run, tape_of(case, run.seed), store.record(flight.id))
    if flight.status != "landed":
        found = replace(found, posed=(), practise=())
    return report.html(found, note=trouble)


def flown_again(flight: Flight) -> tuple[Case, Run, str]:
    """Fly a *flight* again, as far as it was seen; tell what is odd about it: nothing, or in one line."""
    case = case_of(flight, _installed)
    landed = flight.status == "landed"
    run, _ = _flown(case, flight, None if landed else min(flight.furthest, case.horizon))
    if not landed or run.digest() == flight.digest:
        return case, run, ""
    then = f"{run.digest()[:12]}, not {flight.digest[:12]}"
    return case, run, f"flown again it has another digest than when it landed: {then}"


def put(text: str, out: str) -> None:
    """Write *text* to a new file."""
    try:
        with Path(out).open("x", encoding="utf-8") as file, _whole(out):
            file.write(text)
            file.flush()
    except FileExistsError:
        raise BadInput(f"--out {shown(out)} exists already; it is left as it is") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"--out {shown(out)} cannot be written: {getattr(error, 'strerror', None) or error}") from None


@contextlib.contextmanager
def _whole(out: str) -> Iterator[None]:
    """Take away what was begun in the new file *out* and did not come to its end."""
    try:
        yield
    except BaseException:
        Path(out).unlink(missing_ok=True)
        raise


# in


def taken_in(store: Store, path: str) -> Flight:
    """Fly what the document at *path* says, and keep it if it comes out as written there.

    It is data of unknown origin: only cases that are installed are known to it. One that had not landed goes on in
    training, since nobody knows how much of it was seen.
    """
    data = _read(text_of(path, "flight"))
    flight = _flight(data)
    case = case_of(flight, _installed)
    plan = plan_of(flight, case)
    said, looks = [_forecast(item, case) for item in data["forecasts"]], [_look(item) for item in data["looks"]]
    answers = _answers(data["answers"], case) if flight.digest else []
    run = _as_written(case, flight) if flight.digest else None
    mode: Mode = flight.mode if run else "training"
    begun = store.begin(case, plan, flight.seed, mode, forecasts=said)
    try:
        if run and begun.plan != plan.to_data():
            raise BadInput("a reason in the plan has control characters; without them it would be another flight")
        _filled(store, begun.id, case, run, looks, answers)
    except BaseException:  # all of it, or nothing
        store.delete(begun.id)
        raise
    return store.flight(begun.id)


def _filled(
    store: Store, id: str, case: Case, run: Run | None, looks: Sequence[Look], answers: Sequence[Answer]
) -> None:
    store.looked(id, looks)
    if run:
        store.reach(id, case.horizon)
        store.land(id, run.kpis(), run.digest())
    for answer in answers:
        store.answer(id, answer)


def _as_written(case: Case, flight: Flight) -> Run:
    run, _ = _flown(case, flight, None)
    if run.digest() != flight.digest:
        raise BadInput(
            f"the flight does not come out as it is written: flown here, its digest is {run.digest()[:12]} and not "
            f"{shown(flight.digest[:12])}; nothing was stored"
        )
    return run


def _read(text: str) -> dict[str, Any]:
    data = read_json(text, "flight")
    if not isinstance(data, dict):
        raise BadInput(f"flight: an object is wanted, not {shown(data)}")
    for key in data:
        if key not in _KEYS:
            raise BadInput(f"flight: {unknown('key', key, _KEYS)}")
    data = {**_LATER, **data}
    for key, kind in _KEYS.items():
        if key not in data:
            raise BadInput(f"flight: it has no {key}; write it with: windtunnel export ID")
        if not isinstance(data[key], kind) or isinstance(data[key], bool):
            raise BadInput(f"flight: its {key} cannot be {shown(data[key])}")
    return data


def _flight(data: Mapping[str, Any]) -> Flight:
    if data["mode"] not in get_args(Mode):
        raise unknown("mode", data["mode"], get_args(Mode))
    same = {key: data[key] for key in ("case", "revision", "scenario", "seed", "mode", "plan", "digest")}
    status = "landed" if data["digest"] else "flying"
    blank = {"version": 0, "position": 0.0, "furthest": 0.0, "parent": "", "created": 0.0, "touched": 0.0}
    return Flight(id="import", status=status, kpis=None, **same, **blank)  # type: ignore[arg-type]


def _forecast(item: object, case: Case) -> Forecast:
    if not isinstance(item, list) or len(item) != 5:
        raise BadInput(f"a forecast is [kpi, by, low, high, at], not {shown(item)}")
    if not isinstance(item[0], str) or item[0] not in case.kpis:
        raise unknown("figure of a forecast", item[0], case.kpis)
    return checked_forecast(Forecast(*item))


def _look(item: object) -> Look:
    if not isinstance(item, list) or len(item) != 3 or not isinstance(item[0], str):
        raise BadInput(f"a look is [what, at, seen], not {shown(item)}")
    return Look(item[0], seconds(item[1], "time of a look"), seconds(item[2], "time of a look"))


def _answer(item: object) -> Answer:
    if not isinstance(item, list) or len(item) != 5 or not isinstance(item[2], int | float | None):
        raise BadInput(f"an answer is [probe, choice, number, words, mark], not {shown(item)}")
    return checked_answer(Answer(*item))


def _answers(items: Sequence[object], case: Case) -> list[Answer]:
    """Read the first answer to each probe of *case*, and the belief."""
    found: dict[str, Answer] = {}
    for answer in map(_answer, items):
        found.setdefault(answer.probe, answer)
    belief = found.get(BELIEF)
    if belief and belief.number is not None and not 0 <= belief.number <= case.horizon:
        raise BadInput(f"what is believed began at a moment of the flight, not at {shown(belief.number)} s")
    known = {BELIEF, *(probe.name for probe in probes_of(case))}
    strange = [name for name in found if name not in known]
    if strange:
        say(f"{len(strange)} of the answers are to no probe of {case.name}, {shown(strange[0])} for one; left out")
    return [answer for name, answer in found.items() if name in known]


# both


def _flown(case: Case, flight: Flight, until: float | None) -> tuple[Run, float]:
    return Departure(case, Flyer("the flight", plan_of(flight, case)), flight.seed, until, "compiled").fly()


def _installed(name: str) -> Case:
    """Load a case by name; a path would run the file there."""
    if name not in cases.names():
        raise unknown("case", name, cases.names())
    return cases.load(name)
