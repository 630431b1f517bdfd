"""Thresholds, base rates and operating points: against closed forms, and against trying every threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning import decisions
from simulator.streams import Streams

NONE, NO_LABELS = np.empty(0), np.empty(0, np.int64)


def drawn(seed: int, n: int = 60):
    """Scores with many ties, labels, whole weights, and costs per row that add up exactly."""
    luck = Streams(seed).get("rows")
    scores = luck.integers(0, 12, n) / 16
    return (
        scores,
        (luck.random(n) < scores).astype(np.int64),
        luck.integers(1, 4, n).astype(float),
        luck.integers(1, 6, n).astype(float),
        luck.integers(1, 60, n).astype(float),
    )


def ladder(scores):
    return [math.inf, *np.unique(scores)[::-1].tolist()]


@pytest.mark.parametrize(
    ("costs", "threshold"),
    [((5, 0, 100, 0), 0.047619048), ((10, 0, 100, 5), 0.095238095), ((3, 0, 120, 3), 0.025)],
    ids=["no cost if right", "with cost", "review"],
)
def test_elkan(costs, threshold):
    assert decisions.elkan(*costs) == pytest.approx(threshold, abs=5e-10)


@pytest.mark.parametrize("costs", [(0, 0, 1, 0), (1, 0, 1, 1), (math.nan, 0, 1, 0)], ids=["fp", "fn", "nan"])
def test_elkan_refuses_costs_that_make_no_decision(costs):
    with pytest.raises(BadInput):
        decisions.elkan(*costs)


def test_costly_is_elkan_with_equal_costs_and_a_tie_passes():
    p = np.arange(0, 1.001, 0.125)
    assert (decisions.costly(p, 1, 3) == (p > decisions.elkan(1, 0, 3, 0))).all()


def test_costly_by_row():
    p, loss = np.full(3, 0.5), np.array([4.0, 6.0, 40.0])
    assert decisions.costly(p, 5.0, loss).tolist() == [False, True, True]
    assert decisions.costly(p, 5.0, loss - 5.0).tolist() == [False, False, True]  # a review costs 5 in any case


@pytest.mark.parametrize("seed", range(20))
def test_the_cheapest_threshold_is_the_cheapest_of_all(seed):
    scores, y, weight, cost_fp, cost_fn = drawn(seed)
    cost = {t: decisions.realised_cost(scores, y, t, cost_fp, cost_fn, weight) for t in ladder(scores)}
    found = decisions.cheapest_threshold(scores, y, cost_fp, cost_fn, weight)
    assert cost[found] == min(cost.values())
    assert found == max(t for t in cost if cost[t] == cost[found])


@pytest.mark.parametrize("seed", range(20))
def test_weights_are_copies(seed):
    scores, y, weight, *_ = drawn(seed)
    again = weight.astype(int)
    many, labels = np.repeat(scores, again), np.repeat(y, again)
    for rule in (decisions.f1_threshold, lambda *a: decisions.fpr_threshold(*a[:2], 0.2, *a[2:])):
        assert rule(scores, y, weight) == rule(many, labels)
    assert decisions.capacity_threshold(scores, 0.3, weight) == decisions.capacity_threshold(many, 0.3)
    assert decisions.cheapest_threshold(scores, y, 1, 9, weight) == decisions.cheapest_threshold(many, labels, 1, 9)


@pytest.mark.parametrize("seed", range(20))
def test_the_best_f1_is_the_best_of_all(seed):
    from sklearn.metrics import f1_score

    scores, y, weight, *_ = drawn(seed)
    f1 = {t: f1_score(y, scores >= t, sample_weight=weight) for t in ladder(scores)[1:]}
    assert f1[decisions.f1_threshold(scores, y, weight)] == pytest.approx(max(f1.values()))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.29, 1.0])
@pytest.mark.parametrize("seed", range(10))
def test_rates_and_capacities_are_kept_and_used_up(seed, share):
    scores, y, weight, *_ = drawn(seed)
    for rows, found in (
        (y == 0, decisions.fpr_threshold(scores, y, share, weight)),
        (y >= 0, decisions.capacity_threshold(scores, share, weight)),
    ):
        used = {t: weight[rows & (scores >= t)].sum() / weight[rows].sum() for t in ladder(scores)}
        assert found == min(t for t in used if used[t] <= share + 1e-12)


def test_a_share_that_rounds_down_is_still_reached():
    scores = np.arange(100.0)
    assert decisions.capacity_threshold(scores, 0.29) == 71.0  # 0.29 × 100 is 28.999999999999996


def test_no_rows():
    assert decisions.cheapest_threshold(NONE, NO_LABELS, 1, 1) == math.inf
    assert decisions.f1_threshold(NONE, NO_LABELS) == math.inf
    assert decisions.fpr_threshold(NONE, NO_LABELS, 0.5) == math.inf
    assert decisions.capacity_threshold(NONE, 0.5) == math.inf
    assert decisions.expected_cost(NONE, 0.5, 1, 1) == 0.0
    assert decisions.prior_em(NONE, 0.3) == 0.3


def test_one_class():
    scores, none, all_of_them = np.array([0.1, 0.2]), np.zeros(2), np.ones(2)
    assert decisions.cheapest_threshold(scores, none, 1, 1) == math.inf
    assert decisions.cheapest_threshold(scores, all_of_them, 1, 1) == 0.1
    assert decisions.f1_threshold(scores, none) == math.inf
    assert decisions.f1_threshold(scores, all_of_them) == 0.1
    assert decisions.fpr_threshold(scores, none, 0.4) == math.inf
    assert decisions.fpr_threshold(scores, all_of_them, 0.0) == 0.1


def test_expected_cost():
    p = np.array([0.1, 0.5, 0.9])
    assert decisions.expected_cost(p, 0.5, 2, 10) == pytest.approx((1.0 + 1.0 + 0.2) / 3)
    assert decisions.expected_cost(p, 0.5, 2, np.array([10, 0, 0]), np.array([1, 0, 0])) == pytest.approx(1.0)


@pytest.mark.parametrize(("old", "new", "p", "moved"), [(0.5, 0.01, 0.5, 0.01), (0.01, 0.03, 0.2, 0.433577)])
def test_prior_shift(old, new, p, moved):
    there = decisions.prior_shift(np.array([0.0, p, 1.0]), old, new)
    assert there == pytest.approx([0.0, moved, 1.0], abs=5e-7)
    assert decisions.prior_shift(there, new, old) == pytest.approx([0.0, p, 1.0])


def test_em_finds_the_base_rate_that_reproduces_itself():
    p = np.repeat([0.05, 0.8], [900, 100])
    found = decisions.prior_em(p, 0.5)
    assert decisions.prior_shift(p, 0.5, found).mean() == pytest.approx(found, abs=1e-8)
    assert found < p.mean()
    assert decisions.prior_em(np.zeros(5), 0.1) < 1e-9


@pytest.mark.parametrize(("beta", "p_s", "p"), [(0.1, 0.5, 0.090909), (0.01, 0.9, 0.082569), (1.0, 0.3, 0.3)])
def test_undersampling(beta, p_s, p):
    assert decisions.undersampling(np.array([p_s]), beta) == pytest.approx([p], abs=5e-7)


def test_undersampling_is_a_prior_shift():
    beta, prior, p_s = 0.05, 0.01, np.linspace(0, 1, 11)
    sampled = prior / (prior + (1 - prior) * beta)
    assert decisions.undersampling(p_s, beta) == pytest.approx(decisions.prior_shift(p_s, sampled, prior))


@pytest.mark.parametrize(
    ("prior", "distance", "expected"),
    [
        (0.01, 2.0, (0.57937945, 0.035954501, 0.13998476, 0.9213504, 0.59859533)),
        (0.002, 2.5, (0.48534236, 0.0055943487, 0.1481092, 0.96145006, 0.13084733)),
    ],
)
def test_binormal(prior, distance, expected):
    found = decisions.binormal(prior, distance, 5, 100)
    figures = (found.tpr, found.fpr, found.precision, found.auc, found.cost(5, 100))
    assert figures == pytest.approx(expected, rel=1e-7)
    assert found.cost(5, 100) < min(decisions.binormal(prior, distance, c, 100).cost(5, 100) for c in (4, 6))


@pytest.mark.parametrize(
    ("share", "tpr", "precision"),
    [(0.0005, 0.149549, 0.598197), (0.001, 0.223253, 0.446506), (0.005, 0.443548, 0.177419), (0.01, 0.55204, 0.110408)],
)
def test_binormal_at_capacity(share, tpr, precision):
    found = decisions.binormal_at_capacity(0.002, 2.5, share)
    assert (found.tpr, found.precision) == pytest.approx((tpr, precision), abs=5e-7)


@pytest.mark.parametrize(
    "make",
    [
        lambda: decisions.prior_shift(np.array([0.5]), 0.0, 0.5),
        lambda: decisions.prior_shift(np.array([0.5]), 0.5, 1.0),
        lambda: decisions.undersampling(np.array([0.5]), 0.0),
        lambda: decisions.binormal(0.0, 1.0, 1, 1),
        lambda: decisions.binormal(0.5, 0.0, 1, 1),
        lambda: decisions.binormal_at_capacity(0.5, 1.0, 0.0),
    ],
    ids=["old", "new", "beta", "prior", "distance", "share"],
)
def test_impossible_rates_are_refused(make):
    with pytest.raises(BadInput):
        make()
