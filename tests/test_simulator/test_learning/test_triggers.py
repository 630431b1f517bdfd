"""When several monitors are read: who rings, after which correction, and whether that is enough to retrain."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from simulator.errors import BadInput
from simulator.learning.readings import Reading
from simulator.learning.triggers import Trigger, rejected
from simulator.streams import Streams

P_VALUES = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12)


def reading(statistic: float, p_value: float = math.nan) -> Reading:
    return Reading("test", statistic, 1.0, p_value=p_value)


@pytest.mark.parametrize(
    ("needs", "statistics", "fires"),
    [
        ("any", [0.9, 1.0], True),
        ("any", [0.9, 0.99], False),
        ("all", [1.0, 1.1], True),
        ("all", [1.0, 0.9], False),
        (2, [1.0, 0.9, 1.2], True),
        (2, [1.0, 0.9, 0.2], False),
        (2, [1.0], False),
        ("any", [], False),
        ("all", [], False),
        ("any", [math.nan], False),
    ],
)
def test_enough_readings_must_ring(needs, statistics, fires):
    assert Trigger(needs).fires([reading(value) for value in statistics]) is fires


@given(P_VALUES, st.sampled_from([0.01, 0.05, 0.2]))
def test_benjamini_hochberg_is_scipy_s(p_values, alpha):
    ours = rejected(np.array(p_values), alpha, "bh")
    assert (ours == (false_discovery_control(p_values) <= alpha)).all() or any(
        abs(q - alpha) < 1e-12 for q in false_discovery_control(p_values)
    )


@given(P_VALUES, st.sampled_from([0.01, 0.05, 0.2]))
def test_what_bonferroni_rejects_benjamini_hochberg_rejects_and_so_does_no_correction(p_values, alpha):
    strict, middle, none = (rejected(np.array(p_values), alpha, how) for how in ("bonferroni", "bh", "none"))
    assert (strict <= middle).all() and (middle <= none).all()


@pytest.mark.parametrize(("correction", "rate"), [("none", 1 - 0.95**10), ("bonferroni", 1 - (1 - 0.005) ** 10)])
def test_the_share_of_false_alarms_is_as_computed(correction, rate):
    p_values = Streams(3).get("p").random((40_000, 10))
    trigger = Trigger("any", alpha=0.05, correction=correction)
    rang = np.mean([rejected(row, 0.05, correction).any() for row in p_values])
    assert rang == pytest.approx(rate, abs=4 * math.sqrt(rate * (1 - rate) / 40_000))
    assert trigger.fires([reading(0.0, p) for p in p_values[0]]) == rejected(p_values[0], 0.05, correction).any()


@pytest.mark.parametrize("correction", ["none", "bonferroni", "bh"])
def test_the_levels_are_where_they_are_said_to_be(correction):
    """None: alpha; Bonferroni: alpha / m; Benjamini-Hochberg: k alpha / m for the k-th smallest of m."""
    m, alpha = 8, 0.05
    for k in range(1, m + 1):
        level = {"none": alpha, "bonferroni": alpha / m, "bh": k * alpha / m}[correction]
        for factor, counts in ((0.98, True), (1.02, False)):
            p_values = np.array([factor * level] * k + [0.9] * (m - k))
            assert rejected(p_values, alpha, correction)[:k].all() == counts


def test_a_p_value_that_nobody_knows_says_nothing():
    assert not Trigger("any", alpha=0.5).fires([reading(9.0)])


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: Trigger("most"), "rule of a trigger"),
        (lambda: Trigger(0), "needs 0 readings"),
        (lambda: Trigger(True), "needs True readings"),
        (lambda: Trigger(alpha=1.5), "alpha = 1.5"),
        (lambda: Trigger(correction="bh"), "give alpha"),
        (lambda: rejected(np.array([0.1]), 0.05, "holm"), "correction"),
    ],
)
def test_bad_triggers_are_refused(made, says):
    with pytest.raises(BadInput, match=says):
        made()
