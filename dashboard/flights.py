"""Everything that computes for the screens, always through workers; and the store, which knows first."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

import cases
from dashboard import jobs
from dashboard.crew import Crew, Errand
from dashboard.jobs import Order
from dashboard.once import Once
from simulator import debrief
from simulator.case import Case
from simulator.debrief.results import Debrief
from simulator.errors import BadInput
from simulator.plan import Act, Change, Plan
from simulator.record import Record
from simulator.store import Flight, Store, case_of, home, plan_of

__all__ = ["Asked", "Debriefing", "Tower", "crews", "opened", "order_of", "tower"]

_MOST_RESULTS = 200
_STUDENTS = 2
_MOST_STUDIES = 60  # that wait: a debrief has seven
_LONGEST_STUDY = 1800.0  # [s]
_PATIENCE = 120.0  # [s] for a report
_VERSION = 1  # of what is kept of debriefs; raised when they are worked out otherwise


@dataclass(frozen=True)
class Asked:
    """The answer of a worker, or the errand that will bring it."""

    result: Any = None
    errand: Errand | None = None
    refused: str = ""
    """why nobody was asked: too many wait; it may be asked again"""

    @property
    def ready(self) -> bool:
        """Whether the result is there."""
        return self.errand is None and not self.refused


@dataclass(frozen=True)
class Debriefing:
    """A debrief as far as it has come."""

    beginning: Asked
    sections: Mapping[str, Asked]
    """none are asked for while there is no beginning"""

    @property
    def found(self) -> Debrief:
        """What is known by now; only where there is a beginning."""
        known = {name: asked.result for name, asked in self.sections.items() if asked.ready}
        return debrief.combined(self.beginning.result, known)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.sections) and all(asked.ready for asked in self.sections.values())


def order_of(flight: Flight) -> Order:
    """Return what has to be flown to see *flight*."""
    return Order(flight.case, flight.revision, flight.scenario, flight.seed, flight.plan)


class Tower:
    """The store and the workers of a server; shared by all players, so it keeps nothing that is one player's."""

    def __init__(self, store: Store, fliers: Crew, students: Crew) -> None:
        self.store, self.fliers, self.students = store, fliers, students
        self._lock = threading.Lock()
        self._results: OrderedDict[str, Any] = OrderedDict()
        self._errands: dict[str, tuple[str, Errand]] = {}
        self._studies: OrderedDict[str, str] = OrderedDict()  # who -> the debrief that they follow

    # what a worker can be asked

    def prepare(self, owner: str, order: Order) -> Asked:
        """Have the world drawn that somebody is about to fly in, unless others wait: many read, and few take off."""
        if self.fliers.waiting:
            return Asked()
        return self._fetch(self.fliers, f"{owner}/prepare", jobs.prepare, order)

    def recording(self, owner: str, order: Order) -> Asked:
        """Ask for the recording of a flight."""
        return self._fetch(self.fliers, f"{owner}/fly", jobs.flown, order)

    def evidence(self, owner: str, order: Order, name: str, at: float, **options: Any) -> Asked:
        """Ask for a closer look at a flight as it was known at *at* [s]."""
        return self._fetch(self.fliers, f"{owner}/look", jobs.seen, order, name, at, options)

    def standings(self, owner: str, order: Order, moments: Sequence[float]) -> Asked:
        """Ask how the observable KPIs stood at *moments* [s]."""
        return self._fetch(self.fliers, f"{owner}/stand", jobs.standings, order, tuple(moments))

    def brought(self, owner: str, job: Callable[..., Any], order: Order, *args: Any) -> Asked:
        """Ask for what a *job* of the rounds finds out about a flight."""
        return self._fetch(self.fliers, f"{owner}/{job.__name__}", job, order, *args)

    def studied(self, owner: str, job: Callable[..., Any], order: Order, *args: Any) -> Asked:
        """Ask for what a *job* of the rounds finds out, of the workers for whom no pilot waits."""
        return self._fetch(self.students, f"{owner}/{job.__name__}", job, order, *args)

    def debriefing(self, owner: str, order: Order, record: Record) -> Debriefing:
        """Ask for the debrief of a flight that has landed: its beginning, then all sections at once."""
        first = self.beginning(owner, order, record)
        names = debrief.SECTIONS if first.ready else ()
        return Debriefing(first, {name: self.section(owner, order, name) for name in names})

    def beginning(self, owner: str, order: Order, record: Record) -> Asked:
        """Ask for what a debrief knows after two more flights; the *record* is what is known of who flew."""
        return self._kept(self.fliers, f"{owner}/beginning", "beginning", jobs.beginning, order, record)

    def section(self, owner: str, order: Order, name: str) -> Asked:
        """Ask for a section of a debrief; none depends on who flew, so all who ask share one errand."""
        study = hashlib.sha256(order.key().encode()).hexdigest()
        self._leave(owner, study)
        return self._kept(self.students, f"{study}/{name}", name, jobs.section, order, name)

    def _leave(self, owner: str, study: str) -> None:
        """Give up the study that *owner* followed before, unless somebody else follows it, too."""
        with self._lock:
            before = self._studies.pop(owner, study)
            self._studies[owner] = study  # as the latest
            while len(self._studies) > _MOST_RESULTS:
                self._studies.popitem(last=False)
            if before != study and before not in self._studies.values():
                for theirs, (_, errand) in self._errands.items():
                    if theirs.startswith(f"{before}/") and errand.state in ("waiting", "running"):
                        errand.cancel()
                self._errands = {name: pair for name, pair in self._errands.items() if pair[1].state != "cancelled"}

    def report(self, owner: str, form: str, found: Debrief) -> str:
        """Return the debrief *found* as a report of a *form*; whoever asked waits for it."""
        errand = self.fliers.ask(f"{owner}/report", jobs.report, form, found)
        if errand.wait(_PATIENCE) != "done":
            errand.cancel()
            raise BadInput(errand.trouble or "the report took too long; try again")
        return str(errand.result)

    def _kept(self, crew: Crew, owner: str, name: str, job: Callable[..., Any], *args: Any) -> Asked:
        """Return part *name* of a debrief from memory, from the store, or else from a worker; it is kept then."""
        key = f"debrief/{name}/{_VERSION}/{hashlib.sha256(_key(job, args).encode()).hexdigest()}"
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return Asked(self._results[key])
            open_key, errand = self._errands.get(owner, ("", None))
            if errand is not None and open_key == _key(job, args) and errand.state == "cancelled":
                return Asked(errand=errand)  # until somebody wants it after all: other parts draw the page anew
        found = self._from_store(key, name)
        if found is None:
            try:
                asked = self._fetch(crew, owner, job, *args)
            except BadInput as error:
                return Asked(refused=str(error))
            if asked.errand is not None:
                return asked
            self.store.keep(key, str(asked.result))
            found = debrief.loaded(name, str(asked.result))
        return self._remembered(key, found)

    def _from_store(self, key: str, name: str) -> Any:
        """Return part *name* of a debrief if it is kept and can be read: it may have been kept long ago."""
        text = self.store.kept(key)
        try:
            return None if text is None else debrief.loaded(name, text)
        except BadInput:
            return None

    def calculation(self, owner: str, order: Order, what: str, **options: Any) -> Asked:
        """Ask for back-of-envelope help."""
        return self._fetch(self.fliers, f"{owner}/{what}", jobs.calculate, order, what, options)

    def answers(self, owner: str, orders: Sequence[Order]) -> Asked:
        """Ask for the KPIs of many flights; they are kept in the store, so that they are flown once."""
        kept = self.answered(orders)
        if kept is not None:
            return Asked(kept)
        asked = self._fetch(self.students, f"{owner}/study", jobs.answer, tuple(orders))
        if asked.ready:
            self.store.keep(_answers_key(orders), json.dumps(asked.result))
        return asked

    def answered(self, orders: Sequence[Order]) -> Any:
        """Return the answers to *orders* if they are in the store already, else None; nothing is flown."""
        kept = self.store.kept(_answers_key(orders))
        return None if kept is None else json.loads(kept)

    # how it is asked

    def _fetch(self, crew: Crew, owner: str, job: Callable[..., Any], *args: Any) -> Asked:
        """Return the result of *job* if it is there, else the errand under way, else begin one for *owner*."""
        key = _key(job, args)
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return Asked(self._results[key])
            open_key, errand = self._errands.get(owner, ("", None))
            if errand is None or open_key != key or errand.state == "cancelled":
                self._drop_ended()
                errand = crew.ask(owner, job, *args)
                self._errands[owner] = (key, errand)
            return self._settled(owner, key, errand)

    def _remembered(self, key: str, result: Any) -> Asked:
        with self._lock:
            self._results[key] = result
            while len(self._results) > _MOST_RESULTS:
                self._results.popitem(last=False)
        return Asked(result)

    def _settled(self, owner: str, key: str, errand: Errand) -> Asked:
        if errand.state != "done":
            return Asked(errand=errand)
        del self._errands[owner]
        self._results[key] = errand.result
        while len(self._results) > _MOST_RESULTS:
            self._results.popitem(last=False)
        return Asked(errand.result)

    def _drop_ended(self) -> None:
        """Let go of what nobody came back for: a page that was closed does not ask again."""
        if len(self._errands) > _MOST_RESULTS:
            still = ("waiting", "running")
            self._errands = {owner: pair for owner, pair in self._errands.items() if pair[1].state in still}

    def forget(self, errand: Errand) -> None:
        """Let a failed or cancelled *errand* be asked for anew."""
        with self._lock:
            self._errands = {owner: pair for owner, pair in self._errands.items() if pair[1] is not errand}

    # what is decided

    def case(self, flight: Flight) -> Case:
        """Return the case that *flight* flies; BadInput where it has another revision by now."""
        return case_of(flight, cases.load)

    def plan(self, flight: Flight) -> Plan:
        """Return the decisions of *flight*."""
        return plan_of(flight, self.case(flight))

    def decide(self, flight: Flight, token: str, step: Change | Act) -> Flight:
        """Commit *step* if it is possible at all; BadInput says what is wrong with it, or who was quicker."""
        case = self.case(flight)
        case.plan(self.plan(flight).extended(step))
        return self.store.decide(flight.id, flight.version, token, step)


def _key(job: Callable[..., Any], args: tuple[Any, ...]) -> str:
    return json.dumps([job.__name__, *args], default=_plain, sort_keys=True)


def _answers_key(orders: Sequence[Order]) -> str:
    return "answers/" + json.dumps([order.key() for order in orders])


def _plain(thing: Any) -> Any:
    return asdict(thing) if is_dataclass(thing) and not isinstance(thing, type) else dict(thing)


def opened(environ: Mapping[str, str]) -> Store:
    """Open the store of this user."""
    return Store(home(environ), time.time, lambda: secrets.token_hex(16))


@Once
def crews() -> tuple[Crew, Crew]:
    """Return the workers of this server: those who fly for people who wait, and two who study in the background."""
    fliers = Crew(max(1, (os.cpu_count() or 2) - 1), jobs.start)
    return fliers, Crew(_STUDENTS, jobs.start_to_study, most=_MOST_STUDIES, limit=_LONGEST_STUDY)


@Once
def tower() -> Tower:
    """Return the tower of this server; its workers load what they need while somebody still reads."""
    return Tower(opened(os.environ), *crews())
