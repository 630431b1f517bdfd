"""Flies until it is known well enough: seeds are added while an interval is too wide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from simulator.errors import BadInput
from simulator.study.arms import Arms
from simulator.study.campaign import Campaign
from simulator.study.intervals import Interval
from simulator.study.studies import Study, compare, studies_of

__all__ = ["FEWEST", "Settled", "Settling", "settle"]

FEWEST = 10
"""seeds before the first look: a spread seen in fewer is too often too small"""
_STEP = 1.2  # a look at least this much later than the last one


@dataclass(frozen=True)
class Settling:
    """When to stop: *half_width* (in the unit of the KPI) is reached, or *most* seeds are flown.

    The interval decides when it is looked at, so it is a little too sure of itself: one stops rather where the
    spread happened to look small, and it is right only as the width goes to 0 (Chow and Robbins 1965). Of 95 %
    intervals, 93.5 to 95 % cover the mean of normal values, but 86 to 93 % that of exponential ones, whose mean comes
    out a few hundredths of their spread too low; more seeds before the first look mend some of it. Where that
    matters, fly a number of seeds chosen beforehand. It must not be used to wait until a difference is significant.
    """

    half_width: float
    most: int
    first: int = FEWEST
    """seeds before the first look"""
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.half_width < math.inf:
            raise BadInput(f"half-width {self.half_width:g} is not a number above 0")
        if not FEWEST <= self.first <= self.most:
            allowed = f"from {FEWEST} seeds before the first look to at most as many as in all"
            raise BadInput(f"{self.first} seeds before the first look, {self.most} in all: allowed are {allowed}")

    def wanted(self, intervals: Sequence[Interval]) -> int:
        """Return how many seeds there are to be in all, given the *intervals* so far: as many as now = enough.

        The next look is where the widest of them may be narrow enough, if its spread is as it seems.
        """
        n, half = intervals[0].n, max(one.high - one.mean for one in intervals)
        if half <= self.half_width or n >= self.most:
            return n
        guess = n * min((half / self.half_width) ** 2, 4.0)
        return min(self.most, max(math.ceil(guess), math.ceil(n * _STEP)))


@dataclass(frozen=True)
class Settled:
    """What was flown until it was known well enough."""

    studies: Mapping[str, Study]
    reached: bool
    """whether the half-width was reached, and not only the most seeds"""
    half_width: float
    """of the widest interval, at the end"""
    looks: tuple[int, ...]
    """how many seeds there were at each look"""


def settle(
    campaign: Campaign,
    arms: Arms,
    seeds: Sequence[int],
    rule: Settling,
    kpi: str = "profit",
    pairs: Sequence[tuple[str, str]] = (),
) -> Settled:
    """Fly *arms* under the first of *seeds*, and more of them, until *rule* stops.

    What has to be narrow is the interval of each difference b - a of *pairs* (a, b), paired by seed; without any,
    that of each arm's mean of *kpi*. BadInput for fewer seeds than the rule may need, and as for `Campaign.fly`.
    """
    if len(seeds) < rule.most:
        raise BadInput(f"{len(seeds)} seeds are given, and up to {rule.most} may be needed")
    studies, looks, wanted, found = dict[str, Study](), list[int](), rule.first, list[Interval]()
    while not looks or wanted > looks[-1]:
        fresh = studies_of(_telling(campaign, looks, wanted, rule), arms, seeds[looks[-1] if looks else 0 : wanted])
        studies = {arm: studies[arm].followed_by(new) if studies else new for arm, new in fresh.items()}
        looks.append(wanted)
        found = _intervals(studies, rule.confidence, kpi, pairs)
        wanted = rule.wanted(found)
    half = max(one.high - one.mean for one in found)
    return Settled(studies, half <= rule.half_width, half, tuple(looks))


def _intervals(
    studies: Mapping[str, Study], confidence: float, kpi: str, pairs: Sequence[tuple[str, str]]
) -> list[Interval]:
    if pairs:
        return [compare(studies[a], studies[b], kpi, confidence) for a, b in pairs]
    return [study.interval(kpi, confidence) for study in studies.values()]


def _telling(campaign: Campaign, looks: Sequence[int], wanted: int, rule: Settling) -> Campaign:
    """Return *campaign* telling its progress as a share of the most seeds there may be."""
    before = looks[-1] if looks else 0
    return replace(campaign, progress=lambda share: campaign.progress((before + share * (wanted - before)) / rule.most))
