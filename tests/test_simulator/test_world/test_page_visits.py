"""Visits of pages: a day's crowd, the push in the evening, farms within their time."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.streams import Streams
from simulator.units import DAY, HOUR, MINUTE, day
from simulator.world.page_visits import PERSON, Crowd, Farm, visits

CROWD = Crowd(pages=4000.0, by_hour=np.ones(24), push=0.4, lag=20.0, people=900, groups=3, stake=5)


def drawn(*farms: Farm, days: int = 4):
    return list(visits(Streams(3), CROWD, farms, days))


def test_so_many_come_and_so_many_of_them_after_the_push():
    at = np.concatenate([block.requests.at for block in drawn(days=10)])
    assert len(at) == pytest.approx(40_000, rel=0.02)
    evening = (at % DAY >= 19 * HOUR) & (at % DAY < 19 * HOUR + 32 * MINUTE)
    assert evening.mean() == pytest.approx(0.4 + 0.6 * 32 / (24 * 60), rel=0.04)
    days = np.floor(at[evening] / DAY)
    first = [np.sort(at[evening][days == n]) for n in range(10)]
    assert np.median([np.median(np.diff(times)) for times in first]) < 1.0, "within a minute or so"


def test_rows_bear_their_group_and_their_luck():
    block = drawn()[0]
    assert (block.requests.segment == block.requests.entity % 3).all() and (block.requests.value == 5).all()
    assert (block.truths.luck["target"] == PERSON).all() and (block.truths.needs == -1).all()
    assert block.truths.luck["buys_after"].mean() == pytest.approx(1.2 * DAY, rel=0.05)
    assert block.truths.luck["returns_after"].mean() == pytest.approx(5 * DAY, rel=0.05)


def test_a_farm_comes_in_its_time_and_changes_nobody_else():
    blocks, alone = drawn(Farm("farm", 7, 0.25, day(1), day(2.5), 2)), drawn()
    fake = [block.truths.luck["target"] == 7 for block in blocks]
    assert [mask.any() for mask in fake] == [False, True, True, False]
    assert fake[1].sum() == pytest.approx(1000, rel=0.1)
    assert blocks[2].requests.at[fake[2]].max() < day(2.5)
    assert (blocks[1].truths.needs[fake[1]] == 2).all()
    for block, mask, without in zip(blocks, fake, alone, strict=True):
        assert np.array_equal(block.requests.at[~mask], without.requests.at)


def test_a_farm_that_may_come_lies_ready_on_each_day():
    assert all((block.truths.luck["target"] == 1).any() for block in drawn(Farm("maybe", 1, 0.2)))
