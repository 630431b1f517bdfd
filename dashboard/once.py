"""What a server makes once, for all of its threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Once"]

_Made = TypeVar("_Made")


class Once(Generic[_Made]):
    """What is made at the first call only, however many threads come at that moment; `lru_cache` lets each make one."""

    def __init__(self, make: Callable[[], _Made]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: list[_Made] = []

    def __call__(self) -> _Made:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    @property
    def made(self) -> bool:
        """Whether there is one."""
        return bool(self._made)

    def cache_clear(self) -> None:
        """Forget it: the next call makes another."""
        with self._lock:
            self._made.clear()
