"""What another policy would have earned comes out right on average, and says how sure it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.off_policy import debiased_by_item, debiased_ctr, doubly_robust, ips, snips
from simulator.streams import Streams

LOGGED = np.array([0.5, 0.25, 0.25])
TARGET = np.array([0.2, 0.2, 0.6])
PAYS = np.array([0.3, 0.6, 0.45])
TRUTH = float(TARGET @ PAYS)


def log(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    luck = Streams(seed).get("log")
    chosen = np.searchsorted(np.cumsum(LOGGED), luck.random(n), side="right")
    return chosen, (luck.random(n) < PAYS[chosen]).astype(float)


def many(estimate) -> np.ndarray:
    """Return (2, 400) the values and standard errors of 400 logs."""
    found = [estimate(*log(seed)) for seed in range(400)]
    return np.array([[one.value for one in found], [one.se for one in found]])


def unbiased(values: np.ndarray, truth: float) -> bool:
    return bool(abs(values.mean() - truth) < 4 * values.std() / math.sqrt(len(values)))


ESTIMATES = {
    "ips": lambda a, r: ips(r, LOGGED[a], TARGET[a]),
    "snips": lambda a, r: snips(r, LOGGED[a], TARGET[a]),
    "doubly robust": lambda a, r: doubly_robust(r, LOGGED[a], TARGET[a], 0.5 * PAYS[a], np.full(len(a), 0.5 * TRUTH)),
}


@pytest.mark.parametrize("name", ESTIMATES)
def test_values_and_their_standard_errors(name):
    values, errors = many(ESTIMATES[name])
    assert unbiased(values, TRUTH)
    assert not unbiased(values, TRUTH * 1.05)
    assert values.std(ddof=1) == pytest.approx(errors.mean(), rel=0.12)


def test_wrong_propensities_are_noticed_and_a_right_model_mends_them():
    wrong = LOGGED * 1.05
    values, _ = many(lambda a, r: ips(r, wrong[a], TARGET[a]))
    assert not unbiased(values, TRUTH)
    mended, _ = many(lambda a, r: doubly_robust(r, wrong[a], TARGET[a], PAYS[a], np.full(len(a), TRUTH)))
    assert unbiased(mended, TRUTH)


def test_doubly_robust_is_exact_where_the_model_is_and_rewards_are_without_noise():
    a, _ = log(0)
    found = doubly_robust(PAYS[a], LOGGED[a], TARGET[a], PAYS[a], np.full(len(a), TRUTH))
    assert found.value == pytest.approx(TRUTH, abs=1e-12)
    assert found.se == pytest.approx(0.0, abs=1e-12)


def test_a_constant_reward_is_found_by_snips_exactly_and_by_ips_on_average():
    steady = [(ips(np.full(400, 0.3), LOGGED[a], TARGET[a]), snips(np.full(400, 0.3), LOGGED[a], TARGET[a]))
              for a, _ in map(log, range(20))]  # fmt: skip
    assert all(one.value == pytest.approx(0.3, abs=1e-12) and one.se < 1e-12 for _, one in steady)
    assert np.var([one.value for one, _ in steady]) > 1e-5


def test_the_effective_number_of_rows():
    a, r = log(0)
    assert ips(r, LOGGED[a], LOGGED[a]).effective_n == pytest.approx(len(a))
    weight = np.array([1.0, 3.0])
    found = ips([1, 1], [0.2, 0.2], weight * 0.2)
    assert found.effective_n == pytest.approx(16 / 10)


def test_a_clip_caps_the_weights_and_biases_down():
    rewards, logged, target = [1.0, 1.0], [0.1, 0.5], [0.9, 0.5]
    assert ips(rewards, logged, target).value == pytest.approx((9 + 1) / 2)
    assert ips(rewards, logged, target, clip=4.0).value == pytest.approx((4 + 1) / 2)
    assert snips(rewards, logged, target, clip=4.0).effective_n == pytest.approx(25 / 17)


def test_nothing_and_next_to_nothing():
    assert math.isnan(ips([], [], []).value)
    assert math.isnan(ips([1.0], [0.5], [0.5]).se)
    assert math.isnan(snips([1.0], [0.5], [0.0]).value)
    assert ips([1.0, 0.0], [0.0, 0.5], [0.0, 1.0]).value == 0.0


def test_clicks_freed_of_their_position():
    luck, looks, relevance = Streams(4).get("clicks"), np.array([1.0, 0.5, 0.2]), np.array([0.1, 0.3, 0.5])
    items = np.argsort(luck.random((60_000, 3)), axis=1)
    clicked = luck.random(items.shape) < relevance[items] * looks
    found = debiased_by_item(items, clicked, looks, 4)
    assert found[:3] == pytest.approx(relevance, rel=0.04)
    assert math.isnan(found[3])
    one = debiased_ctr(clicked[items == 2], np.broadcast_to(looks, items.shape)[items == 2])
    assert one.value == pytest.approx(found[2])
    assert abs(one.value - 0.5) < 4 * one.se < 0.04
    assert debiased_ctr(clicked, looks).value == pytest.approx(0.3, rel=0.03)
    assert debiased_ctr(clicked, looks * 0.95).value != pytest.approx(0.3, rel=0.03)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: ips([1.0, 1], [0.5, 0], [0.1, 0.1]), "row 1 has a logged propensity of 0"),
        (lambda: ips([1.0], [0.5, 0.5], [0.1]), "logged of shape"),
        (lambda: ips([np.nan], [0.5], [0.1]), "rewards holds what is not finite, at row 0"),
        (lambda: ips([1.0], [1.5], [0.1]), "logged holds what is no probability"),
        (lambda: ips([1.0], [0.5], [-0.1]), "target holds"),
        (lambda: snips([1.0], [0.5], [0.1], clip=0.0), "clip 0.0"),
        (lambda: doubly_robust([1.0], [0.5], [0.1], [1.0, 2.0], [1.0]), "predicted of shape"),
        (lambda: debiased_ctr([1, 0], [0.5, 0.0]), "never looked at"),
        (lambda: debiased_ctr([1, 0], [0.5, 0.2, 0.1]), "does not fit clicks"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(BadInput, match=says):
        call()
