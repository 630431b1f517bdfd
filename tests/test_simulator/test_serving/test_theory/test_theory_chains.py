"""Chains without a formula: against printed figures, the formulas they contain, and the same chains cut off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.serving.theory import chains, delay

loads = st.floats(0.01, 0.97)


@pytest.mark.parametrize(
    ("lam", "b", "figures"),
    [
        (0.8, 1, (2.0, 3.0, 1.0)),
        (2.0, 4, (0.51696038, 1.5169604, 2.1264753)),
        (3.2, 4, (0.87953621, 1.8795362, 3.2238625)),
        (6.4, 8, (0.651838, 1.651838, 6.401137)),
    ],
)
def test_bulk(lam, b, figures):
    found = chains.bulk(lam, 1, b)
    assert (found.wait, found.sojourn, found.batch) == pytest.approx(figures, rel=5e-8)


@given(load=loads, D=st.floats(0.01, 10))
def test_batches_of_one_are_md1(load, D):
    found = chains.bulk(load / D, D, 1)
    assert (found.wait, found.batch) == pytest.approx((delay.mg1(load / D, D, 0).wait, 1.0), rel=1e-8)


@given(load=loads, b=st.integers(1, 64))
def test_batches_have_their_bounds(load, b):
    found = chains.bulk(load * b, 1, b)
    assert max(1, load * b) - 1e-9 <= found.batch <= b + 1e-9
    assert found.wait <= chains.bulk(load * b, 1.02, b).wait


def test_a_batch_without_limit_is_what_came_during_the_last():
    """Then P(none left) = exp(-lam D), and a wait is half a service for those who come during one."""
    a = 5.0
    found = chains.bulk(a, 1, 200)
    assert found.batch == pytest.approx(a + math.exp(-a), rel=1e-9)
    assert found.wait == pytest.approx(a / 2 / found.batch, rel=1e-9)


def test_left_waiting_is_a_walks_highest_point():
    """Spitzer's sums, term by term; Poisson tails by plain addition."""
    a, s, mean, any_left = 1.2, 3, 0.0, 0.0
    for n in range(1, 120):
        chance = math.exp(-n * a + n * s * math.log(n * a) - math.lgamma(n * s + 1))
        for above in range(1, 200):
            chance *= n * a / (n * s + above)
            mean, any_left = mean + above * chance / n, any_left + chance / n
    assert chains.left_waiting(a, s) == pytest.approx((mean, math.exp(-any_left)), rel=1e-10)


@given(mean=st.floats(0.01, 100), scv=st.floats(1, 50))
def test_two_phases_have_the_mean_the_scv_and_the_balance(mean, scv):
    p, first, second = chains.two_phases(mean, scv)
    assert p / first + (1 - p) / second == pytest.approx(mean)
    assert 2 * p / first**2 + 2 * (1 - p) / second**2 == pytest.approx(mean * mean * (1 + scv))
    assert p / first == pytest.approx((1 - p) / second)


def test_mh2c_is_what_simulation_found_and_not_the_approximation():
    found = chains.mh2c_wait(3.2, 1, 4, 4)
    assert found == pytest.approx(1.71191, rel=0.005)
    assert delay.allen_cunneen(3.2, 1, 4, 1, 4) / found == pytest.approx(1.085, abs=0.001)


@settings(max_examples=25)
@given(load=loads, c=st.integers(1, 30), mean=st.floats(0.01, 10))
def test_mh2c_with_scv_1_is_mmc(load, c, mean):
    lam = load * c / mean
    assert chains.mh2c_wait(lam, mean, 1, c) == pytest.approx(delay.mmc(lam, 1 / mean, c).wait, rel=1e-8)


@given(load=loads, scv=st.floats(1, 30), mean=st.floats(0.01, 10))
def test_mh2c_with_one_server_is_pollaczek_khinchine(load, scv, mean):
    assert chains.mh2c_wait(load / mean, mean, scv, 1) == pytest.approx(
        delay.mg1(load / mean, mean, scv).wait, rel=1e-8
    )


def test_mh2c_at_forty_servers():
    assert 0 < chains.mh2c_wait(32, 1, 1, 40) < chains.mh2c_wait(32, 1, 4, 40) < delay.allen_cunneen(32, 1, 40, 1, 4)


def stationary(states, moves):
    """The long-run chances of a chain given as [(from, to, rate)], by one linear system."""
    where = {state: place for place, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))
    for start, end, rate in moves:
        if end in where:
            rates[where[start], where[end]] += rate
    rates -= np.diag(rates.sum(axis=1))
    system = np.vstack([rates.T, np.ones(len(states))])
    return np.linalg.lstsq(system, np.append(np.zeros(len(states)), 1.0), rcond=None)[0]


