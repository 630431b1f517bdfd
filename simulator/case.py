"""A case: a problem somebody has to decide about, with the world, the money and the answers that belong to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.board import Board, Place
from simulator.conditions import Condition
from simulator.design import Design, Dial
from simulator.errors import BadInput, unknown
from simulator.incidents import Incident, Kind, resolved
from simulator.plan import Plan
from simulator.probes import Probe
from simulator.record import Record
from simulator.rubric import Anchors, Behaviour, Dimension, Log
from simulator.run import Run
from simulator.scenario import Scenario
from simulator.system import Parts, System
from simulator.targets import Kpi, Target, Verdict, judged
from simulator.units import DAY, seconds, typed
from simulator.view import Pilot
from simulator.world.tape import Tape

__all__ = ["Act", "Case", "Fault", "Level", "Par", "Proving"]

Par = Plan | Pilot
"""a reference answer that runs"""


@dataclass(frozen=True)
class Level:
    """How hard a case is flown."""

    help: str
    drop: tuple[str, ...] = ()
    """incidents of the timeline that this level leaves out"""
    world: Mapping[str, object] = field(default_factory=dict)
    """settings of the world that this level changes"""


@dataclass(frozen=True)
class Act:
    """Something a player can do in flight."""

    label: str
    help: str
    arguments: tuple[Dial, ...] = ()
    cost: str = ""


@dataclass(frozen=True)
class Fault:
    """A kind of change that monitors are tried on, with nothing else going on."""

    about: str
    scenario: Mapping[str, Any]
    """the words of `Case.but` that leave this change alone"""
    incident: str = ""
    """whose beginning a monitor is to notice; empty = nothing changes"""
    harmful: bool = True
    """whether it costs anything: noticing a harmless one is a false alarm"""

    @staticmethod
    def alone(about: str, timeline: Sequence[Incident], *added: Mapping[str, Any], harmful: bool = True) -> Fault:
        """Return the change that the *added* incidents make where those of the *timeline* are left out."""
        drop = tuple(incident.name for incident in timeline)
        return Fault(about, {"drop": drop, "add": added}, added[0]["name"] if added else "", harmful)


@dataclass(frozen=True)
class Proving:
    """How the monitors of a case are tried: each option of a dial, on each fault."""

    dial: str
    idle: str
    """the option that watches nothing"""
    base: Mapping[str, Any]
    """the other dials"""
    faults: Mapping[str, Fault]


def _replaced_at(incident: Incident, fired: Mapping[str, float]) -> Incident | None:
    """Return a conditional *incident* at the moment at which it happened, None where it did not."""
    if incident.when is None:
        return incident
    return dataclasses.replace(incident, at=fired[incident.name]) if incident.name in fired else None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case; its fields are in the order of an interview. `but` derives scenarios from it."""

    name: str
    title: str
    revision: int
    """rises whenever the same identity gives other results"""
    tension: str
    """one sentence: the two goods that pull apart"""
    topics: tuple[str, ...]
    minutes: int
    """how long it takes to play"""
    brief: str
    design: type[Design]
    acts: Mapping[str, Act] = field(default_factory=dict)
    fits: Callable[[Any, Any], str] = lambda design, setting: ""
    """(design, setting) -> what is wrong with a design in this world, naming the dial; nothing = it fits"""
    horizon: float
    """[s]"""
    tick: float = DAY
    """the step [s] in which the case is told: books are checked, progress is reported, charts are drawn; under an
    hour, people are told minutes and seconds"""
    checkpoints: tuple[float, ...]
    """when a pilot is asked [s]"""
    setting: type[Design]
    """the parameters of the world, as dials; nobody in flight can turn them"""
    world: Callable[[int, float, Any, tuple[Incident, ...]], Tape]
    """(seed, horizon [s], setting, incidents) -> tape"""
    build: Callable[[System, Any, tuple[Incident, ...]], Parts]
    """(system, setting, incidents) -> the parts of the story, wired"""
    measure: Callable[[Run, Tape], Mapping[str, float]]
    """(run, tape) -> KPIs; this is after the flight, so the truth may be read"""
    kpis: Mapping[str, Kpi]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    timeline: tuple[Incident, ...] = ()
    levels: Mapping[int, Level] = field(default_factory=lambda: {2: Level("the standard flight")})
    proving: Proving | None = None
    """how its monitors are tried; None = it has none to choose from"""
    watched: Mapping[str, str] = field(default_factory=dict)
    """the gauges that tell most, in their order, with their units; none = all that move"""
    board: Board = field(default_factory=Board)
    """what the screens need besides: the boxes of the system, questions, names"""
    targets: tuple[Target, ...]
    probes: tuple[Probe, ...] = ()
    pars: Mapping[str, Par]
    traps: Mapping[str, Par] = field(default_factory=dict)
    """textbook moves that lose here: what a sheet of behaviours has to tell from an answer"""
    behaviours: tuple[Behaviour, ...] = ()
    anchors: Mapping[Dimension, Anchors] = field(default_factory=dict)
    """what answers of four levels are like, in each dimension"""
    bound: Callable[[Run, Tape], float] | None = None
    """(any run, tape) -> profit [$] that nobody could exceed in this world, knowing everything; None = not known"""
    teacher: str
    sources: str
    scenario: Scenario = field(default_factory=Scenario)
    origin: Callable[[], Case] | None = None
    """how another process gets hold of the case as its author wrote it; None for a case made in memory"""

    def but(self, **scenario: Any) -> Case:
        """Derive a case: *level*, *world* (settings), *add*, *drop*, *move*, *when* (the timeline), *targets* (limits).

        The words are those of a [scenario] table; see `Scenario.of`. BadInput names what does not fit.
        """
        merged = self.scenario.and_then(Scenario.of(scenario, self.kinds))
        self.under(merged)
        world = {name: self.setting.dial(name).read(value) for name, value in merged.world.items()}
        return self.under(dataclasses.replace(merged, world=world))

    def under(self, scenario: Scenario) -> Case:
        """Return the case under *scenario* as it stands; BadInput names what does not fit."""
        limits = scenario.targets
        targets = (dataclasses.replace(one, limit=limits.get(one.kpi, one.limit)) for one in self.targets)
        derived = dataclasses.replace(self, scenario=scenario, targets=tuple(targets))
        derived.check_scenario()
        return derived

    def check_scenario(self) -> None:
        """Raise BadInput when the scenario names a level, setting, incident or target that the case does not have."""
        if self.scenario.level not in self.levels:
            raise unknown("level", self.scenario.level, [str(level) for level in self.levels])
        self.world_setting()
        for kpi in self.scenario.targets:
            if kpi not in (target.kpi for target in self.targets):
                raise unknown("target", kpi, [target.kpi for target in self.targets])
        for incident in self.incidents(0):
            if incident.at >= self.horizon:
                raise BadInput(f"incident {incident.name!r} lies outside {self._flight}")
            if isinstance(incident.when, Condition):
                incident.when.checked_dials([dial.name for dial in self.design.dials()])
            if incident.when and self.kinds[incident.kind].always:
                raise BadInput(
                    f"incident {incident.name!r} cannot be conditional: a {incident.kind} is part of the world"
                )

    def world_setting(self) -> Design:
        """Return the parameters of the world under the scenario."""
        for name in self.scenario.world:
            if name not in (dial.name for dial in self.setting.dials()):
                raise unknown("world setting", name, [dial.name for dial in self.setting.dials()])
        return self.setting.of({**self.levels[self.scenario.level].world, **self.scenario.world})

    def incidents(self, seed: int) -> tuple[Incident, ...]:
        """Return the incidents under the scenario, at the moments that *seed* gives them."""
        left_out = self.levels[self.scenario.level].drop
        kept = tuple(incident for incident in self.timeline if incident.name not in left_out)
        return resolved(self.scenario.applied(kept), seed)

    def read_fired(self, fired: Mapping[str, float] | None) -> Mapping[str, float] | None:
        """Return the moments [s] at which conditional incidents are to happen; BadInput names one that cannot."""
        conditional = [incident.name for incident in self.incidents(0) if incident.when]
        for name, at in (fired or {}).items():
            if name not in conditional:
                raise unknown("conditional incident", name, conditional)
            if seconds(at, name) >= self.horizon:
                raise BadInput(f"incident {name!r} lies outside {self._flight}")
        return fired

    def menu(self) -> dict[str, tuple[Dial, ...]]:
        """Return the acts on offer with their arguments."""
        return {name: act.arguments for name, act in self.acts.items()}

    def plan(self, given: Plan | Design | Mapping[str, object] | None = None, *, to_fly: bool = True) -> Plan:
        """Make a checked plan of a plan, a design, dials by name, or nothing (the default design).

        One that is not *to_fly* as it is, since somebody is going to change it, need not fit the world yet.
        """
        if given is None or isinstance(given, Mapping):
            given = self.design.of(given or {})
        plan = Plan(given) if isinstance(given, Design) else given
        if not isinstance(plan, Plan):
            raise BadInput(f"a plan, a design or dials by name are wanted, not a {type(plan).__name__}")
        checked = plan.checked(self.design, self.menu(), self.horizon, self.tick)
        if to_fly:
            self._refuse_misfits(checked)
        return checked

    def _refuse_misfits(self, plan: Plan) -> None:
        design, setting = plan.design, self.world_setting()
        for turned in ({}, *(change.dials for change in plan.changes)):
            design = design.but(**turned)
            if wrong := self.fits(design, setting):
                raise BadInput(wrong)

    def read_plan(self, text: str | bytes) -> Plan:
        """Read a plan of this case from JSON."""
        return self.plan(Plan.from_json(text, self.design, self.menu(), self.horizon, self.tick))

    def par(self, name: str) -> Par:
        """Return the reference answer called *name*."""
        if name not in self.pars:
            raise unknown("par", name, self.pars)
        return self.pars[name]

    def verdicts(self, run: Run) -> list[Verdict]:
        """Hold *run* against the targets."""
        return judged(self.targets, run.kpis())

    def happened(self, run: Run) -> tuple[Incident, ...]:
        """Return the incidents that *run* met, at their moments; conditional ones where they did happen."""
        moved = (_replaced_at(incident, run.fired) for incident in self.incidents(run.seed))
        return tuple(incident for incident in moved if incident is not None and incident.at < run.until)

    def log(self, run: Run, record: Record | None = None) -> Log:
        """Return what behaviours are read from."""
        return Log(run, self.happened(run), self.horizon, self.tick, record, self.world_setting())

    def places(self) -> tuple[Place, ...]:
        """Return the boxes of the system; a case that draws none is one box, with all that can be decided."""
        everything = tuple(dial.name for dial in self.design.dials())
        whole = Place("system", self.title, dials=everything, acts=tuple(self.acts), gauges=self.watched)
        return self.board.places or (whole,)

    @property
    def _flight(self) -> str:
        return f"the flight of {typed(self.horizon, self.tick)}"

    @property
    def horizon_days(self) -> float:
        """The horizon in days."""
        return self.horizon / DAY
