"""What a stage counts and keeps: who is there, the integrals over time, and the visits that are over."""

from __future__ import annotations

from simulator.serving.kernel.codes import ABANDONED, DROPPED, LOST, SERVED, SHED
from simulator.serving.plane import COUNTS
from simulator.serving.reference.jobs import Job
from simulator.serving.reference.timeline import Timeline

__all__ = ["Books", "Visit"]

Visit = tuple[int, int, int, int, float, float, float]
"""ident, stage, class, outcome, and when it was entered, started and over [s]"""

_WORDS = {SERVED: "served", SHED: "shed", DROPPED: "dropped", ABANDONED: "abandoned", LOST: "lost"}


class Books:
    """The books of the stage with a *number*; *visits* is where it writes visits down, if anywhere."""

    def __init__(self, time: Timeline, number: int, visits: list[Visit] | None) -> None:
        self.time, self.number, self.visits = time, number, visits
        self.waiting = self.inside = self.busy = 0
        self.waited = self.stayed = self.worked = 0.0
        self._seen = 0.0
        self.counts = dict.fromkeys(COUNTS, 0)

    def count(self, what: str) -> None:
        """Count one more."""
        self.counts[what] += 1

    def shift(self, waiting: int = 0, inside: int = 0, busy: int = 0) -> None:
        """Change how many wait, are inside, and how many slots are at work."""
        if self.time.now > self._seen:
            self.integrate()
        self.waiting += waiting
        self.inside += inside
        self.busy += busy

    def integrate(self) -> None:
        """Bring the integrals up to now."""
        now = self.time.now
        passed = now - self._seen
        self.waited += self.waiting * passed
        self.stayed += self.inside * passed
        self.worked += self.busy * passed
        self._seen = now

    def leave(self, job: Job, outcome: int) -> None:
        """Let a job leave the stage."""
        self.shift(inside=-1)
        self.note(job, outcome)

    def note(self, job: Job, outcome: int) -> None:
        """Count a visit that is over, and write it down."""
        self.counts[_WORDS[outcome]] += 1
        if self.visits is not None:
            klass = job.call.klass
            self.visits.append((job.ident, self.number, klass, outcome, job.entered, job.started, self.time.now))
