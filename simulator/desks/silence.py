"""Labels of what was let through: a complaint tells of a positive when it comes, silence in time of a negative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.learning.pipeline import Sample
from simulator.system import Ended, System

__all__ = ["Silence"]


@dataclass(frozen=True)
class Silence:
    """Whose silence is believed, and when."""

    system: System
    passed: int
    """the result of what was let through: nothing else is ever complained of"""
    judged: Sequence[int]
    """the actions by which people say what a request was"""
    maturity: float
    """how long after it was asked silence about a request means a negative [s]"""
    window: float
    """what a training job looks back on, of what has matured [s]"""
    half_life: float
    """of a row's weight in training [s]"""

    def owe(self, ended: Ended, *, online: bool) -> None:
        """Promise the complaints about those of *ended* that passed; the silence of the others only to who learns
        *online*, since a training job counts it by itself."""
        passed = ended.result == self.passed
        ids, at = ended.id[passed], ended.at[passed]
        truths, labels = self.system.tape.truths, self.system.labels
        positive, told = truths.label[ids], np.maximum(truths.known_at[ids], at)
        labels.owe(ids[positive], np.ones(positive.sum(), np.int64), told[positive])
        if online:
            matured = np.maximum(self.system.tape.requests.at[ids] + self.maturity, at)
            quiet = told > matured  # who has been complained of by then did not keep quiet
            labels.owe(ids[quiet], np.zeros(quiet.sum(), np.int64), matured[quiet])

    def sample(self, at: float) -> Sample:
        """Collect what a training job may use at time *at* [s]: what passed and has matured, where a complaint so far
        means a positive and none a negative, and what people have judged, however young.

        What is chosen by its score biases no model of P(positive | features).
        """
        requests, outcomes, known = self.system.tape.requests, self.system.outcomes, self.system.labels.known.label
        matured_at = at - self.maturity
        ids = np.arange(*np.searchsorted(requests.at, [matured_at - self.window, at]))
        matured = (outcomes.result[ids] == self.passed) & (requests.at[ids] <= matured_at)
        judged = np.isin(outcomes.action[ids], self.judged) & (known[ids] >= 0)
        ids = ids[matured | judged]
        weight = 0.5 ** ((at - requests.at[ids]) / self.half_life)
        return Sample(requests.X[ids], (known[ids] == 1).astype(np.float64), weight)
