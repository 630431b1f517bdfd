"""Posts money the way cases do: one amount for many requests, or an amount each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.books.ledger import Ledger

__all__ = ["poster"]


def poster(ledger: Ledger) -> Callable[..., None]:
    """Return post(account, cause, at [s], amount [µ$], ids = -1), where a single amount counts for each of the ids."""

    def post(account: str, cause: str, at: Any, amount: Any, ids: Any = -1) -> None:
        ledger.post(account, cause, at, np.broadcast_to(amount, np.shape(ids)), ids)

    return post
