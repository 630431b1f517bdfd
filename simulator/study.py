"""Many runs: replications of designs over seeds, in worker processes that share each seed's world, and comparisons."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from simulator.case import Case, Par
from simulator.design import Design
from simulator.errors import BadInput
from simulator.run import Run
from simulator.scenario import Scenario
from simulator.simulation import Progress, fly
from simulator.units import Floats

__all__ = [
    "Arms", "Flown", "Interval", "Reader", "Study", "compare", "mapped", "portable", "replicate", "replicate_all",
    "stopped",
]  # fmt: skip

Flown = Par | Design | Mapping[str, object] | str
"""a plan, a design, dials by name, a pilot, or the name of a par"""
Arms = Mapping[str, Flown]
Reader = Callable[[Run], Mapping[str, float]]
_Row = dict[str, tuple[Mapping[str, float], str]]
_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Study:
    """One design flown under many seeds."""

    case: str
    arm: str
    seeds: tuple[int, ...]
    rows: tuple[Mapping[str, float], ...]
    """the KPIs under each seed"""
    digests: tuple[str, ...]

    def values(self, kpi: str = "profit") -> Floats:
        """Return (n,) the values of *kpi*, in the order of the seeds."""
        if self.rows and kpi not in self.rows[0]:
            raise BadInput(f"unknown KPI {kpi!r}; known: {', '.join(self.rows[0])}")
        return np.array([row[kpi] for row in self.rows])

    def interval(self, kpi: str = "profit", confidence: float = 0.95) -> Interval:
        """Return the mean of *kpi* with its Student-t interval."""
        return Interval.of(self.values(kpi), confidence)


@dataclass(frozen=True)
class Interval:
    """A mean with what is known of it."""

    mean: float
    low: float
    high: float
    se: float
    """standard error of the mean"""
    p_value: float
    """of the two-sided t test that the true mean is 0; 1 when there is nothing to test"""
    share_positive: float
    """share of the values above 0"""
    n: int

    @staticmethod
    def of(values: Floats, confidence: float = 0.95) -> Interval:
        """Return the mean of *values* (n,) with its Student-t interval; with n < 2 the interval is infinite."""
        from scipy import stats

        n, mean = len(values), float(np.mean(values))
        se = float(np.std(values, ddof=1) / np.sqrt(n)) if n > 1 else float("inf")
        if not 0 < se < float("inf"):
            half, p = (0.0, float(mean == 0)) if se == 0 else (float("inf"), 1.0)
        else:
            half = float(stats.t.ppf((1 + confidence) / 2, n - 1)) * se
            p = float(2 * stats.t.sf(abs(mean) / se, n - 1))
        return Interval(mean, mean - half, mean + half, se, p, float(np.mean(values > 0)), n)


def compare(a: Study, b: Study, kpi: str = "profit", confidence: float = 0.95) -> Interval:
    """Return the mean difference b - a of *kpi*, paired by seed, with its interval.

    Both meet the same payments with the same luck under each seed, so the pairs differ by the decisions alone.
    BadInput when the seeds are not the same.
    """
    if a.seeds != b.seeds:
        raise BadInput(f"{a.arm} and {b.arm} were flown under different seeds; a comparison is paired by seed")
    return Interval.of(b.values(kpi) - a.values(kpi), confidence)


def replicate(case: Case, plan: Flown, seeds: Sequence[int], *, jobs: int = -1, arm: str = "plan") -> Study:
    """Fly *plan* - a plan, a pilot or a par's name - under each of *seeds*, in *jobs* processes (-1 = one a core)."""
    return replicate_all(case, {arm: plan}, seeds, jobs=jobs)[arm]


