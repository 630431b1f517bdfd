"""Clicks fall where the two models say, place by place, and go by the luck handed in."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.streams import Streams
from simulator.world.clicks import cascade_chances, cascade_clicks, examination, pbm_chances, pbm_clicks

RELEVANCE = np.array([0.6, 0.3, 0.3, 0.1])


def agrees(clicked: np.ndarray, chance: np.ndarray) -> bool:
    error = np.sqrt(chance * (1 - chance) / len(clicked))
    return bool((np.abs(clicked.mean(axis=0) - chance) < 4 * error).all())


def lists(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.tile(RELEVANCE, (n, 1)), Streams(1).get("luck").random((n, 4))


def test_examination_falls_with_the_place():
    assert examination(4) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    assert examination(3, 0.5) == pytest.approx([1, 2**-0.5, 3**-0.5])
    assert examination(3, 0.0).tolist() == [1, 1, 1]


def test_clicks_by_place():
    relevance, luck = lists(40_000)
    clicked = pbm_clicks(relevance, examination(4), luck)
    assert agrees(clicked, RELEVANCE * [1, 1 / 2, 1 / 3, 1 / 4])
    assert not agrees(clicked, RELEVANCE * [1, 1 / 2, 1 / 3, 1 / 4] * 1.05)
    assert pbm_chances(relevance[:1], examination(4))[0] == pytest.approx(RELEVANCE * examination(4))


def test_a_cascade_ends_with_its_first_click():
    relevance, luck = lists(40_000)
    clicked = cascade_clicks(relevance, luck)
    by_hand = [0.6, 0.4 * 0.3, 0.4 * 0.7 * 0.3, 0.4 * 0.7 * 0.7 * 0.1]
    assert clicked.sum(axis=1).max() == 1
    assert agrees(clicked, np.array(by_hand))
    assert not agrees(clicked, np.array(by_hand) * 1.05)
    assert cascade_chances(relevance[:1])[0] == pytest.approx(by_hand)


def test_of_two_that_would_please_the_upper_is_clicked():
    assert cascade_clicks([[0.5, 0.5, 0.5]], np.array([[0.9, 0.1, 0.1]])).tolist() == [[False, True, False]]
    assert not cascade_clicks([[0.5, 0.5]], np.array([[0.5, 0.9]])).any()


def test_who_likes_more_clicks_wherever_it_clicked_before():
    relevance, luck = lists(500)
    less, more = pbm_clicks(relevance, examination(4), luck), pbm_clicks(relevance * 1.2, examination(4), luck)
    assert (more | ~less).all()
    assert more.sum() > less.sum()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: examination(0), "0 places"),
        (lambda: examination(3, -1), "steepness -1"),
        (lambda: pbm_clicks([[0.5, 0.5]], [1.0], np.ones((1, 2))), "does not fit lists of 2 places"),
        (lambda: pbm_clicks([[0.5, 1.5]], [1.0, 1.0], np.ones((1, 2))), "relevance holds"),
        (lambda: pbm_clicks([[0.5, 0.5]], [1.0, 1.2], np.ones((1, 2))), "examination holds"),
        (lambda: pbm_clicks([[0.5, 0.5]], [1.0, 1.0], np.ones((2, 2))), r"luck of shape \(2, 2\)"),
        (lambda: cascade_clicks([0.5, 0.5], np.ones((1, 2))), "no matrix"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(BadInput, match=says):
        call()
