"""A rule that looks more than once errs no more often than it says, and finds what it says it would."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from simulator.errors import BadInput
from simulator.learning.sequential import pocock
from simulator.streams import Streams
from simulator.study.intervals import Interval
from simulator.study.looks import STANDARD, Rule, _subsets, detectable, power

MANY = 20_000


def studies(name: str, rule: Rule, effect: float = 0.0, number: int = MANY):
    """Draw normal values of many studies, from a stream that the rule does not know."""
    return effect + Streams(1).get("test looks", name).standard_normal((number, rule.max_seeds))


def ends(values, rule: Rule, tail: float):
    """Return how studies end, 1, -1 or 0, where Student's t decides at *tail* at each look."""
    end = np.zeros(len(values), dtype=np.int64)
    for n in rule.sizes:
        t = stats.ttest_1samp(values[:, :n], 0.0, axis=1).statistic
        beyond = np.abs(t) > stats.t.isf(tail, n - 1)
        end = np.where((end == 0) & beyond, np.sign(t).astype(np.int64), end)
    return end


@pytest.mark.parametrize(
    ("rule", "sizes"),
    [
        (Rule(), (10, 20, 30, 40, 50, 60)),
        (Rule(max_seeds=24), (12, 24)),
        (Rule(max_seeds=61), (10, 20, 30, 41, 51, 61)),
        (Rule(max_seeds=200, looks=4), (50, 100, 150, 200)),
        (Rule(max_seeds=2000), tuple(range(200, 2001, 200))),
        (Rule(max_seeds=19), (19,)),
        (Rule(max_seeds=60, looks=1), (60,)),
    ],
)
def test_looks_are_equally_spaced(rule, sizes):
    assert rule.sizes == sizes


# --- how often it errs


@pytest.mark.parametrize("n", [6, 10, 12])
def test_at_one_look_it_errs_exactly_as_often_as_subsets_can(n):
    """Of all studies in which some of the same values have the other sign, that share decides on either side."""
    rule, values = Rule(max_seeds=n), studies("flips", STANDARD, number=1)[0, :n]
    signs = 1 - 2 * (np.arange(2**n)[:, None] >> np.arange(n) & 1)
    sides = [rule.read(row).side for row in signs * values]
    assert sides.count(1) == sides.count(-1) == int(0.025 * 2**n)


