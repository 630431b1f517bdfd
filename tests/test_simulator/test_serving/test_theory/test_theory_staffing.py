"""The sheet of paper agrees with textbooks, and with a queue that is simulated customer by customer."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.serving.theory.staffing import capacity


def test_two_servers_of_the_textbook():
    found = capacity(1.5, 1.0, 1.0, 2, 4.0)  # Erlang C of 1.5 erlang on 2 servers is 9/14
    assert found.utilisation == pytest.approx(0.75)
    assert found.mean_wait == pytest.approx(9 / 7, rel=1e-9)
    assert found.p99_wait == pytest.approx(2 * math.log(900 / 14), rel=1e-9)
    # Exponential service after an exponential wait for 9 in 14: worked out by hand for mu = 1, spare = 1/2.
    late = 5 / 14 * math.exp(-4) + 9 / 14 * (2 * math.exp(-2) - math.exp(-4))
    assert found.late == pytest.approx(late, rel=0.002)
    assert found.law.startswith("M/M/c")


def test_one_server_of_the_textbook():
    found = capacity(0.5, 1.0, 1.0, 1, 4.0)  # a sojourn in M/M/1 is exponential
    assert found.late == pytest.approx(math.exp(-0.5 * 4.0), rel=0.002)
    constant = capacity(0.8, 1.0, 0.0, 1, 10.0)
    assert constant.mean_wait == pytest.approx(0.8 / (2 * 0.2), rel=1e-9)  # Pollaczek and Khinchine
    assert capacity(0.8, 1.0, 3.0, 1, 10.0).mean_wait == pytest.approx(4 * constant.mean_wait, rel=1e-9)
    assert "M/G/1" in constant.law


def test_constant_service_on_two_servers():
    found = capacity(1.6, 1.0, 0.0, 2, 10.0)
    assert "M/D/c" in found.law
    assert found.mean_wait == pytest.approx(queued(1.6, np.ones(400_000), 2).mean(), rel=0.04)


def queued(rate: float, service: np.ndarray, servers: int) -> np.ndarray:
    """Return the waits [s] of customers one by one: each takes the server that is free first."""
    at = np.cumsum(np.random.default_rng(7).standard_exponential(len(service)) / rate)
    free, waits = [0.0] * servers, np.empty(len(service))
    for n, (asked, work) in enumerate(zip(at.tolist(), service.tolist(), strict=True)):
        start = max(asked, free[0])
        heapq.heapreplace(free, start + work)
        waits[n] = start - asked
    return waits


@pytest.mark.parametrize(("scv", "servers", "near"), [(0.5, 4, 0.04), (1.0, 3, 0.04), (2.0, 4, 0.07)])
def test_it_agrees_with_a_queue_served_one_by_one(scv, servers, near):
    rate = 0.8 * servers
    service = np.random.default_rng(3).gamma(1 / scv, scv, 400_000)
    waits, found = queued(rate, service, servers), capacity(rate, 1.0, scv, servers, 5.0)
    assert found.mean_wait == pytest.approx(waits.mean(), rel=near)
    assert found.late == pytest.approx((waits + service > 5.0).mean(), rel=0.2)  # its tail is taken for exponential
    assert found.p99_wait == pytest.approx(np.quantile(waits, 0.99), rel=2 * near)


@pytest.mark.parametrize(
    ("rate", "service", "scv", "budget"),
    [
        (60.0, 0.03, 0.1, 0.25),
        (270.0, 0.012, 0.001, 0.108),
        (3.0, 1.0, 1.0, 6.0),
        (40.0, 1.0, 0.3, 3.5),
        (0.1, 1.0, 0.0, 1.5),
    ],
)
def test_the_least_number_of_servers_is_the_least(rate, service, scv, budget):
    least = capacity(rate, service, scv, 1, budget).least_servers
    late = [capacity(rate, service, scv, c, budget).late for c in range(1, least + 1)]
    assert late[-1] <= 0.01
    assert (np.array(late[:-1]) > 0.01).all()


def test_no_number_helps_where_a_service_takes_too_long():
    assert capacity(1.0, 1.0, 1.0, 4, 2.0).least_servers is None  # exp(-2) of the services alone are late
    assert capacity(1.0, 1.0, 0.0, 4, 0.9).least_servers is None
    assert capacity(1.0, 1.0, 1.0, 4, 4.7).least_servers is not None  # exp(-4.7) are not


def test_overload_grows_without_end():
    found = capacity(10.0, 1.0, 0.5, 4, 2.0)
    assert found.utilisation == pytest.approx(2.5)
    assert (found.mean_wait, found.p99_wait, found.late) == (math.inf, math.inf, 1.0)
    assert "more comes" in found.law


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0.0}, {"rate": -1.0}, {"rate": math.nan}, {"rate": math.inf}, {"service": 0.0}, {"scv": -0.1},
        {"scv": math.nan}, {"servers": 0}, {"servers": 1.5}, {"budget": 0.0}, {"rate": 1e9}, {"servers": 10**9},
    ],
)  # fmt: skip
def test_nonsense_is_refused(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        capacity(**{"rate": 1.0, "service": 0.5, "scv": 1.0, "servers": 2, "budget": 1.0} | wrong)
