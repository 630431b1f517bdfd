"""Back-of-envelope help before take-off: formulas and the history that lies on the desk, never a flight of the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.board import Stakes, Station
from simulator.books.requests import Requests, Truths, rows
from simulator.case import Case
from simulator.design import Design
from simulator.learning import trial
from simulator.learning.batch import Batch, logistic
from simulator.learning.cost_curve import CostCurve, threshold_curve_of
from simulator.learning.intake import Setup
from simulator.serving.theory import arguments
from simulator.serving.theory.staffing import Capacity, capacity
from simulator.simulation import tape_of
from simulator.units import DAY, Floats, Mask, dollars

__all__ = [
    "Capacity", "HistoryCurve", "SampleSize", "Worth", "capacity", "history_curve", "sample_size", "suggestions",
    "worth",
]  # fmt: skip

_EARLIER = 0.7  # share of the history that the model of the curve is fitted on
_FEW = 20  # requests of the history, with fewer of one kind nothing is learned of it


# --- experiments ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SampleSize:
    """How long an experiment has to be."""

    per_arm: int
    """how many take part in each of two arms"""
    days: float
    """until so many have come"""


def sample_size(
    baseline: float,
    lift: float,
    a_day: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    two_sided: bool = True,
) -> SampleSize:
    """Return what it takes to find, with probability *power*, that a share *baseline* has risen by *lift* of itself.

    *a_day* take part in a day, half of them in each arm; *alpha* is how often an experiment finds what is not there.
    A z test of two shares (`simulator.learning.trial`); a one-sided one is a two-sided one at twice the alpha.
    BadInput for what is no share, and for an alpha or a power that no test has.
    """
    arguments.positive(baseline=baseline, a_day=a_day)
    arguments.at_least(-1, lift=lift)
    level = alpha if two_sided else 2 * alpha
    per_arm = trial.sample_size(baseline, lift, relative=True, power=power, alpha=level)
    return SampleSize(per_arm, 2 * per_arm / a_day)


# --- the history ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HistoryCurve:
    """What each threshold would have been worth on the later part of the history; k thresholds, falling."""

    thresholds: Floats
    """(k,) probability from which on one acts"""
    dollars: Floats
    """(k,) per 1,000 requests, against leaving all alone [$]"""
    acted: Floats
    """(k,) share of the requests that is acted on"""
    best: int
    """the row that is worth most"""
    n: int
    """requests that it was judged on"""
    positives: int
    """how many of those are known to be positive"""
    a_day: float
    """requests of the history in a day"""
    caveats: str
    """what to mind"""


def history_curve(case: Case, seed: int, points: int = 200) -> HistoryCurve | None:
    """Return the cost curve of a plain logistic regression, fitted on the earlier 70 % of the history before take-off.

    It is judged on the later 30 %, at up to *points* thresholds. Only what was known at take-off is read: requests
    before it, and labels that had come to light. None where the case has no stakes, or too little history.
    """
    if case.board.stakes is None:
        return None
    requests, label, caveats = _history(case, seed)
    earlier = int(_EARLIER * len(requests))
    if not _teaches(label[:earlier]) or not len(label) - earlier:
        return None
    fitted = Batch("logistic", Setup(), logistic).fit(requests.X[:earlier], label[:earlier], np.ones(earlier))
    later, found = rows(requests, slice(earlier, None)), label[earlier:]
    stakes: Stakes = case.board.stakes(case.world_setting(), dollars(later.value))
    curve = threshold_curve_of(fitted(later.X), found, stakes.positive, stakes.negative)
    days = float(requests.at[-1] - requests.at[0]) / DAY
    return _drawn(curve, found, points, len(requests) / days, caveats)


def _drawn(curve: CostCurve, label: Mask, points: int, a_day: float, caveats: str) -> HistoryCurve:
    """Keep up to *points* rows of a *curve*, half of them around the best one, the others over its whole width."""
    last = len(curve.threshold) - 1
    wide, near = np.linspace(0, last, points // 2), np.linspace(0, min(4 * curve.best, last), points // 2)
    kept = np.union1d(np.concatenate([wide, near]).round().astype(np.int64), [curve.best])
    n = len(label)
    return HistoryCurve(
        thresholds=curve.threshold[kept], dollars=1000 * curve.worth[kept] / n, acted=curve.acted[kept] / n,
        best=int(np.searchsorted(kept, curve.best)), n=n, positives=int(label.sum()), a_day=a_day, caveats=caveats,
    )  # fmt: skip


def _history(case: Case, seed: int) -> tuple[Requests, Mask, str]:
    """Return the requests before take-off whose labels may be read, those labels, and what to mind about them."""
    tape = tape_of(case, seed)
    past = slice(0, tape.start)
    requests, label, known = rows(tape.requests, past), *_known(rows(tape.truths, past))
    if (known & ~label).any():
        said = "Requests whose labels were not in at take-off are left out"
        return rows(requests, known), label[known], f"{said}. {_CAVEAT}"
    said = "A request of which nothing was heard before take-off counts as 0, so news that comes late is missing"
    return requests, label, f"{said}. {_CAVEAT}"


_CAVEAT = "It is a plain logistic regression, on a time before you decided anything; tomorrow may differ."


def _known(truths: Truths) -> tuple[Mask, Mask]:
    """Return (n,) labels as far as they were known at take-off, 0 where they were not, and which were known."""
    known: Mask = truths.known_at <= 0.0
    return truths.label & known, known


def _teaches(label: Mask) -> bool:
    return bool(min(label.sum(), (~label).sum()) >= _FEW)


# --- money and first guesses ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worth:
    """What a unit of something earns or costs."""

    label: str
    value: float | str
    """a number, or in words where a dial or an act says what it costs"""
    unit: str


def worth(case: Case) -> tuple[Worth, ...]:
    """List what things are worth under the case's scenario: prices of its world, then costs of dials and acts."""
    setting = case.world_setting()
    prices = [Worth(d.label, float(setting.values()[d.name]), d.unit) for d in setting.dials() if "$" in d.unit]
    costs = [Worth(d.label, d.cost, "") for d in case.design.dials() if d.cost]
    return (*prices, *costs, *(Worth(act.label, act.cost, "") for act in case.acts.values() if act.cost))


def suggestions(case: Case, design: Design | None = None, seed: int = 0) -> Mapping[str, Mapping[str, float]]:
    """Return the calculators that make sense for *case*, with values to start from.

    `capacity` and `sample_size` take theirs by name; `history_curve` takes the seed. Cases without a queue, an
    experiment or stakes have none of them.
    """
    board, setting = case.board, case.world_setting()
    found: dict[str, Mapping[str, float]] = {}
    if board.station and (station := board.station(setting, design or case.design())):
        found["capacity"] = _to_start(station)
    if board.experiment:
        experiment = board.experiment(setting)
        found["sample_size"] = _experiment(experiment.baseline, experiment.a_day)
    if (curve := history_curve(case, seed)) is not None:
        found["history_curve"] = {"seed": seed}
        found.setdefault("sample_size", _experiment(curve.positives / curve.n, curve.a_day))
    return found


def _to_start(station: Station) -> dict[str, float]:
    return {
        "rate": station.rate,
        "service": station.seconds,
        "scv": station.scv,
        "servers": station.servers,
        "budget": station.budget,
    }


def _experiment(baseline: float, a_day: float) -> dict[str, float]:
    return {"baseline": baseline, "lift": 0.1, "a_day": a_day, "alpha": 0.05, "power": 0.8}
