"""A desk that answers at once: whoever scores high enough is acted on, and every label comes in its time."""

from __future__ import annotations

import numpy as np

from simulator.books.requests import Requests, Truths
from simulator.serving.pool import ROUTES
from simulator.system import Decided, Ended, Scored, Served, System

__all__ = ["AtOnce"]


class AtOnce:
    """Parts of *system* for a case to wire: who scores *line* or more is acted on.

    *results*: those of who was left alone, and of who was acted on.
    """

    def __init__(self, system: System, line: float, results: tuple[int, int]) -> None:
        self._system, self._line, self._results = system, line, results

    @property
    def _truths(self) -> Truths:
        return self._system.tape.truths

    def take_over(self) -> None:
        """Owe the labels of those who came before take-off; all of them were left alone."""
        book, at = self._system.outcomes, self._system.tape.requests.at
        past = np.arange(self._system.tape.start)
        book.result[past], book.done_at[past] = self._results[0], at[past]
        self.owe(Ended(past, at[past], book.result[past]))

    def serve(self, requests: Requests, scored: Scored, until: float) -> Served:
        """Answer at once: nobody waits for a score."""
        return Served(np.zeros(len(requests)), np.full(len(requests), ROUTES.index("model")))

    def decide(self, requests: Requests, scored: Scored, served: Served) -> Decided:
        """Act (1) where the score reaches the line."""
        return Decided((scored.score >= self._line).astype(np.int64), np.ones(len(requests)))

    def respond(self, requests: Requests, decided: Decided, until: float) -> Ended:
        """End each request on the spot."""
        alone, acted = self._results
        return Ended(requests.id, requests.at, np.where(decided.action == 1, acted, alone))

    def owe(self, ended: Ended) -> None:
        """Promise the label of everybody, acted on or not, when it comes to light by itself."""
        ids = ended.id
        self._system.labels.owe(ids, self._truths.label[ids].astype(np.int64), self._truths.known_at[ids])
