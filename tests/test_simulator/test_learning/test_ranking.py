"""Lists are judged as scikit-learn judges them, and attention as the definitions say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.ranking import (
    average_precision_at,
    exposure_share,
    gini,
    ndcg,
    recall_at,
    time_to_impressions,
)
from simulator.streams import Streams


@pytest.mark.parametrize("k", [1, 3, 6])
def test_ndcg_is_scikit_learn_s(k):
    from sklearn.metrics import ndcg_score

    luck = Streams(1).get("lists")
    relevance, scores = luck.integers(0, 4, (30, 6)).astype(float), luck.random((30, 6))
    shown = np.take_along_axis(relevance, np.argsort(-scores, axis=1), axis=1)
    theirs = [ndcg_score(relevance[i : i + 1], scores[i : i + 1], k=k) for i in range(30)]
    assert ndcg(shown, relevance, k) == pytest.approx(theirs)


def test_ndcg_counts_what_was_not_shown():
    assert ndcg([[1.0, 0.0]], [[0.0, 1.0, 0.0, 1.0]], 2)[0] == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert math.isnan(ndcg([[0.0]], [[0.0, 0.0]], 1)[0])


def test_recall_and_average_precision_by_hand():
    shown, total = [[1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], [4, 1, 0]
    assert recall_at(shown, total, 3)[:2].tolist() == [0.5, 0.0]
    assert average_precision_at(shown, total, 4)[:2] == pytest.approx([(1 + 2 / 3) / 4, 1 / 4])
    assert average_precision_at(shown, total, 2)[:2] == pytest.approx([1 / 2, 0])
    assert math.isnan(recall_at(shown, total, 3)[2])
    assert math.isnan(average_precision_at(shown, total, 3)[2])


def test_average_precision_is_scikit_learn_s_without_a_cut():
    from sklearn.metrics import average_precision_score

    luck = Streams(2).get("lists")
    for y in luck.integers(0, 2, (20, 8)):
        if y.any():
            theirs = average_precision_score(y, -np.arange(8))
            assert average_precision_at(y[None], [y.sum()], 8)[0] == pytest.approx(theirs)


def test_gini_is_half_the_mean_difference_over_the_mean():
    x = Streams(3).get("sizes").random(40)
    differences = np.abs(x[:, None] - x[None, :]).mean()
    assert gini(x) == pytest.approx(differences / 2 / x.mean())
    assert gini(np.ones(7)) == pytest.approx(0.0)
    assert gini([0, 0, 0, 5]) == pytest.approx(3 / 4)
    assert math.isnan(gini([0, 0]))


def test_exposure_share():
    group = [[True, False, False], [True, False, True]]
    assert exposure_share(group) == pytest.approx(1 / 2)
    assert exposure_share(group, [1, 1 / 2, 1 / 3]) == pytest.approx((2 + 1 / 3) / (2 * (1 + 1 / 2 + 1 / 3)))
    assert math.isnan(exposure_share(np.empty((0, 3))))


def test_time_to_impressions():
    items = np.array([[0, 1], [1, 2], [0, 1], [1, 0]])
    at, born = np.array([10.0, 20.0, 30.0, 5.0]), np.array([6.0, 0.0, 0.0, 0.0])
    assert time_to_impressions(items, at, born, 1).tolist() == [4.0, 5.0, 20.0, math.inf]
    assert time_to_impressions(items, at, born, 2).tolist() == [24.0, 10.0, math.inf, math.inf]
    assert time_to_impressions(items, at, born, 4).tolist() == [math.inf, 30.0, math.inf, math.inf]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: ndcg([1.0], [[1.0]], 1), "requests x places"),
        (lambda: ndcg([[-1.0]], [[1.0]], 1), "0 or more"),
        (lambda: recall_at([[1]], [1], 0), "k must be 1"),
        (lambda: gini([-1.0, 2.0]), "no list"),
        (lambda: time_to_impressions(np.array([[0]]), np.zeros(1), np.zeros(1), 0), "impression number 0"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(BadInput, match=says):
        call()
