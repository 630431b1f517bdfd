"""Many designs under the same seeds: which is best, which cannot be told from it, and which keep the guardrails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.case import Case
from simulator.errors import BadInput, unknown
from simulator.study.campaign import Campaign
from simulator.study.designs import Designs
from simulator.study.frames import frame
from simulator.study.studies import Study, compare_all, studies_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sweep", "sense", "sweep"]


@dataclass(frozen=True)
class Sweep:
    """Designs, each flown under the same seeds."""

    case: Case
    designs: Designs
    studies: Mapping[str, Study]
    """name of a design -> its runs"""
    until: float | None = None
    """how far each run was flown [s]; None = to the horizon"""

    @property
    def kpis(self) -> list[str]:
        """The figures of each run."""
        return list(next(iter(self.studies.values())).rows[0])

    def frame(self) -> pd.DataFrame:
        """Return one row for each run; see `simulator.study.frame`."""
        return frame(self.case, self.studies, until=self.until)

    def table(self, confidence: float = 0.95) -> pd.DataFrame:
        """Return one row for each design, in their order and under their names.

        Columns: the varied dials as `design.NAME`; the mean of each KPI as `NAME`, with its Student-t interval from
        `NAME.low` to `NAME.high` (infinite for one seed); `guardrails`: whether the means keep all of them.
        """
        import pandas as pd

        runs = self.frame()
        by_design = runs.groupby("arm")
        means, half = by_design[self.kpis].mean(), by_design[self.kpis].sem() * self._errors(confidence)
        means = means.where(by_design[self.kpis].count().eq(by_design.size(), axis=0))  # NaN once is NaN
        if self._seeds < 2:
            half = half.fillna(np.inf)
        dials = by_design[[f"design.{name}" for name in self.designs.varied]].first()
        ends = [
            pd.DataFrame({k: means[k], f"{k}.low": means[k] - half[k], f"{k}.high": means[k] + half[k]}) for k in means
        ]
        return pd.concat([dials, *ends, self._guardrails(means)], axis=1)

    @property
    def _seeds(self) -> int:
        return len(next(iter(self.studies.values())).seeds)

    def _errors(self, confidence: float) -> float:
        """Return how many standard errors an interval reaches to either side."""
        from scipy import stats

        return float(stats.t.ppf((1 + confidence) / 2, self._seeds - 1)) if self._seeds > 1 else np.inf

    def _guardrails(self, means: pd.DataFrame) -> pd.Series[bool]:
        kept = means.iloc[:, 0].map(lambda value: True).rename("guardrails")
        for target in self.case.targets:
            if target.guardrail:
                kept &= means[target.kpi].map(target.met)
        return kept

    def best(self, kpi: str = "profit") -> str | None:
        """Return the design whose mean of *kpi* is best among those that keep the guardrails; None where none does.

        The best of many looks better than it is: it owes part of its lead to these seeds. What it earns is told by
        flying it again under others, and which designs may be as good by `rivals`. BadInput for a KPI that the case
        does not have, or of which neither more nor less is better.
        """
        better = sense(self.case, kpi)
        table = self.table()
        kept = (better * table[kpi])[table["guardrails"]].dropna()
        return str(kept.idxmax()) if len(kept) else None

    def rivals(self, kpi: str = "profit", level: float = 0.05) -> list[str]:
        """Return the designs keeping the guardrails that cannot be told from the best by *kpi*.

        Each is compared with it, paired by seed, at this *level* for all of them together (Holm).
        """
        best, table = self.best(kpi), self.table()
        others = [name for name in table.index[table["guardrails"]] if name != best]
        if best is None or not others:
            return []
        found = compare_all(self.studies, [(best, other) for other in others], kpi)
        return [one.b for one in found if not one.p_adjusted <= level]


def sense(case: Case, kpi: str) -> int:
    """Return 1 where more of *kpi* is better and -1 where less is; BadInput where neither is, or it is unknown."""
    if kpi not in case.kpis:
        raise unknown("KPI", kpi, case.kpis)
    better = case.kpis[kpi].better
    if better == "-":
        raise BadInput(f"neither more nor less {kpi} is better, so no design is best by it")
    return 1 if better == "more" else -1


def sweep(campaign: Campaign, designs: Designs, seeds: Sequence[int]) -> Sweep:
    """Fly all *designs* under all *seeds*, as *campaign* has it; its readers' figures stand beside the KPIs.

    Of each run only figures are held, so the memory that a sweep takes grows by about a kilobyte a run.
    """
    return Sweep(campaign.case, designs, studies_of(campaign, designs.plans, seeds), campaign.until)
