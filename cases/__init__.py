"""The cases: one file each, found by looking; third parties' come by path or by entry point."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import pkgutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from simulator.case import Case
from simulator.errors import BadInput, unknown

__all__ = ["load", "names"]

_GROUP = "windtunnel.cases"


def names() -> list[str]:
    """List the cases that are installed: the files of this folder, then the entry points of third parties."""
    own = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return [*sorted(own), *sorted(_offered())]


def load(name_or_path: str) -> Case:
    """Return the case called *name*, or the one in the Python file at *path* (running a file is running code).

    Raises BadInput for an unknown name, a file that is not there or does not run, or one without a `CASE`.
    """
    if name_or_path.endswith(".py"):
        path = Path(name_or_path).resolve()
        return replace(_case(_from_file(path)), origin=_Origin(str(path)))
    if name_or_path not in names():
        raise unknown("case", name_or_path, names())
    entry = _offered().get(name_or_path)
    module = entry.load() if entry else importlib.import_module(f"cases.{name_or_path}")
    return replace(_case(module), origin=_Origin(name_or_path))


@dataclass(frozen=True)
class _Origin:
    """Loads a case again in another process."""

    name_or_path: str

    def __call__(self) -> Case:
        return load(self.name_or_path)


def _offered() -> dict[str, importlib.metadata.EntryPoint]:
    return {entry.name: entry for entry in importlib.metadata.entry_points(group=_GROUP)}


def _case(module: ModuleType | Case) -> Case:
    case = module if isinstance(module, Case) else getattr(module, "CASE", None)
    if not isinstance(case, Case):
        raise BadInput(f"{getattr(module, '__file__', module)} has no CASE of type Case")
    return case


def _from_file(path: Path) -> ModuleType:
    """Run the file at *path* as a module of its own; the same text is run once, so that its world is cached."""
    if not path.is_file():
        raise BadInput(f"there is no file {str(path)!r}")
    text = path.read_bytes()
    name = f"_case_{hashlib.sha256(str(path.resolve()).encode() + text).hexdigest()[:16]}"
    if name not in sys.modules:
        sys.modules[name] = _run(name, path)
    return sys.modules[name]


def _run(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise BadInput(
            f"{path} does not run: {type(error).__name__}: {str(error).splitlines()[:1]}"
        ) from error
    return module
