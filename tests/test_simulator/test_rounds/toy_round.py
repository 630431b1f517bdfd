"""A round of the toy case with something of everything, what was done in a room of it, and its flight."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from toy_case import CASE

from simulator.record import Forecast, Look, Record
from simulator.rounds.fitted import Fitted, fitted
from simulator.rounds.reading import read_script
from simulator.rubric import Anchors, Behaviour, Log, Occasion
from simulator.simulation import simulate
from simulator.store.deeds import Deed, Room
from simulator.store.records import Flight
from simulator.units import DAY, day

__all__ = ["SCRIPT", "SECRET", "STALL", "TEXT", "deeds", "flight_of", "load", "on_stall", "plan", "record", "room_of"]

SECRET = "between you and me"

TEXT = """
round = 1
title = "The stall, half an hour"
case = "stall"
seed = 7
intro = "You run a stall."
notes = "Let them talk."

[[event]]
name = "strike"
when = "by hand"
at = "4d"

[requirement]
says = "The owner writes: who scores above a half waits."
at = "3d"
grace = "12h"
[requirement.limits.line]
most = 0.5
[requirement.targets]
served = 0.3

[[fact]]
ask = "How many come?"
answer = "About 200 a day."

[[probe]]
name = "wait"
rescue = "Think of the line."

[[probe]]
name = "paid"
question = "What did it pay?"
dimension = "metrics"
weak = "Much."
mid = "Some."
strong = "Sales less losses."
expert = "The same, by the head."
[probe.check]
ask = "What was the profit?"
figure = "profit"
within = 1

[weights]
serving = 2
communication = 0.5
"""


def turned(log: Log) -> list[Occasion]:
    """Each turn of the line, which should go down."""
    return [Occasion(step.at, step.value < 0.7, f"line to {step.value:g}") for step in log.steps("line")]


def looked(log: Log) -> list[Occasion]:
    """Whether anything was looked at."""
    return [Occasion(0.0, bool(log.record and log.record.looks), "looks")]


STALL = replace(
    CASE,
    behaviours=(Behaviour("turns the line down", "metrics", turned), Behaviour("looks", "evaluation", looked, True)),
    anchors={name: Anchors(*(f"{name} {level}" for level in ("weak", "mid", "strong", "expert")))
             for name in ("framing", "metrics", "serving")},
)  # fmt: skip
"""the toy, with behaviours and anchors"""

SCRIPT = read_script(TEXT)


def load(name: str):
    """Return the case, whatever it is called."""
    return STALL


def on_stall(alone: bool = True, **changes: Any) -> Fitted:
    """Put the script, *changes* made to it, on the stall."""
    return fitted(replace(SCRIPT, **changes), load, alone=alone)


def plan(*turns: tuple[float, float]):
    """A plan that turns the line: (day, value)."""
    made = STALL.plan({"servers": 3, "line": 0.7})
    for at, value in turns:
        made = made.then(day(at), f"because of day {at:g}", line=value)
    return made


def deeds() -> tuple[Deed, ...]:
    """What is done in a room, half a minute each."""
    rows: list[tuple[str, str, str, float, dict[str, Any]]] = [
        ("phase", "brief", "interviewer", 0.0, {}), ("fact", "0", "candidate", 0.0, {}),
        ("phase", "play", "interviewer", 0.0, {}), ("flight", "f1", "candidate", 0.0, {}),
        ("note", "", "interviewer", day(1), {"text": "How is it?", "from": "the owner"}),
        ("private", "", "interviewer", day(1), {"text": SECRET}),
        ("order", "strike", "interviewer", day(2), {"do": "fire", "until": 0.0}),
        ("done", "strike", "clock", day(2), {"do": "fire"}),
        ("hold", "", "interviewer", day(2), {"held": True}), ("hold", "", "interviewer", day(2), {"held": False}),
        ("extend", "play", "interviewer", day(2), {"minutes": 2.0}),
        ("require", "", "interviewer", day(3), {}), ("done", "requirement", "clock", day(3), {"do": "require"}),
        ("vote", "1", "interviewer", day(3), {"open": True}),
        ("ballot", "1/Ada", "voter", day(3), {"choice": "line 0.4", "why": "safer"}),
        ("ballot", "1/Ben", "voter", day(3), {"choice": "wait", "why": ""}),
        ("ballot", "1/Ada", "voter", day(3), {"choice": "line 0.3", "why": ""}),
        ("hint", "0", "candidate", day(4), {}),
        ("phase", "probes", "interviewer", day(6), {}), ("ask", "wait", "interviewer", day(6), {}),
        ("rescue", "wait", "interviewer", day(6), {}),
        ("reply", "wait", "candidate", day(6), {"words": "The line was high.", "choice": "", "number": None}),
        ("mark", "serving", "interviewer", day(6), {"mark": 2, "words": "vague"}),
        ("mark", "metrics", "interviewer", day(6), {"mark": 4, "words": ""}),
        ("mark", "communication", "interviewer", day(6), {"mark": 5, "words": SECRET}),
        ("phase", "over", "interviewer", day(6), {}), ("release", "", "interviewer", day(6), {}),
    ]  # fmt: skip
    return tuple(
        Deed(turn, kind, what, who, 1.8e9 + 30 * turn + 0.123456, moment, data)  # type: ignore[arg-type]
        for turn, (kind, what, who, moment, data) in enumerate(rows)
    )


def record() -> Record:
    """Where somebody looked, and what they expected."""
    looks = (Look("panel:business", DAY, 1.8e9),)
    return Record(looks, (Forecast("profit", 6 * DAY, 0.0, 1500.0, 0.0),), ())


def room_of(made: tuple[Deed, ...] = (), alone: bool = False) -> Room:
    """A room in which that was done."""
    keys = {"interviewer": "k1", "candidate": "k2", "voter": "k3"}
    return Room("r1", keys, "Round with Grace", alone, TEXT, 7, "f1", 1.8e9, made or deeds())  # type: ignore[arg-type]


def flight_of(found: Fitted, flown: Any, scenario: Any = None) -> tuple[Flight, Any]:
    """The flight of a room in which *flown* was decided, under the script or another *scenario*, and its run."""
    case = found.case if scenario is None else scenario
    run = simulate(case, flown, 7)
    kept = Flight(
        "f1", "stall", 1, run.scenario, 7, "check", "landed", run.plan.to_data(), 3, 0.0, 0.0, "", 0.0, 0.0,
        run.kpis(), run.digest(),
    )  # fmt: skip
    return kept, run
