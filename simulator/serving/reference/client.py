"""The client's side: attempts, deadlines, retries and their budget, hedges, a circuit breaker, the fallback."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from simpy.events import Event

from simulator.serving.kernel.codes import (
    ABANDONED,
    COPY,
    KIND_SHIFT,
    LATE,
    LOST,
    NEVER,
    RETRY,
    ROUTE_ABANDONED,
    ROUTE_FALLBACK,
    ROUTE_LOST,
    ROUTE_SHED,
    ROUTE_TIMEOUT,
    SERVED,
    SHED,
    TIMEOUT,
)
from simulator.serving.kernel.luck import mixed, uniform
from simulator.serving.kernel.records import World
from simulator.serving.plane import TOTALS
from simulator.serving.reference.breaker import Breaker
from simulator.serving.reference.jobs import Call
from simulator.serving.reference.timeline import Process, Timeline

__all__ = ["Clients"]

_ROUTES = {ABANDONED: ROUTE_ABANDONED, SHED: ROUTE_SHED, LOST: ROUTE_LOST, LATE: ROUTE_TIMEOUT}


class Clients:
    """Everybody who asks; *send* sends a copy of a request on its way."""

    def __init__(self, world: World, time: Timeline, send: Callable[[Call], None]) -> None:
        self.world, self.time, self.send = world, time, send
        self.row = world.client[0]
        self.breaker = Breaker(self.row, time)
        self.counts = dict.fromkeys(TOTALS, 0)
        self.ended: list[int] = []
        self._tokens = float(world.sim[0].tokens)

    def ask(self, row: int) -> Process:
        """Ask for an answer to the request in *row*, until there is one or nothing more is tried."""
        call = self._opened(row)
        if self._is_turned_away(call):
            self._refuse(call)
            return
        self._earn()
        while self.breaker.admits(row):
            outcome = yield from self._attempt(call)
            self.breaker.learn(row, outcome == SERVED)
            if outcome == SERVED:
                self.counts["answered"] += 1
                self._end(call, call.route)
                return
            call.turn += 1
            if outcome == ABANDONED or not self._may_retry(call):
                self._give_up(call, outcome)
                return
            self.counts["retries"] += 1
            yield self._alarm(call, RETRY, self._backoff(call))
        self._refuse(call)

    def _opened(self, row: int) -> Call:
        self.counts["open"] += 1
        klass = int(self.world.klass[row]) if self.world.klass else 0
        size = float(self.world.size[row]) if self.world.size else 1.0
        return Call(row, klass, size, self.time.event())

    def _is_turned_away(self, call: Call) -> bool:
        shed = self.world.doors[call.klass].shed
        return bool(shed > 0.0 and uniform(mixed(self.row.key, call.row), 0) < shed)

    def _earn(self) -> None:
        if self.row.budget >= 0.0:
            self._tokens = min(self.row.burst, self._tokens + self.row.budget)

    def _attempt(self, call: Call) -> Generator[Event, Any, int]:
        """Send a copy, a second one later if clients hedge, and wait for an answer; return how it went."""
        self.world.tries[call.row] += 1
        call.verdict, call.flying = self.time.event(), 0
        alarms = self._alarms(call)
        self.send(call)
        while True:
            yield self.time.any_of([call.verdict, *alarms.values()]) if alarms else call.verdict
            if call.verdict.processed:
                outcome: Any = call.verdict.value
                return int(outcome)
            if TIMEOUT in alarms and alarms[TIMEOUT].processed:
                self.counts["timeouts"] += 1
                return LATE
            del alarms[COPY]
            self.counts["hedges"] += 1
            self.send(call)

    def _alarms(self, call: Call) -> dict[int, Event]:
        after = {TIMEOUT: self.row.timeout, COPY: self.row.hedge}
        return {kind: self._alarm(call, kind, pause) for kind, pause in after.items() if pause < NEVER}

    def _alarm(self, call: Call, kind: int, pause: float) -> Event:
        return self.time.at(self.time.now + pause, kind << KIND_SHIFT | call.ident(call.turn))

    def _may_retry(self, call: Call) -> bool:
        if call.turn > self.row.retries:
            return False
        if self.row.budget >= 0.0:
            if self._tokens < 1.0:
                return False
            self._tokens -= 1.0
        return True

    def _backoff(self, call: Call) -> float:
        """Return the pause before the next attempt [s]."""
        pause = self.row.base
        for _ in range(call.turn - 1):
            pause *= self.row.factor
        if self.row.jitter > 0.0 and pause > 0.0:
            pause *= 1.0 - self.row.jitter * uniform(mixed(self.row.key, call.row), call.turn)
        return float(pause)

    def _refuse(self, call: Call) -> None:
        self.counts["refused"] += 1
        self._give_up(call, SHED)

    def _give_up(self, call: Call, why: int) -> None:
        """End without an answer; whoever has a fallback takes it, unless the customer has gone."""
        has_fallback = self.row.fallback == 1 and why != ABANDONED
        self._end(call, ROUTE_FALLBACK if has_fallback else _ROUTES[why])

    def _end(self, call: Call, route: int) -> None:
        call.is_open = False
        self.world.done[call.row], self.world.route[call.row] = self.time.now, route
        self.ended.append(call.row)
        self.counts["open"] -= 1
        self.counts["ended"] += 1
