"""What requests earned, by when they were asked and by who answered them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.books.ledger import Ledger
from simulator.units import DAY, Floats, Ints, dollars

__all__ = ["a_day", "each_of", "per_request"]


def per_request(ledger: Ledger, accounts: Sequence[str], size: int) -> Floats:
    """Return (size,) what each request brought on *accounts* [$]; what is posted to no request is nobody's."""
    book, worth = ledger.postings(), np.zeros(size)
    for account in accounts:
        mine = ledger.posted_to(account) & (book.request >= 0)
        np.add.at(worth, book.request[mine], book.amount[mine])
    found: Floats = dollars(worth)
    return found


def a_day(worth: Floats, asked: Floats, spans: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Return what the requests *asked* (n,) [s] in each of the *spans* (name -> from, up to [s]) brought [$ a day].

    A span of no length is left out.
    """
    found = {}
    for name, (start, end) in spans.items():
        if end > start:
            found[name] = float(worth[(asked >= start) & (asked < end)].sum()) / ((end - start) / DAY)
    return found


def each_of(worth: Floats, group: Ints, most: int) -> dict[int, float]:
    """Return what a request of each *group* (n,) brought on average [$], of the *most* groups with most requests."""
    numbers, counts = np.unique(group, return_counts=True)
    largest = np.sort(numbers[np.argsort(-counts, kind="stable")[:most]])
    return {int(number): float(worth[group == number].mean()) for number in largest}
