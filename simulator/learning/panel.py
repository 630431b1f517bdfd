"""Monitors by name, read once a day over one look at a model: what a retraining may be triggered by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from simulator.errors import BadInput, unknown
from simulator.learning.detectors import DETECTORS, Detector, detector
from simulator.learning.rate_watches import LossWatch, RateWatch, ScoreWatch, calibration_error_reading
from simulator.learning.readings import Reading
from simulator.learning.scores import CLUELESS
from simulator.learning.triggers import Trigger
from simulator.learning.watches import DistanceName, FeatureWatch, ParityWatch
from simulator.units import Floats, Ints, Mask

__all__ = ["DRIFTED", "MONITORS", "SURE", "Look", "Matured", "Monitor", "Panel"]

DRIFTED = 0.2  # the usual threshold of the PSI
SURE = 5.0  # standard errors
_FITTED = 0.75  # of the rows of a window
_RARE = 0.001  # of looks at which a test of several features rings for nothing


@dataclass(frozen=True, slots=True)
class Matured:
    """n requests whose labels have come to light, in that order."""

    score: Floats
    """(n,) what the version that served them had said"""
    label: Ints
    """(n,) 0 or 1"""
    own: Mask
    """(n,) whether the version that is live now had served them"""

    @property
    def of_the_live(self) -> Matured:
        """Those that the live version served."""
        return Matured(self.score[self.own], self.label[self.own], self.own[self.own])


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to look at."""

    X: Floats
    """(n, f) features as served since the last look"""
    computed: Floats
    """(n, f) the same features, computed anew"""
    score: Floats
    """(n,) what was said of them"""
    matured: Matured
    """labels of the last week or so: a window"""
    fresh: Matured
    """labels since the last look"""


@dataclass(frozen=True)
class Monitor:
    """A monitor to choose."""

    about: str
    """one line for people"""
    trigger: Trigger = field(default_factory=Trigger)
    labels: bool = False
    """whether it has to wait for labels"""


MONITORS: Mapping[str, Monitor] = MappingProxyType(
    {
        "none": Monitor("nothing"),
        "psi": Monitor("a feature's PSI over 0.2"),
        "psi_three": Monitor("three features' PSI over 0.2 at once", Trigger(3)),
        "kl": Monitor("a feature's KL divergence over 0.1"),
        "js": Monitor("a feature's Jensen-Shannon divergence over 0.025"),
        "ks": Monitor("a feature's Kolmogorov-Smirnov test at 0.1 % over all features (Bonferroni)"),
        "parity": Monitor("a feature served otherwise than computed in over 1 % of the rows"),
        "scores": Monitor("the mean score off by 5 standard errors"),
        "label_rate": Monitor("the share of positives among the labels off by 5 standard errors", labels=True),
        "label_loss": Monitor("the log loss over what the scores promise, by 5 standard deviations", labels=True),
        "calibration": Monitor("the calibration error over 0.05", labels=True),
        "adwin": Monitor("ADWIN on the errors, label by label", labels=True),
        "page_hinkley": Monitor("Page-Hinkley on the log loss, label by label", labels=True),
        "ddm": Monitor("DDM on the errors, label by label", labels=True),
        "eddm": Monitor("EDDM on the errors, label by label", labels=True),
        "hddm_a": Monitor("HDDM-A on the errors, label by label", labels=True),
        "hddm_w": Monitor("HDDM-W on the errors, label by label", labels=True),
    }
)
"""Name -> what it watches; thresholds are the usual ones, times what the panel is told."""

_DISTANCES: Mapping[str, tuple[DistanceName, float | None]] = {
    "psi": ("psi", DRIFTED), "psi_three": ("psi", DRIFTED), "kl": ("kl", DRIFTED / 2), "js": ("js", DRIFTED / 8),
    "ks": ("ks", None),
}  # fmt: skip