def replicate_all(
    case: Case,
    arms: Arms,
    seeds: Sequence[int],
    *,
    jobs: int = -1,
    until: float | None = None,
    progress: Progress | None = None,
    read: Reader | None = None,
) -> dict[str, Study]:
    """Fly every arm under every seed; the arms of a seed are flown by one worker, so its world is drawn once.

    *progress* is told the share of the seeds that is done and may raise Cancelled. *read* (which has to travel to
    other processes) adds figures of its own to a run's KPIs. The results do not depend on *jobs*. BadInput for no
    seeds, a seed twice, or an unknown par.
    """
    _refuse(case, arms, seeds)
    written = {arm: _written(case, par) for arm, par in arms.items()}
    rows = mapped(_Task(portable(case), written, until, read), list(seeds), jobs)
    done: list[_Row] = []
    try:
        for row in rows:
            done.append(row)
            if progress is not None:
                progress(len(done) / len(seeds))
    finally:
        stopped(rows)
    return {arm: _study(case, arm, seeds, [row[arm] for row in done]) for arm in arms}


def _written(case: Case, par: Flown) -> Par | str | _Written:
    """Make an arm fit to travel: the classes of a case that was loaded by path are not known where it arrives."""
    if callable(par) or isinstance(par, str):
        names = [name for name, known in case.pars.items() if known is par]
        return names[0] if names else par
    return _Written(case.plan(par).to_json())


def stopped(rows: Generator[_Found, None, None]) -> None:
    """Let the workers drop what was not wanted any more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # joblib counts what it drops
        rows.close()


def _refuse(case: Case, arms: Arms, seeds: Sequence[int]) -> None:
    if not seeds or len(set(seeds)) != len(seeds):
        raise BadInput("a study needs at least one seed, and each seed once")
    for par in arms.values():
        if isinstance(par, str):
            case.par(par)


def _study(case: Case, arm: str, seeds: Sequence[int], rows: list[tuple[Mapping[str, float], str]]) -> Study:
    return Study(case.name, arm, tuple(seeds), tuple(r for r, _ in rows), tuple(d for _, d in rows))


def mapped(task: Callable[[_Item], _Found], items: Sequence[_Item], jobs: int) -> Generator[_Found, None, None]:
    """Run *task* for each of *items*, in order, in *jobs* processes; 1 = in this one, -1 = one a core.

    joblib is the one seam to other processes (and machines); let what is not wanted any more be `stopped`.
    """
    from joblib import Parallel, delayed

    if jobs == 1 or len(items) == 1:
        return (task(item) for item in items)
    found: Generator[_Found, None, None] = Parallel(n_jobs=jobs, return_as="generator", batch_size=1)(
        delayed(task)(item) for item in items
    )
    return found


@dataclass(frozen=True)
class _Written:
    """A plan as JSON."""

    text: str


@dataclass(frozen=True)
class _Task:
    """The arms of a study under one seed: what a worker does."""

    case: Callable[[], Case]
    arms: dict[str, Par | str | _Written]
    until: float | None
    read: Reader | None

    def __call__(self, seed: int) -> dict[str, tuple[Mapping[str, float], str]]:
        case = self.case()
        return {arm: self._flown(case, par, seed) for arm, par in self.arms.items()}

    def _flown(self, case: Case, par: Par | str | _Written, seed: int) -> tuple[Mapping[str, float], str]:
        par = case.read_plan(par.text) if isinstance(par, _Written) else par
        run = fly(case, par, seed, until=self.until)
        return run.kpis() | dict(self.read(run) if self.read else {}), run.digest()


@dataclass(frozen=True)
class _FromOrigin:
    """A case that a worker loads by itself: a case holds functions, and those of a file do not travel."""

    origin: Callable[[], Case]
    scenario: Scenario

    def __call__(self) -> Case:
        return replace(self.origin(), scenario=self.scenario)


@dataclass(frozen=True)
class _Itself:
    """A case made in memory travels as it is."""

    case: Case

    def __call__(self) -> Case:
        return self.case


def portable(case: Case) -> Callable[[], Case]:
    """Return what gets hold of *case* in another process."""
    return _FromOrigin(case.origin, case.scenario) if case.origin else _Itself(case)
