"""Learns by choosing: arms are tried, what they pay is counted, and the next choice weighs knowing against earning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.errors import BadInput, unknown
from simulator.learning.contextual import LinUCB
from simulator.units import Floats, Ints

__all__ = [
    "POLICIES",
    "RIVER",
    "Policy",
    "RiverBandit",
    "best_probability",
    "epsilon_arms",
    "forgotten",
    "lai_robbins",
    "regret",
    "river_bandit",
    "river_regret",
    "thompson_arms",
    "thompson_slot",
    "ucb_arms",
]

Policy = Callable[[Floats, Floats, np.random.Generator], Ints]
"""successes and failures (runs, c), and luck -> the arm (runs,) each run pulls next"""

_NODES = 8
_CELLS = 256
_ENDS = np.array([0.0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2])  # at 0 and 1 a density may rise without end
_EDGES = np.array([-8.0, -6.0, -4.5, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.5, 6.0, 8.0])


def best_probability(successes: Floats, failures: Floats, prior: tuple[float, float] = (1.0, 1.0)) -> Floats:
    """Return (c,) the probability that each arm is the best, under posteriors Beta(prior + counts).

    P(i) = ∫ f_i(x) Π_{j≠i} F_j(x) dx (Thompson 1933), by Gauss-Legendre quadrature of 8 nodes on some 256 cells
    whose edges lie at the quantile-like points mean ± z·sd of the arms, closer at 0 and 1.
    Good to 1e-6 up to a thousand arms.
    """
    from scipy.special import betainc, betaln, xlog1py, xlogy

    a, b = _posterior(successes, failures, prior)
    if len(a) == 1:
        return np.ones(1)
    x, weight = _nodes(a, b)
    below = np.log(np.maximum(betainc(a[:, None], b[:, None], x), 1e-300))
    density = xlogy(a[:, None] - 1, x) + xlog1py(b[:, None] - 1, -x) - betaln(a, b)[:, None]
    chance = np.exp(density + below.sum(axis=0) - below) @ weight
    return np.asarray(chance / chance.sum())


def thompson_slot(
    successes: Floats, failures: Floats, luck: Floats, prior: tuple[float, float] = (1.0, 1.0)
) -> tuple[Ints, Floats]:
    """Return the arms (n,) of Thompson sampling and the propensities with which they were chosen.

    The counts (c,) are those of a published snapshot, the same for all n requests. To draw from each posterior
    and take the best is to choose each arm with the probability that it is best; so one uniform of *luck* (n,)
    chooses, and the propensity is exact.
    """
    chance = np.round(best_probability(successes, failures, prior), 9)
    total = np.cumsum(chance)
    arms = np.minimum(np.searchsorted(total, luck * total[-1], side="right"), int(np.flatnonzero(chance)[-1]))
    return arms.astype(np.int64), chance[arms] / total[-1]


def forgotten(counts: Floats, factor: float) -> Floats:
    """Return *counts* discounted by *factor* in (0, 1]: 1 forgets nothing; 1/(1 - factor) steps are remembered.

    (Discounted Thompson sampling, Raj & Kalyani 2017.)
    """
    if not 0 < factor <= 1:
        raise BadInput(f"forgetting factor {factor} must be over 0 and at most 1")
    return np.asarray(counts, dtype=np.float64) * factor


def thompson_arms(successes: Floats, failures: Floats, luck: np.random.Generator) -> Ints:
    """Draw from Beta(1 + successes, 1 + failures) of every arm and pull the highest, each run for itself."""
    return np.asarray(luck.beta(1 + successes, 1 + failures).argmax(axis=1), dtype=np.int64)


def epsilon_arms(epsilon: float) -> Policy:
    """Pull any arm with probability *epsilon*, else the best mean so far, arms not yet tried first, ties by luck.

    (Sutton & Barto 2018, §2.2; river's begins with means of 0, unless its burn_in is 1.)
    """

    if not 0 <= epsilon <= 1:
        raise BadInput(f"epsilon {epsilon} is no probability; it must be 0 to 1")

    def pull(successes: Floats, failures: Floats, luck: np.random.Generator) -> Ints:
        runs, arms = successes.shape
        tried = successes + failures
        best = _one_of_best(np.where(tried == 0, np.inf, successes / np.maximum(tried, 1.0)), luck)
        any_arm = (luck.random(runs) * arms).astype(np.int64)
        return np.where(luck.random(runs) < epsilon, any_arm, best)

    return pull


def ucb_arms(width: float = 1.0) -> Policy:
    """Pull the highest mean + width·sqrt(2 ln t / n), arms not yet tried first, ties by luck; t pulls so far.

    Width 1 is UCB1 (Auer, Cesa-Bianchi & Fischer 2002).
    """

    def pull(successes: Floats, failures: Floats, luck: np.random.Generator) -> Ints:
        tried = successes + failures
        rounds = np.maximum(tried.sum(axis=1, keepdims=True), 1.0)
        some = np.maximum(tried, 1.0)
        index = successes / some + width * np.sqrt(2 * np.log(rounds) / some)
        return _one_of_best(np.where(tried == 0, np.inf, index), luck)

    return pull


POLICIES: Mapping[str, Callable[..., Policy]] = {
    "thompson": lambda: thompson_arms,
    "epsilon_greedy": epsilon_arms,
    "ucb": ucb_arms,
}
"""Name -> maker of a policy for many runs at once."""


def regret(policy: Policy, means: Floats, marks: Sequence[int], runs: int, luck: np.random.Generator) -> Floats:
    """Return (marks, runs) the pseudo-regret Σ (best mean - mean pulled) after each number of pulls in *marks*.

    Arms pay 1 with probability *means* (c,), else 0; each of *runs* learns alone. *marks* rise.
    """
    arms, rows = np.asarray(means, dtype=np.float64), np.arange(runs)
    if not ((arms >= 0) & (arms <= 1)).all() or not marks or min(marks) < 1:
        raise BadInput("means must be probabilities, 0 to 1, and marks one or more numbers of pulls from 1 on")
    successes, failures = np.zeros((runs, len(arms))), np.zeros((runs, len(arms)))
    lost, read, at = np.zeros(runs), [], set(marks)
    for pulls in range(1, max(marks) + 1):
        arm = policy(successes, failures, luck)
        paid = luck.random(runs) < arms[arm]
        successes[rows, arm] += paid
        failures[rows, arm] += ~paid
        lost += arms.max() - arms[arm]
        if pulls in at:
            read.append(lost.copy())
    return np.array(read)


def lai_robbins(means: Floats) -> float:
    """Return the constant C of the lower bound, regret ≥ C·ln T for large T, of arms that pay 0 or 1.

    C = Σ Δ / KL(mean, best) over the arms that are not best (Lai & Robbins 1985).
    """
    from scipy.special import rel_entr

    arms = np.asarray(means, dtype=np.float64)
    best = arms.max()
    worse = arms[arms < best]
    return float(np.sum((best - worse) / (rel_entr(worse, best) + rel_entr(1 - worse, 1 - best))))


class RiverBandit:
    """One of river's bandits with arms 0 … c-1; reproducible from its seed."""

    def __init__(self, name: str, arms: int, policy: Any) -> None:
        self.name = name
        self.arms = arms
        self.policy = policy
        self._ids = list(range(arms))

    def pull(self, context: Floats | None = None) -> int:
        """Choose an arm; *context* (f,) is what "lin_ucb" knows of the request, and only it."""
        if self.name == "lin_ucb":
            return int(self.policy.pull(self._ids, context=_features(context)))
        return int(self.policy.pull(self._ids))

    def update(self, arm: int, reward: float, context: Floats | None = None) -> None:
        """Learn that *arm* paid *reward*."""
        if self.name == "lin_ucb":
            self.policy.update(arm, _features(context), float(reward))
        else:
            self.policy.update(arm, float(reward))

    def snapshot(self, features: int) -> LinUCB:
        """Publish "lin_ucb" as numpy arrays over the features 0 … *features*-1; BadInput for other bandits."""
        if self.name != "lin_ucb":
            raise BadInput(f"bandit {self.name!r} has no linear models; only 'lin_ucb' has a snapshot")
        models = [self.policy._bayes_lin_regs[arm] for arm in self._ids]
        kept = [_linear(model, features) for model in models]
        theta, inverse = (np.array(part) for part in zip(*kept, strict=True))
        return LinUCB(theta, inverse, 1.0 / float(self.policy.beta))


RIVER: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "thompson": ("ThompsonSampling", {"burn_in": 0}),
    "epsilon_greedy": ("EpsilonGreedy", {"epsilon": 0.1, "decay": 0.0, "burn_in": 0}),
    "ucb": ("UCB", {"delta": 1.0, "burn_in": 0}),
    "lin_ucb": ("LinUCBDisjoint", {"beta": 1.0, "burn_in": 0}),
}
"""Name -> river's class, and its settings with their defaults here."""


