"""Who is in which arm: for life, in the shares meant, independent between experiments; and the check of the shares."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.errors import BadInput
from simulator.learning.assignment import SrmCheck, arms, place, srm

EVERYBODY = np.arange(200_000)
WORD = 2**64 - 1


def mixed(x: int) -> int:
    """Mix 64 bits with plain integers."""
    x = (x + 0x9E3779B97F4A7C15) & WORD
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & WORD
    return x ^ (x >> 31)


def by_hand(salt: str, entity: int) -> float:
    """Work out a place."""
    start = int.from_bytes(hashlib.sha256(salt.encode()).digest()[:8], "little")
    return (mixed((mixed(entity & WORD) + start) & WORD) >> 11) / 2**53


def test_the_mixer_by_hand_gives_the_published_first_output_of_splitmix64():
    assert mixed(0) == 0xE220A8397B1DCDAF


@given(st.text(max_size=9), st.integers(-(2**63), 2**63 - 1))
def test_a_place_is_a_function_of_salt_and_entity(salt, entity):
    assert place(salt, np.array([entity])).tolist() == [by_hand(salt, entity)]


def test_places_never_change():
    assert place("a", np.array([0, 1, -1])).tolist() == [0.5955527551356441, 0.7767541589940975, 0.17786355412765908]


@pytest.mark.parametrize("entity", [EVERYBODY, EVERYBODY * 1024, EVERYBODY << 40], ids=["next", "apart", "far apart"])
def test_places_are_evenly_spread(entity):
    assert stats.kstest(place("even", entity), "uniform").pvalue > 0.001


def table(shares, others) -> np.ndarray:
    one, two = arms("one", EVERYBODY, shares), arms("two", EVERYBODY, others)
    return np.bincount(one * len(others) + two, minlength=len(shares) * len(others)).reshape(len(shares), -1)


def test_two_experiments_are_independent_and_have_their_shares():
    shares, others = np.array([0.5, 0.3, 0.2]), np.array([0.7, 0.3])
    seen, meant = table(shares, others), np.outer(shares, others) * len(EVERYBODY)
    assert stats.chisquare(seen.ravel(), meant.ravel()).pvalue > 0.001
    assert stats.chi2_contingency(seen).pvalue > 0.001


def test_twin_shares_5_percent_off_are_noticed():
    seen = np.bincount(arms("one", EVERYBODY, (0.5, 0.3, 0.2)))
    assert srm(seen, (0.5, 0.3, 0.2)) > 0.001
    assert srm(seen, (0.5, 0.285, 0.215)) < 1e-6
    assert srm(seen, (0.475, 0.325, 0.2)) < 1e-6


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.99))
def test_a_ramp_up_keeps_those_who_were_in(one, two, first):
    def at(treated: float) -> np.ndarray:
        return arms("ramp", EVERYBODY[:2000], (1 - treated, treated * first, treated * (1 - first)))

    before, after = at(min(one, two)), at(max(one, two))
    kept = before == after
    assert (kept | (before == 0)).mean() > 0.999  # all but a place that rounding puts on the line between two arms
    assert not ((before > 0) & (after == 0)).any()


def test_a_ramp_of_one_treatment_keeps_everybody_exactly():
    before, after = (arms("ramp", EVERYBODY, (1 - share, share)) for share in (0.05, 0.5))
    assert (after[before == 1] == 1).all() and after.mean() == pytest.approx(0.5, abs=0.005)


@pytest.mark.parametrize("shares", [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0, 1.0), (0.5, 0.0, 0.5), (0.0, 0.1, 0.9, 0.0)])
def test_nobody_is_in_an_empty_arm(shares):
    seen = np.bincount(arms("empty", EVERYBODY, shares), minlength=len(shares))
    assert ((seen > 0) == (np.array(shares) > 0)).all() and len(seen) == len(shares)


@pytest.mark.parametrize("shares", [(1.0,), (), (0.5, 0.4), (1.5, -0.5), (math.nan, 0.5), ((0.5, 0.5), (0.0, 0.0))])
def test_shares_that_are_none(shares):
    with pytest.raises(BadInput, match="in sum 1"):
        arms("a", EVERYBODY, shares)


def test_no_entities_have_no_arms():
    assert len(arms("a", np.empty(0, np.int64), (0.5, 0.5))) == 0


def test_srm_is_pearson_s_chi_square():
    assert srm((50_500, 49_500), (0.5, 0.5)) == pytest.approx(0.001565402, rel=1e-6)
    assert srm((105, 190, 305), (1 / 6, 1 / 3, 1 / 2)) == pytest.approx(
        stats.chisquare((105, 190, 305), (100, 200, 300))[1]
    )


def test_a_check_rings_where_its_p_value_says():
    watch = SrmCheck((0.5, 0.5), alpha=0.0005)
    calm, loud = watch.reading((50_300, 49_700)), watch.reading((50_700, 49_300))
    assert not calm.rings and loud.rings
    for reading in (calm, loud):
        assert reading.rings == (reading.p_value <= 0.0005) and reading.false_alarm == 0.0005
    assert loud.statistic == pytest.approx(2 * 700**2 / 50_000)


def test_nobody_counted_rings_nothing():
    assert not SrmCheck((0.5, 0.5)).reading((0, 0)).rings
    assert math.isnan(srm((0, 0), (0.5, 0.5)))


@pytest.mark.parametrize("counts", [(1, 2, 3), (1,), (-1, 2), (math.nan, 2)])
def test_counts_that_are_none(counts):
    with pytest.raises(BadInput, match="do not fit 2 arms"):
        srm(counts, (0.5, 0.5))


def test_a_ratio_needs_arms_with_shares():
    with pytest.raises(BadInput, match="empty arm"):
        SrmCheck((1.0, 0.0))
    with pytest.raises(BadInput, match="false-alarm rate"):
        SrmCheck((0.5, 0.5), alpha=0.0)
