"""Rows that are taken and given back, lines of jobs, and the integrals that make Little's law checkable."""

from __future__ import annotations

from typing import Any

from simulator.serving.kernel.codes import (
    FREE,
    KIND_SHIFT,
    LIFO,
    NONE,
    PREEMPTIVE,
    PRIORITY,
    SPLIT,
    STAGE_BITS,
    WAITING,
)
from simulator.serving.kernel.records import World

__all__ = [
    "append",
    "give_back",
    "insert",
    "integrate",
    "key_of",
    "line_of",
    "note",
    "oldest",
    "pick",
    "prepend",
    "take_job",
    "unlink",
    "wait",
    "wanted",
    "withdraw",
]


def take_job(w: World, ident: int, call: int, turn: int) -> int:
    """Take a free job row for the copy *ident*."""
    s = w.sim[0]
    h = s.free_job
    s.free_job = w.jobs[h].next
    s.jobs_left -= 1
    job = w.jobs[h]
    job.ident, job.call, job.turn = ident, call, turn
    job.parent, job.mark, job.missed, job.cached, job.first = NONE, 0, 0, 0, NONE
    job.left = -1.0
    return h


def give_back(w: World, h: int) -> None:
    """Give a job row back; its number is forgotten, so that events that still speak of it mean nothing."""
    s, job = w.sim[0], w.jobs[h]
    job.ident, job.state, job.mark, job.due = NONE, FREE, 0, -1.0
    job.next = s.free_job
    s.free_job = h
    s.jobs_left += 1


def key_of(w: World, h: int, kind: int) -> int:
    """Return the key of an event of job *h* at its stage; its number alone will not do, its first copy has the same."""
    job = w.jobs[h]
    return int((kind << KIND_SHIFT) | (job.ident << STAGE_BITS) | job.stage)


def wanted(w: World, h: int) -> bool:
    """Tell whether somebody still waits for what job *h* does."""
    job = w.jobs[h]
    if job.parent >= 0:
        parent = w.jobs[job.parent]
        if parent.state != SPLIT or parent.mark != job.mark:
            return False
    call = w.calls[job.call]
    return call.open == 1 and call.id == job.ident >> 16 and call.turn == job.turn


def integrate(w: World, stage: Any) -> None:
    """Bring the integrals of a stage up to now."""
    now = w.sim[0].now
    passed = now - stage.seen
    if passed > 0.0:
        stage.waited += stage.waiting * passed
        stage.stayed += stage.inside * passed
        stage.worked += stage.busy * passed
        stage.seen = now


def line_of(w: World, h: int, r: int) -> int:
    """Return the line in which job *h* waits at replica *r*: one a class where classes matter."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    if stage.discipline == PRIORITY or stage.discipline == PREEMPTIVE:
        return int(replica.line + min(w.jobs[h].klass, stage.classes - 1))
    return int(replica.line)


def append(w: World, line: int, h: int) -> None:
    """Put job *h* at the end of a line."""
    job, ends = w.jobs[h], w.lines[line]
    job.next, job.prev = NONE, ends.last
    if ends.last >= 0:
        w.jobs[ends.last].next = h
    else:
        ends.first = h
    ends.last = h


def prepend(w: World, line: int, h: int) -> None:
    """Put job *h* at the head of a line."""
    job, ends = w.jobs[h], w.lines[line]
    job.next, job.prev = ends.first, NONE
    if ends.first >= 0:
        w.jobs[ends.first].prev = h
    else:
        ends.last = h
    ends.first = h


def insert(w: World, line: int, h: int) -> None:
    """Put job *h* behind all of a line that have at most as much `left`."""
    job, ends = w.jobs[h], w.lines[line]
    after = ends.last
    while after >= 0 and w.jobs[after].left > job.left:
        after = w.jobs[after].prev
    if after < 0:
        prepend(w, line, h)
        return
    follower = w.jobs[after].next
    job.prev, job.next = after, follower
    w.jobs[after].next = h
    if follower >= 0:
        w.jobs[follower].prev = h
    else:
        ends.last = h


def unlink(w: World, line: int, h: int) -> None:
    """Take job *h* out of a line, wherever in it it stands."""
    job, ends = w.jobs[h], w.lines[line]
    if job.prev >= 0:
        w.jobs[job.prev].next = job.next
    else:
        ends.first = job.next
    if job.next >= 0:
        w.jobs[job.next].prev = job.prev
    else:
        ends.last = job.prev


def wait(w: World, h: int, r: int) -> None:
    """Let job *h* wait at replica *r*."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    integrate(w, stage)
    append(w, line_of(w, h, r), h)
    w.jobs[h].state = WAITING
    replica.waiting += 1
    stage.waiting += 1
    if stage.guard >= 0 and stage.waiting > stage.guard:
        w.sim[0].guard = 1


def withdraw(w: World, h: int, r: int) -> None:
    """Take a waiting job out of its line."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    integrate(w, stage)
    unlink(w, line_of(w, h, r), h)
    replica.waiting -= 1
    stage.waiting -= 1


def pick(w: World, r: int) -> int:
    """Return the job that is to be served next at replica *r*."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    if stage.discipline == LIFO:
        return int(w.lines[replica.line].last)
    for line in range(replica.line, replica.line + stage.classes):
        if w.lines[line].first >= 0:
            return int(w.lines[line].first)
    return NONE


def oldest(w: World, r: int) -> float:
    """Return since when the job has waited that has waited longest at replica *r* [s]."""
    replica = w.replicas[r]
    since = w.sim[0].now
    for line in range(replica.line, replica.line + w.stages[replica.stage].classes):
        first = w.lines[line].first
        if first >= 0 and w.jobs[first].entered < since:
            since = w.jobs[first].entered
    return since


def note(w: World, h: int, outcome: int) -> None:
    """Write down that the visit of job *h* to its stage is over."""
    s = w.sim[0]
    if s.log_room == 0:
        return
    job, visit = w.jobs[h], w.visits[s.logged]
    s.logged += 1
    visit.ident, visit.stage, visit.klass, visit.outcome = job.ident, job.stage, job.klass, outcome
    visit.entered, visit.started, visit.done = job.entered, job.started, s.now
