"""The charts that answer the questions of the field, as data: from closed books, as they were known at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.case import Case
from simulator.errors import unknown
from simulator.evidence.asof import Table, standings
from simulator.evidence.calibration import reliability
from simulator.evidence.drift import psi
from simulator.evidence.flow import flow
from simulator.evidence.inspector import inspect
from simulator.evidence.labels import maturity, over_time
from simulator.evidence.latency import histogram, waterfall
from simulator.evidence.slices import table
from simulator.evidence.thresholds import confusion, curve
from simulator.run import Run
from simulator.world.tape import Tape

__all__ = ["EVIDENCE", "Evidence", "compute", "offered", "standings"]


@dataclass(frozen=True)
class Evidence:
    """A chart on offer."""

    label: str
    question: str
    """that it answers"""
    needs: str
    """what is said where there is nothing to show yet"""
    has: Callable[[Case, Run], bool]
    """whether it makes sense in a case at all"""


def compute(name: str, case: Case, run: Run, tape: Tape, at: float, **options: Any) -> Any:
    """Work out the evidence *name* of *run* as it was known at *at* [s]: a frozen dataclass, or None.

    *options* are those of the function behind it. BadInput where there is no evidence of that name.
    """
    if name not in EVIDENCE:
        raise unknown("evidence", name, EVIDENCE)
    if name == "standing":
        return _standing(case, run, tape, at, **options)
    return _COMPUTED[name](case, run, at, **options)


def offered(case: Case, run: Run) -> tuple[str, ...]:
    """Name the evidence that makes sense in *case*, if not yet at every moment of *run*."""
    return tuple(name for name, evidence in EVIDENCE.items() if evidence.has(case, run))


def _standing(case: Case, run: Run, tape: Tape, at: float, moments: Sequence[float] | None = None) -> Table:
    return standings(case, run, tape, [at] if moments is None else moments)


def _always(case: Case, run: Run) -> bool:
    return True


def _labelled(case: Case, run: Run) -> bool:
    return bool(len(run.landed))


def _scored(case: Case, run: Run) -> bool:
    scores = run.outcomes.score[np.isfinite(run.outcomes.score)]
    return bool(len(scores) and scores.min() < scores.max())


def _judged(case: Case, run: Run) -> bool:
    """Labels judge a score that is acted on; else it need not be the chance of what they tell of."""
    return _scored(case, run) and _acts(case, run)


def _staked(case: Case, run: Run) -> bool:
    return _judged(case, run) and case.board.stakes is not None


def _acts(case: Case, run: Run) -> bool:
    return _labelled(case, run) and bool(case.board.acted)


def _featured(case: Case, run: Run) -> bool:
    return bool(run.requests.X.shape[1])


def _timed(case: Case, run: Run) -> bool:
    return bool((run.outcomes.latency > 0).any())


def _staged(case: Case, run: Run) -> bool:
    return _timed(case, run) and bool(len(run.visits.id))


_NO_LABEL = "no label has come to light yet"
_NO_REQUEST = "nobody has asked yet"
_NO_END = "no request has ended yet"

EVIDENCE: Mapping[str, Evidence] = {
    "standing": Evidence("Figures so far", "Where do we stand?", "the flight has not begun", _always),
    "maturity": Evidence("Labels to judge by", "Of how many can we say by now how it ended?", _NO_REQUEST, _labelled),
    "scores": Evidence("Scores over time", "Is the model still good, as far as we can know?", _NO_LABEL, _judged),
    "calibration": Evidence("Reliability", "Does a score of 0.2 mean two in ten?", _NO_LABEL, _judged),
    "thresholds": Evidence("Threshold and money", "Is the line where it earns most?", _NO_LABEL, _staked),
    "confusion": Evidence("Confusion in money", "What is acting worth where we did, and where not?", _NO_LABEL, _acts),
    "drift": Evidence("Drift", "Which feature has moved, and since when?", "too few requests have come yet", _featured),
    "slices": Evidence("Slices", "For whom does it work, and for whom not?", _NO_REQUEST, _always),
    "flow": Evidence("Flow", "Where do requests go?", _NO_REQUEST, _always),
    "waterfall": Evidence("Waterfall", "Where does the time of a slow request go?", _NO_END, _staged),
    "latency": Evidence("Latency", "How long do answers take, and how many miss the budget?", _NO_END, _timed),
    "request": Evidence("One request", "What happened to this one?", "there is no such request yet", _always),
}

_COMPUTED: Mapping[str, Callable[..., Any]] = {
    "maturity": maturity,
    "scores": over_time,
    "calibration": reliability,
    "thresholds": curve,
    "confusion": confusion,
    "drift": psi,
    "slices": table,
    "flow": flow,
    "waterfall": waterfall,
    "latency": histogram,
    "request": inspect,
}
