"""A replica that serves everybody at once: each job gets the same share of the speed of its slots."""

from __future__ import annotations

from bisect import insort

from simulator.serving.kernel.codes import DROPPED, KIND_SHIFT, LOST, NONE, SERVED, SHARED
from simulator.serving.kernel.records import World
from simulator.serving.reference.books import Books
from simulator.serving.reference.jobs import Job
from simulator.serving.reference.replicas import service
from simulator.serving.reference.timeline import Timeline

__all__ = ["SharedReplica"]


class SharedReplica:
    """The replica with a *number*, among all of all pools.

    Its virtual time is the service that each job would have received since the start [s]; a job is done when it has
    grown by its work.
    """

    def __init__(self, number: int, world: World, time: Timeline, books: Books, given: list[float] | None) -> None:
        self.number, self.world, self.time, self.books, self.given = number, world, time, books, given
        self.row = world.stages[books.number]
        self.is_up = bool(world.replicas[number].up)
        self.slots = int(world.replicas[number].slots)
        self.slow = 1.0
        self.waiting = 0
        self._jobs: list[Job] = []  # by the virtual time at which they are done
        self._virtual = self._updated = 0.0
        self._due: float = NONE  # when the first of them is done [s]

    @property
    def busy(self) -> int:
        """Jobs that share the slots."""
        return len(self._jobs)

    def take(self, job: Job) -> bool:
        """Let a job share from now on, unless that is in vain."""
        self.books.shift(inside=1)
        if self.row.drop == 1 and not job.is_wanted:
            self.books.leave(job, DROPPED)
            job.end(DROPPED)
        else:
            self._begin(job)
        return True

    def feed(self) -> None:
        """Do nothing: nobody waits."""

    def age(self) -> None:
        """Bring the virtual time up to now."""
        self._virtual += (self.time.now - self._updated) * self._pace()
        self._updated = self.time.now

    def resize(self, slots: int) -> None:
        """Have so many slots from now on."""
        self.age()
        self.slots = slots
        self.go_on()

    def go_on(self) -> None:
        """Look forward to the moment when the next job will be done, at the speed of now."""
        self._due, speed = NONE, self._pace()
        if self._jobs and speed > 0.0:
            missing = max(0.0, self._jobs[0].left - self._virtual)
            self._due = due = self.time.now + missing / speed
            self.time.call(due, SHARED << KIND_SHIFT | self.number, lambda: self._done(due))

    def jobs(self) -> list[Job]:
        """Return everybody here, by number."""
        return sorted(self._jobs, key=lambda job: job.ident)

    def stop(self) -> None:
        """Stop all work for good, before everybody here is lost."""
        self.age()
        self._due = NONE

    def lose(self, job: Job) -> None:
        """Lose a job that was here."""
        self._jobs.remove(job)
        self.books.shift(busy=-1)
        self.books.leave(job, LOST)
        job.end(LOST)

    def _begin(self, job: Job) -> None:
        self.age()
        job.left = self._virtual + service(self.world, self.row, job, self.given, self.slow)
        insort(self._jobs, job, key=lambda other: other.left)
        self.books.shift(busy=1)
        self.books.count("started")
        self.books.count("batches")
        self.go_on()

    def _pace(self) -> float:
        """Return the speed at which each job is served."""
        if self.row.paused:
            return 0.0
        return 1.0 if self.busy <= self.slots else self.slots / self.busy

    def _done(self, due: float) -> None:
        if self._due != due:
            return
        self.age()
        job = self._jobs.pop(0)
        self._virtual = job.left
        self.books.shift(busy=-1)
        self.books.leave(job, SERVED)
        job.end(SERVED)
        self.go_on()
