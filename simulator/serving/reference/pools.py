"""A pool of replicas: which of them a job goes to, by itself or as copies that are sent at once or later."""

from __future__ import annotations

from simulator.serving.kernel.codes import (
    LEAST_LOADED,
    NEVER,
    POWER_OF_TWO,
    ROUND_ROBIN,
    SHARING,
    SHED,
    SPARE,
)
from simulator.serving.kernel.luck import mixed, uniform
from simulator.serving.kernel.records import World
from simulator.serving.reference.books import Books
from simulator.serving.reference.jobs import Job, Split
from simulator.serving.reference.replicas import Replica
from simulator.serving.reference.sharing import SharedReplica
from simulator.serving.reference.stations import Visiting
from simulator.serving.reference.timeline import Timeline

__all__ = ["AnyReplica", "Pooled"]

AnyReplica = Replica | SharedReplica


class Pooled:
    """A stage of replicas that work."""

    def __init__(self, world: World, time: Timeline, books: Books, given: list[float] | None) -> None:
        self.time, self.books = time, books
        self.row = row = world.stages[books.number]
        kind = SharedReplica if row.discipline == SHARING else Replica
        numbers = range(row.first, row.first + row.most)
        self.replicas: list[AnyReplica] = [kind(number, world, time, books, given) for number in numbers]
        self.up: list[AnyReplica] = []
        """those that accept work"""
        self._turn = 0
        self.open_up()

    def open_up(self) -> None:
        """List anew which replicas accept work."""
        self.up = [replica for replica in self.replicas if replica.is_up]

    def visit(self, job: Job) -> Visiting:
        """Have a job served, by one replica or as copies by several."""
        if self.row.fanout > 1 or self.row.hedge < NEVER:
            return (yield from self._scatter(job))
        job.over = self.time.event()
        is_again, is_wanted = job.ident & 0xFF00 > 0, job.is_wanted
        if not self._join(job, self._choose(job, job.call.avoid if is_again and is_wanted else None)):
            return SHED
        if is_wanted:
            job.call.avoid = job.replica
        outcome: int = yield job.over
        return outcome

    def refresh(self) -> None:
        """Bring the integrals up to now and look at what waits."""
        self.books.integrate()
        for replica in self.replicas:
            replica.feed()

    def pause(self, is_paused: bool) -> None:
        """Stop starting work, or go on; shared work stands still meanwhile."""
        for replica in self.replicas:
            replica.age()
        self.row.paused = int(is_paused)
        for replica in self.replicas:
            replica.go_on()

    def _join(self, job: Job, replica: AnyReplica | None) -> bool:
        self.books.count("arrivals")
        job.replica = replica
        if replica is not None and replica.take(job):
            return True
        self.books.note(job, SHED)
        return False

    def _scatter(self, job: Job) -> Visiting:
        """Send copies to distinct replicas at once, and a spare one later where the stage hedges."""
        split = Split(job, self.time.event())
        up = self.up
        leaves = max(1, min(self.row.fanout, len(up)))
        self._send(split, 0, None)
        place = up.index(split.first) if split.first is not None else len(up) - 1
        for leaf in range(1, leaves):
            self._send(split, leaf, None, up[(place + leaf) % len(up)])
        split.need = min(self.row.need, leaves)
        if split.flying < split.need:
            split.over.succeed(SHED)
        elif self.row.hedge < NEVER:
            key = job.key(SPARE, self.books.number)
            self.time.call(self.time.now + self.row.hedge, key, lambda: self._spare(split))
        outcome: int = yield split.over
        return outcome

    def _send(self, split: Split, number: int, avoid: AnyReplica | None, forced: AnyReplica | None = None) -> None:
        """Send child *number*: to the replica *forced*, or as the balance says."""
        child = Job(split.job.ident | number, split.job.call, split.job.turn, split=split)
        child.enter(self.time.now)
        split.flying += 1
        replica = forced or self._choose(child, avoid)
        if number == 0:
            split.first = replica
        if not self._join(child, replica):
            split.flying -= 1

    def _spare(self, split: Split) -> None:
        if not split.over.triggered and split.job.is_wanted:
            self.books.count("hedges")
            self._send(split, self.row.fanout, split.first)

    def _choose(self, job: Job, avoid: AnyReplica | None) -> AnyReplica | None:
        """Choose a replica by the balance, other than *avoid* if there is another; None = none accepts work."""
        up = self.up
        if len(up) <= 1:
            return up[0] if up else None
        others = [replica for replica in up if replica is not avoid]
        if self.row.balance == ROUND_ROBIN:
            self._turn += 1
            return others[(self._turn - 1) % len(others)]
        if self.row.balance == LEAST_LOADED:
            return min(others, key=_load)
        return self._drawn(job, others)

    def _drawn(self, job: Job, others: list[AnyReplica]) -> AnyReplica:
        """Draw one of *others*, or the less loaded of two different ones, the first drawn among equals."""
        seed, n = mixed(self.row.key + 3, job.ident), len(others)
        one = others[min(int(uniform(seed, 0) * n), n - 1)]
        if self.row.balance != POWER_OF_TWO or n == 1:
            return one
        rest = [replica for replica in others if replica is not one]
        other = rest[min(int(uniform(seed, 1) * (n - 1)), n - 2)]
        return other if _load(other) < _load(one) else one


def _load(replica: AnyReplica) -> int:
    return replica.waiting + replica.busy
