"""The data plane of a run: requests go in with their times, answers come out, control acts in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from simulator.errors import BrokenInvariant
from simulator.serving.building import Sizes, built, grown
from simulator.serving.kernel import orders
from simulator.serving.kernel.codes import FULL, GROW, GUARD
from simulator.serving.kernel.compiled import Entries, compiled, plain
from simulator.serving.kernel.records import VISIT, World, columns, rows
from simulator.serving.limits import check_setting, check_traffic
from simulator.serving.shortcut import is_plain, travelled
from simulator.serving.topology import Topology
from simulator.streams import Streams
from simulator.units import Floats, Ints

__all__ = ["COUNTS", "TOTALS", "DataPlane", "Plane", "Reading", "Traffic", "Visits"]

_END = 1e15  # s; later than anything that can happen

Visits = Mapping[str, Any]
"""Name of a column -> (k,) values; a row per visit to a stage that is over"""


@dataclass(frozen=True)
class Traffic:
    """The n requests of a run, in order of time."""

    at: Floats
    """(n,) when they are asked [s], not decreasing"""
    klass: Ints | None = None
    """(n,) class of each, 0 first; None = all alike"""
    size: Floats | None = None
    """(n,) items each brings; None = one"""
    given: Mapping[str, Floats] | None = None
    """stage -> (n,) service times [s] of first attempts, or items asked of a cache, instead of drawn ones"""

    def __post_init__(self) -> None:
        if not np.isfinite(self.at).all() or (np.diff(self.at) < 0).any():
            raise BrokenInvariant("requests are not in order of time")

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Reading:
    """What one stage shows, and what it has counted since the start."""

    up: int
    """replicas that accept work"""
    waiting: int
    inside: int
    """requests at the stage, waiting or not"""
    busy: int
    """slots at work"""
    slots: int
    """slots of the replicas that accept work"""
    waited: float
    """integral of `waiting` over time [request s]"""
    stayed: float
    """integral of `inside` [request s]"""
    worked: float
    """integral of `busy` [slot s]"""
    counts: Mapping[str, int]
    """arrivals, started, served, batches, shed, dropped, abandoned, lost, hedges, colds, hits, misses"""


COUNTS = (
    "arrivals", "started", "served", "batches", "shed", "dropped", "abandoned", "lost", "hedges", "colds", "hits",
    "misses",
)  # fmt: skip
TOTALS = ("open", "ended", "answered", "retries", "hedges", "timeouts", "refused")
"""what the client's side counts"""


class DataPlane(Protocol):
    """What the compiled loop and its reference have in common."""

    now: float
    topology: Topology

    def advance(self, until: float) -> float:
        """Handle everything before *until* [s]; return how far that got: less where a watermark was passed."""

    def ended(self) -> Ints:
        """Return the rows of the requests that have ended since the last call, in the order of their ends."""

    def outcome(self, rows: Ints) -> tuple[Floats, Ints]:
        """Return when the requests in *rows* ended [s] and how (indices of ROUTES)."""

    def visits(self) -> Visits:
        """Return the visits to stages that are over since the last call."""

    def order(self, what: int, where: int, amount: float = 0.0) -> None:
        """Carry out an order of the control plane, now."""

    def set(self, stage: int | None, setting: str, value: float) -> None:
        """Change a setting of a stage (None: of the client) from now on."""

    def reading(self, stage: int) -> Reading:
        """Read a stage now."""

    def totals(self) -> dict[str, int]:
        """Read what the client's side has counted."""

    def classify(self, rows: Ints, klass: int) -> None:
        """Put requests that have not come yet into another class; -1 = they do not come."""

    def shed(self, klass: int, share: float) -> None:
        """Turn a share of the requests of a class away at the door, from now on."""

    def first_replica(self, stage: int) -> int:
        """Return the row of the first replica of a stage: what orders to replicas speak of."""

    def backlog(self, stage: int, place: int) -> int:
        """Return how many requests wait at a replica of a stage (counted from 0)."""

    def is_idle(self, replica: int) -> bool:
        """Tell whether the replica in a row has nothing to do and nothing waiting."""


