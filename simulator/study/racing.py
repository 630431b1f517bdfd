"""Races designs over growing sets of seeds: what can hardly win any more is dropped before it costs the rest."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.case import Case
from simulator.errors import BadInput, unknown
from simulator.study.axes import Values
from simulator.study.intervals import Interval
from simulator.targets import Target
from simulator.units import Floats

__all__ = ["Goal", "Kpis", "Model", "Race", "Raced"]

Kpis = tuple[Mapping[str, float], ...]
"""the KPIs of one design under each seed"""
Model = Callable[[Sequence[Values], Sequence[int]], Sequence[Kpis]]
"""(designs, seeds) -> what each design makes under each seed; the same seed brings all of them the same luck"""


@dataclass(frozen=True)
class Goal:
    """What is searched for: as much of a KPI as there is, or as little, within the guardrails."""

    kpi: str
    less: bool = False
    """whether less is better"""
    guardrails: tuple[Target, ...] = ()
    """what the means over the seeds have to keep"""

    @staticmethod
    def of(case: Case, kpi: str) -> Goal:
        """Return the goal *kpi* within the guardrails of *case*.

        BadInput for a KPI that is unknown, or neither better high nor better low.
        """
        if kpi not in case.kpis:
            raise unknown("KPI", kpi, case.kpis)
        if case.kpis[kpi].better == "-":
            known = [name for name, one in case.kpis.items() if one.better != "-"]
            raise BadInput(f"{kpi} is neither better high nor better low; search for one of {', '.join(known)}")
        guardrails = tuple(target for target in case.targets if target.guardrail)
        return Goal(kpi, case.kpis[kpi].better == "less", guardrails)

    def scores(self, rows: Kpis) -> Floats:
        """Return (n,) the KPI, turned so that more is better."""
        return np.array([row[self.kpi] for row in rows]) * (-1 if self.less else 1)

    def misses(self, rows: Kpis) -> tuple[float, ...]:
        """Return by how much the means miss each limit, as a share of it; up to 0 = kept, infinite = not known.

        The first one is infinite where the KPI itself is not known.
        """
        known = 0.0 if math.isfinite(float(self.scores(rows).mean())) else math.inf
        return (known, *(_told(float(_missed(target, rows).mean()), target) for target in self.guardrails))

    @property
    def unknown(self) -> tuple[float, ...]:
        """What a design misses that cannot be flown: everything."""
        return (math.inf,) * (1 + len(self.guardrails))


def _missed(target: Target, rows: Kpis) -> Floats:
    values = np.array([row[target.kpi] for row in rows])
    return target.limit - values if target.at_least else values - target.limit


def _told(miss: float, target: Target) -> float:
    return miss / (abs(target.limit) or 1.0) if math.isfinite(miss) else math.inf


@dataclass(frozen=True)
class Raced:
    """How far a design came."""

    rows: Kpis
    """under the first seeds, as far as it was flown"""
    dropped: str = ""
    """why it was not flown under the others: `worse`, or the KPI of a guardrail that it breaks"""


@dataclass(frozen=True)
class Race:
    """Flies designs under a part of the seeds, then more, then all; in between, the hopeless ones are dropped.

    A design is dropped when Student's one-sided test, paired by seed, says that it is worse than the best so far that
    keeps the guardrails, or that it breaks one. Each of these tests holds its *level* over all looks together
    (Bonferroni): no more often than that is a design dropped by it that is as good as the best really is. Source: the
    races of Maron and Moore 1994, with a t test on common random numbers as in Birattari et al. 2002.
    """

    goal: Goal
    seeds: tuple[int, ...]
    level: float = 0.05
    looks: tuple[float, ...] = (1 / 4, 1 / 2)
    """the shares of the seeds after which is looked; one that would come before the third seed comes after it"""

    def __post_init__(self) -> None:
        if not 0 <= self.level < 1 or not all(0 < look < 1 for look in self.looks):
            raise BadInput("the level of a race lies from 0 (nothing is dropped) to 1, and its looks between 0 and 1")

    def stages(self) -> tuple[int, ...]:
        """Return how many seeds each stage ends with; the last one has them all."""
        n = len(self.seeds)
        early = {max(3, math.ceil(look * n)) for look in self.looks}
        return (*sorted(size for size in early if size < n), n)

    def run(self, model: Model, designs: Sequence[Values], best: Kpis | None) -> list[Raced]:
        """Race *designs* against the *best*, which was flown under all seeds; None = there is none to lose against."""
        rows: list[Kpis] = [() for _ in designs]
        why = ["" for _ in designs]
        for begin, end in itertools.pairwise((0, *self.stages())):
            left = [place for place, reason in enumerate(why) if not reason]
            flown = model([designs[place] for place in left], self.seeds[begin:end]) if left else ()
            for place, more in zip(left, flown, strict=True):
                rows[place] += more
                why[place] = self._hopeless(rows[place], best) if end < len(self.seeds) else ""
        return [Raced(*found) for found in zip(rows, why, strict=True)]

    def _hopeless(self, rows: Kpis, best: Kpis | None) -> str:
        if best is None:
            return ""
        level = self.level / (len(self.stages()) - 1)
        for target in self.goal.guardrails:
            if _surely_above_0(_missed(target, rows), level):
                return target.kpi
        behind = self.goal.scores(best[: len(rows)]) - self.goal.scores(rows)
        return "worse" if _surely_above_0(behind, level) else ""


def _surely_above_0(values: Floats, level: float) -> bool:
    found = Interval.of(values)
    return found.mean > 0 and found.p_value / 2 < level
