"""What a feed knows: counts that forget, rates that are corrected and shrunk, sources, rankers, sampled rates."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.shelf_models import (
    RANKERS,
    Kept,
    Tally,
    Worth,
    candidates,
    click_rate,
    exposure,
    ranker,
    sampled_rates,
    worth,
)
from simulator.streams import Streams

LOOK = np.array([1.0, 0.8, 0.65, 0.5, 0.4, 0.3])
G, M, K = 5, 60, 6
VALUE = Worth(0.02, 1.8, 4.0)


def luck(*name: object) -> np.random.Generator:
    return Streams(17).get(*name)


def pages(n: int, liked: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return groups, items and clicks of *n* pages; items below 30 always stand in the first three places."""
    draw = luck("pages", n)
    group = draw.integers(0, G, n)
    items = np.hstack([draw.integers(0, 30, (n, 3)), draw.integers(30, M, (n, 3))])
    chance = np.full((G, M), 0.2) if liked is None else liked
    return group, items, draw.random((n, K)) < chance[group[:, None], items] * LOOK


def counted(n: int, liked: np.ndarray | None = None) -> Kept:
    tally = Tally(G, M, K)
    tally.count(*pages(n, liked))
    return tally.fold(1.0, float("inf"))


def kept(**more: np.ndarray) -> Kept:
    zeros = {"shown": np.zeros((G, M, K)), "clicked": np.zeros((G, M))}
    return Kept(**{**zeros, **{name: np.zeros(M) for name in ("clicks", "bought", "returned")}, **more})


# counts


def test_counts_do_not_show_how_pages_were_cut_into_blocks() -> None:
    group, items, clicked = pages(1000)
    whole, cut = Tally(G, M, K), Tally(G, M, K)
    whole.count(group, items, clicked)
    for part in np.split(np.arange(1000), [1, 7, 400, 999]):
        cut.count(group[part], items[part], clicked[part])
    for one, two in zip((whole.fold(0.3, 7.0),), (cut.fold(0.3, 7.0),), strict=True):
        assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in Kept.__slots__)
    assert whole.kept.shown.sum() == 6000
    assert whole.kept.clicked.sum() == whole.kept.clicks.sum() == clicked.sum()


def test_after_a_memory_a_count_weighs_a_half_and_after_three_a_sale() -> None:
    tally = Tally(G, M, K)
    tally.count(*pages(1000))
    tally.buy(np.arange(20))
    tally.send_back(np.arange(10))
    before = tally.fold(1.0, 10.0)
    after = tally.fold(10.0, 10.0)
    assert np.allclose(after.shown, before.shown / 2, rtol=1e-12)
    assert not np.allclose(tally.fold(0.5, 10.0).shown, before.shown / 2, rtol=0.02), "5 % more time is noticed"
    assert np.allclose(after.bought, before.bought * 0.5 ** (1 / 3), rtol=1e-12)
    assert np.allclose(after.returned, before.returned * 0.5 ** (1 / 3), rtol=1e-12)


def test_who_forgets_nothing_adds_up() -> None:
    tally = Tally(G, M, K)
    for _ in range(3):
        tally.count(*pages(500))
        tally.fold(100.0, float("inf"))
    assert tally.kept.shown.sum() == 3 * 500 * K


def test_a_click_from_elsewhere_is_a_click_without_a_look() -> None:
    tally = Tally(G, M, K)
    tally.click(np.array([1, 1, 2]), np.array([7, 7, 7]))
    now = tally.fold(1.0, 30.0)
    assert now.clicked[1, 7] == 2
    assert now.clicks[7] == 3
    assert not now.shown.any()


def test_what_was_kept_can_be_known_again() -> None:
    tally = Tally(G, M, K)
    tally.count(*pages(100))
    then = tally.fold(1.0, 30.0)
    tally.count(*pages(900))
    tally.restore(then)
    assert np.array_equal(tally.fold(0.0, 30.0).shown, then.shown)


def test_a_memory_is_a_time() -> None:
    with pytest.raises(BadInput, match="memory"):
        Tally(G, M, K).fold(1.0, 0.0)


# rates


