"""The calendar of the event loop: a binary heap of (time, key, handle), the same order with numba and without.

A key is unique among events that mean something, so the order is total: by time, kind of event, request, copy,
child - never by the order in which events were put on the calendar.
"""

from __future__ import annotations

import heapq
from typing import Any

from simulator.serving.kernel.records import World

__all__ = ["compiled_pop", "compiled_push", "pop", "push"]


def push(w: World, at: float, key: int, handle: int) -> None:
    """Put an event on the calendar (plain Python)."""
    heapq.heappush(w.heap, _Event((at, key, handle)))
    w.sim[0].heap += 1


def pop(w: World) -> None:
    """Take the first event off the calendar (plain Python)."""
    heapq.heappop(w.heap)
    w.sim[0].heap -= 1


class _Event(tuple[float, int, int]):
    """An event of plain Python: a tuple, so that it compares quickly, with the names that records have."""

    __slots__ = ()

    @property
    def at(self) -> float:
        return self[0]

    @property
    def key(self) -> int:
        return self[1]

    @property
    def handle(self) -> int:
        return self[2]


def compiled_push(w: Any, at: float, key: int, handle: int) -> None:
    """Put an event on the calendar (numba): sift up."""
    i = w.sim[0].heap
    w.sim[0].heap = i + 1
    while i > 0:
        above = w.heap[(i - 1) >> 1]
        if above.at < at or (above.at == at and above.key <= key):
            break
        w.heap[i].at, w.heap[i].key, w.heap[i].handle = above.at, above.key, above.handle
        i = (i - 1) >> 1
    w.heap[i].at, w.heap[i].key, w.heap[i].handle = at, key, handle


def compiled_pop(w: Any) -> None:
    """Take the first event off the calendar (numba): the last one sifts down from the top."""
    n = w.sim[0].heap - 1
    w.sim[0].heap = n
    at, key, handle = w.heap[n].at, w.heap[n].key, w.heap[n].handle
    i = 0
    while True:
        c = 2 * i + 1
        if c >= n:
            break
        if c + 1 < n:
            left, right = w.heap[c], w.heap[c + 1]
            if right.at < left.at or (right.at == left.at and right.key < left.key):
                c += 1
        below = w.heap[c]
        if at < below.at or (at == below.at and key <= below.key):
            break
        w.heap[i].at, w.heap[i].key, w.heap[i].handle = below.at, below.key, below.handle
        i = c
    w.heap[i].at, w.heap[i].key, w.heap[i].handle = at, key, handle
