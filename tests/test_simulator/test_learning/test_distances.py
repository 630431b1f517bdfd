"""Distances are what their formulas say, and without drift they are as large as theory says."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from scipy.spatial import distance as scipy_distance

from simulator.errors import BadInput
from simulator.learning import distances
from simulator.learning.distances import (
    bin_edges,
    js_of,
    kl_of,
    ks,
    normal_j,
    normal_kl,
    normal_ks,
    population_psi,
    psi,
    psi_of,
    shares,
)
from simulator.streams import Streams

COUNTS = st.lists(st.integers(1, 99), min_size=10, max_size=10).map(lambda counts: np.array(counts) / sum(counts))
TAILS = {
    "psi": (psi_of, distances.psi_tail, distances.psi_threshold),
    "kl": (kl_of, distances.kl_tail, distances.kl_threshold),
    "js": (js_of, distances.js_tail, distances.js_threshold),
}


def luck(name: str) -> np.random.Generator:
    """Return a generator of the test's own."""
    return Streams(11).get(name)


def test_an_empty_bin_counts_half():
    assert shares(np.array([0.0, 0.0, 5.0]), np.array([1.0, 2.0])).tolist() == [2 / 3.5, 0.5 / 3.5, 1 / 3.5]


def test_a_bin_takes_its_lower_edge():
    assert shares(np.array([1.0, 1.0, 1.0, 0.0]), np.array([1.0])).tolist() == [0.25, 0.75]


def test_no_values_are_spread_evenly():
    assert shares(np.empty(0), np.array([1.0, 2.0, 3.0])).tolist() == [0.25] * 4


@given(COUNTS, COUNTS)
def test_divergences_are_those_of_scipy(p, q):
    assert kl_of(p, q) == pytest.approx(special.rel_entr(p, q).sum(), abs=1e-12)
    assert psi_of(p, q) == pytest.approx(kl_of(p, q) + kl_of(q, p), abs=1e-12)
    assert js_of(p, q) == pytest.approx(scipy_distance.jensenshannon(p, q) ** 2, abs=1e-12)


@given(COUNTS, COUNTS)
def test_divergences_are_not_negative_and_js_is_bounded(p, q):
    assert min(psi_of(p, q), kl_of(p, q), js_of(p, q)) >= -1e-15
    assert js_of(p, q) <= math.log(2)
    assert psi_of(p, p) == kl_of(p, p) == js_of(p, p) == 0.0


def test_ks_is_the_largest_gap():
    assert ks(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.5, 3.5, 9.0])) == pytest.approx(0.5)
    assert math.isnan(ks(np.empty(0), np.ones(3)))
    assert math.isnan(ks(np.ones(3), np.empty(0)))


@pytest.mark.parametrize("name", TAILS)
@given(odds=st.floats(1e-6, 0.999), n=st.integers(10, 10**6), m=st.integers(10, 10**6), bins=st.integers(2, 50))
def test_a_threshold_is_where_the_tail_is_the_false_alarm(name, odds, n, m, bins):
    _, tail, threshold = TAILS[name]
    assert tail(threshold(odds, n, m, bins), n, m, bins) == pytest.approx(odds, rel=1e-6)


@given(odds=st.floats(1e-6, 0.999), n=st.integers(10, 10**6), m=st.integers(10, 10**6))
def test_a_threshold_of_ks_is_where_its_tail_is_the_false_alarm(odds, n, m):
    assert distances.ks_tail(distances.ks_threshold(odds, n, m), n, m) == pytest.approx(odds, rel=1e-6)


def test_the_tail_of_psi_is_that_of_a_scaled_chi_squared():
    noise = 1 / 3000 + 1 / 700
    assert distances.psi_tail(0.03, 3000, 700, 10) == pytest.approx(stats.chi2.sf(0.03 / noise, 9))
    assert distances.psi_tail(1.0, 3000, 700, 10) < 1e-90  # no rounding to 0
    assert distances.psi_tail(0.0, 3000, 700, 10) == distances.js_tail(-1e-17, 3000, 700, 10) == 1.0
    assert math.isnan(distances.psi_tail(math.nan, 3000, 700, 10))


def test_the_tail_of_ks_is_kolmogorovs():
    assert distances.ks_tail(0.06, 1000, 1000) == pytest.approx(stats.kstwobign.sf(0.06 * math.sqrt(500)))


@pytest.fixture(scope="module")
def undrifted() -> dict[str, np.ndarray]:
    """Each distance of 6000 pairs of samples of 2000 and 1000 over 10 bins cut from the first."""
    source, found = luck("null"), {name: [] for name in TAILS}
    for _ in range(6000):
        reference, now = source.random(2000), source.random(1000)
        edges = bin_edges(reference)
        p, q = shares(reference, edges), shares(now, edges)
        for name, (of, _, _) in TAILS.items():
            found[name].append(of(p, q))
    return {name: np.array(values) for name, values in found.items()}


def is_uniform(p_values: np.ndarray) -> bool:
    return bool(stats.kstest(p_values, "uniform").pvalue > 0.001)


@pytest.mark.parametrize("name", TAILS)
def test_without_drift_p_values_are_uniform(undrifted, name):
    assert is_uniform(np.array([TAILS[name][1](x, 2000, 1000, 10) for x in undrifted[name]]))


