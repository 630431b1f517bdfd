"""Work on a cluster: Dask and Ray as joblib sees them; each cluster is connected once, and kept."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import logging
import os
import warnings
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from simulator.errors import BadInput
from simulator.study.versions import versions

if TYPE_CHECKING:  # an extra, imported when it is asked for
    from distributed import Client, LocalCluster

__all__ = ["closed", "parallel"]

_Found = Generator[Any, None, None]
_PATIENCE = 8.0  # for a scheduler to answer, and for a worker to be there [s]
_AHEAD = 8  # tasks under way for each core: a new one takes some 10 ms to get there
_AT_ONCE = 100  # the same where a backend hands nothing out before all is done
_known: dict[str, tuple[Client, LocalCluster | None]] = {}
_sound: set[str] = set()


def parallel(task: Callable[[Any], Any], items: Sequence[Any], backend: str, jobs: int) -> _Found:
    """Run *task* for each of *items* on a cluster, *jobs* at a time (-1 = all it can), and yield what comes out.

    *backend* is `dask` (a cluster on this machine, started here and closed at exit), the address of a Dask scheduler,
    or `ray`. BadInput where nobody is there who would do the work as this process does.
    """
    return _on_ray(task, items, jobs) if backend == "ray" else _on_dask(task, items, backend, jobs)


def _on_dask(task: Callable[[Any], Any], items: Sequence[Any], backend: str, jobs: int) -> _Found:
    """Let joblib stream through a Dask client; a run whose worker died is done again by another one."""
    client = _client(backend, jobs)
    from joblib import Parallel, delayed

    from simulator.study.dask_backend import DaskBackend, Lost

    cores = _cores(client, backend)
    ahead = _AHEAD * cores if backend == "dask" or jobs < 0 else jobs
    how = {"return_as": "generator_unordered", "batch_size": 1, "pre_dispatch": ahead}
    rows = Parallel(n_jobs=cores, backend=DaskBackend(client), **how)(delayed(task)(item) for item in items)
    try:
        yield from rows
    except Lost as error:
        raise BadInput(_reason(backend, error.why)) from None


def _reason(backend: str, why: Exception) -> str:
    from distributed import CancelledError, KilledWorker

    if isinstance(why, KilledWorker):
        return f"workers of {backend} died one after another at one and the same run; does it need less memory?"
    if isinstance(why, CancelledError | OSError):
        return f"the scheduler {backend} went away"
    said = str(why.__cause__ or why).strip().partition("\n")[0]
    return f"{backend} cannot do the work: {said}; scheduler and workers need what this process has installed"


def _client(backend: str, jobs: int) -> Client:
    """Return the client for *backend*, connecting where there is none that works."""
    count = _count(jobs)
    client, cluster = _known.get(backend, (None, None))
    if client is not None and (client.status != "running" or (cluster is not None and len(cluster.workers) != count)):
        _forget(backend)
    if backend not in _known:
        _known[backend] = _connected(backend, count)
    return _known[backend][0]


def _count(jobs: int) -> int:
    return jobs if jobs > 0 else os.cpu_count() or 1


def _connected(backend: str, count: int) -> tuple[Client, LocalCluster | None]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise BadInput("Dask is not installed here: pip install 'ml-windtunnel[distributed]'") from None
    atexit.register(closed)
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if backend != "dask":
        return _reached(backend), None
    how = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": logging.CRITICAL}
    try:
        cluster = LocalCluster(n_workers=count, processes=True, preload="simulator.study.dask_backend", **how)
    except RuntimeError:
        guard = "a program that starts one needs its `if __name__ == '__main__':`"
        raise BadInput(f"the workers of a Dask cluster did not start here; {guard}") from None
    return Client(cluster, set_as_default=False), cluster


def _reached(address: str) -> Client:
    from distributed import Client

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions are compared below, in one line
            return Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        why = "" if isinstance(error, OSError) else f": {error}"
        raise BadInput(f"no Dask scheduler answers at {address}{why}; `dask scheduler` starts one") from None


def _cores(client: Client, backend: str) -> int:
    """Return how many runs the workers can do at once; BadInput when there is none, or one that differs."""
    try:
        with contextlib.suppress(TimeoutError):
            client.wait_for_workers(1, timeout=_PATIENCE)
        cores = client.ncores()
        _check(client, [worker for worker in cores if worker not in _sound])
    except OSError:
        raise BadInput(f"the scheduler {backend} went away") from None
    if not cores:
        raise BadInput(f"no worker has come to {backend}; `dask worker {backend} --nthreads 1` starts one")
    return sum(cores.values())


def _check(client: Client, workers: Sequence[str]) -> None:
    """Refuse *workers* whose runs would come out differently, or not at all."""
    told = client.run(versions, workers=list(workers), on_error="return") if workers else {}
    for worker, there in told.items():
        if isinstance(there, Exception):
            said = str(there).strip().splitlines()[:1]
            raise BadInput(f"worker {worker} cannot do the work; is this package installed there? {' '.join(said)}")
        for name, here in versions().items():
            if there.get(name) != here:
                raise BadInput(f"worker {worker} has {name} {there.get(name)}, and {here} is here: runs may differ")
        _sound.add(worker)


def _forget(backend: str) -> None:
    client, cluster = _known.pop(backend)
    with contextlib.suppress(Exception):
        client.close(timeout=_PATIENCE)
        if cluster is not None:
            cluster.close(timeout=_PATIENCE)


def closed() -> None:
    """Let go of all clusters, and end those that were started here; it is done at exit, too."""
    while _known:
        _forget(next(iter(_known)))


def _on_ray(task: Callable[[Any], Any], items: Sequence[Any], jobs: int) -> _Found:
    """Go through Ray's backend for joblib, which hands nothing out before all is done: part by part."""
    from joblib import Parallel, delayed

    try:
        importlib.import_module("ray.util.joblib").register_ray()
    except ImportError:
        raise BadInput("Ray is not installed here: pip install ray") from None
    most = _AT_ONCE * _count(jobs)
    for first in range(0, len(items), most):
        yield from Parallel(n_jobs=jobs, backend="ray")(delayed(task)(item) for item in items[first : first + most])
