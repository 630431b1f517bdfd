"""Work on a cluster: joblib's backends for Dask and Ray."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any

from simulator.errors import BadInput

__all__ = ["parallel"]


def parallel(task: Callable[[Any], Any], items: Iterable[Any], backend: str, jobs: int) -> Generator[Any, None, None]:
    """Run *task* for each of *items* on the cluster *backend*, at most *jobs* at a time, and yield what comes out as it comes."""
    raise BadInput(f"backend {backend} cannot be used yet")
