"""What peeking costs is what the recursion says, and the rules that allow for it keep their error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.errors import BadInput
from simulator.learning.sequential import RULES, Peek, bounds, crossing, peeking_error, pocock
from simulator.learning.trial import Sums, critical, z_score
from simulator.streams import Streams


def luck(name: str) -> np.random.Generator:
    return Streams(6).get(name)


def paths(looks: int, tests: int, drift: float = 0.0) -> np.ndarray:
    """Return (tests, looks) z scores of sums of standard normals."""
    steps = drift + luck(f"paths {looks}").standard_normal((tests, looks))
    return np.cumsum(steps, axis=1) / np.sqrt(np.arange(1, looks + 1))


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.3])
def test_one_look_errs_with_alpha(alpha):
    assert peeking_error(1, alpha) == pytest.approx(alpha, abs=1e-12)
    assert pocock(1, alpha) == pytest.approx(critical(alpha), abs=1e-8)


def test_two_looks_are_a_normal_plane():
    """z of the second look has correlation √½ with that of the first."""
    plane, z = stats.multivariate_normal(cov=[[1, math.sqrt(0.5)], [math.sqrt(0.5), 1]]), critical(0.05)
    inside = plane.cdf([z, z], lower_limit=[-z, -z])
    assert peeking_error(2, 0.05) == pytest.approx(1 - inside, abs=1e-6)


def test_a_single_decision_errs_with_alpha_however_late_it_is():
    assert crossing(bounds("fixed", 50)) == pytest.approx(0.05, abs=1e-10)
    assert crossing(np.array([math.inf, math.inf])) == pytest.approx(0.0, abs=1e-10)


def test_peeking_is_not_independent_tests():
    assert peeking_error(10) < 1 - 0.95**10 - 0.2


@pytest.mark.parametrize("bound", [[2.0, 1.5, 2.5], [2.4, math.inf, 1.9, 2.0], [0.8, 0.9]])
def test_a_crossing_is_found_as_often_as_computed(bound):
    found = (np.abs(paths(len(bound), 200_000)) >= bound).any(axis=1).mean()
    assert found == pytest.approx(crossing(np.array(bound)), abs=4 * math.sqrt(0.25 / 200_000))


def test_pocock_s_table():
    """Jennison & Turnbull 1999, table 2.1."""
    printed = {2: (2.178, 2.772), 5: (2.413, 2.986), 10: (2.555, 3.117)}
    for looks, (at_5, at_1) in printed.items():
        assert pocock(looks, 0.05) == pytest.approx(at_5, abs=6e-4)
        assert pocock(looks, 0.01) == pytest.approx(at_1, abs=6e-4)


@given(st.integers(1, 40), st.floats(0.01, 0.2))
def test_pocock_spends_alpha(looks, alpha):
    z = pocock(looks, alpha)
    assert crossing(np.full(looks, z)) == pytest.approx(alpha, abs=1e-7)
    assert crossing(np.full(looks, 1.05 * z)) < 0.95 * alpha


@given(st.integers(1, 60), st.floats(0.005, 0.2))
def test_always_valid_never_spends_more_than_alpha(looks, alpha):
    assert crossing(bounds("always_valid", looks, alpha)) < alpha


def test_always_valid_bears_a_look_after_each_entity():
    """Two thousand looks where a hundred were planned; naive peeking would err in every third test and more."""
    source, peek, tests, n = luck("each"), Peek("always_valid", 100), 1_500, 2_000
    sums = np.cumsum(source.standard_normal((tests, n)), axis=1)
    time = np.arange(1, n + 1) / (n / 100)  # in looks of the plan
    bound = np.interp(time[time >= 1], np.arange(1, 101), peek.bound)
    z = np.abs(sums / np.sqrt(np.arange(1, n + 1)))[:, time >= 1]
    assert (z >= bound).any(axis=1).mean() < 0.05
    assert (z >= critical(0.05)).any(axis=1).mean() > 0.3


def wealth(steps: np.ndarray, rho: float) -> np.ndarray:
    """Return the mean likelihood ratio of N(θ, 1) to N(0, 1) over θ ~ N(0, 1/ρ), after each step, by quadrature."""
    theta, weight = np.polynomial.hermite_e.hermegauss(80)
    theta, sums = theta / math.sqrt(rho), np.cumsum(steps)
    time = np.arange(1, len(steps) + 1)
    return np.exp(np.outer(sums, theta) - np.outer(time, theta**2) / 2) @ weight / weight.sum()


def test_the_always_valid_bound_is_where_the_mixture_s_wealth_reaches_1_over_alpha():
    """Ville's inequality gives the rest: wealth starts at 1 and is a martingale (Ville 1939)."""
    looks, alpha = 12, 0.1
    bound = bounds("always_valid", looks, alpha)
    rho = fitted_rho(bound, alpha)
    rich = [wealth(np.full(k, bound[k - 1] / math.sqrt(k)), rho)[-1] for k in range(1, looks + 1)]
    assert rich == pytest.approx([1 / alpha] * looks, rel=1e-6)