class Panel:
    """The monitors of one model: the standing ones, which everybody sees, and the one called *name*.

    *usual* are the positives and the rows of good times, *line* the score from which on the model's word is yes.
    *strictness* multiplies the thresholds of the chosen one; where it has a level instead, it divides that. EDDM has
    neither. BadInput for an unknown name.
    """

    def __init__(
        self,
        features: Sequence[str],
        name: str,
        usual: tuple[int, int],
        *,
        line: float = 0.5,
        strictness: float = 1.0,
    ) -> None:
        if name not in MONITORS:
            raise unknown("monitor", name, MONITORS)
        if not strictness > 0:
            raise BadInput(f"strictness {strictness} is not allowed; thresholds are multiplied by a number over 0")
        self.features, self.name, self.line, self.strictness = features, name, line, strictness
        self._rate = RateWatch("label rate z", usual[0] / max(1, usual[1]), threshold=SURE, of=max(1, usual[1]))
        self._parity = ParityWatch(features, threshold=0.01 * strictness)
        self._loss = LossWatch(threshold=SURE, name="label loss z")
        self.trigger = MONITORS[name].trigger

    def reset(self, X: Floats, score: Floats, learned: tuple[int, int] = (0, 0)) -> None:
        """Begin anew with a version: what is usual are features *X* (n, f) and its own scores of them (n,).

        *learned*: the positives and the rows of its window, three quarters of which it was fitted on; without rows the
        share of positives stays as it was, and the scores are taken for exact.
        """
        positives, rows = learned
        self._fitted_on = _FITTED * rows if rows else math.inf
        if rows:
            self._rate.rebase(positives / rows, rows)
        self._features = FeatureWatch(self.features, X, "psi", threshold=DRIFTED)
        self._scores = ScoreWatch(float(score.mean()), float(score.std()), SURE, of=len(score))
        self._detector = detector(self.name, **self._settings()) if self.name in DETECTORS else None
        self._own = self._distance(X)

    def _distance(self, X: Floats) -> FeatureWatch | None:
        if self.name not in _DISTANCES:
            return None
        kind, usual = _DISTANCES[self.name]
        if usual is None:
            return FeatureWatch(self.features, X, kind, false_alarm=_RARE / self.strictness / len(self.features))
        return FeatureWatch(self.features, X, kind, threshold=usual * self.strictness)

    def _settings(self) -> dict[str, float]:
        """Return the settings of a detector of river that are not its own defaults."""
        if self.strictness == 1:
            return {}
        usual = {
            "adwin": ("delta", 0.002),
            "hddm_a": ("drift_confidence", 0.001),
            "hddm_w": ("drift_confidence", 0.001),
        }
        multiplied = {"page_hinkley": ("threshold", 50.0), "ddm": ("drift_threshold", 3.0)}
        if self.name in usual:
            key, value = usual[self.name]
            return {key: value / self.strictness}
        return (
            {key: value * self.strictness for key, value in [multiplied[self.name]]} if self.name in multiplied else {}
        )

    def standing(self, look: Look) -> list[Reading]:
        """Read what everybody sees: the features' PSI, label rate, label loss, and answers that are empty."""
        features = self._features.read(look.X) if len(look.X) else []
        return [*features, self._label_rate(look), self._label_loss(look), self._empty(look)]

    def read(self, look: Look) -> list[Reading]:
        """Read the chosen monitor; nothing for `none`."""
        if self.name == "parity":
            return self._parity.read(look.X, look.computed)
        if self._own is not None:
            return self._own.read(look.X) if len(look.X) else []
        if self._detector is not None:
            return [self._fed(self._detector, look.fresh.of_the_live)]
        named: Mapping[str, Callable[[Look], Reading]] = {
            "scores": lambda look: self._scores.read(look.score),
            "label_rate": self._label_rate,
            "label_loss": self._label_loss,
            "calibration": self._calibration,
        }
        return [self._stricter(named[self.name](look))] if self.name in named else []

    def ringing(self, readings: Sequence[Reading]) -> list[Reading]:
        """List those of what `read` gave that ring, by the trigger's own rule."""
        return self.trigger.ringing(readings)

    def fires(self, readings: Sequence[Reading]) -> bool:
        """Tell whether what `read` gave calls for a retraining."""
        return self.trigger.fires(readings)

    def _stricter(self, reading: Reading) -> Reading:
        if self.strictness == 1:
            return reading
        return replace(reading, threshold=reading.threshold * self.strictness, false_alarm=math.nan)

    def _label_rate(self, look: Look) -> Reading:
        return self._rate.read(int(look.matured.label.sum()), len(look.matured.label))

    def _label_loss(self, look: Look) -> Reading:
        own = look.matured.of_the_live
        return self._loss.read(own.score, own.label, self._fitted_on)

    def _calibration(self, look: Look) -> Reading:
        own = look.matured.of_the_live
        return calibration_error_reading(own.score, own.label)

    def _empty(self, look: Look) -> Reading:
        """Read the share of answers of a model that cannot be read: it says 0.5 to everything."""
        share = float((look.score == CLUELESS).mean()) if len(look.score) else math.nan
        return Reading("empty answers", share, 0.5, 0.0)

    def _fed(self, watcher: Detector, fresh: Matured) -> Reading:
        """Feed the labels since the last look one by one: errors, or losses where any number will do."""
        p, y = fresh.score, fresh.label
        wrong = ((p >= self.line) != (y == 1)).astype(np.float64)
        losses = -np.log(np.clip(np.where(y == 1, p, 1 - p), 1e-9, 1.0))
        watcher.feed(losses if self.name == "page_hinkley" else wrong)
        return watcher.reading()
