"""The middle of everything: a case, a plan and a seed in, the closed books of a run out."""

from __future__ import annotations

import copy
import dataclasses
import functools
import math
from collections.abc import Mapping
from typing import Any, Literal, Protocol

from simulator.case import Case, Par
from simulator.clock import ACTING, DECIDING
from simulator.design import Design
from simulator.errors import BadInput, BrokenInvariant, shown, unknown
from simulator.incidents import Incident
from simulator.plan import Act, Change, Plan
from simulator.run import Run
from simulator.streams import Streams
from simulator.system import Reading, System
from simulator.units import clock_time, typed
from simulator.view import Pilot, View
from simulator.worlds import tape_of

__all__ = ["Engine", "Progress", "fly", "simulate", "tape_of"]

Engine = Literal["compiled", "reference"]
_LOOKS = 24  # at the condition of a conditional incident, in each tick of a case


class Progress(Protocol):
    """Is told the share of the flight that is done, once a tick of the case; raises Cancelled to stop the run."""

    def __call__(self, share: float, /) -> None:
        """Take note that *share* [0, 1] is done."""


def simulate(
    case: Case,
    plan: Plan | Design | Mapping[str, object] | None = None,
    seed: int = 0,
    *,
    until: float | None = None,
    pilot: Pilot | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
    fired: Mapping[str, float] | None = None,
) -> Run:
    """Fly *plan* (and then *pilot*, if there is one) through *case* under *seed*, up to *until* [s].

    *fired* (incident -> time [s]) makes conditional incidents happen just then and no other ones at all: given
    `run.fired`, a counterfactual of *run* meets the events that *run* met.

    Pure: the same case, revision, scenario, plan and seed give the same digest in any process. Raises BadInput for
    what a person can mend, Cancelled when *progress* does, BrokenInvariant when a law of the engine fails.
    """
    how = {"pilot": pilot, "engine": _engine(engine), "fired": case.read_fired(fired)}
    flight = _Flight(case, case.plan(plan, to_fly=pilot is None), _seed(seed), _until(case, until), **how)
    return flight.fly(progress or (lambda share: None))


def fly(case: Case, par: Par | str, seed: int = 0, **more: Any) -> Run:
    """Fly a reference answer, given by name or itself; *more* as for `simulate`."""
    chosen = case.par(par) if isinstance(par, str) else par
    return (
        simulate(case, chosen, seed, **more)
        if isinstance(chosen, Plan)
        else simulate(case, None, seed, pilot=chosen, **more)
    )


