"""What a monitor says at a look: a statistic, the threshold it is held against, and how often it rings for nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One look of one monitor."""

    name: str
    """which monitor, and on what: `psi income`"""
    statistic: float
    """NaN = nothing to read yet"""
    threshold: float
    """it rings at or above it"""
    false_alarm: float = math.nan
    """P(rings | nothing has changed) of one such look; NaN where nobody has worked it out"""
    p_value: float = math.nan
    """P(statistic at least this | nothing has changed); NaN for a monitor without one"""

    @property
    def rings(self) -> bool:
        """Whether the statistic has reached the threshold; NaN never does."""
        return self.statistic >= self.threshold

    @property
    def text(self) -> str:
        """The reading in a line: name, statistic, threshold, and how often it would ring for nothing."""
        return f"{self.name} is {self.statistic:.3g}, threshold {self.threshold:.3g}{self._odds}"

    @property
    def _odds(self) -> str:
        if math.isnan(self.false_alarm) or self.false_alarm == 0:
            return ""
        if self.false_alarm < 1e-6:
            return "; if nothing had changed, less than one look in a million would ring"
        return f"; if nothing had changed, one look in {1 / self.false_alarm:,.0f} would ring"

    @property
    def facts(self) -> dict[str, float]:
        """The reading as facts of a journal entry."""
        return {"statistic": self.statistic, "threshold": self.threshold, "false_alarm": self.false_alarm}
