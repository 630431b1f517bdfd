"""Runs a Python file as a module of its own: a third party's case or policy is code, and running it is the point."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from dataclasses import dataclass
from importlib.abc import SourceLoader
from pathlib import Path
from types import ModuleType

from simulator.errors import BadInput

__all__ = ["Script", "first_line"]


@dataclass(frozen=True)
class Script:
    """A Python file with its text: it travels to other processes and machines, where the file need not be."""

    path: str
    text: bytes

    @staticmethod
    def read(path: Path) -> Script:
        """Read the file at *path*; BadInput when it is not there or cannot be read."""
        if not path.is_file():
            raise BadInput(f"there is no file {str(path)!r}")
        try:
            return Script(str(path.resolve()), path.read_bytes())
        except OSError as error:
            raise BadInput(f"{str(path)!r} cannot be read: {error.strerror}") from None

    def module(self) -> ModuleType:
        """Run the file; the same text is run once, so that what hangs on its functions is cached.

        BadInput when it does not run.
        """
        name = f"_file_{hashlib.sha256(self.path.encode() + self.text).hexdigest()[:16]}"
        if name not in sys.modules:
            self._run(name)
        return sys.modules[name]

    def _run(self, name: str) -> None:
        loader = _FromText(self)
        spec = importlib.util.spec_from_file_location(name, self.path, loader=loader)
        assert spec is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)  # dataclasses look their module up
        try:
            loader.exec_module(module)
        except (Exception, SystemExit) as error:
            del sys.modules[name]
            raise BadInput(f"{self.path} does not run: {first_line(error)}") from error


class _FromText(SourceLoader):
    """Loads a script as it was read, whatever stands in the file by now, and writes nothing beside it."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def get_filename(self, fullname: str) -> str:
        """Return the path that tracebacks tell."""
        return self._script.path

    def get_data(self, path: str | bytes) -> bytes:
        """Return the text."""
        return self._script.text


def first_line(error: BaseException) -> str:
    """Write an *error* in one line: its type and the first line of what it says."""
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
