"""What clients do: against printed figures, against sums written out, and where a quantile does not exist."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.errors import BadInput
from simulator.serving.theory import clients, delay, tails

LOGNORMAL = stats.lognorm(1.0, scale=0.010)  # median 10 ms


def slow(t):
    return float(LOGNORMAL.sf(t))


def test_fanout():
    found = [clients.fanout_slow(*case) for case in ((0.99, 100), (0.99, 10), (0.9999, 2000))]
    assert found == pytest.approx([0.63396766, 0.095617925, 0.18127743], rel=5e-8)


def test_fanout_ends():
    assert [clients.fanout_slow(p, n) for p, n in ((0, 3), (0, 0), (1, 5), (0.5, 0))] == [1, 0, 0, 0]


def test_hedging_a_lognormal_at_its_p95():
    after = float(LOGNORMAL.ppf(0.95))
    assert after == pytest.approx(0.0518025, rel=1e-6)
    found = [clients.hedged_quantile(slow, after, q) for q in (0.99, 0.999)]
    assert found == pytest.approx([0.066665814, 0.093129474], rel=1e-7)
    assert slow(after) == pytest.approx(0.05)


def test_hedging_changes_nothing_before_the_second_request():
    hedged = clients.hedged_tail(slow, 0.03)
    assert hedged(0.029) == slow(0.029)
    assert hedged(0.05) == pytest.approx(slow(0.05) * slow(0.02))
    assert clients.hedged_quantile(slow, 0.03, 0.5) == pytest.approx(0.010)


@given(rate=st.floats(0.01, 100), q=st.floats(0.001, 0.9999))
def test_hedging_at_once_halves_an_exponential(rate, q):
    found = clients.hedged_quantile(lambda t: math.exp(-rate * t), 0.0, q)
    assert found == pytest.approx(-math.log1p(-q) / (2 * rate), rel=1e-9)


def test_a_station_can_be_hedged():
    station = delay.mmc(3.2, 1, 4)
    plain, hedged = station.sojourn_quantile(0.99), clients.hedged_quantile(station.sojourn_tail, 3.0, 0.99)
    assert 3.0 < hedged < plain


def test_crossing_a_step_gives_its_place():
    assert tails.crossing(lambda t: float(t < 0.3), 0.5) == 0.3
    assert tails.crossing(lambda t: float(t < 300), 0.5) == 300
    assert tails.crossing(lambda t: 0.2, 0.5) == 0.0


def test_retry():
    assert clients.retry_attempts(0.5, 3) == 1.875
    assert clients.amplification(3, 3) == 64


@given(p=st.floats(0, 1), retries=st.integers(0, 30))
def test_attempts_are_the_geometric_sum(p, retries):
    assert clients.retry_attempts(p, retries) == pytest.approx(math.fsum(p**k for k in range(retries + 1)))


def test_attempts_at_the_ends():
    assert (clients.retry_attempts(1, 4), clients.retry_attempts(0, 4), clients.retry_attempts(0.7, 0)) == (5, 1, 1)


@pytest.mark.parametrize(
    ("lam", "retries", "back"), [(70, 0, True), (70, 1, False), (70, 3, False), (20, 3, True), (25, 3, True)]
)
def test_collapse(lam, retries, back):
    assert clients.collapses(lam, retries, 10, 10.0) is not back


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: clients.fanout_slow(1.1, 1), "p_fast 1.1"),
        (lambda: clients.fanout_slow(0.9, -1), "leaves -1"),
        (lambda: clients.hedged_tail(slow, -0.1), "hedge_after -0.1"),
        (lambda: clients.hedged_quantile(slow, 0.1, 1.0), "q 1.0"),
        (lambda: clients.hedged_quantile(lambda t: 0.5, 0.1, 0.99), "stays above"),
        (lambda: clients.retry_attempts(-0.1, 1), "p_fail -0.1"),
        (lambda: clients.retry_attempts(0.1, 1.5), "retries 1.5"),
        (lambda: clients.amplification(1, -1), "layers -1"),
        (lambda: clients.collapses(0, 1, 1, 1), "lam 0"),
        (lambda: clients.collapses(1, 1, 0, 1), "servers 0"),
    ],
)
def test_bad_input_is_refused_by_name(call, named):
    with pytest.raises(BadInput, match=named):
        call()
