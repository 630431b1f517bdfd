"""Flies arms under seeds: each run once, by whoever is to do it, and kept when it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import index

from simulator.case import Case, Par
from simulator.errors import BadInput
from simulator.run import Run
from simulator.simulation import Progress, fly
from simulator.study.arms import Arms, Reader, Written, portable, readable, written
from simulator.study.prints import case_print, print_of
from simulator.study.shelf import Row, Shelf
from simulator.study.versions import versions
from simulator.study.workers import Workers, landed, stopped

__all__ = ["MOST_RUNS", "Campaign", "Rows"]

Rows = dict[str, tuple[Row, ...]]
"""arm -> what is kept of its runs, in the order of the seeds"""
_Leg = tuple[tuple[Par | str | Written, ...], int]
MOST_RUNS = 1_000_000
"""in one study; each takes a kilobyte of memory or two"""
_FEW = 4  # arms that one worker flies one after another, where each of them need not be kept at once


@dataclass(frozen=True)
class Campaign:
    """What all runs of a study have in common."""

    case: Case
    workers: int | Workers = -1
    """how many processes of this machine, -1 = one a core; or who"""
    until: float | None = None
    """how far each run is flown [s]; None = to the horizon"""
    read: Reader | None = None
    """figures besides the KPIs of the case"""
    shelf: Shelf | None = None
    """where finished runs are kept, and found again"""
    progress: Progress = field(default=lambda share: None)
    """is told the share of the runs that is done, and may raise Cancelled; what is done then has been kept"""

    def fly(self, arms: Arms, seeds: Sequence[int]) -> Rows:
        """Fly every arm under every seed; what is on the shelf is not flown again.

        The result does not depend on who flies, how many they are, and what was on the shelf. BadInput for no seeds,
        a seed twice, an unknown par, or a plan that does not fit.
        """
        seeds = [index(seed) for seed in seeds]
        if not seeds or len(set(seeds)) != len(seeds):
            raise BadInput("a study needs at least one seed, and each seed once")
        if len(arms) * len(seeds) > MOST_RUNS:
            raise BadInput(f"{len(arms) * len(seeds):,} runs are too many; at most {MOST_RUNS:,} are flown at once")
        ready = {arm: written(self.case, par) for arm, par in arms.items()}
        done = self._flown(ready, seeds) if self.shelf is None else self._kept(ready, seeds, self.shelf)
        return {arm: tuple(done[arm, seed] for seed in seeds) for arm in arms}

    def _flown(self, arms: Mapping[str, Par | str | Written], seeds: Sequence[int]) -> dict[tuple[str, int], Row]:
        """Fly with no shelf: few arms go together, so that their world is drawn once."""
        names, most = list(arms), _FEW if len(arms) <= _FEW else 1
        groups = [names[first : first + most] for first in range(0, len(names), most)]
        legs = [(group, seed) for seed in seeds for group in groups]
        done: dict[tuple[str, int], Row] = {}
        for place, rows in self._landed([(tuple(arms[arm] for arm in group), seed) for group, seed in legs]):
            group, seed = legs[place]
            done.update({(arm, seed): row for arm, row in zip(group, rows, strict=True)})
            self.progress(len(done) / (len(arms) * len(seeds)))
        return done

    def _kept(
        self, arms: Mapping[str, Par | str | Written], seeds: Sequence[int], shelf: Shelf
    ) -> dict[tuple[str, int], Row]:
        """Fly what is not on the *shelf*, and put each run there when it is done."""
        keys = self._keys(arms, seeds)
        known = shelf.found(keys.values())
        done = {leg: known[key] for leg, key in keys.items() if key in known}
        left = [leg for leg in keys if leg not in done]
        for place, (row,) in self._landed([((arms[arm],), seed) for arm, seed in left]):
            done[left[place]] = row
            shelf.put(keys[left[place]], row)
            self.progress(len(done) / len(keys))
        return done

    def _keys(self, arms: Mapping[str, Par | str | Written], seeds: Sequence[int]) -> dict[tuple[str, int], str]:
        """Name each run by all that it is a function of, in the order of the seeds."""
        reader = self.read and print_of(self.read)
        common = [case_print(self.case), self.until, reader, versions()]
        prints = {arm: print_of(par) for arm, par in arms.items()}
        return {(arm, seed): _hashed([*common, prints[arm], seed]) for seed in seeds for arm in arms}

    def _landed(self, legs: Sequence[_Leg]) -> Iterator[tuple[int, tuple[Row, ...]]]:
        task = _Task(portable(self.case), self.until, self.read)
        rows = landed(task, legs, self.workers)
        try:
            yield from rows
        finally:
            stopped(rows)


def _hashed(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class _Task:
    """Flies arms under a seed: what a worker does."""

    case: Callable[[], Case]
    until: float | None
    read: Reader | None

    def __call__(self, leg: _Leg) -> tuple[Row, ...]:
        arms, seed = leg
        case = self.case()
        return tuple(self._row(fly(case, readable(case, arm), seed, until=self.until)) for arm in arms)

    def _row(self, run: Run) -> Row:
        more = {name: float(value) for name, value in self.read(run).items()} if self.read else {}
        return Row(run.kpis() | more, run.digest())
