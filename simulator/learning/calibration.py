"""Makes probabilities out of scores: a sigmoid, an isotonic staircase, or as much as few labels allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from simulator.errors import unknown
from simulator.learning.intake import Labels
from simulator.learning.scores import settled, sigmoid
from simulator.units import Floats, Mask

__all__ = ["CALIBRATIONS", "FEWEST", "Calibrator", "calibrate"]

FEWEST = 20  # rows of each class: with fewer, the slope of a curve is anybody's guess
_EDGE = 1e-9  # scores are quantised to this; 0 and 1 have no logit
_STEPS = 100
_RIDGE = 1e-12

CALIBRATIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": "Scores are taken at their word",
        "platt": "A sigmoid of the score's logit: two numbers, so it needs few labels (Platt 1999)",
        "isotonic": "A rising staircase of any shape: it needs many labels (Zadrozny & Elkan 2002)",
    }
)


@dataclass(frozen=True)
class Calibrator:
    """Maps scores (n,) to probabilities (n,): rising, finite, in [0, 1], quantised to 1e-9."""

    kind: str
    """what it is: none, platt, isotonic or odds; not always what was asked for"""
    note: str
    """what it was made from, and why it is not what was asked for"""
    curve: Callable[[Floats], Floats]

    def __call__(self, scores: Floats) -> Floats:
        """Return the calibrated probabilities of *scores*."""
        return settled(self.curve(settled(np.asarray(scores, dtype=np.float64))))


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Scores with their outcomes: n rows that weigh something."""

    scores: Floats
    y: Mask
    weight: Floats

    @property
    def positives(self) -> int:
        return int(self.y.sum())

    @property
    def scarcer(self) -> int:
        """Rows of the class that has fewer."""
        return min(self.positives, len(self.y) - self.positives)

    @property
    def rows(self) -> str:
        return f"{len(self.y)} rows, {self.positives} positive"


def calibrate(kind: str, scores: Floats, y: Labels, weight: Floats) -> Calibrator:
    """Fit a calibrator of a *kind* to *scores* (n,) with outcomes *y* (n,), each counted *weight* times.

    Little evidence cannot carry a curve. With fewer than 20 rows of either class, or where higher scores do
    not go with more positives, the order of the scores is left alone and their odds are multiplied by one
    number, so that they add up to the positives there were (kind `odds`; Saerens et al. 2002). With one class
    only even that would be a guess, and nothing is done. The note says so.
    """
    if kind not in CALIBRATIONS:
        raise unknown("calibration", kind, CALIBRATIONS)
    used = np.asarray(weight) > 0
    evidence = _Evidence(settled(np.asarray(scores)[used]), np.asarray(y)[used] == 1, np.asarray(weight)[used])
    if kind == "none" or not evidence.scarcer:
        return _none(kind, evidence)
    if evidence.scarcer < FEWEST:
        return _odds(evidence, f"{kind} wants {FEWEST} rows of each class")
    return _platt(evidence) if kind == "platt" else _isotonic(evidence)


def _none(asked: str, evidence: _Evidence) -> Calibrator:
    why = "as asked" if asked == "none" else f"{asked} wants rows of both classes"
    return Calibrator("none", f"{why}: {evidence.rows}", lambda scores: scores)


def _odds(evidence: _Evidence, why: str) -> Calibrator:
    """Multiply odds by a number: Platt's curve with its slope held at 1."""
    slope, shift = _fitted(evidence, with_slope=False)
    times = float(np.exp(shift))
    return Calibrator("odds", f"{why}: odds times {times:.3g} from {evidence.rows}", _curve(slope, shift))


def _platt(evidence: _Evidence) -> Calibrator:
    slope, shift = _fitted(evidence, with_slope=True)
    if slope <= 0:
        return _odds(evidence, "higher scores do not go with more positives")
    about = f"slope {slope:.3g}, shift {shift:.3g} from {evidence.rows}"
    return Calibrator("platt", about, _curve(slope, shift))


def _isotonic(evidence: _Evidence) -> Calibrator:
    """Fit scikit-learn's `IsotonicRegression`; scores beyond the fitted ones get the nearest step's value.

    Its lowest step may be exactly 0 and its highest exactly 1.
    """
    from sklearn.isotonic import IsotonicRegression

    stairs = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    stairs.fit(evidence.scores, evidence.y.astype(np.float64), sample_weight=evidence.weight)
    # On the grid before interpolating: a step that is off by one rounding cannot then break the rise.
    x, p = stairs.X_thresholds_, settled(stairs.y_thresholds_)
    if p[0] == p[-1]:
        return _odds(evidence, "higher scores do not go with more positives")
    return Calibrator("isotonic", f"{len(x)} corners from {evidence.rows}", lambda s: np.interp(s, x, p))


def _curve(slope: float, shift: float) -> Callable[[Floats], Floats]:
    return lambda scores: sigmoid(slope * _logit(scores) + shift)


def _logit(p: Floats) -> Floats:
    inside = np.clip(p, _EDGE, 1 - _EDGE)
    return np.log(inside / (1 - inside))


def _targets(evidence: _Evidence) -> Floats:
    """Return what each row is fitted to: not 1 and 0 but (n₁ + 1)/(n₁ + 2) and 1/(n₀ + 2) (Platt 1999)."""
    positive = float(evidence.weight[evidence.y].sum())
    negative = float(evidence.weight[~evidence.y].sum())
    return np.where(evidence.y, (positive + 1) / (positive + 2), 1 / (negative + 2))


def _fitted(evidence: _Evidence, with_slope: bool) -> tuple[float, float]:
    """Return slope and shift of the likeliest sigmoid: Newton's method with halved steps (Lin et al. 2007).

    Two numbers by hand rather than a library's solver: nothing in it depends on a BLAS. Logits are centred,
    so that slope and shift hardly disturb each other.
    """
    logits, t, w = _logit(evidence.scores), _targets(evidence), evidence.weight
    middle = float(logits.mean())
    x = logits - middle
    at = np.array([1.0, 0.0])
    loss = _loss(at, x, t, w)
    for _ in range(_STEPS):
        step = _newton(at, x, t, w, with_slope)
        while (ahead := _loss(at - step, x, t, w)) > loss and np.abs(step).max() > _RIDGE:
            step = step / 2
        if ahead >= loss:
            break
        at, loss = at - step, ahead
    return float(at[0]), float(at[1] - at[0] * middle)


def _loss(at: Floats, x: Floats, t: Floats, w: Floats) -> float:
    z = at[0] * x + at[1]
    return float((w * (np.logaddexp(0.0, z) - t * z)).sum())


def _newton(at: Floats, x: Floats, t: Floats, w: Floats, with_slope: bool) -> Floats:
    """Return the full Newton step for slope and shift."""
    p = sigmoid(at[0] * x + at[1])
    pull, bend = w * (p - t), w * p * (1 - p)
    b, bb = float(pull.sum()), float(bend.sum()) + _RIDGE
    if not with_slope:
        return np.array([0.0, b / bb])
    a, aa, ab = float((pull * x).sum()), float((bend * x * x).sum()) + _RIDGE, float((bend * x).sum())
    return np.array([bb * a - ab * b, aa * b - ab * a]) / (aa * bb - ab * ab)
