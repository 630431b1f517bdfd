"""A replica with slots and lines: who waits, who is served next and in which batch, who is broken off or gives up."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from simulator.serving.kernel.codes import (
    ABANDONED,
    BATCH,
    DONE,
    DROPPED,
    KIND_SHIFT,
    LIFO,
    LOST,
    NEVER,
    PATIENCE,
    PREEMPTIVE,
    PRIORITY,
    SERVED,
)
from simulator.serving.kernel.luck import draw, mixed
from simulator.serving.kernel.records import World
from simulator.serving.reference.books import Books
from simulator.serving.reference.jobs import Job
from simulator.serving.reference.stations import drawn
from simulator.serving.reference.timeline import Timeline

__all__ = ["Replica", "service"]

_Line = OrderedDict[Job, None]
"""Who waits, in order; anybody can leave it at once."""


def service(world: World, row: Any, job: Job, given: list[float] | None, slow: float) -> float:
    """Return how long a replica that is *slow* works on a job by itself [s]."""
    if given and job.is_first:
        return float((given[job.row] + row.per_item * job.call.size) * slow)
    base = draw(world, row.law, row.a, row.b, row.c, mixed(row.key, job.ident))
    return float((base + row.per_item * job.call.size) * slow)


class Replica:
    """The replica with a *number*, among all of all pools."""

    def __init__(self, number: int, world: World, time: Timeline, books: Books, given: list[float] | None) -> None:
        self.number, self.world, self.time, self.books, self.given = number, world, time, books, given
        self.row = world.stages[books.number]
        self.is_up = bool(world.replicas[number].up)
        self.slots = int(world.replicas[number].slots)
        self.slow = 1.0
        self.waiting = 0
        self._lines: list[_Line] = [OrderedDict() for _ in range(self.row.classes)]
        self._running: dict[int, list[Job]] = {}  # ident of its head -> batch, latest started last
        self._idle: list[float] = []  # since when slots have been idle [s], latest last; later slots come cold
        self._laid = self.slots
        self._rings = -1.0  # when the oldest will have waited long enough for a batch [s]

    @property
    def busy(self) -> int:
        """Slots at work."""
        return len(self._running)

    def take(self, job: Job) -> bool:
        """Take a job in, to be served at once or to wait; False = there is no place."""
        row, is_paused = self.row, self.row.paused == 1
        is_in_vain = self._is_in_vain(job)
        if self.busy < self.slots and not (self.waiting or is_paused or is_in_vain) and row.batch == 1:
            self.books.shift(inside=1)
            self._start([job], self._work(job))
            return True
        if row.discipline == PREEMPTIVE and not is_paused and not is_in_vain:
            self._evict(job.call.klass)
        if 0 <= row.limit <= self.waiting and (self.busy >= self.slots or is_paused):
            return False
        self._wait(job)
        return True

    def feed(self) -> None:
        """Start what waits, as far as there are slots."""
        while self.busy < self.slots and self.waiting and not self.row.paused:
            rings = self._oldest() + self.row.linger
            if self.waiting < self.row.batch and rings > self.time.now:
                self._ring(rings)
                return
            self._begin()

    def age(self) -> None:
        """Do nothing before a change of speed: work that runs goes on."""

    def resize(self, slots: int) -> None:
        """Have so many slots from now on; work that runs goes on."""
        self.slots = slots
        del self._idle[max(0, slots - self.busy) :]
        self.feed()

    def go_on(self) -> None:
        """Start what can start, after a pause."""
        self.feed()

    def jobs(self) -> list[Job]:
        """Return everybody here, by number."""
        here = [job for line in self._lines for job in line]
        here += [job for batch in self._running.values() for job in batch]
        return sorted(here, key=lambda job: job.ident)

    def stop(self) -> None:
        """Stop all work for good, before everybody here is lost; all slots are cold afterwards."""
        self.books.shift(busy=-self.busy)
        self._running.clear()
        self._idle.clear()
        self._rings = -1.0

    def lose(self, job: Job) -> None:
        """Lose a job that was here."""
        if job in self._line(job):
            self._withdraw(job)
            job.started = self.time.now if job.left < 0.0 else job.started
        self.books.leave(job, LOST)
        job.end(LOST)

    def _line(self, job: Job) -> _Line:
        by_class = self.row.discipline in (PRIORITY, PREEMPTIVE)
        return self._lines[min(job.call.klass, self.row.classes - 1) if by_class else 0]

    def _is_in_vain(self, job: Job) -> bool:
        return self.row.drop == 1 and not job.is_wanted

    def _wait(self, job: Job) -> None:
        self._line(job)[job] = None
        self.waiting += 1
        self.books.shift(waiting=1, inside=1)
        if 0 <= self.row.guard < self.books.waiting:
            self.time.halt()
        self.feed()
        if job in self._line(job) and self.row.patience_law >= 0:
            patience = drawn(self.world, self.row, "patience_", mixed(self.row.key + 1, job.ident))
            job.due = due = self.time.now + patience
            self.time.call(due, job.key(PATIENCE, self.books.number), lambda: self._tire(job, due))

    def _tire(self, job: Job, due: float) -> None:
        if job in self._line(job) and job.due == due:
            self._withdraw(job)
            job.started = self.time.now
            self.books.leave(job, ABANDONED)
            job.end(ABANDONED)

    def _withdraw(self, job: Job) -> None:
        del self._line(job)[job]
        self.waiting -= 1
        self.books.shift(waiting=-1)

    def _oldest(self) -> float:
        return min((next(iter(line)).entered for line in self._lines if line), default=self.time.now)

    def _ring(self, rings: float) -> None:
        if self._rings != rings:
            self._rings = rings
            self.time.call(rings, BATCH << KIND_SHIFT | self.number, lambda: self._rung(rings))

    def _rung(self, rings: float) -> None:
        if self._rings == rings:
            self._rings = -1.0
            self.feed()

    def _begin(self) -> None:
        """Take a batch (of one, where there is no batching) out of the lines and start it."""
        batch: list[Job] = []
        size = 0.0
        while len(batch) < self.row.batch and self.waiting:
            job = self._next()
            self._withdraw(job)
            if self._is_in_vain(job):
                self._drop(job)
            else:
                batch.append(job)
                size += job.call.size
        if batch:
            others = self.row.per_item * (size - batch[0].call.size) * self.slow if len(batch) > 1 else 0.0
            self._start(batch, self._work(batch[0]) + others)

    def _next(self) -> Job:
        line = next(line for line in self._lines if line)
        return next(reversed(line) if self.row.discipline == LIFO else iter(line))

    def _drop(self, job: Job) -> None:
        job.started = self.time.now
        self.books.leave(job, DROPPED)
        job.end(DROPPED)

    def _work(self, job: Job) -> float:
        if job.left >= 0.0:
            return job.left
        return service(self.world, self.row, job, self.given, self.slow)

    def _start(self, batch: list[Job], work: float) -> None:
        """Start a batch on a free slot, for *work* seconds and the set-up that the slot needs."""
        head = batch[0]
        head.due = self.time.now + (work + self._cold(head))
        for job in batch:
            if job.left < 0.0:
                job.started = self.time.now
                self.books.count("started")
        self._running[head.ident] = batch
        self.books.shift(busy=1)
        self.books.count("batches")
        self.time.call(head.due, head.key(DONE, self.books.number), lambda: self._done(batch))

    def _done(self, batch: list[Job]) -> None:
        """Free the slot of a batch, unless it was broken off."""
        if self._running.get(batch[0].ident) is batch:
            del self._running[batch[0].ident]
            self.books.shift(busy=-1)
            self._rest()
            self._let_out(batch, 0)

    def _let_out(self, batch: list[Job], place: int) -> None:
        """Let the jobs of a batch go on; what follows for one and its client comes before the next, or a new start."""
        self.books.leave(batch[place], SERVED)
        batch[place].end(SERVED)
        if place + 1 < len(batch):
            self.time.soon(lambda: self._let_out(batch, place + 1))
        elif self.waiting:
            self.time.soon(self.feed)

    def _evict(self, klass: int) -> None:
        """Make room for a job of *klass*: the latest started of the lowest class goes back to the head of its line."""
        lower = [batch[0] for batch in self._running.values() if batch[0].call.klass > klass]
        if self.busy != self.slots or not lower:
            return
        victim = max(reversed(lower), key=lambda job: job.call.klass)
        del self._running[victim.ident]
        self.books.shift(busy=-1)
        self._rest()
        victim.left, victim.due = victim.due - self.time.now, NEVER
        self._line(victim)[victim] = None
        self._line(victim).move_to_end(victim, last=False)
        self.waiting += 1
        self.books.shift(waiting=1)

    def _rest(self) -> None:
        if self.row.setup_law >= 0 and len(self._idle) < min(self.slots - self.busy, self._laid):
            self._idle.append(self.time.now)

    def _cold(self, job: Job) -> float:
        """Return the set-up that a slot needs that has been idle for too long [s]; the latest idle is used first."""
        if self.row.setup_law < 0:
            return 0.0
        since = self._idle.pop() if self._idle else -NEVER
        if self.time.now - since <= self.row.keep:
            return 0.0
        self.books.count("colds")
        return drawn(self.world, self.row, "setup_", mixed(self.row.key + 2, job.ident))
