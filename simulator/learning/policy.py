"""From scores to actions: how far a request is over the line, what a mistake would cost, and who is worth a look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.units import Floats, Ints

__all__ = [
    "ACTIONS",
    "APPROVE",
    "AUDIT",
    "BLOCK",
    "CHALLENGE",
    "REVIEW",
    "Costs",
    "Triage",
    "cut_for_share",
    "regret",
    "risk_over_costs",
    "risk_over_line",
]

ACTIONS = ("approve", "challenge", "review", "block", "audit")
APPROVE, CHALLENGE, REVIEW, BLOCK, AUDIT = range(len(ACTIONS))

Costs = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]
"""value [$] -> cost of a false alarm [$], and value [$] -> cost of a miss [$]"""

_TINY = 1e-9
_WORTHLESS = 1e-8  # nobody looks at what is sure, however much of it there is


def risk_over_line(p: Floats, line: float) -> Floats:
    """Return the odds of *p* over the odds of the *line*: 1 or more means the line is crossed."""
    return _odds(p) / float(_odds(np.array(line)))


def risk_over_costs(p: Floats, false_alarm: Floats, miss: Floats) -> Floats:
    """Return the expected cost of letting through over that of stopping: 1 or more means stopping is cheaper.

    Elkan (2001) with a cost of its own for each request: stop where p·miss ≥ (1 - p)·false alarm.
    """
    return p * miss / np.maximum((1 - p) * false_alarm, _TINY)


def regret(p: Floats, false_alarm: Floats, miss: Floats) -> Floats:
    """Return what the better of the two blind actions is expected to cost: the value of knowing the truth [$].

    This is the expected value of perfect information of one request (Howard 1966).
    """
    return np.minimum(p * miss, (1 - p) * false_alarm)


def cut_for_share(values: Floats, share: float) -> float:
    """Return the value that a *share* of *values* exceeds; inf for a share of 0 or no values."""
    if share <= 0 or not len(values):
        return float("inf")
    return float(np.quantile(values, max(0.0, 1 - share)))


@dataclass(frozen=True)
class Triage:
    """What to do with scored requests: approve, challenge, have reviewed, block, or audit what would be blocked.

    The risk of a request is how far it is over the blocking line (1 = on it). Risks from *challenge_from* to its
    reciprocal are challenged; the requests most worth a look are reviewed, whatever their risk; of those to be
    blocked a share *audit* is decided by a person instead, so that not every refusal is without an answer.
    """

    costs: Costs
    line: float | None
    """probability from which on to block; None = by the expected costs of each request"""
    challenge_from: float = 1.0
    audit: float = 0.0

    def risk(self, p: Floats, value: Floats) -> Floats:
        """Return (n,) how far requests with scores *p* and *value* [$] are over the blocking line."""
        if self.line is None:
            return risk_over_costs(p, *self._cost(value))
        return risk_over_line(p, self.line)

    def worth(self, p: Floats, value: Floats) -> Floats:
        """Return (n,) what a look at each request is worth [$]; with a fixed line, how close it is to the line."""
        if self.line is None:
            return regret(p, *self._cost(value))
        risk = np.maximum(self.risk(p, value), _TINY)
        return np.minimum(risk, 1 / risk)

    def actions(self, p: Floats, value: Floats, review_from: float, luck: Floats) -> tuple[Ints, Floats]:
        """Return (n,) actions, as indices into ACTIONS, and the probabilities with which they were chosen.

        Requests whose worth is at least *review_from* are reviewed; *luck* (n,) uniforms choose the audits.
        """
        risk = self.risk(p, value)
        action = np.where(risk >= 1.0, BLOCK, APPROVE)
        between = (risk >= self.challenge_from) & (risk * self.challenge_from < 1.0)
        action = np.where(between, CHALLENGE, action)
        worth = self.worth(p, value)
        action = np.where((worth >= review_from) & (worth > _WORTHLESS), REVIEW, action)
        blocked, chosen = action == BLOCK, luck < self.audit
        share = np.where(blocked, np.where(chosen, self.audit, 1 - self.audit), 1.0)
        return np.where(blocked & chosen, AUDIT, action), share

    def _cost(self, value: Floats) -> tuple[Floats, Floats]:
        return self.costs[0](value), self.costs[1](value)


def _odds(p: Floats) -> Floats:
    clipped = np.clip(p, _TINY, 1 - _TINY)
    return clipped / (1 - clipped)
