"""People who judge what a model scored, and err: their verdicts, and how far those surprise whoever believed it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.learning.monitors import Surprise
from simulator.units import Floats

__all__ = ["Judges", "Verdicts"]


@dataclass(frozen=True)
class Judges:
    """How well they judge."""

    sensitivity: float
    """share of the positives that they recognise"""
    specificity: float
    """share of the negatives that they recognise"""

    def says(self, label: bool, luck: float) -> bool:
        """Return the verdict on a request with the true *label*; *luck* is a uniform that belongs to it."""
        return luck < self.sensitivity if label else luck >= self.specificity

    def expected(self, p: float) -> float:
        """Return the probability of the verdict "positive" where P(label = 1) is *p*."""
        return p * self.sensitivity + (1 - p) * (1 - self.specificity)


class Verdicts:
    """What the *judges* said since it was last asked for; it is held against the scores over *last* verdicts."""

    def __init__(self, judges: Judges, last: int) -> None:
        self.judges, self.surprise = judges, Surprise(last)
        self.fresh: list[tuple[int, int, float]] = []
        """(request, verdict, at [s]) in order of time"""

    def judge(self, id: int, label: bool, luck: float, at: float) -> bool:
        """Return the verdict on request *id*, given at time *at* [s]."""
        verdict = self.judges.says(label, luck)
        self.fresh.append((id, int(verdict), at))
        return verdict

    def take(self, scores: Floats) -> None:
        """Hold the fresh verdicts against the *scores* (n,) of all requests; they are fresh no more."""
        for id, verdict, _ in self.fresh:
            self.surprise.see(self.judges.expected(float(scores[id])), verdict)
        self.fresh.clear()
