"""Worker processes for the screens: a bounded queue, one errand a player, cancelling, and the dead are replaced."""

from __future__ import annotations

import contextlib
import itertools
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, TimeoutError
from functools import partial
from multiprocessing import spawn
from multiprocessing.connection import Connection
from typing import Any, Literal

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from simulator.errors import BadInput

__all__ = ["Crew", "Errand", "State"]

State = Literal["waiting", "running", "done", "failed", "cancelled"]
_SLOTS = 64  # errands whose progress can be told at once; more than wait at most
_board: Any = None  # in a worker: where it writes how far it is


def _stand_apart() -> None:
    """See to it that processes which this one starts do not run its main program first.

    They would look it up when they are started, and what is the main program changes in a server: each page's script
    is, while it runs. A worker needs nothing of it. Done once, for the whole process.
    """
    usual = spawn.get_preparation_data
    if getattr(usual, "stands_apart", False):
        return

    def apart(name: str) -> dict[str, Any]:
        told: dict[str, Any] = usual(name)
        return {word: value for word, value in told.items() if not word.startswith("init_main")}

    apart.stands_apart = True  # type: ignore[attr-defined]
    spawn.get_preparation_data = apart


def _begin(board: Any, server: Connection, prepare: Callable[[], None]) -> None:
    global _board  # noqa: PLW0603  a worker belongs to one crew, and is told so once
    _board = board
    threading.Thread(target=_leave_with, args=(server,), daemon=True).start()
    prepare()


def _leave_with(server: Connection) -> None:
    """End this process when that of the server has ended, killed perhaps: else it would compute on for nobody."""
    server.poll(None)  # nothing is ever sent; this returns when the other end is gone
    os._exit(1)


def _tell(slot: int, share: float) -> None:
    _board[slot] = share


def _work(slot: int, job: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    _tell(slot, 0.0)
    return job(partial(_tell, slot), *args)


class Errand:
    """Something that a worker does for somebody; ask it how it stands."""

    def __init__(self, crew: Crew, owner: str, job: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self._crew, self.owner, self.job, self.args = crew, owner, job, args
        self.number, self.slot = crew.number()
        self.tries = 0
        self._cancelled = self._logged = False
        self._future: ProcessFuture[Any] = crew.send(self)

    @property
    def state(self) -> State:
        """How it stands; a worker that died is replaced, and the errand is begun again, once."""
        if self._cancelled:
            return "cancelled"
        if not self._future.done():
            return "running" if self._future.running() else "waiting"
        return self._settled()

    def _settled(self) -> State:
        try:
            error = self._future.exception()
        except CancelledError:
            return "cancelled"
        if isinstance(error, ProcessExpired) and self.tries < 2:
            self._future = self._crew.send(self)
            return "waiting"
        if error and not self._logged and not isinstance(error, BadInput | ProcessExpired):
            self._logged = True
            logging.getLogger("windtunnel").error("%s could not be computed", self.job.__name__, exc_info=error)
        return "failed" if error else "done"

    @property
    def share(self) -> float:
        """The share that is done [0, 1]."""
        return 1.0 if self.state == "done" else float(self._crew.board[self.slot])

    @property
    def ahead(self) -> int:
        """How many errands of other people stand before it in the queue."""
        return self._crew.ahead(self)

    @property
    def result(self) -> Any:
        """What came out; only of one that is done."""
        return self._future.result(timeout=0)

    @property
    def trouble(self) -> str:
        """Why it failed, in a sentence for people; what a person cannot mend is told as such."""
        error = self._future.exception(timeout=0) if self.state == "failed" else None
        if isinstance(error, BadInput):
            return str(error)
        if isinstance(error, TimeoutError):
            return f"it took more than {self._crew.limit:.0f} s and was stopped"
        if isinstance(error, ProcessExpired):
            return "the worker that computed it died twice; try again"
        return f"it could not be computed; the log of the server says more ({type(error).__name__})" if error else ""

    def cancel(self) -> None:
        """Stop it, also when it is under way."""
        self._cancelled = True
        self._future.cancel()  # type: ignore[no-untyped-call]

    def wait(self, seconds: float) -> State:
        """Wait up to *seconds* of wall time for its end, and say how it stands."""
        with contextlib.suppress(TimeoutError, CancelledError):
            self._future.exception(timeout=seconds)
        return self.state


def _person(errand: Errand) -> str:
    """Return whose errand it is: one person may have several, of different kinds."""
    return errand.owner.partition("/")[0]


class Crew:
    """*workers* processes that run errands in the order in which they were asked for.

    *prepare* runs in each fresh worker; at most *most* errands wait; one that takes longer than *limit* [s] is stopped.
    """

    def __init__(self, workers: int, prepare: Callable[[], None], most: int = 32, limit: float = 180.0) -> None:
        self.most, self.limit = most, limit
        _stand_apart()
        self._workers, self._prepare = workers, prepare
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([prepare.__module__])
        self.board = self._context.Array("d", _SLOTS, lock=False)
        self._alive, self._life = self._context.Pipe(
            duplex=False
        )  # workers hold the one end, only the server the other
        self._pool = self._fresh_pool()
        self._numbers = itertools.count()
        self._lock = threading.RLock()
        self._open: list[Errand] = []

    def _fresh_pool(self) -> ProcessPool:
        told = (self.board, self._alive, self._prepare)
        return ProcessPool(self._workers, initializer=_begin, initargs=told, context=self._context)

    def ask(self, owner: str, job: Callable[..., Any], *args: Any) -> Errand:
        """Have *job* done for *owner*, whose earlier errand is given up; BadInput when too many wait already."""
        with self._lock:
            for errand in self._still_open():
                if errand.owner == owner:
                    errand.cancel()
            if self.waiting >= self.most:
                raise BadInput(f"{self.waiting} flights wait to be computed already; try again in a minute")
            errand = Errand(self, owner, job, args)
            self._open.append(errand)
            return errand

    @property
    def waiting(self) -> int:
        """How many errands have not been begun."""
        with self._lock:
            return sum(errand.state == "waiting" for errand in self._still_open())

    def send(self, errand: Errand) -> ProcessFuture[Any]:
        """Hand *errand* to the workers; where the whole crew has broken down, to another one."""
        errand.tries += 1
        self.board[errand.slot] = 0.0
        with self._lock:
            if not self._pool.active:
                self._pool = self._fresh_pool()
            return self._pool.schedule(_work, args=(errand.slot, errand.job, errand.args), timeout=self.limit)

    def number(self) -> tuple[int, int]:
        """Return the number of the next errand and its place on the board."""
        number = next(self._numbers)
        return number, number % _SLOTS

    def ahead(self, errand: Errand) -> int:
        """Return how many errands of other people stand before *errand*."""
        mine = _person(errand)
        with self._lock:
            return sum(other.number < errand.number and _person(other) != mine for other in self._still_open())

    def _still_open(self) -> list[Errand]:
        self._open = [errand for errand in self._open if errand.state in ("waiting", "running")]
        return self._open

    def stop(self) -> None:
        """Send everybody home."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join(timeout=5.0)
