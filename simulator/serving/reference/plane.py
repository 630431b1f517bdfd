"""The data plane as SimPy processes: the readable specification that the compiled loop is held against."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.serving.building import Sizes, built
from simulator.serving.kernel import orders
from simulator.serving.kernel.codes import CACHE, POOL, ROUTE_CACHE, SERVED
from simulator.serving.kernel.luck import mixed, uniform
from simulator.serving.kernel.records import VISIT
from simulator.serving.limits import check_setting, check_traffic
from simulator.serving.plane import Reading, Traffic, Visits
from simulator.serving.reference.books import Books, Visit
from simulator.serving.reference.client import Clients
from simulator.serving.reference.jobs import Call, Job
from simulator.serving.reference.pools import AnyReplica, Pooled
from simulator.serving.reference.stations import Cached, Delayed
from simulator.serving.reference.timeline import ARRIVAL, Process, Timeline
from simulator.serving.topology import Topology
from simulator.streams import Streams
from simulator.units import Floats, Ints

__all__ = ["Reference"]

_Station = Pooled | Cached | Delayed
_KINDS: dict[int, type[Pooled] | type[Cached]] = {POOL: Pooled, CACHE: Cached}


class Reference:
    """One SimPy process per request and one per copy of it that walks the path, in an environment of its own."""

    def __init__(self, topology: Topology, traffic: Traffic, streams: Streams, *, visits: bool = False) -> None:
        check_traffic(topology, traffic)
        self.topology, self.now = topology, 0.0
        self.world = built(topology, traffic, streams, Sizes.of(topology, visits=False), as_rows=True)
        self._time = Timeline()
        self._visits: list[Visit] = []
        self._stations = [self._station(number, traffic, visits) for number in range(len(topology.stages))]
        pools = [station for station in self._stations if isinstance(station, Pooled)]
        self._replicas: list[AnyReplica] = [replica for pool in pools for replica in pool.replicas]
        self._clients = Clients(self.world, self._time, self._send)
        self._fetched = 0
        self._time.process(self._arrivals())

    @property
    def done(self) -> Floats:
        """When each request ended [s]; infinite = not yet."""
        return np.array(self.world.done, dtype=np.float64)

    @property
    def route(self) -> Ints:
        """How each request ended; 0 = not yet."""
        return np.array(self.world.route, dtype=np.int64)

    @property
    def tries(self) -> Ints:
        """Attempts made for each request."""
        return np.array(self.world.tries, dtype=np.int64)

    def advance(self, until: float) -> float:
        """Handle everything before *until* [s]; return how far that got: less where a watermark was passed."""
        self._time.run_before(until)
        self.now = float(self._time.now)
        return self.now

    def ended(self) -> Ints:
        """Return the rows of the requests that have ended since the last call, in the order of their ends."""
        rows = self._clients.ended[self._fetched :]
        self._fetched += len(rows)
        return np.array(rows, dtype=np.int64)

    def outcome(self, rows: Ints) -> tuple[Floats, Ints]:
        """Return when the requests in *rows* ended [s] and how (indices of ROUTES)."""
        return self.done[rows], self.route[rows]

    def visits(self) -> Visits:
        """Return the visits to stages that are over since the last call."""
        columns = zip(*self._visits, strict=True) if self._visits else ((),) * len(VISIT)
        fetched = {name: np.array(column, dtype=VISIT[name]) for name, column in zip(VISIT, columns, strict=True)}
        self._visits.clear()
        return fetched

    def order(self, what: int, where: int, amount: float = 0.0) -> None:
        """Carry out an order of the control plane, now."""
        if what == orders.REFRESH:
            self._refresh()
        elif what in (orders.PAUSE, orders.RESUME, orders.FLUSH):
            self._order_station(what, self._stations[where])
        else:
            self._order_replica(what, self._replicas[where], amount)
        self._time.settle()

    def set(self, stage: int | None, setting: str, value: float) -> None:
        """Change a setting of a stage (None: of the client) from now on; what waits is looked at again."""
        check_setting(self.topology, stage, setting, value)
        self.order(orders.REFRESH, 0)
        setattr(self.world.client[0] if stage is None else self.world.stages[stage], setting, value)
        self.order(orders.REFRESH, 0)

    def reading(self, stage: int) -> Reading:
        """Read a stage now."""
        self.order(orders.REFRESH, 0)
        station = self._stations[stage]
        books = station.books
        up = station.up if isinstance(station, Pooled) else []
        return Reading(
            up=len(up),
            waiting=books.waiting,
            inside=books.inside,
            busy=books.busy,
            slots=sum(replica.slots for replica in up),
            waited=books.waited,
            stayed=books.stayed,
            worked=books.worked,
            counts=dict(books.counts),
        )

    def totals(self) -> dict[str, int]:
        """Read what the client's side has counted."""
        return dict(self._clients.counts)

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
        return self._replicas[self.first_replica(stage) + place].waiting

    def is_idle(self, replica: int) -> bool:
        """Tell whether the replica in a row has nothing to do and nothing waiting."""
        return self._replicas[replica].busy == 0 and self._replicas[replica].waiting == 0

    def _station(self, number: int, traffic: Traffic, visits: bool) -> _Station:
        given = (traffic.given or {}).get(self.topology.stages[number].name)
        values: list[float] | None = None if given is None else np.asarray(given, dtype=np.float64).tolist()
        books = Books(self._time, number, self._visits if visits else None)
        return _KINDS.get(self.world.stages[number].kind, Delayed)(self.world, self._time, books, values)

    def _arrivals(self) -> Process:
        """Let the requests come, each at its time; those of class -1 do not come."""
        klass = self.world.klass
        for row, at in enumerate(self.world.at):
            yield self._time.at(at, ARRIVAL)
            if not klass or klass[row] >= 0:
                self._time.process(self._clients.ask(row))

    def _send(self, call: Call) -> None:
        """Send a copy of a request on its way."""
        job = Job(call.ident(call.copies), call, call.turn)
        call.copies += 1
        call.flying += 1
        self._time.process(self._walk(job))

    def _walk(self, job: Job) -> Process:
        """Go from stage to stage and bring the answer back, to whoever still waits for it and to caches in any case."""
        for station in self._stations:
            if self._skips(job, station):
                continue
            job.enter(self._time.now)
            outcome = yield from station.visit(job)
            if outcome != SERVED:
                if job.is_wanted:
                    job.call.plead(outcome)
                return
            if job.is_cached:
                break
        for cache in job.missed:
            cache.hold(job.row)
        if job.is_wanted:
            job.call.route = ROUTE_CACHE if job.is_cached else job.call.route
            job.call.verdict.succeed(SERVED)

    def _skips(self, job: Job, station: _Station) -> bool:
        """Tell whether a request does not need a stage (a cascade's heavy model, say)."""
        row: Any = station.row
        return bool(row.share < 1.0 and uniform(mixed(row.key + 4, job.row), 0) >= row.share)

    def _refresh(self) -> None:
        for station in self._stations:
            if isinstance(station, Pooled):
                station.refresh()
            else:
                station.books.integrate()

    def _order_station(self, what: int, station: _Station) -> None:
        if isinstance(station, Pooled) and what != orders.FLUSH:
            station.pause(what == orders.PAUSE)
        elif isinstance(station, Cached) and what == orders.FLUSH:
            station.forget()

    def _order_replica(self, what: int, replica: AnyReplica, amount: float) -> None:
        if what == orders.SLOW:
            replica.slow = amount
        elif what == orders.SLOTS:
            replica.resize(int(amount))
        else:
            replica.is_up = what == orders.ACCEPT
            self._pool_of(replica).open_up()
        if what == orders.KILL:
            self._kill(replica)

    def _pool_of(self, replica: AnyReplica) -> Pooled:
        pools = (station for station in self._stations if isinstance(station, Pooled))
        return next(pool for pool in pools if replica in pool.replicas)

    def _kill(self, replica: AnyReplica) -> None:
        """Lose everything on a replica, one by one: what follows for a client comes before the next is lost."""
        jobs = replica.jobs()
        replica.stop()
        for job in jobs:
            replica.lose(job)
            self._time.settle()
