"""Checks of the recommender area on bandits: what learning by choosing costs, and how surely an arm is the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.learning import bandits
from simulator.streams import Streams

__all__ = ["checks"]

_TEN = tuple(range(10))
_WRONG = 1.05  # a twin's parameter is wrong by a twentieth
_MARKS = (1_000, 10_000, 20_000)
_POLICIES: dict[str, tuple[bandits.Policy, int]] = {
    "TS": (bandits.thompson_arms, 30),
    "eps01": (bandits.epsilon_arms(0.1), 100),
    "UCB1": (bandits.ucb_arms(), 10),
}
"""Name -> policy, and runs a seed: more where luck says more"""
_RESTS = ((60.0, 40.0), (58.0, 42.0), (50.0, 50.0))


def checks() -> list[Check]:
    """List the checks, quick ones first."""
    return [_bound(), _best(), _matched(), _regrets()]


def _regrets() -> Check:
    found = {
        "TS": (65.2, 168.22, 194.04),
        "eps01": (54.86, 219.73, 317.75),
        "UCB1": (83.31, 594.61, 885.32),
    }
    return Check(
        id="rec.bandit",
        area="recsys",
        mechanism="regret of Thompson sampling, ε-greedy (0.1) and UCB1 after T pulls",
        setting={"arms": 10, "best": 0.5, "others": 0.4, "T": list(_MARKS), "runs": [300, 1_000, 100]},
        expected={f"{name} {t}": v for name, at in found.items() for t, v in zip(_MARKS, at, strict=True)},
        source="an independent simulation of 1,000 runs",
        tolerance=Tolerance(band=0.08, cap=0.04, relative=True, errors=1),  # the band holds their luck, and ties
        measure=_lost,
        seeds=_TEN,
        twin={"best": 0.5 * _WRONG},
    )


def _lost(seeds: Sequence[int], best: float = 0.5) -> Figures:
    means = np.array([best] + [0.4] * 9)

    def one(seed: int) -> dict[str, float]:
        figures: dict[str, float] = {}
        for name, (policy, runs) in _POLICIES.items():
            lost = bandits.regret(policy, means, _MARKS, runs, Streams(seed).get(name)).mean(axis=1)
            figures |= {f"{name} {t}": float(value) for t, value in zip(_MARKS, lost, strict=True)}
        return figures

    return each(seeds, one)


def _bound() -> Check:
    return _exact(
        "rec.lairobbins",
        "constant of the lower bound on regret",
        {"0.6, 0.5": 4.89932, "0.5, 9 x 0.4": 44.69715},
        lambda: [bandits.lai_robbins(np.array([0.6, 0.5])), bandits.lai_robbins(np.array([0.5] + [0.4] * 9))],
        "Lai & Robbins 1985",
    )


def _best() -> Check:
    """Of Beta(2, 1) and Beta(1, 1) the first is larger with chance 2/3; of n alike each is with chance 1/n."""

    def found() -> list[float]:
        alike, none = bandits.best_probability(np.zeros(7), np.zeros(7)), np.zeros(2)
        return [float(bandits.best_probability(np.array([1.0, 0.0]), none)[0]), float(alike[3])]

    return _exact(
        "rec.more.best",
        "chance that an arm is the best, by quadrature",
        {"Beta(2, 1) of two": 2 / 3, "one of seven alike": 1 / 7},
        found,
        "∫ 2x·x dx; symmetry",
    )


def _exact(id: str, mechanism: str, expected: dict[str, float], found: Callable[[], list[float]], source: str) -> Check:
    return Check(
        id=id,
        area="recsys",
        mechanism=mechanism,
        setting={"arms": list(expected)},
        expected=expected,
        source=source,
        tolerance=Tolerance(band=5e-6, errors=0),  # the targets are printed to five digits
        measure=lambda seeds: {name: np.array([v]) for name, v in zip(expected, found(), strict=True)},
    )


def _matched() -> Check:
    a, b = (np.array(column) for column in zip(*_RESTS, strict=True))
    chance = bandits.best_probability(a, b)
    return Check(
        id="rec.more.matched",
        area="recsys",
        mechanism="arms drawn by river's Thompson sampling, and by one uniform each: shares",
        setting={"successes": a.tolist(), "failures": b.tolist(), "prior": "Beta(1, 1)", "pulls": 1_000},
        expected={f"{who} {arm}": float(chance[arm]) for who in ("river", "ours") for arm in range(3)},
        source="quadrature; probability matching (Thompson 1933)",
        tolerance=Tolerance(cap=0.00625),
        measure=_pulled,
        seeds=_TEN,
        twin={"successes": _WRONG},
    )


def _pulled(seeds: Sequence[int], successes: float = 1.0, n: int = 1_000) -> Figures:
    """The first arm has *successes* times what it should have."""

    def one(seed: int) -> dict[str, float]:
        known = [(round(good * (successes if arm == 0 else 1)), bad) for arm, (good, bad) in enumerate(_RESTS)]
        river = bandits.river_bandit("thompson", 3, seed)
        for arm, (good, bad) in enumerate(known):
            for reward in [1.0] * round(good) + [0.0] * round(bad):
                river.update(arm, reward)
        a, b = (np.array(column, dtype=np.float64) for column in zip(*known, strict=True))
        drawn = [river.pull() for _ in range(n)]
        ours, _ = bandits.thompson_slot(a, b, Streams(seed).get("luck").random(n))
        shares = {who: np.bincount(arms, minlength=3) / n for who, arms in (("river", drawn), ("ours", ours))}
        return {f"{who} {arm}": float(found[arm]) for who, found in shares.items() for arm in range(3)}

    return each(seeds, one)
