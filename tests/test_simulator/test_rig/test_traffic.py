"""Requests come by their law: as often and as evenly as it says, the same under the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.rig.traffic import Arrivals, Class, drawn
from simulator.streams import Streams

N = 200_000
BURSTS = Arrivals("mmpp", 3.0, rates=(5.0, 2.0), switch_rates=(0.2, 0.1))


def gaps(arrivals, n=N, seed=0):
    """Draw the gaps between arrivals."""
    return np.diff(drawn(arrivals, n, None, Streams(seed)).at, prepend=0.0)


@pytest.mark.parametrize(
    ("arrivals", "cv"),
    [
        (Arrivals("poisson", 4.0), 1.0),
        (Arrivals("deterministic", 4.0, 0.0), 0.0),
        (Arrivals("gamma", 4.0, 0.5), 0.5),
        (Arrivals("gamma", 4.0, 2.0), 2.0),
    ],
)
def test_gaps_have_the_mean_and_the_spread_of_the_law(arrivals, cv):
    found = gaps(arrivals)
    assert found.mean() == pytest.approx(0.25, abs=5 * 0.25 * cv / N**0.5 + 1e-9)
    assert found.std() / found.mean() == pytest.approx(cv, abs=0.02 + 0.01 * cv)


def test_exponential_gaps_have_exponential_quantiles():
    found = np.quantile(gaps(Arrivals("poisson", 1.0)), [0.1, 0.5, 0.9, 0.99])
    assert found == pytest.approx(-np.log1p([-0.1, -0.5, -0.9, -0.99]), rel=0.03)


def test_states_are_held_as_long_as_they_say():
    assert BURSTS.stay().tolist() == pytest.approx([1 / 3, 2 / 3])
    traffic = drawn(BURSTS, None, 100_000.0, Streams(1))
    assert len(traffic) / 100_000.0 == pytest.approx(3.0, rel=0.02)
    counts = np.histogram(traffic.at, bins=np.arange(0.0, 100_001.0))[0]
    variance = 3.0 + 2 * (1 / 3 * 2 / 3) * 9.0 * (1 / 0.3 - (1 - np.exp(-0.3)) / 0.09)  # doubly stochastic Poisson
    assert counts.var() == pytest.approx(variance, rel=0.05)


def test_a_state_without_requests_has_none():
    arrivals = Arrivals("mmpp", 1.0, rates=(2.0, 0.0), switch_rates=(1e-3, 1e-3))
    at = drawn(arrivals, None, 200_000.0, Streams(0)).at
    empty = np.diff(at) > 30.0  # of a Poisson process with rate 2, never
    assert np.diff(at)[empty].sum() == pytest.approx(100_000.0, rel=0.3)


def test_the_first_requests_do_not_depend_on_how_many_are_drawn():
    for arrivals in (Arrivals("poisson", 4.0), Arrivals("gamma", 4.0, 2.0), BURSTS):
        long, short = (drawn(arrivals, n, None, Streams(3)).at for n in (5000, 1000))
        assert (long[:1000] == short).all()


def test_a_duration_cuts_where_it_ends():
    for arrivals in (Arrivals("poisson", 4.0), Arrivals("deterministic", 4.0), BURSTS):
        at = drawn(arrivals, None, 500.0, Streams(0)).at
        more = drawn(arrivals, len(at) + 1, None, Streams(0)).at
        assert (more[:-1] == at).all()
        assert at[-1] < 500.0 <= more[-1]


def test_classes_are_laid_over_each_other():
    kinds = (Class("high", 1.0), Class("low", 3.0))
    traffic = drawn(Arrivals("poisson", 4.0, classes=kinds), N, None, Streams(0))
    assert len(traffic) == N
    assert (np.diff(traffic.at) >= 0).all()
    assert traffic.at[-1] == pytest.approx(N / 4, rel=0.02)
    assert (traffic.klass == 0).mean() == pytest.approx(0.25, abs=0.01)
    alone = drawn(Arrivals("poisson", 2.0, classes=(Class("high", 1.0), Class("lower", 1.0))), N, None, Streams(0))
    first = traffic.at[traffic.klass == 0][:1000]
    assert (first == alone.at[alone.klass == 0][:1000]).all(), "a class has a stream of its own"


def test_classes_of_bursts_go_by_chance():
    arrivals = Arrivals(
        "mmpp", 3.0, rates=(5.0, 2.0), switch_rates=(0.2, 0.1), classes=(Class("a", 1.0), Class("b", 4.0))
    )
    traffic = drawn(arrivals, 50_000, None, Streams(0))
    assert (traffic.klass == 0).mean() == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize(
    ("requests", "duration", "at"), [(None, None, [1, 2, 4]), (2, None, [1, 2]), (None, 4.0, [1, 2])]
)
def test_a_trace_is_taken_as_it_is(requests, duration, at):
    arrivals = Arrivals("trace", 0.75, at=np.array([1.0, 2.0, 4.0]))
    assert drawn(arrivals, requests, duration, Streams(0)).at.tolist() == at


def test_the_same_seed_brings_the_same_requests():
    assert (gaps(BURSTS, 1000, 5) == gaps(BURSTS, 1000, 5)).all()
    assert (gaps(BURSTS, 1000, 5) != gaps(BURSTS, 1000, 6)).any()
