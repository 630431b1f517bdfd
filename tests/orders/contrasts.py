"""Two settings of each dial of a case that must earn differently: what 'every dial matters' is measured by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Contrast:
    """A dial at *a* and at *b*, on a design that is otherwise `strong` but for *base*."""

    dial: str
    a: Any
    b: Any
    base: Mapping[str, Any]


ALONE = {"review": 0.0, "challenge": 1.0}  # nothing but approving and blocking
LINE = {"rule": "threshold", "challenge": 1.0}

CONTRASTS: Mapping[str, tuple[Contrast, ...]] = {
    "fraud_threshold": (
        Contrast("model", "boosting", "logistic", {}),
        Contrast("balanced", True, False, {"calibration": "none"}),
        Contrast("calibration", "none", "platt", {"balanced": True}),
        Contrast("rule", "f1", "cost", {}),
        Contrast("maturity_days", 0, 21, ALONE),
        Contrast("retrain_days", 0, 3, {}),
        Contrast("audit", 0.0, 0.5, ALONE),
        Contrast("threshold", 0.5, 0.15, LINE),
        Contrast("review", 0.0, 2.0, {}),
        Contrast("challenge", 1.0, 0.3, {}),
    )
}
