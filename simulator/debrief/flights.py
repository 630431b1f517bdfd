"""The flights of a debrief: a run's plan flown otherwise, elsewhere, or without an incident - each of them once."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulator.case import Case
from simulator.debrief.decisions import flown_plan
from simulator.design import Value
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import Progress, fly
from simulator.study import mapped, portable, stopped
from simulator.units import Floats

__all__ = ["Flights", "Landing", "Sortie", "siblings", "spared"]

_SEEDS = 2**63
_CHUNKS = 4  # per process, so that those that are done early find something left to do

_Fired = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Sortie:
    """A flight that is wanted."""

    seed: int
    until: float
    """[s]"""
    plan: str = ""
    """as JSON"""
    par: str = ""
    """name of a reference answer, flown instead of a plan"""
    fired: _Fired | None = None
    """conditional incidents and when they happen [s]; None = when their conditions hold"""
    spared: str = ""
    """an incident that does not happen"""
    gauges: tuple[str, ...] = ()
    """those whose readings are wanted"""


@dataclass(frozen=True)
class Landing:
    """What a flight brought home."""

    profit: int | None
    """[µ$]; None = it cannot be flown"""
    why: str = ""
    """why it cannot"""
    design: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    """the dials at take-off"""
    readings: Mapping[str, tuple[Floats, Floats]] = dataclasses.field(default_factory=dict)
    """gauge -> times [s], values"""
    alarms: frozenset[tuple[str, float]] = frozenset()
    """name, time [s]"""


class Flights:
    """Flies what the sections of a debrief of *run* ask for, in *jobs* processes, and remembers it.

    *progress* is told the share that is done, and may raise Cancelled.
    """

    def __init__(self, case: Case, run: Run, *, jobs: int = 1, progress: Progress | None = None) -> None:
        self.case, self.run = case, run
        self.jobs = jobs if jobs > 0 else os.cpu_count() or 1
        self.progress = progress or (lambda share: None)
        self._landed: dict[Sortie, Landing] = {self.here(flown_plan(run)): Landing(run.profit())}
        self._done, self._expected, self._share = 0, 0, 0.0

    def here(self, plan: Plan) -> Sortie:
        """Ask for *plan* in the world of the run, with the events that the run met."""
        conditional = any(incident.when for incident in self.case.incidents(self.run.seed))
        fired = tuple(sorted(self.run.fired.items())) if conditional else None
        return Sortie(self.run.seed, self.run.until, plan.to_json(), fired=fired)

    def there(self, plan: Plan, seed: int) -> Sortie:
        """Ask for *plan* in the world of *seed*, with whatever events it meets."""
        return Sortie(seed, self.run.until, plan.to_json())

    def par(self, name: str, until: float | None = None) -> Sortie:
        """Ask for a reference answer in the world of the run, up to *until* [s]."""
        return Sortie(self.run.seed, self.run.until if until is None else until, par=name)

    def fly(self, wanted: Sequence[Sortie], then: int = 0) -> list[Landing]:
        """Fly what is *wanted*; about *then* further flights will be asked for."""
        fresh = [sortie for sortie in dict.fromkeys(wanted) if sortie not in self._landed]
        self._expected = self._done + len(fresh) + then
        if self.jobs == 1 or len(fresh) == 1:
            self._one_by_one(fresh)
        else:
            self._in_processes(fresh)
        return [self._landed[sortie] for sortie in wanted]

    def begin(self, progress: Progress) -> None:
        """Begin another section, which tells *progress*."""
        self.progress, self._done, self._share = progress, 0, 0.0

    def end(self) -> None:
        """Tell that the section is done."""
        self.progress(1.0)

    def _one_by_one(self, wanted: Iterable[Sortie]) -> None:
        for sortie in wanted:
            self._landed[sortie] = _landing(self.case, sortie, lambda share: self._tell(self._done + share))
            self._done += 1

    def _in_processes(self, wanted: Sequence[Sortie]) -> None:
        chunks = _chunks(wanted, self.jobs)
        found = mapped(_Crew(portable(self.case)), chunks, self.jobs)
        try:
            for chunk, landings in zip(chunks, found, strict=True):
                self._landed.update(zip(chunk, landings, strict=True))
                self._done += len(chunk)
                self._tell(self._done)
        finally:
            stopped(found)

    def _tell(self, done: float) -> None:
        """Tell the share that is done; it never falls, and the end is told by `end` alone."""
        self._share = max(self._share, min(done / max(self._expected, 1), 1.0))
        self.progress(self._share)


def siblings(seed: int, n: int) -> list[int]:
    """Return the *n* seeds that follow *seed*."""
    return [(seed + k) % _SEEDS for k in range(1, n + 1)]


def spared(case: Case, incident: str) -> Case:
    """Return the *case* in which *incident* does not happen."""
    old = case.scenario
    move = {name: at for name, at in old.move.items() if name != incident}
    when = {name: test for name, test in old.when.items() if name != incident}
    scenario = dataclasses.replace(old, drop=(*old.drop, incident), move=move, when=when)
    return dataclasses.replace(case, scenario=scenario)


@dataclass(frozen=True)
class _Crew:
    """Flies one chunk after another: what a worker does."""

    case: Callable[[], Case]

    def __call__(self, chunk: Sequence[Sortie]) -> list[Landing]:
        case = self.case()
        return [_landing(case, sortie, None) for sortie in chunk]


def _chunks(wanted: Sequence[Sortie], jobs: int) -> list[list[Sortie]]:
    """Cut what is *wanted* into pieces of one world each, so that a worker draws it once."""
    most = max(1, len(wanted) // (_CHUNKS * jobs))
    worlds: dict[tuple[int, str], list[Sortie]] = {}
    for sortie in wanted:
        worlds.setdefault((sortie.seed, sortie.spared), []).append(sortie)
    return [group[k : k + most] for group in worlds.values() for k in range(0, len(group), most)]


def _unmeasured(case: Case) -> Case:
    """Return the *case* without its figures, which take time and of which only the profit is wanted."""
    return dataclasses.replace(case, measure=lambda run, tape: {})


def _landing(case: Case, sortie: Sortie, progress: Progress | None) -> Landing:
    """Fly *sortie*; what does not fit the case is no error here, everything else is."""
    try:
        there = _unmeasured(spared(case, sortie.spared) if sortie.spared else case)
        flown = case.par(sortie.par) if sortie.par else there.read_plan(sortie.plan)
        fired = None if sortie.fired is None else dict(sortie.fired)
        run = fly(there, flown, sortie.seed, until=sortie.until, fired=fired, progress=progress)
    except BadInput as error:
        return Landing(None, str(error))
    readings = {name: run.gauges.series(name) for name in sortie.gauges}
    alarms = frozenset((e.name, float(e.at)) for e in run.journal if e.kind == "alarm")
    return Landing(run.profit(), "", run.plan.design.values(), readings, alarms if sortie.gauges else frozenset())
