"""A job on its way: from stage to stage, through caches and delays, into pools, split into copies, to its answer."""

from __future__ import annotations

from simulator.serving.kernel.breaker import learn
from simulator.serving.kernel.caches import hold, item_of, looked_up
from simulator.serving.kernel.calendar import push
from simulator.serving.kernel.calls import end, plead
from simulator.serving.kernel.codes import (
    CACHE,
    DELAYED,
    DONE,
    FREE,
    NEVER,
    NONE,
    POOL,
    ROUTE_CACHE,
    ROUTE_MODEL,
    SERVED,
    SHED,
    SPARE,
    SPLIT,
)
from simulator.serving.kernel.luck import draw, mixed, uniform
from simulator.serving.kernel.pools import join
from simulator.serving.kernel.queues import give_back, integrate, key_of, note, take_job, wanted
from simulator.serving.kernel.records import World

__all__ = ["answer", "asked", "child_done", "dally", "enter", "lost", "served", "skips", "spawn", "split", "walk"]


def walk(w: World, h: int) -> None:
    """Bring job *h*, whose stage is behind it, on to where it has to wait - or to its end."""
    job = w.jobs[h]
    while True:
        job.stage += 1
        if job.cached == 1 or job.stage == w.sim[0].stages:
            answer(w, h)
            return
        stage = w.stages[job.stage]
        if skips(w, h):
            continue
        job.entered, job.started, job.left, job.due = w.sim[0].now, w.sim[0].now, -1.0, -1.0
        if stage.kind == POOL:
            enter(w, h)
            return
        pause = dally(w, h)
        if pause > 0.0:
            job.state, job.due = DELAYED, w.sim[0].now + pause
            push(w, job.due, key_of(w, h, DONE), h)
            return
        served(w, h)


def skips(w: World, h: int) -> bool:
    """Tell whether the request of job *h* does not need its stage (a cascade's heavy model, say)."""
    job = w.jobs[h]
    stage = w.stages[job.stage]
    return stage.share < 1.0 and uniform(mixed(stage.key + 4, job.ident >> 16), 0) >= stage.share


def dally(w: World, h: int) -> float:
    """Return how long job *h* takes at its cache or delay [s]."""
    job = w.jobs[h]
    stage = w.stages[job.stage]
    integrate(w, stage)
    stage.arrivals += 1
    stage.inside += 1
    seed = mixed(stage.key, job.ident)
    if stage.kind != CACHE:
        if stage.given == 1 and job.ident & 0xFFFF == 0:
            return float(w.given[job.stage * w.sim[0].rows + (job.ident >> 16)])
        return draw(w, stage.law, stage.a, stage.b, stage.c, seed)
    if asked(w, h):
        return draw(w, stage.law, stage.a, stage.b, stage.c, seed)
    return draw(w, stage.miss_law, stage.miss_a, stage.miss_b, stage.miss_c, seed)


def asked(w: World, h: int) -> bool:
    """Ask the cache that job *h* stands at; a miss is held at once, or with the answer where hits are answers."""
    job = w.jobs[h]
    stage = w.stages[job.stage]
    item = item_of(w, job.stage, job.ident >> 16)
    if looked_up(w, job.stage, item):
        stage.hits += 1
        job.cached = stage.on_hit
        return True
    stage.misses += 1
    if stage.on_hit == 1:
        job.missed |= 1 << job.stage
    else:
        hold(w, job.stage, item)
    return False


def served(w: World, h: int) -> None:
    """Take note that job *h* is through with its stage."""
    stage = w.stages[w.jobs[h].stage]
    integrate(w, stage)
    stage.inside -= 1
    stage.served += 1
    note(w, h, SERVED)


def enter(w: World, h: int) -> None:
    """Let job *h* enter a pool: by itself, or split into copies of which some must come back."""
    job = w.jobs[h]
    stage = w.stages[job.stage]
    if stage.fanout > 1 or stage.hedge < NEVER:
        split(w, h)
        return
    first, matters = job.ident & 0xFF00 == 0, wanted(w, h)
    if join(w, h, w.calls[job.call].avoid if matters and not first else NONE):
        if matters:
            w.calls[job.call].avoid = job.replica
        return
    note(w, h, SHED)
    lost(w, h, SHED)


def split(w: World, h: int) -> None:
    """Send copies of job *h* to distinct replicas at once, and a spare one later where the stage hedges."""
    s, job = w.sim[0], w.jobs[h]
    stage = w.stages[job.stage]
    s.splits += 1
    leaves = max(1, min(stage.fanout, stage.up))
    job.state, job.mark, job.children, job.first = SPLIT, s.splits, 0, NONE
    job.need = 0  # while they are sent, none that is dropped at once may end the job
    spawn(w, h, 0, NONE, NONE)
    place = 0
    while place < stage.up - 1 and w.up[stage.first + place] != job.first:
        place += 1
    for leaf in range(1, leaves):
        spawn(w, h, leaf, NONE, w.up[stage.first + (place + leaf) % stage.up])
    job.need = min(stage.need, leaves)
    if job.children < job.need:
        lost(w, h, SHED)
    elif stage.hedge < NEVER:
        job.due = s.now + stage.hedge
        push(w, job.due, key_of(w, h, SPARE), h)


def spawn(w: World, h: int, number: int, avoid: int, forced: int) -> None:
    """Send copy *number* of job *h* into its pool, to the replica *forced* or, if that is -1, as the balance says."""
    job = w.jobs[h]
    c = take_job(w, job.ident | number, job.call, job.turn)
    child = w.jobs[c]
    child.parent, child.mark, child.stage, child.klass, child.size = h, job.mark, job.stage, job.klass, job.size
    child.entered, child.started, child.first = w.sim[0].now, w.sim[0].now, forced
    job.children += 1
    taken = join(w, c, avoid)
    if number == 0:
        job.first = child.replica
    if not taken:
        job.children -= 1
        note(w, c, SHED)
        give_back(w, c)


def child_done(w: World, c: int) -> int:
    """Take note that copy *c* has come back; return the job that can go on now, or -1."""
    child = w.jobs[c]
    h, mark = child.parent, child.mark
    give_back(w, c)
    job = w.jobs[h]
    if job.state != SPLIT or job.mark != mark:
        return NONE
    job.children -= 1
    job.need -= 1
    if job.need > 0:
        return NONE
    job.state, job.mark, job.due = FREE, 0, -1.0
    return int(h)


def lost(w: World, h: int, why: int) -> None:
    """Let job *h* fail; with a copy the job fails that was split, if too few others are left."""
    job = w.jobs[h]
    if job.parent >= 0:
        parent, mark = job.parent, job.mark
        give_back(w, h)
        h, job = parent, w.jobs[parent]
        if job.state != SPLIT or job.mark != mark:
            return
        job.children -= 1
        if job.children >= job.need:
            return
    k, matters = job.call, wanted(w, h)
    give_back(w, h)
    if matters:
        plead(w, k, why)


def answer(w: World, h: int) -> None:
    """Let job *h* bring its answer; it is worth something if its client still waits, and to caches in any case."""
    job = w.jobs[h]
    for number in range(w.sim[0].stages):
        if job.missed >> number & 1:
            hold(w, number, item_of(w, number, job.ident >> 16))
    if wanted(w, h):
        w.sim[0].answered += 1
        learn(w, w.calls[job.call].id, True)
        end(w, job.call, ROUTE_CACHE if job.cached == 1 else ROUTE_MODEL)
    give_back(w, h)
