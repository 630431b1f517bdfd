"""The next-event loop: arrivals and calendar in order of time, until control has to decide something."""

from __future__ import annotations

from simulator.serving.kernel.calendar import soonest, take
from simulator.serving.kernel.calls import attempt, fail, new_copy, open_call, spoken_of
from simulator.serving.kernel.codes import (
    ABANDONED,
    BATCH,
    COPY,
    DELAYED,
    DONE,
    FULL,
    GROW,
    GUARD,
    KIND_SHIFT,
    LATE,
    NEVER,
    NONE,
    PATIENCE,
    REACHED,
    SERVING,
    SHARED,
    SPARE,
    SPLIT,
    TIMEOUT,
    WAITING,
)
from simulator.serving.kernel.path import child_done, lost, served, spawn, walk
from simulator.serving.kernel.pools import feed, finish, rest
from simulator.serving.kernel.queues import key_of, note, wanted, withdraw
from simulator.serving.kernel.records import World
from simulator.serving.kernel.sharing import age, part, unshare

__all__ = ["alert", "come_back", "done", "full", "handle", "run", "shared_done", "spare", "tired", "work_done"]


def run(w: World, until: float) -> int:
    """Handle everything before *until* [s]; return why it stopped: reached, rows to grow, visits full, guard."""
    s = w.sim[0]
    while True:
        if full(w):
            return GROW
        if s.logged > 0 and s.logged + s.margin + s.job_rows - s.jobs_left > s.log_room:
            return FULL
        if s.guard == 1:
            return GUARD
        arrival = w.at[s.next] if s.next < s.last else NEVER
        event = soonest(w)
        if event <= arrival:
            if event >= until:
                break
            take(w)
            handle(w, s.key, s.handle)
        else:
            if arrival >= until:
                break
            s.now = arrival
            s.next += 1
            k = open_call(w, s.next - 1)
            if k >= 0 and attempt(w, k):
                walk(w, new_copy(w, k))
    return REACHED


def full(w: World) -> bool:
    """Tell whether the rows might run out within the next event."""
    s = w.sim[0]
    return s.jobs_left < s.margin or s.calls_left < 2 or max(s.heap, s.later) + s.margin > s.room


def handle(w: World, key: int, h: int) -> None:
    """Let an event happen, if what it speaks of is still so."""
    kind = key >> KIND_SHIFT
    if kind == DONE:
        if key_of(w, h, DONE) == key and w.jobs[h].due == w.sim[0].now:
            done(w, h)
    elif kind == SHARED:
        if w.replicas[h].due == w.sim[0].now:
            shared_done(w, h)
    elif kind == BATCH:
        if w.replicas[h].armed == w.sim[0].now:
            w.replicas[h].armed = -1.0
            feed(w, h)
    elif kind == PATIENCE:
        tired(w, h, key)
    elif kind == SPARE:
        spare(w, h, key)
    elif spoken_of(w, h, key):
        alert(w, h, kind)


def alert(w: World, k: int, kind: int) -> None:
    """Let call *k* hear its deadline, its hedge or the end of its backoff."""
    if kind == TIMEOUT:
        w.sim[0].timeouts += 1
        fail(w, k, LATE)
    elif kind == COPY:
        w.sim[0].hedges += 1
        walk(w, new_copy(w, k))
    elif attempt(w, k):
        walk(w, new_copy(w, k))


def done(w: World, h: int) -> None:
    """Let job *h* be done: with a delay, or with a slot whose batch it heads."""
    if w.jobs[h].state == DELAYED:
        served(w, h)
        walk(w, h)
    elif w.jobs[h].state == SERVING:
        work_done(w, h)


def work_done(w: World, h: int) -> None:
    """Free the slot of job *h*, let its batch go on, and take in who waits."""
    r = w.jobs[h].replica
    finish(w, h)
    rest(w, r)
    while h >= 0:
        follower = w.jobs[h].next
        come_back(w, h)
        h = follower
    feed(w, r)


def come_back(w: World, h: int) -> None:
    """Let a served job go on, or the job it is a copy of."""
    served(w, h)
    if w.jobs[h].parent >= 0:
        h = child_done(w, h)
    if h >= 0:
        walk(w, h)


def shared_done(w: World, r: int) -> None:
    """Let the next job of a shared replica be done."""
    replica = w.replicas[r]
    h = w.lines[replica.line].first
    age(w, r)
    replica.virtual = w.jobs[h].left
    unshare(w, h, r)
    come_back(w, h)
    part(w, r)


def tired(w: World, h: int, key: int) -> None:
    """Let a waiting job lose its patience."""
    job = w.jobs[h]
    if key_of(w, h, PATIENCE) != key or job.state != WAITING or job.due != w.sim[0].now:
        return
    stage = w.stages[job.stage]
    withdraw(w, h, job.replica)
    stage.inside -= 1
    stage.abandoned += 1
    job.started = w.sim[0].now
    note(w, h, ABANDONED)
    lost(w, h, ABANDONED)


def spare(w: World, h: int, key: int) -> None:
    """Send the spare copy of a job that its stage has not answered yet."""
    job = w.jobs[h]
    if key_of(w, h, SPARE) != key or job.state != SPLIT or job.due != w.sim[0].now or not wanted(w, h):
        return
    stage = w.stages[job.stage]
    stage.hedges += 1
    job.due = -1.0
    spawn(w, h, stage.fanout, job.first, NONE)
