"""A desk of human reviewers as a queue: who waits, who is read when, and what goes stale before anyone looks."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from heapq import heappop, heappush
from operator import itemgetter
from typing import Literal, NamedTuple

from simulator.errors import BadInput, BrokenInvariant, unknown

__all__ = ["DISCIPLINES", "Desk", "Review"]

DISCIPLINES = ("fifo", "priority")


class Review(NamedTuple):
    """How one item left the desk."""

    id: int
    asked: float
    """[s]"""
    started: float
    """[s]; inf = nobody ever started it"""
    done: float
    """[s]; for an expired item, when it had waited long enough"""
    outcome: Literal["reviewed", "expired"]


class Desk:
    """Reviewers who take one item each, never put it down half read, and go home only after it.

    *hold* [s] is how long an item may wait: one that has waited longer is dropped as `expired`; being started at
    exactly *hold* still counts. *discipline* `fifo` takes the oldest first, `priority` the highest priority; ties
    go by (asked, id). At one instant the order is: staff changes, endings of reviews, expiries, new items.
    So control (`staff`) at a time has to come before data (`submit`) of that time; BrokenInvariant otherwise.
    """

    def __init__(self, hold: float = math.inf, discipline: str = "fifo") -> None:
        if not hold >= 0:
            raise BadInput(f"hold {hold} is not a waiting time; it must be 0 s or more")
        if discipline not in DISCIPLINES:
            raise unknown("discipline", discipline, DISCIPLINES)
        self._hold, self._ranked = hold, discipline == "priority"
        self._present = 0
        self._bound = -math.inf  # everything before it has been handled
        self._asked = -math.inf
        self._line: list[tuple[float, float, int, float]] = []  # rank, asked, id, work; may hold expired items
        self._waiting: dict[int, float] = {}  # id -> when it was asked
        self._ages: deque[int] = deque()  # ids as they came, where items can expire; may hold started ones
        self._busy: list[tuple[float, int, float, float]] = []  # done, id, asked, started
        self._ended: list[Review] = []
        self._seen: set[int] = set()
        self._left = 0

    @property
    def waiting(self) -> int:
        """How many items wait."""
        return len(self._waiting)

    @property
    def busy(self) -> int:
        """How many analysts are reading; more than `present` while some finish after their shift."""
        return len(self._busy)

    @property
    def present(self) -> int:
        """How many analysts are on shift."""
        return self._present

    def staff(self, at: float, n: int) -> None:
        """Let *n* analysts be on shift from time *at* [s]; whoever goes home first finishes the item in hand."""
        if n < 0:
            raise BadInput(f"{n} analysts cannot be present; it must be 0 or more")
        self._reach(at)
        self._present = n
        self._take(at)

    def meet(self, at: float) -> None:
        """Bring the desk to where an item that comes at time *at* [s] finds it, so that a rule may look first."""
        self._reach(math.nextafter(at, math.inf))

    def submit(self, id: int, at: float, work_seconds: float, priority: float = 0.0) -> None:
        """Hand in item *id* at time *at* [s], which takes *work_seconds* to read; times may not decrease."""
        self.meet(at)
        if id in self._seen:
            raise BrokenInvariant(f"item {id} came to the desk twice, the second time at {at} s")
        if not (at < math.inf and 0 <= work_seconds < math.inf) or math.isnan(priority):
            raise BadInput(f"item {id} at {at} s has work {work_seconds} s and priority {priority}")
        self._seen.add(id)
        self._asked = at
        self._waiting[id] = at
        heappush(self._line, (-priority if self._ranked else 0.0, at, id, work_seconds))
        if self._hold < math.inf:
            self._ages.append(id)
        if len(self._busy) < self._present:
            self._take(at)

    def advance(self, until: float) -> list[Review]:
        """Return what ended before *until* [s] and was not returned yet, in order of (done, id).

        BrokenInvariant when *until* lies before the last item, or when an item was lost.
        """
        if until < self._asked:
            raise BrokenInvariant(f"the desk was asked for {until} s after an item at {self._asked} s")
        self._reach(max(until, self._bound))
        self._balance(until)
        self._ended.sort(key=itemgetter(3, 0))
        cut = bisect_left(self._ended, until, key=itemgetter(3))
        ready, self._ended = self._ended[:cut], self._ended[cut:]
        return ready

    def _reach(self, bound: float) -> None:
        """Handle every ending before *bound*; a review that ends as another expires is first to end."""
        if not bound >= self._bound:
            raise BrokenInvariant(f"the desk stands at {self._bound} s and was asked for {bound} s")
        self._bound = bound
        busy = self._busy
        while True:
            over = self._next_expiry()
            if busy and busy[0][0] <= over:
                if busy[0][0] >= bound:
                    return
                self._finish()
            elif over < bound:
                self._expire(over)
            else:
                return

    def _finish(self) -> None:
        done, id, asked, started = heappop(self._busy)
        self._ended.append(Review(id, asked, started, done, "reviewed"))
        self._left += 1
        if self._waiting:
            self._take(done)

    def _take(self, at: float) -> None:
        """Give every free analyst the next item, at time *at*."""
        while self._waiting and len(self._busy) < self._present:
            _, asked, id, work = heappop(self._line)
            if self._waiting.pop(id, None) is not None:  # else it has expired
                self._start(id, asked, at, work)

    def _start(self, id: int, asked: float, at: float, work: float) -> None:
        heappush(self._busy, (at + work, id, asked, at))
        if len(self._busy) > self._present or not asked <= at <= asked + self._hold:
            raise BrokenInvariant(f"item {id} of {asked} s was started at {at} s with nobody free, or too late")

    def _next_expiry(self) -> float:
        ages = self._ages
        while ages and ages[0] not in self._waiting:
            ages.popleft()
        return self._waiting[ages[0]] + self._hold if ages else math.inf

    def _expire(self, over: float) -> None:
        id = self._ages.popleft()
        self._ended.append(Review(id, self._waiting.pop(id), math.inf, over, "expired"))
        self._left += 1

    def _balance(self, at: float) -> None:
        if len(self._seen) != self._left + len(self._waiting) + len(self._busy):
            raise BrokenInvariant(f"the desk lost an item before {at} s: {len(self._seen)} came")
