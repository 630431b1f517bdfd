"""Measures the CPU time of a flight by itself: the libraries that it loads on the way are not its own work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from types import ModuleType

__all__ = ["cpu_clock"]


@contextmanager
def cpu_clock() -> Iterator[Callable[[], float]]:
    """Yield a reading of the CPU seconds [s] since the start, without those in which Python loaded modules."""
    loading = _Loading()
    start = time.process_time()
    SourceFileLoader.exec_module = loading.watched()  # type: ignore[method-assign, assignment]
    try:
        yield lambda: time.process_time() - start - loading.spent
    finally:
        del SourceFileLoader.exec_module  # what it inherits is in force again


class _Loading:
    """Adds up the time in which modules are loaded; a module that loads others is counted once."""

    def __init__(self) -> None:
        self.spent, self._depth = 0.0, 0

    def watched(self) -> Callable[[SourceFileLoader, ModuleType], None]:
        """Return a loader's `exec_module` that keeps the time."""
        load = SourceFileLoader.exec_module

        def watching(loader: SourceFileLoader, module: ModuleType) -> None:
            start, self._depth = time.process_time(), self._depth + 1
            try:
                load(loader, module)
            finally:
                self._depth -= 1
                self.spent += 0.0 if self._depth else time.process_time() - start

        return watching
