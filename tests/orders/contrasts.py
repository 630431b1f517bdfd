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
    "feed_ranking": (
        Contrast("objective", "click", "value", {}),
        Contrast("source", "popular", "mix", {}),
        Contrast("ranker", "popularity", "group_ctr", {}),
        Contrast("explore", "none", "slot", {}),
        Contrast("debias", False, True, {}),
        Contrast("memory_days", 365, 10, {}),
        Contrast("publish_hours", 168, 24, {}),
        Contrast("share", 0.0, 0.3, {}),
        Contrast("candidates", 200, 100, {}),
        Contrast("replicas", 1, 3, {}),
    ),
    "drift_retraining": (
        Contrast("model", "boosting", "logistic", {}),
        Contrast("schedule_days", 3, 60, {}),
        Contrast("trigger", "psi", "label_loss", {}),
        Contrast("strictness", 4.0, 1.0, {"schedule_days": 0}),
        Contrast("window_days", 28, 4, {}),
        Contrast("gate", "checked", "challenger", {}),
        Contrast("canary", 0.0, 0.1, {}),
        Contrast("keep", 1, 2, {"canary": 0.0}),
    ),
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
    ),
    "burst_storm": (
        Contrast("most", 5, 20, {}),
        Contrast("signal", "cpu", "queue", {"target": 0.6}),
        Contrast("target", 1.5, 0.4, {}),
        Contrast("order", "lifo", "fifo", {"queue": 1000, "drop": False}),
        Contrast("drop", False, True, {"queue": 1000}),
        Contrast("least", 2, 6, {}),
        Contrast("queue", 1000, 8, {"drop": False}),
        Contrast("retries", "instant", "budget", {"queue": 1000, "drop": False}),
        Contrast("shed", 0.8, 0.0, {}),
        Contrast("small", "never", "overload", {}),
    ),
    "latency_budget": (
        Contrast("model", "forest_500", "boosting_100", {}),
        Contrast("fallback", "none", "bestsellers", {}),
        Contrast("give_up_ms", 120.0, 110.0, {}),
        Contrast("replicas", 1, 4, {}),
        Contrast("batch", 1, 8, {"replicas": 2}),
        Contrast("window_ms", 40.0, 0.0, {}),
        Contrast("ttl", 0.0, 30.0, {}),
        Contrast("hedge_ms", 12.0, 45.0, {}),
    ),
}
