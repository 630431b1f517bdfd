"""What cannot be had together: the designs that no other beats in everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.case import Case
from simulator.errors import BadInput
from simulator.study.sweeps import Sweep, sense
from simulator.units import Floats, Mask

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frontier", "senses", "undominated"]


def frontier(swept: Sweep, kpis: Sequence[str]) -> pd.DataFrame:
    """Return the rows of `swept.table()` that form the Pareto frontier over the means of two or more *kpis*.

    A design that breaks a guardrail in the mean is left out, and so is one with a mean that is not known. The rows
    are in the order of the first KPI. Means have errors: a design just inside may be as good as one on the frontier.
    BadInput for fewer than two KPIs, an unknown one, and one of which neither more nor less is better.
    """
    signs = np.array(senses(swept.case, kpis))
    table = swept.table()
    kept = table[table["guardrails"]].dropna(subset=list(kpis))
    best = undominated(kept[list(kpis)].to_numpy(np.float64) * signs)
    return kept[best].sort_values(list(kpis))


def senses(case: Case, kpis: Sequence[str]) -> list[int]:
    """Return 1 for each of *kpis* of which more is better, -1 where less is; BadInput where they make no frontier."""
    if len(kpis) < 2 or len(set(kpis)) != len(kpis):
        raise BadInput("a frontier needs two or more KPIs, each once")
    return [sense(case, kpi) for kpi in kpis]


def undominated(values: Floats) -> Mask:
    """Return (n,) which rows of *values* (n, k), where more is better, no other row matches in all and beats in one."""
    return np.array([not _beaten(values, row) for row in values], dtype=bool)


def _beaten(values: Floats, row: Floats) -> bool:
    return bool(((values >= row).all(axis=1) & (values > row).any(axis=1)).any())
