"""Plans an online experiment and reads it once, at its end: sample size, power, z test, less variance, novelty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput, unknown
from simulator.units import Floats

__all__ = [
    "Sums",
    "Verdict",
    "critical",
    "cuped",
    "fixed_horizon",
    "novelty_mean",
    "power",
    "sample_size",
    "verdict",
    "z_score",
]

_NORMAL = NormalDist()
_METHODS = ("arcsine", "unpooled")


def sample_size(
    baseline: float,
    lift: float,
    *,
    relative: bool,
    power: float = 0.8,
    alpha: float = 0.05,
    method: str = "unpooled",
) -> int:
    """Return the entities each of two arms needs to find a *lift* of a rate *baseline* with probability *power*.

    *lift* is a share of the baseline if *relative*, otherwise an absolute difference. The test is two-sided at
    *alpha*, the normal approximation with both its tails. Method `arcsine` takes 2 asin √p₂ - 2 asin √p₁ for the
    distance of the rates (Cohen 1988, ch. 6), `unpooled` (p₂ - p₁) / √(p₁q₁ + p₂q₂) (Fleiss et al. 2003, ch. 4).
    """
    from scipy.optimize import brentq

    if not 0 < alpha < power < 1:
        raise BadInput(f"alpha {alpha} and power {power} are not allowed; 0 < alpha < power < 1")
    distance, z = _distance(baseline, lift, relative, method), critical(alpha)
    needed = brentq(lambda shift: _rejects(shift, z) - power, 0.0, z + 40.0, xtol=1e-12)
    return math.ceil((float(needed) / distance) ** 2)


def power(
    baseline: float, lift: float, n: float, *, relative: bool, alpha: float = 0.05, method: str = "unpooled"
) -> float:
    """Return the probability of finding a *lift* of a rate *baseline* with *n* entities in each of two arms.

    Arguments and methods are those of `sample_size`.
    """
    return _rejects(math.sqrt(n) * _distance(baseline, lift, relative, method), critical(alpha))


def critical(alpha: float) -> float:
    """Return the |z| that a standard normal exceeds with probability *alpha* (0-1, ends excluded)."""
    if not 0 < alpha < 1:
        raise BadInput(f"alpha {alpha} is no error rate; it must lie between 0 and 1, ends excluded")
    return -_NORMAL.inv_cdf(alpha / 2)


@dataclass(frozen=True, slots=True)
class Sums:
    """All a test needs of an arm: numbers, or arrays of one shape with a test in each place."""

    n: float | Floats
    """entities"""
    total: float | Floats
    """sum of their metric"""
    squares: float | Floats
    """sum of its squares; the total again where the metric is 0 or 1"""

    @staticmethod
    def of(values: npt.ArrayLike) -> Sums:
        """Sum up the metric of (n,) entities."""
        x = np.asarray(values, dtype=np.float64)
        return Sums(float(len(x)), float(x.sum()), float(np.dot(x, x)))

    @property
    def mean(self) -> Floats:
        """Return the mean of the metric."""
        return np.asarray(np.asarray(self.total) / self.n, dtype=np.float64)

    @property
    def error(self) -> Floats:
        """Return the variance of that mean, estimated (with n - 1)."""
        spread = np.maximum(np.asarray(self.squares) / self.n - self.mean**2, 0.0)
        return np.asarray(spread / (np.asarray(self.n) - 1), dtype=np.float64)


@dataclass(frozen=True)
class Verdict:
    """What two arms say: the second one's mean less the first one's, and its confidence interval."""

    difference: float
    low: float
    high: float
    p_value: float
    """two-sided, of no difference"""
    n: int
    """entities in both arms"""


def z_score(a: Sums, b: Sums) -> Floats:
    """Return the difference of the means of *b* and *a* over its standard error; 0 where both are 0."""
    gap, spread = b.mean - a.mean, np.sqrt(a.error + b.error)
    flat = spread == 0
    return np.where(flat & (gap != 0), np.copysign(np.inf, gap), gap / np.where(flat, 1.0, spread))


def verdict(a: Sums, b: Sums, z: float) -> Verdict:
    """Return the difference of two arms with an interval of ± *z* standard errors around it."""
    if not (np.ndim(a.n) == np.ndim(b.n) == 0 and float(a.n) >= 2 and float(b.n) >= 2):
        raise BadInput(f"arms of {a.n} and {b.n} entities give no verdict; each takes 2 or more")
    gap, spread = float(b.mean - a.mean), float(np.sqrt(a.error + b.error))
    p = math.erfc(abs(float(z_score(a, b))) / math.sqrt(2))
    return Verdict(gap, gap - z * spread, gap + z * spread, p, int(a.n) + int(b.n))


def fixed_horizon(a: Sums | npt.ArrayLike, b: Sums | npt.ArrayLike, alpha: float = 0.05) -> Verdict:
    """Compare the means of control *a* and treatment *b* by a two-sided z test with unequal variances.

    Each is the metric of (n,) entities, or its `Sums`; rates are means of 0 and 1. The interval covers with
    1 - *alpha*, and only if the arms are read once, at a time fixed before. BadInput below 2 entities an arm.
    """
    control, treatment = (arm if isinstance(arm, Sums) else Sums.of(arm) for arm in (a, b))
    return verdict(control, treatment, critical(alpha))


def cuped(metric: Floats, covariate: Floats) -> Floats:
    """Return the (n,) *metric* less what a *covariate* from before the experiment explains of it (Deng et al. 2013).

    Give the entities of all arms together: theta = cov / var is pooled, so means move by the same line in each
    arm. Variance falls by the factor 1 - ρ². A covariate that does not vary explains nothing.
    """
    if np.shape(metric) != np.shape(covariate) or np.ndim(metric) != 1:
        raise BadInput(f"a metric {np.shape(metric)} and a covariate {np.shape(covariate)} do not fit; both are (n,)")
    apart = covariate - covariate.mean() if len(covariate) else covariate
    squares = float(np.dot(apart, apart))
    theta = float(np.dot(apart, metric - metric.mean())) / squares if squares > 0 else 0.0
    return np.asarray(metric - theta * apart)


def novelty_mean(T: float, floor: float, extra: float, decay: float) -> float:
    """Return the mean over [0, *T*] of the effect *floor* + *extra*·exp(-t / *decay*), which a test that long measures.

    The last two are times in one unit, above 0: floor + extra·decay / T·(1 - exp(-T / decay)).
    """
    if not (T > 0 and decay > 0):
        raise BadInput(f"a test of {T} and a decay of {decay} are not allowed; both lie above 0")
    return floor - extra * decay / T * math.expm1(-T / decay)


def _rejects(shift: float, z: float) -> float:
    """Return P(|Z + shift| > z) of a standard normal Z."""
    return _NORMAL.cdf(shift - z) + _NORMAL.cdf(-shift - z)


def _distance(baseline: float, lift: float, relative: bool, method: str) -> float:
    """Return how far two rates lie apart, in standard errors of an n of 1."""
    if method not in _METHODS:
        raise unknown("method", method, _METHODS)
    p, q = baseline, baseline * (1 + lift) if relative else baseline + lift
    if not (0 < p < 1 and 0 < q < 1 and p != q):
        raise BadInput(f"rates {p} and {q} are not allowed; both lie between 0 and 1, and they differ")
    if method == "arcsine":
        return abs(math.asin(math.sqrt(q)) - math.asin(math.sqrt(p))) * math.sqrt(2)
    return abs(q - p) / math.sqrt(p * (1 - p) + q * (1 - q))
