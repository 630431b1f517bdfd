"""Holds a claim about the world, the measurement that tries it, and the verdict as lines of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulator.units import Floats

__all__ = ["Check", "Figures", "Row", "Tolerance", "each", "mutated", "rows"]

Figures = Mapping[str, Floats]
"""Name of a figure -> (n,) its values, one per seed; one value where no luck is involved."""


@dataclass(frozen=True)
class Tolerance:
    """When a figure is accepted: |mean - expected| ≤ *band* + 4 standard errors, and a standard error ≤ *cap*.

    Without the cap a check could pass by being vague. *band* is for digits that were printed rounded, and for
    published figures that are themselves one draw of luck. With *relative* both are shares of what is expected.
    """

    band: float = 0.0
    cap: float = 0.0
    relative: bool = False
    errors: float = 4.0
    """how many standard errors; 0 where the band already speaks for them"""

    def accepts(self, expected: float, mean: float, se: float) -> bool:
        """Tell whether a *mean* with standard error *se* agrees with what was *expected*."""
        scale = abs(expected) if self.relative else 1.0
        near = abs(mean - expected) <= self.band * scale + self.errors * se
        return bool(near and se <= self.cap * scale)


@dataclass(frozen=True)
class Check:
    """One claim: a *mechanism* in a *setting* is *expected* to give these figures, according to *source*.

    *measure(seeds, **parameters)* gives the figures; a statistical check names in *twin* a parameter set wrong,
    with which it must fail.
    """

    id: str
    area: str
    mechanism: str
    setting: Mapping[str, Any]
    expected: Mapping[str, float]
    source: str
    tolerance: Tolerance | Mapping[str, Tolerance]
    """one for all, or one per figure"""
    measure: Callable[..., Figures]
    seeds: tuple[int, ...] = ()
    """committed; none = exact algebra, without a standard error"""
    twin: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One line of the fidelity table: one figure of one check; *id* is `check` or `check/figure`."""

    id: str
    mechanism: str
    setting: Mapping[str, Any]
    expected: float
    simulated: float
    se: float | None
    """standard error of *simulated* over the seeds; None for exact algebra"""
    ok: bool
    source: str


def each(seeds: Sequence[int], one: Callable[[int], Mapping[str, float]]) -> Figures:
    """Measure *one* seed after the other and gather their figures."""
    runs = [one(seed) for seed in seeds]
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}


def rows(check: Check) -> list[Row]:
    """Measure *check* and judge each of its figures, in the order in which they are expected."""
    figures = check.measure(check.seeds)
    return [_row(check, name, np.asarray(figures[name], dtype=np.float64)) for name in check.expected]


def mutated(check: Check) -> Check:
    """Return *check* with the parameters of its twin: right formulas, wrong world."""
    measure, wrong = check.measure, dict(check.twin)
    return replace(check, measure=lambda seeds: measure(seeds, **wrong), twin={})


def _row(check: Check, name: str, values: Floats) -> Row:
    mean, expected = float(values.mean()), check.expected[name]
    se = float(values.std(ddof=1) / np.sqrt(len(values))) if check.seeds else None
    tolerance = check.tolerance if isinstance(check.tolerance, Tolerance) else check.tolerance[name]
    ok = tolerance.accepts(expected, mean, se or 0.0)
    id = check.id if len(check.expected) == 1 else f"{check.id}/{name}"
    return Row(id, check.mechanism, check.setting, expected, mean, se, ok, check.source)
