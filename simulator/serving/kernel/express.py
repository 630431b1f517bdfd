"""The short way through a plain pool: where nothing can happen but coming, waiting and being served, no loop is needed.

First come first served on equal slots, each request starts when it comes or when the slot is free that is free first
(Kiefer and Wolfowitz 1955). The same floating-point operations as the loop's, so the same times, bit for bit.
"""

from __future__ import annotations

from bisect import insort
from typing import Any

from simulator.serving.kernel.luck import draw, mixed
from simulator.serving.kernel.records import World

__all__ = [
    "compiled_depart",
    "compiled_settle",
    "compiled_soonest_end",
    "depart",
    "express",
    "settle",
    "soonest_end",
    "through",
]


def express(w: World, started: Any, keep: bool) -> None:
    """Serve all requests of a world of one plain pool with one replica; *started* (n,) takes the starts to *keep*."""
    s, stage = w.sim[0], w.stages[0]
    slots, last, given = w.replicas[0].slots, s.last, stage.given
    for row in range(s.next, last):
        start = w.at[row]
        while s.heap > 0 and soonest_end(w) <= start:
            through(w)
        if s.heap == slots:
            start = soonest_end(w)
            through(w)
        if given == 1:
            work = w.given[row]
        else:
            work = draw(w, stage.law, stage.a, stage.b, stage.c, mixed(stage.key, row << 16))
        if keep:
            started[row] = start
        done = start + (work + stage.per_item)
        stage.waited += start - w.at[row]
        stage.worked += done - start
        w.done[row] = done
        settle(w, done, row)
    while s.heap > 0:
        through(w)
    s.next = last


def through(w: World) -> None:
    """Let the request be done that is done first."""
    s = w.sim[0]
    depart(w)
    w.ended[s.ended] = s.key
    s.ended += 1


def settle(w: World, at: float, row: int) -> None:
    """Put a request among those at work, in the order of their ends (plain Python)."""
    insort(w.heap, (at, row, row))
    w.sim[0].heap += 1


def soonest_end(w: World) -> Any:
    """Return when the request is done that is done first [s] (plain Python)."""
    return w.heap[0][0]


def depart(w: World) -> None:
    """Take out the request that is done first; it becomes now (plain Python)."""
    s = w.sim[0]
    s.now, s.key, _ = w.heap.pop(0)
    s.heap -= 1


def compiled_settle(w: Any, at: float, row: int) -> None:
    """Put a request among those at work, in the order of their ends (numba)."""
    i = w.sim[0].heap
    w.sim[0].heap = i + 1
    while i > 0 and w.heap[i - 1].at > at:
        w.heap[i].at, w.heap[i].key = w.heap[i - 1].at, w.heap[i - 1].key
        i -= 1
    w.heap[i].at, w.heap[i].key = at, row


def compiled_soonest_end(w: Any) -> Any:
    """Return when the request is done that is done first [s] (numba)."""
    return w.heap[0].at


def compiled_depart(w: Any) -> None:
    """Take out the request that is done first; it becomes now (numba)."""
    s = w.sim[0]
    s.now, s.key = w.heap[0].at, w.heap[0].key
    n = s.heap - 1
    s.heap = n
    for i in range(n):
        w.heap[i].at, w.heap[i].key = w.heap[i + 1].at, w.heap[i + 1].key
