"""Levels step or glide from one value to another, and stay there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.world.shifts import glide, within


def glide_holds(levels: np.ndarray, at: np.ndarray, shape: tuple[float, float, float, float]) -> bool:
    """Tell whether *levels* are those of a glide, worked out one by one."""
    start, lasts, low, high = shape
    by_hand = []
    for t in at:
        done = 0.0 if t < start else 1.0 if t >= start + lasts else (t - start) / lasts
        by_hand.append(low + (high - low) * done)
    return bool(np.allclose(levels, by_hand, rtol=1e-9, atol=1e-12))


AT = np.linspace(0, 100, 201)
SHAPE = (20.0, 40.0, 1.0, 3.0)


@given(st.floats(0, 100), st.floats(0.001, 100) | st.just(0.0), st.floats(-9, 9), st.floats(-9, 9))
def test_a_glide_is_low_then_linear_then_high(start, lasts, low, high):
    assert glide_holds(glide(AT, start, lasts, low, high), AT, (start, lasts, low, high))


@pytest.mark.parametrize("which", range(4), ids=["start", "lasts", "low", "high"])
def test_twin_a_glide_5_percent_off_is_noticed(which):
    wrong = list(SHAPE)
    wrong[which] *= 1.05
    assert not glide_holds(glide(AT, *wrong), AT, SHAPE)


def test_a_step_is_at_its_start():
    assert glide(np.array([4.9, 5.0, 5.1]), 5.0, 0.0, 1.0, 2.0).tolist() == [1.0, 2.0, 2.0]


def test_a_span_holds_its_start_and_not_its_end():
    assert within(np.array([4.9, 5.0, 6.9, 7.0]), 5.0, 7.0).tolist() == [0.0, 1.0, 1.0, 0.0]
    assert within(np.array([4.9, 1e9]), 5.0, np.inf).tolist() == [0.0, 1.0]
