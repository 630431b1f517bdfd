"""The pool serves first come, first served: as a loop by hand would, and as queueing theory says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.serving.pool import Pool
from simulator.streams import Streams


def by_hand(servers: int, at, work) -> list[float]:
    """Serve requests one by one: each takes the server that is free first."""
    free, latency = [0.0] * servers, []
    for t, w in zip(at, work, strict=True):
        first = free.index(min(free))
        free[first] = max(t, free[first]) + w
        latency.append(free[first] - t)
    return latency


TIMES = st.lists(st.floats(0, 100) | st.integers(0, 20).map(float), max_size=25).map(sorted)


@given(st.integers(1, 6), TIMES, st.data())
def test_latencies_are_those_of_a_loop_by_hand_however_the_requests_are_cut_into_blocks(servers, at, data):
    n = len(at)
    work = data.draw(st.lists(st.floats(0, 30) | st.integers(0, 5).map(float), min_size=n, max_size=n))
    cuts = sorted(data.draw(st.lists(st.integers(0, n), max_size=5)))
    pool, found = Pool(servers), []
    for a, b in zip([0, *cuts], [*cuts, n], strict=True):
        found.extend(pool.advance(np.array(at[a:b]), np.array(work[a:b])).tolist())
    assert found == pytest.approx(by_hand(servers, at, work), abs=1e-9)


def test_an_idle_pool_and_a_busy_one_carry_on_from_one_another():
    """Blocks without any waiting are served another way; the state they leave behind is the same."""
    at = np.array([0.0, 0.5, 10, 11, 12, 13, 13.5, 30, 31, 60, 60, 60])
    work = np.array([1.0, 1, 5, 5, 5, 5, 5, 1, 1, 9, 9, 9])
    pool, found = Pool(3), []
    for part in (slice(0, 2), slice(2, 7), slice(7, 9), slice(9, 12)):
        found.extend(pool.advance(at[part], work[part]).tolist())
    assert found == by_hand(3, at, work)


def waits(servers: int, load: float, n: int = 150_000, slower: float = 1.0, seed: int = 3) -> np.ndarray:
    """Return the waiting times of M/M/*servers* with mean work 1 at utilisation *load*."""
    luck = Streams(seed).get("queue")
    at = np.cumsum(luck.exponential(1 / (load * servers), n))
    work = luck.exponential(slower, n)
    return (Pool(servers).advance(at, work) - work)[n // 10 :]


def erlang_c(servers: int, load: float) -> float:
    """Return P(wait > 0) in M/M/c (Erlang 1917)."""
    a = servers * load
    full = a**servers / math.factorial(servers) / (1 - load)
    return full / (sum(a**k / math.factorial(k) for k in range(servers)) + full)


def mmc_holds(found: np.ndarray, servers: int, load: float) -> bool:
    """Tell whether the mean wait is that of M/M/c, within 3 %."""
    expected = erlang_c(servers, load) / (servers * (1 - load))
    return abs(found.mean() / expected - 1) < 0.03


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (4, 0.6)])
def test_waits_are_those_of_queueing_theory(servers, load):
    assert mmc_holds(waits(servers, load), servers, load)
    assert (waits(servers, load) > 1e-9).mean() == pytest.approx(erlang_c(servers, load), rel=0.03)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (4, 0.6)])
def test_twin_work_5_percent_longer_is_noticed(servers, load):
    assert not mmc_holds(waits(servers, load, slower=1.05), servers, load)


def test_nobody_comes():
    assert len(Pool(2).advance(np.empty(0), np.empty(0))) == 0
