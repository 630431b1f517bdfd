"""What a shop has to show: items that keep arriving, tastes that drift, bait that is clicked and sent back.

Everything here is the hidden side of a feed: who decides sees arrivals and kinds, and learns the rest from clicks,
purchases and returns. Draws come from the named streams of a world; what a visitor does about an item is decided by
luck that belongs to the page and the item, so that two designs that show the same item meet the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput
from simulator.streams import Streams, uniform
from simulator.units import DAY, Floats, Ints, Mask
from simulator.world.clicks import pbm_clicks

__all__ = [
    "Answer", "Catalogue", "Page", "Past", "Shelves", "answered", "drawn", "examined", "farmed", "page_luck", "past",
]  # fmt: skip

_CLICKS, _BUYS, _SENDS_BACK = range(3)  # what luck is about here; a case has the other numbers, up to 255

_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_OF_THE_KIND = 0.4  # share of a taste's variance that is about the kind of item, not about the item
_TASTE, _QUALITY = 0.9, 0.35  # standard deviations of the log odds of a click: by taste, and whoever looks
_BAIT = 0.9  # what bait adds to the log odds of a click
_BAIT_SELLS = 0.5  # of what another item would sell per click


def page_luck(page: Floats, what: int, about: Ints | int) -> Floats:
    """Return the uniforms in (0, 1) that belong to pages, a purpose and whatever the draw is *about* (items, places).

    *page*: the pages' own uniforms, broadcast against *about*; *what*: 3 to 255, as 0 to 2 are taken here. This is
    a counter-based generator: the bits of the page's uniform, the purpose and the item are mixed twice by the
    finaliser of SplitMix64 (Steele, Lea and Flood 2014). Nothing is consumed, so no draw changes another.
    """
    key = (np.asarray(page, dtype=np.float64) * 2.0**53).astype(np.uint64)
    count = np.asarray(about).astype(np.uint64) * np.uint64(256) + np.uint64(what + 1)
    with np.errstate(over="ignore"):
        bits = _mixed(_mixed(key) + count * np.uint64(_GOLDEN))
    uniforms: Floats = ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return uniforms


def _mixed(z: np.typing.NDArray[np.uint64]) -> np.typing.NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_SECOND)
    return z ^ (z >> np.uint64(31))


def examined(places: int) -> Floats:
    """Return (places,) the share of visitors who look at each place of a page: 1, 0.8, 0.65, 0.5, 0.4, 0.3.

    Further places are looked at less and less. Position-based model: a click is a look and a liking (Richardson,
    Dominowska and Ragno 2007).
    """
    known = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3)
    return np.array([known[i] if i < len(known) else known[-1] * 0.85 ** (i - len(known) + 1) for i in range(places)])


@dataclass(frozen=True)
class Shelves:
    """How a catalogue is drawn."""

    items: int
    """at take-off"""
    arriving: float
    """further items a day, before take-off as after it"""
    days: float
    """of the flight"""
    groups: int = 5
    """of visitors with tastes of their own"""
    kinds: int = 8
    base: float = 0.05
    """median chance that who looks at an item clicks it"""
    conversion: float = 0.06
    """median chance that who clicks buys"""
    returns: float = 0.10
    """mean chance that what was bought is sent back"""
    bait: float = 0.12
    """share of items that promise more than they keep"""
    bait_returns: float = 0.55
    better: float = 0.25
    """what items of the flight have over older ones, in log odds of a click"""

    def __post_init__(self) -> None:
        if self.items < 1 or self.groups < 1 or self.kinds < 1 or not 0 <= self.arriving < 1e4:
            raise BadInput("a catalogue has items, groups and kinds, and from 0 to 10,000 arrivals a day")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """m items in the order of their arrival, and what visitors of g groups think of them."""

    born: Floats
    """(m,) when each arrives [s]; negative before take-off"""
    kind: Ints
    """(m,) what sort of thing it is; anybody can see that"""
    since: Floats
    """(r,) when each regime of tastes begins [s]; the first is -inf"""
    appeal: Floats
    """(r, g, m) P(click | looked at)"""
    conversion: Floats
    """(m,) P(buy | click)"""
    returns: Floats
    """(m,) P(send back | bought)"""
    bait: Mask
    """(m,)"""

    def __len__(self) -> int:
        return len(self.born)

    def liking(self, group: Ints, item: Ints, at: Floats) -> Floats:
        """Return (n, k) P(click | looked at) of the *item*s (n, k) by visitors of *group* (n,) at times *at* (n,)."""
        regime = np.searchsorted(self.since, at, side="right") - 1
        found: Floats = self.appeal[regime[:, None], group[:, None], item]
        return found

    def known(self, at: float) -> int:
        """Return how many items have arrived by the time *at* [s]: they are the first ones."""
        return int(np.searchsorted(self.born, at, side="right"))


def drawn(streams: Streams, shelves: Shelves, drifts: Sequence[tuple[str, float, float]] = ()) -> Catalogue:
    """Draw a catalogue from the streams `catalogue/...`.

    *drifts*: (name, start [s], size) of changes of taste, in order of time: of the variance of each group's tastes,
    the share *size* is drawn anew. A drift draws from a stream of its own name, so it changes nothing before it.
    """
    born = _arrivals(streams.get("catalogue", "arrivals"), shelves)
    m, luck = len(born), streams.get("catalogue", "items")
    kind = luck.integers(0, shelves.kinds, m)
    quality, mood = luck.standard_normal(m), luck.standard_normal(m)
    bait = luck.random(m) < shelves.bait
    spare: Floats = np.minimum(shelves.returns * luck.standard_gamma(4.0, m) / 4.0, 0.9)
    odds = np.log(shelves.base / (1 - shelves.base)) + _QUALITY * quality + _BAIT * bait
    odds = odds + shelves.better * (born > 0)
    tastes = [_tastes(streams, "tastes", shelves, kind)]
    for name, _, size in drifts:
        new = _tastes(streams, f"drift/{name}", shelves, kind)
        tastes.append(np.sqrt(1 - size) * tastes[-1] + np.sqrt(size) * new)
    appeal = 1 / (1 + np.exp(-(odds + _TASTE * np.array(tastes))))
    sells: Floats = shelves.conversion * np.exp(0.4 * mood) * np.where(bait, _BAIT_SELLS, 1.0)
    conversion: Floats = np.minimum(sells, 0.5)
    returns: Floats = np.where(bait, shelves.bait_returns, spare)
    return Catalogue(
        born=born,
        kind=kind,
        since=np.array([-np.inf, *(at for _, at, _ in drifts)]),
        appeal=np.round(appeal, 9),
        conversion=np.round(conversion, 9),
        returns=np.round(returns, 9),
        bait=bait,
    )


def _arrivals(luck: np.random.Generator, shelves: Shelves) -> Floats:
    """Draw the times [s] of arrivals; those before take-off came at the same pace, as far as there is one."""
    pace = shelves.arriving or shelves.items / 365.0
    before = -luck.random(shelves.items) * shelves.items / pace * DAY
    after = luck.random(round(shelves.arriving * shelves.days)) * shelves.days * DAY
    return np.sort(np.concatenate([before, after]))


def _tastes(streams: Streams, name: str, shelves: Shelves, kind: Ints) -> Floats:
    luck = streams.get("catalogue", name)
    by_kind = luck.standard_normal((shelves.groups, shelves.kinds))
    own = luck.standard_normal((shelves.groups, len(kind)))
    tastes: Floats = np.sqrt(_OF_THE_KIND) * by_kind[:, kind] + np.sqrt(1 - _OF_THE_KIND) * own
    return tastes


@dataclass(frozen=True, slots=True)
class Page:
    """What n visitors are shown, in k places."""

    group: Ints
    """(n,) of the visitor"""
    items: Ints
    """(n, k)"""
    at: Floats
    """(n,) when [s]"""
    luck: Floats
    """(n,) a uniform of its own"""
    mood: Floats
    """(n,) factor of what is liked"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What n visitors did."""

    clicked: Mask
    """(n, k)"""
    bought: Ints
    """(n,) an item; -1 = none"""
    comes_back: Mask
    """(n,) whether that will be sent back"""


