"""Replications of designs over seeds, and their comparison in pairs: what was it, and was it luck?"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import index
from pathlib import Path

import numpy as np

from simulator.case import Case
from simulator.errors import BadInput, unknown
from simulator.simulation import Progress
from simulator.study.arms import Arms, Flown, Reader, Written, written
from simulator.study.campaign import Campaign
from simulator.study.intervals import Interval, holm, resampled
from simulator.study.shelf import Row, Shelf
from simulator.study.workers import Workers
from simulator.units import Floats

__all__ = ["Comparison", "Study", "compare", "compare_all", "replicate", "replicate_all", "studies_of"]

_ROUNDING = 1e-20  # of a variance: what is left of differences that are all the same


@dataclass(frozen=True)
class Study:
    """One design flown under many seeds."""

    case: str
    arm: str
    seeds: tuple[int, ...]
    rows: tuple[Mapping[str, float], ...]
    """the KPIs under each seed"""
    digests: tuple[str, ...]
    flown: str = field(default="", compare=False)
    """what was flown: a plan as JSON, or the name of a par or a policy"""

    def values(self, kpi: str = "profit") -> Floats:
        """Return (n,) the values of *kpi*, in the order of the seeds."""
        if self.rows and kpi not in self.rows[0]:
            raise unknown("KPI", kpi, self.rows[0])
        return np.array([row[kpi] for row in self.rows])

    def interval(self, kpi: str = "profit", confidence: float = 0.95) -> Interval:
        """Return the mean of *kpi* with its Student-t interval."""
        return Interval.of(self.values(kpi), confidence)

    def followed_by(self, more: Study) -> Study:
        """Return this study with the seeds of another one of the same arm behind its own."""
        if set(self.seeds) & set(more.seeds):
            raise BadInput("a study needs each seed once")
        joined = {name: getattr(self, name) + getattr(more, name) for name in ("seeds", "rows", "digests")}
        return Study(self.case, self.arm, **joined, flown=self.flown)


@dataclass(frozen=True)
class Comparison(Interval):
    """The difference b - a of a KPI, paired by seed."""

    a: str
    b: str
    kpi: str
    pairing: float
    """variance of the difference if the seeds were not paired, over its variance as they are; above 1 pairing pays"""
    values: tuple[float, ...]
    """the difference under each seed"""
    p_adjusted: float
    """the p value, allowing for all that was compared beside it (Holm)"""

    def bootstrap(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the interval (low, high) of the mean difference by resampling."""
        return resampled(np.array(self.values), confidence)


def compare(a: Study, b: Study, kpi: str = "profit", confidence: float = 0.95) -> Comparison:
    """Return the mean difference b - a of *kpi*, paired by seed, with its Student-t interval.

    Both meet the same people with the same luck under each seed, so the pairs differ by the decisions alone.
    BadInput when the seeds are not the same.
    """
    if a.seeds != b.seeds:
        raise BadInput(f"{a.arm} and {b.arm} were flown under different seeds; a comparison is paired by seed")
    before, after = a.values(kpi), b.values(kpi)
    found = Interval.of(after - before, confidence)
    known = {f.name: getattr(found, f.name) for f in fields(Interval)}
    values = tuple((after - before).tolist())
    pairing = _pairing(before, after)
    return Comparison(**known, a=a.arm, b=b.arm, kpi=kpi, pairing=pairing, values=values, p_adjusted=found.p_value)


def _pairing(before: Floats, after: Floats) -> float:
    if len(before) < 2:
        return float("nan")
    apart, paired = np.var(before, ddof=1) + np.var(after, ddof=1), np.var(after - before, ddof=1)
    return float(apart / paired) if paired > _ROUNDING * apart else float("inf")


def compare_all(
    studies: Mapping[str, Study],
    pairs: Sequence[tuple[str, str]] = (),
    kpi: str = "profit",
    confidence: float = 0.95,
) -> list[Comparison]:
    """Compare each of *pairs* (a, b), or all where none are named, and correct the p values for their number (Holm)."""
    wanted = pairs or list(itertools.combinations(studies, 2))
    found = [compare(studies[a], studies[b], kpi, confidence) for a, b in wanted]
    adjusted = holm([one.p_value for one in found])
    return [_adjusted(one, p) for one, p in zip(found, adjusted, strict=True)]


def _adjusted(one: Comparison, p: float) -> Comparison:
    return Comparison(**{f.name: getattr(one, f.name) for f in fields(one)} | {"p_adjusted": p})


def replicate(case: Case, plan: Flown, seeds: Sequence[int], *, jobs: int = -1, arm: str = "plan") -> Study:
    """Fly *plan* - a plan, a pilot or a par's name - under each of *seeds*, in *jobs* processes (-1 = one a core)."""
    return replicate_all(case, {arm: plan}, seeds, jobs=jobs)[arm]


def replicate_all(
    case: Case,
    arms: Arms,
    seeds: Sequence[int],
    *,
    jobs: int | Workers = -1,
    until: float | None = None,
    progress: Progress | None = None,
    read: Reader | None = None,
    keep: Path | None = None,
) -> dict[str, Study]:
    """Fly every arm under every seed, in *jobs* processes (-1 = one a core) or wherever those `Workers` are.

    *progress* is told the share of the runs that is done and may raise Cancelled. *read* (which has to travel to
    other processes) adds figures of its own to a run's KPIs. Finished runs are kept in the file *keep*, and what is
    there is not flown again. The results do not depend on who flies. BadInput for no seeds, a seed twice, or an
    unknown par.
    """
    shelf = Shelf(keep) if keep else None
    try:
        return studies_of(Campaign(case, jobs, until, read, shelf, progress or (lambda share: None)), arms, seeds)
    finally:
        if shelf:
            shelf.close()


def studies_of(campaign: Campaign, arms: Arms, seeds: Sequence[int]) -> dict[str, Study]:
    """Fly every arm under every seed, as *campaign* has it."""
    seeds = [index(seed) for seed in seeds]
    rows = campaign.fly(arms, seeds)
    return {arm: _study(campaign.case, arm, arms[arm], seeds, rows[arm]) for arm in arms}


def _study(case: Case, arm: str, par: Flown, seeds: Sequence[int], rows: Sequence[Row]) -> Study:
    kpis, digests = tuple(row.kpis for row in rows), tuple(row.digest for row in rows)
    return Study(case.name, arm, tuple(seeds), kpis, digests, _said(case, par))


def _said(case: Case, par: Flown) -> str:
    known = written(case, par)
    if isinstance(known, Written):
        return known.text
    if isinstance(known, str):
        return known
    return str(getattr(known, "who", None) or f"policy {getattr(known, '__qualname__', type(known).__qualname__)}")
