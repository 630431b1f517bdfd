"""Dask behind joblib. Unlike joblib's own backend it tells of every end, that of a task which kills workers too."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable
from typing import Any

from distributed import Client, Future
from joblib.parallel import ParallelBackendBase

__all__ = ["DaskBackend", "Lost", "dask_setup"]

_Outcome = tuple[Any, Exception | None]
_Told = Callable[[_Outcome], None]


class Lost(Exception):
    """A task was not done; *why* is what Dask says."""

    def __init__(self, why: Exception) -> None:
        super().__init__(str(why))
        self.why = why


class DaskBackend(ParallelBackendBase):  # type: ignore[misc]
    """Hands tasks to the workers of *client*, and what comes out, or went wrong, to joblib as it comes."""

    supports_retrieve_callback = True

    def __init__(self, client: Client) -> None:
        super().__init__(nesting_level=0)
        self._client = client
        self._under_way: set[Future[Any]] = set()

    def effective_n_jobs(self, n_jobs: int) -> int:
        """Return how many tasks joblib believes to run at once; told of one, it would run them in this process."""
        return max(2, n_jobs)

    def submit(self, func: Callable[[], Any], callback: _Told) -> Future[Any]:
        """Have *func* called by a worker, and then *callback* here."""
        future = self._client.submit(_run, func, pure=False)
        self._under_way.add(future)
        self._client.loop.add_callback(self._settled, future, callback)
        return future

    async def _settled(self, future: Future[Any], callback: _Told) -> None:
        outcome: _Outcome
        try:
            outcome = await future
        except Exception as error:
            outcome = None, Lost(error)
        self._under_way.discard(future)
        callback(outcome)

    def retrieve_result_callback(self, out: _Outcome) -> Any:
        """Return what came *out*, or raise it."""
        value, error = out
        if error is not None:
            raise error
        return value

    def abort_everything(self, ensure_ready: bool = True) -> None:
        """Take back what has not begun; a run that a worker is at ends by itself."""
        self._client.cancel(list(self._under_way))
        self._under_way.clear()


def _run(func: Callable[[], Any]) -> _Outcome:
    """Call *func* in a worker; an error of its own comes back as a value, to be told from what goes wrong in Dask."""
    try:
        return func(), None
    except Exception as error:
        error.add_note(traceback.format_exc())
        return None, error


def dask_setup(worker: object) -> None:
    """Have a *worker* of ours leave Ctrl-C to the process that started it; Dask calls this, by this name."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
