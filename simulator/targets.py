"""What the business asked for, and the lines that must not be crossed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Kpi", "Target", "Verdict", "judged"]


@dataclass(frozen=True)
class Kpi:
    """A number by which a run is judged."""

    unit: str
    help: str
    better: Literal["more", "less", "-"] = "-"
    observed: bool = True
    """False when it needs the truth, so that it shows only after the flight"""


@dataclass(frozen=True)
class Target:
    """A KPI with a limit; a *guardrail* caps the score when it is broken."""

    kpi: str
    limit: float
    at_least: bool
    guardrail: bool = False
    why: str = ""

    def met(self, value: float) -> bool:
        """Tell whether *value* keeps the limit; NaN does not."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True)
class Verdict:
    """A target with what a run made of it."""

    name: str
    value: float
    limit: float
    met: bool
    guardrail: bool


def judged(targets: tuple[Target, ...], kpis: Mapping[str, float]) -> list[Verdict]:
    """Hold the *kpis* of a run against its *targets*."""
    return [Verdict(t.kpi, kpis[t.kpi], t.limit, t.met(kpis[t.kpi]), t.guardrail) for t in targets]