def answered(goods: Catalogue, page: Page, look: Floats) -> Answer:
    """Let visitors click by the position-based model with *look* (k,), and buy the first click that convinces."""
    items, luck = page.items, page.luck[:, None]
    liking = goods.liking(page.group, items, page.at) * page.mood[:, None]
    clicked = pbm_clicks(liking, look, page_luck(luck, _CLICKS, items))
    buys = clicked & (page_luck(luck, _BUYS, items) < goods.conversion[items])
    some = buys.any(axis=1)
    what = items[np.arange(len(items)), buys.argmax(axis=1)]
    back = some & (page_luck(page.luck, _SENDS_BACK, what) < goods.returns[what])
    return Answer(clicked, np.where(some, what, -1), back)


def farmed(goods: Catalogue, name: str, seed: int) -> int:
    """Return the item that the click farm *name* is paid for: any of those at take-off, by the seed."""
    here = max(1, goods.known(0.0))
    return min(here - 1, int(here * uniform(seed, "target", name)))


@dataclass(frozen=True, slots=True)
class Past:
    """What was counted before take-off, per group, item and place (g, m, k) or per group and item (g, m)."""

    shown: Ints
    clicked: Ints
    bought: Ints
    returned: Ints


def past(streams: Streams, catalogue: Catalogue, look: Floats, views: float) -> Past:
    """Draw what was counted before take-off: each item was shown in every place alike, and some far more than others.

    *look*: (k,) P(looked at | place); *views*: mean number of times an item was shown to a group in a place; those
    younger than 30 days were shown less in proportion.
    """
    luck = streams.get("catalogue", "past")
    _, groups, m = catalogue.appeal.shape
    age = np.clip(-catalogue.born / (30 * DAY), 0.0, 1.0)
    fame = np.exp(luck.standard_normal(m) - 0.5) * age * views
    shown = luck.poisson(np.broadcast_to(fame[None, :, None], (groups, m, len(look))))
    clicked = luck.binomial(shown, catalogue.appeal[0][:, :, None] * look)
    bought = luck.binomial(clicked.sum(axis=2), catalogue.conversion)
    return Past(shown, clicked, bought, luck.binomial(bought, catalogue.returns))
