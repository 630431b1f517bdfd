"""The one seam to other processes and machines: joblib, told who is to do the work."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from simulator.errors import BadInput

__all__ = ["HERE", "Workers", "landed", "mapped", "stopped"]

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")
_calls = itertools.count(1)
_tasks: dict[tuple[int, int], Callable[[Any], Any]] = {}
_DEATHS = 3  # workers in a row that may die of the runs they fly alone
_GLANCE = 0.5  # between looks at whether the process that started a worker is still there [s]
_AHEAD = 2  # tasks under way for each worker, so that none waits for the next


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
    def own(self) -> bool:
        """Whether the workers belong to this process, which started them."""
        return self.backend in ("processes", "dask")

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
        call = (os.getpid(), next(_calls)) if who.own else None
        yield from _elsewhere(_Errand(task, call), dict(enumerate(items)), who)


def _elsewhere(
    task: Callable[[tuple[int, Any]], tuple[int, Any]], left: dict[int, Any], who: Workers
) -> Generator[tuple[int, Any], None, None]:
    """Have *task* done for all that is *left*; a worker that dies takes with it what is being done, no more.

    What was under way then is done one by one, so that what kills workers by itself is found, and put off to the end.
    """
    from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError

    alone, deaths = 0, 0
    while left:
        rows = _parallel(task, list(left.items())[: 1 if alone else None], who)
        try:
            for at, value in rows:
                deaths = 0
                del left[at]
                yield at, value
            alone = max(0, alone - 1)
        except BrokenProcessPool as error:
            if alone and not isinstance(error, TerminatedWorkerError):
                raise BadInput(f"a worker cannot load what it is to do: {_last_line(error.__cause__)}") from None
            deaths += _put_off(left) if alone else 0
            if deaths >= _DEATHS:
                raise BadInput(
                    "there are runs that kill each worker that flies them; do they need less memory?"
                ) from None
            alone = alone or _AHEAD * who.count
        finally:
            stopped(rows)


def _put_off(left: dict[int, Any]) -> int:
    """Do the first of what is *left* at the end; return 1, for it has killed a worker."""
    first = next(iter(left))
    left[first] = left.pop(first)
    return 1


def _last_line(error: BaseException | None) -> str:
    return str(error).strip('" \n').rpartition("\n")[2]


def _parallel(task: Callable[[Any], Any], items: Sequence[Any], who: Workers) -> Generator[Any, None, None]:
    from joblib import Parallel, delayed, parallel_config

    if who.backend != "processes":
        from simulator.study.clusters import parallel

        elsewhere: Generator[Any, None, None] = parallel(task, items, who.backend, who.jobs)
        return elsewhere
    bound = {"initializer": _bound, "initargs": (os.getpid(),)}
    with parallel_config(backend="loky", n_jobs=who.jobs, inner_max_num_threads=1, **bound):
        crew = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch=_AHEAD * who.count)
    found: Generator[Any, None, None] = crew(delayed(task)(item) for item in items)
    return found


def _bound(parent: int) -> None:
    """Have this worker end with the process *parent* that started it, even where that one is killed.

    And not before: loky takes worlds and compiled loops for a leak, and would start a new worker at 300 MB.
    """
    from joblib.externals.loky import process_executor

    process_executor._MAX_MEMORY_LEAK_SIZE = math.inf
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_GLANCE)
    os._exit(1)


@dataclass(frozen=True)
class _Errand:
    """Does a task, and says which it was; in a worker of ours it is the same object for all items of a *call*.

    So what hangs on it is shared: a world is known by the function that draws it, and one that was defined by hand
    is another function each time it arrives.
    """

    task: Callable[[Any], Any]
    call: tuple[int, int] | None
    """process, number; None = the worker may have others to work for, whose calls cannot be told from ours"""

    def __call__(self, numbered: tuple[int, Any]) -> tuple[int, Any]:
        place, item = numbered
        with contextlib.redirect_stdout(sys.stderr):  # standard output belongs to the results of the process that asked
            return place, self._known()(item)

    def _known(self) -> Callable[[Any], Any]:
        if self.call is None:
            return self.task
        if self.call not in _tasks:
            _tasks.clear()
        return _tasks.setdefault(self.call, self.task)


def stopped(rows: Generator[_Found, None, None]) -> None:
    """Let the workers drop what was not wanted any more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # joblib counts what it drops
        rows.close()
