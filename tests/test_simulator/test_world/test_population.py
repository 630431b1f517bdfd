"""People differ as much as they should, are picked as often as they should, and leave once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.streams import Streams
from simulator.world.population import Departures, habits, pick


def spread_holds(activity: np.ndarray, spread: float) -> bool:
    """Tell whether activities are gamma with mean 1 and variance *spread*, within 4 standard errors.

    The variance of the sample variance of a gamma with shape k is σ⁴ (2 + 6/k) / n.
    """
    n = len(activity)
    mean = abs(activity.mean() - 1) < 4 * np.sqrt(spread / n)
    variance = abs(activity.var(ddof=1) - spread) < 4 * spread * np.sqrt((2 + 6 * spread) / n)
    return bool(mean and variance)


@pytest.mark.parametrize("spread", [0.2, 0.8, 2.0])
def test_habits_have_mean_1_and_the_spread_asked_for(spread):
    assert spread_holds(habits(Streams(1).get("a"), 200_000, spread), spread)


@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_twin_a_spread_5_percent_off_is_noticed(factor):
    assert not spread_holds(habits(Streams(1).get("a"), 200_000, 0.8 * factor), 0.8)


def test_twin_a_mean_5_percent_off_is_noticed():
    assert not spread_holds(1.05 * habits(Streams(1).get("a"), 200_000, 0.8), 0.8)


ACTIVITY = np.array([0.5, 0.0, 2.0, 0.9, 1.0])


def share_holds(people: np.ndarray, activity: np.ndarray) -> bool:
    """Tell whether each person's share of *people* is in proportion to their *activity*, within 4 standard errors."""
    share, expected = np.bincount(people, minlength=len(activity)) / len(people), activity / activity.sum()
    return bool((np.abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / len(people))).all())


def test_people_are_picked_in_proportion_to_their_activity():
    assert share_holds(pick(Streams(1).get("a"), ACTIVITY, 200_000), ACTIVITY)


@pytest.mark.parametrize("who", [0, 2, 3])
@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_twin_an_activity_5_percent_off_is_noticed(who, factor):
    wrong = ACTIVITY.copy()
    wrong[who] *= factor
    assert not share_holds(pick(Streams(1).get("a"), wrong, 200_000), ACTIVITY)


@given(st.integers(0, 2**32), st.lists(st.floats(0, 10), min_size=1, max_size=9).filter(any), st.integers(0, 50))
def test_only_people_who_are_there_are_picked(seed, activity, n):
    people = pick(Streams(seed).get("a"), np.array(activity), n)
    assert len(people) == n and people.dtype == np.int64
    assert all(activity[who] > 0 for who in people)


def test_who_has_left_is_gone_from_that_moment_on():
    departures = Departures(3)
    assert departures.leave(1, 5.0)
    assert departures.gone(np.array([1, 1, 1, 0]), np.array([4.9, 5.0, 9.0, 9.0])).tolist() == [
        False,
        True,
        True,
        False,
    ]


def test_nobody_leaves_twice():
    departures = Departures(3)
    assert departures.leave(1, 5.0)
    assert not departures.leave(1, 7.0)
    assert departures.left_at.tolist() == [np.inf, 5.0, np.inf]
