"""Everything that computes for the screens, always through workers; and the store, which knows first."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, Generic, TypeVar

import cases
from dashboard import jobs
from dashboard.crew import Crew, Errand
from dashboard.jobs import Order
from simulator.case import Case
from simulator.plan import Act, Change, Plan
from simulator.store import Flight, Store, case_of, home, plan_of

__all__ = ["Asked", "Tower", "crews", "opened", "order_of", "tower"]

_MOST_RESULTS = 200

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Asked:
    """The answer of a worker, or the errand that will bring it."""

    result: Any = None
    errand: Errand | None = None

    @property
    def ready(self) -> bool:
        """Whether the result is there."""
        return self.errand is None


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

    def truth(self, owner: str, order: Order) -> Asked:
        """Ask for all incidents; only for after the landing."""
        return self._fetch(self.fliers, f"{owner}/truth", jobs.truth, order)

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


class _Once(Generic[_Made]):
    """What is made at the first call only, however many threads come at that moment; `lru_cache` lets each make one."""

    def __init__(self, make: Callable[[], _Made]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: list[_Made] = []

    def __call__(self) -> _Made:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    @property
    def made(self) -> bool:
        """Whether there is one."""
        return bool(self._made)

    def cache_clear(self) -> None:
        """Forget it: the next call makes another."""
        with self._lock:
            self._made.clear()


@_Once
def crews() -> tuple[Crew, Crew]:
    """Return the workers of this server: those who fly for people who wait, and one who studies in the background."""
    return Crew(max(1, (os.cpu_count() or 2) - 1), jobs.start), Crew(1, jobs.start, limit=900.0)


@_Once
def tower() -> Tower:
    """Return the tower of this server; its workers load what they need while somebody still reads."""
    return Tower(opened(os.environ), *crews())
