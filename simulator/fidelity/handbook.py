"""A card payment world after the description in the Fraud Detection Handbook, its features and its baseline models.

The description: Le Borgne, Siblini, Lebichot & Bontempi, Reproducible Machine Learning for Credit Card Fraud
Detection (2022), chapters 3 and 5. No line of its code was used, so the draws differ from the published data set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.learning.batch import one_thread
from simulator.learning.metrics import auc, average_precision, card_precision
from simulator.streams import Streams
from simulator.units import DAY, HOUR, Floats, Ints, Mask

__all__ = [
    "AS_DESCRIBED",
    "FOLD",
    "MODELS",
    "Payments",
    "Recipe",
    "Week",
    "at_random",
    "baseline",
    "by_time",
    "features",
    "payments",
]

_FAR = 400 * DAY  # keeps the time lines of two owners apart, when they are laid end to end
_WINDOWS = (1, 7, 30)  # [days]


@dataclass(frozen=True)
class Recipe:
    """The numbers of the world, as described."""

    customers: int = 5_000
    terminals: int = 10_000
    days: int = 183
    radius: float = 5.0
    """how far a customer goes to a terminal, on a map of 100 × 100"""
    activity: float = 4.0
    """the most payments a day that a customer makes on average; the least is 0"""
    large: float = 220.0
    """scenario 1: an amount above it is fraud [$]"""
    terminals_a_day: int = 2
    terminal_days: int = 28
    """scenario 2: how long all payments at a compromised terminal are fraud"""
    cards_a_day: int = 3
    card_days: int = 14
    """scenario 3: how long one in three payments of a compromised card is fraud, with five times the amount"""


@dataclass(frozen=True, slots=True)
class Payments:
    """n payments, by card, and by day within a card."""

    card: Ints
    terminal: Ints
    day: Ints
    at: Floats
    """[s] from the first midnight"""
    amount: Floats
    """[$]"""
    scenario: Ints
    """0 = genuine, 1-3 = the fraud scenario"""

    @property
    def fraud(self) -> Mask:
        """(n,) whether a payment is fraud."""
        return self.scenario > 0

    def rows(self, index: Ints | Mask) -> Payments:
        """Take the rows *index*."""
        names = ("card", "terminal", "day", "at", "amount", "scenario")
        return Payments(*(getattr(self, name)[index] for name in names))


AS_DESCRIBED = Recipe()


def payments(seed: int, recipe: Recipe = AS_DESCRIBED) -> Payments:
    """Draw the world of a *seed*: genuine payments first, then the three fraud scenarios over them."""
    luck = Streams(seed)
    genuine = _genuine(luck, recipe)
    large = replace(genuine, scenario=np.where(genuine.amount > recipe.large, 1, 0))
    return _cards(luck, recipe, _terminals(luck, recipe, large))


def _genuine(luck: Streams, recipe: Recipe) -> Payments:
    people = luck.get("customers")
    home = people.uniform(0, 100, (recipe.customers, 2))
    mean, rate = people.uniform(5, 100, recipe.customers), people.uniform(0, recipe.activity, recipe.customers)
    first, near, nearby = _reachable(luck, recipe, home)
    count = luck.get("counts").poisson(rate[:, None], (recipe.customers, recipe.days)) * (near > 0)[:, None]
    card = np.repeat(np.arange(recipe.customers), count.sum(axis=1))
    day = np.repeat(np.tile(np.arange(recipe.days), recipe.customers), count.ravel())
    clock = luck.get("clock").normal(DAY / 2, 20_000, len(card))
    amount = _amounts(luck, mean[card])
    place = (luck.get("terminal").random(len(card)) * near[card]).astype(np.int64)
    all_day = Payments(card, nearby[first[card] + place], day, day * DAY + clock, amount, np.zeros_like(card))
    return all_day.rows((clock > 0) & (clock < DAY))


def _reachable(luck: Streams, recipe: Recipe, home: Floats) -> tuple[Ints, Ints, Ints]:
    """Return, per customer, where their terminals begin in a list and how many they are, and that list."""
    from scipy.spatial import cKDTree

    places = luck.get("terminals").uniform(0, 100, (recipe.terminals, 2))
    reachable: Any = cKDTree(places).query_ball_point(home, recipe.radius, return_sorted=True)
    near = np.array([len(some) for some in reachable], dtype=np.int64)
    return np.cumsum(near) - near, near, np.concatenate([np.array(some, dtype=np.int64) for some in reachable])


def _amounts(luck: Streams, mean: Floats) -> Floats:
    """Draw normal amounts around each *mean*; a negative one is drawn again, uniform up to twice the mean."""
    first = luck.get("amounts").normal(mean, mean / 2)
    again = luck.get("amounts again").uniform(0, 2 * mean)
    return np.where(first < 0, again, first).round(2)


def _terminals(luck: Streams, recipe: Recipe, world: Payments) -> Payments:
    draw = luck.get("compromised terminals")
    bad = np.zeros((recipe.terminals, recipe.days), dtype=np.bool_)
    for day in range(recipe.days):
        today = draw.choice(recipe.terminals, recipe.terminals_a_day, replace=False)
        bad[today, day : day + recipe.terminal_days] = True
    return replace(world, scenario=np.where(bad[world.terminal, world.day], 2, world.scenario))


def _cards(luck: Streams, recipe: Recipe, world: Payments) -> Payments:
    draw = luck.get("compromised cards")
    amount, scenario = world.amount.copy(), world.scenario.copy()
    for day in range(recipe.days):
        for card in draw.choice(recipe.customers, recipe.cards_a_day, replace=False).tolist():
            stolen = _between(world, card, day, day + recipe.card_days)
            hit = draw.choice(stolen, len(stolen) // 3, replace=False) if len(stolen) else stolen
            amount[hit] *= 5
            scenario[hit] = 3
    return replace(world, amount=amount, scenario=scenario)


def _between(world: Payments, card: int, start: int, end: int) -> Ints:
    """Return the rows of *card* on the days from *start* to before *end*."""
    first, last = np.searchsorted(world.card, [card, card + 1]).tolist()
    return np.arange(*(first + np.searchsorted(world.day[first:last], [start, end])), dtype=np.int64)


def features(world: Payments, rows: Ints, delay: float = 7.0) -> Floats:
    """Return the (n, 15) features of *rows*, from what was known at each payment.

    Amount, weekend, night; for 1, 7 and 30 days the card's payments (this one included) and their mean amount;
    for the same windows, ending *delay* days ago, the terminal's payments and the share of them that was fraud.
    """
    day, asked = world.day[rows], world.rows(rows)
    lately = world.rows((world.day >= day.min() - delay - max(_WINDOWS) - 1) & (world.day <= day.max()))
    card = _history(lately.card, lately.at, lately.amount, asked.card * _FAR + asked.at)
    ends = asked.terminal * _FAR + (asked.at - delay * DAY)
    risk = _history(lately.terminal, lately.at, lately.fraud.astype(np.float64), ends)
    weekend, night = (asked.day + 6) % 7 >= 5, asked.at % DAY < 6 * HOUR  # day 0 is a Sunday
    return np.column_stack([asked.amount, weekend, night, *card, *risk])


def _history(owner: Ints, at: Floats, value: Floats, ends: Floats) -> list[Floats]:
    """Return, per window, how many events an owner had up to each of *ends*, and their mean *value* (0 if none)."""
    line = owner * _FAR + at
    order = np.argsort(line, kind="stable")
    line, total = line[order], np.append(0.0, np.cumsum(value[order]))
    last, found = np.searchsorted(line, ends, side="right"), []
    for days in _WINDOWS:
        before = np.searchsorted(line, ends - days * DAY, side="right")
        found += [(last - before).astype(np.float64), (total[last] - total[before]) / np.maximum(last - before, 1)]
    return found


@dataclass(frozen=True, slots=True)
class Week:
    """The rows to train and to test on."""

    train: Ints
    test: Ints


FOLD = 115
"""the first day of training of the published baseline: 25 July, counted from Sunday 1 April"""


def by_time(world: Payments, start: int = FOLD) -> Week:
    """Train for 7 days from day *start*, wait 7 days for labels, test for 7 days without cards known to be stolen.

    Known on a test day: cards with fraud in training, or since then up to 8 days before that day.
    """
    fraud, known, test = world.fraud, np.zeros(world.card.max() + 1, dtype=np.bool_), []
    train = _on(world, start, start + 7)
    known[world.card[train][fraud[train]]] = True
    for day in range(start + 14, start + 21):
        learned = _on(world, day - 8, day - 7)
        known[world.card[learned][fraud[learned]]] = True
        today = _on(world, day, day + 1)
        test.append(today[~known[world.card[today]]])
    return Week(train, np.concatenate(test))


def at_random(world: Payments, seed: int, start: int = FOLD) -> Week:
    """Mix the payments of both weeks of `by_time` and cut them at random into parts of the same sizes."""
    honest = by_time(world, start)
    pool = np.append(_on(world, start, start + 7), _on(world, start + 14, start + 21))
    mixed = Streams(seed).get("random split").permutation(pool)
    sizes = len(honest.train), len(honest.train) + len(honest.test)
    return Week(mixed[: sizes[0]], mixed[sizes[0] : sizes[1]])


def _on(world: Payments, start: int, end: int) -> Ints:
    return np.flatnonzero((world.day >= start) & (world.day < end))


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression()


def _tree(depth: int | None) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=depth, random_state=0)


def _forest() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=25, random_state=0, n_jobs=-1)  # any n_jobs grows the same trees


MODELS: Mapping[str, Callable[[], Any]] = {
    "LR": _logistic,
    "DT2": lambda: _tree(2),
    "DT5": lambda: _tree(5),
    "DT": lambda: _tree(None),
    "RF": _forest,
}


def baseline(world: Payments, week: Week, models: tuple[str, ...], delay: float = 7.0) -> dict[str, float]:
    """Train the *models* on standardised features and return `LR auc`, `LR ap`, `LR cp100`, … on the test rows.

    Terminal risks end *delay* days before each payment.
    """
    both = features(world, np.append(week.train, week.test), delay)
    X, Z = both[: len(week.train)], both[len(week.train) :]
    mean, sd, test = X.mean(axis=0), X.std(axis=0), world.rows(week.test)
    figures = {}
    for name in models:
        scores = _scores(MODELS[name](), (X - mean) / sd, world.fraud[week.train], (Z - mean) / sd)
        figures[f"{name} auc"] = auc(scores, test.fraud)
        figures[f"{name} ap"] = average_precision(scores, test.fraud)
        figures[f"{name} cp100"] = card_precision(test.day, test.card, scores, test.fraud)
    return figures


def _scores(model: Any, X: Floats, y: Mask, Z: Floats) -> Floats:
    with one_thread():
        model.fit(X, y)
        if hasattr(model, "n_jobs"):
            model.set_params(n_jobs=1)  # for threads would add up the trees in any order
        return np.asarray(model.predict_proba(Z)[:, 1], dtype=np.float64)
