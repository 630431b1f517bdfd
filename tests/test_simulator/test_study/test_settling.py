"""Seeds are added until a figure is known well enough: not fewer than it takes, and not many more."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from toy_case import CASE

from simulator.errors import BadInput
from simulator.study import Campaign, Interval, Settling, compare, replicate_all, settle
from simulator.units import DAY

CAMPAIGN = Campaign(CASE, 1, until=DAY)
SEEDS = range(60)
NEVER = 1e-9


def interval(n: int, half: float) -> Interval:
    """What is known of a mean from *n* values, give or take *half*."""
    return Interval(0.0, -half, half, half / 2, 1.0, 0.5, n)


def test_what_is_narrow_enough_from_the_start_is_looked_at_once():
    found = settle(CAMPAIGN, {"mid": "mid"}, SEEDS, Settling(1e6, 60))
    assert (found.looks, found.reached) == ((10,), True)
    assert found.studies["mid"].seeds == tuple(range(10))


def test_seeds_are_added_until_it_is_narrow():
    found = settle(CAMPAIGN, {"mid": "mid"}, SEEDS, Settling(12.0, 60))
    study = found.studies["mid"]
    whole = replicate_all(CASE, {"mid": "mid"}, range(len(study.seeds)), jobs=1, until=DAY)["mid"]
    assert study == whole and 10 < len(study.seeds) < 60
    assert found.reached and found.half_width == pytest.approx(study.interval().high - study.interval().mean)
    assert found.half_width <= 12.0


def test_the_most_seeds_are_the_end_also_where_it_is_not_narrow():
    found = settle(CAMPAIGN, {"mid": "mid"}, SEEDS, Settling(NEVER, 14))
    assert (found.reached, len(found.studies["mid"].seeds), found.looks[-1]) == (False, 14, 14)


def test_a_difference_settles_earlier_than_its_parts():
    arms = {"one": {"line": 0.70}, "two": {"line": 0.72}}
    rule = Settling(10.0, 60)
    pair = settle(CAMPAIGN, arms, SEEDS, rule, pairs=[("one", "two")])
    assert pair.looks == (10,) and pair.reached
    gap = compare(pair.studies["one"], pair.studies["two"])
    assert pair.half_width == pytest.approx(gap.high - gap.mean)
    assert settle(CAMPAIGN, arms, SEEDS, rule).looks != (10,)


def test_progress_runs_to_the_share_that_was_needed():
    shares: list[float] = []
    found = settle(Campaign(CASE, 1, until=DAY, progress=shares.append), {"mid": "mid"}, SEEDS, Settling(NEVER, 20))
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) == len(found.studies["mid"].seeds) == 20


@pytest.mark.parametrize(
    ("n", "half", "wanted"),
    [(10, 1.0, 10), (10, 1.01, 12), (10, 1.5, 23), (10, 9.0, 40), (90, 2.0, 100), (100, 9.0, 100), (10, math.inf, 40)],
)
def test_the_next_look_is_where_it_may_be_narrow(n, half, wanted):
    assert Settling(1.0, 100).wanted([interval(n, 0.1), interval(n, half)]) == wanted


# --- what that does to the intervals


def coverage(rule: Settling, draws: np.ndarray) -> tuple[float, float]:
    """Return how often the last interval holds the true mean of 0, and how many values that took in the mean."""
    factors = [math.inf, math.inf, *stats.t.ppf(0.975, np.arange(1, rule.most))]
    ends = [_settled(rule, row, factors) for row in draws]
    return float(np.mean([abs(mean) <= half for mean, half, _ in ends])), float(np.mean([n for *_, n in ends]))


def _settled(rule: Settling, row: np.ndarray, factors: list[float]) -> tuple[float, float, int]:
    n = rule.first
    while True:
        half = float(factors[n] * row[:n].std(ddof=1) / math.sqrt(n))
        wanted = rule.wanted([interval(n, half)])
        if wanted == n:
            return float(row[:n].mean()), half, n
        n = wanted


def test_intervals_of_normal_values_hold_nearly_as_often_as_they_say():
    draws = np.random.default_rng(0).normal(0.0, 1.0, (4000, 400))
    for half in (0.6, 0.4, 0.2):
        covered, n = coverage(Settling(half, 400), draws)
        assert 0.925 < covered < 0.955
        assert (1.96 / half) ** 2 < n < 1.35 * (1.96 / half) ** 2 + 6


def test_a_twin_that_looks_too_early_fails():
    """After three values, and then after each: what looks narrow is luck."""
    rule = Settling(0.6, 400)
    object.__setattr__(rule, "first", 3)
    covered, _ = coverage(rule, np.random.default_rng(0).normal(0.0, 1.0, (4000, 400)))
    assert covered < 0.925


# --- what a person can mend

BAD = {
    "no width": lambda: Settling(0.0, 60),
    "endless width": lambda: Settling(math.inf, 60),
    "no number": lambda: Settling(math.nan, 60),
    "too early": lambda: Settling(1.0, 60, first=9),
    "fewer than first": lambda: Settling(1.0, 12, first=13),
    "too few seeds": lambda: settle(CAMPAIGN, {"mid": "mid"}, range(12), Settling(1.0, 20)),
    "unknown KPI": lambda: settle(CAMPAIGN, {"mid": "mid"}, range(12), Settling(1.0, 12), "porfit"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(name):
    with pytest.raises(BadInput) as error:
        BAD[name]()
    assert str(error.value).isprintable()
