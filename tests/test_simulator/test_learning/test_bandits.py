"""Arms are pulled as often as they are likely to be the best, and river's bandits learn behind one face."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.bandits import (
    POLICIES,
    RIVER,
    best_probability,
    epsilon_arms,
    forgotten,
    lai_robbins,
    regret,
    river_bandit,
    river_regret,
    thompson_slot,
)
from simulator.streams import Streams

MEANS = np.array([0.5, 0.4, 0.3])


@pytest.mark.parametrize(
    ("successes", "failures"),
    [
        ([3.0, 5.0, 0.0], [4.0, 5.0, 0.0]),
        ([50_000.0, 5.0, 49_900.0], [50_000.0, 6.0, 50_100.0]),  # narrow beside wide
        ([0.0, 0.0, 0.3], [900.0, 9.0, 0.2]),  # forgotten counts are no whole numbers
    ],
)
def test_the_chance_of_being_best_is_the_integral(successes, failures):
    from scipy.integrate import quad
    from scipy.stats import beta

    a, b = np.array(successes) + 1, np.array(failures) + 1
    found = best_probability(np.array(successes), np.array(failures))
    for arm in range(3):
        others = [j for j in range(3) if j != arm]
        mean, sd = beta(a[arm], b[arm]).mean(), beta(a[arm], b[arm]).std()
        edges = np.unique(np.clip(mean + sd * np.arange(-12.0, 12.5), 0, 1))
        edges = np.unique(np.concatenate([edges, *(beta(a[j], b[j]).ppf([0.001, 0.5, 0.999]) for j in others)]))
        f = lambda x, arm=arm, others=others: (  # noqa: E731
            beta.pdf(x, a[arm], b[arm]) * np.prod([beta.cdf(x, a[j], b[j]) for j in others])
        )
        total = sum(quad(f, lo, hi, limit=20)[0] for lo, hi in itertools.pairwise(edges))
        assert found[arm] == pytest.approx(total, abs=2e-6)


def test_the_chances_of_two_arms_in_closed_form():
    # Of Beta(a, 1) and Beta(b, 1) the first is larger with chance a / (a + b).
    assert best_probability(np.array([6.0, 2.0]), np.zeros(2)) == pytest.approx([0.7, 0.3], abs=1e-9)
    assert best_probability(np.array([5.0]), np.array([5.0])).tolist() == [1.0]
    assert best_probability(np.zeros(300), np.zeros(300)) == pytest.approx(np.full(300, 1 / 300), abs=1e-8)


def test_a_slot_is_drawn_with_its_propensity():
    a, b, n = np.array([30.0, 33.0, 5.0]), np.array([30.0, 30.0, 5.0]), 40_000
    arms, propensity = thompson_slot(a, b, Streams(1).get("luck").random(n))
    chance = best_probability(a, b)
    assert propensity == pytest.approx(chance[arms], abs=1e-8)
    seen, error = np.bincount(arms, minlength=3) / n, np.sqrt(chance * (1 - chance) / n)
    assert (np.abs(seen - chance) < 4 * error).all()
    drawn = Streams(2).get("luck").beta(1 + a, 1 + b, (n, 3)).argmax(axis=1)
    assert (np.abs(np.bincount(drawn, minlength=3) / n - chance) < 4 * error).all()
    wrong = best_probability(a * [1.05, 1, 1], b)
    assert (np.abs(seen - wrong) > 4 * error).any()


def test_a_sure_loser_is_never_drawn():
    arms, propensity = thompson_slot(np.array([900.0, 0.0]), np.array([100.0, 1000.0]), np.array([0.0, 1 - 1e-16]))
    assert arms.tolist() == [0, 0]
    assert propensity.tolist() == [1.0, 1.0]


def test_forgetting_keeps_a_window():
    counts = np.zeros(2)
    for _ in range(500):
        counts = forgotten(counts, 0.95) + np.array([1.0, 0.0])
    assert counts == pytest.approx([20.0, 0.0])


def test_lai_and_robbins():
    assert lai_robbins(np.array([0.6, 0.5])) == pytest.approx(4.89932, abs=5e-6)
    assert lai_robbins(np.array([0.5, 0.5])) == 0.0


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_learns(name):
    policy = POLICIES[name](0.1) if name == "epsilon_greedy" else POLICIES[name]()
    early, late = regret(policy, MEANS, [100, 1_000], 60, Streams(1).get(name)).mean(axis=1)
    assert 0 < early < 12
    assert late - early < 0.6 * 9 * early  # slower than at first
    assert late < 0.7 * 1_000 * 0.1


def test_regret_of_pulling_at_random():
    any_arm = POLICIES["epsilon_greedy"](1.0)
    found = regret(any_arm, MEANS, [50, 400], 500, Streams(1).get("x"))
    assert found.shape == (2, 500)
    assert found.mean(axis=1) == pytest.approx([5.0, 40.0], rel=0.02)
    assert regret(any_arm, MEANS, [1], 5, Streams(1).get("x")).shape == (1, 5)


def test_ucb_tries_each_arm_first_and_then_goes_by_its_bound():
    ucb, luck = POLICIES["ucb"](), Streams(1).get("x")
    assert ucb(np.array([[3.0, 0.0]]), np.array([[1.0, 0.0]]), luck).tolist() == [1]
    good, bad = np.array([[30.0, 2.0]]), np.array([[30.0, 3.0]])
    bound = good / (good + bad) + np.sqrt(2 * np.log(65) / (good + bad))
    assert ucb(good, bad, luck)[0] == bound.argmax() == 1


@pytest.mark.parametrize("name", [name for name in RIVER if name != "lin_ucb"])
def test_river_s_bandits_learn_and_repeat(name):
    luck = Streams(3).get("luck").random(600)
    runs = [river_regret(river_bandit(name, 3, seed), MEANS, luck) for seed in (1, 1, 2)]
    assert (runs[0] == runs[1]).all()
    assert (runs[0] != runs[2]).any()
    assert (np.diff(runs[0]) >= 0).all()
    assert np.mean([run[-1] for run in runs]) < 0.8 * 600 * 0.1


def test_river_s_linear_bandit_and_its_snapshot():
    luck, bandit = Streams(4).get("luck"), river_bandit("lin_ucb", 3, 7, beta=4.0)
    theta = np.array([[0.9, 0.1], [0.1, 0.9], [0.3, 0.3]])
    good = 0
    for row in luck.random((300, 2)):
        arm = bandit.pull(row)
        bandit.update(arm, float(theta[arm] @ row), row)
        good += arm == (theta @ row).argmax()
    assert good > 0.8 * 300
    X = luck.random((20, 2))
    bounds = bandit.snapshot(2).scores(X)
    for row, ours in zip(X, bounds, strict=True):
        for arm in range(3):
            said = bandit.policy._bayes_lin_regs[arm].predict_one(dict(enumerate(row.tolist())), with_dist=True)
            assert ours[arm] == pytest.approx(said.mu + said.sigma, abs=1e-9)
        assert bandit.pull(row) == ours.argmax()


def test_a_linear_snapshot_before_anything_was_learned():
    frozen = river_bandit("lin_ucb", 2, 1).snapshot(3)
    assert (frozen.theta == 0).all()
    assert frozen.scores(np.array([[1.0, 0.0, 2.0]])) == pytest.approx(np.full((1, 2), np.sqrt(1 + 5)))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: best_probability(np.array([-2.0, 1]), np.zeros(2)), "negative count"),
        (lambda: best_probability(np.zeros(2), np.zeros(3)), "no list of arms"),
        (lambda: forgotten(np.zeros(2), 0.0), "factor 0.0"),
        (lambda: epsilon_arms(1.2), "epsilon 1.2"),
        (lambda: regret(epsilon_arms(0.1), MEANS, [], 3, Streams(1).get("x")), "marks"),
        (lambda: river_bandit("thomson", 2, 1), "did you mean 'thompson'"),
        (lambda: river_bandit("ucb", 2, 1, epsilon=0.1), "unknown setting of ucb 'epsilon'"),
        (lambda: river_bandit("ucb", 0, 1), "0 arms"),
        (lambda: river_bandit("lin_ucb", 2, 1).pull(), "needs a context"),
        (lambda: river_bandit("ucb", 2, 1).snapshot(3), "only 'lin_ucb'"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(BadInput, match=says):
        call()
