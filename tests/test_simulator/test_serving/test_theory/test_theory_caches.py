"""Caches: against printed figures, small caches solved outright, and what has to rise with size and time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.serving.theory import caches


@given(items=st.integers(1, 500), alpha=st.floats(0, 3))
def test_zipf_is_a_falling_distribution(items, alpha):
    found = caches.zipf(items, alpha)
    assert len(found) == items and found.sum() == pytest.approx(1) and (np.diff(found) <= 0).all()
    assert found[0] / found[-1] == pytest.approx(items**alpha)


@pytest.mark.parametrize(
    ("items", "alpha", "size", "hit"),
    [
        (10_000, 0.8, 100, 0.15662464),
        (10_000, 1.0, 100, 0.39052549),
        (10_000, 1.0, 1000, 0.67560179),
        (1000, 1.2, 50, 0.66515538),
    ],
)
def test_che(items, alpha, size, hit):
    assert caches.che(caches.zipf(items, alpha), size) == pytest.approx(hit, rel=5e-8)


@given(items=st.integers(1, 200), size=st.integers(1, 250))
def test_che_on_items_all_alike_is_the_share_that_fits(items, size):
    assert caches.che(caches.zipf(items, 0.0), size) == pytest.approx(min(1.0, size / items))


@given(alpha=st.floats(0, 2), size=st.floats(0.5, 98))
def test_che_rises_with_size_and_stays_below_the_best_cache(alpha, size):
    popularity = caches.zipf(100, alpha)
    hit = caches.che(popularity, size)
    assert 0 < hit < caches.che(popularity, size + 1)
    assert hit <= popularity[: math.ceil(size)].sum() + 1e-9


def test_che_leaves_out_what_nobody_asks_for():
    popularity = np.append(caches.zipf(50, 1.0), np.zeros(50))
    assert caches.che(popularity, 10) == caches.che(caches.zipf(50, 1.0), 10)
    assert caches.che(popularity, 50) == 1.0


@pytest.mark.parametrize(("x", "plain", "renewed"), [(1, 0.5, 0.63212), (10, 0.90909, 0.99995), (0.6, 0.375, 0.45119)])
def test_ttl(x, plain, renewed):
    assert (caches.ttl_hit(x, 1, False), caches.ttl_hit(2, x / 2, True)) == pytest.approx((plain, renewed), abs=5e-6)


@given(rate=st.floats(0, 100), ttl=st.floats(0, 100))
def test_renewing_never_hurts(rate, ttl):
    assert 0 <= caches.ttl_hit(rate, ttl, False) <= caches.ttl_hit(rate, ttl, True) <= 1
    assert caches.cold_share(rate, ttl) == pytest.approx(1 - caches.ttl_hit(rate, ttl, True), abs=1e-12)


@pytest.mark.parametrize(("per_minute", "cold"), [(1 / 60, 0.84648), (0.1, 0.36788), (0.2, 0.13534)])
def test_cold_share(per_minute, cold):
    assert caches.cold_share(per_minute / 60, 600) == pytest.approx(cold, abs=5e-6)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: caches.zipf(0, 1), "items 0"),
        (lambda: caches.zipf(10, -1), "alpha -1"),
        (lambda: caches.che(np.array([0.5, 0.6]), 1), "sum is 1.1"),
        (lambda: caches.che(np.array([1.5, -0.5]), 1), "popularity"),
        (lambda: caches.che(np.empty(0), 1), "sum is 0"),
        (lambda: caches.che(np.array([0.5, 0.5]), 0), "size 0"),
        (lambda: caches.ttl_hit(-1, 1, True), "rate -1"),
        (lambda: caches.cold_share(1, math.inf), "keep_alive inf"),
    ],
)
def test_bad_input_is_refused_by_name(call, named):
    with pytest.raises(BadInput, match=named):
        call()
