"""Hunts for the best design: asks for some, races them against the best so far, and tells what became of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.study.asking import Asker
from simulator.study.axes import Axes, Values
from simulator.study.racing import Goal, Kpis, Model, Race, Raced

if TYPE_CHECKING:
    from optuna.trial import Trial

__all__ = ["Entry", "Fits", "Hunt", "Terms", "Tried", "same"]

Fits = Callable[[Values], str]
"""says what is wrong with a design that is not to be flown; nothing = it fits"""
_ASKS = 5  # for each design of the budget: where there are few designs, the same ones are asked for again and again


@dataclass(frozen=True)
class Terms:
    """How a search goes about it."""

    level: float = 0.05
    """how likely a race may drop a design that is as good as the best; 0 = nothing is dropped"""
    looks: tuple[float, ...] = (1 / 4, 1 / 2)
    """the shares of the seeds after which a race drops"""
    batch: int = 4
    """designs that are asked for and raced at a time; the number of workers does not matter, this does"""
    finalists: int = 3
    """how many of the best are flown on fresh seeds"""
    fresh: int | None = None
    """how many fresh seeds decide among the finalists, and as many again tell what the winner is worth; None = as
    many as the search has"""
    luck: int = 0
    """the seed of the search"""


@dataclass(frozen=True)
class Tried:
    """One design of a search."""

    number: int
    design: Values
    """the dials that are searched"""
    value: float
    """mean of the KPI over the seeds; of a design that was dropped, the best's mean and their mean difference as far as
    it was flown; NaN where it was not flown"""
    runs: int
    kept: bool
    """whether the means keep the guardrails"""
    dropped: str = ""
    """why it was not flown to the end: `worse`, the KPI of a guardrail that it breaks, or what does not fit"""


@dataclass(frozen=True)
class Entry:
    """A design that was tried, with what a search needs to know of it."""

    tried: Tried
    rows: Kpis
    score: float
    """more is better"""
    misses: tuple[float, ...]

    @property
    def rank(self) -> tuple[bool, float, float]:
        """What the best has least of: guardrails broken, by how much where they are, and the score turned round."""
        far = sum(max(0.0, miss) for miss in self.misses)
        return (far > 0, far, -self.score)


def same(values: Values) -> tuple[tuple[str, object], ...]:
    """Return what equal *values* have in common."""
    return tuple(sorted(values.items()))


class Hunt:
    """A search under way."""

    def __init__(self, model: Model, axes: Axes, race: Race, terms: Terms, fits: Fits) -> None:
        self.model, self.race, self.terms, self.fits = model, race, terms, fits
        self.axes = axes
        self.known: dict[object, Entry] = {}

    def begin(self, start: Values, budget: int) -> None:
        """Fly the design from which the search begins; where it lies on the axes, it is the first one tried."""
        self.asker, self.asks, self.budget = Asker(self.axes, budget, self.terms.luck), 0, budget
        (rows,) = self.model([start], self.race.seeds)
        self.first = self._entry(start, Raced(rows), None)
        if all(axis.holds(start[axis.dial.name]) for axis in self.axes):
            self.asker.propose(start)
            self.known[same(start)] = self.first
            self._tell([self._asked()])

    @property
    def entries(self) -> list[Entry]:
        """All designs so far, in the order in which they were tried."""
        return list(self.known.values())

    @property
    def ranked(self) -> list[Entry]:
        """Those that were flown under every seed, the best first."""
        return sorted((entry for entry in self.entries if not entry.tried.dropped), key=lambda entry: entry.rank)

    @property
    def goes_on(self) -> bool:
        """Whether there is budget left; where few designs are possible, none may be left to spend it on."""
        return len(self.known) < self.budget and self.asks < _ASKS * self.budget

    def step(self) -> None:
        """Ask for a batch of designs, race those that are new, and tell the optimiser in the order of asking."""
        asked = [self._asked() for _ in range(min(self.terms.batch, self.budget - len(self.known)))]
        fresh = {same(values): values for _, values in asked if same(values) not in self.known}
        wrong = {key: self.fits(values) for key, values in fresh.items()}
        racing = [values for key, values in fresh.items() if not wrong[key]]
        best = next((entry for entry in self.ranked if not entry.rank[0]), None)
        raced = iter(self.race.run(self.model, racing, best.rows if best else None))
        for key, values in fresh.items():
            found = Raced((), wrong[key]) if wrong[key] else next(raced)
            self.known[key] = self._entry(values, found, best)
        self._tell(asked)

    def _asked(self) -> tuple[Trial, Values]:
        self.asks += 1
        return self.asker.ask()

    def _tell(self, asked: Sequence[tuple[Trial, Values]]) -> None:
        for trial, values in asked:
            entry = self.known[same(values)]
            self.asker.tell(trial, entry.score, entry.misses)

    def _entry(self, values: Values, raced: Raced, best: Entry | None) -> Entry:
        goal, rows = self.race.goal, raced.rows
        misses = goal.misses(rows) if rows else goal.unknown
        score = _score(goal, rows, best.rows if best and raced.dropped else None)
        value = -score if goal.less else score
        kept = all(miss <= 0 for miss in misses)
        tried = Tried(len(self.known), values, value, len(rows), kept, raced.dropped)
        return Entry(tried, rows, score, misses)


def _score(goal: Goal, rows: Kpis, best: Kpis | None) -> float:
    """Return the mean score, seen beside the *best* on the same seeds where *rows* ends early."""
    if not rows:
        return math.nan
    scores = goal.scores(rows)
    if best is None:
        return float(scores.mean())
    whole = goal.scores(best)
    return float(whole.mean() + (scores - whole[: len(rows)]).mean())
