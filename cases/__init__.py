"""The cases: one file each, found by looking; third parties' come by path or by entry point."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from cases._files import Script
from simulator.errors import BadInput, unknown

if TYPE_CHECKING:  # imported where it is needed: `windtunnel --help` has to be quick
    from importlib.metadata import EntryPoint

    from simulator.case import Case
    from simulator.debrief.results import Debrief

__all__ = ["advised", "asking_for", "load", "names"]

_GROUP = "windtunnel.cases"
_TOOLS = ("environments", "plugin", "testing")
"""modules beside the cases"""


def names() -> list[str]:
    """List the cases that are installed: the files of this folder, then the entry points of third parties."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    own = [name for name in found if not name.startswith("_") and name not in _TOOLS]
    return [*sorted(own), *sorted(_offered())]


def load(name_or_path: str) -> Case:
    """Return the case called *name*, or the one in the Python file at *path* (running a file is running code).

    Raises BadInput for an unknown name, a file that is not there or does not run, or one without a `CASE`.
    """
    if name_or_path.endswith(".py"):
        script = Script.read(Path(name_or_path))
        return _Origin(script.path, script)()
    if name_or_path not in names():
        raise unknown("case", name_or_path, names())
    return _Origin(name_or_path)()


def asking_for(dimension: str, but: str = "", most: int = 2) -> tuple[str, ...]:
    """Name the installed cases, without the one called *but*, that ask most for a *dimension* of the score."""
    asked = {name: _times(load(name), dimension) for name in names() if name != but}
    ordered = sorted((name for name in asked if asked[name]), key=lambda name: -asked[name])
    return tuple(ordered[:most])


def advised(found: Debrief) -> Debrief:
    """Return a debrief which names, for each thing to practise, cases that ask for it."""
    lists = [asking_for(one.dimension, but=found.case) for one in found.practise]
    named = tuple(replace(one, cases=known) for one, known in zip(found.practise, lists, strict=True))
    return replace(found, practise=named)


def _times(case: Case, dimension: str) -> int:
    asked = [*(one.dimension for one in case.behaviours), *(one.dimension for one in case.probes)]
    return sum(one == dimension for one in asked)


@dataclass(frozen=True)
class _Origin:
    """Gets hold of a case, in this process or another one; a case from a file takes the text of the file with it."""

    name_or_path: str
    script: Script | None = None

    def __call__(self) -> Case:
        return replace(_case(self._module()), origin=self)

    def _module(self) -> ModuleType:
        if self.script is not None:
            return self.script.module()
        entry = _offered().get(self.name_or_path)
        found: ModuleType = entry.load() if entry else importlib.import_module(f"cases.{self.name_or_path}")
        return found


@functools.cache
def _offered() -> dict[str, EntryPoint]:
    """Return the entry points of third parties; to find them all that is installed is looked through (20 ms)."""
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=_GROUP)}


def _case(module: ModuleType | Case) -> Case:
    from simulator.case import Case

    case = module if isinstance(module, Case) else getattr(module, "CASE", None)
    if not isinstance(case, Case):
        raise BadInput(f"{getattr(module, '__file__', module)} has no CASE of type Case")
    return case