def river_bandit(name: str, arms: int, seed: int, **settings: float) -> RiverBandit:
    """Build river's bandit *name* (one of RIVER) over *arms* arms; BadInput for settings it does not have.

    Rewards are 0 or 1 for "thompson", which starts from Beta(1, 1). The prior precision of "lin_ucb" is 1.
    """
    from river import bandit, proba

    if name not in RIVER:
        raise unknown("bandit", name, RIVER)
    kind, known = RIVER[name]
    for setting in settings:
        if setting not in known:
            raise unknown(f"setting of {name}", setting, known)
    if arms < 1:
        raise BadInput(f"{arms} arms leave no choice; it must be 1 or more")
    given: dict[str, Any] = {**known, **settings}
    if name == "thompson":
        given["reward_obj"] = proba.Beta()
    return RiverBandit(name, arms, getattr(bandit, kind)(seed=seed, **given))


def river_regret(made: RiverBandit, means: Floats, luck: Floats) -> Floats:
    """Return (T,) the pseudo-regret of one run of a bandit without context; *luck* (T,) decides what arms pay."""
    lost = np.empty(len(luck))
    for step, draw in enumerate(luck.tolist()):
        arm = made.pull()
        made.update(arm, draw < means[arm])
        lost[step] = means[arm]
    return np.asarray(np.cumsum(np.max(means) - lost))


