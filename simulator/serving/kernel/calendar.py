"""The calendar of the event loop: events in the order (time, key), the same with numba and without.

A key is unique among events that mean something, so the order is total: by time, kind of event, request, copy,
child - never by the order in which events were put on the calendar. Events stand in a binary heap; deadlines, which
come in the order in which they are set, stand in a queue beside it (`push_later`), which is quicker.
"""

from __future__ import annotations

import heapq
from typing import Any

from simulator.serving.kernel.codes import NEVER
from simulator.serving.kernel.records import World

__all__ = [
    "compiled_pop",
    "compiled_push",
    "compiled_push_later",
    "compiled_soonest",
    "compiled_take",
    "pop",
    "push",
    "push_later",
    "soonest",
    "take",
]


def push(w: World, at: float, key: int, handle: int) -> None:
    """Put an event on the calendar (plain Python)."""
    heapq.heappush(w.heap, (at, key, handle))
    w.sim[0].heap += 1


def push_later(w: World, at: float, key: int, handle: int) -> None:
    """Put an event on the calendar that is, as a rule, later than all of its kind (plain Python)."""
    if w.lane and (at, key) < w.lane[-1]:
        push(w, at, key, handle)
        return
    w.lane.append((at, key, handle))
    w.sim[0].later += 1


def soonest(w: World) -> Any:
    """Return the time of the first event [s]; infinite when there is none (plain Python)."""
    at = w.heap[0][0] if w.heap else NEVER
    return w.lane[0][0] if w.lane and w.lane[0][0] < at else at


def take(w: World) -> None:
    """Take the first event off the calendar: it becomes now (plain Python)."""
    s = w.sim[0]
    if w.lane and (not w.heap or w.lane[0] < w.heap[0]):
        s.now, s.key, s.handle = w.lane.popleft()
        s.later -= 1
    else:
        s.now, s.key, s.handle = heapq.heappop(w.heap)
        s.heap -= 1


def pop(w: World) -> None:
    """Take the first event off the heap (plain Python)."""
    heapq.heappop(w.heap)
    w.sim[0].heap -= 1


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


def compiled_push_later(w: Any, at: float, key: int, handle: int) -> None:
    """Put an event on the calendar that is, as a rule, later than all of its kind (numba): a ring."""
    s = w.sim[0]
    end = s.lane + s.later
    if s.later > 0:
        last = w.lane[end - 1 - (s.room if end > s.room else 0)]
        if at < last.at or (at == last.at and key < last.key):
            compiled_push(w, at, key, handle)
            return
    place = end - (s.room if end >= s.room else 0)
    w.lane[place].at, w.lane[place].key, w.lane[place].handle = at, key, handle
    s.later += 1


def compiled_soonest(w: Any) -> Any:
    """Return the time of the first event [s]; infinite when there is none (numba)."""
    s = w.sim[0]
    at = w.heap[0].at if s.heap > 0 else NEVER
    return min(at, w.lane[s.lane].at) if s.later > 0 else at


def compiled_take(w: Any) -> None:
    """Take the first event off the calendar: it becomes now (numba)."""
    s = w.sim[0]
    if s.later > 0:
        first, top = w.lane[s.lane], w.heap[0]
        if s.heap == 0 or first.at < top.at or (first.at == top.at and first.key < top.key):
            s.now, s.key, s.handle = first.at, first.key, first.handle
            s.later -= 1
            s.lane = 0 if s.lane + 1 == s.room else s.lane + 1
            return
    s.now, s.key, s.handle = w.heap[0].at, w.heap[0].key, w.heap[0].handle
    compiled_pop(w)


def compiled_pop(w: Any) -> None:
    """Take the first event off the heap (numba): the last one sifts down from the top."""
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
