"""Checks of the recommender area on ads: in which order ways to explore come, in a small world with late answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance
from simulator.learning import exploration
from simulator.learning.contextual import LinUCB, Ridge
from simulator.streams import Streams
from simulator.units import Floats

__all__ = ["checks"]

_FIFTEEN = tuple(range(15))
_WAYS: dict[str, tuple[float, ...]] = {
    "Thompson": (0.06, 0.12, 0.25),  # width of the posterior; 0.22 is the deviation of a click at a rate of 5 %
    "LinUCB": (0.06, 0.12, 0.25),
    "epsilon": (0.02, 0.05, 0.1),
    "exploit": (0.0,),
    "random": (0.0,),
}
"""Way to explore -> the settings of which the best counts"""
_SURE = 3.0  # standard errors by which one way must lose less than the other


@dataclass(frozen=True)
class _World:
    """A day of requests and the ads that compete for each of them, with the luck of all who meet in it."""

    X: Floats
    """(n, f) contexts"""
    rate: Floats
    """(n, c) chances of a click"""
    click: Floats
    """(n,) decides whether what is shown is clicked"""
    normal: Floats
    """(n, c) the luck of draws from a posterior"""
    page: Floats
    """(n, 2) the luck of exploring at random"""


def checks() -> list[Check]:
    """List the one check."""
    return [
        Check(
            id="rec.ts.ad",
            area="recsys",
            mechanism="regret in clicks, best setting of each: the left one loses less in the same worlds (1 = surely)",
            setting={"ads": 20, "requests": 4_000, "learns every": 200, "model": "ridge regression for each ad"},
            expected=dict.fromkeys(_pairs(), 1.0),
            source="Chapelle & Li 2011, table 2: the order alone, since this is another world",
            tolerance=Tolerance(errors=0),
            measure=_ordered,
            seeds=_FIFTEEN,
            twin={"width": 10.0},  # an order cannot notice a twentieth: here Thompson draws ten times too wide
        )
    ]


def _pairs() -> list[str]:
    names = list(_WAYS)
    return [f"Thompson < {other}" for other in names[1:]] + [f"{other} < random" for other in names[1:-1]]


def _ordered(seeds: Sequence[int], width: float = 1.0) -> Figures:
    """Worlds are paired: a gap counts if its mean over the seeds exceeds its standard error three times."""
    worlds = [_world(seed) for seed in seeds]
    lost = {
        way: _best([[_regret(w, way, s, width) for w in worlds] for s in settings]) for way, settings in _WAYS.items()
    }
    figures: dict[str, Floats] = {}
    for pair in _pairs():
        less, more = pair.split(" < ")
        gap = lost[more] - lost[less]
        sure = gap.mean() > _SURE * gap.std(ddof=1) / math.sqrt(len(gap))
        figures[pair] = np.full(len(seeds), float(sure))
    return figures


def _best(runs: list[list[float]]) -> Floats:
    return np.array(min(runs, key=np.mean))


def _world(seed: int, n: int = 4_000, ads: int = 20, features: int = 6) -> _World:
    """Draw ads of about 5 % clicks, each liked by its own kind of people."""
    luck = Streams(seed).get("ads")
    kind = luck.standard_normal((n, features - 1)) / math.sqrt(features - 1)
    taste = np.hstack([luck.normal(-3.0, 0.5, (ads, 1)), luck.standard_normal((ads, features - 1))])
    X = np.hstack([np.ones((n, 1)), kind])
    rate = 1 / (1 + np.exp(-(X @ taste.T)))
    return _World(X, rate, luck.random(n), luck.standard_normal((n, ads)), luck.random((n, 2)))


def _regret(world: _World, way: str, setting: float, width: float, every: int = 200) -> float:
    """Return the share of the possible clicks that is lost."""
    n, ads = world.rate.shape
    model, lost = Ridge(ads, world.X.shape[1]), 0.0
    for start in range(0, n, every):
        rows = slice(start, start + every)
        scores = _scores(world, rows, model.snapshot(), way, setting * (width if way == "Thompson" else 1.0))
        random_share = setting if way == "epsilon" else 0.0
        shown = exploration.epsilon_greedy(scores, 1, random_share, world.page[rows]).items
        rate = np.take_along_axis(world.rate[rows], shown, axis=1)[:, 0]
        model.learn(world.X[rows], shown[:, 0], (world.click[rows] < rate).astype(np.float64))
        lost += float((world.rate[rows].max(axis=1) - rate).sum())
    return lost / float(world.rate.max(axis=1).sum())


def _scores(world: _World, rows: slice, model: LinUCB, way: str, width: float) -> Floats:
    if way == "random":
        return world.normal[rows]
    if way == "Thompson":
        return model.sampled(world.X[rows], world.normal[rows], width)
    return model.scores(world.X[rows], width) if way == "LinUCB" else model.means(world.X[rows])
