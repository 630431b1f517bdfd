"""Priorities: against printed figures, against one class alone, and against the law that work is conserved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.serving.theory import delay, priority

classes = st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 2), st.floats(0, 5)), min_size=1, max_size=5)


def test_cobham():
    assert priority.cobham([0.3, 0.4], [1, 1], [2, 2]) == pytest.approx((1.0, 3.3333333), rel=5e-8)


def test_preemptive_resume():
    assert priority.preemptive_resume([0.2, 0.3, 0.3], [1] * 3, [2] * 3) == pytest.approx((1.25, 2.5, 10.0))


def test_the_fast_first_the_slow_first_and_neither():
    fast, slow = (0.5, 0.2, 0.08), (0.3, 2.0, 8.0)
    assert priority.cobham(*zip(fast, slow, strict=True)) == pytest.approx((1.3555556, 4.5185185), rel=5e-8)
    assert priority.cobham(*zip(slow, fast, strict=True)) == pytest.approx((3.05, 10.166667), rel=5e-8)
    mixed = [
        sum(rate * moment for rate, *moments in (fast, slow) for moment in moments[k : k + 1]) / 0.8 for k in (0, 1)
    ]
    assert priority.cobham([0.8], mixed[:1], mixed[1:]) == pytest.approx((4.0666667,), rel=5e-8)


@given(load=st.floats(0.01, 0.98), mean=st.floats(0.01, 10), scv=st.floats(0, 9))
def test_one_class_is_pollaczek_khinchine(load, mean, scv):
    alone = ([load / mean], [mean], [mean * mean * (1 + scv)])
    wait = delay.mg1(load / mean, mean, scv).wait
    assert priority.cobham(*alone) == pytest.approx((wait,))
    assert priority.preemptive_resume(*alone) == pytest.approx((wait + mean,))


@given(drawn=classes, load=st.floats(0.05, 0.95))
def test_priorities_move_waits_but_not_work(drawn, load):
    """The sum of load times wait is that of first come first served (Kleinrock's conservation law)."""
    scale = load / sum(lam * mean for lam, mean, _ in drawn)
    lams = [lam * scale for lam, _, _ in drawn]
    means, moments = [mean for _, mean, _ in drawn], [mean * mean * (1 + scv) for _, mean, scv in drawn]
    waits = priority.cobham(lams, means, moments)
    work = sum(lam * mean * wait for lam, mean, wait in zip(lams, means, waits, strict=True))
    rest = sum(lam * moment for lam, moment in zip(lams, moments, strict=True)) / 2
    assert work == pytest.approx(load * rest / (1 - load))
    assert list(waits) == sorted(waits)


@given(load=st.floats(0.05, 0.9), scv=st.floats(0, 5))
def test_the_first_class_does_not_notice_the_second_if_it_interrupts(load, scv):
    alone = priority.preemptive_resume([load], [1], [1 + scv])
    assert priority.preemptive_resume([load, 0.05], [1, 1], [1 + scv, 9])[0] == pytest.approx(alone[0])


@pytest.mark.parametrize("rule", [priority.cobham, priority.preemptive_resume])
@pytest.mark.parametrize(
    ("lams", "means", "moments", "named"),
    [
        ([], [], [], "lams 0"),
        ([0.1], [1, 1], [2, 2], "lams 1, means 2"),
        ([-0.1], [1], [2], "lams -0.1"),
        ([0.1], [0], [2], "means 0"),
        ([0.1], [1], [0.9], "second_moments 0.9"),
        ([0.5, 0.5], [1, 1], [2, 2], "= 1 must be below 1"),
    ],
)
def test_bad_input_is_refused_by_name(rule, lams, means, moments, named):
    with pytest.raises(BadInput, match=named):
        rule(lams, means, moments)
