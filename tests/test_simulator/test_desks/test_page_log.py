"""The log of pages: how they are composed, who clicks, and what is suspected of an item."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.desks.page_log import PageLog, other_pages
from simulator.learning.pages import Believed, published
from simulator.units import day
from simulator.world.catalogue import Catalogue

N, LOOK = 6000, np.array([1.0, 0.5])
RATES = np.array([[0.5, 0.4, 0.3, 0.2]] * 2)
LIVE = published(
    1, np.tile(np.arange(4), (2, 1)), Believed(RATES, np.ones(4), np.zeros((2, 4, 2)), np.empty((0, 2, 4)))
)


def log(target: int = -1, until: float = 10.0) -> PageLog:
    luck = np.random.default_rng(3)
    at = np.sort(luck.random(N)) * day(10)
    draws = {"page": luck.random(N), "target": np.where(np.arange(N) % 5 == 0, float(target), -1.0)}
    goods = Catalogue(
        born=np.array([-day(90), -day(80), -day(70), day(1)]), kind=np.zeros(4, np.int64), since=np.array([-np.inf]),
        appeal=np.tile([0.5, 0.4, 0.3, 0.2], (1, 2, 1)), conversion=np.full(4, 0.5), returns=np.full(4, 0.25),
        bait=np.zeros(4, bool),
    )  # fmt: skip

    class Tape(SimpleNamespace):
        def __len__(self) -> int:
            return N

    tape = Tape(requests=SimpleNamespace(at=at, segment=np.arange(N) % 2), truths=SimpleNamespace(luck=draws))
    system: Any = SimpleNamespace(
        tape=tape, outcomes=SimpleNamespace(result=np.full(N, 2)), clock=SimpleNamespace(now=day(until))
    )
    return PageLog(system, goods, LOOK)


@pytest.mark.parametrize(("explore", "share"), [("none", 0.3), ("page", 0.3), ("slot", 0.3)])
def test_so_many_pages_are_composed_in_another_way(explore: str, share: float) -> None:
    book, ids = log(), np.arange(N)
    book.compose(ids, LIVE, explore, share)
    best = (book.shown == [0, 1]).all(axis=1)
    if explore == "none":
        assert best.all() and (book.chance == 1.0).all()
        return
    assert book.explored.mean() == pytest.approx(share, rel=0.05)
    assert best[~book.explored].all() and (book.chance[book.explored] == share).all()
    if explore == "slot":
        assert (book.shown[book.explored, 0] == 0).all() and set(book.shown[book.explored, 1]) == {2, 3}


def test_sampled_pages_come_from_the_panel() -> None:
    drawn = np.stack([RATES, RATES[:, ::-1]])
    live = published(1, LIVE.items, Believed(RATES, np.ones(4), np.zeros((2, 4, 2)), drawn))
    pages = other_pages(live, 0, np.random.default_rng(1).random(4000), "thompson", 1.0)
    assert {tuple(page) for page in pages.tolist()} == {(0, 1), (3, 2)}
    assert (pages[:, 0] == 0).mean() == pytest.approx(0.5, abs=0.03)


def test_people_click_by_look_and_liking_and_fakes_what_they_are_paid_for() -> None:
    book, ids = log(target=3), np.arange(N)
    book.compose(ids, LIVE, "none", 0.0)
    book.answer(ids, np.full(N, 0.8))
    people = book.target < 0
    assert book.clicked[people].mean(axis=0) == pytest.approx([0.8 * 0.5, 0.8 * 0.4 * 0.5], rel=0.06)
    assert not book.clicked[~people].any() and (book.elsewhere[~people] == 3).all()
    assert (book.elsewhere[people] == -1).all()
    sold = book.sold >= 0
    assert book.comes_back[sold].mean() == pytest.approx(0.25, rel=0.1) and not book.comes_back[~sold].any()


def test_the_item_that_is_clicked_and_not_bought_is_suspected() -> None:
    book, ids = log(target=3), np.arange(N)
    book.compose(ids, LIVE, "none", 0.0)
    book.answer(ids, np.ones(N))
    book.buy(np.repeat([0, 1], [300, 150]))
    nothing = np.empty(0, np.int64)
    assert book.suspect(0.1, nothing) == 3.0
    assert math.isnan(book.suspect(0.5, nothing)) and math.isnan(book.suspect(0.1, np.array([3])))


def test_gauges_tell_of_the_last_day() -> None:
    book, ids = log(), np.arange(N)
    book.compose(ids, LIVE, "slot", 0.4)
    book.answer(ids, np.ones(N))
    told = book.readings(day(30))
    today = book.pages(day(9))
    assert told["pages"] == len(today) == pytest.approx(N / 10, rel=0.15)
    assert told["ctr"] == pytest.approx(book.clicked[today].sum(axis=1).mean())
    young = (book.shown[today, 1] == 3).mean()
    assert told["newcomer_share"] == pytest.approx(young * 0.5 / 1.5)
    assert told["top_share"] == pytest.approx(0.5), "the first place is always the same item's"
    assert book.seen_in_a_week(day(10), 50) == 1.0 and book.seen_in_a_week(day(10), 5000) == 0.0
