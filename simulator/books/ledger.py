"""Money, posted once with an account and a cause; every business number is a sum of these postings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.errors import BrokenInvariant
from simulator.units import Floats, Ints, Mask

__all__ = ["CLOSE", "Ledger", "Postings"]

CLOSE = "close"
"""cause of the postings that settle at the horizon what is still pending"""


@dataclass(frozen=True, slots=True)
class Postings:
    """n postings as columns."""

    at: Floats
    """(n,) time [s]"""
    account: Ints
    """(n,) index into the ledger's accounts"""
    cause: Ints
    """(n,) index into the ledger's causes"""
    amount: Ints
    """(n,) [µ$], positive = earned"""
    request: Ints
    """(n,) the request it is for; -1 = none"""


class Ledger:
    """The money book of one run, in integer micro-dollars."""

    def __init__(self) -> None:
        self.accounts: list[str] = []
        self.causes: list[str] = []
        nothing = np.empty(0, dtype=np.int64)
        self._chunks = [Postings(np.empty(0), nothing, nothing, nothing, nothing)]
        self._totals: dict[str, int] = {}
        self._closed = False
        self.latest = -np.inf
        """the latest time that was posted for [s]"""

    def post(
        self, account: str, cause: str, at: npt.ArrayLike, amount: npt.ArrayLike, request: npt.ArrayLike = -1
    ) -> None:
        """Post *amount* [µ$] to *account* at time *at* [s] because of *cause*; arrays post a row each.

        Raises BrokenInvariant when the book is closed, a time is not finite or an amount is not an integer.
        """
        amounts = np.atleast_1d(np.asarray(amount))
        if not amounts.size:
            return
        times = np.full(amounts.shape, at, dtype=np.float64)  # a copy: what is posted leads back to nothing else
        self._refuse(account, amounts, times)
        self.latest = max(self.latest, float(times.max()))
        self._totals[account] = self._totals.get(account, 0) + int(amounts.sum())
        n = len(amounts)
        self._chunks.append(
            Postings(
                at=times,
                account=np.full(n, _code(self.accounts, account)),
                cause=np.full(n, _code(self.causes, cause)),
                amount=amounts.astype(np.int64),
                request=np.full(n, request, dtype=np.int64),
            )
        )

    def _refuse(self, account: str, amounts: npt.NDArray[np.generic], times: Floats) -> None:
        if self._closed:
            raise BrokenInvariant(f"posting to {account} after the books were closed")
        if (amounts.size and amounts.dtype.kind != "i") or not np.isfinite(times).all():
            raise BrokenInvariant(f"posting to {account} with a broken amount or time")

    def total(self, account: str | None = None) -> int:
        """Return the sum of all postings [µ$], or of those to one *account*, as booked so far."""
        return sum(self._totals.values()) if account is None else self._totals.get(account, 0)

    def by_account(self) -> dict[str, int]:
        """Return account -> sum [µ$], in the order in which the accounts were first used."""
        return dict(self._totals)

    def close(self) -> None:
        """Take no more postings; check that the rows add up to the running totals."""
        self._closed = True
        if int(self.postings().amount.sum()) != self.total():
            raise BrokenInvariant("the ledger does not balance")
        for name in Postings.__slots__:
            getattr(self.postings(), name).setflags(write=False)

    def postings(self) -> Postings:
        """Return all postings in the order they were made."""
        if len(self._chunks) > 1:
            names = Postings.__slots__
            columns = (np.concatenate([getattr(chunk, name) for chunk in self._chunks]) for name in names)
            self._chunks = [Postings(*columns)]
        return self._chunks[0]

    def caused_by(self, cause: str) -> Mask:
        """Return a mask over the postings made because of *cause*."""
        return _is(self.postings().cause, self.causes, cause)

    def posted_to(self, account: str) -> Mask:
        """Return a mask over the postings to *account*."""
        return _is(self.postings().account, self.accounts, account)


def _is(codes: Ints, names: list[str], name: str) -> Mask:
    same: Mask = codes == (names.index(name) if name in names else -1)
    return same


def _code(names: list[str], name: str) -> int:
    if name not in names:
        names.append(name)
    return names.index(name)
