"""The one seam to other processes and machines: joblib, told who is to do the work."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from simulator.errors import BadInput

__all__ = ["HERE", "Workers", "landed", "mapped", "stopped"]

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")
_LOSSES = 3  # workers in a row that may die without any work getting done


@dataclass(frozen=True)
class Workers:
    """Who flies: *jobs* processes on this machine, or on a cluster."""

    jobs: int = -1
    """-1 = one for each core; 1 = none but this one"""
    backend: str = "processes"
    """`processes`, `dask` (a cluster on this machine), the address of a Dask scheduler (`tcp://host:8786`), or `ray`"""

    @property
    def here(self) -> bool:
        """Whether the work is done in this process."""
        return self.backend == "processes" and self.jobs == 1

    @property
    def count(self) -> int:
        """How many work at a time on this machine."""
        return self.jobs if self.jobs > 0 else os.cpu_count() or 1


HERE = Workers(1)
"""this process alone"""


def mapped(
    task: Callable[[_Item], _Found], items: Sequence[_Item], workers: int | Workers
) -> Generator[_Found, None, None]:
    """Run *task* for each of *items*, and yield what comes out in their order; *workers*: how many, or who.

    Let what is not wanted any more be `stopped`. When workers die, what they were at is done again.
    """
    waiting: dict[int, _Found] = {}
    found = landed(task, items, workers)
    try:
        for place in range(len(items)):
            while place not in waiting:
                at, value = next(found)
                waiting[at] = value
            yield waiting.pop(place)
    finally:
        stopped(found)


def landed(
    task: Callable[[_Item], _Found], items: Sequence[_Item], workers: int | Workers
) -> Generator[tuple[int, _Found], None, None]:
    """Do the same, and yield (place among the *items*, what came out) as it comes."""
    who = Workers(workers) if isinstance(workers, int) else workers
    if who.here or (len(items) == 1 and who.backend == "processes"):
        yield from ((place, task(item)) for place, item in enumerate(items))
    else:
        yield from _elsewhere(_Numbered(task), dict(enumerate(items)), who)


def _elsewhere(
    task: Callable[[tuple[int, Any]], tuple[int, Any]], left: dict[int, Any], who: Workers
) -> Generator[tuple[int, Any], None, None]:
    """Have *task* done for all that is *left*; a worker that dies takes with it what is being done, no more."""
    from joblib.externals.loky.process_executor import BrokenProcessPool

    losses = 0
    while left:
        rows = _parallel(task, list(left.items()), who)
        try:
            for at, value in rows:
                losses = 0
                del left[at]
                yield at, value
        except BrokenProcessPool:
            losses += 1
            if losses >= _LOSSES:
                raise BadInput(f"{losses} workers died in a row (out of memory?); fewer may do: --jobs 1") from None
        finally:
            stopped(rows)


def _parallel(task: Callable[[Any], Any], items: Iterable[Any], who: Workers) -> Generator[Any, None, None]:
    from joblib import Parallel, delayed

    if who.backend != "processes":
        from simulator.study.clusters import parallel

        elsewhere: Generator[Any, None, None] = parallel(task, items, who.backend, who.jobs)
        return elsewhere
    found: Generator[Any, None, None] = Parallel(n_jobs=who.jobs, return_as="generator_unordered", batch_size=1)(
        delayed(task)(item) for item in items
    )
    return found


@dataclass(frozen=True)
class _Numbered:
    """Does a task, and says which it was."""

    task: Callable[[Any], Any]

    def __call__(self, numbered: tuple[int, Any]) -> tuple[int, Any]:
        place, item = numbered
        return place, self.task(item)


def stopped(rows: Generator[_Found, None, None]) -> None:
    """Let the workers drop what was not wanted any more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # joblib counts what it drops
        rows.close()
