"""From scores to actions: how far a request is over the line, what a mistake would cost, and who is worth a look."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.units import Floats

__all__ = ["Costs", "cut_for_share", "regret", "risk_over_costs", "risk_over_line"]

Costs = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]
"""value [$] -> cost of a false alarm [$], and value [$] -> cost of a miss [$]"""

_TINY = 1e-9


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


def _odds(p: Floats) -> Floats:
    clipped = np.clip(p, _TINY, 1 - _TINY)
    return clipped / (1 - clipped)
