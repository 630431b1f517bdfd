"""Turns the options of `study` into runs under many seeds, and puts the reference answers in pairs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases._options import moment, read_names, read_seeds
from cases._terminal import progress
from cases._workers import read_jobs
from simulator.case import Case
from simulator.errors import unknown
from simulator.study import Interval, Study, compare, replicate_all

__all__ = ["Order", "differences", "read_study", "study_data"]


@dataclass(frozen=True)
class Order:
    """A study that is ready to go."""

    case: Case
    pars: Sequence[str]
    seeds: Sequence[int]
    until: float | None
    jobs: int
    """processes at a time; -1 = one for each core"""

    def flown(self) -> dict[str, Study]:
        """Fly every par under every seed."""
        arms = {par: par for par in self.pars}
        with progress(f"flying {len(self.seeds)} seeds") as note:
            return replicate_all(self.case, arms, self.seeds, jobs=self.jobs, until=self.until, progress=note)


def read_study(case: Case, pars: str | None, seeds: str, kpi: str, until: str | None, jobs: str) -> Order:
    """Read what is to be flown; BadInput for a par or a KPI that the *case* does not have."""
    chosen = list(case.pars) if pars is None else read_names(pars, "--pars")
    for name in chosen:
        case.par(name)
    if kpi not in case.kpis:
        raise unknown("KPI", kpi, case.kpis)
    return Order(case, chosen, read_seeds(seeds), moment(until, "--until"), read_jobs(jobs))


def differences(case: Case, arms: Mapping[str, Study], kpi: str) -> list[tuple[str, str, Interval, float]]:
    """Compare neighbours, and the weak with the expert: (a, b, b - a, share of the seeds on which b is better)."""
    names = list(arms)
    wanted = [*itertools.pairwise(names)]
    if {"weak", "expert"} <= set(names) and ("weak", "expert") not in wanted:
        wanted.append(("weak", "expert"))
    return [(a, b, compare(arms[a], arms[b], kpi), _better(case, arms[a], arms[b], kpi)) for a, b in wanted]


def _better(case: Case, a: Study, b: Study, kpi: str) -> float:
    gain = b.values(kpi) - a.values(kpi)
    return float(((gain < 0) if case.kpis[kpi].better == "less" else (gain > 0)).mean())


def study_data(case: Case, arms: Mapping[str, Study], kpi: str) -> dict[str, Any]:
    """Return what `study` tells of its *arms*."""
    return {
        "case": case.name,
        "kpi": kpi,
        "seeds": list(next(iter(arms.values())).seeds),
        "arms": {name: _arm(arm, kpi) for name, arm in arms.items()},
        "differences": [_difference(*found) for found in differences(case, arms, kpi)],
    }


def _arm(arm: Study, kpi: str) -> dict[str, Any]:
    found = arm.interval(kpi)
    return {"mean": found.mean, "low": found.low, "high": found.high, "values": arm.values(kpi).tolist()}


def _difference(a: str, b: str, found: Interval, share: float) -> dict[str, Any]:
    interval = {"mean": found.mean, "low": found.low, "high": found.high, "p_value": found.p_value}
    return {"a": a, "b": b, **interval, "share_b_better": share}
