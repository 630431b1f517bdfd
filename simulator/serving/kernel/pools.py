"""Replicas at work: which one gets a job, when it starts, in which batch, and what happens when it is done."""

from __future__ import annotations

from simulator.serving.kernel.calendar import push
from simulator.serving.kernel.choosing import choose
from simulator.serving.kernel.codes import (
    BATCH,
    DONE,
    DROPPED,
    KIND_SHIFT,
    NEVER,
    NONE,
    PATIENCE,
    PREEMPTIVE,
    SERVING,
    SHARING,
    SPLIT,
    WAITING,
)
from simulator.serving.kernel.luck import draw, mixed
from simulator.serving.kernel.queues import (
    append,
    give_back,
    integrate,
    key_of,
    note,
    oldest,
    pick,
    prepend,
    unlink,
    wait,
    wanted,
    withdraw,
)
from simulator.serving.kernel.records import World
from simulator.serving.kernel.sharing import share

__all__ = ["begin", "cold", "evict", "feed", "finish", "join", "leave", "rest", "service", "start", "worth_waiting"]


def join(w: World, h: int, avoid: int) -> bool:
    """Let job *h* enter the pool it stands at, on another replica than *avoid* if there is one; False = shed."""
    job = w.jobs[h]
    stage = w.stages[job.stage]
    stage.arrivals += 1
    r = choose(w, h, avoid)
    job.replica = r
    if r < 0:
        stage.shed += 1
        return False
    replica, in_vain = w.replicas[r], stage.drop == 1 and not wanted(w, h)
    if stage.discipline == SHARING:
        integrate(w, stage)
        stage.inside += 1
        if in_vain:
            leave(w, h, DROPPED)
        else:
            share(w, h, r, service(w, h, r))
        return True
    is_free = replica.busy < replica.slots and replica.waiting == 0 and stage.paused == 0
    if is_free and stage.batch == 1 and not in_vain:
        integrate(w, stage)
        stage.inside += 1
        start(w, h, r, service(w, h, r) + cold(w, h, r))
        return True
    if stage.discipline == PREEMPTIVE and stage.paused == 0 and not in_vain:
        evict(w, job.klass, r)
    return worth_waiting(w, h, r)


def worth_waiting(w: World, h: int, r: int) -> bool:
    """Let job *h* wait at replica *r* if there is a place, and start what can start; False = shed."""
    job, replica = w.jobs[h], w.replicas[r]
    stage = w.stages[job.stage]
    room = replica.busy < replica.slots and stage.paused == 0
    if stage.limit >= 0 and replica.waiting >= stage.limit and not room:
        stage.shed += 1
        return False
    wait(w, h, r)
    stage.inside += 1
    feed(w, r)
    if job.state == WAITING and stage.patience_law >= 0:
        seed = mixed(stage.key + 1, job.ident)
        job.due = w.sim[0].now + draw(w, stage.patience_law, stage.patience_a, stage.patience_b, stage.patience_c, seed)
        push(w, job.due, key_of(w, h, PATIENCE), h)
    return True


def service(w: World, h: int, r: int) -> float:
    """Return how long replica *r* works on job *h* by itself [s]."""
    job, replica = w.jobs[h], w.replicas[r]
    stage = w.stages[job.stage]
    if job.left >= 0.0:
        return job.left
    if stage.given == 1 and job.ident & 0xFFFF == 0:
        base = w.given[job.stage * w.sim[0].rows + (job.ident >> 16)]
    else:
        base = draw(w, stage.law, stage.a, stage.b, stage.c, mixed(stage.key, job.ident))
    return (base + stage.per_item * job.size) * replica.slow


def cold(w: World, h: int, r: int) -> float:
    """Return the set-up that a slot of replica *r* needs that has been idle for too long [s]."""
    replica, stage = w.replicas[r], w.stages[w.replicas[r].stage]
    if stage.setup_law < 0:
        return 0.0
    since = -NEVER
    if replica.rest > 0:
        replica.rest -= 1
        since = w.idle[replica.idle + replica.rest]
    if w.sim[0].now - since <= stage.keep:
        return 0.0
    stage.colds += 1
    seed = mixed(stage.key + 2, w.jobs[h].ident)
    return draw(w, stage.setup_law, stage.setup_a, stage.setup_b, stage.setup_c, seed)


