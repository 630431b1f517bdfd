"""river's recommenders behind one face: they learn ratings in order, and are scored for whole blocks of pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput, unknown
from simulator.units import Floats, Ints

__all__ = ["NAMES", "Factors", "Recommender", "recommender"]

# Users and items are whole numbers from 0. A model of factors says
#     mean + bias of the user + bias of the item + factors of the user · factors of the item
# (Koren, Bell & Volinsky 2009), with what the model lacks left at 0.

_SETTINGS: dict[str, tuple[str, ...]] = {
    "baseline": ("rate", "l2"),
    "biased_mf": ("factors", "rate", "l2", "spread"),
    "funk_mf": ("factors", "rate", "l2", "spread"),
    "random_normal": (),
}
NAMES = tuple(_SETTINGS)
"""baseline: biases only; biased_mf: biases and factors; funk_mf: factors only; random_normal: noise, to be beaten"""


@dataclass(frozen=True, slots=True)
class Factors:
    """A recommender as it was published; u users and i items have rows, and one row more stands for all others."""

    mean: float
    """mean of the ratings learned; 0 where the model keeps no mean of its own"""
    user_bias: Floats
    """(u+1,), 0 where unseen"""
    item_bias: Floats
    """(i+1,), 0 where unseen"""
    user_factors: Floats
    """(u+1, f), 0 where unseen"""
    item_factors: Floats
    """(i+1, f), 0 where unseen"""
    unseen: float = 0.0
    """what is added for a pair of which one side was never learned"""
    noise: tuple[int, float] | None = None
    """seed and standard deviation of a part that is pure luck, drawn for each pair"""

    def scores(self, users: Ints, items: Ints) -> Floats:
        """Return the (n, c) predicted ratings of *users* (n,) for *items* (c,).

        Of pairs that were learned it says what river's `predict_one` says, to 1e-9. For a user or an item never
        seen river would invent luck; here its part is 0, which is the mean of that luck.
        """
        row, column = _rows(users, self.user_bias), _rows(items, self.item_bias)
        with np.errstate(all="ignore"):  # a model that learned too fast overflows, and then says NaN
            known = self.user_factors[row] @ self.item_factors[column].T
            base = self.mean + self.user_bias[row][:, None] + self.item_bias[column][None, :] + known
        return base + self._beside(row, column) + self._luck(users, items)

    def _beside(self, row: Ints, column: Ints) -> Floats:
        if not self.unseen:
            return np.zeros((1, 1))
        met_user, met_item = (
            np.abs(part).sum(axis=1) > 0 for part in (self.user_factors[row], self.item_factors[column])
        )
        return np.where(met_user[:, None] & met_item[None, :], 0.0, self.unseen)

    def _luck(self, users: Ints, items: Ints) -> Floats:
        if self.noise is None:
            return np.zeros((1, 1))
        from scipy.special import ndtri

        seed, spread = self.noise
        return np.asarray(spread * ndtri(_uniforms(seed, users, items)))


class Recommender:
    """One of river's models, kept with what it has met; the luck of its first factors comes from its seed."""

    def __init__(self, name: str, model: Any, freeze: Callable[[Recommender], Factors]) -> None:
        self.name = name
        self.model = model
        self.learned = 0
        self.mean = 0.0
        self._freeze = freeze

    def learn(self, users: Ints, items: Ints, ratings: npt.ArrayLike) -> None:
        """Learn (n,) *ratings* in the order given; BadInput for ids below 0 and ratings that are not finite."""
        given = np.asarray(ratings, dtype=np.float64)
        if not np.shape(users) == np.shape(items) == given.shape or given.ndim != 1:
            raise BadInput(f"{np.shape(users)} users, {np.shape(items)} items and {given.shape} ratings do not pair")
        if len(given) and (np.min(users) < 0 or np.min(items) < 0 or not np.isfinite(given).all()):
            raise BadInput("an id is below 0 or a rating is not finite; ids are 0, 1, … and ratings numbers")
        with np.errstate(all="ignore"):
            for user, item, rating in zip(users.tolist(), items.tolist(), given.tolist(), strict=True):
                self.model.learn_one(user, item, rating)
                self.learned += 1
                self.mean += (rating - self.mean) / self.learned

    def snapshot(self) -> Factors:
        """Publish the model as it is now; later learning does not change what was published."""
        return self._freeze(self)


def recommender(name: str, seed: int, **settings: float) -> Recommender:
    """Build the model called *name* (one of NAMES), reproducible from *seed*, 0 to 2³² - 1.

    Settings, where the model has them: *factors* (10), *rate* of learning (0.025), *l2* (0), *spread* of the
    first factors (0.1). They are plain stochastic gradient descent on the squared error.
    """
    if name not in _SETTINGS:
        raise unknown("recommender", name, NAMES)
    for setting in settings:
        if setting not in _SETTINGS[name]:
            raise unknown(f"setting of {name}", setting, _SETTINGS[name])
    if not 0 <= seed < 2**32:
        raise BadInput(f"seed {seed} of a recommender must be 0 to 4294967295")
    given = {"factors": 10, "rate": 0.025, "l2": 0.0, "spread": 0.1, **settings}
    build, freeze = _BUILT[name]
    return Recommender(name, build(seed, given), freeze)


