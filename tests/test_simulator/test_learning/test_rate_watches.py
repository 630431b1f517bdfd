"""Watches over rates, scores and losses read standard normal when all is well, and more when it is not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator.errors import BadInput
from simulator.learning import metrics
from simulator.learning.watches import LossWatch, RateWatch, ScoreWatch, calibration_error_reading
from simulator.streams import Streams


def luck(name: str) -> np.random.Generator:
    """Return a generator of the test's own."""
    return Streams(13).get(name)


def is_uniform(p_values) -> bool:
    return bool(stats.kstest(np.array(p_values), "uniform").pvalue > 0.001)


def test_the_z_of_a_share_against_a_known_rate():
    reading = RateWatch("labels", 0.1).read(130, 1000)
    z = 0.03 / math.sqrt(0.1 * 0.9 / 1000)
    assert reading.statistic == pytest.approx(z)
    assert reading.p_value == pytest.approx(2 * stats.norm.sf(z))
    assert reading.false_alarm == pytest.approx(0.0026998, rel=1e-5)
    assert reading.rings


def test_the_z_of_a_share_against_one_that_was_counted():
    pooled = (50 + 130) / 1500
    z = 0.03 / math.sqrt(pooled * (1 - pooled) * (1 / 1000 + 1 / 500))
    assert RateWatch("labels", 0.1, of=500).read(130, 1000).statistic == pytest.approx(z)


@pytest.mark.parametrize(
    ("direction", "k", "statistic"), [("above", 130, 1), ("above", 70, -1), ("below", 70, 1), ("both", 70, 1)]
)
def test_only_the_direction_that_is_watched_rings(direction, k, statistic):
    reading = RateWatch("labels", 0.1, 2.0, direction).read(k, 1000)
    z = statistic * 0.03 / math.sqrt(0.1 * 0.9 / 1000)
    sides = 2 if direction == "both" else 1
    assert reading.statistic == pytest.approx(z)
    assert reading.p_value == pytest.approx(sides * stats.norm.sf(z))
    assert reading.false_alarm == pytest.approx(sides * stats.norm.sf(2))


def rates(true: float, of: float = math.inf) -> list[float]:
    """Return p-values of 4000 shares of 5000 rows whose rate is *true*; a reference of *of* rows is drawn too."""
    source, found = luck("rates"), []
    for _ in range(4000):
        usual = 0.3 if math.isinf(of) else source.binomial(int(of), 0.3) / of
        found.append(RateWatch("x", usual, of=of).read(int(source.binomial(5000, true)), 5000).p_value)
    return found


@pytest.mark.parametrize("of", [math.inf, 5000.0])
def test_p_values_of_a_rate_that_has_not_moved_are_uniform(of):
    p_values = np.array(rates(0.3, of))
    assert np.mean(p_values < 0.05) == pytest.approx(0.05, abs=0.014)
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.02)


def test_twin_a_rate_5_percent_off_is_noticed():
    assert np.mean(np.array(rates(0.315)) < 0.05) > 0.3


def test_a_rate_without_spread_is_left_by_one_row():
    watch = RateWatch("never", 0.0)
    assert watch.read(0, 100).statistic == 0.0
    assert watch.read(1, 100).statistic == math.inf and watch.read(1, 100).p_value == 0.0
    assert RateWatch("never", 0.0, direction="below").read(1, 100).p_value == 1.0


def test_a_reference_may_be_renewed():
    watch = RateWatch("x", 0.1)
    watch.rebase(0.2, of=1000)
    assert watch.read(200, 1000).statistic == pytest.approx(0.0)


def test_no_rows_are_no_reading():
    for reading in (
        RateWatch("x", 0.1).read(0, 0),
        ScoreWatch(0.1, 0.2).read(np.empty(0)),
        LossWatch().read(np.empty(0), np.empty(0)),
        calibration_error_reading(np.empty(0), np.empty(0)),
    ):
        assert math.isnan(reading.statistic) and math.isnan(reading.p_value) and not reading.rings


