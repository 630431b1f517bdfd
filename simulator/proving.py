"""Tries each monitor of a case on each kind of change: false alarms, delay, and what it was worth in money."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.case import Case, Proving
from simulator.errors import BadInput, unknown
from simulator.run import Run
from simulator.study import Interval, Study, compare, replicate_all
from simulator.units import DAY, Floats

__all__ = ["Proved", "prove"]


@dataclass(frozen=True)
class Proved:
    """One monitor on one kind of change, over n paired seeds."""

    monitor: str
    fault: str
    harmful: bool
    false_alarms: Interval
    """orders of a training before anything harmful happened, or without anything happening [per flight]"""
    noticed: float
    """share of the seeds in which it ordered one after the change began; NaN where nothing harmful happens"""
    delay_days: Interval
    """from the beginning of the change to that order [days], over the seeds in which it was noticed"""
    dollars: Interval
    """profit above that of the same design with no monitor, paired by seed [$]"""


def prove(
    case: Case,
    seeds: Sequence[int],
    *,
    monitors: Sequence[str] | None = None,
    faults: Sequence[str] | None = None,
    jobs: int = -1,
    progress: Callable[[float], None] | None = None,
) -> list[Proved]:
    """Fly each of *monitors* through each of *faults* under every seed; None = all that the *case* knows.

    *progress* is told the share that is done, and may raise Cancelled. BadInput for a case without monitors to
    choose from, and for a monitor or fault that it does not have.
    """
    ground = _ground(case)
    chosen = _chosen("monitor", monitors, [o for o in case.design.dial(ground.dial).options if o != ground.idle])
    todo = _chosen("kind of change", faults, list(ground.faults))
    table: list[Proved] = []
    for number, name in enumerate(todo):
        part = functools.partial(_part, progress, number, len(todo))
        table += _tried(case, ground, name, chosen, functools.partial(_flown, seeds=seeds, jobs=jobs, progress=part))
    return table


def _ground(case: Case) -> Proving:
    if case.proving is None:
        raise BadInput(f"case {case.name} has no monitors to choose from")
    return case.proving


def _chosen(kind: str, wanted: Sequence[str] | None, known: list[str]) -> list[str]:
    for name in wanted or ():
        if name not in known:
            raise unknown(kind, name, known)
    return list(wanted) if wanted is not None else known


def _part(progress: Callable[[float], None] | None, number: int, parts: int, share: float) -> None:
    if progress is not None:
        progress((number + share) / parts)


def _flown(
    case: Case, arms: Mapping[str, Mapping[str, object]], read: Callable[[Run], Mapping[str, float]], **how: object
) -> dict[str, Study]:
    return replicate_all(case, arms, read=read, **how)  # type: ignore[arg-type]


def _tried(
    case: Case, ground: Proving, name: str, monitors: list[str], fly: Callable[..., dict[str, Study]]
) -> list[Proved]:
    """Fly the *monitors*, and none, through one kind of change."""
    fault = ground.faults[name]
    arms = {option: {**ground.base, ground.dial: option} for option in [ground.idle, *monitors]}
    counted = fault.incident if fault.harmful else ""
    flown = fly(case.but(**fault.scenario), arms, functools.partial(_orders, dial=ground.dial, incident=counted))
    idle = flown[ground.idle]
    return [_proved(option, name, fault.harmful, flown[option], compare(idle, flown[option])) for option in monitors]


def _proved(monitor: str, fault: str, harmful: bool, study: Study, dollars: Interval) -> Proved:
    delays = study.values("delay_days")
    found = delays[~np.isnan(delays)]
    noticed = len(found) / len(delays) if harmful else math.nan
    return Proved(monitor, fault, harmful, study.interval("false_alarms"), noticed, _interval(found), dollars)


def _interval(values: Floats) -> Interval:
    if len(values):
        return Interval.of(values)
    return Interval(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, 0)


def _orders(run: Run, dial: str, incident: str) -> dict[str, float]:
    """Count the trainings that the monitor ordered before the *incident*, and the days until the first after it."""
    why = str(run.plan.design.values()[dial])
    at = [version.trained_at for version in run.versions if version.why == why]
    began = min((e.at for e in run.journal if e.kind == "incident" and e.name == incident), default=math.inf)
    after = [when - began for when in at if when >= began]
    return {
        "false_alarms": float(sum(when < began for when in at)),
        "delay_days": min(after) / DAY if after else math.nan,
    }
