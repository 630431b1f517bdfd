"""Ranking and calibration figures: against counting by hand, scikit-learn and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning import metrics
from simulator.streams import Streams


def drawn(seed: int, n: int = 80):
    luck = Streams(seed).get("rows")
    scores = luck.integers(0, 10, n) / 10
    return scores, (luck.random(n) < scores).astype(np.int64)


@pytest.mark.parametrize("seed", range(10))
def test_auc_counts_pairs_and_half_of_the_ties(seed):
    scores, y = drawn(seed)
    ahead = scores[y == 1][:, None] - scores[y == 0][None, :]
    assert metrics.auc(scores, y) == pytest.approx(((ahead > 0) + 0.5 * (ahead == 0)).mean(), abs=1e-15)


@pytest.mark.parametrize("seed", range(10))
def test_equal_to_scikit_learn(seed):
    from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

    scores, y = drawn(seed)
    assert metrics.auc(scores, y) == pytest.approx(roc_auc_score(y, scores))
    assert metrics.average_precision(scores, y) == pytest.approx(average_precision_score(y, scores))
    assert metrics.brier(scores, y).score == pytest.approx(brier_score_loss(y, scores))
    assert metrics.log_loss(scores, y) == pytest.approx(log_loss(y, np.column_stack([1 - scores, scores])))


def test_average_precision_by_hand():
    assert metrics.average_precision(np.array([0.9, 0.8, 0.7]), [1, 0, 1]) == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.average_precision(np.ones(4), [1, 0, 0, 0]) == 0.25  # one tie: the base rate


def test_precision_at():
    scores, y = np.array([0.1, 0.9, 0.5, 0.5]), [1, 1, 0, 1]
    assert metrics.precision_at(scores, y, 1) == 1.0
    assert metrics.precision_at(scores, y, 2) == 0.5  # of a tie the first
    assert metrics.precision_at(scores, y, 9) == 0.75


DAY = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1])
CARD = np.array([7, 7, 8, 9, 9, 7, 8, 9, 9])
SCORE = np.array([0.1, 0.8, 0.9, 0.7, 0.2, 0.9, 0.1, 0.2, 0.8])
FRAUD = np.array([1, 0, 0, 1, 0, 1, 0, 0, 1])


def test_card_precision_takes_the_highest_score_of_a_card_and_any_of_its_frauds():
    open_cards = metrics.daily_card_precision(DAY, CARD, SCORE, FRAUD, k=2, block=False)
    assert open_cards.tolist() == [0.5, 1.0]  # day 0: cards 8 and 7; day 1: cards 7 and 9


def test_a_card_that_was_found_is_not_found_again():
    assert metrics.daily_card_precision(DAY, CARD, SCORE, FRAUD, k=2).tolist() == [0.5, 0.5]  # 9 and 8 on day 1
    assert metrics.card_precision(DAY, CARD, SCORE, FRAUD, k=2) == 0.5


def test_card_precision_divides_by_k_and_breaks_ties_by_card():
    day, card, score = np.zeros(3, np.int64), np.array([3, 1, 2]), np.full(3, 0.5)
    assert metrics.card_precision(day, card, score, [1, 0, 0], k=2) == 0.0
    assert metrics.card_precision(day, card, score, [1, 1, 1], k=100) == 0.03


@pytest.mark.parametrize("bins", [1, 7, 10, 500])
def test_the_parts_of_brier_add_up(bins):
    p, y = drawn(1)
    b = metrics.brier(p, y, bins)
    assert b.score == pytest.approx(b.reliability - b.resolution + b.uncertainty + b.within, abs=1e-15)


def test_brier_by_hand():
    b = metrics.brier(np.repeat([0.2, 0.6], 10), np.repeat([0, 1, 0, 1], [9, 1, 4, 6]), bins=2)
    assert (b.reliability, b.resolution) == pytest.approx((0.1**2 / 2, 0.25**2))
    assert (b.uncertainty, b.within) == pytest.approx((0.35 * 0.65, 0), abs=1e-12)


def test_ece_by_hand_and_with_fewer_rows_than_bins():
    assert metrics.ece(np.repeat([0.2, 0.6], 10), np.repeat([0, 1, 0, 1], [9, 1, 4, 6]), bins=2) == pytest.approx(0.05)
    assert metrics.ece(np.array([0.25, 0.5]), [0, 1], bins=10) == pytest.approx((0.25 + 0.5) / 2)


def test_a_sure_miss_is_finite():
    assert metrics.log_loss(np.array([1.0]), [0]) == pytest.approx(-math.log(np.finfo(float).eps))
    assert metrics.log_loss(np.array([1.0, 0.0]), [1, 0]) == 0.0


def test_what_is_not_defined_is_nan():
    none, one = (np.empty(0), []), (np.array([0.5, 0.6]), [0, 0])
    undefined = [metrics.auc(*rows) for rows in (none, one)] + [
        metrics.average_precision(*rows) for rows in (none, one)
    ]
    undefined += [metrics.precision_at(*none, 3), metrics.ece(*none), metrics.log_loss(*none)]
    undefined += [metrics.brier(*none).score, metrics.auc(np.array([0.5]), [1])]
    undefined += [metrics.card_precision(np.empty(0, np.int64), np.empty(0, np.int64), *none)]
    assert all(math.isnan(value) for value in undefined)


@pytest.mark.parametrize(
    "make",
    [
        lambda: metrics.auc(np.array([0.5]), [0, 1]),
        lambda: metrics.precision_at(np.array([0.5]), [1], 0),
        lambda: metrics.ece(np.array([0.5]), [1], bins=0),
    ],
    ids=["lengths", "k", "bins"],
)
def test_bad_input_is_refused(make):
    with pytest.raises(BadInput):
        make()
