"""Balancing: which replica a job goes to."""

from __future__ import annotations

from simulator.serving.kernel.codes import LEAST_LOADED, NONE, POWER_OF_TWO, ROUND_ROBIN
from simulator.serving.kernel.luck import mixed, uniform
from simulator.serving.kernel.records import World

__all__ = ["choose", "least", "load", "pair"]


def choose(w: World, h: int, avoid: int) -> int:
    """Return the replica for job *h* by its stage's balance, other than *avoid* if there is another; -1 = none."""
    job = w.jobs[h]
    stage = w.stages[job.stage]
    n, first = stage.up, stage.first
    if job.parent >= 0 and job.first >= 0:
        return int(job.first)
    if n <= 1:
        return NONE if n == 0 else int(w.up[first])
    skip = NONE
    if avoid >= 0:
        for i in range(n):
            if w.up[first + i] == avoid:
                skip = i
    n -= 1 if skip >= 0 else 0
    if stage.balance == ROUND_ROBIN:
        i = stage.turn % n
        stage.turn += 1
    elif stage.balance == LEAST_LOADED:
        i = least(w, first, n, skip)
    else:
        seed = mixed(stage.key + 3, job.ident)
        i = min(int(uniform(seed, 0) * n), n - 1)
        if stage.balance == POWER_OF_TWO and n > 1:
            i = pair(w, first, i, min(int(uniform(seed, 1) * (n - 1)), n - 2), skip)
    return int(w.up[first + (i if skip < 0 or i < skip else i + 1)])


def load(w: World, first: int, i: int, skip: int) -> int:
    """Return how many jobs are at the *i*-th replica that accepts work, leaving out the one at *skip*."""
    replica = w.replicas[w.up[first + (i if skip < 0 or i < skip else i + 1)]]
    return int(replica.waiting + replica.busy)


def least(w: World, first: int, n: int, skip: int) -> int:
    """Return the place of the least loaded of *n* replicas, the first among equals."""
    best, fewest = 0, load(w, first, 0, skip)
    for i in range(1, n):
        here = load(w, first, i, skip)
        if here < fewest:
            best, fewest = i, here
    return best


def pair(w: World, first: int, one: int, other: int, skip: int) -> int:
    """Return the less loaded of two different replicas, the first drawn among equals (Mitzenmacher 2001)."""
    if other >= one:
        other += 1
    return other if load(w, first, other, skip) < load(w, first, one, skip) else one
