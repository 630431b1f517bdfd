"""What the control plane can do to the data plane between two events: replicas up and down, slow, lost, paused."""

from __future__ import annotations

from simulator.serving.kernel.caches import forget
from simulator.serving.kernel.codes import LOST, NONE, SERVING, SHARING, WAITING
from simulator.serving.kernel.path import lost
from simulator.serving.kernel.pools import feed
from simulator.serving.kernel.queues import integrate, note, withdraw
from simulator.serving.kernel.records import World
from simulator.serving.kernel.sharing import age, part, unshare

__all__ = [
    "ACCEPT", "FLUSH", "KILL", "PAUSE", "REFRESH", "REFUSE", "RESUME", "SLOTS", "SLOW",
    "drop_job", "kill", "open_up", "order", "refresh", "resize", "serve_on", "slow_down", "sort", "widen",
]  # fmt: skip

ACCEPT, REFUSE, KILL, SLOW, SLOTS, PAUSE, RESUME, FLUSH, REFRESH = range(9)


def order(w: World, what: int, where: int, amount: float) -> None:
    """Carry out an order at the time `sim.now`.

    *where* is the row of a replica (accept, refuse, kill, slow, slots) or the number of a stage.
    """
    if what == ACCEPT or what == REFUSE:
        w.replicas[where].up = 1 if what == ACCEPT else 0
        open_up(w, w.replicas[where].stage)
    elif what == KILL:
        w.replicas[where].up = 0
        open_up(w, w.replicas[where].stage)
        kill(w, where)
    elif what == SLOW:
        slow_down(w, where, amount)
    elif what == SLOTS:
        resize(w, where, int(amount))
    elif what == PAUSE or what == RESUME:
        serve_on(w, where, 1 if what == PAUSE else 0)
    elif what == FLUSH:
        forget(w, where)
    elif what == REFRESH:
        refresh(w)


def open_up(w: World, number: int) -> None:
    """List anew which replicas of a stage accept work."""
    stage = w.stages[number]
    stage.up = 0
    for r in range(stage.first, stage.first + stage.most):
        if w.replicas[r].up == 1:
            w.up[stage.first + stage.up] = r
            stage.up += 1


def kill(w: World, r: int) -> None:
    """Lose everything that replica *r* is working on or has waiting, in the order of the requests' numbers."""
    replica = w.replicas[r]
    stage = w.stages[replica.stage]
    if stage.discipline != SHARING:
        integrate(w, stage)
        stage.busy -= replica.busy
        replica.busy = 0
        w.lines[replica.line + stage.classes].first, w.lines[replica.line + stage.classes].last = NONE, NONE
    n = 0
    for h in range(w.sim[0].job_rows):
        job = w.jobs[h]
        if (job.state == WAITING or job.state == SERVING) and job.replica == r:
            w.victims[n] = h
            n += 1
    sort(w, n)
    for i in range(n):
        drop_job(w, w.victims[i], r)
    replica.rest, replica.armed, replica.due = 0, -1.0, -1.0


def sort(w: World, n: int) -> None:
    """Put the first *n* victims in the order of their numbers (Shell 1959, with gaps of a third)."""
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            h, j = w.victims[i], i
            while j >= gap and w.jobs[w.victims[j - gap]].ident > w.jobs[h].ident:
                w.victims[j] = w.victims[j - gap]
                j -= gap
            w.victims[j] = h
        gap //= 3


def drop_job(w: World, h: int, r: int) -> None:
    """Lose one job of replica *r*."""
    job, replica = w.jobs[h], w.replicas[r]
    stage = w.stages[replica.stage]
    if job.state == WAITING:
        withdraw(w, h, r)
        job.started = w.sim[0].now if job.left < 0.0 else job.started
    elif stage.discipline == SHARING:
        unshare(w, h, r)
    integrate(w, stage)
    stage.inside -= 1
    stage.lost += 1
    note(w, h, LOST)
    lost(w, h, LOST)


def slow_down(w: World, r: int, factor: float) -> None:
    """Let replica *r* take *factor* times as long for what it starts from now on."""
    w.replicas[r].slow = factor


def resize(w: World, r: int, slots: int) -> None:
    """Give replica *r* so many slots; work that runs goes on."""
    replica = w.replicas[r]
    if w.stages[replica.stage].discipline == SHARING:
        age(w, r)
        replica.slots = slots
        part(w, r)
        return
    if replica.laid == 0:
        replica.laid = replica.slots
    replica.slots = slots
    replica.rest = min(replica.rest, max(0, slots - replica.busy))
    feed(w, r)


def serve_on(w: World, number: int, paused: int) -> None:
    """Stop a stage from starting work, or let it go on; shared work stands still meanwhile."""
    stage = w.stages[number]
    for r in range(stage.first, stage.first + stage.most):
        if stage.discipline == SHARING:
            age(w, r)
    stage.paused = paused
    for r in range(stage.first, stage.first + stage.most):
        if stage.discipline == SHARING:
            part(w, r)
        else:
            feed(w, r)


def refresh(w: World) -> None:
    """Bring all integrals up to now, and let every pool look at what waits: a setting may have changed."""
    widen(w)
    for number in range(w.sim[0].stages):
        stage = w.stages[number]
        integrate(w, stage)
        for r in range(stage.first, stage.first + stage.most):
            if stage.discipline != SHARING:
                feed(w, r)


def widen(w: World) -> None:
    """Reckon anew how many rows one event may use up: there may be larger batches and more copies than laid out."""
    s, batch, leaves = w.sim[0], 1, 1
    for number in range(s.stages):
        batch = max(batch, w.stages[number].batch)
        leaves = max(leaves, w.stages[number].fanout)
    s.margin = max(s.margin, batch * (leaves + 3) * 4 + 64)
