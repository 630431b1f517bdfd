"""How far two samples of a feature are apart, and how far apart luck alone would put them."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints

__all__ = [
    "bin_edges",
    "js_of",
    "js_tail",
    "js_threshold",
    "kl_of",
    "kl_tail",
    "kl_threshold",
    "ks",
    "ks_tail",
    "ks_threshold",
    "normal_j",
    "normal_kl",
    "normal_ks",
    "population_psi",
    "psi",
    "psi_of",
    "psi_tail",
    "psi_threshold",
    "shares",
]

# Logarithms are natural. n rows of a reference stand against m rows of now, in B bins with shares p and q.
_NORMAL = NormalDist()
_HALF_A_COUNT = 0.5


def bin_edges(reference: Floats, bins: int = 10) -> Floats:
    """Return the (bins - 1,) inner edges that cut *reference* (n,) into bins of equal mass."""
    edges: Floats = np.quantile(reference, np.arange(1, bins) / bins)
    return edges


def shares(values: Floats, edges: Floats) -> Floats:
    """Return the (B,) shares of *values* in the bins between the (B - 1,) *edges*; a bin takes its lower edge.

    Half a count stands in for an empty bin, so no share is 0. Without values all shares are equal.
    """
    counts: Ints = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    filled = np.maximum(counts, _HALF_A_COUNT)
    found: Floats = filled / filled.sum()
    return found


def psi(reference: Floats, current: Floats, edges: Floats) -> float:
    """Return the population stability index of *current* against *reference* over the bins between *edges*.

    Σ (q - p)·ln(q / p) over the bins' shares; half a count stands in for an empty bin. Without any drift its mean is
    (1/n + 1/m)·(B - 1) for samples of n and m in B bins (Yurdakul, 2018), so small samples alarm by themselves.
    """
    return psi_of(shares(reference, edges), shares(current, edges))


def psi_of(p: Floats, q: Floats) -> float:
    """Return the PSI of shares *p*, *q* (B,): Σ (q - p)·ln(q / p), which is KL both ways (Jeffreys 1946)."""
    return float(np.sum((q - p) * np.log(q / p)))


def kl_of(p: Floats, q: Floats) -> float:
    """Return the relative entropy Σ p·ln(p / q) [nats] of shares *p* to *q*, both (B,) (Kullback & Leibler 1951)."""
    return float(np.sum(p * np.log(p / q)))


def js_of(p: Floats, q: Floats) -> float:
    """Return the Jensen-Shannon divergence [nats] of shares *p*, *q* (B,); at most ln 2 (Lin 1991)."""
    middle = (p + q) / 2
    return (kl_of(p, middle) + kl_of(q, middle)) / 2


def ks(reference: Floats, current: Floats) -> float:
    """Return the largest gap between the distribution functions of two samples (Smirnov 1939); NaN without rows."""
    from scipy.stats import ks_2samp

    if not (len(reference) and len(current)):
        return math.nan
    return float(ks_2samp(reference, current, method="asymp").statistic)


# Without drift p - q has the covariance of (1/n + 1/m) times a multinomial draw, and to second order PSI is
# Σ (p - q)²/p, KL a half of that and JS an eighth. So PSI, 2·KL and 8·JS, over 1/n + 1/m, are chi-squared with
# B - 1 degrees of freedom (Pearson 1900; for PSI Yurdakul 2018). It holds from some ten rows a bin on, whether
# the edges were given or are quantiles of the reference.


def psi_tail(statistic: float, n: int, m: int, bins: int) -> float:
    """Return P(PSI > *statistic* | no drift) of samples of *n* and *m* rows in *bins* bins (Yurdakul 2018)."""
    return _tail(statistic, n, m, bins)


def psi_threshold(false_alarm: float, n: int, m: int, bins: int) -> float:
    """Return the PSI that samples without drift exceed with probability *false_alarm*."""
    return _threshold(false_alarm, n, m, bins)


def kl_tail(statistic: float, n: int, m: int, bins: int) -> float:
    """Return P(KL > *statistic* | no drift) of samples of *n* and *m* rows in *bins* bins (Wilks 1938)."""
    return _tail(2 * statistic, n, m, bins)


def kl_threshold(false_alarm: float, n: int, m: int, bins: int) -> float:
    """Return the KL [nats] that samples without drift exceed with probability *false_alarm*."""
    return _threshold(false_alarm, n, m, bins) / 2


def js_tail(statistic: float, n: int, m: int, bins: int) -> float:
    """Return P(JS > *statistic* | no drift) of samples of *n* and *m* rows in *bins* bins."""
    return _tail(8 * statistic, n, m, bins)


def js_threshold(false_alarm: float, n: int, m: int, bins: int) -> float:
    """Return the JS [nats] that samples without drift exceed with probability *false_alarm*."""
    return _threshold(false_alarm, n, m, bins) / 8


def ks_tail(statistic: float, n: int, m: int) -> float:
    """Return P(KS > *statistic* | no drift) in the limit of many rows (Kolmogorov 1933); ties make it less."""
    from scipy.special import kolmogorov

    return float(kolmogorov(statistic / math.sqrt(_noise(n, m))))


def ks_threshold(false_alarm: float, n: int, m: int) -> float:
    """Return the KS that samples of *n* and *m* rows without drift exceed with probability *false_alarm*."""
    from scipy.special import kolmogi

    return float(kolmogi(_share(false_alarm))) * math.sqrt(_noise(n, m))


def _tail(statistic: float, n: int, m: int, bins: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(_freedom(bins), max(statistic, 0.0) / _noise(n, m)))


def _threshold(false_alarm: float, n: int, m: int, bins: int) -> float:
    from scipy.special import chdtri

    return float(chdtri(_freedom(bins), _share(false_alarm))) * _noise(n, m)


def _noise(n: int, m: int) -> float:
    if n < 1 or m < 1:
        raise BadInput(f"samples of {n} and {m} rows cannot be compared; both need 1 or more")
    return 1 / n + 1 / m


def _freedom(bins: int) -> int:
    if bins < 2:
        raise BadInput(f"{bins} bins tell nothing apart; it must be 2 or more")
    return bins - 1


def _share(false_alarm: float) -> float:
    if not 0 < false_alarm < 1:
        raise BadInput(f"false_alarm {false_alarm} must be a probability, over 0 and below 1")
    return false_alarm


# What the distances come to without sampling: a feature that was N(0, 1) is now N(d, s).


def population_psi(d: float, s: float, bins: int = 10) -> float:
    """Return the PSI of N(*d*, *s*) against N(0, 1) over *bins* bins of equal mass of the latter."""
    from scipy.special import ndtr

    _check_scale(s)
    inner = [_NORMAL.inv_cdf(i / bins) for i in range(1, _freedom(bins) + 1)]
    z = (np.array([-math.inf, *inner, math.inf]) - d) / s
    below, above = ndtr(z), ndtr(-z)
    # From the nearer side: 1 - 1e-20 is 1.
    now = np.where(z[:-1] > 0, above[:-1] - above[1:], below[1:] - below[:-1])
    return psi_of(np.full(bins, 1 / bins), now)


def normal_kl(d: float, s: float) -> float:
    """Return KL(N(0, 1) || N(*d*, *s*)) [nats]: ln s + (1 + d²)/(2 s²) - 1/2."""
    _check_scale(s)
    return math.log(s) + (1 + d * d) / (2 * s * s) - 0.5


def normal_j(d: float, s: float) -> float:
    """Return KL both ways between N(0, 1) and N(*d*, *s*): what the PSI tends to as bins get finer."""
    return normal_kl(d, s) + (s * s + d * d) / 2 - 0.5 - math.log(s)


def normal_ks(d: float, s: float) -> float:
    """Return the largest gap between the distribution functions of N(0, 1) and N(*d*, *s*).

    It is where their densities meet: at the roots of (s² - 1) x² + 2 d x - d² - 2 s² ln s.
    """
    _check_scale(s)
    if s == 1:
        return 2 * _NORMAL.cdf(abs(d) / 2) - 1
    a, b, c = s * s - 1, d, d * d + 2 * s * s * math.log(s)
    root = math.sqrt(b * b + a * c)
    meet = ((-b - root) / a, (-b + root) / a)
    return max(abs(_NORMAL.cdf(x) - NormalDist(d, s).cdf(x)) for x in meet)


def _check_scale(s: float) -> None:
    if not s > 0:
        raise BadInput(f"standard deviation {s} must be over 0")
