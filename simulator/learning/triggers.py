"""When several monitors are read at once: does that call for a retraining?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulator.errors import BadInput, unknown
from simulator.learning.readings import Reading
from simulator.units import Floats, Mask

__all__ = ["Correction", "Trigger", "rejected"]

Correction = Literal["none", "bonferroni", "bh"]


def rejected(p_values: Floats, alpha: float, correction: Correction) -> Mask:
    """Tell for (m,) *p_values* which are significant at level *alpha* over all m of them.

    none: each at alpha, so that one in 1/alpha rings for nothing; bonferroni: each at alpha / m, which bounds the
    chance of any false alarm by alpha; bh: Benjamini & Hochberg (1995), which bounds the expected share of false
    alarms among all. A p-value that is NaN says nothing.
    """
    if correction not in ("none", "bonferroni", "bh"):
        raise unknown("correction", correction, ["none", "bonferroni", "bh"])
    known = np.nan_to_num(p_values, nan=1.0)
    m = len(known)
    if correction == "bh":
        order = np.sort(known)
        passing = np.flatnonzero(order <= alpha * np.arange(1, m + 1) / m)
        significant: Mask = known <= (order[passing[-1]] if len(passing) else -1.0)
        return significant
    level = alpha / m if correction == "bonferroni" and m else alpha
    return known <= level


@dataclass(frozen=True)
class Trigger:
    """Fires when any, all, or at least so many of the readings ring.

    Without *alpha* a reading rings at its own threshold; with it the p-values decide, after the *correction* for
    looking at many at once.
    """

    needs: Literal["any", "all"] | int = "any"
    alpha: float | None = None
    correction: Correction = "none"

    def __post_init__(self) -> None:
        if isinstance(self.needs, bool) or (isinstance(self.needs, int) and self.needs < 1):
            raise BadInput(f"a trigger needs {self.needs!r} readings; allowed: any, all, or a number from 1 on")
        if not isinstance(self.needs, int) and self.needs not in ("any", "all"):
            raise unknown("rule of a trigger", self.needs, ["any", "all", "a number from 1 on"])
        if self.alpha is not None and not 0 < self.alpha < 1:
            raise BadInput(f"alpha = {self.alpha} is not a level; it lies over 0 and under 1")
        if self.correction != "none" and self.alpha is None:
            raise BadInput(f"correction = {self.correction} corrects p-values: give alpha")

    def ringing(self, readings: Sequence[Reading]) -> list[Reading]:
        """List the readings that ring under the rule of this trigger, whether it fires or not."""
        if self.alpha is None:
            return [reading for reading in readings if reading.rings]
        p_values = np.array([reading.p_value for reading in readings])
        significant = rejected(p_values, self.alpha, self.correction)
        return [reading for reading, counts in zip(readings, significant.tolist(), strict=True) if counts]

    def fires(self, readings: Sequence[Reading]) -> bool:
        """Tell whether these *readings* call for a retraining; no readings never do."""
        most = len(readings)
        wanted = {"any": 1, "all": most}.get(str(self.needs), self.needs)
        return most > 0 and len(self.ringing(readings)) >= int(wanted)
