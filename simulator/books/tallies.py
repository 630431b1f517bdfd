"""Tallies of closed books: who really asked, how often something was posted, how long those sent on had to wait."""

from __future__ import annotations

import numpy as np

from simulator.books.ledger import Ledger
from simulator.books.requests import ABSENT, Outcomes, Requests
from simulator.units import Ints

__all__ = ["counted", "flown", "late"]


def counted(ledger: Ledger, **causes: str) -> dict[str, float]:
    """Return, by the name given to each of the *causes*, how many postings were made because of it."""
    return {name: float(ledger.caused_by(cause).sum()) for name, cause in causes.items()}


def late(requests: Requests, outcomes: Outcomes, sent: Ints, route: int) -> tuple[float, float]:
    """Return the share of the requests *sent* on that ended on *route*, and the 95th percentile of how long they
    took to an end [s]; 0 and 0 where none was sent."""
    if not len(sent):
        return 0.0, 0.0
    took = outcomes.done_at[sent] - requests.at[sent]
    return float((outcomes.route[sent] == route).mean()), float(np.quantile(took, 0.95))


def flown(requests: Requests, outcomes: Outcomes, until: float) -> Ints:
    """Return the requests that were really asked in the flight, before *until* [s]."""
    return np.flatnonzero((outcomes.result != ABSENT) & (requests.at >= 0) & (requests.at < until))
