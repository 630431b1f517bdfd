"""Figures that every case takes from its books: means of what there is, quantiles, what the close settled."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.books.ledger import CLOSE, Ledger
from simulator.books.requests import ABSENT, Outcomes, Requests
from simulator.units import DAY, Floats, Ints, dollars

__all__ = ["asked_between", "closed_share", "marked", "mean", "quantile", "worst_days"]


def mean(values: Any) -> float:
    """Return the mean of those of *values* (n,) that are known; NaN where none is."""
    known = _known(values)
    return float(known.mean()) if len(known) else math.nan


def quantile(values: Any, q: float) -> float:
    """Return what a share *q* of those of *values* (n,) that are known does not exceed; NaN where none is."""
    known = _known(values)
    return float(np.quantile(known, q)) if len(known) else math.nan


def _known(values: Any) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return given[~np.isnan(given)]


def marked(mark: Callable[[str, float], object], readings: dict[str, float]) -> dict[str, float]:
    """Call *mark(gauge, reading)* for each of the *readings*, in their order, and hand them on."""
    for gauge, reading in readings.items():
        mark(gauge, float(reading))
    return readings


def asked_between(requests: Requests, outcomes: Outcomes, start: float, end: float) -> Ints:
    """Return the ids of what was really asked from *start* up to *end* [s]."""
    ids: Ints = np.arange(*np.searchsorted(requests.at, [start, end]))
    here: Ints = ids[outcomes.result[ids] != ABSENT]
    return here


def closed_share(ledger: Ledger, *accounts: str) -> float:
    """Return the share of the money moved on *accounts* that was still to come and was settled at the end."""
    moved, mine = np.abs(ledger.postings().amount), np.zeros(len(ledger.postings().at), dtype=np.bool_)
    for account in accounts:
        mine |= ledger.posted_to(account)
    return float(moved[mine & ledger.caused_by(CLOSE)].sum() / max(1, moved[mine].sum()))


def worst_days(ledger: Ledger, accounts: tuple[str, ...], asked: Floats, ids: Ints, days: int) -> float:
    """Return the least that *days* days in a row earned on *accounts* [$], by the day of the request.

    *asked* (n,): when each request was asked [s]; *ids*: those that count.
    """
    book, worth = ledger.postings(), np.zeros(len(asked))
    for account in accounts:
        mine = ledger.posted_to(account)
        np.add.at(worth, book.request[mine], book.amount[mine])
    by_day = np.bincount((asked[ids] // DAY).astype(np.int64), weights=worth[ids])
    stretches = np.convolve(by_day, np.ones(days), "valid") if len(by_day) >= days else by_day
    return float(dollars(int(stretches.min())))
