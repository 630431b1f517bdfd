"""Delays of the classic stations: against printed figures, against each other, and against chains solved outright."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from simulator.errors import BadInput
from simulator.serving.theory import delay

loads = st.floats(0.01, 0.98)
rates = st.floats(0.01, 100)
PRINTED = 5e-8  # the figures are printed to eight digits


def printed(value, rel=PRINTED):
    return pytest.approx(value, rel=rel)


@pytest.mark.parametrize(
    ("c", "a", "blocked"), [(1, 0.8, 0.44444444), (5, 3, 0.11005435), (10, 8, 0.12166106), (20, 15, 0.045593216)]
)
def test_erlang_b(c, a, blocked):
    assert delay.erlang_b(c, a) == printed(blocked)


@pytest.mark.parametrize(("c", "a"), [(3, 2.0), (60, 80.0), (10_000, 9_900.0)])
def test_erlang_b_is_a_poisson_cut_off(c, a):
    assert delay.erlang_b(c, a) == pytest.approx(stats.poisson.pmf(c, a) / stats.poisson.cdf(c, a), rel=1e-9)


def test_erlang_without_servers_and_without_load():
    assert (delay.erlang_b(0, 3.0), delay.erlang_b(4, 0.0), delay.erlang_c(4, 0.0)) == (1.0, 0.0, 0.0)


def test_ten_thousand_servers_of_erlang_c():
    assert 0 < delay.erlang_c(10_000, 9_900.0) < delay.erlang_c(10_000, 9_999.0) < 1


@pytest.mark.parametrize(
    ("lam", "number", "sojourn", "wait", "p99"), [(0.5, 1, 2, 1, 9.2103404), (0.8, 4, 5, 4, 23.025851)]
)
def test_mm1(lam, number, sojourn, wait, p99):
    found = delay.mmc(lam, 1, 1)
    assert (found.number, found.sojourn, found.wait) == printed((number, sojourn, wait))
    assert found.sojourn_quantile(0.99) == printed(p99)


@pytest.mark.parametrize(
    ("lam", "c", "figures"),
    [
        (1.0, 2, (0.33333333, 0.33333333, 1.89712, 3.5065579, 5.6659607)),
        (3.2, 4, (0.59643247, 0.74554059, 3.0986788, 5.1104762, 6.8932037)),
        (4.0, 8, (0.059043995, 0.014760999, 0.041564958, 0.44392444, 4.6246603)),
        (6.4, 8, (0.45764493, 0.28602808, 1.3837941, 2.3896928, 5.1521816)),
        (12.8, 16, (0.30488391, 0.095276223, 0.56497128, 1.0679206, 4.7349516)),
        (95.0, 100, (0.50645685, 0.10129137, 0.46308323, 0.78497081, 4.724387)),
    ],
)
def test_mmc(lam, c, figures):
    found = delay.mmc(lam, 1, c)
    waits = (found.wait_quantile(0.95), found.wait_quantile(0.99))
    assert (found.p_wait, found.wait, *waits, found.sojourn_quantile(0.99)) == printed(figures)


@given(lam=rates, load=loads, c=st.integers(1, 50))
def test_mmc_keeps_littles_law_and_its_tail_has_the_mean(lam, load, c):
    found = delay.mmc(lam, lam / (load * c), c)
    assert found.number == pytest.approx(lam * found.sojourn)
    assert found.number - found.queue == pytest.approx(load * c)
    assert found.sojourn_tail(0.0) == pytest.approx(1.0)
    area = integrate.quad(lambda x: found.sojourn_tail(x * found.sojourn), 0, 400, limit=400, points=[1, 5, 20])[0]
    assert area == pytest.approx(1, rel=1e-5)


@given(load=loads, c=st.integers(1, 50), q=st.floats(0, 0.9999))
def test_quantiles_of_mmc_are_on_the_tail(load, c, q):
    found = delay.mmc(load * c, 1, c)
    assert found.sojourn_tail(found.sojourn_quantile(q)) == pytest.approx(1 - q, rel=1e-9)
    assert found.wait_quantile(q) <= found.sojourn_quantile(q)
    assert found.wait_quantile(q) == 0 or found.p_wait > 1 - q


@pytest.mark.parametrize("near", [-1e-9, 0.0, 1e-9])
def test_sojourn_where_spare_capacity_is_one_server(near):
    found = delay.mmc(3.0 + near, 1.0, 4)
    t = found.sojourn_quantile(0.99)
    assert math.exp(-t) * (1 + found.p_wait * t) == pytest.approx(0.01, rel=1e-7)


@pytest.mark.parametrize(
    ("lam", "c", "K", "figures"),
    [
        (0.8, 1, 5, (0.088819499, 1.868332, 2.5630652, 0.7289444)),
        (1.2, 1, 10, (0.1925865, 6.7107087, 6.9261378, 0.96889621)),
        (3.6, 4, 10, (0.067174408, 5.0611024, 1.5071003, 3.3581721)),
    ],
)
def test_mmck(lam, c, K, figures):
    found = delay.mmck(lam, 1, c, K)
    assert (found.p_block, found.number, found.sojourn, found.throughput) == printed(figures, 1e-7)


@given(load=st.floats(0.01, 5), c=st.integers(1, 40))
def test_mmck_lies_between_erlang_b_and_no_limit(load, c):
    assert delay.mmck(load * c, 1, c, c).p_block == pytest.approx(delay.erlang_b(c, load * c))
    found = delay.mmck(load * c, 1, c, c + 7)
    assert found.throughput == pytest.approx(load * c * (1 - found.p_block))
    assert load > 0.9 or delay.mmck(load * c, 1, c, c + 4000).sojourn == pytest.approx(
        delay.mmc(load * c, 1, c).sojourn
    )


@pytest.mark.parametrize(("scv", "wait", "number"), [(0, 2, 2.4), (0.5, 3, 3.2), (4, 10, 8.8)])
def test_mg1(scv, wait, number):
    found = delay.mg1(0.8, 1, scv)
    assert (found.wait, found.number) == printed((wait, number))


@given(lam=rates, load=loads)
def test_one_server_is_pollaczek_khinchine_with_scv_1(lam, load):
    one, general = delay.mmc(lam, lam / load, 1), delay.mg1(lam, load / lam, 1)
    assert (one.wait, one.number) == pytest.approx((general.wait, general.number))


def test_md1_wait_cdf():
    found = [delay.md1_wait_cdf(0.8, 1, t) for t in (0, 1, 2, 5, 10)]
    assert found == printed([0.2, 0.44510819, 0.63451994, 0.89950276, 0.98834289], 1e-7)


@pytest.mark.parametrize("t", [0.3, 1.0, 2.5, 7.75])
def test_md1_wait_cdf_is_the_alternating_sum_while_that_still_works(t):
    rho, terms = 0.7, range(math.floor(t) + 1)
    alternating = sum((rho * (k - t)) ** k / math.factorial(k) * math.exp(-rho * (k - t)) for k in terms)
    assert delay.md1_wait_cdf(0.7 / 3, 3, 3 * t) == pytest.approx((1 - rho) * alternating, abs=1e-10)


@pytest.mark.parametrize("load", [0.1, 0.8, 0.95])
def test_md1_wait_cdf_far_out_rises_to_1_and_has_the_mean(load):
    times = np.linspace(0, 400, 4001)
    cdf = np.array([delay.md1_wait_cdf(load, 1, t) for t in times])
    assert all(a <= b + 1e-13 for a, b in pairwise(cdf)) and cdf[-1] == pytest.approx(1, abs=1e-12)
    assert integrate.simpson(1 - cdf, x=times) == pytest.approx(delay.mg1(load, 1, 0).wait, rel=1e-3)


def test_md1_tail_at_50_services_decays_as_it_must():
    """The ratio of tails one service apart is 1 / z, z > 1 the root of z = exp(load (z - 1))."""
    far, farther = (1 - delay.md1_wait_cdf(0.95, 1, t) for t in (50, 51))
    z = -math.log(farther / far) / 0.95 + 1
    assert math.exp(0.95 * (z - 1)) == pytest.approx(z, rel=1e-9)


def test_md1_wait_cdf_ends():
    assert (delay.md1_wait_cdf(0.5, 1, -0.1), delay.md1_wait_cdf(0.5, 1, 1e4)) == (0.0, 1.0)


@pytest.mark.parametrize(("lam", "c", "wait"), [(1.6, 2, 0.90328388), (3.2, 4, 0.38609493)])
def test_mdc(lam, c, wait):
    assert delay.mdc_wait(lam, 1, c) == printed(wait)


@given(load=loads, D=st.floats(0.01, 10))
def test_mdc_with_one_server_is_pollaczek_khinchine(load, D):
    assert delay.mdc_wait(load / D, D, 1) == pytest.approx(delay.mg1(load / D, D, 0).wait, rel=1e-9)


def present(a, c, states):
    """Who is present in M/D/c, cut off at *states*: where 65,536 service times take the chain."""
    n = np.arange(states)
    moves = stats.poisson.pmf(n[None, :] - np.maximum(n - c, 0)[:, None], a)
    moves[:, -1] += 1 - moves.sum(axis=1)
    return n, np.linalg.matrix_power(moves, 65_536)[0]


@pytest.mark.parametrize(("load", "c"), [(0.3, 2), (0.7, 5), (0.9, 3)])
def test_mdc_is_crommelins_chain_solved(load, c):
    n, chance = present(load * c, c, 400)
    assert delay.mdc_wait(load * c / 2, 2, c) == pytest.approx(chance @ np.maximum(n - c, 0) / (load * c / 2), rel=1e-8)


def test_mdc_keeps_its_digits_where_waits_are_rare():
    """With 10 servers at load .01 only an eleventh arrival within a service waits, and nearly nothing more happens."""
    rare = sum((k - 10) * stats.poisson.pmf(k, 0.1) for k in range(11, 20))
    assert delay.mdc_wait(0.1, 1, 10) == pytest.approx(rare / 0.1, rel=1e-6)


def test_allen_cunneen_is_too_long_for_two_phases():
    assert delay.allen_cunneen(3.2, 1, 4, 1, 4) == printed(1.8638515)


@given(load=loads, scv=st.floats(0, 9), c=st.integers(1, 20))
def test_allen_cunneen_is_exact_where_it_has_to_be(load, scv, c):
    assert delay.allen_cunneen(load, 1, 1, 1, scv) == pytest.approx(delay.mg1(load, 1, scv).wait)
    assert delay.allen_cunneen(load * c, 1, c, 1, 1) == pytest.approx(delay.mmc(load * c, 1, c).wait)


def test_ps():
    assert delay.ps_sojourn(0.8, 1) == pytest.approx(5.0)


def test_tandem():
    rates, lam = (100, 120, 160), 80
    assert delay.tandem_mean(rates, lam) == printed(0.0875)
    found = [delay.tandem_quantile(rates, lam, q) for q in (0.95, 0.99)]
    assert found == printed([0.1981097, 0.2791588], 2e-7)
    assert sum(delay.tandem_quantile([rate], lam, 0.99) for rate in rates) == printed(0.4029524, 2e-7)


@given(load=loads, q=st.floats(0, 0.9999))
def test_a_tandem_of_one_is_mm1(load, q):
    assert delay.tandem_quantile([3.0], 3 * load, q) == pytest.approx(delay.mmc(3 * load, 3, 1).sojourn_quantile(q))


@pytest.mark.parametrize("n", [2, 3, 7])
def test_a_tandem_of_equal_stations_is_erlang(n):
    assert delay.tandem_quantile([3.0] * n, 1, 0.99) == pytest.approx(stats.gamma.ppf(0.99, n, scale=0.5), rel=1e-9)
    assert delay.tandem_quantile([5.0, 3.0, 5.0], 1, 0.9) == pytest.approx(
        delay.tandem_quantile([5.0, 3.0, 5.0 + 1e-9], 1, 0.9), rel=1e-8
    )


def test_a_tandem_with_one_slow_station_is_that_station():
    assert delay.tandem_quantile([1.001, 1e6], 1, 0.99) == pytest.approx(math.log(100) / 0.001, rel=1e-4)


def test_setup():
    assert delay.setup_mm1(0.5, 1, 0.1) == pytest.approx(12.0)
    assert delay.setup_mm1(0.5, 1, 1e12) == pytest.approx(delay.mmc(0.5, 1, 1).sojourn)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: delay.erlang_b(-1, 1.0), "c -1"),
        (lambda: delay.erlang_b(2.5, 1.0), "c 2.5"),
        (lambda: delay.erlang_b(2, -1.0), "a -1.0"),
        (lambda: delay.erlang_c(0, 0.0), "c 0"),
        (lambda: delay.erlang_c(2, 2.0), "a / c = 1"),
        (lambda: delay.mmc(0, 1, 1), "lam 0"),
        (lambda: delay.mmc(1, math.nan, 1), "mu nan"),
        (lambda: delay.mmc(4, 1, 4), "lam / (c mu) = 1"),
        (lambda: delay.mmc(1, 2, 1).wait_quantile(1), "q 1"),
        (lambda: delay.mmc(1, 2, 1).sojourn_quantile(-0.1), "q -0.1"),
        (lambda: delay.mmck(1, 1, 4, 3), "K 3"),
        (lambda: delay.mg1(1, 1, 0), "lam mean = 1"),
        (lambda: delay.mg1(1, 0.5, -1), "scv -1"),
        (lambda: delay.md1_wait_cdf(1, 1, 0), "lam D = 1"),
        (lambda: delay.md1_wait_cdf(0.5, 1, math.inf), "t inf"),
        (lambda: delay.mdc_wait(2, 1, 2), "lam D / c = 1"),
        (lambda: delay.allen_cunneen(1, 0, 1, 1, 1), "mean 0"),
        (lambda: delay.allen_cunneen(1, 1, 2, -1, 1), "scv_arrival -1"),
        (lambda: delay.ps_sojourn(2, 1), "lam mean = 2"),
        (lambda: delay.tandem_mean([], 1), "rates"),
        (lambda: delay.tandem_mean([2, 1], 1), "lam / 1"),
        (lambda: delay.tandem_quantile([2], 1, 2), "q 2"),
        (lambda: delay.setup_mm1(1, 2, 0), "theta 0"),
        (lambda: delay.setup_mm1(1, 1, 1), "lam / mu = 1"),
    ],
)
def test_bad_input_is_refused_by_name_in_one_line(call, named):
    with pytest.raises(BadInput) as refused:
        call()
    assert named in str(refused.value) and "\n" not in str(refused.value)