def rest(w: World, r: int) -> None:
    """Remember since when a slot of replica *r* that has run out of work is idle."""
    replica = w.replicas[r]
    most = replica.slots - replica.busy
    most = min(most, replica.laid) if replica.laid > 0 else most
    if w.stages[replica.stage].setup_law >= 0 and replica.rest < most:
        w.idle[replica.idle + replica.rest] = w.sim[0].now
        replica.rest += 1


def start(w: World, h: int, r: int, work: float) -> None:
    """Start job *h* (the head of its batch) on a free slot of replica *r*, for *work* seconds."""
    s, job, replica = w.sim[0], w.jobs[h], w.replicas[r]
    stage = w.stages[replica.stage]
    integrate(w, stage)
    replica.busy += 1
    stage.busy += 1
    stage.batches += 1
    if job.left < 0.0:
        job.started = s.now
        stage.started += 1
    job.state = SERVING
    job.due = s.now + work
    push(w, job.due, key_of(w, h, DONE), h)
    if stage.discipline == PREEMPTIVE:
        append(w, replica.line + stage.classes, h)
    elif stage.batch == 1:
        job.next = NONE


def feed(w: World, r: int) -> None:
    """Start what waits at replica *r*, as far as there are slots."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    while replica.busy < replica.slots and replica.waiting > 0 and stage.paused == 0:
        if stage.batch > replica.waiting:
            rings = oldest(w, r) + stage.linger
            if rings > w.sim[0].now:
                if replica.armed != rings:
                    replica.armed = rings
                    push(w, rings, (BATCH << KIND_SHIFT) | r, r)
                return
        begin(w, r)


def begin(w: World, r: int) -> None:
    """Take a batch (of one, where there is no batching) out of the lines of replica *r* and start it."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    head, tail, members, size = NONE, NONE, 0, 0.0
    while members < stage.batch and replica.waiting > 0:
        h = pick(w, r)
        withdraw(w, h, r)
        if stage.drop == 1 and not wanted(w, h):
            w.jobs[h].started = w.sim[0].now
            leave(w, h, DROPPED)
            continue
        job = w.jobs[h]
        job.state, job.started, job.next = SERVING, w.sim[0].now if job.left < 0.0 else job.started, NONE
        members, size = members + 1, size + job.size
        if head < 0:
            head = h
        else:
            w.jobs[tail].next = h
        tail = h
    if head < 0:
        return
    work = service(w, head, r)
    if members > 1:
        work += stage.per_item * (size - w.jobs[head].size) * replica.slow
        stage.started += members - 1
    w.jobs[head].members = members
    start(w, head, r, work + cold(w, head, r))


def leave(w: World, h: int, outcome: int) -> None:
    """Let job *h* disappear: nobody waits for it any more."""
    stage = w.stages[w.jobs[h].stage]
    integrate(w, stage)
    stage.inside -= 1
    stage.dropped += 1
    note(w, h, outcome)
    parent, mark = w.jobs[h].parent, w.jobs[h].mark
    give_back(w, h)
    if parent >= 0 and w.jobs[parent].state == SPLIT and w.jobs[parent].mark == mark:
        w.jobs[parent].children -= 1
        if w.jobs[parent].children < w.jobs[parent].need:
            give_back(w, parent)


def finish(w: World, h: int) -> None:
    """Free the slot on which job *h* (the head of its batch) was done."""
    job = w.jobs[h]
    replica = w.replicas[job.replica]
    stage = w.stages[replica.stage]
    integrate(w, stage)
    replica.busy -= 1
    stage.busy -= 1
    if stage.discipline == PREEMPTIVE:
        unlink(w, replica.line + stage.classes, h)
        job.next = NONE


def evict(w: World, klass: int, r: int) -> None:
    """Make room for a job of *klass* at replica *r*: the latest started of the lowest class goes back to its line."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    if replica.busy != replica.slots:
        return
    victim, h = NONE, w.lines[replica.line + stage.classes].last
    while h >= 0:
        lower = victim < 0 or w.jobs[h].klass > w.jobs[victim].klass
        if w.jobs[h].klass > klass and lower:
            victim = h
        h = w.jobs[h].prev
    if victim < 0:
        return
    job = w.jobs[victim]
    finish(w, victim)
    rest(w, r)
    job.left, job.due, job.state = job.due - w.sim[0].now, -1.0, WAITING
    line = replica.line + min(job.klass, stage.classes - 1)
    prepend(w, line, victim)
    replica.waiting += 1
    stage.waiting += 1