def test_rates_for_looks_are_right_wherever_an_item_stood_and_rates_for_times_shown_are_not() -> None:
    seen = counted(60_000)
    fair, raw = click_rate(seen, LOOK), click_rate(seen, None)
    assert fair[:, :30].mean() == pytest.approx(0.2, rel=0.02)
    assert fair[:, 30:].mean() == pytest.approx(0.2, rel=0.02)
    assert fair[:, 30:].mean() != pytest.approx(0.2 * 1.05, rel=0.02)
    assert raw[:, 30:].mean() == pytest.approx(0.2 * 0.4, rel=0.03), "as LOOK has it for the last three places"


def test_looks_are_times_shown_by_place() -> None:
    shown = np.zeros((G, M, K))
    shown[2, 3] = [10, 0, 0, 0, 0, 10]
    assert exposure(kept(shown=shown), LOOK)[2, 3] == pytest.approx(13.0)
    assert exposure(kept(shown=shown), None)[2, 3] == 20.0


def test_who_was_never_shown_is_taken_for_average() -> None:
    shown, clicked = np.zeros((G, M, K)), np.zeros((G, M))
    shown[:, :10, 0], clicked[:, :10] = 1000.0, np.arange(10) * 20.0
    rate = click_rate(kept(shown=shown, clicked=clicked), LOOK)
    assert rate[0, 20] == pytest.approx(0.09, abs=1e-6)
    assert rate[0, 9] == pytest.approx(0.18, abs=2e-4)


def test_a_group_with_few_looks_is_believed_to_like_what_others_do() -> None:
    shown, clicked = np.zeros((G, M, K)), np.zeros((G, M))
    shown[:4, 5, 0], clicked[:4, 5] = 500.0, 150.0
    shown[4, 5, 0] = 2.0
    rate = click_rate(kept(shown=shown, clicked=clicked), LOOK)
    assert 0.2 < rate[4, 5] < 0.3
    assert rate[0, 5] == pytest.approx(0.3, abs=2e-3)


def test_sampled_rates_are_as_sure_as_the_looks_are_many() -> None:
    shown, clicked = np.zeros((G, M, K)), np.zeros((G, M))
    shown[:, 0, 0], clicked[:, 0] = 10_000.0, 2000.0
    shown[:, 1, 0], clicked[:, 1] = 20.0, 4.0
    known, items = kept(shown=shown, clicked=clicked), np.tile(np.arange(3), (G, 1))
    drawn = sampled_rates(known, LOOK, items, 4000, luck("sampled"))
    assert drawn.shape == (4000, G, 3)
    sure, unsure = drawn[:, 0, 0], drawn[:, 0, 1]
    assert sure.mean() == pytest.approx(0.2, rel=0.005)
    assert sure.std() == pytest.approx(np.sqrt(0.2 * 0.8 / 10_009), rel=0.045)
    mean = (4 + 8 * click_prior(known)) / 28
    assert unsure.mean() == pytest.approx(mean, rel=0.02)
    assert unsure.mean() != pytest.approx(mean * 1.05, rel=0.02)
    assert unsure.std() == pytest.approx(np.sqrt(mean * (1 - mean) / 29), rel=0.045)


def click_prior(known: Kept) -> float:
    """Return what everybody is believed to think of item 1."""
    clicks, looks = known.clicked.sum(axis=0), exposure(known, LOOK).sum(axis=0)
    average = (clicks[:2] / looks[:2]).mean()
    return float((clicks[1] + 8 * average) / (looks[1] + 8))


# worth


def test_a_click_is_worth_its_purchases_less_its_returns() -> None:
    clicks, bought, back = np.full(M, 1e6), np.full(M, 5e4), np.full(M, 5e3)
    bought[1], back[1] = 2e4, 1e4
    value = worth(kept(clicks=clicks, bought=bought, returned=back), VALUE)
    assert value[0] == pytest.approx(0.02 + 0.05 * (1.8 - 0.1 * 4), rel=1e-3)
    assert value[1] == pytest.approx(0.02 + 0.02 * (1.8 - 0.5 * 4), rel=1e-2)
    assert value[0] != pytest.approx(0.02 + 0.05 * 1.05 * (1.8 - 0.1 * 4), rel=1e-3)


