"""Runs a Python file as a module of its own: a third party's case or policy is code, and running it is the point."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from simulator.errors import BadInput

__all__ = ["first_line", "run_file"]


def run_file(path: Path) -> ModuleType:
    """Run the file at *path*; the same text is run once, so that what hangs on its functions is cached.

    BadInput when it is not there, cannot be read or does not run.
    """
    name = f"_file_{hashlib.sha256(str(path.resolve()).encode() + _read(path)).hexdigest()[:16]}"
    if name not in sys.modules:
        _run(name, path.resolve())
    return sys.modules[name]


def first_line(error: BaseException) -> str:
    """Write an *error* in one line: its type and the first line of what it says."""
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise BadInput(f"there is no file {str(path)!r}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{str(path)!r} cannot be read: {error.strerror}") from None


def _run(name: str, path: Path) -> None:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise BadInput(f"{path} does not run: {first_line(error)}") from error