def _posterior(successes: Floats, failures: Floats, prior: tuple[float, float]) -> tuple[Floats, Floats]:
    a, b = np.asarray(successes, np.float64) + prior[0], np.asarray(failures, np.float64) + prior[1]
    if a.ndim != 1 or a.shape != b.shape or not len(a):
        raise BadInput(f"{np.shape(successes)} successes and {np.shape(failures)} failures are no list of arms")
    if not ((a > 0) & (b > 0) & (a + b < np.inf)).all():
        raise BadInput("an arm has a negative count or one that is not finite; with the prior it must exceed 0")
    return a, b


def _nodes(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return the nodes of the quadrature and their weights: cells are narrow where posteriors are."""
    mean = a / (a + b)
    sd = np.sqrt(mean * (1 - mean) / (a + b + 1))
    edges = np.clip((mean[:, None] + sd[:, None] * _EDGES).ravel(), 0.0, 1.0)
    edges = np.unique(edges)
    if len(edges) > _CELLS + 1:
        edges = edges[np.linspace(0, len(edges) - 1, _CELLS + 1).round().astype(np.int64)]
    edges = np.unique(np.concatenate([edges, _ENDS, 1 - _ENDS]))
    place, weight = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (1 + place)).ravel(), (half * weight).ravel()


def _one_of_best(values: Floats, luck: np.random.Generator) -> Ints:
    """Return the column of a highest value of each row, each of the tied with the same chance."""
    best: Ints = values.argmax(axis=1)
    tied = values == values[np.arange(len(values)), best][:, None]
    if np.count_nonzero(tied) == len(values):
        return best
    return np.asarray(np.where(tied, luck.random(values.shape), -1.0).argmax(axis=1), dtype=np.int64)


def _features(context: Floats | None) -> dict[int, float]:
    if context is None:
        raise BadInput("lin_ucb needs a context; give the features of the request")
    return dict(enumerate(np.asarray(context, dtype=np.float64).tolist()))


def _linear(model: Any, features: int) -> tuple[Floats, Floats]:
    """Read mean and covariance of river's Bayesian regression; features it never met keep the prior."""
    theta, inverse = np.zeros(features), np.eye(features) / float(model.alpha)
    met = [feature for feature in model._idx if feature < features]
    if met:
        model._ensure_m()
        place = [model._idx[feature] for feature in met]
        theta[met] = model._m_arr[place]
        inverse[np.ix_(met, met)] = model._ss_inv_arr[np.ix_(place, place)]
    return theta, inverse
