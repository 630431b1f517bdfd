"""Checks of the skew area: what noisy, stale, missing and leaking features and late labels do to a known model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.learning import metrics
from simulator.learning.features.gaps import Default, filled
from simulator.learning.features.skew import UnitBug, noisy
from simulator.learning.features.stores import Batch, FeatureStore, Rule, Stream, Timed
from simulator.streams import Streams
from simulator.units import DAY, HOUR, Floats, Ints
from simulator.world import delays

__all__ = ["LEFT_OUT", "checks"]

LEFT_OUT: Mapping[str, str] = {
    "s.criteo": "a figure to calibrate a world with, not a test",
    "s.fb": "a figure to calibrate a world with, not a test",
    "s.leak": "a survey of the literature, nothing that could be measured here",
}
"""Target -> why it is not tried here."""

_TWENTY = tuple(range(20))
_WRONG = 1.05  # a twin's parameter is wrong by a twentieth
_MU = 2.0  # binormal: negatives score N(0, 1), positives N(2, 1)
_ROWS = 30_000
_PHI = NormalDist().cdf
_BEST = _PHI(_MU / math.sqrt(2))


def checks() -> list[Check]:
    """List the checks of the area, quick ones first."""
    return [*_delays(), *_gaps(), *_ages(), _leak(), *_bugs()]


def _read(id: str, mechanism: str, expected: Mapping[str, float], source: str) -> Callable[..., Check]:
    """Return a check of AUCs, or of shares, that lacks only its measurement, its twin and its setting."""

    def check(measure: Callable[..., Figures], twin: Mapping[str, float], **setting: object) -> Check:
        return Check(
            id=id,
            area="skew",
            mechanism=mechanism,
            setting={"mu": _MU, "rows": _ROWS} | setting,
            expected=expected,
            source=source,
            tolerance=Tolerance(cap=0.001),
            measure=measure,
            seeds=_TWENTY,
            twin=twin,
        )

    return check


def _delays() -> list[Check]:
    from scipy import stats

    def scaled(law: Callable[..., delays.Delay], scale: float, *more: float) -> Callable[[float], delays.Delay]:
        return lambda wrong: law(scale * DAY * wrong, *more)

    exponential = {"7/1": 0.13312, "7/7": 0.63212, "14/7": 0.39347}
    windows = {"7/1": (7, 1), "7/7": (7, 7), "14/7": (14, 7)}
    laws = {name: (scaled(delays.Exponential, mean), float(window)) for name, (mean, window) in windows.items()}
    more = {
        "gamma 6, 2.5 in 7": (scaled(delays.Gamma, 6.0, 2.5), 7.0),
        "gamma 20, 0.4 in 3": (scaled(delays.Gamma, 20.0, 0.4), 3.0),
        "weibull 5, 0.6 in 4": (scaled(delays.Weibull, 5.0, 0.6), 4.0),
        "weibull 30, 3 in 25": (scaled(delays.Weibull, 30.0, 3.0), 25.0),
    }
    found = (
        stats.gamma.cdf(7, 2.5, scale=6 / 2.5),
        stats.gamma.cdf(3, 0.4, scale=20 / 0.4),
        stats.weibull_min.cdf(4, 0.6, scale=5),
        stats.weibull_min.cdf(25, 3, scale=30),
    )
    unlisted = {name: float(share) for name, share in zip(more, found, strict=True)}
    exact = _read("s.delay.exp", "positives that a window sees as positive", exponential, "1 - exp(-w / m)")
    other = _read("s.more.delay", "positives that a window sees as positive", unlisted, "scipy.stats")
    return [
        exact(lambda seeds, wrong=1.0: _windows(seeds, laws, wrong), {"wrong": _WRONG}, unit="mean / window [days]"),
        other(lambda seeds, wrong=1.0: _windows(seeds, more, wrong), {"wrong": _WRONG}, unit="days"),
    ]


def _windows(
    seeds: Sequence[int], laws: Mapping[str, tuple[Callable[[float], delays.Delay], float]], wrong: float
) -> Figures:
    """Observe positives and never-heard-of negatives, half of each, and count the labels 1 that come of positives."""

    def share(luck: np.random.Generator, law: delays.Delay, window: float) -> float:
        truth = np.arange(2 * _ROWS) % 2 == 0
        delay = delays.PerClass(delays.Constant(math.inf), law).draw(luck.random(len(truth)), truth)
        owed = delays.observed(DAY * luck.random(len(truth)), truth, delay, window=window * DAY)
        return float(owed.label.sum() / truth.sum())

    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("s.delay")
        return {name: share(luck, law(wrong), window) for name, (law, window) in laws.items()}

    return each(seeds, one)


def _scores(luck: np.random.Generator, mu: float = _MU) -> tuple[Floats, Ints]:
    """Draw one feature that is the score, and labels, half of them positive."""
    y = np.arange(_ROWS) % 2
    return luck.standard_normal(_ROWS) + mu * y, y


def _gaps() -> list[Check]:
    noise = _read(
        "s.noise",
        "AUC with noise of so many standard deviations at serving",
        {"0": 0.92135, "0.5": 0.89705, "1": 0.84134},
        "Phi(mu / sqrt(2(1 + tau²)))",
    )
    missing = _read(
        "s.missing",
        "AUC with a share of the feature missing at serving, 0 in its place",
        {"0.05": 0.90294, "0.1": 0.88425, "0.3": 0.80668},
        "closed form",
    )
    mean = _read(
        "s.more.missing.mean",
        "the same with the mean of training, mu / 2, in its place",
        {f"{m:g}": _imputed(m, _MU / 2) for m in (0.1, 0.4)},
        "closed form",
    )
    return [
        noise(_noise, {"mu": _MU * _WRONG}),
        missing(lambda seeds, wrong=1.0: _missing(seeds, (0.05, 0.1, 0.3), False, wrong), {"wrong": _WRONG}),
        mean(lambda seeds, wrong=1.0: _missing(seeds, (0.1, 0.4), True, wrong), {"wrong": _WRONG}),
    ]


def _imputed(m: float, value: float) -> float:
    """Return the AUC when a share *m* of scores is *value*: a pair is seen in full, in half or not at all."""
    half = _PHI(_MU - value) + _PHI(value)
    return (1 - m) ** 2 * _BEST + m * (1 - m) * half + m**2 / 2


def _noise(seeds: Sequence[int], mu: float = _MU) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("s.noise")
        x, y = _scores(luck, mu)
        normals = luck.standard_normal(_ROWS)
        return {f"{tau:g}": metrics.auc(noisy(x[:, None], 0, tau, normals)[:, 0], y) for tau in (0.0, 0.5, 1.0)}

    return each(seeds, one)


def _missing(seeds: Sequence[int], shares: Sequence[float], mean: bool, wrong: float) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck, found = Streams(seed).get("s.missing"), {}
        (x, y), gone = _scores(luck), luck.random(_ROWS)
        default = Default.mean_of(_scores(luck)[0]) if mean else Default("constant", 0.0)
        for share in shares:
            served = np.where(gone < share * wrong, math.nan, x)[:, None]
            found[f"{share:g}"] = metrics.auc(filled(served, [default], np.arange(_ROWS))[:, 0], y)
        return found

    return each(seeds, one)


def _ages() -> list[Check]:
    old = {"0.9": 0.89845, "0.7": 0.8389, "0.5": 0.76025}
    streams: dict[str, tuple[float, Rule]] = {rho: (_memory(float(rho)), Stream(2 * HOUR)) for rho in old}
    jobs: dict[str, tuple[float, Rule]] = {
        "every 4 h": (6 * HOUR, Batch(4 * HOUR)),
        "every 8 h, 2 h late": (6 * HOUR, Batch(8 * HOUR, 2 * HOUR)),
    }
    mixed = {"every 4 h": _faded(6.0, range(4)), "every 8 h, 2 h late": _faded(6.0, range(2, 10))}
    stale = _read("s.stale", "AUC with a feature that has lost correlation", old, "Phi(rho mu / sqrt 2)")
    batch = _read("s.more.batch", "AUC with a feature of a batch job", mixed, "the same, mean over the ages")
    return [
        stale(lambda seeds, wrong=1.0: _stale(seeds, streams, wrong), {"wrong": _WRONG}, lag_h=2),
        batch(lambda seeds, wrong=1.0: _stale(seeds, jobs, wrong), {"wrong": _WRONG}, memory_h=6),
    ]


def _memory(rho: float) -> float:
    """Return the time constant [s] of a feature whose correlation falls to *rho* within two hours."""
    return -2 * HOUR / math.log(rho)


def _faded(memory: float, ages: Sequence[int]) -> float:
    return float(np.mean([_PHI(_MU * math.exp(-age / memory) / math.sqrt(2)) for age in ages]))


def _stale(seeds: Sequence[int], served: Mapping[str, tuple[float, Rule]], wrong: float) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("s.stale")
        return {name: _aged(luck, memory * wrong, rule) for name, (memory, rule) in served.items()}

    return each(seeds, one)


def _aged(luck: np.random.Generator, memory: float, rule: Rule) -> float:
    """Return the AUC of what a store serves of hourly values of an Ornstein-Uhlenbeck process, each row its own.

    It is drawn backwards from the request: seen from there, older values forget by the same law.
    """
    (x, y), rho = _scores(luck), math.exp(-HOUR / memory)
    path = [x]
    for _ in range(10):
        path.append(rho * path[-1] + math.sqrt(1 - rho**2) * luck.standard_normal(_ROWS))
    asked, who = HOUR * luck.integers(100, 200, _ROWS).astype(np.float64), np.arange(_ROWS)
    at = np.concatenate([asked - HOUR * age for age in range(len(path))])
    store = FeatureStore({"x": Timed(np.tile(who, len(path)), at, np.concatenate(path), rule)})
    return metrics.auc(store.as_of(who, asked).X[:, 0], y)


def _leak() -> Check:
    check = _read(
        "s.more.leak",
        "AUC with a value of before the request, and with one that the outcome has changed since",
        {"point in time": _PHI(0.5 / math.sqrt(2)), "leaky": _BEST},
        "Phi(mu / sqrt 2), mu = 0.5 before and 2 after",
    )
    return check(_leaks, {"mu": _MU * _WRONG}, before=0.5)


def _leaks(seeds: Sequence[int], mu: float = _MU) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck, who = Streams(seed).get("s.leak"), np.arange(_ROWS)
        (before, y), asked = _scores(luck, 0.5), DAY * luck.random(_ROWS)
        after = luck.standard_normal(_ROWS) + mu * y
        feature = Timed(np.tile(who, 2), np.append(asked - HOUR, asked + HOUR), np.append(before, after), Stream(0.0))
        kinds = {"point in time": False, "leaky": True}
        return {name: metrics.auc(feature.as_of(who, asked, leaky=leaky)[0], y) for name, leaky in kinds.items()}

    return each(seeds, one)


def _bugs() -> list[Check]:
    """A score of two features, w = mu = (0.6, 1.5), the first of which is off by a factor for a while."""
    w = (0.6, 1.5)
    factors = (1.0, 4.0, 0.01)
    found = {f"{f:g}": _PHI((f * w[0] ** 2 + w[1] ** 2) / math.hypot(f * w[0], w[1]) / math.sqrt(2)) for f in factors}
    check = _read("s.more.unit", "AUC of a linear score while a unit is wrong", found, "Phi(Σ f w² / |f w| / sqrt 2)")
    return [check(lambda seeds, wrong=1.0: _units(seeds, factors, w, wrong), {"wrong": _WRONG}, w=list(w))]


def _units(seeds: Sequence[int], factors: Sequence[float], w: tuple[float, float], wrong: float) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck, y = Streams(seed).get("s.unit"), np.arange(2 * _ROWS) % 2
        X = luck.standard_normal((len(y), 2)) + np.outer(y, np.array(w) * wrong)
        at = DAY * luck.random(len(y))
        while_wrong = at >= DAY / 2
        seen = {f: UnitBug(0, f, since=DAY / 2).apply(X, at)[while_wrong] for f in factors}
        return {f"{f:g}": metrics.auc(served @ np.array(w), y[while_wrong]) for f, served in seen.items()}

    return each(seeds, one)
