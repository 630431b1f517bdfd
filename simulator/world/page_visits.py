"""Who asks for pages: people through the day, many of them right after a push, and the fake visitors of click farms."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.books.requests import Requests, Truths, joined
from simulator.streams import Streams
from simulator.units import DAY, HOUR, MINUTE, Floats, Ints, day
from simulator.world.arrivals import poisson_times, week_shape
from simulator.world.population import habits, pick
from simulator.world.shifts import within
from simulator.world.tape import Block

__all__ = ["PERSON", "Crowd", "Farm", "visits"]

PERSON = -1
"""`target` of a visit that clicks what it likes"""
_SENT, _SENT_WITHIN = 19 * HOUR, 30 * MINUTE  # of the day: when the push goes out
_SPREAD = 0.8  # squared coefficient of variation of how often people come


@dataclass(frozen=True)
class Crowd:
    """People who ask for pages."""

    pages: float
    """a day"""
    by_hour: Floats
    """(24,) how many come in each hour of the day, but for the push; weekdays are alike"""
    push: float
    """share of the pages that follow the evening's push"""
    lag: float
    """mean time from the push to the page [s]"""
    people: int
    groups: int
    """with tastes of their own"""
    stake: int
    """what a page could bring [µ$]"""


@dataclass(frozen=True)
class Farm:
    """Fake visitors who click one item."""

    name: str
    target: int
    """the item"""
    size: float
    """how many they are, against the pages of people"""
    start: float = -math.inf
    """[s]"""
    end: float = math.inf
    """[s]"""
    needs: int = -1
    """index of the conditional incident that brings them; -1 = none"""


def visits(streams: Streams, crowd: Crowd, farms: Sequence[Farm], days: int) -> Iterator[Block]:
    """Draw the visits of so many *days*, a block a day; people and each farm draw from streams of their own."""
    activity = habits(streams.get("people", "activity"), crowd.people, _SPREAD)
    return (_Day(number, streams, crowd).block(activity, farms) for number in range(days))


@dataclass(frozen=True, slots=True)
class _Day:
    number: int
    streams: Streams
    crowd: Crowd

    def block(self, activity: Floats, farms: Sequence[Farm]) -> Block:
        """Draw the visits of the day, people's first."""
        parts = [self.people(activity), *(self.fakes(farm) for farm in farms)]
        return Block(joined([part.requests for part in parts]), joined([part.truths for part in parts]))

    def people(self, activity: Floats) -> Block:
        """Draw visits through the day, and those that follow the push."""
        luck, crowd, start = self.streams.get("visits", self.number), self.crowd, day(self.number)
        shape = week_shape(start, crowd.by_hour, np.ones(7)) * crowd.pages / DAY
        usual = poisson_times(luck, start, shape * (1 - crowd.push))
        sent = start + _SENT + _SENT_WITHIN * luck.random()
        pushed = sent + crowd.lag * luck.standard_exponential(luck.poisson(crowd.push * crowd.pages))
        at = np.concatenate([usual, pushed[pushed < day(self.number + 1)]])
        return self._block("visits", at, pick(luck, activity, len(at)), PERSON, -1)

    def fakes(self, farm: Farm) -> Block:
        """Draw the visits of a *farm*; those of a conditional one lie ready for any day of the flight."""
        kind = f"incident/{farm.name}"
        luck = self.streams.get(kind, self.number)
        at = poisson_times(luck, day(self.number), np.full(24, self.crowd.pages / DAY * farm.size))
        at = at[within(at, farm.start, farm.end) > 0]
        return self._block(kind, at, luck.integers(0, self.crowd.people, len(at)), farm.target, farm.needs)

    def _block(self, kind: str, at: Floats, who: Ints, target: int, needs: int) -> Block:
        """Lay the draws out as columns: purchases come to light after a day or so, returns a week later."""
        luck, n, none = self.streams.get(kind, self.number, "luck"), len(at), np.zeros(len(at), np.int64)
        draws = {
            "page": luck.random(n),
            "buys_after": DAY * luck.gamma(2.0, 0.6, n),
            "returns_after": DAY * (1 + luck.gamma(2.0, 2.0, n)),
            "target": np.full(n, float(target)),
        }
        at_stake = np.full(n, self.crowd.stake)
        requests = Requests(
            id=none, at=at, entity=who, segment=who % self.crowd.groups, X=np.zeros((n, 0)), value=at_stake
        )
        return Block(requests, Truths(none > 0, np.full(n, np.inf), np.full(n, needs), draws))
