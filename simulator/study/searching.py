"""Searches the space of designs: which is best of all that a budget can try, and what is it really worth?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from simulator.errors import BadInput, Cancelled
from simulator.plan import Plan
from simulator.study.arms import Flown
from simulator.study.axes import Axes, Axis, Values, axes_of, plan_of, turned
from simulator.study.campaign import Campaign
from simulator.study.designs import misfit
from simulator.study.hunting import Entry, Fits, Hunt, Terms, Tried, same
from simulator.study.intervals import Interval
from simulator.study.racing import Goal, Kpis, Model, Race
from simulator.study.studies import Comparison, Study, compare

__all__ = ["Found", "Searched", "optimise", "search"]

_ENDS = (
    6  # what is flown before and after a search, in designs under every seed: where it begins, finalists, both again
)


@dataclass(frozen=True)
class Searched:
    """What a search found."""

    kpi: str
    best: Values
    """the dials that were searched, at their best"""
    start: Values
    """where they were at the beginning"""
    value: Interval
    """of the KPI, on seeds that had no say in the choice"""
    gain: Comparison
    """over the design from which the search began, in pairs on the same seeds"""
    guardrails: Mapping[str, float]
    """their means on those seeds"""
    kept: bool
    """whether these keep their limits"""
    history: tuple[Tried, ...]
    seeds: tuple[int, ...]
    fresh: tuple[int, ...]
    """the seeds of the value; those of the search itself, which flatter, where it was cancelled"""
    searched: int
    """runs of the search"""
    spared: int
    """runs that it would have taken besides if nothing had been dropped early"""
    runs: int
    """all runs, those of the beginning and of the finalists included"""
    finished: bool = True

    @property
    def dropped(self) -> int:
        """How many designs were dropped by a race."""
        return sum(bool(tried.dropped) and tried.runs > 0 for tried in self.history)


@dataclass(frozen=True)
class Found(Searched):
    """What a search found in a case."""

    plan: Plan = field(kw_only=True)
    """the best design, with the changes and acts of the plan from which the search began"""


def optimise(
    campaign: Campaign,
    dials: Sequence[str | Axis],
    budget: int,
    seeds: Sequence[int],
    *,
    kpi: str = "profit",
    base: Flown | None = None,
    terms: Terms | None = None,
) -> Found:
    """Search for the design whose mean *kpi* over *seeds* is best, among *budget* designs that differ in *dials*.

    All designs meet the same seeds, so that they differ by their decisions alone. The means of guardrails have to
    keep their limits; a design that does not fit the world is not flown. Races drop hopeless designs early. The best
    of many looks better than it is: so the finalists are flown on fresh seeds, and what the winner is worth is told
    from others still, beside *base* (a plan, a design, a par that is a plan, or None: the default design), whose
    other dials, changes and acts all designs share.

    The same call tries the same designs, whoever flies; with a shelf, one that was interrupted goes on where it was.
    When the campaign's progress raises Cancelled, or somebody presses Ctrl-C, the best so far is returned. BadInput
    for an unknown dial, KPI or par, a budget below 1, fewer than two seeds, or where optuna is not installed.
    """
    case, plan = campaign.case, plan_of(campaign.case, base)
    axes, goal = axes_of(case.design, dials), Goal.of(case, kpi)
    crew = _Crew(campaign, plan, (budget + _ENDS) * len(seeds))
    start = {axis.dial.name: plan.design.values()[axis.dial.name] for axis in axes}
    found = search(
        crew, axes, goal, budget, seeds, start=start, terms=terms,
        fits=lambda values: misfit(case, turned(plan, values)), settled=crew.settle,
    )  # fmt: skip
    return Found(**vars(found), plan=case.plan(turned(plan, found.best)))


@dataclass
class _Crew:
    """Flies designs of a case in a campaign, and says how far a search of *most* runs is."""

    campaign: Campaign
    plan: Plan
    most: int
    done: float = 0.0

    def __call__(self, designs: Sequence[Values], seeds: Sequence[int]) -> list[Kpis]:
        arms = {str(number): turned(self.plan, values) for number, values in enumerate(designs)}
        before, runs = self.done, len(arms) * len(seeds)
        rows = replace(self.campaign, progress=lambda share: self.settle(before + share * runs)).fly(arms, seeds)
        return [tuple(row.kpis for row in found) for found in rows.values()]

    def settle(self, runs: float) -> None:
        """Take note that *runs* have been flown or spared."""
        self.done = runs
        self.campaign.progress(min(1.0, runs / self.most))


def search(
    model: Model,
    axes: Axes,
    goal: Goal,
    budget: int,
    seeds: Sequence[int],
    *,
    start: Values,
    terms: Terms | None = None,
    fits: Fits = lambda values: "",
    settled: Callable[[float], None] = lambda runs: None,
) -> Searched:
    """Search what any *model* makes of designs on *axes*, in the way of `optimise`, from the design *start*.

    *fits* says what is wrong with a design that is not to be flown; *settled* is told how many runs of
    budget x seeds have been flown or spared.
    """
    if budget < 1 or len(seeds) < 2 or len(set(seeds)) != len(seeds):
        raise BadInput("a search needs a budget of at least one design, and at least two seeds, each once")
    terms, count = terms or Terms(), _Counted(model)
    hunt = Hunt(count, axes, Race(goal, tuple(seeds), terms.level, terms.looks), terms, fits)
    hunt.begin(start, budget)
    try:
        while hunt.goes_on:
            settled((1 + len(hunt.known)) * len(seeds))
            hunt.step()
        return _judged(hunt, count)
    except (Cancelled, KeyboardInterrupt):
        best = next(iter(hunt.ranked), hunt.first)
        return _told(hunt, count, best, best.rows, hunt.first.rows)


class _Counted:
    """Counts the runs of a model."""

    def __init__(self, model: Model) -> None:
        self.model, self.runs = model, 0

    def __call__(self, designs: Sequence[Values], seeds: Sequence[int]) -> Sequence[Kpis]:
        found = self.model(designs, seeds)
        self.runs += len(designs) * len(seeds)
        return found


def _judged(hunt: Hunt, count: _Counted) -> Searched:
    """Choose among the finalists by fresh seeds and those of the search, and judge the winner on others still."""
    seeds, terms = hunt.race.seeds, hunt.terms
    n = len(seeds) if terms.fresh is None else terms.fresh
    unused = (seed for seed in itertools.count() if seed not in seeds)
    last, fresh = (tuple(itertools.islice(unused, n)) for _ in range(2))
    finalists = hunt.ranked[: terms.finalists] or [hunt.first]
    best = _winner(hunt, finalists, last) if len(finalists) > 1 else finalists[0]
    designs = {same(entry.tried.design): entry.tried.design for entry in (hunt.first, best)}
    rows = dict(zip(designs, hunt.model(list(designs.values()), fresh), strict=True))
    return _told(hunt, count, best, rows[same(best.tried.design)], rows[same(hunt.first.tried.design)], fresh)


def _winner(hunt: Hunt, finalists: Sequence[Entry], seeds: tuple[int, ...]) -> Entry:
    goal = hunt.race.goal
    flown = hunt.model([entry.tried.design for entry in finalists], seeds)
    ranks = []
    for entry, rows in zip(finalists, flown, strict=True):
        whole = entry.rows + rows
        ranks.append(replace(entry, score=float(goal.scores(whole).mean()), misses=goal.misses(whole)).rank)
    return finalists[ranks.index(min(ranks))]


def _told(
    hunt: Hunt, count: _Counted, best: Entry, rows: Kpis, first: Kpis, fresh: tuple[int, ...] | None = None
) -> Searched:
    """Tell what the *best* makes, given its *rows* beside those of the *first*, on *fresh* seeds or those of old."""
    goal, seeds = hunt.race.goal, hunt.race.seeds
    base, arm = (Study("", name, fresh or seeds, found, ()) for name, found in (("base", first), ("best", rows)))
    history = tuple(entry.tried for entry in hunt.known.values())
    searched = sum(tried.runs for tried in history)
    return Searched(
        kpi=goal.kpi,
        best=best.tried.design,
        start=hunt.first.tried.design,
        value=arm.interval(goal.kpi),
        gain=compare(base, arm, goal.kpi),
        guardrails={target.kpi: float(arm.values(target.kpi).mean()) for target in goal.guardrails},
        kept=all(miss <= 0 for miss in goal.misses(rows)),
        history=history,
        seeds=seeds,
        fresh=fresh or seeds,
        searched=searched,
        spared=sum(len(seeds) - tried.runs for tried in history if tried.runs),
        runs=count.runs,
        finished=fresh is not None,
    )
