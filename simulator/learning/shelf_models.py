"""What a feed knows of its items: running counts that forget, and rankers that turn them into scores.

Counts are whole numbers until they are folded at a publication, so how pages were cut into blocks shows nowhere. A
score is what a model says P(click | looked at) is, for each group of visitors and each item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from simulator.errors import BadInput, unknown
from simulator.learning.scores import settled
from simulator.units import Floats, Ints

__all__ = [
    "RANKERS", "SOURCES", "Kept", "Ranker", "Tally", "Worth", "candidates", "click_rate", "exposure", "ranker",
    "sampled_rates", "worth",
]  # fmt: skip

RANKERS = ("popularity", "group_ctr", "logistic", "factors")
SOURCES = ("popular", "group", "mix")
_NEW = 0.4  # share of the places of a mixed source that is kept for the newest items
_OWN = 8.0  # looks at an item by everybody that a group's own looks are weighed against
_FIRST = 8.0  # looks that the average item stands for when an item is met
_CLICKS, _SALES = 60.0, 10.0  # clicks and purchases that the average item stands for


@dataclass(frozen=True, slots=True)
class Kept:
    """What has been counted and not been forgotten, of g groups, m items and k places."""

    shown: Floats
    """(g, m, k) times shown"""
    clicked: Floats
    """(g, m) clicks"""
    clicks: Floats
    """(m,) clicks, forgotten more slowly: what purchases are held against"""
    bought: Floats
    """(m,) purchases, forgotten as slowly"""
    returned: Floats
    """(m,) purchases sent back, forgotten as slowly"""


class Tally:
    """Counts what *groups* of visitors did about *items* in *places*, and forgets.

    What is counted waits in a window until it is folded into what is kept. Forgetting is exponential: after a
    *memory* [days] a count weighs a half, purchases and returns after *patience* memories, as they are few. Infinity
    forgets nothing.
    """

    def __init__(self, groups: int, items: int, places: int, patience: float = 3.0) -> None:
        self.shape, self.patience = (groups, items, places), patience
        zeros = np.zeros(items)
        self.kept = Kept(np.zeros(self.shape), np.zeros((groups, items)), zeros, zeros, zeros)
        self._clear()

    def start(self, shown: Ints, clicked: Ints, bought: Ints, returned: Ints) -> None:
        """Take over what was counted before: (g, m, k) twice, (g, m) twice."""
        clicks = clicked.sum(axis=2).astype(np.float64)
        sums = (clicks.sum(axis=0), bought.sum(axis=0).astype(np.float64), returned.sum(axis=0).astype(np.float64))
        self.kept = Kept(shown.astype(np.float64), clicks, *sums)

    def count(self, group: Ints, items: Ints, clicked: Any) -> None:
        """Count n pages: *group* (n,), the *items* in their places (n, k), and which of them were *clicked* (n, k)."""
        g, m, k = self.shape
        flat = (group[:, None] * m + items) * k + np.arange(k)
        self._shown += np.bincount(flat.ravel(), minlength=g * m * k).reshape(self.shape)
        pairs = (group[:, None] * m + items)[clicked]
        self._clicked += np.bincount(pairs, minlength=g * m).reshape(g, m)

    def click(self, group: Ints, item: Ints) -> None:
        """Count n clicks on an *item* that came from somewhere else than the page."""
        g, m, _ = self.shape
        self._clicked += np.bincount(group * m + item, minlength=g * m).reshape(g, m)

    def buy(self, item: Ints) -> None:
        """Count n purchases."""
        self._bought += np.bincount(item, minlength=self.shape[1])

    def send_back(self, item: Ints) -> None:
        """Count n returns."""
        self._returned += np.bincount(item, minlength=self.shape[1])

    def fold(self, days: float, memory: float) -> Kept:
        """Let *days* pass with a *memory* [days], add the window to what is kept, and return that."""
        if not memory > 0:
            raise BadInput(f"a memory of {memory} days is not allowed; it is over 0, infinity for all")
        fast, slow, old = 0.5 ** (days / memory), 0.5 ** (days / memory / self.patience), self.kept
        self.kept = Kept(
            fast * old.shown + self._shown,
            fast * old.clicked + self._clicked,
            slow * old.clicks + self._clicked.sum(axis=0),
            slow * old.bought + self._bought,
            slow * old.returned + self._returned,
        )
        self._clear()
        return self.kept

    def restore(self, kept: Kept) -> None:
        """Know again what was *kept* at some time, and drop what has been counted since the last fold."""
        self.kept = kept
        self._clear()

    def _clear(self) -> None:
        g, m, _ = self.shape
        self._shown, self._clicked = np.zeros(self.shape, np.int64), np.zeros((g, m), np.int64)
        self._bought, self._returned = np.zeros(m, np.int64), np.zeros(m, np.int64)


def exposure(kept: Kept, look: Floats | None) -> Floats:
    """Return (g, m) how often each item was looked at, given *look* (k,) = P(looked at | place).

    None takes every place for looked at: an item that was shown in low places then seems worse than it is. Clicks
    over looks weigh by inverse propensity under a position-based model (Joachims, Swaminathan and Schnabel 2017).
    """
    weights = np.ones(kept.shown.shape[2]) if look is None else look
    total = np.zeros(kept.clicked.shape)
    for place, weight in enumerate(weights.tolist()):  # in this order: a matrix product rounds by the machine
        total += weight * kept.shown[:, :, place]
    return total


def click_rate(kept: Kept, look: Floats | None) -> Floats:
    """Return (g, m) P(click | looked at): a group's own rate, shrunk towards everybody's, shrunk towards the mean.

    Shrinkage as in an empirical Bayes estimate of a rate (Efron and Morris 1975): the mean counts as so many looks.
    """
    looks = exposure(kept, look)
    everybody = _shrunk(kept.clicked.sum(axis=0), looks.sum(axis=0), _average(kept, looks), _FIRST)
    return settled(_shrunk(kept.clicked, looks, everybody, _OWN))


def sampled_rates(kept: Kept, look: Floats | None, items: Ints, draws: int, luck: np.random.Generator) -> Floats:
    """Draw (draws, g, c) click rates of *items* (g, c) from their posteriors: Thompson sampling ranks by these.

    Beta posteriors (Thompson 1933) whose prior is everybody's rate, worth as many looks as in `click_rate`; a beta
    variable is drawn as a ratio of gamma variables.
    """
    looks = exposure(kept, look)
    everybody = _shrunk(kept.clicked.sum(axis=0), looks.sum(axis=0), _average(kept, looks), _FIRST)
    rows = np.arange(len(items))[:, None]
    hits = (kept.clicked + _OWN * everybody)[rows, items]
    misses = (np.maximum(looks - kept.clicked, 0.0) + _OWN * (1 - np.minimum(everybody, 0.99)))[rows, items]
    likes, dislikes = (luck.standard_gamma(shape, (draws, *shape.shape)) for shape in (hits, misses))
    return settled(likes / (likes + dislikes))


def _average(kept: Kept, looks: Floats) -> float:
    """Return the rate of the average item, each item counting once however often it was shown."""
    clicks, seen = kept.clicked.sum(axis=0), looks.sum(axis=0)
    enough = seen >= 1.0
    return float(np.round((clicks[enough] / seen[enough]).mean(), 12)) if enough.any() else 0.05


def _shrunk(hits: Floats, tries: Floats, prior: Floats | float, weight: float) -> Floats:
    rate: Floats = (hits + weight * prior) / (tries + weight)
    return rate


@dataclass(frozen=True)
class Worth:
    """What a click, a purchase and a return count for [$]."""

    click: float
    purchase: float
    back: float


def worth(kept: Kept, terms: Worth) -> Floats:
    """Return (m,) the expected worth [$] of a click on each item: click + P(buy) * (purchase - P(send back) * back).

    Both chances are shrunk towards those of all items together. Purchases that have not come yet are not known.
    """
    clicks, bought = kept.clicks.sum(), kept.bought.sum()
    sells = _shrunk(kept.bought, kept.clicks, float(bought / max(clicks, 1.0)), _CLICKS)
    fails = _shrunk(kept.returned, kept.bought, float(kept.returned.sum() / max(bought, 1.0)), _SALES)
    value: Floats = np.round(terms.click + sells * (terms.purchase - fails * terms.back), 9)
    return value


def candidates(source: str, kept: Kept, n: int, fresh: Ints, barred: Ints) -> Ints:
    """Return (g, n) the items that a *source* hands to the ranker, fewer columns when there are no more.

    popular: most clicked by everybody · group: most clicked by the group, a co-visit index · mix: that, and the newest
    of *fresh* for two places in five. *fresh* (f,): all items known to the index in the order of their arrival;
    *barred*: items that may not be shown.
    """
    if source not in SOURCES:
        raise unknown("source", source, SOURCES)
    open_items = fresh[~np.isin(fresh, barred)]
    n = min(n, len(open_items))
    newest = open_items[::-1][: round(_NEW * n)] if source == "mix" else open_items[:0]
    clicks = np.broadcast_to(kept.clicked.sum(axis=0), kept.clicked.shape) if source == "popular" else kept.clicked
    rest = open_items[~np.isin(open_items, newest)]
    order = np.argsort(-np.round(clicks[:, rest], 9), axis=1, kind="stable")[:, : n - len(newest)]
    groups = len(clicks)
    return np.concatenate([rest[order], np.broadcast_to(newest, (groups, len(newest)))], axis=1)


class Ranker(Protocol):
    """Something that learns from pages and scores items."""

    def learn(self, group: Ints, items: Ints, clicked: Any, weight: Floats) -> None:
        """Learn from n pages; a click in place j counts *weight* (k,) times."""

    def scores(self, kept: Kept, look: Floats | None) -> Floats:
        """Return (g, m) scores in [0, 1], quantised to 1e-9."""


def ranker(name: str, kind: Ints, groups: int, seed: int) -> Ranker:
    """Return the ranker called *name*; *kind* (m,) is what sort of thing each item is."""
    if name not in RANKERS:
        raise unknown("ranker", name, RANKERS)
    if name == "logistic":
        return _Logistic(kind, groups)
    return _Factors(groups, len(kind), seed) if name == "factors" else _Counts(name == "popularity")


class _Counts:
    """Ranks by clicks (everybody's, and not their rate) or by the rate of each group."""

    def __init__(self, raw: bool) -> None:
        self._raw = raw

    def learn(self, group: Ints, items: Ints, clicked: Any, weight: Floats) -> None:
        """Learn nothing: all there is to know is in the counts."""

    def scores(self, kept: Kept, look: Floats | None) -> Floats:
        """Return the clicks over the most of any item, the same for each group; or the rates."""
        if not self._raw:
            return click_rate(kept, look)
        clicks = kept.clicked.sum(axis=0)
        return np.broadcast_to(settled(clicks / max(1.0, float(clicks.max()))), kept.clicked.shape)


class _Logistic:
    """river's logistic regression on what kind of thing an item is and who looks: no item has a memory of its own."""

    def __init__(self, kind: Ints, groups: int) -> None:
        from simulator.learning.intake import Setup
        from simulator.learning.online import OnlineLogistic

        self._kind, self._groups, self._kinds = kind, groups, int(kind.max()) + 1
        self._model = OnlineLogistic(Setup())
        self._rates: Floats | None = None

    def learn(self, group: Ints, items: Ints, clicked: Any, weight: Floats) -> None:
        """Take a step of gradient descent for each place of each page."""
        who, what = np.repeat(group, items.shape[1]), items.ravel()
        if self._rates is not None and len(who):
            weights = np.where(clicked, weight, 1.0).ravel()
            self._model.learn(self._features(who, what), clicked.ravel(), weights)

    def scores(self, kept: Kept, look: Floats | None) -> Floats:
        """Score every item for every group from the counts as they are now."""
        self._rates = click_rate(kept, look)
        g, m = self._rates.shape
        who, what = np.repeat(np.arange(g), m), np.tile(np.arange(m), g)
        return self._model.snapshot()(self._features(who, what)).reshape(g, m)

    def _features(self, who: Ints, what: Ints) -> Floats:
        assert self._rates is not None
        odds = np.log(np.maximum(self._rates, 1e-6) / np.maximum(1 - self._rates, 1e-6))
        pair = np.zeros((len(who), 2 + self._kinds))
        pair[:, 0], pair[:, 1] = odds[who, what], odds.mean(axis=0)[what]
        pair[np.arange(len(who)), 2 + self._kind[what]] = 1.0
        return pair


class _Factors:
    """river's biased matrix factorisation of the rates by group and item."""

    def __init__(self, groups: int, items: int, seed: int) -> None:
        from simulator.learning.recommenders import recommender

        self._shape, self._model = (groups, items), recommender("biased_mf", seed & 0xFFFFFFFF, factors=4, rate=0.1)

    def learn(self, group: Ints, items: Ints, clicked: Any, weight: Floats) -> None:
        """Learn the rate of each pair of group and item on the pages, a step a pair."""
        g, m = self._shape
        pairs = (group[:, None] * m + items).ravel()
        shown = np.bincount(pairs, minlength=g * m)
        rated = np.bincount(pairs, np.where(clicked, weight, 0.0).ravel(), minlength=g * m)
        seen = np.flatnonzero(shown)
        self._model.learn(seen // m, seen % m, np.round(rated[seen] / shown[seen], 9))

    def scores(self, kept: Kept, look: Floats | None) -> Floats:
        """Score every pair from the factors as they are now."""
        g, m = self._shape
        return settled(self._model.snapshot().scores(np.arange(g), np.arange(m)))
