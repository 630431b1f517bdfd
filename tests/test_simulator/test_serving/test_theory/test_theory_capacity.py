"""Capacity: against printed figures, and the fewest servers against trying them one by one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.serving.theory import capacity, delay


@pytest.mark.parametrize(
    ("current", "metric", "target", "wanted"), [(50, 90, 75, 60), (4, 90, 60, 6), (3, 200, 50, 12), (10, 75, 70, 10)]
)
def test_hpa(current, metric, target, wanted):
    assert capacity.hpa(current, metric, target) == wanted


def test_hpa_at_the_edges():
    assert capacity.hpa(10, 1.1, 1.0) == 10  # 1.1 - 1 is more than 0.1 in floating point
    assert capacity.hpa(10, 1.11, 1.0) == 12
    assert capacity.hpa(10, 0.9, 1.0) == 10
    assert capacity.hpa(10, 0.0, 1.0) == 0
    assert capacity.hpa(10, 1.01, 1.0, tolerance=0.0) == 11


@given(current=st.integers(1, 1000), tenths=st.integers(12, 50))
def test_hpa_rounds_up_whole_numbers_only_once(current, tenths):
    assert capacity.hpa(current, tenths / 10, 1.0) == -(-current * tenths // 10)
    assert capacity.hpa(current, tenths * 0.1 * 0.07, 0.07) == -(-current * tenths // 10)


def test_scale_lag():
    assert capacity.scale_lag(150, 100, 60, 200) == (3000, 60)
    assert capacity.scale_lag(90, 100, 60, 80) == (0, 0)


def test_staff():
    assert (capacity.staff(50, 0.2), capacity.staff(100, 0.2)) == (58, 111)


@given(a=st.floats(0.01, 200), p_wait=st.floats(0.001, 1))
def test_staff_is_enough_and_one_fewer_is_not(a, p_wait):
    c = capacity.staff(a, p_wait)
    assert delay.erlang_c(c, a) <= p_wait * (1 + 1e-12)
    assert c - 1 <= a or delay.erlang_c(c - 1, a) > p_wait * (1 - 1e-12)


def test_halfin_whitt():
    assert [capacity.halfin_whitt(beta) for beta in (0.5, 1)] == pytest.approx([0.50454, 0.22336], abs=5e-6)
    assert capacity.halfin_whitt(100.0) == 0.0


@pytest.mark.parametrize("beta", [0.3, 1.0, 2.0])
def test_halfin_whitt_is_where_erlang_c_goes(beta):
    c = 10_000
    a = c - beta * math.sqrt(c)
    assert delay.erlang_c(c, a) == pytest.approx(capacity.halfin_whitt((c - a) / math.sqrt(a)), rel=0.03)


@pytest.mark.parametrize(
    ("lam", "one", "two", "three"),
    [
        (0.5, 2.0, 1.265686, 1.1252441),
        (0.8, 5.0, 1.9473634, 1.5808856),
        (0.9, 10.0, 2.6140574, 2.027856),
        (0.99, 100.0, 5.4319966, 3.8578465),
    ],
)
def test_power_of_choices(lam, one, two, three):
    found = [capacity.power_of_choices(lam, d) for d in (1, 2, 3)]
    assert found == pytest.approx([one, two, three], rel=2e-7)


@given(lam=st.floats(0, 0.999), d=st.integers(1, 9))
def test_more_choice_is_never_worse(lam, d):
    assert 1 <= capacity.power_of_choices(lam, d + 1) <= capacity.power_of_choices(lam, d)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: capacity.hpa(-1, 1, 1), "current -1"),
        (lambda: capacity.hpa(1, -1, 1), "metric -1"),
        (lambda: capacity.hpa(1, 1, 0), "target 0"),
        (lambda: capacity.hpa(1, 1, 1, -0.1), "tolerance -0.1"),
        (lambda: capacity.scale_lag(1, 2, -1, 2), "delay -1"),
        (lambda: capacity.scale_lag(2, 1, 1, 2), "after 2"),
        (lambda: capacity.staff(0, 0.5), "a 0"),
        (lambda: capacity.staff(1, 0), "p_wait 0"),
        (lambda: capacity.staff(1, 1.5), "p_wait 1.5"),
        (lambda: capacity.halfin_whitt(0), "beta 0"),
        (lambda: capacity.power_of_choices(1, 2), "load lam = 1"),
        (lambda: capacity.power_of_choices(0.5, 0), "d 0"),
    ],
)
def test_bad_input_is_refused_by_name(call, named):
    with pytest.raises(BadInput, match=named):
        call()
