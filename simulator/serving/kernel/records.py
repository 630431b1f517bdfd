"""What the event loop remembers: rows with named fields, as numpy records for numba and as slotted objects without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "CALL",
    "CLIENT",
    "DOOR",
    "HEAP",
    "JOB",
    "LINE",
    "NODE",
    "REPLICA",
    "SIM",
    "STAGE",
    "VISIT",
    "World",
    "columns",
    "rows",
]

_Fields = Mapping[str, str]

SIM: _Fields = {
    "now": "f8",
    "next": "i8",  # row of the next request to arrive
    "last": "i8",  # one behind the last row that may arrive
    "rows": "i8",  # requests in all
    "stages": "i8",
    "classed": "i8",  # 1 when requests have classes
    "sized": "i8",  # 1 when requests have sizes
    "log_room": "i8",  # visits that can be kept; 0 = none are
    "job_rows": "i8",
    "heap": "i8",  # events in the calendar's heap
    "later": "i8",  # events in the queue beside it
    "lane": "i8",  # row of the first of these
    "key": "i8",  # the event that happens now
    "handle": "i8",
    "free_job": "i8",
    "free_call": "i8",
    "jobs_left": "i8",
    "calls_left": "i8",
    "room": "i8",  # events that the calendar can hold
    "margin": "i8",  # rows that one event may use up
    "splits": "i8",  # how often a job was split into copies
    "ended": "i8",
    "open": "i8",
    "logged": "i8",
    "answered": "i8",
    "retries": "i8",
    "hedges": "i8",
    "timeouts": "i8",
    "refused": "i8",  # attempts that the breaker or the door turned away
    "tokens": "f8",  # of the retry budget
    "opened_until": "f8",  # breaker: closed when 0
    "trial": "i8",  # breaker: 1 + the request whose attempt is on trial; 0 = none is
    "window_from": "f8",
    "calls": "i8",  # breaker: attempts that came to an end in the window
    "bad": "i8",
    "guard": "i8",  # 1 when a stage has just passed its watermark
}
CLIENT: _Fields = {
    "key": "i8",
    "timeout": "f8",
    "retries": "i8",
    "base": "f8",
    "factor": "f8",
    "jitter": "f8",
    "budget": "f8",  # tokens that a first attempt earns; negative = no limit
    "burst": "f8",
    "hedge": "f8",
    "fallback": "i8",
    "window": "f8",
    "least": "i8",
    "share": "f8",
    "cool": "f8",
    "breaker": "i8",
}
DOOR: _Fields = {"shed": "f8"}
STAGE: _Fields = {
    "kind": "i8",
    "key": "i8",
    "share": "f8",
    "first": "i8",  # row of its first replica
    "most": "i8",  # replica rows
    "up": "i8",  # how many accept work
    "balance": "i8",
    "discipline": "i8",
    "classes": "i8",
    "limit": "i8",
    "batch": "i8",
    "linger": "f8",
    "law": "i8",
    "a": "f8",
    "b": "f8",
    "c": "f8",
    "given": "i8",  # 1 = first attempts take their draws from the table of given ones
    "per_item": "f8",
    "patience_law": "i8",  # -1 = everybody waits
    "patience_a": "f8",
    "patience_b": "f8",
    "patience_c": "f8",
    "setup_law": "i8",  # -1 = none
    "setup_a": "f8",
    "setup_b": "f8",
    "setup_c": "f8",
    "keep": "f8",
    "drop": "i8",
    "fanout": "i8",
    "need": "i8",
    "hedge": "f8",
    "paused": "i8",
    "guard": "i8",
    "turn": "i8",
    "policy": "i8",
    "on_hit": "i8",
    "ttl": "f8",
    "renew": "i8",
    "size": "i8",
    "held": "i8",
    "head": "i8",
    "tail": "i8",
    "spare": "i8",
    "node": "i8",  # row of its first cache node
    "where": "i8",  # row of its first key
    "items": "i8",
    "popular": "i8",  # row of its table of popularity
    "miss_law": "i8",
    "miss_a": "f8",
    "miss_b": "f8",
    "miss_c": "f8",
    "arrivals": "i8",
    "started": "i8",
    "served": "i8",
    "batches": "i8",
    "shed": "i8",
    "dropped": "i8",
    "abandoned": "i8",
    "lost": "i8",
    "hedges": "i8",
    "colds": "i8",
    "hits": "i8",
    "misses": "i8",
    "waiting": "i8",
    "inside": "i8",
    "busy": "i8",
    "waited": "f8",  # integral of `waiting` [request seconds]
    "stayed": "f8",  # integral of `inside`
    "worked": "f8",  # integral of `busy` [slot seconds]
    "seen": "f8",  # up to when they are integrated
}
REPLICA: _Fields = {
    "stage": "i8",
    "up": "i8",
    "slots": "i8",
    "busy": "i8",
    "waiting": "i8",
    "line": "i8",  # row of its first line; one a class, and one for what is being served
    "slow": "f8",
    "armed": "f8",  # when its batch timer rings
    "due": "f8",  # when the next of its shared jobs is done
    "virtual": "f8",  # service that each shared job has received
    "updated": "f8",
    "idle": "i8",  # row of its first idle slot
    "rest": "i8",  # how many slots have a moment on the stack of idle ones
    "laid": "i8",  # how many it has room for, once slots are changed; 0 = as many as there are slots
}
LINE: _Fields = {"first": "i8", "last": "i8"}
JOB: _Fields = {
    "ident": "i8",  # request, copy and child in one number
    "call": "i8",
    "turn": "i8",
    "stage": "i8",
    "state": "i8",
    "next": "i8",
    "prev": "i8",
    "replica": "i8",
    "parent": "i8",
    "mark": "i8",
    "need": "i8",
    "flying": "i8",
    "children": "i8",
    "first": "i8",  # replica of its first child
    "klass": "i8",
    "members": "i8",
    "missed": "i8",
    "cached": "i8",
    "size": "f8",
    "entered": "f8",
    "started": "f8",
    "due": "f8",
    "left": "f8",
}
CALL: _Fields = {
    "id": "i8",
    "open": "i8",
    "turn": "i8",
    "copies": "i8",
    "flying": "i8",
    "why": "i8",
    "klass": "i8",
    "avoid": "i8",
    "next": "i8",
    "at": "f8",
}
NODE: _Fields = {"item": "i8", "next": "i8", "prev": "i8"}
VISIT: _Fields = {
    "ident": "i8",
    "stage": "i8",
    "klass": "i8",
    "outcome": "i8",
    "entered": "f8",
    "started": "f8",
    "done": "f8",
}
HEAP: _Fields = {"at": "f8", "key": "i8", "handle": "i8"}


class World(NamedTuple):
    """Everything the loop reads and writes; arrays for numba, lists without it."""

    sim: Any
    client: Any
    doors: Any
    """one per class"""
    stages: Any
    replicas: Any
    lines: Any
    jobs: Any
    victims: Any
    """room for the handles of jobs that are lost together"""
    calls: Any
    heap: Any
    lane: Any
    nodes: Any
    where: Any
    """(cache, item) -> node, or -1"""
    expiry: Any
    """(cache, item) -> until when a TTL cache holds it [s]"""
    up: Any
    """per stage, the rows of the replicas that accept work, ascending"""
    idle: Any
    """since when slots are idle [s], latest last"""
    tables: Any
    """quantiles of empirical laws, cumulated popularity of items"""
    at: Any
    """(n,) when requests arrive [s]"""
    klass: Any
    """(n,) or empty"""
    size: Any
    """(n,) items a request brings, or empty"""
    given: Any
    """(stages * n,) draws given from outside, or empty"""
    done: Any
    """(n,) when requests ended [s]"""
    route: Any
    """(n,) how"""
    tries: Any
    """(n,) attempts made"""
    ended: Any
    """(n,) rows in the order of their end, or empty"""
    visits: Any
    """visits to stages that are over, to be fetched; may be empty"""


def columns(fields: _Fields, size: int) -> Any:
    """Return *size* zeroed records with *fields* for numba; a view gives access by attribute in Python, too."""
    return np.zeros(size, np.dtype(list(fields.items()), align=True)).view(np.recarray)


def rows(fields: _Fields, size: int) -> list[Any]:
    """Return *size* zeroed objects with *fields* for plain Python."""
    kind = type("Row", (), {"__slots__": tuple(fields)})
    return [_zeroed(kind(), fields) for _ in range(size)]


def _zeroed(row: Any, fields: _Fields) -> Any:
    for name, code in fields.items():
        setattr(row, name, 0 if code == "i8" else 0.0)
    return row
