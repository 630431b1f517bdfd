"""Compiles the event loop with numba, once a machine: the same source as plain Python runs, from a cache on disk."""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from simulator.serving.kernel import (
    breaker,
    caches,
    calendar,
    calls,
    choosing,
    codes,
    express,
    loop,
    luck,
    orders,
    path,
    pools,
    queues,
    records,
    sharing,
)

__all__ = ["Entries", "compiled", "is_cached", "plain"]

_MODULES = (
    codes, records, calendar, luck, queues, choosing, sharing, pools, breaker, calls, caches, path, loop, orders,
    express,
)  # fmt: skip
_LEAVES = ("push", "push_later", "pop", "soonest", "take", "mixed", "settle", "depart", "soonest_end")


class Entries(NamedTuple):
    """The ways into the loop; each takes the handle of a world, which is good until one of its columns is replaced."""

    handle: Callable[[records.World], Any]
    run: Callable[..., Any]
    """(handle, until [s]) -> why it stopped"""
    order: Callable[..., Any]
    """(handle, what, where, amount): an order of the control plane"""
    express: Callable[..., Any]
    """(handle, starts, whether to keep them): all requests through one plain pool"""
    is_compiled: bool


def plain() -> Entries:
    """Return the loop as plain Python."""
    return Entries(lambda world: world, loop.run, orders.order, express.express, False)


@functools.cache
def compiled() -> Entries:
    """Return the loop compiled by numba, or as plain Python where numba is missing or switched off."""
    try:
        numba = importlib.import_module("numba")
    except ImportError:
        return plain()
    if numba.config.DISABLE_JIT:
        return plain()
    folder = _folder()
    if folder is None:
        return _jitted(numba, keep=False)
    with _cache_folder(numba, folder):
        return _jitted(numba, keep=True)


def is_cached() -> bool:
    """Tell whether the compiled loop lies ready on disk, so that the first run need not compile."""
    folder = _folder()
    return folder is not None and any(folder.glob("**/*.nbi"))


def _jitted(numba: Any, *, keep: bool) -> Entries:
    """Make jitted twins of all functions, in one namespace in which they find each other."""
    space: dict[str, Any] = {}
    for module in _MODULES:
        space.update({name: value for name, value in vars(module).items() if not name.startswith("__")})
    for name, function in _functions():
        twin = FunctionType(function.__code__, space, name, function.__defaults__)
        twin.__module__, twin.__qualname__ = function.__module__, function.__qualname__
        space[name] = numba.njit(twin)
    for name in _LEAVES:
        space[name] = space[f"compiled_{name}"]
    return _entered(numba, space, keep=keep)


def _entered(numba: Any, space: dict[str, Any], *, keep: bool) -> Entries:
    """Wrap the entries so that they take addresses; these are what numba keeps on disk."""
    pointers = importlib.import_module("simulator.serving.kernel.pointers")
    pointers.teach()
    space.update(as_world=pointers.as_world, express_all=space["express"])
    run_entry = numba.njit(cache=keep, nogil=True)(_placed(_run_entry, space))
    order_entry = numba.njit(cache=keep)(_placed(_order_entry, space))
    express_entry = numba.njit(cache=keep, nogil=True)(_placed(_express_entry, space))

    return Entries(pointers.addresses, run_entry, order_entry, express_entry, True)


def _run_entry(table: Any, until: float) -> Any:
    return run(as_world(table), until)  # type: ignore[name-defined]  # noqa: F821


def _order_entry(table: Any, what: int, where: int, amount: float) -> None:
    order(as_world(table), what, where, amount)  # type: ignore[name-defined]  # noqa: F821


def _express_entry(table: Any, started: Any, keep: bool) -> None:
    express_all(as_world(table), started, keep)  # type: ignore[name-defined]  # noqa: F821


def _placed(function: Any, space: dict[str, Any]) -> FunctionType:
    """Return *function* with the names of *space* as its globals.

    What numba keeps on disk may have no closure: its key would hold the closed-over dispatchers, whose identity is
    another in each process, and would never be found again.
    """
    twin = FunctionType(function.__code__, space, function.__name__)
    twin.__module__, twin.__qualname__ = function.__module__, function.__qualname__
    return twin


def _functions() -> Iterator[tuple[str, FunctionType]]:
    for module in _MODULES:
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__ and module is not records:
                yield name, value


class _cache_folder:  # noqa: N801
    """Lets numba keep the entries in a folder of the sources' own: numba looks at one file, the loop is many."""

    def __init__(self, numba: Any, folder: Path) -> None:
        self._config, self._folder = numba.config, folder

    def __enter__(self) -> None:
        self._before = self._config.CACHE_DIR
        self._config.CACHE_DIR = str(self._folder)

    def __exit__(self, *error: object) -> None:
        self._config.CACHE_DIR = self._before


@functools.cache
def _folder() -> Path | None:
    """Return where compiled code is kept: beside the sources, else in the user's cache; None where neither can be."""
    digest = hashlib.sha256()
    for module in (*_MODULES, _here()):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).with_name("pointers.py").read_bytes())
    name = f"kernel-{digest.hexdigest()[:16]}"
    home = Path(os.path.expanduser("~")) / ".cache" / "windtunnel"
    return next((base / name for base in (Path(__file__).parent / "__pycache__", home) if _can_keep(base / name)), None)


def _can_keep(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _here() -> ModuleType:
    return importlib.import_module(__name__)
