"""The client's side of a request: attempts, deadlines, retries and their budget, hedges, the breaker, the fallback."""

from __future__ import annotations

from simulator.serving.kernel.breaker import admits, learn
from simulator.serving.kernel.calendar import push, push_later
from simulator.serving.kernel.codes import (
    ABANDONED,
    CHILD_BITS,
    COPY,
    COPY_BITS,
    KIND_SHIFT,
    LOST,
    NEVER,
    NONE,
    RETRY,
    ROUTE_ABANDONED,
    ROUTE_FALLBACK,
    ROUTE_LOST,
    ROUTE_SHED,
    ROUTE_TIMEOUT,
    SHED,
    TIMEOUT,
)
from simulator.serving.kernel.luck import mixed, uniform
from simulator.serving.kernel.queues import take_job
from simulator.serving.kernel.records import World

__all__ = ["attempt", "backoff", "conclude", "end", "fail", "may_retry", "new_copy", "open_call", "plead", "spoken_of"]


def open_call(w: World, row: int) -> int:
    """Open the call of the request in *row*; return its handle, or -1 when it is turned away at the door.

    A request of class -1 is not asked at all: it is latent, or its customer has left.
    """
    s, client = w.sim[0], w.client[0]
    if s.classed == 1 and w.klass[row] < 0:
        return NONE
    k = s.free_call
    call = w.calls[k]
    s.free_call = call.next
    s.calls_left -= 1
    s.open += 1
    call.id, call.open, call.turn, call.copies, call.flying = row, 1, 0, 0, 0
    call.avoid, call.at = NONE, s.now
    call.klass = w.klass[row] if s.classed == 1 else 0
    shed = w.doors[call.klass].shed
    if shed > 0.0 and uniform(mixed(client.key, row), 0) < shed:
        s.refused += 1
        conclude(w, k, SHED)
        return NONE
    if client.budget >= 0.0:
        s.tokens = min(client.burst, s.tokens + client.budget)
    return int(k)


def spoken_of(w: World, k: int, key: int) -> bool:
    """Tell whether an event with *key* still means something to call *k*: the same request, in the same turn."""
    call = w.calls[k]
    turn = (key >> CHILD_BITS) & 255
    return (
        call.open == 1 and call.id == (key & ((1 << KIND_SHIFT) - 1)) >> (COPY_BITS + CHILD_BITS) and call.turn == turn
    )


def attempt(w: World, k: int) -> bool:
    """Begin an attempt: set its deadline and its hedge; False = the breaker is open."""
    s, client, call = w.sim[0], w.client[0], w.calls[k]
    if client.breaker == 1 and not admits(w, call.id):
        s.refused += 1
        conclude(w, k, SHED)
        return False
    w.tries[call.id] += 1
    ident = (call.id << (COPY_BITS + CHILD_BITS)) | (call.turn << CHILD_BITS)
    if client.timeout < NEVER:
        push_later(w, s.now + client.timeout, (TIMEOUT << KIND_SHIFT) | ident, k)
    if client.hedge < NEVER:
        push(w, s.now + client.hedge, (COPY << KIND_SHIFT) | ident, k)
    return True


def new_copy(w: World, k: int) -> int:
    """Make a copy of call *k* that is to walk the path; return its job."""
    call = w.calls[k]
    ident = (call.id << (COPY_BITS + CHILD_BITS)) | (call.copies << CHILD_BITS)
    h = take_job(w, ident, k, call.turn)
    job = w.jobs[h]
    job.klass, job.stage = call.klass, NONE
    job.size = w.size[call.id] if w.sim[0].sized == 1 else 1.0
    call.copies += 1
    call.flying += 1
    return h


def plead(w: World, k: int, why: int) -> None:
    """Take note that a copy of call *k* has failed; with the last one in flight the attempt fails."""
    call = w.calls[k]
    call.flying -= 1
    if call.flying == 0:
        fail(w, k, why)


def fail(w: World, k: int, why: int) -> None:
    """Let the attempt of call *k* fail: try again after a while, if that is allowed, or end."""
    s, call = w.sim[0], w.calls[k]
    learn(w, call.id, False)
    call.turn += 1
    call.flying = 0
    if why == ABANDONED or not may_retry(w, k):
        conclude(w, k, why)
        return
    s.retries += 1
    ident = (call.id << (COPY_BITS + CHILD_BITS)) | (call.turn << CHILD_BITS)
    push(w, s.now + backoff(w, k), (RETRY << KIND_SHIFT) | ident, k)


def may_retry(w: World, k: int) -> bool:
    """Tell whether call *k* may try again; a retry takes a token from the budget."""
    s, client = w.sim[0], w.client[0]
    if w.calls[k].turn > client.retries:
        return False
    if client.budget >= 0.0:
        if s.tokens < 1.0:
            return False
        s.tokens -= 1.0
    return True


def backoff(w: World, k: int) -> float:
    """Return how long call *k* waits before its next attempt: base * factor^(n-1) * (1 - jitter * luck) [s]."""
    client, call = w.client[0], w.calls[k]
    pause = client.base
    for _ in range(call.turn - 1):
        pause *= client.factor
    if client.jitter > 0.0 and pause > 0.0:
        pause *= 1.0 - client.jitter * uniform(mixed(client.key, call.id), call.turn)
    return float(pause)


def conclude(w: World, k: int, why: int) -> None:
    """End call *k* without an answer; whoever has a fallback takes it, unless the customer has gone."""
    route = ROUTE_TIMEOUT
    if why == ABANDONED:
        route = ROUTE_ABANDONED
    elif w.client[0].fallback == 1:
        route = ROUTE_FALLBACK
    elif why == SHED:
        route = ROUTE_SHED
    elif why == LOST:
        route = ROUTE_LOST
    end(w, k, route)


def end(w: World, k: int, route: int) -> None:
    """Close call *k* for good."""
    s, call = w.sim[0], w.calls[k]
    w.done[call.id], w.route[call.id] = s.now, route
    w.ended[s.ended] = call.id
    s.ended += 1
    s.open -= 1
    call.open, call.id = 0, NONE
    call.next = s.free_call
    s.free_call = k
    s.calls_left += 1