WRONG = {
    "rate": lambda: RateWatch("x", 1.1),
    "no reference": lambda: RateWatch("x", 0.1, of=0),
    "direction": lambda: RateWatch("x", 0.1, direction="up"),
    "more than all": lambda: RateWatch("x", 0.1).read(3, 2),
    "mean": lambda: ScoreWatch(math.nan, 1.0),
    "sd": lambda: ScoreWatch(0.0, -1.0),
    "direction of a score": lambda: ScoreWatch(0.0, 1.0, direction="up"),
    "too few labels": lambda: LossWatch().read(np.array([0.1, 0.2]), np.array([1.0])),
    "a label that has not landed": lambda: LossWatch().read(np.array([0.1]), np.array([math.nan])),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_makes_no_sense_is_refused(what):
    with pytest.raises(BadInput):
        WRONG[what]()


def test_the_mean_score_is_read_in_standard_errors():
    reading = ScoreWatch(0.2, 0.1, of=400).read(np.full(100, 0.23))
    assert reading.statistic == pytest.approx(0.03 / (0.1 * math.sqrt(1 / 100 + 1 / 400)))
    assert ScoreWatch(0.2, 0.1, direction="below").read(np.full(100, 0.23)).statistic == pytest.approx(-3.0)


def scores(scale: float = 1.0) -> list[float]:
    """Return p-values of 2000 means of 400 scores whose spread is *scale* times that of the reference."""
    source, watch = luck("scores"), ScoreWatch(0.5, math.sqrt(1 / 12))
    return [watch.read(0.5 + scale * (source.random(400) - 0.5)).p_value for _ in range(2000)]


def test_p_values_of_scores_that_have_not_moved_are_uniform():
    assert is_uniform(scores())
    assert not is_uniform(scores(1.15))


def test_the_loss_is_held_against_the_one_that_was_promised():
    p, y = np.array([0.2, 0.7, 0.01]), np.array([1, 1, 0])
    loss = -np.sum(np.where(y == 1, np.log(p), np.log(1 - p)))
    promised = -np.sum(p * np.log(p) + (1 - p) * np.log(1 - p))
    spread = math.sqrt(np.sum(p * (1 - p) * np.log(p / (1 - p)) ** 2))
    assert LossWatch().read(p, y).statistic == pytest.approx((loss - promised) / spread)


def losses(more: float, times: int = 3000) -> list:
    """Return readings of 1000 scores around 0.1 each; outcomes are *more* times as likely as the scores say."""
    source, watch, found = luck("losses"), LossWatch(), []
    for _ in range(times):
        p = source.beta(1.0, 9.0, 1000)
        found.append(watch.read(p, source.random(1000) < more * p))
    return found


def test_the_loss_of_calibrated_scores_is_standard_normal():
    found = losses(1.0)
    z = np.array([reading.statistic for reading in found])
    assert abs(z.mean()) < 4 / math.sqrt(len(z))
    assert abs(z.var(ddof=1) - 1) < 4 * math.sqrt(2 / len(z))
    assert is_uniform([reading.p_value for reading in found])


@pytest.mark.parametrize("more", [0.95, 1.05])
def test_twin_scores_5_percent_off_are_noticed(more):
    z = np.array([reading.statistic for reading in losses(more)])
    assert abs(z.mean()) > 4 / math.sqrt(len(z))


def test_rare_positives_do_not_ring_more_often_than_is_said():
    """20 positives expected in 2000 rows: the plain normal would promise half as many rings as there are."""
    source, watch, p = luck("rare"), LossWatch(2.5), np.full(2000, 0.01)
    found = [watch.read(p, source.random(2000) < p) for _ in range(4000)]
    rung, promised = np.mean([reading.rings for reading in found]), found[0].false_alarm
    assert promised > 1.5 * stats.norm.sf(2.5)
    assert rung == pytest.approx(promised, rel=0.35)


def test_sure_scores_do_not_divide_by_0():
    assert math.isfinite(LossWatch().read(np.array([0.0, 1.0]), np.array([1, 0])).statistic)
    assert math.isnan(LossWatch().read(np.array([0.5, 0.5]), np.array([1, 0])).statistic)


def test_the_calibration_error_is_that_of_the_metrics():
    source = luck("one")
    p = source.random(500)
    y = source.random(500) < p
    reading = calibration_error_reading(p, y, 7, 0.02)
    assert reading.statistic == metrics.ece(p, y, 7)
    assert reading.rings == (reading.statistic >= 0.02)


def errors(times: float, n: int = 1000, looks: int = 2000) -> list[float]:
    """Return p-values of the calibration error of *n* scores where outcomes are *times* as likely as they say."""
    source, found = luck("errors"), []
    for _ in range(looks):
        p = 0.8 * source.random(n)
        found.append(calibration_error_reading(p, source.random(n) < times * p).p_value)
    return found


def test_p_values_of_the_calibration_error_are_uniform_where_scores_are_calibrated():
    assert is_uniform(errors(1.0))


def test_far_out_the_calibration_error_is_skewed():
    """Without its skewness 1.5 % of looks would have a p-value under 1 %."""
    assert np.mean(np.array(errors(1.0, 300, 12_000)) < 0.01) == pytest.approx(0.01, abs=0.0036)


@pytest.mark.parametrize("times", [0.95, 1.05])
def test_twin_a_calibration_5_percent_off_is_noticed(times):
    assert not is_uniform(errors(times, 3000))


def test_a_false_alarm_of_the_calibration_error_is_the_p_value_at_its_threshold():
    source = luck("one")
    p = source.random(500)
    first = calibration_error_reading(p, source.random(500) < p)
    again = calibration_error_reading(p, source.random(500) < p, threshold=first.statistic)
    assert again.false_alarm == pytest.approx(first.p_value)