def test_fake_clicks_make_an_item_worthless() -> None:
    clicks, bought = np.full(M, 500.0), np.full(M, 30.0)
    clicks[4] = 5000.0
    value = worth(kept(clicks=clicks, bought=bought, returned=np.full(M, 3.0)), VALUE)
    assert value[4] < 0.5 * value[5]


def test_what_nobody_clicked_is_worth_what_clicks_are_worth_on_average() -> None:
    clicks, bought = np.full(M, 500.0), np.full(M, 30.0)
    clicks[9] = bought[9] = 0.0
    value = worth(kept(clicks=clicks, bought=bought), Worth(0.0, 1.0, 0.0))
    assert value[9] == pytest.approx(0.06, rel=1e-6)


# sources


def test_sources_hand_over_what_they_promise() -> None:
    clicked = np.zeros((G, M))
    clicked[0, 10], clicked[1, 20], clicked[:, 30] = 5.0, 4.0, 3.0
    known, fresh, none = kept(clicked=clicked), np.arange(50), np.empty(0, np.int64)
    popular = candidates("popular", known, 20, fresh, none)
    assert popular.shape == (G, 20)
    assert popular[0, :3].tolist() == popular[4, :3].tolist() == [30, 10, 20]
    own = candidates("group", known, 20, fresh, none)
    assert own[0, 0] == 10
    assert own[1, 0] == 20
    assert own[2, 0] == 30
    mixed = candidates("mix", known, 20, fresh, none)
    assert sorted(mixed[3, -8:].tolist()) == list(range(42, 50)), "two places in five are for the newest"
    assert all(len(set(row)) == 20 for row in mixed.tolist())


def test_what_is_barred_or_unknown_is_no_candidate() -> None:
    found = candidates("mix", kept(), 100, np.arange(50), np.array([49, 3]))
    assert found.shape == (G, 48)
    assert not np.isin(found, [3, 49, *range(50, M)]).any()


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(BadInput, match="mix"):
        candidates("mixx", kept(), 10, np.arange(M), np.empty(0, np.int64))


# rankers


def taught(name: str, days: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of a ranker that saw pages of groups with tastes by kind of item, and the tastes."""
    kind = np.arange(M) % 4
    liked = 0.05 + 0.3 * (kind[None, :] == np.arange(G)[:, None] % 4) + 0.1 * luck("liked").random((G, M))
    model, tally = ranker(name, kind, G, 3), Tally(G, M, K)
    model.scores(tally.kept, LOOK)
    for day in range(days):
        seen = pages(1500 + day, liked)
        tally.count(*seen)
        model.learn(*seen, 1 / LOOK)
        scores = model.scores(tally.fold(1.0, 30.0), LOOK)
    return scores, liked


@pytest.mark.parametrize("name", RANKERS)
def test_scores_are_probabilities_quantised(name: str) -> None:
    scores, _ = taught(name, 2)
    assert scores.shape == (G, M)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert np.array_equal(scores, np.round(scores, 9))


@pytest.mark.parametrize(
    ("name", "days", "least"), [("group_ctr", 12, 0.9), ("logistic", 12, 0.7), ("factors", 40, 0.8)]
)
def test_rankers_find_the_tastes_of_each_group(name: str, days: int, least: float) -> None:
    scores, liked = taught(name, days)
    related = [np.corrcoef(mine, truth)[0, 1] for mine, truth in zip(scores, liked, strict=True)]
    assert min(related) > least


def test_popularity_knows_one_taste_and_counts_clicks_not_rates() -> None:
    scores, _ = taught("popularity")
    assert (scores == scores[0]).all()
    assert scores.max() == 1.0
    assert scores[0, :30].mean() > 1.5 * scores[0, 30:].mean(), "who stands above is clicked more"


def test_a_ranker_learns_the_same_twice() -> None:
    assert np.array_equal(taught("factors", 2)[0], taught("factors", 2)[0])


def test_an_unknown_ranker_is_refused() -> None:
    with pytest.raises(BadInput, match="factors"):
        ranker("factor", np.zeros(M, np.int64), G, 0)
