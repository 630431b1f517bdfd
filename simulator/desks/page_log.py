"""What pages showed and what visitors did about them: the log that a feed learns from, and is watched by."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.books.figures import mean
from simulator.books.requests import ABSENT
from simulator.learning.exploration import epsilon_greedy, one_slot
from simulator.learning.pages import Snapshot, hardly_bought
from simulator.learning.ranking import exposure_share, gini, time_to_impressions
from simulator.system import System
from simulator.units import DAY, Floats, Ints, Mask, day
from simulator.world.catalogue import Answer, Catalogue, Page, answered, page_luck

__all__ = ["PageLog", "other_pages"]

_EXPLORES, _GUEST, _RANDOM = 8, 9, 10  # what a page's luck is about, besides clicks, purchases and returns


class PageLog:
    """A row per page of the tape of *system*, of as many places as *look* (k,), P(looked at | place), has."""

    def __init__(self, system: System, goods: Catalogue, look: Floats) -> None:
        n, k = len(system.tape), len(look)
        self._system, self._goods, self._look = system, goods, look
        self._group, self._at = system.tape.requests.segment, system.tape.requests.at
        self.page: Floats = system.tape.truths.luck["page"]
        """(n,) a uniform of each page's own"""
        self.target: Ints = system.tape.truths.luck["target"].astype(np.int64)
        """(n,) the item that a fake visitor clicks; -1 = a person"""
        self.shown: Ints = np.zeros((n, k), np.int64)
        self.clicked: Mask = np.zeros((n, k), np.bool_)
        self.explored: Mask = np.zeros(n, np.bool_)
        """(n,) whether the page was composed in another way than the best one"""
        self.chance: Floats = np.ones(n)
        """(n,) with which it was composed in that way"""
        self.sold: Ints = np.full(n, -1)
        """(n,) the item that was bought; -1 = none"""
        self.comes_back: Mask = np.zeros(n, np.bool_)
        self.elsewhere: Ints = np.full(n, -1)
        """(n,) the item that a fake visitor clicked somewhere else; -1 = none"""
        self._sales: list[Ints] = [np.zeros(len(goods), np.int64)]

    def compose(self, ids: Ints, live: Snapshot, explore: str, share: float) -> None:
        """Compose the pages *ids* by the *live* snapshot, a *share* of them in another way unless *explore* is none.

        What is luck here belongs to the page.
        """
        group = self._group[ids]
        self.shown[ids], self.chance[ids] = live.best[group], 1.0
        if explore == "none":
            return
        explores = page_luck(self.page[ids], _EXPLORES, 0) < share
        self.explored[ids], self.chance[ids] = explores, np.where(explores, share, 1 - share)
        for g in range(len(live.best)):
            mine = ids[explores & (group == g)]
            if len(mine):
                self.shown[mine] = other_pages(live, g, self.page[mine], explore, share)

    def answer(self, ids: Ints, mood: Floats) -> None:
        """Let the visitors of the pages *ids* click, buy and send back; *mood* (n,) is a factor of what is liked.

        A fake one likes nothing, and clicks what it is paid for, on the page or elsewhere.
        """
        items, target = self.shown[ids], self.target[ids]
        liked = np.where(target >= 0, 0.0, mood)
        did: Answer = answered(
            self._goods, Page(self._group[ids], items, self._at[ids], self.page[ids], liked), self._look
        )
        self.sold[ids], self.comes_back[ids] = did.bought, did.comes_back
        self.clicked[ids] = clicked = did.clicked | (items == target[:, None])
        elsewhere = (target >= 0) & ~clicked.any(axis=1)
        self.elsewhere[ids[elsewhere]] = target[elsewhere]

    def buy(self, items: Ints) -> None:
        """Count purchases of *items* (n,) that have come to light."""
        self._sales[-1] += np.bincount(items, minlength=len(self._goods))

    def midnight(self) -> None:
        """Begin another day of purchases."""
        self._sales.append(np.zeros(len(self._goods), np.int64))

    def pages(self, since: float) -> Ints:
        """Return the pages that were asked for from *since* [s] up to now and have been shown."""
        ids = np.arange(*np.searchsorted(self._at, [max(0.0, since), self._system.clock.now]))
        return ids[self._system.outcomes.result[ids] > ABSENT]

    def readings(self, newcomer: float) -> dict[str, float]:
        """Return what gauges show of the last day: pages, clicks a page of all and of each group, who was shown.

        An item is a newcomer for so long [s].
        """
        ids, now = self.pages(self._system.clock.now - DAY), self._system.clock.now
        items, group = self.shown[ids], self._group[ids]
        clicks = self.clicked[ids].sum(axis=1) + (self.elsewhere[ids] >= 0)
        young = self._goods.born[items] > (self._at[ids] - newcomer)[:, None]
        shown = np.bincount(items.ravel(), minlength=self._goods.known(now))
        groups = self._goods.appeal.shape[1]
        return {
            "pages": len(ids),
            "ctr": mean(clicks),
            **{f"ctr_{g + 1}": mean(clicks[group == g]) for g in range(groups)},
            "newcomer_share": exposure_share(young, self._look),
            "gini": gini(shown),
            "top_share": shown.max() / max(1, shown.sum()),
        }

    def suspect(self, share: float, banned: Ints) -> float:
        """Return the item with over a *share* of three days' clicks that nearly nobody bought; NaN = none."""
        ids, m = self.pages(self._system.clock.now - day(3)), len(self._goods)
        direct = self.elsewhere[ids]
        clicks = np.bincount(self.shown[ids][self.clicked[ids]], minlength=m)
        clicks += np.bincount(direct[direct >= 0], minlength=m)
        return hardly_bought(clicks, np.sum(self._sales[-3:], axis=0), share, banned)

    def seen_in_a_week(self, until: float, times: int) -> float:
        """Return the share of the new items, a week old at least, that were shown so many *times* in their first."""
        ids, born = self.pages(0.0), self._goods.born
        took = time_to_impressions(self.shown[ids], self._at[ids], born, times)
        arrived = (born > 0.0) & (born <= until - day(7))
        return mean(took[arrived] <= day(7))


def other_pages(live: Snapshot, g: int, page: Floats, explore: str, share: float) -> Any:
    """Return (n, k) pages for visitors of group *g* that are not the best ones, as far as is known.

    *explore*: `thompson` ranks by rates that were drawn, `page` is random, any other gives a guest the last place;
    *page* (n,): a uniform of each page's own.
    """
    n, places = len(page), live.best.shape[1]
    if explore == "thompson":
        return live.panel[(page_luck(page, _GUEST, 0) * len(live.panel)).astype(np.int64), g]
    scores = np.broadcast_to(live.value[g, live.items[g]], (n, live.items.shape[1]))
    if explore == "page":
        luck = page_luck(page[:, None], _RANDOM, np.arange(places))
        return live.items[g][epsilon_greedy(scores, places, 1.0, np.column_stack([np.zeros(n), luck])).items]
    guests = np.column_stack([np.zeros(n), page_luck(page, _GUEST, 0)])
    return live.items[g][one_slot(scores, places, share, live.seldom[g], guests).items]
