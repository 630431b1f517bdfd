"""From scores to actions: costs are weighed as decision theory weighs them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.learning.policy import cut_for_share, regret, risk_over_costs, risk_over_line

P = st.floats(0.001, 0.999)
COST = st.floats(0.01, 1000)


@given(P, P)
def test_the_line_is_crossed_where_the_score_is_above_it(p, line):
    crossed = risk_over_line(np.array([p]), line)[0] >= 1
    assert crossed == (p >= line) or p == pytest.approx(line)


def test_risk_over_a_line_is_a_ratio_of_odds():
    assert risk_over_line(np.array([0.5, 0.75, 0.2]), 0.5) == pytest.approx([1.0, 3.0, 0.25])


def elkan_holds(risk, p: float, false_alarm: float, miss: float) -> bool:
    """Tell whether stopping is said to be cheaper exactly where p exceeds cost / (cost + benefit) (Elkan 2001)."""
    line = false_alarm / (false_alarm + miss)
    return bool(abs(p - line) < 1e-9 or (risk >= 1) == (p >= line))


@given(P, COST, COST)
def test_it_is_stopped_where_stopping_is_cheaper(p, false_alarm, miss):
    risk = risk_over_costs(np.array([p]), np.array([false_alarm]), np.array([miss]))[0]
    assert elkan_holds(risk, p, false_alarm, miss)


@pytest.mark.parametrize("which", ["false alarm", "miss"])
def test_twin_a_cost_5_percent_off_is_noticed(which):
    p, false_alarm, miss = np.linspace(0.001, 0.999, 999), 5.0, 45.0
    wrong = (1.05 * false_alarm, miss) if which == "false alarm" else (false_alarm, 1.05 * miss)
    found = risk_over_costs(p, *(np.full(999, cost) for cost in wrong))
    assert not all(elkan_holds(r, q, false_alarm, miss) for r, q in zip(found, p, strict=True))


@given(P, COST, COST)
def test_regret_is_what_the_better_blind_action_is_expected_to_cost(p, false_alarm, miss):
    found = regret(np.array([p]), np.array([false_alarm]), np.array([miss]))[0]
    assert found == pytest.approx(min(p * miss, (1 - p) * false_alarm))


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certain_scores_give_finite_numbers_and_the_right_side(p):
    one = np.ones(1)
    for risk in (risk_over_line(p * one, 0.5), risk_over_costs(p * one, one, one)):
        assert np.isfinite(risk).all() and (risk[0] >= 1) == (p == 1.0)


@given(st.integers(1, 100), st.floats(0.05, 0.95))
def test_a_share_exceeds_the_cut(n, share):
    values = np.arange(20.0 * n)
    above = (values >= cut_for_share(values, share)).mean()
    assert above == pytest.approx(share, abs=1 / len(values) + 1e-9)


def test_twin_a_share_5_percent_off_is_noticed():
    values = np.arange(2000.0)
    assert (values >= cut_for_share(values, 1.05 * 0.2)).mean() != pytest.approx(0.2, abs=1 / 2000)


def test_no_share_and_no_values_cut_nothing():
    assert cut_for_share(np.arange(5.0), 0.0) == np.inf
    assert cut_for_share(np.empty(0), 0.5) == np.inf
