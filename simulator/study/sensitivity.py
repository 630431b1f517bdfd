"""Which decisions matter? Each dial turned alone, and the variance that each one explains alone and with others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.design import Value
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.streams import Streams
from simulator.study.arms import Flown
from simulator.study.axes import Axes, Axis, Values, axes_of, plan_of, turned
from simulator.study.campaign import Campaign
from simulator.study.designs import misfit
from simulator.study.intervals import Interval
from simulator.study.racing import Goal
from simulator.study.studies import Comparison, compare_all, studies_of
from simulator.units import Floats

__all__ = ["Effect", "Index", "Response", "Sensitivity", "indices", "sensitivity"]

_BASE = "base"
_RESAMPLES = 999
_MOST = 200_000  # runs of one call
Response = Callable[[Sequence[Values]], Floats]
"""designs -> (n,) what each of them makes"""


@dataclass(frozen=True)
class Effect:
    """One dial turned to one value, all else as in the base design."""

    dial: str
    value: Value
    difference: Comparison
    """of the KPI from the base design, paired by seed; `p_adjusted` allows for all values of all dials (Holm)"""


@dataclass(frozen=True)
class Index:
    """How much of the variance over all designs a dial explains, as shares of it with their intervals."""

    dial: str
    first: tuple[float, float, float]
    """(share, low, high) by itself"""
    total: tuple[float, float, float]
    """(share, low, high) by itself and with the other dials together"""


@dataclass(frozen=True)
class Sensitivity:
    """How a KPI answers to dials."""

    kpi: str
    seeds: tuple[int, ...]
    base: Interval
    """what the base design makes"""
    dials: Values
    """where the base design has them"""
    effects: tuple[Effect, ...]
    misfits: tuple[tuple[str, Value, str], ...]
    """(dial, value, why) of what was left out since it does not fit the world"""
    indices: tuple[Index, ...]
    """empty where they were not asked for"""
    runs: int

    def swings(self) -> dict[str, float]:
        """Return dial -> largest less smallest mean of the KPI among its values and the base design, largest first."""
        found = {name: [0.0] for name in self.dials}
        for effect in self.effects:
            found[effect.dial].append(effect.difference.mean)
        swings = {name: max(means) - min(means) for name, means in found.items()}
        return dict(sorted(swings.items(), key=lambda pair: -pair[1]))


def sensitivity(
    campaign: Campaign,
    dials: Sequence[str | Axis],
    seeds: Sequence[int],
    *,
    n: int | None = None,
    kpi: str = "profit",
    base: Flown | None = None,
    levels: int = 3,
) -> Sensitivity:
    """Tell how *kpi* answers to *dials*, from the design *base* on; all designs meet the same *seeds*.

    Each dial alone is turned to *levels* values from the low end of its axis to the high one, and to all options of a
    choice. With *n* (a power of 2) the `indices` of the whole space are estimated besides, from n x (dials + 2)
    designs. BadInput for an unknown dial, KPI or par, fewer than 2 levels or seeds, an *n* that is no power of 2, too
    many runs, and, with *n*, one dial alone and a design that does not fit the world.
    """
    case, plan = campaign.case, plan_of(campaign.case, base)
    axes, goal = axes_of(case.design, dials), Goal.of(case, kpi)
    if levels < 2 or len(seeds) < 2:
        raise BadInput("effects need at least two values of a dial, and at least two seeds")
    if n is not None:
        _checked(n, len(axes), len(seeds))
    arms, misfits = _alone(campaign, plan, axes, levels)
    alone, together = 1 + len(arms), (n or 0) * (len(axes) + 2)
    first = _part(campaign, 0.0, alone / (alone + together))
    studies = studies_of(first, {_BASE: plan} | {name: arm for name, (_, _, arm) in arms.items()}, seeds)
    compared = compare_all(studies, [(_BASE, name) for name in arms], goal.kpi) if arms else []
    effects = tuple(Effect(*arms[one.b][:2], one) for one in compared)
    crew = _Crew(_part(campaign, alone / (alone + together), 1.0), plan, tuple(seeds), goal.kpi)
    found = indices(crew, axes, n) if n is not None else ()
    known = plan.design.values()
    where = {axis.dial.name: known[axis.dial.name] for axis in axes}
    runs = len(studies) * len(seeds) + crew.runs
    return Sensitivity(kpi, tuple(seeds), studies[_BASE].interval(kpi), where, effects, misfits, found, runs)


def _checked(n: int, dials: int, seeds: int) -> None:
    if dials < 2:
        raise BadInput("indices share the variance out among dials: at least two are needed")
    if n < 2 or n & (n - 1):
        raise BadInput(f"{n} samples: a power of 2 is needed, such as 64")
    if n * (dials + 2) * seeds > _MOST:
        raise BadInput(f"{n} samples of {dials} dials under {seeds} seeds are more than {_MOST:,} runs")


def _part(campaign: Campaign, begin: float, end: float) -> Campaign:
    """Return *campaign* where its whole is the part of the way from *begin* to *end*."""
    return replace(campaign, progress=lambda share: campaign.progress(begin + (end - begin) * share))


def _alone(
    campaign: Campaign, plan: Plan, axes: Axes, levels: int
) -> tuple[dict[str, tuple[str, Value, Plan]], tuple[tuple[str, Value, str], ...]]:
    """Return name -> (dial, value, plan) for each dial turned alone, and what does not fit."""
    now, arms, misfits = plan.design.values(), {}, []
    for axis in axes:
        name = axis.dial.name
        for value in (level for level in axis.levels(levels) if level != now[name]):
            arm = turned(plan, {name: value})
            if why := misfit(campaign.case, arm):
                misfits.append((name, value, why))
            else:
                arms[f"{name}={value}"] = (name, value, arm)
    return arms, tuple(misfits)


@dataclass
class _Crew:
    """Flies designs and answers with their mean KPI."""

    campaign: Campaign
    plan: Plan
    seeds: tuple[int, ...]
    kpi: str
    runs: int = 0

    def __call__(self, designs: Sequence[Values]) -> Floats:
        arms = {str(sorted(values.items())): turned(self.plan, values) for values in designs}
        rows = self.campaign.fly(arms, self.seeds)
        self.runs += len(arms) * len(self.seeds)
        means = {name: float(np.mean([row.kpis[self.kpi] for row in found])) for name, found in rows.items()}
        return np.array([means[str(sorted(values.items()))] for values in designs])


def indices(response: Response, axes: Axes, n: int, *, confidence: float = 0.95, luck: int = 0) -> tuple[Index, ...]:
    """Estimate Sobol's first-order and total indices of each axis, from *n* x (axes + 2) designs.

    Designs are spread evenly over the axes (quasi-random, seeded by *luck*): every option of a choice and every whole
    number has the same share of its axis. The intervals are percentiles of a bootstrap over the *n* samples; they say
    nothing of the seeds under which *response* was measured. Where nothing changes the response, all indices are 0.
    Source: Saltelli et al. 2010 (scipy). BadInput for an *n* that is no power of 2, and for one axis alone.
    """
    _checked(n, len(axes), 1)
    points = _points(len(axes), n, luck)
    designs = [_design(axes, shares) for shares in points.reshape(-1, len(axes))]
    found = np.asarray(response(designs)).reshape(len(axes) + 2, n)
    if not np.isfinite(found).all():
        raise BadInput("the KPI of some designs is not known; narrow the ranges of the dials")
    if np.ptp(found) == 0:
        return tuple(Index(axis.dial.name, (0.0,) * 3, (0.0,) * 3) for axis in axes)
    estimates, low, high = _estimated(found), *_interval(found, confidence)
    rows = zip(axes, np.stack([estimates, low, high]).transpose(2, 1, 0).tolist(), strict=True)
    return tuple(Index(axis.dial.name, tuple(first), tuple(total)) for axis, (first, total) in rows)


def _points(dials: int, n: int, luck: int) -> Floats:
    """Return (dials + 2, n, dials) points of the unit cube: A, B, and A with one column of B each."""
    from scipy.stats import qmc

    drawn = qmc.Sobol(2 * dials, rng=Streams(luck).get("study", "sensitivity")).random(n)
    a, b = drawn[:, :dials], drawn[:, dials:]
    mixed = [np.where(np.arange(dials) == dial, b, a) for dial in range(dials)]
    return np.stack([a, b, *mixed])


def _design(axes: Axes, shares: Floats) -> dict[str, Value]:
    return {axis.dial.name: axis.at(share) for axis, share in zip(axes, shares.tolist(), strict=True)}


def _estimated(found: Floats) -> Floats:
    """Return (2, dials) first-order and total indices from (dials + 2, n) responses."""
    from scipy.stats import sobol_indices

    known = sobol_indices(func={"f_A": found[:1], "f_B": found[1:2], "f_AB": found[2:, None]}, n=found.shape[1])
    return np.stack([np.ravel(known.first_order), np.ravel(known.total_order)])


def _interval(found: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return (2, dials) low and high ends, by drawing the n samples again with replacement."""
    luck, n = Streams(0).get("study", "sensitivity", "bootstrap"), found.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):  # a sample drawn again may have no variance
        drawn = np.stack([_estimated(found[:, luck.integers(n, size=n)]) for _ in range(_RESAMPLES)])
        tails = [(1 - confidence) / 2, (1 + confidence) / 2]
        low, high = np.nanquantile(drawn, tails, axis=0)
    return low, high
