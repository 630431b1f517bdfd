"""A publication's pages: the best items first, sampled pages by their draws, rare ones as guests, odd ones found."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.learning.pages import Believed, hardly_bought, published, replayed

ITEMS = np.array([[0, 1, 2, 3], [1, 2, 3, 4]])
RATES = np.array([[0.1, 0.2, 0.3, 0.4, 0.9], [0.5, 0.1, 0.1, 0.4, 0.2]])
GAIN = np.array([1.0, 1.0, 1.0, 0.1, 2.0])
SHOWN = np.zeros((2, 5, 2))
SHOWN[0, :, 0], SHOWN[0, :, 1] = [1, 3, 0, 0, 9], [0, 0, 1, 0, 9]
NONE = np.empty((0, 2, 5))


def test_the_best_page_is_of_the_most_valuable_candidates():
    snapshot = published(3, ITEMS, Believed(RATES, GAIN, SHOWN, NONE))
    assert snapshot.number == 3
    assert snapshot.best.tolist() == [[2, 1], [4, 1]]  # 0.3, 0.2; 0.2 x 2, and of equals the first
    assert snapshot.value[0].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.04, 1.8])
    assert snapshot.panel.shape == (0, 2, 2)


def test_who_was_shown_least_weighs_most():
    snapshot = published(1, ITEMS, Believed(RATES, GAIN, SHOWN, NONE))
    assert snapshot.seldom[0].tolist() == pytest.approx([1 / 2, 1 / 4, 1 / 2, 1])
    assert snapshot.seldom[1].tolist() == pytest.approx([1, 1, 1, 1])


def test_sampled_pages_go_by_their_draws():
    drawn = np.stack([RATES, RATES[:, ::-1]])
    panel = published(1, ITEMS, Believed(RATES, GAIN, SHOWN, drawn)).panel
    assert panel[0].tolist() == [[2, 1], [4, 1]]
    assert panel[1].tolist() == [[0, 1], [4, 1]]  # 0.9, 0.4; 0.5 x 2, 0.4


def test_a_replayed_log_flatters_the_order_it_was_made_by():
    clicked = np.array([[True, False, False], [True, False, False]])
    assert replayed(np.array([[3.0, 2.0, 1.0]] * 2), clicked) == pytest.approx(1.0)
    assert replayed(np.array([[1.0, 2.0, 3.0]] * 2), clicked) == pytest.approx(1 / math.log2(4))
    assert math.isnan(replayed(np.ones((1, 3)), np.zeros((1, 3), dtype=bool)))


def test_what_is_clicked_and_not_bought_is_found():
    clicks, none = np.array([100, 100, 300, 90]), np.empty(0, np.int64)
    assert hardly_bought(clicks, np.array([10, 10, 1, 10]), 0.2, none) == 2.0
    assert math.isnan(hardly_bought(clicks, np.array([10, 10, 1, 10]), 0.2, np.array([2])))
    assert math.isnan(hardly_bought(clicks, np.array([10, 10, 30, 10]), 0.2, none))
    assert math.isnan(hardly_bought(clicks, np.array([10, 10, 1, 10]), 0.6, none))
    # a tenth of what its clicks would bring: 31 sales x 300 / 590 x 0.1 = 1.58
    assert math.isnan(hardly_bought(clicks, np.array([10, 10, 2, 9]), 0.2, none))
