"""What serving costs: replicas by the hour, requests by the piece, cold starts by the start; integer micro-dollars."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.units import HOUR, micro

__all__ = ["Meter", "Prices"]


@dataclass(frozen=True)
class Prices:
    """Prices [$]."""

    replica_hour: float = 0.0
    request: float = 0.0
    """of each piece of work that a pool begins: retries and hedges are paid like everything else"""
    cold_start: float = 0.0


class Meter:
    """Turns growing totals into what is due since the last reading; nothing is lost to rounding."""

    def __init__(self, prices: Prices) -> None:
        self.prices, self._billed = prices, 0

    def due(self, replica_seconds: float, requests: int = 0, cold_starts: int = 0) -> int:
        """Return what is due [µ$] now that so much was used *since the start*."""
        prices = self.prices
        usd = replica_seconds / HOUR * prices.replica_hour + requests * prices.request + cold_starts * prices.cold_start
        bill = micro(usd) - self._billed
        self._billed += bill
        return bill