def fitted_rho(bound: np.ndarray, alpha: float) -> float:
    """Find the ρ of a bound from its first value."""
    from scipy.optimize import brentq

    squared = bound[0] ** 2
    return float(brentq(lambda r: (1 + r) * (math.log1p(1 / r) - 2 * math.log(alpha)) - squared, 0.1, 1e3, xtol=1e-13))


def test_always_valid_is_tightest_where_it_was_planned():
    looks, alpha = 20, 0.05
    at = {planned: Peek("always_valid", planned, alpha) for planned in (10, 19, 20, 21, 40)}
    a = [Sums(1000.0 * k, 0.0, 1000.0 * k) for k in range(1, looks + 1)]
    last = {planned: _looked(peek, a) for planned, peek in at.items()}
    assert min(last, key=last.__getitem__) == 20


def _looked(peek: Peek, sums: list[Sums]) -> float:
    for arm in sums:
        reading = peek.look(arm, arm)
    return reading.threshold


def arm(source: np.random.Generator, looks: int, mean: float, n: int = 200) -> list[Sums]:
    """Return the cumulated sums of an arm at each look."""
    values = source.normal(mean, 1.0, n * looks)
    return [Sums.of(values[: n * k]) for k in range(1, looks + 1)]


@pytest.mark.parametrize("rule", RULES)
def test_look_by_look_it_stops_what_it_stops_at_once(rule):
    source, stopped = luck(f"feed {rule}"), []
    for number in range(60):
        a, b = arm(source, 6, 0.0), arm(source, 6, 0.1 * (number % 3))
        peek = Peek(rule, 6, alpha=0.2)
        for control, treatment in zip(a, b, strict=True):
            peek.look(control, treatment)
            if peek.done:
                break
        z = np.array([[float(z_score(*pair)) for pair in zip(a, b, strict=True)]])
        assert peek.stopped == bool(peek.crosses(z)[0])
        assert [r.threshold for r in peek.readings] == pytest.approx(peek.bound[: len(peek.readings)].tolist())
        stopped.append(peek.stopped)
    assert 5 < sum(stopped) < 55


def test_a_reading_tells_its_own_false_alarm_rate():
    peek = Peek("pocock", 5)
    reading = peek.look(Sums(100.0, 50.0, 50.0), Sums(100.0, 62.0, 62.0))
    assert reading.name == "pocock look 1" and reading.threshold == pytest.approx(2.4132, abs=1e-4)
    assert reading.false_alarm == pytest.approx(2 * stats.norm.sf(reading.threshold))
    assert reading.p_value == pytest.approx(2 * stats.norm.sf(reading.statistic))
    fixed = Peek("fixed", 2).look(Sums(100.0, 50.0, 50.0), Sums(100.0, 62.0, 62.0))
    assert fixed.threshold == math.inf and fixed.false_alarm == 0.0 and not fixed.rings


def test_there_is_no_look_after_the_last():
    flat = Sums(100.0, 50.0, 50.0)
    peek = Peek("pocock", 2)
    peek.look(flat, flat)
    assert not peek.done
    peek.look(flat, flat)
    assert peek.done and not peek.stopped
    with pytest.raises(BadInput, match="no look left"):
        peek.look(flat, flat)


def test_always_valid_goes_on_but_not_after_it_has_stopped():
    flat, high = Sums(100.0, 50.0, 50.0), Sums(100.0, 90.0, 90.0)
    peek = Peek("always_valid", 1)
    peek.look(flat, flat)
    assert peek.done and peek.look(flat, high).rings
    with pytest.raises(BadInput, match="no look left"):
        peek.look(flat, flat)


def test_always_valid_goes_by_how_many_came_and_not_by_the_number_of_looks():
    few, many = Sums(100.0, 50.0, 50.0), Sums(400.0, 200.0, 200.0)
    peek = Peek("always_valid", 8)
    peek.look(few, few)
    assert peek.look(many, many).threshold == pytest.approx(peek.bound[3])
    uneven = Peek("always_valid", 8)
    uneven.look(few, few)
    assert uneven.look(few, Sums(300.0, 150.0, 150.0)).threshold == pytest.approx(_at(1.5))
    # 100 against 300 weigh as much as 150 against 150


def _at(time: float) -> float:
    """Return the bound of 8 planned looks at a time in between, from that of 16 looks half as long."""
    return float(Peek("always_valid", 16).bound[round(2 * time) - 1])


def test_the_verdict_is_as_wide_as_the_bound():
    a, b = Sums(100.0, 50.0, 50.0), Sums(100.0, 62.0, 62.0)
    peek = Peek("always_valid", 5)
    with pytest.raises(BadInput, match="before the first look"):
        peek.verdict(a, b)
    reading = peek.look(a, b)
    read = peek.verdict(a, b)
    assert (read.low > 0) == reading.rings
    assert (read.high - read.low) / 2 * reading.statistic / abs(read.difference) == pytest.approx(reading.threshold)


def test_rules_and_looks_that_do_not_exist():
    with pytest.raises(BadInput, match="did you mean 'pocock'"):
        Peek("pococ", 3)
    for looks, alpha in ((0, 0.05), (501, 0.05), (3, 0.0), (3, 1.0)):
        with pytest.raises(BadInput):
            Peek("naive", looks, alpha)
