"""Checks of the abtest area: how large a test must be, what peeking costs, and less variance for the same people."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.learning import assignment, interleaving, sequential, trial
from simulator.learning.trial import Sums
from simulator.streams import Streams
from simulator.units import Floats, Ints

__all__ = ["LEFT_OUT", "checks"]

LEFT_OUT: Mapping[str, str] = {"ab.booking": "a figure to calibrate a world with, not a test"}
"""Target -> why it is not tried here."""

_TWENTY = tuple(range(20))
_WRONG = 1.05  # a twin's parameter is wrong by a twentieth
_LOOKS = (1, 2, 5, 10, 20, 100)
_SOURCES = {
    "ab.peek.recursion": "recursion of Armitage, McPherson & Rowe 1969",
    "ab.pocock": "the same recursion",
    "ab.more.pocock": "Jennison & Turnbull 1999, table 2.1",
    "ab.novelty": "integral",
    "ab.srm": "scipy",
    "ab.interleave": "normal approximation of the sign test",
}


def checks() -> list[Check]:
    """List the checks of the area, quick ones first."""
    return [*_sizes(), *_algebra(), *_powers(), *_peeks(), *_arms(), *_effects()]


def _sizes() -> list[Check]:
    rows = {
        0.01: (3923546, 3923648, 719, 766),
        0.03: (1281161, 1281191, 1484, 1504),
        0.05: (752684, 752700, 2199, 2210),
        0.1: (356327, 356332, 3835, 3839),
        0.5: (39240, 39237, 9806, 9804),
    }
    return [_size(baseline, found) for baseline, found in rows.items()]


def _size(baseline: float, found: tuple[int, ...]) -> Check:
    def needed(case: str) -> float:
        lift, method = case.split()
        return trial.sample_size(baseline, 0.02, relative=lift == "relative", method=method)

    cases = ("relative arcsine", "relative unpooled", "absolute arcsine", "absolute unpooled")
    check = _exact(f"ab.n.{baseline:g}", "entities per arm, power 0.8, 0.05 two-sided", cases, found, needed)
    setting = {"baseline": baseline, "relative": 0.02, "absolute": 0.02}
    return replace(check, setting=setting, tolerance=Tolerance(band=1e-5, relative=True, errors=0))


def _algebra() -> list[Check]:
    peeks = (0.05, 0.08312, 0.14169, 0.19336, 0.24791, 0.37362)
    return [
        _exact("ab.peek.recursion", "error of peeking", _LOOKS, peeks, sequential.peeking_error),
        _exact("ab.pocock", "Pocock's z", (2, 3, 5, 10), (2.1783, 2.2895, 2.4132, 2.555), sequential.pocock),
        _exact("ab.more.pocock", "Pocock's z", (4, 20), (2.361, 2.672), sequential.pocock, digits=3),
        _exact("ab.srm", "p of a sample ratio mismatch", (50_500,), (0.001565402,), _halves, digits=9),
        _exact("ab.novelty", "mean of 1 + 4 exp(-t / 5) over days", (7, 14, 28), (3.15258, 2.3417, 1.71164), _faded),
        _exact("ab.interleave", "sessions", (0.51, 0.52, 0.55), (19620, 4904, 783), interleaving.interleaving_n),
    ]


def _exact(
    id: str, mechanism: str, cases: Sequence[Any], found: Sequence[float], rule: Callable[[Any], float], digits: int = 4
) -> Check:
    names = [str(case) for case in cases]
    return Check(
        id=id,
        area="abtest",
        mechanism=mechanism,
        setting={"cases": list(cases)},
        expected=dict(zip(names, found, strict=True)),
        source=_SOURCES.get(id, "statsmodels NormalIndPower; z test with unpooled variances"),
        tolerance=Tolerance(band=0.6 * 10**-digits, errors=0),
        measure=lambda seeds: {name: np.array([rule(case)]) for name, case in zip(names, cases, strict=True)},
    )


def _halves(count: int) -> float:
    return assignment.srm((count, 100_000 - count), (0.5, 0.5))


def _faded(days: float, decay: float = 5.0) -> float:
    return trial.novelty_mean(days, 1.0, 4.0, decay)


def _powers() -> list[Check]:
    more = trial.power(0.08, 0.06, 30_000, relative=True)
    return [
        _powered("ab.power", (0.05, 0.02, 100_000), 0.17392, band=0.0015),  # the source leaves out the far tail
        _powered("ab.more.power", (0.08, 0.06, 30_000), more, band=0.0),
    ]


def _powered(id: str, plan: tuple[float, float, int], expected: float, band: float) -> Check:
    p, rel, n = plan
    return Check(
        id=id,
        area="abtest",
        mechanism="share of tests that find a lift that is there, read once",
        setting={"p": p, "rel": rel, "n_per_arm": n, "tests a seed": 4_000},
        expected={"power": expected},
        source="normal approximation",
        tolerance=Tolerance(band=band, cap=0.002),
        measure=lambda seeds, lift=rel: _finds(seeds, id, p, lift, n),
        seeds=_TWENTY,
        twin={"lift": rel * _WRONG},
    )


def _finds(seeds: Sequence[int], id: str, p: float, lift: float, n: int) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get(id)
        arms = [_rates(luck.binomial(n, rate, (4_000, 1)), n) for rate in (p, p * (1 + lift))]
        return {"power": float(sequential.Peek("fixed", 1).crosses(trial.z_score(*arms)).mean())}

    return each(seeds, one)


def _rates(successes: Ints, n: int) -> Sums:
    """Return the sums at each of the looks, after *n* more entities at each; *successes* are cumulated."""
    total = successes.astype(np.float64)
    return Sums(n * np.arange(1.0, total.shape[-1] + 1), total, total)


def _peeks() -> list[Check]:
    naive = (0.05, 0.08312, 0.14169, 0.19336, 0.24791, 0.37362)
    valid = [sequential.crossing(sequential.bounds("always_valid", looks)) for looks in _LOOKS[1:]]
    return [
        _peeked("ab.peek", "naive", dict(zip(_LOOKS, naive, strict=True)), 0.0015),
        _peeked("ab.more.pocock.error", "pocock", dict.fromkeys(_LOOKS[1:], 0.05), 0.0015),
        _peeked("ab.more.always", "always_valid", dict(zip(_LOOKS[1:], valid, strict=True)), 0.0005),
    ]


def _peeked(id: str, rule: str, errors: Mapping[int, float], cap: float) -> Check:
    return Check(
        id=id,
        area="abtest",
        mechanism=f"share of tests that {rule} looks stop, with nothing to find",
        setting={"looks": list(errors), "entities a look": 500, "tests a seed": 8_000},
        expected={str(looks): error for looks, error in errors.items()},
        source="recursion of Armitage, McPherson & Rowe 1969",
        tolerance=Tolerance(cap=cap),
        measure=lambda seeds, spread=1.0: _stops(seeds, rule, list(errors), spread),
        seeds=_TWENTY,
        twin={"spread": _WRONG},
    )


def _stops(seeds: Sequence[int], rule: str, looks: Sequence[int], spread: float) -> Figures:
    """Draw a hundred increments and look at 1, 2, 5, … of them; the arms' means vary by *spread* times their error."""
    peeks, most = {K: sequential.Peek(rule, K) for K in looks}, max(looks)

    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("ab.peek")
        z = trial.z_score(_normals(luck, most, spread), _normals(luck, most, spread))
        return {str(K): float(peek.crosses(z[:, most // K - 1 :: most // K]).mean()) for K, peek in peeks.items()}

    return each(seeds, one)


def _normals(luck: np.random.Generator, looks: int, spread: float, n: int = 500, tests: int = 8_000) -> Sums:
    """Return sums of normal metrics with variance 1: their mean and their squares around it are independent."""
    size = n * np.arange(1.0, looks + 1)
    total = spread * np.cumsum(luck.normal(0.0, math.sqrt(n), (tests, looks)), axis=1)
    return Sums(size, total, size - 1 + total**2 / size)


def _arms() -> list[Check]:
    return [
        Check(
            id="ab.more.srm",
            area="abtest",
            mechanism="p of the sample ratio check when all is well: its deciles; share of alarms at 0.05",
            setting={"shares": [0.2, 0.5, 0.3], "entities": 3_000, "experiments a seed": 200},
            expected={"below 0.1": 0.1, "below 0.5": 0.5, "below 0.9": 0.9, "rings": 0.05},
            source="uniform under the null",
            tolerance=Tolerance(cap=0.01),
            measure=_mismatches,
            seeds=_TWENTY,
            twin={"first": 0.2 * _WRONG},
        ),
        Check(
            id="ab.interleave.power",
            area="abtest",
            mechanism="share of interleavings of that many sessions whose sign test is below 0.05",
            setting={"preference": 0.55, "sessions": 783, "tests a seed": 2_000},
            expected={"power": _binomial_power(0.55, 783)},
            source="sum over the binomial distribution",
            tolerance=Tolerance(cap=0.003),
            measure=_prefers,
            seeds=_TWENTY,
            twin={"gain": 0.05 * _WRONG},
        ),
    ]


def _mismatches(seeds: Sequence[int], first: float = 0.2, n: int = 3_000) -> Figures:
    watch, meant = assignment.SrmCheck((0.2, 0.5, 0.3), alpha=0.05), (first, 0.5, 0.5 - first)

    def one(seed: int) -> dict[str, float]:
        drawn = [assignment.arms(f"{seed} {number}", np.arange(n), meant) for number in range(200)]
        read = [watch.reading(np.bincount(arm, minlength=3)) for arm in drawn]
        p = np.array([reading.p_value for reading in read])
        deciles = {f"below {at:g}": float(np.mean(p < at)) for at in (0.1, 0.5, 0.9)}
        return deciles | {"rings": float(np.mean([reading.rings for reading in read]))}

    return each(seeds, one)


def _binomial_power(p: float, n: int, alpha: float = 0.05) -> float:
    """Return P(reject) of the exact sign test: the tails with at most half of *alpha* each at 1/2, weighed at *p*."""
    from scipy.stats import binom

    low = int(binom.ppf(alpha / 2, n, 0.5)) - 1
    return float(binom.cdf(low, n, p) + binom.sf(n - low - 1, n, p))


def _prefers(seeds: Sequence[int], gain: float = 0.05) -> Figures:
    def one(seed: int) -> dict[str, float]:
        wins = np.bincount(Streams(seed).get("ab.interleave").binomial(783, 0.5 + gain, 2_000))
        found = [interleaving.sign_test(783 - won, won) < 0.05 if times else False for won, times in enumerate(wins)]
        return {"power": float(np.dot(wins, found)) / 2_000}

    return each(seeds, one)


def _effects() -> list[Check]:
    return [
        Check(
            id="ab.cuped",
            area="abtest",
            mechanism="variance left by CUPED over variance before",
            setting={"rho": [0.3, 0.5, 0.7, 0.9], "entities": 20_000, "lift": 0.1},
            expected={"0.3": 0.91, "0.5": 0.75, "0.7": 0.51, "0.9": 0.19},
            source="1 - rho² (Deng et al. 2013)",
            tolerance=Tolerance(band=0.002, cap=0.005, relative=True),  # band: the covariate explains no lift
            measure=_adjusted,
            seeds=_TWENTY,
            twin={"wrong": _WRONG},
        ),
        Check(
            id="ab.more.novelty",
            area="abtest",
            mechanism="lift that a test of so many days measures while it wears off",
            setting={"floor": 1.0, "extra": 4.0, "decay": 5.0, "days": [10, 21], "entities": 40_000},
            expected={str(days): _faded(days) for days in (10, 21)},
            source="integral",
            tolerance=Tolerance(cap=0.01),
            measure=_worn,
            seeds=_TWENTY,
            twin={"decay": 5.0 * _WRONG},
        ),
    ]


def _adjusted(seeds: Sequence[int], wrong: float = 1.0, n: int = 20_000) -> Figures:
    def ratio(luck: np.random.Generator, rho: float) -> float:
        before, arm = luck.standard_normal(n), assignment.arms(f"cuped {rho}", np.arange(n), (0.5, 0.5))
        metric = rho * before + math.sqrt(1 - rho**2) * luck.standard_normal(n) + 0.1 * arm
        return _width(trial.cuped(metric, before), arm) / _width(metric, arm)

    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("ab.cuped")
        return {f"{rho:g}": ratio(luck, rho * wrong) for rho in (0.3, 0.5, 0.7, 0.9)}

    return each(seeds, one)


def _width(metric: Floats, arm: Ints) -> float:
    """Return the squared width of the interval that the test at the end gives."""
    read = trial.fixed_horizon(metric[arm == 0], metric[arm == 1])
    return (read.high - read.low) ** 2


def _worn(seeds: Sequence[int], decay: float = 5.0, n: int = 40_000) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck, arm, found = Streams(seed).get("ab.novelty"), assignment.arms("new", np.arange(n), (0.5, 0.5)), {}
        for days in (10, 21):
            lift = 1.0 + 4.0 * np.exp(-days * luck.random(n) / decay)
            metric = luck.standard_normal(n) + lift * arm
            found[str(days)] = trial.fixed_horizon(metric[arm == 0], metric[arm == 1]).difference
        return found

    return each(seeds, one)