class _Flight:
    """One simulation under way."""

    def __init__(self, case: Case, plan: Plan, seed: int, until: float, **how: Any) -> None:
        self.case, self.plan, self.until = case, plan, until
        self.pilot: Pilot | None = how["pilot"]
        self.given: Mapping[str, float] | None = how["fired"]
        self._acted_at = -1.0
        self._looks: set[float] = set()
        self._turns: list[tuple[float, str]] = []
        self.incidents = case.incidents(seed)
        self.system = System(tape_of(case, seed), plan.design, Streams(seed), one_by_one=how["engine"] == "reference")

    def fly(self, progress: Progress) -> Run:
        try:
            return self._flown(progress)
        except BrokenInvariant as error:
            now = self.system.clock.now
            where = f"seed {self.system.streams.seed}, {clock_time(now, self.case.tick)} ({now} s)"
            raise BrokenInvariant(f"{where}: {error}") from error

    def _flown(self, progress: Progress) -> Run:
        self._take_off()
        self._schedule()
        self.system.clock.every(self.case.tick, lambda: progress(self.system.clock.now / self.until))
        self.system.clock.run(until=self.until)
        run = self._land()
        progress(1.0)
        return run

    def _take_off(self) -> None:
        """Ask the pilot for a first design, then let the case wire its parts."""
        if self.pilot is not None:
            self.plan = self.case.plan(self._first(self.pilot(self._view())))
            self.system.design = self.plan.design
        parts = self.system.parts = self.case.build(self.system, self.case.world_setting(), self.incidents)
        effects = {name for name, kind in self.case.kinds.items() if not kind.on_tape}
        if set(parts.acts) != set(self.case.acts) or set(parts.effects) != effects:
            raise BrokenInvariant(f"case {self.case.name} offers acts or incidents that its parts do not wire")

    def _first(self, answer: Mapping[str, Any] | Plan | Design | None) -> Plan:
        if isinstance(answer, Plan | Design):
            return self.case.plan(answer)
        dials = self.plan.design.values() | _dials(answer)
        return dataclasses.replace(self.plan, design=self.case.design.of(dials))

    def _schedule(self) -> None:
        clock = self.system.clock
        clock.every(self.case.tick, self.system.check)
        for number, incident in enumerate(self.incidents):
            self._plan_incident(number, incident)
        self._book(self.plan.changes, self.plan.acts)
        if self.pilot is not None:
            self.system.alarmed = lambda: self._wake(self._next_look())
            for at in self.case.checkpoints:
                if 0 < at < self.until:
                    self._wake(at)

    def _wake(self, at: float) -> None:
        """Let the pilot look at time *at* [s]: once, however many alarms ring at that moment."""
        if at not in self._looks:
            self._looks.add(at)
            self.system.clock.call(at, self._look, DECIDING)

    def _next_look(self) -> float:
        """Return now, or the next representable moment if decisions of this instant have taken effect already:
        a replayed plan could not keep a look between them."""
        now = self.system.clock.now
        return now if self._acted_at < now else math.nextafter(now, math.inf)

    def _book(self, changes: tuple[Change, ...], acts: tuple[Act, ...]) -> None:
        """Put decisions on the clock, in the order (time, changes before acts)."""
        for change in changes:
            self.system.clock.call(change.at, functools.partial(self._turn, change), ACTING)
        for act in acts:
            self.system.clock.call(act.at, functools.partial(self._do, act), ACTING + 1)

    def _look(self) -> None:
        """Show the pilot the view, and put on the clock what it decides."""
        assert self.pilot is not None
        answer = self.pilot(self._view())
        plan = self._extended(answer)
        now, tick = self.system.clock.now, self.case.tick
        fresh = plan.beyond(self.plan)
        steps: list[Change | Act] = [*fresh[0], *fresh[1]]
        for step in steps:
            if step.at < now:
                raise BadInput(f"the pilot decided at {typed(now, tick)} about {typed(step.at, tick)}, in the past")
        self.plan = self.plan.extended(*steps)  # behind the older ones, as they are booked
        self._book(*fresh)

    def _extended(self, answer: Mapping[str, Any] | Plan | None) -> Plan:
        plan = answer if isinstance(answer, Plan) else self.plan
        if not isinstance(answer, Plan) and (dials := _dials(answer)):
            plan = plan.extended(Change(self.system.clock.now, dials))
        return self.case.plan(plan)

    def _turn(self, change: Change) -> None:
        self._acted_at = self.system.clock.now
        before, self.system.design = self.system.design, self.system.design.but(**change.dials)
        self._turns += [(change.at, n) for n, v in self.system.design.values().items() if v != before.values()[n]]
        turned = ", ".join(f"{name} = {value}" for name, value in change.dials.items())
        self.system.say("decision", "turn", f"{turned}{_because(change.why)}", facts=change.dials)
        self.system.parts.turn(self.system.design)

    def _do(self, act: Act) -> None:
        self._acted_at = self.system.clock.now
        given = ", ".join(f"{name} = {value}" for name, value in act.arguments.items())
        self.system.say("decision", act.name, f"{act.name} {given}".strip() + _because(act.why), facts=act.arguments)
        self.system.parts.acts[act.name](**act.arguments)

    def _plan_incident(self, number: int, incident: Incident) -> None:
        given = incident.when is not None and self.given is not None
        at = self.given.get(incident.name, math.inf) if given and self.given is not None else incident.at
        if at < self.until:
            act = self._fire if given else self._look_at if incident.when else self._begin
            self.system.clock.call(at, functools.partial(act, number, incident))

    def _look_at(self, number: int, incident: Incident) -> None:
        """Begin a conditional incident if its condition holds, else look again later."""
        assert incident.when is not None
        now = self.system.clock.now
        if incident.when.met(Reading(now, self.system.gauges, self._turns)):
            self._fire(number, incident)
        elif now + self.case.tick / _LOOKS < self.until:
            self.system.clock.call(now + self.case.tick / _LOOKS, functools.partial(self._look_at, number, incident))

    def _fire(self, number: int, incident: Incident) -> None:
        happening = dataclasses.replace(incident, at=self.system.clock.now)
        self.system.fired[number] = (happening.at, happening.end)
        self._begin(number, happening)

    def _begin(self, number: int, incident: Incident) -> None:
        kind = self.case.kinds[incident.kind]
        size = f" ({incident.size:g} {kind.unit})" if kind.unit else ""
        told = incident.says or f"{incident.name}: {kind.help}{size}"
        until = {"end": min(incident.end, 1e18)}
        self.system.say("incident", incident.name, told, seen=bool(incident.says), facts=until)
        if incident.kind in self.system.parts.effects:
            begin, end = self.system.parts.effects[incident.kind]
            begin(incident)
            if incident.end < self.until:
                self.system.clock.call(incident.end, lambda: end(incident))

    def _view(self) -> View:
        system = self.system
        versions = tuple(system.parts.versions) if hasattr(system, "parts") else ()
        told, booked, landed = tuple(system.journal.seen()), system.ledger.by_account(), system.labels.known.landings
        books = (system.gauges, told, booked, landed, versions)
        return View(system.clock.now, copy.deepcopy(self.plan), self.case.horizon, *books)

    def _land(self) -> Run:
        system, case = self.system, self.case
        system.check()
        system.parts.close(self.until)
        system.ledger.close()
        system.outcomes.close()
        own, world = system.streams.unseed(), system.tape.unseed
        if own.keys() & world.keys():
            raise BrokenInvariant(f"the world's streams were opened again: {sorted(own.keys() & world.keys())}")
        run = Run(
            case=case.name,
            revision=case.revision,
            scenario=case.scenario.to_data(),
            seed=system.streams.seed,
            plan=self.plan,
            until=self.until,
            requests=system.tape.requests,
            outcomes=system.outcomes,
            ledger=system.ledger,
            gauges=system.gauges,
            journal=system.journal,
            versions=tuple(system.parts.versions),
            fired={self.incidents[number].name: span[0] for number, span in system.fired.items()},
            landed=system.labels.known.landed(),
            visits=system.visited(),
            unseed={**world, **own},
            figures={},
        )
        return dataclasses.replace(run, figures=dict(case.measure(run, system.tape)))


def _dials(answer: object) -> dict[str, Any]:
    """Read dials by name from a pilot's *answer*; None turns nothing."""
    if answer is None:
        return {}
    if not isinstance(answer, Mapping):
        raise BadInput(f"a pilot returns dials by name, its view's plan extended, or None, not {shown(answer)}")
    return dict(answer)


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _seed(seed: object) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise BadInput(f"seed {seed!r} is not a whole number from 0 to 2^63 - 1")
    return seed


def _until(case: Case, until: float | None) -> float:
    if until is not None and (isinstance(until, bool) or not isinstance(until, int | float)):
        raise BadInput(f"until {shown(until)} is not a number of seconds")
    end = case.horizon if until is None else float(until)
    if not 0 < end <= case.horizon:
        allowed = f"more than {typed(0, case.tick)}, up to {typed(case.horizon, case.tick)}"
        raise BadInput(f"until {typed(end, case.tick)} is outside the flight; allowed: {allowed}")
    return end


def _engine(engine: str) -> Engine:
    if engine not in ("compiled", "reference"):
        raise unknown("engine", engine, ["compiled", "reference"])
    return engine  # type: ignore[return-value]
