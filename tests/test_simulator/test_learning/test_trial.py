"""Plans and readings of a test agree with the normal approximation, with scipy, and with each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.errors import BadInput
from simulator.learning.trial import (
    Sums,
    critical,
    cuped,
    fixed_horizon,
    novelty_mean,
    power,
    sample_size,
    verdict,
    z_score,
)
from simulator.streams import Streams

RATES = st.floats(0.01, 0.6)
LIFTS = st.floats(0.01, 0.3) | st.floats(-0.3, -0.01)
METHODS = st.sampled_from(["arcsine", "unpooled"])


def luck(name: str) -> np.random.Generator:
    return Streams(5).get(name)


@given(RATES, LIFTS, METHODS, st.floats(0.3, 0.95), st.floats(0.005, 0.2))
def test_a_sample_is_as_large_as_it_must_be_and_no_larger(rate, lift, method, wanted, alpha):
    plan = {"relative": True, "alpha": alpha, "method": method}
    n = sample_size(rate, lift, power=wanted, **plan)
    assert power(rate, lift, n, **plan) >= wanted - 1e-9
    assert n == 1 or power(rate, lift, n - 1, **plan) < wanted


@given(RATES, LIFTS, METHODS)
def test_a_relative_lift_is_a_share_of_the_baseline(rate, lift, method):
    assert sample_size(rate, lift, relative=True, method=method) == pytest.approx(
        sample_size(rate, lift * rate, relative=False, method=method), abs=1, rel=1e-9
    )


def test_power_is_the_textbook_s():
    gap, spread = 0.02, math.sqrt((0.1 * 0.9 + 0.12 * 0.88) / 2_000)
    tails = stats.norm.cdf(gap / spread - 1.959964) + stats.norm.cdf(-gap / spread - 1.959964)
    assert power(0.1, 0.02, 2_000, relative=False) == pytest.approx(tails, rel=1e-6)


def test_no_time_at_all_finds_as_much_as_luck_does():
    assert power(0.1, 1e-9, 10, relative=True, alpha=0.03) == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("rate", "lift", "more"),
    [(0.0, 0.1, {}), (0.5, 0.0, {}), (0.9, 0.2, {}), (0.1, -1.0, {}), (math.nan, 0.1, {}), (0.1, 0.1, {"power": 0.04})],
)
def test_plans_that_are_none(rate, lift, more):
    with pytest.raises(BadInput):
        sample_size(rate, lift, relative=True, **more)


def test_a_method_that_does_not_exist():
    with pytest.raises(BadInput, match="did you mean 'unpooled'"):
        sample_size(0.1, 0.1, relative=True, method="unpoled")


@pytest.mark.parametrize("alpha", [0.0, 1.0, math.nan])
def test_an_error_rate_lies_between_0_and_1(alpha):
    with pytest.raises(BadInput, match="error rate"):
        critical(alpha)


def test_a_verdict_is_the_z_test_of_two_means():
    a, b = luck("a").normal(1.0, 2.0, 5_000), luck("b").normal(1.1, 3.0, 4_000)
    read, welch = fixed_horizon(a, b, alpha=0.1), stats.ttest_ind(b, a, equal_var=False)
    interval = welch.confidence_interval(0.9)
    assert read.p_value == pytest.approx(welch.pvalue, rel=0.01)  # a t of 7000 degrees is a normal
    assert (read.low, read.high) == pytest.approx(tuple(interval), rel=0.01)
    assert (read.difference, read.n) == (pytest.approx(b.mean() - a.mean()), 9_000)


def test_sums_read_like_the_values_they_sum_up():
    a, b = luck("a").random(300), (luck("b").random(200) < 0.4).astype(float)
    found = float(b.sum())
    assert fixed_horizon(Sums.of(a), Sums(200, found, found)) == fixed_horizon(a, b)


def test_many_tests_at_once_read_like_one_after_the_other():
    total = luck("many").binomial(500, 0.3, (2, 6)).astype(float)
    n = np.arange(500.0, 506.0)
    both = z_score(Sums(n, total[0], total[0]), Sums(500, total[1], total[1]))
    single = [float(z_score(Sums(k, x, x), Sums(500, y, y))) for k, x, y in zip(n, *total, strict=True)]
    assert both.tolist() == single


def covered(twist: float) -> float:
    """Return how often intervals of 1000 tests, *twist* times as wide, hold the true difference 0.3."""
    source, hits = luck("cover"), 0
    for _ in range(4_000):
        read = fixed_horizon(source.exponential(1.0, 400), source.exponential(1.3, 300), alpha=0.2)
        centre, half = read.difference, twist * (read.high - read.low) / 2
        hits += abs(centre - 0.3) <= half
    return hits / 4_000


def test_intervals_cover_as_often_as_they_say():
    assert covered(1.0) == pytest.approx(0.8, abs=4 * 0.0063)
    assert covered(1.1) > 0.8 + 4 * 0.0063


def test_arms_without_variance():
    ones, twos = np.ones(5), np.full(5, 2.0)
    assert fixed_horizon(ones, ones).p_value == 1.0
    assert fixed_horizon(ones, twos).p_value == 0.0
    assert float(z_score(Sums.of(twos), Sums.of(ones))) == -math.inf


def test_a_verdict_takes_two_entities_an_arm():
    with pytest.raises(BadInput, match="2 or more"):
        fixed_horizon([1.0], [1.0, 2.0])
    with pytest.raises(BadInput, match="2 or more"):
        verdict(Sums(np.ones(3), np.ones(3), np.ones(3)), Sums.of([1.0, 2.0]), 2.0)


@pytest.mark.parametrize("rho", [0.0, 0.4, -0.8])
def test_cuped_leaves_what_the_covariate_does_not_explain(rho):
    before, rest = luck("x").standard_normal(50_000), luck("y").standard_normal(50_000)
    metric = 3.0 + rho * before + math.sqrt(1 - rho**2) * rest
    left = cuped(metric, 7.0 + 2.0 * before)
    assert left.mean() == pytest.approx(metric.mean())
    assert left.var() / metric.var() == pytest.approx(1 - np.corrcoef(metric, before)[0, 1] ** 2)
    assert np.corrcoef(left, before)[0, 1] == pytest.approx(0.0, abs=1e-9)


def test_cuped_keeps_the_lift():
    before, arm = luck("x").standard_normal(50_000), luck("arm").integers(0, 2, 50_000)
    metric = before + 0.1 * luck("y").standard_normal(50_000) + 0.05 * arm
    plain, left = metric, cuped(metric, before)
    crude, sharp = (fixed_horizon(m[arm == 0], m[arm == 1]) for m in (plain, left))
    assert crude.low < 0.05 < crude.high and sharp.low < 0.05 < sharp.high
    assert sharp.high - sharp.low < 0.11 * (crude.high - crude.low)


def test_a_covariate_that_explains_nothing():
    metric = luck("y").standard_normal(50)
    assert cuped(metric, np.ones(50)).tolist() == metric.tolist()
    assert len(cuped(np.empty(0), np.empty(0))) == 0
    with pytest.raises(BadInput, match="do not fit"):
        cuped(metric, np.ones(49))


@given(st.floats(0.1, 60), st.floats(-3, 3), st.floats(-5, 5), st.floats(0.5, 40))
def test_the_mean_of_a_novelty_is_its_integral(T, floor, extra, decay):
    t = (np.arange(4_000) + 0.5) * T / 4_000
    assert novelty_mean(T, floor, extra, decay) == pytest.approx(
        float(np.mean(floor + extra * np.exp(-t / decay))), abs=1e-2 * abs(extra) + 1e-9
    )


def test_a_novelty_takes_time():
    with pytest.raises(BadInput, match="above 0"):
        novelty_mean(0.0, 1.0, 4.0, 5.0)
