"""One request followed through the system, as far as it has come."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.case import Case
from simulator.errors import BadInput, shown, unknown
from simulator.evidence.asof import posted_by, visited_by
from simulator.evidence.plain import Plain, named, number
from simulator.evidence.seen import Seen, seen, window_of
from simulator.run import Run
from simulator.serving.pool import ROUTES
from simulator.streams import uniform
from simulator.units import Ints, dollars

__all__ = ["Money", "Request", "Visit", "inspect"]

_CHOICES = ("latest", "slowest", "riskiest", "dearest", "random:N")
_MOST = 20  # features shown


@dataclass(frozen=True)
class Visit:
    """A visit to a stage, in seconds after the request was asked."""

    stage: str
    entered: float
    started: Plain
    """None = work on it never began"""
    done: float


@dataclass(frozen=True)
class Money:
    """A posting for the request."""

    at: float
    """[s]"""
    account: str
    cause: str
    dollars: float


@dataclass(frozen=True)
class Request:
    """What is known of one request."""

    id: int
    at: float
    """time of asking [s]"""
    value: float
    """what is at stake [$]"""
    segment: str
    score: Plain
    version: int
    action: str | None
    """None = not answered yet; so with the three that follow"""
    acted: bool | None
    propensity: Plain
    latency: Plain
    """[s]"""
    route: str | None
    """None = not ended yet; so with the two that follow"""
    result: str | None
    done_at: Plain
    """[s]"""
    label: int | None
    """None = it has not come to light"""
    landed_at: Plain
    """[s]"""
    features: tuple[tuple[str, Plain], ...]
    visits: tuple[Visit, ...]
    postings: tuple[Money, ...]


def inspect(
    case: Case, run: Run, at: float, which: int | str = "latest", window: float | None = None
) -> Request | None:
    """Return what is known at *at* [s] of a request: its id, or `latest`, `slowest`, `riskiest`, `dearest`, `random:N`.

    The last four choose among the requests of the last *window* [s]; N picks another one for each number. None where
    there is no such request, or it has not been asked yet.
    """
    now = seen(case, run, at)
    rows = _chosen(now, which, now.now - window_of(case, window))
    if not len(rows):
        return None
    one, heard = now.rows(rows[:1]), seen(case, run, at, math.inf)
    came = heard.rows(np.flatnonzero(heard.id == one.id[0]))
    return _shown(case, run, came if came.label[0] >= 0 else one)


def _chosen(now: Seen, which: int | str, since: float) -> Ints:
    """Return the rows that answer to *which*, the first of them first."""
    if isinstance(which, int) or which.isdecimal():
        return np.flatnonzero(now.id == int(which))
    if which == "latest":
        return np.arange(len(now))[::-1]
    late = np.flatnonzero(now.at >= since)
    if which.startswith("random:"):
        return _drawn(late, which)
    return _highest(now, which, since, late)


def _highest(now: Seen, which: str, since: float, late: Ints) -> Ints:
    ended = np.flatnonzero((now.done_at >= since) & np.isfinite(now.latency) & now.ended)
    columns = {"slowest": (now.latency, ended), "riskiest": (now.score, late), "dearest": (now.value, late)}
    if which not in columns:
        raise unknown("request", which, _CHOICES)
    values, rows = columns[which]
    rows = rows[np.isfinite(values[rows])]
    best: Ints = rows[np.argsort(-values[rows], kind="stable")[:1]]
    return best


def _drawn(rows: Ints, which: str) -> Ints:
    text = which.removeprefix("random:")
    if not text.isdecimal() or len(text) > 9:
        raise BadInput(f"{shown(which)} names no request; write random:1, random:2, ...")
    first = int(uniform(int(text), "inspect") * len(rows))
    return rows[first : first + 1]


def _shown(case: Case, run: Run, one: Seen) -> Request:
    id, board = int(one.id[0]), case.board
    ended, answered = bool(one.ended[0]), bool(np.isfinite(one.latency[0]))
    known = int(one.label[0]) >= 0
    return Request(
        id=id, at=float(one.at[0]), value=float(one.value[0]),
        segment=named(board.segments, int(one.segment[0]), "segment"),
        score=number(one.score[0]), version=int(one.version[0]),
        action=named(board.actions, int(one.action[0]), "action") if answered else None,
        acted=bool(one.acted[0]) if answered else None,
        propensity=number(one.propensity[0]) if answered else None,
        latency=number(one.latency[0]),
        route=named(ROUTES, int(one.route[0]), "route") if ended else None,
        result=named(board.results, int(one.result[0]), "result") if ended else None,
        done_at=number(one.done_at[0]),
        label=int(one.label[0]) if known else None, landed_at=number(one.landed_at[0]),
        features=_features(case, run, id), visits=_visits(run, id, one.now), postings=_postings(run, id, one.now),
    )  # fmt: skip


def _features(case: Case, run: Run, id: int) -> tuple[tuple[str, Plain], ...]:
    names, values = case.board.features, run.requests.X[id][:_MOST].tolist()
    return tuple((names[i] if i < len(names) else f"x{i}", number(value)) for i, value in enumerate(values))


def _visits(run: Run, id: int, now: float) -> tuple[Visit, ...]:
    book, asked = run.visits, float(run.requests.at[id])
    rows = np.flatnonzero(visited_by(book, now) & (book.id == id))
    rows = rows[np.argsort(book.entered[rows], kind="stable")]
    names = [book.stages[stage] for stage in book.stage[rows].tolist()]
    times = ((column[rows] - asked).tolist() for column in (book.entered, book.started, book.done))
    return tuple(Visit(name, e, number(s), d) for name, e, s, d in zip(names, *times, strict=True))


def _postings(run: Run, id: int, now: float) -> tuple[Money, ...]:
    ledger, book = run.ledger, run.ledger.postings()
    rows = np.flatnonzero(posted_by(ledger, now) & (book.request == id))
    rows = rows[np.argsort(book.at[rows], kind="stable")]
    names = ((ledger.accounts[book.account[row]], ledger.causes[book.cause[row]]) for row in rows.tolist())
    paid = dollars(book.amount[rows]).tolist()
    return tuple(Money(at, *name, usd) for at, name, usd in zip(book.at[rows].tolist(), names, paid, strict=True))
