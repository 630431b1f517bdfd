"""Stages without a queue: a time that passes, and a cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from typing import Any

from simpy.events import Event

from simulator.serving.kernel.codes import DONE, LRU, SERVED
from simulator.serving.kernel.luck import above, draw, mixed, uniform
from simulator.serving.kernel.records import World
from simulator.serving.reference.books import Books
from simulator.serving.reference.jobs import Job
from simulator.serving.reference.timeline import Timeline

__all__ = ["Cached", "Delayed", "Visiting", "drawn"]

Visiting = Generator[Event, Any, int]
"""A visit to a stage: ends with its outcome."""


def drawn(world: World, row: Any, name: str, seed: int) -> float:
    """Draw from one of the laws of a stage's *row*, the fields of which start with *name*, with the luck *seed*."""
    law, a, b, c = (getattr(row, name + field) for field in ("law", "a", "b", "c"))
    return float(draw(world, law, a, b, c, seed))


class Delayed:
    """A stage at which a time passes."""

    def __init__(self, world: World, time: Timeline, books: Books, given: list[float] | None) -> None:
        self.world, self.time, self.books, self.given = world, time, books, given
        self.row = world.stages[books.number]

    def visit(self, job: Job) -> Visiting:
        """Let a job stay as long as the law says [s]."""
        self.books.count("arrivals")
        self.books.shift(inside=1)
        pause = self._pause(job)
        if pause > 0.0:
            yield self.time.at(self.time.now + pause, job.key(DONE, self.books.number))
        self.books.leave(job, SERVED)
        return SERVED

    def _pause(self, job: Job) -> float:
        if self.given is not None and job.is_first:
            return self.given[job.row]
        row = self.row
        return float(draw(self.world, row.law, row.a, row.b, row.c, mixed(row.key, job.ident)))


class Cached:
    """A stage at which answers, or features, are kept: by last use (LRU) or for a time (TTL)."""

    def __init__(self, world: World, time: Timeline, books: Books, given: list[float] | None) -> None:
        self.world, self.time, self.books, self.given = world, time, books, given
        self.row = world.stages[books.number]
        self._held: OrderedDict[int, float] = OrderedDict()  # item -> until when [s]; used longest ago first

    def visit(self, job: Job) -> Visiting:
        """Let a job look its item up, and stay as long as the law of hits or of misses says [s]."""
        self.books.count("arrivals")
        self.books.shift(inside=1)
        law = "" if self._has(self._item(job.row)) else "miss_"
        if law:
            self._miss(job)
        else:
            self.books.count("hits")
            job.is_cached = self.row.on_hit == 1
        pause = drawn(self.world, self.row, law, mixed(self.row.key, job.ident))
        if pause > 0.0:
            yield self.time.at(self.time.now + pause, job.key(DONE, self.books.number))
        self.books.leave(job, SERVED)
        return SERVED

    def hold(self, row: int) -> None:
        """Take in the item of the request in *row*; a full LRU cache drops the item used longest ago."""
        item = self._item(row)
        if self.row.policy == LRU and item not in self._held and len(self._held) >= self.row.size:
            self._held.popitem(last=False)
        self._held[item] = self.time.now + self.row.ttl
        self._held.move_to_end(item)

    def forget(self) -> None:
        """Hold nothing any more."""
        self._held.clear()

    def _miss(self, job: Job) -> None:
        self.books.count("misses")
        if self.row.on_hit == 1:
            job.missed.append(self)
        else:
            self.hold(job.row)

    def _has(self, item: int) -> bool:
        if item not in self._held:
            return False
        if self.row.policy == LRU:
            self._held.move_to_end(item)
            return True
        if self._held[item] <= self.time.now:
            return False
        if self.row.renew:
            self._held[item] = self.time.now + self.row.ttl
        return True

    def _item(self, row: int) -> int:
        if self.given is not None:
            return int(self.given[row])
        place = uniform(mixed(self.row.key + 5, row), 0)
        return min(above(self.world, self.row.popular, self.row.items, place), int(self.row.items) - 1)
