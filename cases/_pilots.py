"""Lets a policy from somebody's file fly: found by path and name, and blamed by line when it fails."""

from __future__ import annotations

import copy
import inspect
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from cases._files import Script, first_line
from simulator.case import Case
from simulator.errors import BadInput, BrokenInvariant, Cancelled, shown, unknown
from simulator.plan import Plan
from simulator.units import by_day, clock_time
from simulator.view import Pilot, View

__all__ = ["Departing", "arm_of", "is_file", "pilot_of"]


def arm_of(case: Case, text: str) -> Pilot | str:
    """Return the pilot of a file, `FILE.py` or `FILE.py:NAME`, or the name of a par of *case*; BadInput for neither."""
    if is_file(text):
        return pilot_of(text, case.tick)
    case.par(text)
    return text


def is_file(text: str) -> bool:
    """Tell whether *text* means a policy file, `FILE.py` or `FILE.py:NAME`, and not a par."""
    return _path_of(text).endswith(".py")


def _path_of(text: str) -> str:
    return text if text.endswith(".py") else text.rpartition(":")[0]


def pilot_of(text: str, step: float) -> Pilot:
    """Return the pilot in a file: the function *NAME*, or else `policy`, or else the only public one.

    If it fails, the moment is told fit for a *step* [s]. It takes the text of its file along to other processes.
    """
    path = _path_of(text)
    script = Script.read(Path(path))
    offered = _functions(script.module())
    name = text[len(path) + 1 :] or _default(offered, path)
    if name not in offered:
        raise unknown(f"policy in {path}:", name, offered)
    return _Blamed(script, name, f"policy {path}:{name}", step)


def _functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """List what a module offers as policies: its own public functions, and callable objects."""
    public = {name: thing for name, thing in vars(module).items() if not name.startswith("_")}
    return {name: thing for name, thing in public.items() if _is_policy(thing, module)}


def _is_policy(thing: object, module: ModuleType) -> bool:
    own = getattr(thing, "__module__", "") == module.__name__
    return callable(thing) and own and not inspect.isclass(thing)


def _default(offered: Mapping[str, object], path: str) -> str:
    if "policy" in offered or len(offered) != 1:
        return "policy"
    return next(iter(offered))


@dataclass(frozen=True)
class _Blamed:
    """The pilot called *name* in a *script*, whose failures are told as its own: *who* it is, its line, and when."""

    script: Script
    name: str
    who: str
    step: float
    """[s], that the moment is told fit for"""

    def __reduce__(self) -> tuple[type[_Blamed], tuple[object, ...]]:
        return _Blamed, (self.script, self.name, self.who, self.step)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Blamed:
        """Return one that begins anew: a policy that remembers is an object of a module, which is shared."""
        again = _Blamed(self.script, self.name, self.who, self.step)
        again.__dict__["pilot"] = copy.deepcopy(self.pilot, memo)
        return again

    @cached_property
    def pilot(self) -> Pilot:
        """What the script calls by this name."""
        found: Pilot = getattr(self.script.module(), self.name)
        return found

    def __call__(self, view: View) -> Mapping[str, Any] | Plan | None:
        answer = self._asked(view)
        if answer is None or isinstance(answer, Mapping | Plan):
            return answer
        raise BadInput(f"{self.who} returned {shown(answer)}; it may return dials by name, a plan, or None")

    def _asked(self, view: View) -> Mapping[str, Any] | Plan | None:
        try:
            return self.pilot(view)
        except (BrokenInvariant, Cancelled):
            raise
        except (Exception, SystemExit) as error:
            when = f"{'on' if by_day(self.step) else 'at'} {clock_time(view.now, self.step)}"
            raise BadInput(f"{self.who} failed {when}{self._line(error)}: {first_line(error)}") from error

    def _line(self, error: BaseException) -> str:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == self.script.path]
        return f", line {lines[-1]}" if lines else ""


class Departing:
    """A pilot whose first decision is edited, as options that come on top of it ask for."""

    def __init__(self, pilot: Pilot, edit: Callable[[Plan], Plan]) -> None:
        self._pilot, self._edit = pilot, edit
        self._in_flight = False

    def __call__(self, view: View) -> Mapping[str, Any] | Plan | None:
        answer = self._pilot(view)
        if self._in_flight:
            return answer
        self._in_flight = True
        return self._edit(answer if isinstance(answer, Plan) else _with(view.plan, answer or {}))


def _with(plan: Plan, dials: Mapping[str, Any]) -> Plan:
    design = plan.design.of({**plan.design.values(), **dials})
    return Plan(design, plan.changes, plan.acts)
