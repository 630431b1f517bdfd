"""The reliability diagram: does a score of 0.2 mean two in ten?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.evidence.intervals import wilson
from simulator.evidence.plain import Plain, number
from simulator.evidence.seen import Seen, seen
from simulator.learning import metrics
from simulator.run import Run

__all__ = ["Bin", "Reliability", "reliability"]


@dataclass(frozen=True)
class Bin:
    """Requests with neighbouring scores, and what came of them."""

    low: float
    """lowest score"""
    high: float
    """highest score"""
    mean_score: float
    rate: float
    """share of 1 among their labels"""
    rate_low: float
    """lower end of the 95 % interval of that share"""
    rate_high: float
    n: int


@dataclass(frozen=True)
class Reliability:
    """What scores promised and what came of it, in bins of equal size."""

    bins: tuple[Bin, ...]
    n: int
    """labels that are in"""
    brier: Plain
    calibration_error: Plain
    """mean distance of promise and share over the bins"""


def reliability(
    case: Case, run: Run, at: float, bins: int = 10, since: float = 0.0, silence: float | None = None
) -> Reliability:
    """Hold scores against the labels known at *at* [s], of requests asked from *since* [s] on."""
    if not 1 <= bins <= 100:
        raise BadInput(f"{shown(bins)} bins cannot be drawn; allowed: 1 to 100")
    known = seen(case, run, at, silence).labelled
    known = known.rows(known.at >= since)
    brier, error = metrics.brier(known.score, known.label, bins).score, metrics.ece(known.score, known.label, bins)
    return Reliability(_bins(known, bins), len(known), number(brier), number(error))


def _bins(known: Seen, bins: int) -> tuple[Bin, ...]:
    """Cut in order of score, as the metrics do: ± one row in each."""
    ordered = known.rows(np.argsort(known.score, kind="stable"))
    edges = np.unique(np.arange(bins + 1) * len(known) // bins).tolist()
    return tuple(_bin(ordered.rows(slice(low, high))) for low, high in itertools.pairwise(edges))


def _bin(part: Seen) -> Bin:
    low, high = wilson(part.label.sum(), len(part))
    ends = float(part.score[0]), float(part.score[-1])
    return Bin(*ends, float(part.score.mean()), float(part.label.mean()), float(low), float(high), len(part))