@pytest.mark.parametrize("name", TAILS)
@pytest.mark.parametrize("wrong", [0.95, 1.05])
def test_twin_a_distance_5_percent_off_is_noticed(undrifted, name, wrong):
    assert not is_uniform(np.array([TAILS[name][1](wrong * x, 2000, 1000, 10) for x in undrifted[name]]))


def test_what_a_normal_that_moves_comes_to():
    assert [population_psi(0.5, 1), normal_kl(0.5, 1), normal_ks(0.5, 1)] == pytest.approx(
        [0.237749, 0.125, 0.197413], abs=1e-6
    )
    assert population_psi(0, 1) == pytest.approx(0.0, abs=1e-15)
    assert normal_ks(0, 1) == normal_j(0, 1) == 0.0


@given(st.floats(-3, 3), st.floats(0.4, 2.5))
def test_more_bins_bring_psi_nearer_to_j_from_below(d, s):
    coarse, fine, limit = population_psi(d, s, 5), population_psi(d, s, 50), normal_j(d, s)
    assert coarse <= fine + 1e-12 <= limit + 2e-12


@given(st.floats(-3, 3), st.floats(0.3, 3).filter(lambda s: abs(s - 1) > 1e-3))
def test_the_largest_gap_of_two_normals_is_where_a_grid_finds_it(d, s):
    grid = np.linspace(-12, 12, 24_001)
    gap = np.abs(special.ndtr(grid) - special.ndtr((grid - d) / s)).max()
    assert normal_ks(d, s) == pytest.approx(gap, abs=1e-5)


@given(st.floats(-2, 2), st.floats(0.5, 2))
def test_relative_entropy_is_the_integral(d, s):
    grid = np.linspace(-12, 12, 4801)
    log_ratio = stats.norm.logpdf(grid) - stats.norm.logpdf(grid, d, s)
    assert normal_kl(d, s) == pytest.approx(np.trapezoid(stats.norm.pdf(grid) * log_ratio, grid), abs=1e-6)


WRONG = {
    "no reference": lambda: distances.psi_tail(0.1, 0, 5, 10),
    "no rows now": lambda: distances.ks_tail(0.1, 5, 0),
    "one bin": lambda: distances.psi_tail(0.1, 5, 5, 1),
    "never": lambda: distances.psi_threshold(0.0, 5, 5, 10),
    "always": lambda: distances.ks_threshold(1.0, 5, 5),
    "one bin of a population": lambda: population_psi(0, 1, 1),
    "no spread": lambda: population_psi(0, 0),
    "negative spread": lambda: normal_ks(0, -1),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_compared_is_refused(what):
    with pytest.raises(BadInput):
        WRONG[what]()


# --- PSI by hand, and its bias without drift ---------------------------------------------------------------------


@given(st.integers(2, 20), st.integers(50, 400))
def test_bins_hold_equal_mass(bins, n):
    values = luck("edges").random(n * bins)
    counts = np.bincount(np.searchsorted(bin_edges(values, bins), values, side="right"), minlength=bins)
    assert np.abs(counts - n).max() <= 1


def psi_by_hand(reference, current, edges) -> float:
    """Work out the PSI bin by bin."""
    total, bounds = 0.0, [-math.inf, *edges, math.inf]
    shares = []
    for values in (reference, current):
        counts = [max(0.5, sum(low <= v < high for v in values)) for low, high in pairwise(bounds)]
        shares.append([count / sum(counts) for count in counts])
    for p, q in zip(*shares, strict=True):
        total += (q - p) * math.log(q / p)
    return total


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_psi_is_the_sum_over_the_bins(reference, current):
    edges = np.array([2.0, 5.0, 7.0])
    found = psi(np.array(reference, float), np.array(current, float), edges)
    assert found == pytest.approx(psi_by_hand(reference, current, edges))
    assert found >= 0


def test_psi_of_a_sample_against_itself_is_0():
    values = luck("self").random(500)
    assert psi(values, values, bin_edges(values)) == 0.0


@pytest.fixture(scope="module")
def no_drift() -> np.ndarray:
    """PSIs of 1500 pairs of samples of 10,000 from one distribution, over 50 bins."""
    edges, source = np.arange(1, 50) / 50, luck("psi")
    return np.array([psi(source.random(10_000), source.random(10_000), edges) for _ in range(1500)])


def bias_holds(found: np.ndarray, n: float, m: float, bins: float) -> bool:
    """Tell whether the mean PSI without any drift is (1/n + 1/m)(B - 1) (Yurdakul 2018), within 3 standard errors."""
    expected = (1 / n + 1 / m) * (bins - 1)
    return abs(found.mean() - expected) < 3 * found.std(ddof=1) / math.sqrt(len(found))


def test_without_drift_psi_is_biased_as_theory_says(no_drift):
    assert bias_holds(no_drift, 10_000, 10_000, 50)


@pytest.mark.parametrize(
    "wrong", [(10_500, 10_000, 50), (10_000, 9_500, 50), (10_000, 10_000, 52.5)], ids=["n", "m", "bins"]
)
def test_twin_a_bias_5_percent_off_is_noticed(no_drift, wrong):
    assert not bias_holds(no_drift, *wrong)
    assert not bias_holds(1.05 * no_drift, 10_000, 10_000, 50)
