"""Delays follow their laws, and what is observed of them is what a window, losses and revisions leave."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.errors import BadInput
from simulator.streams import Streams
from simulator.units import DAY
from simulator.world.delays import Constant, Exponential, Gamma, PerClass, Weibull, observed, observed_share
from simulator.world.labels import Labels

LAWS = {
    "exponential": (Exponential(7 * DAY), stats.expon(scale=7 * DAY)),
    "gamma": (Gamma(6 * DAY, 2.5), stats.gamma(2.5, scale=6 * DAY / 2.5)),
    "gamma with a tail": (Gamma(6 * DAY, 0.4), stats.gamma(0.4, scale=6 * DAY / 0.4)),
    "weibull": (Weibull(5 * DAY, 0.6), stats.weibull_min(0.6, scale=5 * DAY)),
    "weibull without a tail": (Weibull(5 * DAY, 4.0), stats.weibull_min(4.0, scale=5 * DAY)),
}
POSITIVE = st.floats(0.2, 5.0)
BUILT = st.one_of(
    POSITIVE.map(Exponential),
    st.builds(Gamma, POSITIVE, POSITIVE),
    st.builds(Weibull, POSITIVE, POSITIVE),
)


def luck(name: str, n: int) -> np.ndarray:
    return Streams(8).get(name).random(n)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_scipy_s(name):
    law, true = LAWS[name]
    assert law.mean == pytest.approx(true.mean())
    for t in (0.0, 0.1 * DAY, 3 * DAY, 40 * DAY):
        assert law.cdf(t) == pytest.approx(true.cdf(t), rel=1e-9, abs=1e-12)
    assert (law.cdf(-DAY), law.cdf(math.inf)) == (0.0, 1.0)
    u = luck(name, 1_000)
    assert law.draw(u) == pytest.approx(true.ppf(u), rel=1e-9)


@given(BUILT, st.floats(0, 0.999))
def test_a_draw_is_the_quantile(law, u):
    assert law.cdf(float(law.draw(np.array([u]))[0])) == pytest.approx(u, abs=1e-9)


@given(BUILT)
def test_more_luck_is_more_delay(law):
    delays = law.draw(np.sort(luck("sorted", 200)))
    assert (np.diff(delays) >= 0).all() and np.isfinite(delays).all() and (delays >= 0).all()
    assert law.draw(np.zeros(1)).tolist() == [0.0]


@pytest.mark.parametrize("name", LAWS)
def test_twin_a_law_5_percent_off_is_noticed(name):
    law, true = LAWS[name]
    drawn = law.draw(luck(name, 50_000))
    assert stats.kstest(drawn, true.cdf).pvalue > 0.001
    assert stats.kstest(1.05 * drawn, true.cdf).pvalue < 0.001


def test_a_constant():
    law = Constant(3.0)
    assert law.draw(luck("x", 4)).tolist() == [3.0] * 4
    assert (law.mean, law.cdf(2.9), law.cdf(3.0)) == (3.0, 0.0, 1.0)
    assert Constant(math.inf).cdf(math.inf) == 0.0


def test_each_class_has_its_own_law_and_the_same_luck():
    u, truth = luck("both", 1_000), luck("truth", 1_000) < 0.3
    drawn = PerClass(Constant(math.inf), Exponential(DAY)).draw(u, truth)
    assert (drawn[truth] == Exponential(DAY).draw(u)[truth]).all() and np.isinf(drawn[~truth]).all()


@pytest.mark.parametrize(
    ("law", "numbers"),
    [
        (Constant, (-1.0,)),
        (Constant, (math.nan,)),
        (Exponential, (0.0,)),
        (Exponential, (math.inf,)),
        (Gamma, (1.0, 0.0)),
        (Weibull, (-1.0, 1.0)),
        (Weibull, (1.0, math.nan)),
    ],
)
def test_laws_that_are_none(law, numbers):
    with pytest.raises(BadInput, match="not allowed"):
        law(*numbers)


def by_hand(asked_at, truth, delay, window, gone, revise) -> list[tuple[float, int, int]]:
    """Work out the labels one request at a time."""
    rows = []
    for i, (at, y, d) in enumerate(zip(asked_at, truth, delay, strict=True)):
        if gone[i]:
            continue
        if d <= window:
            if math.isfinite(d):
                rows.append((at + d, i, int(y)))
            continue
        rows.append((at + window, i, 0))
        if y and revise and math.isfinite(d):
            rows.append((at + d, i, 1))
    return sorted(rows)


DELAYS = st.floats(0, 20) | st.just(math.inf) | st.integers(0, 5).map(float)
ROWS = st.lists(st.tuples(st.floats(0, 50) | st.integers(0, 9).map(float), st.booleans(), DELAYS, st.floats(0, 0.99)))


@given(ROWS, st.floats(0, 20) | st.just(math.inf) | st.just(3.0), st.floats(0, 1), st.booleans())
def test_what_is_observed(rows, window, lost, revise):
    asked_at, truth, delay, lucks = (np.array([r[i] for r in rows]) for i in range(4))
    truth = truth.astype(bool)
    owed = observed(asked_at, truth, delay, window=window, lost=lost, lost_luck=lucks, revise=revise)
    found = list(zip(owed.due.tolist(), owed.row.tolist(), owed.label.tolist(), strict=True))
    assert found == by_hand(asked_at, truth, delay, window, lucks < lost, revise)
    assert len(owed) == len(found)


def test_a_slow_positive_is_a_negative_until_it_is_revised():
    asked_at, truth, delay = np.array([10.0, 10.0]), np.array([True, True]), np.array([2.0, 9.0])
    labels, owed = Labels(2), observed(asked_at, truth, delay, window=5.0, revise=True)
    labels.owe(owed.row, owed.label, owed.due)
    labels.due(16.0)
    assert labels.known.label.tolist() == [1, 0] and labels.known.at.tolist() == [12.0, 15.0]
    labels.due(30.0)
    assert labels.known.label.tolist() == [1, 1] and labels.known.at.tolist() == [12.0, 19.0]


@pytest.mark.parametrize("name", LAWS)
def test_a_window_sees_the_share_it_should(name):
    law, true = LAWS[name]
    n, window = 40_000, 4 * DAY
    owed = observed(np.zeros(n), np.ones(n, bool), law.draw(luck(name, n)), window=window)
    share, error = observed_share(law, window), math.sqrt(0.25 / n)
    assert share == pytest.approx(true.cdf(window))
    assert owed.label.mean() == pytest.approx(share, abs=4 * error)
    slower = observed(np.zeros(n), np.ones(n, bool), 1.1 * law.draw(luck(name, n)), window=window)
    assert slower.label.mean() < share - 2 * error


def test_a_share_is_lost():
    n = 40_000
    owed = observed(np.zeros(n), np.ones(n, bool), np.ones(n), lost=0.2, lost_luck=luck("lost", n))
    assert len(owed) / n == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / n))


def test_columns_that_do_not_fit():
    at, yes, one = np.zeros(2), np.ones(2, bool), np.ones(2)
    for bad in (
        lambda: observed(at, yes[:1], one),
        lambda: observed(at, yes, -one),
        lambda: observed(at, yes, one * math.nan),
        lambda: observed(at, yes, one, window=-1.0),
        lambda: observed(at, one, one),
        lambda: observed(at, yes, one, lost=1.5, lost_luck=one),
        lambda: observed(at, yes, one, lost=0.5),
        lambda: observed(at, yes, one, lost=0.5, lost_luck=one[:1]),
    ):
        with pytest.raises(BadInput):
            bad()
