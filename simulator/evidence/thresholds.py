"""Where the line should have been, and what decisions were worth: the threshold curve and the confusion in money."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.board import Stakes
from simulator.case import Case
from simulator.evidence.plain import Plain, Plains, number, numbers
from simulator.evidence.seen import Seen, seen
from simulator.learning.cost_curve import CostCurve, threshold_curve_of
from simulator.run import Run
from simulator.units import Floats, Ints, Mask

__all__ = ["Cell", "Confusion", "ThresholdCurve", "confusion", "curve"]

_POINTS = 200  # of the curve that are drawn


@dataclass(frozen=True)
class ThresholdCurve:
    """What acting above each threshold would have been worth, on the requests whose labels are in."""

    thresholds: tuple[float, ...]
    """falling; the first acts on nobody"""
    acted_share: Plains
    precision: Plains
    recall: Plains
    dollars_per_1000: Plains
    """against acting on nobody, per 1,000 requests [$]"""
    operating_share: float
    """share of them that really was acted on"""
    operating_dollars: float
    """what that was worth, per 1,000 requests [$]"""
    best_threshold: float
    best_dollars: float
    """[$ per 1,000 requests]"""
    labelled: int
    total: int
    """requests, labelled or not"""


def curve(case: Case, run: Run, at: float, silence: float | None = None) -> ThresholdCurve | None:
    """Return the threshold curve as known at *at* [s]; None where nothing is at stake or no label is in."""
    now = seen(case, run, at, silence)
    known = now.labelled
    stakes = _stakes(case, known)
    if stakes is None or not len(known):
        return None
    found = threshold_curve_of(known.score, known.label, stakes.positive, stakes.negative)
    return _drawn(found, known, _worth(known, stakes), len(now))


def _drawn(found: CostCurve, known: Seen, worth: Floats, total: int) -> ThresholdCurve:
    rows, per_1000 = _few(found), 1000 / len(known)
    acted, caught = found.acted[rows], found.caught[rows]
    return ThresholdCurve(
        thresholds=tuple(found.threshold[rows].tolist()),
        acted_share=numbers(acted / len(known)),
        precision=numbers(_share(caught, acted)),
        recall=numbers(_share(caught, np.full(len(rows), (known.label == 1).sum()))),
        dollars_per_1000=numbers(found.worth[rows] * per_1000),
        operating_share=float(known.acted.mean()),
        operating_dollars=float(worth[known.acted].sum() * per_1000),
        best_threshold=float(found.threshold[found.best]),
        best_dollars=float(found.worth[found.best] * per_1000),
        labelled=len(known),
        total=total,
    )


def _few(found: CostCurve) -> Ints:
    """Pick the rows to draw: even steps in how many are acted on, and the best one in any case."""
    if len(found.acted) <= _POINTS:
        return np.arange(len(found.acted))
    wanted = np.linspace(0, found.acted[-1], _POINTS - 1)
    return np.unique(np.append(np.searchsorted(found.acted, wanted), found.best))


@dataclass(frozen=True)
class Cell:
    """Requests that were treated alike and turned out alike."""

    acted: bool
    label: int | None
    """None = not known yet"""
    n: int
    dollars: Plain
    """what treating them so was worth, against treating them the other way [$]; None = not known"""


@dataclass(frozen=True)
class Confusion:
    """The confusion matrix in requests and in money, and what is not known yet."""

    cells: tuple[Cell, ...]
    """acted on and left alone, with label 1, 0 and none"""
    n: int


def confusion(case: Case, run: Run, at: float, silence: float | None = None) -> Confusion:
    """Return who was acted on and who left alone, by the labels known at *at* [s]."""
    now = seen(case, run, at, silence)
    now = now.rows(np.isfinite(now.latency))  # nothing is decided before the answer
    stakes = _stakes(case, now)
    worth = None if stakes is None else np.where(now.acted, 1.0, -1.0) * _worth(now, stakes)
    cells = (_cell(now, worth, acted, label) for acted in (True, False) for label in (1, 0, None))
    return Confusion(tuple(cells), len(now))


def _cell(now: Seen, worth: Floats | None, acted: bool, label: int | None) -> Cell:
    mine: Mask = (now.acted == acted) & (now.label == (-1 if label is None else label))
    dollars = None if worth is None or label is None else number(worth[mine].sum())
    return Cell(acted, label, int(mine.sum()), dollars)


def _stakes(case: Case, now: Seen) -> Stakes | None:
    return None if case.board.stakes is None else case.board.stakes(case.world_setting(), now.value)


def _worth(now: Seen, stakes: Stakes) -> Floats:
    """Return what acting on each is worth, given its label [$]; where that is not known, what a 0 is worth."""
    worth: Floats = np.where(now.label == 1, stakes.positive, stakes.negative)
    return worth


def _share(part: Ints, whole: Ints) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.full(len(part), math.nan), where=whole > 0)
    return shares
