"""A published recommender says what river's own says, for every pair that was learned, and is the same twice."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.recommenders import NAMES, Recommender, recommender
from simulator.streams import Streams

LEARNERS = [name for name in NAMES if name != "random_normal"]
USERS, ITEMS = np.arange(12), np.arange(9)


def taught(name: str, seed: int = 5, n: int = 600, **settings: float) -> Recommender:
    luck, made = Streams(1).get("ratings"), recommender(name, seed, **settings)
    users, items = luck.integers(0, len(USERS), n), luck.integers(0, len(ITEMS), n)
    taste = luck.standard_normal((len(USERS), 2)) @ luck.standard_normal((2, len(ITEMS)))
    made.learn(users, items, 3 + taste[users, items] + 0.1 * luck.standard_normal(n))
    return made


@pytest.mark.parametrize("name", LEARNERS)
def test_a_snapshot_says_what_river_says(name):
    made = taught(name)
    scores = made.snapshot().scores(USERS, ITEMS)
    theirs = [[made.model.predict_one(user, item) for item in ITEMS.tolist()] for user in USERS.tolist()]
    assert scores == pytest.approx(np.array(theirs), abs=1e-9)


def test_the_model_is_river_s_own_with_these_settings():
    from river import optim, reco

    luck, made = Streams(2).get("ratings"), recommender("biased_mf", 11, factors=4, rate=0.05, l2=0.01, spread=0.2)
    kept = reco.BiasedMF(
        n_factors=4,
        bias_optimizer=optim.SGD(0.05),
        latent_optimizer=optim.SGD(0.05),
        l2_bias=0.01,
        l2_latent=0.01,
        latent_initializer=optim.initializers.Normal(mu=0.0, sigma=0.2, seed=11),
    )
    users, items, ratings = luck.integers(0, 5, 200), luck.integers(0, 5, 200), luck.random(200)
    made.learn(users, items, ratings)
    for user, item, rating in zip(users.tolist(), items.tolist(), ratings.tolist(), strict=True):
        kept.learn_one(user, item, rating)
    assert made.snapshot().scores(np.array([3]), np.array([2]))[0, 0] == pytest.approx(kept.predict_one(3, 2), abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_model(name):
    one, two = taught(name).snapshot(), taught(name).snapshot()
    assert (one.scores(USERS, ITEMS) == two.scores(USERS, ITEMS)).all()


@pytest.mark.parametrize("name", ["biased_mf", "funk_mf", "random_normal"])
def test_another_seed_gives_another_model(name):
    one, two = taught(name, 5).snapshot(), taught(name, 6).snapshot()
    assert (one.scores(USERS, ITEMS) != two.scores(USERS, ITEMS)).any()


def test_who_was_never_seen_is_the_mean():
    biased, funk = taught("biased_mf"), taught("funk_mf")
    stranger, novelty = np.array([99]), np.array([99])
    frozen = biased.snapshot()
    assert frozen.scores(stranger, novelty)[0, 0] == pytest.approx(biased.model.global_mean.get())
    assert frozen.scores(stranger, ITEMS)[0] == pytest.approx(frozen.mean + frozen.item_bias[: len(ITEMS)])
    assert funk.snapshot().scores(stranger, ITEMS)[0] == pytest.approx(np.full(len(ITEMS), funk.mean))
    assert funk.snapshot().scores(USERS, novelty)[:, 0] == pytest.approx(np.full(len(USERS), funk.mean))


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_learned_nothing_knows_no_difference(name):
    scores = recommender(name, 1).snapshot().scores(USERS, ITEMS)
    assert scores.shape == (len(USERS), len(ITEMS))
    assert name == "random_normal" or (scores == 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_published_does_not_learn_on(name):
    made = taught(name)
    frozen = made.snapshot()
    before = frozen.scores(USERS, ITEMS)
    made.learn(np.array([0]), np.array([0]), [30.0])
    assert (frozen.scores(USERS, ITEMS) == before).all()
    assert (made.snapshot().scores(USERS, ITEMS) != before).any()
    with pytest.raises(ValueError, match="read-only"):
        frozen.user_bias[0] = 1.0


@pytest.mark.parametrize("name", NAMES)
def test_a_pair_is_scored_alike_in_any_block(name):
    frozen = taught(name).snapshot()
    whole = frozen.scores(USERS, ITEMS)
    parts = np.vstack([frozen.scores(USERS[i : i + 1], ITEMS[::-1])[:, ::-1] for i in range(len(USERS))])
    assert parts == pytest.approx(whole, abs=1e-12)


def test_learning_in_two_calls_is_learning_in_one():
    whole, halves = taught("biased_mf", n=2), recommender("biased_mf", 5)
    luck = Streams(1).get("ratings")
    users, items = luck.integers(0, len(USERS), 2), luck.integers(0, len(ITEMS), 2)
    taste = luck.standard_normal((len(USERS), 2)) @ luck.standard_normal((2, len(ITEMS)))
    ratings = 3 + taste[users, items] + 0.1 * luck.standard_normal(2)
    for i in range(2):
        halves.learn(users[i : i + 1], items[i : i + 1], ratings[i : i + 1])
    assert (whole.snapshot().scores(USERS, ITEMS) == halves.snapshot().scores(USERS, ITEMS)).all()


def test_factors_find_a_taste_that_biases_cannot():
    luck, n = Streams(8).get("taste"), 6_000
    users, items = luck.integers(0, 12, n), luck.integers(0, 9, n)
    truth = np.where(np.arange(12)[:, None] % 2 == np.arange(9)[None, :] % 2, 1.0, -1.0)
    error = {}
    for name in ("baseline", "biased_mf"):
        made = recommender(name, 1, rate=0.05)
        made.learn(users, items, truth[users, items])
        error[name] = float(np.mean((made.snapshot().scores(USERS, ITEMS) - truth) ** 2))
    assert error["baseline"] > 0.8
    assert error["biased_mf"] < 0.05


def test_a_model_that_learned_too_fast_is_ruined_and_breaks_nothing():
    made = recommender("biased_mf", 1, rate=5.0)
    made.learn(np.arange(200) % 3, np.arange(200) % 2, np.full(200, 5.0))
    assert np.isnan(made.snapshot().scores(USERS[:3], ITEMS[:2])).all()


def test_the_random_one_has_the_mean_and_spread_of_the_ratings():
    made = recommender("random_normal", 3)
    made.learn(np.zeros(500, int), np.zeros(500, int), Streams(1).get("x").normal(3.0, 0.5, 500))
    scores = made.snapshot().scores(np.arange(300), np.arange(300))
    mean, deviation = float(made.model.mean.get()), float(made.model.variance.get()) ** 0.5
    assert scores.mean() == pytest.approx(mean, abs=4 * deviation / 300)
    assert scores.std() == pytest.approx(deviation, rel=0.02)
    assert abs(np.corrcoef(scores[:, 0], scores[:, 1])[0, 1]) < 0.25


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: recommender("biased_fm", 1), "did you mean 'biased_mf'"),
        (lambda: recommender("baseline", 1, factors=3), "unknown setting of baseline 'factors'"),
        (lambda: recommender("funk_mf", 1, factors=2.5), "factors 2.5"),
        (lambda: recommender("funk_mf", -1), "seed -1"),
        (lambda: recommender("baseline", 1).learn(np.array([0]), np.array([0, 1]), [1.0]), "do not pair"),
        (lambda: recommender("baseline", 1).learn(np.array([0]), np.array([0]), [np.nan]), "not finite"),
        (lambda: recommender("baseline", 1).learn(np.array([-1]), np.array([0]), [1.0]), "id is below 0 or"),
        (lambda: recommender("baseline", 1).snapshot().scores(np.array([-1]), np.array([0])), "id is below 0;"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(BadInput, match=says):
        call()
