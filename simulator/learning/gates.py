"""What a new version has to pass before it serves anybody."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from simulator.errors import BadInput
from simulator.learning.metrics import log_loss
from simulator.learning.pipeline import Sample
from simulator.learning.scores import Scorer

__all__ = ["Candidate", "ChampionChallenger", "DataChecks", "Gate", "Ruling", "every", "passed"]


@dataclass(frozen=True)
class Ruling:
    """What was found, in words and figures."""

    passed: bool
    why: str
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A version at the gate: its score, the live one's, and labelled rows to judge by."""

    score: Scorer
    live: Scorer
    check: Sample
    """rows that it was not fitted on, with the labels as they were known when its data were cut"""
    sample: Sample
    """all rows of its window"""


Gate = Callable[[Candidate], Ruling]


def passed(candidate: Candidate) -> Ruling:
    """Let everything through."""
    return Ruling(True, "there is no gate")


@dataclass(frozen=True)
class ChampionChallenger:
    """The new version must have a lower log loss than the live one on the same held-out rows, by *margin* [nats].

    Both are judged by the labels as known then: where those are poisoned, the poisoned version wins.
    """

    margin: float = 0.0
    least: int = 100
    """rows without which nothing can be judged, and nothing passes"""

    def __post_init__(self) -> None:
        if self.least < 1 or not math.isfinite(self.margin):
            raise BadInput(f"a gate needs at least 1 row and a finite margin, not {self.least} and {self.margin}")

    def __call__(self, candidate: Candidate) -> Ruling:
        """Judge *candidate*."""
        check = candidate.check
        if len(check) < self.least:
            return Ruling(False, f"{len(check)} rows with labels are too few to judge by", {"rows": len(check)})
        new, old = (log_loss(score(check.X), check.y, check.weight) for score in (candidate.score, candidate.live))
        facts = {"challenger": new, "champion": old, "rows": float(len(check))}
        return Ruling(new + self.margin <= old, f"log loss {new:.4f} against {old:.4f} of the live version", facts)


@dataclass(frozen=True)
class DataChecks:
    """The window's labels and features must look as usual before anything is learned from them.

    The share of positives must lie between *low* and *high* times *usual*, and at most *missing* of the features'
    values may be missing.
    """

    usual: float
    low: float = 0.7
    high: float = 1.5
    missing: float = 0.05

    def __call__(self, candidate: Candidate) -> Ruling:
        """Judge the window of *candidate*."""
        sample = candidate.sample
        if not len(sample):
            return Ruling(False, "the window holds no labelled rows")
        rate = float(np.average(sample.y, weights=sample.weight))
        blank = float(np.isnan(sample.X).mean())
        facts = {"positives": rate, "usual": self.usual, "missing": blank}
        if not self.low * self.usual <= rate <= self.high * self.usual:
            return Ruling(False, f"{rate:.1%} of the window's labels are positive, usual are {self.usual:.1%}", facts)
        if blank > self.missing:
            return Ruling(False, f"{blank:.1%} of the window's features are missing", facts)
        return Ruling(True, "the window looks as usual", facts)


def every(*gates: Gate) -> Gate:
    """Make a gate of several: the first that refuses has the word."""

    def gate(candidate: Candidate) -> Ruling:
        rulings = [one(candidate) for one in gates]
        return next((ruling for ruling in rulings if not ruling.passed), rulings[-1])

    return gate
