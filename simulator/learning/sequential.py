"""Reads an online experiment more than once: what peeking does to the error rate, and rules that allow for it."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from simulator.errors import BadInput, unknown
from simulator.learning.readings import Reading
from simulator.learning.trial import Sums, Verdict, critical, verdict, z_score
from simulator.units import Floats, Mask

__all__ = ["RULES", "Peek", "bounds", "crossing", "peeking_error", "pocock"]

RULES = ("fixed", "naive", "pocock", "always_valid")
"""`fixed` decides at the last look only, `naive` at every look as if it were the only one"""

_MOST_LOOKS = 500
_REACH = 8.5  # standard deviations of a look's growth beyond which no mass is left


def crossing(bound: Floats) -> float:
    """Return the probability that |z| reaches *bound* (K,) at one of K equally spaced looks, without any effect.

    The density of the sum that has not crossed yet is carried from look to look by Gauss-Legendre quadrature
    (Armitage, McPherson & Rowe 1969). A bound may be inf: no decision at that look. It is good to about 1e-9.
    """
    edge = np.asarray(bound, dtype=np.float64) * np.sqrt(np.arange(1, len(bound) + 1))
    least = np.minimum(edge, _REACH * np.sqrt(np.arange(1, len(bound) + 1)))
    at, mass = np.zeros(1), np.ones(1)
    for half in least.tolist():
        nodes, weights = _nodes(64 * (1 + math.ceil(half / 16)))
        reached = half * nodes
        density = np.exp(-0.5 * (reached[:, None] - at) ** 2) @ mass / math.sqrt(2 * math.pi)
        at, mass = reached, density * half * weights
    return 1.0 - float(mass.sum())


def peeking_error(looks: int, alpha: float = 0.05) -> float:
    """Return how often a test at *alpha* per look finds an effect that is not there, at one of *looks* equal looks.

    It is less than 1 - (1 - alpha)^looks, since looks share their data (Armitage, McPherson & Rowe 1969).
    """
    return crossing(bounds("naive", looks, alpha))


def pocock(looks: int, alpha: float = 0.05) -> float:
    """Return the constant |z| that is reached at one of *looks* equal looks with probability *alpha* (Pocock 1977)."""
    from scipy.optimize import brentq

    _check(looks, alpha)
    low, high = critical(alpha), critical(alpha / looks) + 0.01
    return float(brentq(lambda z: crossing(np.full(looks, z)) - alpha, low - 0.01, high, xtol=1e-9))


def bounds(rule: str, looks: int, alpha: float = 0.05) -> Floats:
    """Return the (looks,) |z| from which *rule* stops at each of *looks* equally spaced looks."""
    _check(looks, alpha)
    if rule not in RULES:
        raise unknown("rule", rule, RULES)
    if rule == "fixed":
        return np.append(np.full(looks - 1, np.inf), critical(alpha))
    if rule == "naive":
        return np.full(looks, critical(alpha))
    if rule == "pocock":
        return np.full(looks, pocock(looks, alpha))
    return _mixture(np.arange(1.0, looks + 1), looks, alpha)


class Peek:
    """Reads two arms at up to *looks* equally spaced looks, and says at each whether to stop.

    *rule* is one of RULES, *alpha* the error it aims at. `always_valid` is the two-sided normal mixture (Robbins
    1970; Howard et al. 2021, eq. 14): it errs at most with *alpha* however often it looks and however the looks
    are spaced, and is tightest at the last one planned; it alone may go on after that.
    """

    def __init__(self, rule: str, looks: int, alpha: float = 0.05) -> None:
        self.bound: Floats = bounds(rule, looks, alpha)
        """(looks,) the |z| it stops at"""
        self.rule, self.looks, self.alpha = rule, looks, alpha
        self.readings: list[Reading] = []
        """one per look so far"""
        self._unit = math.nan

    def look(self, a: Sums, b: Sums) -> Reading:
        """Take the next look at the cumulated sums of control *a* and treatment *b*; it rings = stop, they differ.

        BadInput when the rule allows no look any more. The p value of a reading is that of a single look.
        """
        if self.done and (self.rule != "always_valid" or self.stopped):
            raise BadInput(f"rule {self.rule} has no look left after {len(self.readings)} of {self.looks}")
        z, threshold = abs(float(z_score(a, b))), self._threshold(a, b)
        name = f"{self.rule} look {len(self.readings) + 1}"
        self.readings.append(Reading(name, z, threshold, _two_sided(threshold), _two_sided(z)))
        return self.readings[-1]

    @property
    def stopped(self) -> bool:
        """Whether the last look rang."""
        return bool(self.readings) and self.readings[-1].rings

    @property
    def done(self) -> bool:
        """Whether it has stopped, or used up the looks that were planned."""
        return self.stopped or len(self.readings) >= self.looks

    def verdict(self, a: Sums, b: Sums) -> Verdict:
        """Return the difference of the arms at the last look, its interval as wide as the rule's bound there.

        For `naive` and `pocock` it is the repeated confidence interval (Jennison & Turnbull 1989); between two
        looks of `fixed` it is endless.
        """
        if not self.readings:
            raise BadInput(f"rule {self.rule} has not looked yet; there is no verdict before the first look")
        return verdict(a, b, self.readings[-1].threshold)

    def crosses(self, z: Floats) -> Mask:
        """Tell for (m, looks) z scores of m experiments which of them this rule would stop at one of the looks."""
        return np.asarray((np.abs(z) >= self.bound).any(axis=-1))

    def _threshold(self, a: Sums, b: Sums) -> float:
        if self.rule != "always_valid":
            return float(self.bound[len(self.readings)])
        weight = 1.0 / (1.0 / float(a.n) + 1.0 / float(b.n))
        self._unit = weight if math.isnan(self._unit) else self._unit
        return float(_mixture(np.array([weight / self._unit]), self.looks, self.alpha)[0])


def _mixture(time: Floats, looks: int, alpha: float) -> Floats:
    """Return the |z| of the normal mixture at (k,) intrinsic times, with ρ best at the time *looks*.

    z² = (1 + ρ / v) (ln(1 + v / ρ) - 2 ln α); ρ = v / (-W₋₁(-α² / e) - 1) (Howard et al. 2021, eq. 14 and prop. 3).
    """
    from scipy.special import lambertw

    rho = looks / (-float(lambertw(-(alpha**2) / math.e, -1).real) - 1)
    return np.asarray(np.sqrt((1 + rho / time) * (np.log1p(time / rho) - 2 * math.log(alpha))))


@cache
def _nodes(number: int) -> tuple[Floats, Floats]:
    """Return nodes and weights on [-1, 1]; scaled, they must lie closer than 1, the standard deviation of a look."""
    nodes, weights = np.polynomial.legendre.leggauss(number)
    return nodes, weights


def _two_sided(z: float) -> float:
    return math.erfc(z / math.sqrt(2))


def _check(looks: int, alpha: float) -> None:
    if not 1 <= looks <= _MOST_LOOKS:
        raise BadInput(f"{looks} looks are not allowed; it takes 1 to {_MOST_LOOKS}")
    if not 0 < alpha < 1:
        raise BadInput(f"alpha {alpha} is no error rate; it must lie between 0 and 1, ends excluded")
