"""Compares two rankings by showing both at once: who laid which item, whose items are clicked, how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from simulator.errors import BadInput
from simulator.learning.trial import critical
from simulator.units import Floats, Ints, Mask

__all__ = ["Draft", "interleaving_n", "preference", "sign_test", "team_draft"]


@dataclass(frozen=True)
class Draft:
    """A list made of two rankings."""

    item: Ints
    """(k,) what is shown, from the top"""
    team: Ints
    """(k,) which ranking laid it: 0 the first, 1 the second"""

    def credit(self, clicked: Mask) -> int:
        """Say who wins by (k,) clicks: -1 the first ranking, 1 the second, 0 neither."""
        if np.shape(clicked) != self.team.shape:
            raise BadInput(f"clicks of shape {np.shape(clicked)} do not fit a list of {len(self.team)} items")
        second = int(np.count_nonzero(self.team[clicked]))
        return int(np.sign(2 * second - int(np.count_nonzero(clicked))))


def team_draft(a: Sequence[int], b: Sequence[int], luck: Floats, length: int | None = None) -> Draft:
    """Interleave rankings *a* and *b* (best first, no item twice) as captains pick teams (Radlinski et al. 2008).

    In each round both rankings lay their best item that is not shown yet; *luck* (at least length / 2 uniforms) says
    who goes first: the first ranking below 0.5. The list ends at *length* items, or when a side has none left.
    """
    for ranking in (a, b):
        if len(set(ranking)) != len(ranking):
            raise BadInput(f"a ranking holds an item twice among its {len(ranking)}; each item may come once")
    most = len({*a, *b}) if length is None else length
    item, team = _picked((a, b), luck, most)
    return Draft(np.array(item, np.int64), np.array(team, np.int64))


def _picked(rankings: tuple[Sequence[int], Sequence[int]], luck: Floats, most: int) -> tuple[list[int], list[int]]:
    shown: dict[int, int] = {}
    at = [0, 0]
    while len(shown) < most:
        side = len(shown) % 2
        if side == 0:
            first = _first(luck, len(shown) // 2)
        picks = first if side == 0 else 1 - first
        ranking = rankings[picks]
        while at[picks] < len(ranking) and ranking[at[picks]] in shown:
            at[picks] += 1
        if at[picks] == len(ranking):
            break
        shown[ranking[at[picks]]] = picks
    return list(shown), list(shown.values())


def _first(luck: Floats, number: int) -> int:
    if number >= len(luck):
        raise BadInput(f"luck for {len(luck)} rounds of a team draft is too little; each round takes one uniform")
    return int(luck[number] >= 0.5)


def preference(wins_a: int, wins_b: int) -> float:
    """Return the share of decided sessions that the second ranking won; NaN where none was decided."""
    return wins_b / (wins_a + wins_b) if wins_a + wins_b else math.nan


def sign_test(wins_a: int, wins_b: int) -> float:
    """Return the p value of equal preference, two-sided and exact (binomial); ties do not count."""
    from scipy.stats import binomtest

    if min(wins_a, wins_b) < 0:
        raise BadInput(f"wins {wins_a} and {wins_b} are no counts; neither is below 0")
    return float(binomtest(wins_b, wins_a + wins_b).pvalue) if wins_a + wins_b else 1.0


def interleaving_n(preference: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the decided sessions a sign test needs to find a *preference* (0-1, not 0.5) with probability *power*.

    ((z_α/2 / 2 + z_β √(p(1 - p))) / (p - 1/2))², two-sided, by the normal approximation (Noether 1987).
    """
    if not (0 < preference < 1 and preference != 0.5 and 0 < power < 1):
        raise BadInput(f"preference {preference} and power {power}: both in 0-1, ends excluded, the first not 0.5")
    reach = NormalDist().inv_cdf(power) * math.sqrt(preference * (1 - preference))
    return math.ceil(((critical(alpha) / 2 + reach) / (preference - 0.5)) ** 2)