class Plane:
    """The event loop on rows, compiled (or as plain Python), with its rows growing as need be."""

    def __init__(
        self, topology: Topology, traffic: Traffic, streams: Streams, *, visits: bool = False, in_python: bool = False
    ) -> None:
        self.topology, self.traffic, self.now = topology, traffic, 0.0
        check_traffic(topology, traffic)
        self._entries: Entries = plain() if in_python else compiled()
        self._sizes = Sizes.of(topology, visits=visits)
        self._take(built(topology, traffic, streams, self._sizes, as_rows=not self._entries.is_compiled))
        self._fetched = 0
        self._kept: list[Any] = []

    @property
    def done(self) -> Floats:
        """When each request ended [s]; infinite = not yet."""
        return np.asarray(self.world.done, dtype=np.float64)

    @property
    def route(self) -> Ints:
        """How each request ended; 0 = not yet."""
        return np.asarray(self.world.route, dtype=np.int64)

    @property
    def tries(self) -> Ints:
        """Attempts made for each request."""
        return np.asarray(self.world.tries, dtype=np.int64)

    def advance(self, until: float) -> float:
        """Handle everything before *until* [s]; return how far that got: less where a watermark was passed."""
        sim = self.world.sim[0]
        if until < self.now:
            raise BrokenInvariant(f"the data plane is at {self.now} s and cannot go back to {until} s")
        while why := self._entries.run(self._handle, float(until)):
            if why == GROW:
                self._grow()
            elif why == FULL:
                self._keep()
            elif why == GUARD:
                sim.guard = 0
                self.now = float(sim.now)
                return self.now
        self.now = sim.now = until
        return until

    def finish(self) -> float:
        """Handle everything there is, and return when it was over [s]; a plain pool takes a short cut to the same."""
        if self.now == 0.0 and self.world.sim[0].next == 0 and is_plain(self.topology, self.traffic):
            travelled(self.world, self._handle, self._entries, self._kept if self._sizes.visits else None)
            self.now = float(self.world.sim[0].now)
            return self.now
        while self.advance(_END) < _END:
            pass
        done = self.done
        self.now = self.world.sim[0].now = float(np.max(done[np.isfinite(done)], initial=0.0))
        return self.now

    def ended(self) -> Ints:
        """Return the rows of the requests that have ended since the last call, in the order of their ends."""
        until = int(self.world.sim[0].ended)
        rows = np.array(self.world.ended[self._fetched : until], dtype=np.int64)
        self._fetched = until
        return rows

    def outcome(self, rows: Ints) -> tuple[Floats, Ints]:
        """Return when the requests in *rows* ended [s] and how (indices of ROUTES)."""
        if isinstance(self.world.done, list):
            done, route = self.world.done, self.world.route
            return np.array([done[row] for row in rows]), np.array([route[row] for row in rows], dtype=np.int64)
        return self.world.done[rows], self.world.route[rows]

    def visits(self) -> Visits:
        """Return the visits to stages that are over since the last call."""
        self._keep()
        names = list(VISIT)
        kept = {name: np.concatenate([part[name] for part in self._kept]) for name in names}
        self._kept = []
        return kept

    def order(self, what: int, where: int, amount: float = 0.0) -> None:
        """Carry out an order of the control plane, now."""
        self._make_room()
        self._entries.order(self._handle, int(what), int(where), float(amount))

    def set(self, stage: int | None, setting: str, value: float) -> None:
        """Change a setting of a stage (None: of the client) from now on; what waits is looked at again."""
        check_setting(self.topology, stage, setting, value)
        self.order(orders.REFRESH, 0)
        setattr(self.world.client[0] if stage is None else self.world.stages[stage], setting, value)
        self.order(orders.REFRESH, 0)

    def reading(self, stage: int) -> Reading:
        """Read a stage now."""
        self.order(orders.REFRESH, 0)
        row = self.world.stages[stage]
        replicas = self.world.replicas[row.first : row.first + row.most]
        return Reading(
            up=int(row.up),
            waiting=int(row.waiting),
            inside=int(row.inside),
            busy=int(row.busy),
            slots=sum(int(replica.slots) for replica in replicas if replica.up),
            waited=float(row.waited),
            stayed=float(row.stayed),
            worked=float(row.worked),
            counts={name: int(getattr(row, name)) for name in COUNTS},
        )

    def totals(self) -> dict[str, int]:
        """Read what the client's side has counted."""
        return {name: int(getattr(self.world.sim[0], name)) for name in TOTALS}

    def classify(self, rows: Ints, klass: int) -> None:
        """Put requests that have not come yet into another class; -1 = they do not come."""
        for row in rows.tolist():
            self.world.klass[row] = klass

    def shed(self, klass: int, share: float) -> None:
        """Turn a share of the requests of a class away at the door, from now on."""
        self.world.doors[klass].shed = share

    def first_replica(self, stage: int) -> int:
        """Return the row of the first replica of a stage: what orders to replicas speak of."""
        return int(self.world.stages[stage].first)

    def backlog(self, stage: int, place: int) -> int:
        """Return how many requests wait at a replica of a stage (counted from 0)."""
        return int(self.world.replicas[self.first_replica(stage) + place].waiting)

    def is_idle(self, replica: int) -> bool:
        """Tell whether the replica in a row has nothing to do and nothing waiting."""
        row = self.world.replicas[replica]
        return int(row.busy) == 0 and int(row.waiting) == 0

    def _make_room(self) -> None:
        """See that there are rows for an order, which may concern everybody there is and cannot stop half-way."""
        sim = self.world.sim[0]
        most = sim.job_rows - sim.jobs_left + len(self.world.replicas) + sim.margin
        while sim.heap + most > sim.room:
            self._grow()
        if sim.logged and sim.logged + most > sim.log_room:
            self._keep()

    def _grow(self) -> None:
        """Double the rows; visits must have room for everybody, because one event may end them all."""
        self._take(grown(self.world, self._sizes))
        sim = self.world.sim[0]
        if 0 < sim.log_room < 2 * sim.job_rows:
            self._keep()
            make = rows if isinstance(self.world.visits, list) else columns
            self._take(self.world._replace(visits=make(VISIT, 2 * sim.job_rows)))
            sim.log_room = 2 * sim.job_rows

    def _take(self, world: World) -> None:
        self.world = world
        self._handle = self._entries.handle(world)

    def _keep(self) -> None:
        sim = self.world.sim[0]
        part, n = self.world.visits, int(sim.logged)
        if isinstance(part, list):
            self._kept.append({name: np.array([getattr(row, name) for row in part[:n]]) for name in VISIT})
        else:
            self._kept.append({name: part[name][:n].copy() for name in VISIT})
        sim.logged = 0
