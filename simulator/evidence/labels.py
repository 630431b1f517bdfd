"""What has come to light by now: how many labels are in, and how good the scores look in their light."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.case import Case
from simulator.evidence.plain import Plains, counts, mean, number, numbers
from simulator.evidence.seen import Seen, seen, steps_of
from simulator.learning import metrics
from simulator.run import Run
from simulator.units import Floats, Ints

__all__ = ["STEPS", "Maturity", "ScoreHistory", "maturity", "over_time"]

STEPS = 60
"""into which a flight is cut"""


@dataclass(frozen=True)
class Maturity:
    """How many labels are in, by the time of asking."""

    at: tuple[float, ...]
    """start of each step [s]"""
    asked: tuple[int, ...]
    labelled: tuple[int, ...]
    share: Plains


def maturity(case: Case, run: Run, at: float, steps: int = STEPS, silence: float | None = None) -> Maturity:
    """Return, per step of the flight, of how many requests asked in it the label is known at *at* [s]."""
    now = seen(case, run, at, silence)
    starts = steps_of(case, now.now, steps)
    asked, labelled = _per_step(now.at, starts), _per_step(now.at[now.label >= 0], starts)
    share = np.divide(labelled, asked, out=np.full(len(starts), math.nan), where=asked > 0)
    return Maturity(tuple(starts.tolist()), counts(asked), counts(labelled), numbers(share))


@dataclass(frozen=True)
class ScoreHistory:
    """How good the scores of each step look, in the light of the labels that are in."""

    at: tuple[float, ...]
    """start of each step, by the time of asking [s]"""
    scored: tuple[int, ...]
    labelled: tuple[int, ...]
    mean_score: Plains
    """of all that were scored"""
    label_rate: Plains
    """share of 1 among the labels that are in; so with all that follows"""
    auc: Plains
    average_precision: Plains
    log_loss: Plains
    brier: Plains


def over_time(case: Case, run: Run, at: float, steps: int = STEPS, silence: float | None = None) -> ScoreHistory:
    """Return how good the scores look per step of the flight, as far as labels are known at *at* [s]."""
    now = seen(case, run, at, silence)
    starts = steps_of(case, now.now, steps)
    scored = now.rows(np.isfinite(now.score))
    parts, known = _cut(scored, starts), _cut(scored.labelled, starts)
    return ScoreHistory(
        at=tuple(starts.tolist()),
        scored=tuple(len(part) for part in parts),
        labelled=tuple(len(part) for part in known),
        mean_score=tuple(mean(part.score) for part in parts),
        label_rate=tuple(mean(part.label) for part in known),
        auc=_each(known, metrics.auc),
        average_precision=_each(known, metrics.average_precision),
        log_loss=_each(known, metrics.log_loss),
        brier=_each(known, lambda score, label: float(np.mean((score - label) ** 2))),
    )


def _per_step(at: Floats, starts: Floats) -> Ints:
    places: Ints = np.searchsorted(starts, at, side="right") - 1
    return np.bincount(places, minlength=len(starts))


def _cut(part: Seen, starts: Floats) -> list[Seen]:
    """Cut *part*, which is in order of time, into steps."""
    edges = np.append(np.searchsorted(part.at, starts), len(part)).tolist()
    return [part.rows(slice(low, high)) for low, high in itertools.pairwise(edges)]


def _each(parts: list[Seen], figure: Callable[[Floats, Ints], float]) -> Plains:
    return tuple(number(figure(part.score, part.label)) if len(part) else None for part in parts)
