"""A simple pool of servers in front of the model: requests wait for a free one, first come first served."""

from __future__ import annotations

import heapq

import numpy as np

from simulator.units import Floats

__all__ = ["ROUTES", "Pool"]

ROUTES = ("none", "model", "fallback", "shed", "timeout", "cache", "lost", "abandoned")


class Pool:
    """*servers* identical servers, first come first served; carries its state from block to block."""

    def __init__(self, servers: int) -> None:
        self._free_at = [0.0] * servers

    def advance(self, at: Floats, work: Floats) -> Floats:
        """Serve requests that come at times *at* and take *work* seconds each; return their latency [s].

        *at*: (n,) not decreasing, and not before the times of the block before.
        """
        if self._never_waits(at, work):
            return self._idle(at, work)
        return np.array([self._serve(a, w) for a, w in zip(at.tolist(), work.tolist(), strict=True)])

    def _serve(self, at: float, work: float) -> float:
        done = max(at, self._free_at[0]) + work
        heapq.heapreplace(self._free_at, done)
        return done - at

    def _never_waits(self, at: Floats, work: Floats) -> bool:
        """Tell whether no request can meet a full pool: c requests later, the longest work is over."""
        if not len(at):
            return True
        c = len(self._free_at)
        return bool(at[0] >= max(self._free_at) and (at[c:] - at[:-c] >= work.max()).all())

    def _idle(self, at: Floats, work: Floats) -> Floats:
        done = at + work
        last = np.sort(done)[-len(self._free_at) :].tolist()
        self._free_at = sorted([*last, *self._free_at])[-len(self._free_at) :]
        return done - at
