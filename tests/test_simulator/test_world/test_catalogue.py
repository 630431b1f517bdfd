"""The hidden side of a feed: luck by page and item, arrivals, tastes that drift, bait, and what visitors do."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.streams import Streams
from simulator.units import DAY
from simulator.world.catalogue import (
    Answer,
    Catalogue,
    Page,
    Shelves,
    answered,
    drawn,
    examined,
    farmed,
    page_luck,
    past,
)

SHELVES = Shelves(items=300, arriving=2.25, days=60.0)
MANY = Shelves(items=20_000, arriving=0.0, days=60.0)
DRIFT = ("drift", 25 * DAY, 0.75)


def logit(p: np.ndarray) -> np.ndarray:
    return np.log(p / (1 - p))


def near(values: np.ndarray, mean: float) -> bool:
    """Tell whether the mean of *values* is *mean* within four standard errors."""
    return bool(abs(values.mean() - mean) < 4 * values.std() / np.sqrt(len(values)))


# luck


def test_luck_is_uniform_and_of_full_spread() -> None:
    luck = page_luck(np.linspace(0.001, 0.999, 500)[:, None], 3, np.arange(400)[None, :]).ravel()
    assert near(luck, 0.5)
    assert near((luck - 0.5) ** 2, 1 / 12)
    assert not near(luck * 1.05, 0.5)
    counts = np.bincount((luck * 20).astype(int), minlength=20)
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 45, "chi-square with 19 degrees of freedom"


def test_luck_of_pages_items_and_purposes_is_unrelated() -> None:
    page = Streams(1).get("pages").random(20_000)
    columns = [page_luck(page, what, item) for what in (0, 1, 9) for item in (0, 1, 434)]
    related = np.corrcoef([*columns, page]) - np.eye(10)
    assert np.abs(related).max() < 4 / np.sqrt(20_000)


def test_luck_belongs_to_page_and_item_whatever_stands_beside_it() -> None:
    page = np.array([0.1, 0.7, 0.4])
    items = np.array([[3, 5], [5, 3], [434, 0]])
    whole = page_luck(page[:, None], 4, items)
    assert whole[1, 0] == page_luck(page[1:2], 4, 5)[0]
    assert whole[1, 1] == page_luck(page, 4, np.array([9, 3, 9]))[1]


# the catalogue


def test_items_keep_coming_at_the_pace_they_came_at() -> None:
    goods = drawn(Streams(3), SHELVES)
    assert goods.known(0.0) == 300
    assert len(goods) == 435
    assert (np.diff(goods.born) >= 0).all()
    assert goods.born.max() < 60 * DAY
    young = [
        ((goods.born > -30 * DAY) & (goods.born <= 0)).sum()
        for goods in (drawn(Streams(s), SHELVES) for s in range(30))
    ]
    assert near(np.array(young), 30 * 2.25)


def test_half_of_the_items_are_above_the_median_chance() -> None:
    shelves = Shelves(items=20_000, arriving=0.0, days=60.0, bait=0.0)
    above = (drawn(Streams(5), shelves).appeal[0][0] > shelves.base).astype(float)
    wrong = (drawn(Streams(5), shelves).appeal[0][0] > shelves.base * 1.05).astype(float)
    assert abs(above.mean() - 0.5) < 0.3, "kinds of items have tastes in common"
    assert wrong.mean() < above.mean()


def test_conversion_and_returns_are_those_asked_for() -> None:
    goods = drawn(Streams(4), MANY)
    honest = ~goods.bait
    assert near(np.log(goods.conversion[honest]), np.log(MANY.conversion))
    assert not near(np.log(goods.conversion[honest]), np.log(MANY.conversion * 1.05))
    assert near(goods.returns[honest], MANY.returns)
    assert not near(goods.returns[honest], MANY.returns * 1.05)


def test_bait_is_clicked_more_bought_less_and_sent_back() -> None:
    goods = drawn(Streams(6), MANY)
    assert near(goods.bait.astype(float), MANY.bait)
    assert np.median(goods.appeal[0][:, goods.bait]) > 2 * np.median(goods.appeal[0][:, ~goods.bait])
    assert np.median(goods.conversion[goods.bait]) < 0.6 * np.median(goods.conversion[~goods.bait])
    assert (goods.returns[goods.bait] == MANY.bait_returns).all()


def test_what_arrives_in_flight_is_better() -> None:
    plain, better = (drawn(Streams(7), Shelves(300, 5.0, 60.0, better=more)) for more in (0.0, 0.35))
    gain = logit(better.appeal[0]) - logit(plain.appeal[0])
    assert np.allclose(gain[:, plain.born > 0], 0.35, atol=1e-5)
    assert np.allclose(gain[:, plain.born <= 0], 0.0, atol=1e-5)


def test_a_drift_renews_a_share_of_the_variance_and_nothing_else() -> None:
    shelves = Shelves(items=20_000, arriving=0.0, days=60.0, kinds=2000)
    before, after = drawn(Streams(8), shelves), drawn(Streams(8), shelves, [DRIFT])
    assert np.array_equal(before.appeal[0], after.appeal[0])
    assert np.array_equal(before.conversion, after.conversion)
    old, new = (logit(regime).ravel() for regime in after.appeal)
    common = np.cov(old, new)[0, 1] - old.var() + 0.81  # quality and bait stay, whoever looks: what is left is taste
    assert common == pytest.approx(0.81 * np.sqrt(1 - 0.75), abs=0.03)
    assert common != pytest.approx(0.81 * np.sqrt(1 - 0.75 * 1.2), abs=0.03)
    assert old.var() == pytest.approx(new.var(), rel=0.03)


def test_tastes_are_those_of_the_moment() -> None:
    goods = drawn(Streams(9), SHELVES, [DRIFT])
    at, items = np.array([0.0, 25 * DAY, 25 * DAY - 1]), np.array([[1, 2]] * 3)
    liking = goods.liking(np.array([4, 4, 4]), items, at)
    assert np.array_equal(liking[0], goods.appeal[0][4, 1:3])
    assert np.array_equal(liking[1], goods.appeal[1][4, 1:3])
    assert np.array_equal(liking[2], liking[0])


def test_another_drift_moves_no_draw_of_the_first() -> None:
    one, two = drawn(Streams(2), SHELVES, [DRIFT]), drawn(Streams(2), SHELVES, [DRIFT, ("more", 40 * DAY, 0.5)])
    assert np.array_equal(one.appeal, two.appeal[:2])


@pytest.mark.parametrize("wrong", [{"items": 0}, {"arriving": -1.0}, {"arriving": float("nan")}, {"groups": 0}])
def test_a_catalogue_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        Shelves(**{"items": 300, "arriving": 2.0, "days": 60.0, **wrong})


def test_places_are_looked_at_less_and_less() -> None:
    assert examined(6).tolist() == [1.0, 0.8, 0.65, 0.5, 0.4, 0.3]
    assert (np.diff(examined(9)) < 0).all()


# visitors


def shop(appeal: float, conversion: float, returns: float) -> Catalogue:
    """Return 50 items that are all alike."""
    return Catalogue(
        born=np.arange(-50.0, 0.0), kind=np.zeros(50, np.int64), since=np.array([-np.inf]),
        appeal=np.full((1, 2, 50), appeal), conversion=np.full(50, conversion), returns=np.full(50, returns),
        bait=np.zeros(50, np.bool_),
    )  # fmt: skip


def visits(n: int, mood: float = 1.0, seed: int = 1) -> Page:
    luck = Streams(seed).get("visits")
    items = luck.integers(0, 9, (n, 6)) + 9 * np.arange(6) - 4 * (np.arange(6) > 4)
    return Page(luck.integers(0, 2, n), items % 50, np.zeros(n), luck.random(n), np.full(n, mood))


def rates(answer: Answer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    some = answer.bought >= 0
    return answer.clicked.astype(float), some.astype(float), answer.comes_back[some].astype(float)


def test_clicks_purchases_and_returns_are_at_their_rates() -> None:
    page, look = visits(100_000), examined(6)
    clicked, bought, back = rates(answered(shop(0.2, 0.3, 0.25), page, look))
    assert all(near(clicked[:, place], 0.2 * look[place]) for place in range(6))
    assert not any(near(clicked[:, place], 0.2 * 1.05 * look[place]) for place in range(6))
    buys = 1 - np.prod(1 - 0.2 * 0.3 * look)  # at least one of six clicks that convince
    assert near(bought, buys)
    assert not near(bought, 1 - np.prod(1 - 0.2 * 0.3 * 1.05 * look))
    assert near(back, 0.25)
    assert not near(back, 0.25 * 1.05)


def test_the_same_item_on_the_same_page_meets_the_same_answer() -> None:
    goods, page, look = shop(0.3, 0.5, 0.5), visits(2000), np.ones(6)
    turned = Page(page.group, page.items[:, ::-1], page.at, page.luck, page.mood)
    one, two = answered(goods, page, look), answered(goods, turned, look)
    assert np.array_equal(one.clicked, two.clicked[:, ::-1])
    both = one.bought == two.bought
    assert np.array_equal(one.comes_back[both], two.comes_back[both])


def test_a_bad_mood_takes_clicks_away_and_adds_none() -> None:
    goods, look = shop(0.3, 0.5, 0.5), examined(6)
    good, bad, none = (answered(goods, visits(5000, mood), look).clicked for mood in (1.0, 0.85, 0.0))
    assert not (bad & ~good).any()
    assert bad.sum() == pytest.approx(0.85 * good.sum(), rel=0.04)
    assert not none.any()


def test_only_what_was_clicked_is_bought_and_only_what_was_bought_comes_back() -> None:
    page = visits(5000)
    answer = answered(shop(0.2, 0.4, 0.5), page, examined(6))
    some = answer.bought >= 0
    assert ((page.items == answer.bought[:, None]) & answer.clicked).any(axis=1)[some].all()
    assert not answer.comes_back[~some].any()


# before take-off


def test_what_was_counted_before_follows_the_truth() -> None:
    goods, look = drawn(Streams(11), SHELVES), examined(6)
    counted = past(Streams(11), goods, look, 400.0)
    looks = (counted.shown * look).sum(axis=2)
    old = goods.born < -30 * DAY
    expected = (looks * goods.appeal[0])[:, old].sum()
    clicks = counted.clicked.sum(axis=2)[:, old].sum()
    assert clicks == pytest.approx(expected, rel=0.01)
    assert clicks != pytest.approx(expected * 1.05, rel=0.01)
    sold = (counted.clicked.sum(axis=2) * goods.conversion)[:, old].sum()
    assert counted.bought[:, old].sum() == pytest.approx(sold, rel=0.03)
    assert counted.shown[:, :, 0][:, ~old & (goods.born < 0)].mean() < counted.shown[:, :, 0][:, old].mean()
    assert not counted.shown[:, goods.born > 0].any(), "what has not arrived was not shown"


def test_a_farm_is_paid_for_an_item_that_is_there() -> None:
    goods = drawn(Streams(1), SHELVES)
    targets = {farmed(goods, "farm", seed) for seed in range(200)}
    assert max(targets) < 300
    assert len(targets) > 100
    assert farmed(goods, "farm", 3) == farmed(goods, "farm", 3) != farmed(goods, "other", 3)