def test_mh2c_is_the_chain_cut_off():
    lam, c, top = 1.2, 2, 160
    p, first, second = chains.two_phases(1.0, 3.0)
    states = [(n, i) for n in range(top) for i in range(min(n, c) + 1)]

    def moves():
        for n, i in states:
            starts = [(i + 1, p), (i, 1 - p)] if n < c else [(i, 1.0)]
            yield from (((n, i), (n + 1, j), lam * share) for j, share in starts)
            for left, rate in ((i - 1, i * first), (i, (min(n, c) - i) * second)):
                refilled = [(left + 1, p), (left, 1 - p)] if n > c else [(left, 1.0)]
                yield from (((n, i), (n - 1, j), rate * share) for j, share in refilled)

    chance = stationary(states, moves())
    waiting = sum(weight * max(n - c, 0) for (n, _), weight in zip(states, chance, strict=True))
    assert chains.mh2c_wait(lam, 1.0, 3.0, c) == pytest.approx(waiting / lam, rel=1e-6)


def test_mmpp():
    assert chains.mmpp_m1((0.3, 1.5), (0.01, 0.05), 1) == pytest.approx((4.721259, 9.442519), rel=2e-7)


@given(load=loads, there=st.floats(0.001, 100), back=st.floats(0.001, 100))
def test_bursts_of_equal_rates_are_mm1(load, there, back):
    number, sojourn = chains.mmpp_m1((2 * load, 2 * load), (there, back), 2)
    same = delay.mmc(2 * load, 2, 1)
    assert (number, sojourn) == pytest.approx((same.number, same.sojourn), rel=1e-7)


def test_very_quick_bursts_are_mm1_and_slow_ones_are_worse():
    quick, slow = (chains.mmpp_m1((0.0, 1.0), (speed, speed), 1)[0] for speed in (1e5, 1e-3))
    assert quick == pytest.approx(1.0, rel=1e-4) and slow > 10


def test_bursts_are_the_chain_cut_off():
    rates, switch, top = (0.2, 1.3), (0.3, 0.4), 200
    states = [(n, state) for n in range(top) for state in (0, 1)]
    moves = [
        move
        for n, state in states
        for move in (
            ((n, state), (n + 1, state), rates[state]),
            ((n, state), (n, 1 - state), switch[state]),
            ((n, state), (n - 1, state), 1.0),
        )
    ]
    chance = stationary(states, moves)
    number = sum(n * weight for (n, _), weight in zip(states, chance, strict=True))
    assert chains.mmpp_m1(rates, switch, 1.0)[0] == pytest.approx(number, rel=1e-7)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: chains.left_waiting(0, 1), "a 0"),
        (lambda: chains.left_waiting(2, 2), "a / s = 1"),
        (lambda: chains.bulk(0, 1, 1), "lam 0"),
        (lambda: chains.bulk(1, 0, 1), "D 0"),
        (lambda: chains.bulk(1, 1, 0), "b 0"),
        (lambda: chains.bulk(4, 1, 4), "lam D / b = 1"),
        (lambda: chains.two_phases(0, 2), "mean 0"),
        (lambda: chains.two_phases(1, 0.5), "scv 0.5"),
        (lambda: chains.mh2c_wait(-1, 1, 2, 1), "lam -1"),
        (lambda: chains.mh2c_wait(1, 1, 2, 0), "c 0"),
        (lambda: chains.mh2c_wait(2, 1, 2, 2), "lam mean / c = 1"),
        (lambda: chains.mmpp_m1((1,), (1, 1), 1), "rates"),
        (lambda: chains.mmpp_m1((1, 1), (1, 1, 1), 1), "switch_rates"),
        (lambda: chains.mmpp_m1((1, -1), (1, 1), 1), "rates -1"),
        (lambda: chains.mmpp_m1((0, 0), (1, 1), 1), "must not both be 0"),
        (lambda: chains.mmpp_m1((1, 0), (1, 0), 1), "switch_rates 0"),
        (lambda: chains.mmpp_m1((1, 0), (1, 1), 0), "mu 0"),
        (lambda: chains.mmpp_m1((1, 1), (1, 1), 1), "mean rate / mu = 1"),
    ],
)
def test_bad_input_is_refused_by_name(call, named):
    with pytest.raises(BadInput) as refused:
        call()
    assert named in str(refused.value)
