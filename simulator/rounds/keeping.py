"""Whether the requirement of a round was kept: dial by dial from when it was said, target by target in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from simulator.case import Case
from simulator.debrief.decisions import said
from simulator.design import Dial, Value
from simulator.report.words import figure, named
from simulator.rounds.fitted import Fitted, due
from simulator.rounds.script import BY_HAND, Limit, Requirement
from simulator.rounds.standing import REQUIREMENT
from simulator.rubric import Log
from simulator.run import Run
from simulator.store.deeds import Deed
from simulator.units import clock_time, seconds

__all__ = ["Held", "Kept", "Met", "asked_at", "kept"]


@dataclass(frozen=True)
class Held:
    """A dial that had to stand somewhere else from some moment on."""

    dial: str
    asked: str
    """where, in words"""
    stood: Value
    """its value when that was said"""
    since: float | None
    """from when on it stood there [s]; None = it did not in the end"""
    left: float | None
    """when it was turned away again, after the grace [s]; None = it was not"""
    kept: bool | None
    """None = the flight was over before the grace was"""
    told: str
    """all of it in a sentence"""


@dataclass(frozen=True)
class Met:
    """A target that was asked for otherwise."""

    kpi: str
    value: float
    limit: float
    kept: bool
    told: str


@dataclass(frozen=True)
class Kept:
    """What became of a requirement."""

    at: float
    """when it was said [s]"""
    due: float
    """when its grace was over [s]"""
    held: tuple[Held, ...]
    met: tuple[Met, ...]

    @property
    def kept(self) -> bool | None:
        """Whether all of it was; None = that cannot be said: it asks for nothing that a run shows, or came too late."""
        found = [*(one.kept for one in self.held), *(one.kept for one in self.met)]
        return False if False in found else None if None in found or not found else True

    @property
    def sentences(self) -> tuple[str, ...]:
        """The evidence, a sentence for each dial and target."""
        return (*(one.told for one in self.held), *(one.told for one in self.met))


def asked_at(fitted: Fitted, deeds: Sequence[Deed] = (), *, alone: bool = False) -> float | None:
    """Return when the requirement of a script was said, by the *deeds* of its room [s of the flight]; None = never.

    Where no deed says so it was said when it was due; one that is `by hand` only if the candidate was *alone*.
    """
    requirement = fitted.script.requirement
    if requirement is None:
        return None
    told = [deed.moment for deed in deeds if deed.kind == "done" and deed.what == REQUIREMENT]
    if told:
        return told[0]
    return None if requirement.when == BY_HAND and not alone else due(fitted.script, fitted.case)


def kept(case: Case, run: Run, requirement: Requirement, at: float | None) -> Kept | None:
    """Tell what became of the *requirement* in a *run* of *case*, said at *at* [s]; None = it was not said in it."""
    if at is None or at >= run.until:
        return None
    over = at + seconds(requirement.grace)
    log = case.log(run)
    held = (_held(log, case.design.dial(name), limit, at, over) for name, limit in requirement.limits.items())
    return Kept(at, over, tuple(held), tuple(_met(case, run, kpi, limit) for kpi, limit in requirement.targets.items()))


# dials


def _held(log: Log, dial: Dial, limit: Limit, at: float, due: float) -> Held:
    turns = sorted({at, *(change.at for change in log.run.plan.changes if at < change.at < log.run.until)})
    good = [turn for turn in turns if _within(limit, dial, log.design_at(turn).values()[dial.name])]
    since = _since(turns, good, due)
    left = next((turn for turn in turns if since is not None and turn > max(due, since) and turn not in good), None)
    in_time = since is not None and since <= due and left is None
    early = due >= log.run.until and not in_time
    stood = log.design_at(at).values()[dial.name]
    found = Held(dial.name, _asked(limit, dial), stood, since, left, None if early else in_time, "")
    return replace(found, told=_told(found, dial, at, due, log.tick))


def _since(turns: Sequence[float], good: Sequence[float], due: float) -> float | None:
    """Return the begin of the stretch of *good* moments at *due*, or else of the first one after it."""
    back = [turn for turn in reversed(turns) if turn <= due]
    stretch = list(takewhile(lambda turn: turn in good, back))
    return stretch[-1] if stretch else next((turn for turn in good if turn > due), None)


def _within(limit: Limit, dial: Dial, value: Value) -> bool:
    if limit.only:
        return bool({str(value), str(value).lower(), said(dial, value)} & set(limit.only))
    low, high = limit.least, limit.most
    return (low is None or float(value) >= low) and (high is None or float(value) <= high)


def _asked(limit: Limit, dial: Dial) -> str:
    if limit.only:
        return f"one of {', '.join(limit.only)}" if len(limit.only) > 1 else f"only {limit.only[0]}"
    given = (("at least", limit.least), ("at most", limit.most))
    return " and ".join(f"{word} {said(dial, value)}" for word, value in given if value is not None)


def _told(found: Held, dial: Dial, at: float, due: float, tick: float) -> str:
    begun = f"{dial.label}: {found.asked} was asked for, {said(dial, found.stood)} it was"
    return f"{begun}; {_went(found, at, due, tick)}"


def _went(found: Held, at: float, due: float, tick: float) -> str:
    if found.kept is None:
        return "the flight was over before the grace was"
    if found.since is None:
        return f"it was not there by {clock_time(due, tick)}, nor later"
    begun = "there already" if found.since == at else f"there from {clock_time(found.since, tick)} on"
    if found.since > due:
        begun += f", asked for by {clock_time(due, tick)}"
    return f"{begun}, until {clock_time(found.left, tick)}" if found.left is not None else begun


# targets


def _met(case: Case, run: Run, kpi: str, limit: float) -> Met:
    target = replace(next(one for one in case.targets if one.kpi == kpi), limit=limit)
    value, unit = run.kpis()[kpi], case.kpis[kpi].unit
    good = target.met(value)
    asked = f"at {'least' if target.at_least else 'most'} {figure(limit, unit)} was asked for"
    came = f"it came to {figure(value, unit)}"
    return Met(kpi, value, limit, good, f"{named(kpi).capitalize()}: {asked}, {came}: {'kept' if good else 'missed'}")
