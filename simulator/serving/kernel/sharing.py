"""Processor sharing: every job of a replica gets the same share, its slots' worth of speed in all.

Virtual time is the service that each job has received since the start; a job is done when it has grown by its work
(Parekh and Gallager 1993). Jobs stand in the order in which they will be done.
"""

from __future__ import annotations

from simulator.serving.kernel.calendar import push
from simulator.serving.kernel.codes import KIND_SHIFT, SERVING, SHARED
from simulator.serving.kernel.queues import insert, integrate, unlink
from simulator.serving.kernel.records import World

__all__ = ["age", "pace", "part", "share", "unshare"]


def pace(w: World, r: int) -> float:
    """Return the speed at which each job of replica *r* is served."""
    replica = w.replicas[r]
    if w.stages[replica.stage].paused == 1:
        return 0.0
    return 1.0 if replica.busy <= replica.slots else replica.slots / replica.busy


def age(w: World, r: int) -> None:
    """Bring the virtual time of replica *r* up to now."""
    replica, now = w.replicas[r], w.sim[0].now
    replica.virtual += (now - replica.updated) * pace(w, r)
    replica.updated = now


def share(w: World, h: int, r: int, work: float) -> None:
    """Let job *h* share replica *r* from now on, for *work* seconds of its own."""
    s, job, replica = w.sim[0], w.jobs[h], w.replicas[r]
    stage = w.stages[replica.stage]
    integrate(w, stage)
    age(w, r)
    job.state, job.started, job.left = SERVING, s.now, replica.virtual + work
    insert(w, replica.line, h)
    replica.busy += 1
    stage.busy += 1
    stage.started += 1
    stage.batches += 1
    part(w, r)


def unshare(w: World, h: int, r: int) -> None:
    """Take job *h* off replica *r*."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    integrate(w, stage)
    age(w, r)
    unlink(w, replica.line, h)
    w.jobs[h].left = -1.0
    replica.busy -= 1
    stage.busy -= 1


def part(w: World, r: int) -> None:
    """Put on the calendar when the next job of replica *r* will be done."""
    replica = w.replicas[r]
    first, speed = w.lines[replica.line].first, pace(w, r)
    if first < 0 or speed == 0.0:
        replica.due = -1.0
        return
    missing = max(0.0, w.jobs[first].left - replica.virtual)
    replica.due = w.sim[0].now + missing / speed
    push(w, replica.due, (SHARED << KIND_SHIFT) | r, r)