@pytest.mark.parametrize("n", [13, 60, 4200])
def test_subsets_of_many_values_are_as_good_as_all(n):
    """They are different ones, what two of them do not share is one of them, and each pair of values is balanced."""
    subsets = _subsets(n)
    words = {row.tobytes() for row in subsets}
    assert subsets.shape == (4095, n) and len(words) == 4095
    for one, other in itertools.pairwise(subsets[:: 4095 // 7]):
        assert np.abs(one - other).tobytes() in words
    assert set(subsets.sum(axis=0)) == {2048} and subsets[:, 0] @ subsets[:, 12] == 1024


@pytest.mark.parametrize("rule", [STANDARD, Rule(max_seeds=24), Rule(0.9, 61)], ids=str)
def test_all_looks_together_err_as_often_as_it_says(rule):
    wrong, alpha = np.mean(ends(studies("error", rule), rule, rule.tail) != 0), 1 - rule.confidence
    assert abs(wrong - alpha) < 3.3 * np.sqrt(alpha * (1 - alpha) / MANY)


def test_twin_that_peeks_errs_more_than_twice_as_often():
    assert np.mean(ends(studies("error", STANDARD), STANDARD, 0.025) != 0) > 0.11


def test_it_errs_as_often_whatever_the_law():
    """Values that are 1 or -1, or of which a few are very large: tests by the normal law err more or less often."""
    luck = Streams(1).get("test looks", "laws")
    coins = luck.choice([-1.0, 1.0], (1000, 60))
    for values in (coins, coins * luck.lognormal(0.0, 2.0, (1000, 60)), coins * luck.uniform(0.9, 1.1, (1000, 60))):
        assert np.mean([STANDARD.read(row).side != 0 for row in values]) < 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 1000)


def test_twin_by_students_t_errs_too_often_where_values_are_alike():
    rule = Rule(0.9, 60)
    values = Streams(1).get("test looks", "alike").choice([-1.0, 1.0], (MANY, 60))
    values *= Streams(1).get("test looks", "nearly").uniform(0.99, 1.01, values.shape)
    assert np.mean(ends(values[:, :], rule, rule.tail) != 0) > 0.105


def test_with_many_values_it_is_pococks_constant():
    assert stats.norm.isf(Rule(max_seeds=6000).tail) == pytest.approx(pocock(10, 0.05), rel=0.004)


# --- what it reads


def test_the_interval_is_that_of_subset_means():
    """Of three values, with one look: all means of subsets, in order, and as many left out as the level allows."""
    values = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    look = Rule(0.9, max_seeds=6).read(values)
    means = sorted(np.mean(part) for k in range(1, 7) for part in itertools.combinations(values, k))
    assert (look.low, look.high) == pytest.approx((means[2], means[-3]))  # 0.05 of 64 is 3
    assert (look.mean, look.side, look.tail) == (pytest.approx(10.5), 1, 1 / 64)


def test_the_interval_is_close_to_students():
    values = studies("student", Rule(max_seeds=60), effect=0.5, number=1)[0]
    look, found = Rule(looks=1).read(values), Interval.of(values)
    assert (look.low, look.high) == pytest.approx((found.low, found.high), abs=0.1 * (found.high - found.low))


def test_nothing_after_the_look_that_decided_has_a_say():
    values = studies("after", STANDARD, effect=0.6, number=1)[0]
    look = STANDARD.read(values)
    assert look.side == 1 and 10 < look.n < 60
    spoilt = np.where(np.arange(60) < look.n, values, -1e9)
    assert STANDARD.read(spoilt) == look == STANDARD.read(values[: look.n])
    assert STANDARD.decided(values[: look.n]) and not STANDARD.decided(values[: look.n - 10])


def test_between_looks_nothing_is_read():
    values = studies("between", STANDARD, number=1)[0]
    assert STANDARD.read(values[:19]) == STANDARD.read(values[:10])


def test_the_interval_goes_with_the_decision_and_shifts_with_the_values():
    for row in studies("ends", STANDARD, effect=0.3, number=200):
        look = STANDARD.read(row)
        assert look.side == int(look.low > 0) - int(look.high < 0) and look.low < look.mean < look.high
        first, moved = (Rule(max_seeds=20, looks=1).read(values) for values in (row, 10 - 2 * row))
        assert (moved.high, moved.low) == pytest.approx((10 - 2 * first.low, 10 - 2 * first.high))


def test_the_p_value_goes_with_the_decision():
    looks = [STANDARD.read(row) for row in studies("p", STANDARD, effect=0.3, number=300)]
    alpha = 1 - STANDARD.confidence
    assert all((STANDARD.p_value(look) <= alpha) == (look.side != 0) for look in looks)
    assert {look.side for look in looks} == {0, 1}


def test_the_p_value_is_valid():
    """Without effect it is below a tenth in a tenth of all studies, looked at where they stop or end."""
    rule = Rule(0.9, 60)
    small = np.mean([rule.p_value(rule.read(row)) <= 0.1 for row in studies("valid", rule, number=1000)])
    assert abs(small - 0.1) < 3.3 * np.sqrt(0.1 * 0.9 / 1000)


@pytest.mark.parametrize(
    ("effect", "rule"),
    [(0.25, STANDARD), (0.45, STANDARD), (0.7, Rule(max_seeds=24)), (0.9, Rule(max_seeds=15))],
    ids=str,
)
def test_it_finds_what_it_says_it_would(effect, rule):
    drawn = studies(f"power {effect}", rule, effect, number=1500)
    found, told = np.mean([rule.read(row).side == 1 for row in drawn]), power(10 * effect, 10.0, rule)
    assert abs(found - told) < 3.0 * np.sqrt(told * (1 - told) / len(drawn)) + 0.005


def test_what_can_be_detected():
    assert power(detectable(3.0, STANDARD, 0.8), 3.0) == pytest.approx(0.8, abs=1e-3)
    assert power(0.0, 1.0) == pytest.approx(0.0238, abs=0.0015)
    assert power(-0.5, 1.0) < 0.001 and power(1e6, 1.0) == 1.0


def test_equal_values():
    """They have no spread: what differs always is known at the first look, what never differs at the last."""
    assert STANDARD.read(np.full(10, 0.1)).side == 1 and STANDARD.read(np.full(10, -0.1)).side == -1
    look = STANDARD.read(np.zeros(60))
    assert (look.side, look.number, look.low, look.high, STANDARD.p_value(look)) == (0, 6, 0.0, 0.0, 1.0)
    assert STANDARD.p_value(STANDARD.read(np.full(10, 0.1))) < 0.01


def test_sums_that_rounding_keeps_from_0_are_0():
    values = np.array([0.1, 0.2, -0.3, 0.1, 0.2, -0.3, 0.1, 0.2, -0.3, 0.3])
    by_tens = np.array([1.0, 2, -3, 1, 2, -3, 1, 2, -3, 3])
    assert STANDARD.read(values).tail == STANDARD.read(by_tens).tail


BAD = {
    "confidence of 1": lambda: Rule(1.0),
    "confidence of 0": lambda: Rule(0.0),
    "no confidence": lambda: Rule(float("nan")),
    "too few seeds to show anything": lambda: Rule(max_seeds=5),
    "too few for such confidence": lambda: Rule(0.999, 10),
    "too many seeds": lambda: Rule(max_seeds=10**9),
    "no look": lambda: Rule(looks=0),
    "many looks": lambda: Rule(looks=10**6),
    "too few values": lambda: STANDARD.read(np.zeros(9)),
    "no spread": lambda: power(1.0, 0.0),
    "no effect": lambda: power(float("nan"), 1.0),
    "a probability of 1": lambda: detectable(1.0, STANDARD, 1.0),
    "a probability below the error": lambda: detectable(1.0, STANDARD, 0.01),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(name):
    with pytest.raises(BadInput) as error:
        BAD[name]()
    assert str(error.value).isprintable()


def test_a_confidence_that_nothing_can_reach_is_refused():
    with pytest.raises(BadInput, match=r"confidence 0.999 cannot be reached in 6 looks"):
        Rule(confidence=0.999)
    assert Rule(confidence=0.99).read(np.ones(60)).side == 1
