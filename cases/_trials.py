"""What a test of a policy is given - a case, policies - as it can be flown, and as it can be typed to see it again."""

from __future__ import annotations

import inspect
import os
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path

from cases import load
from cases._gate import Asked, again, where
from cases._pilots import arm_of, is_file
from cases._settings import SETTINGS
from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.scenario import Scenario
from simulator.study import Campaign, Flown, Rule
from simulator.units import typed

__all__ = ["AnyCase", "Trial", "arm", "case_of", "rerun", "said", "ways"]

AnyCase = Case | str | Path
"""a case, its name, or the path of its file"""


def case_of(case: AnyCase) -> Case:
    """Return the *case* itself; BadInput for what is none."""
    if isinstance(case, str | Path):
        return load(str(case))
    if not isinstance(case, Case):
        raise BadInput(f"{shown(case)} is no case; it takes one, its name, or the path of its file")
    return case


def arm(case: Case, policy: Flown) -> Flown:
    """Return a *policy* as it can be flown: one in a file is read."""
    return arm_of(case, policy) if isinstance(policy, str) else policy


def said(policy: Flown) -> str:
    """Name a *policy* in a sentence."""
    if isinstance(policy, str):
        return policy
    return getattr(policy, "__name__", type(policy).__name__) if callable(policy) else "the plan"


@dataclass(frozen=True)
class Trial:
    """A case, and how policies are put to the test in it."""

    given: AnyCase
    kpi: str = "profit"
    rule: Rule = field(default_factory=Rule)
    first_seed: int = 0
    until: float | None = None
    jobs: int | None = None

    @property
    def campaign(self) -> Campaign:
        """Return what flies."""
        jobs = SETTINGS.jobs if self.jobs is None else self.jobs
        return Campaign(case_of(self.given), jobs, self.until)

    def gate(self, policy: Flown, than: Flown, guarded: bool = False) -> str:
        """Return the command that puts *policy* to the same test; nothing where it cannot be typed."""
        asked = self._asked(_typed(policy), _typed(than), guarded)
        return again(asked) if asked else ""

    def one_flight(self, policy: Flown, seed: int) -> str:
        """Return how to fly *policy* once under *seed*: a command, or else a call."""
        asked = self._asked(_typed(policy), "", False)
        if asked is None:
            return f"cases.testing.fly(case, {said(policy)}, seed={seed})"
        how = "--policy" if is_file(asked.policy) else "--par"
        words = ["windtunnel", "run", asked.case, how, asked.policy, "--seed", str(seed), *where(asked)]
        return shlex.join([*words, "--no-compare"])

    def _asked(self, policy: str | None, than: str | None, guarded: bool) -> Asked | None:
        """Return the options of the command; None where the case or a policy has no name that could be typed."""
        case, found = case_of(self.given), self._case_typed()
        if found is None or policy is None or than is None:
            return None
        how = (self.kpi, f"{self.rule.confidence:g}", str(self.rule.max_seeds), str(self.first_seed), guarded)
        until = None if self.until is None else typed(self.until, case.tick)
        level = None if case.scenario.level == Scenario().level else str(case.scenario.level)
        return Asked(found, policy, than, *how, level=level, until=until)

    def _case_typed(self) -> str | None:
        if isinstance(self.given, str | Path):
            return str(self.given)
        scenario = replace(self.given.scenario, given=frozenset())
        plain = scenario == Scenario(level=scenario.level)
        name = getattr(self.given.origin, "name_or_path", None)
        return name if plain else None


def rerun() -> str:
    """Return the command that runs the test that is going on; nothing outside of pytest."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    return shlex.join(["pytest", test]) if test else ""


def ways(*known: tuple[str, str]) -> str:
    """Return the lines that say how to see it again: (name, command), as far as there are any."""
    lines = [("again:", rerun()), *known]
    return "\n".join(f"{name:<12}{command}" for name, command in lines if command)


def _typed(policy: Flown) -> str | None:
    """Return how *policy* is typed on the command line: a par, or a function at the top of a file."""
    if isinstance(policy, str):
        return policy
    name = getattr(policy, "__qualname__", "")
    if not inspect.isfunction(policy) or not name.isidentifier():
        return None
    file = Path(inspect.getsourcefile(policy) or "")
    near = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return f"{near}:{name}" if file.is_file() and file.suffix == ".py" else None