def _baseline(seed: int, given: Mapping[str, float]) -> Any:
    from river import optim, reco

    return reco.Baseline(optimizer=optim.SGD(given["rate"]), l2=given["l2"], seed=seed)


def _biased(seed: int, given: Mapping[str, float]) -> Any:
    from river import optim, reco

    return reco.BiasedMF(
        n_factors=_whole(given["factors"]),
        bias_optimizer=optim.SGD(given["rate"]),
        latent_optimizer=optim.SGD(given["rate"]),
        l2_bias=given["l2"],
        l2_latent=given["l2"],
        latent_initializer=optim.initializers.Normal(mu=0.0, sigma=given["spread"], seed=seed),
        seed=seed,
    )


def _funk(seed: int, given: Mapping[str, float]) -> Any:
    from river import optim, reco

    return reco.FunkMF(
        n_factors=_whole(given["factors"]),
        optimizer=optim.SGD(given["rate"]),
        l2=given["l2"],
        initializer=optim.initializers.Normal(mu=0.0, sigma=given["spread"], seed=seed),
        seed=seed,
    )


def _random(seed: int, given: Mapping[str, float]) -> Any:
    from river import reco

    kind: Any = reco.RandomNormal
    return kind(seed=seed)


def _of_baseline(made: Recommender) -> Factors:
    users, items = _column(made.model.u_biases), _column(made.model.i_biases)
    mean = float(made.model.global_mean.get())
    return _frozen(Factors(mean, users, items, np.zeros((len(users), 1)), np.zeros((len(items), 1))))


def _of_biased(made: Recommender) -> Factors:
    model, f = made.model, made.model.n_factors
    users, items = _column(model.u_biases), _column(model.i_biases)
    mean = float(model.global_mean.get())
    return _frozen(Factors(mean, users, items, _table(model.u_latents, f), _table(model.i_latents, f)))


def _of_funk(made: Recommender) -> Factors:
    users, items = (_table(book, made.model.n_factors) for book in (made.model.u_latents, made.model.i_latents))
    return _frozen(Factors(0.0, np.zeros(len(users)), np.zeros(len(items)), users, items, unseen=made.mean))


def _of_random(made: Recommender) -> Factors:
    spread, mean = float(made.model.variance.get() or 1.0) ** 0.5, float(made.model.mean.get() or 0.0)
    none, nobody = np.zeros(1), np.zeros((1, 1))
    return _frozen(Factors(mean, none, none, nobody, nobody, noise=(int(made.model.seed), spread)))


_Build = Callable[[int, Mapping[str, float]], Any]
_BUILT: dict[str, tuple[_Build, Callable[[Recommender], Factors]]] = {
    "baseline": (_baseline, _of_baseline),
    "biased_mf": (_biased, _of_biased),
    "funk_mf": (_funk, _of_funk),
    "random_normal": (_random, _of_random),
}


def _frozen(made: Factors) -> Factors:
    for array in (made.user_bias, made.item_bias, made.user_factors, made.item_factors):
        array.setflags(write=False)
    return made


def _column(book: Mapping[int, float]) -> Floats:
    return _table({id: np.array([bias]) for id, bias in book.items()}, 1)[:, 0].copy()


def _table(book: Mapping[int, Floats], width: int) -> Floats:
    """Lay *book* out by id; the last row, of zeros, stands for all ids beyond."""
    table = np.zeros((max(book, default=-1) + 2, width))
    if book:
        table[list(book)] = np.array([np.atleast_1d(row) for row in book.values()])
    return table


def _rows(ids: Ints, table: Floats) -> Ints:
    given = np.asarray(ids, dtype=np.int64)
    if (given < 0).any():
        raise BadInput("an id is below 0; ids are 0, 1, 2, …")
    return np.minimum(given, len(table) - 1)


def _uniforms(seed: int, users: Ints, items: Ints) -> Floats:
    """Return (n, c) numbers in (0, 1), each a hash of seed, user and item (SplitMix64's mixer, Steele et al. 2014).

    A pair has the same luck however requests are cut into blocks, which a generator could not give.
    """
    mixed = _mixed(np.asarray(users, dtype=np.uint64) + np.uint64(_mixed(np.array([seed], np.uint64))[0]))
    pairs = _mixed(mixed[:, None] ^ _mixed(np.asarray(items, dtype=np.uint64) + np.uint64(1 << 40))[None, :])
    return (np.asarray(pairs >> np.uint64(12), dtype=np.float64) + 0.5) * 2.0**-52


def _mixed(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    z = words + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _whole(value: float) -> int:
    if value != int(value) or value < 1:
        raise BadInput(f"factors {value} is no number of factors; it must be 1, 2, …")
    return int(value)
