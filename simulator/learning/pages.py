"""What a publication of a feed puts live: the best page of each group, pages by sampled rates, and who may be guest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.learning.exploration import greedy, least_shown
from simulator.learning.ranking import ndcg
from simulator.units import Floats, Ints

__all__ = ["Believed", "Snapshot", "hardly_bought", "published", "replayed"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that pages need to know, for each of g groups, m items, c candidates and k places."""

    number: int
    rates: Floats
    """(g, m) P(click | looked at), as the ranker has it"""
    value: Floats
    """(g, m) what the objective makes of a look at each item"""
    items: Ints
    """(g, c) candidates"""
    best: Ints
    """(g, k) the page of those that are worth most"""
    panel: Ints
    """(p, g, k) pages by sampled rates"""
    seldom: Floats
    """(g, c) weights of the candidates as guests: who was shown least weighs most"""


@dataclass(frozen=True, slots=True)
class Believed:
    """What is believed of the items when a snapshot is made."""

    rates: Floats
    """(g, m) P(click | looked at)"""
    gain: Floats
    """(m,) what the objective makes of a click"""
    shown: Floats
    """(g, m, k) times shown"""
    drawn: Floats
    """(p, g, m) rates drawn from what is believed of each item; p = 0: none are wanted"""


def published(number: int, items: Ints, believed: Believed) -> Snapshot:
    """Return snapshot *number* of the candidates *items* (g, c); equal values go by the order of the candidates."""
    rows, places = np.arange(len(items))[:, None], believed.shown.shape[2]
    value = np.round(believed.rates * believed.gain, 9)
    best = items[rows, greedy(value[rows, items], places).items]
    seldom = least_shown(np.round(believed.shown.sum(axis=2), 9)[rows, items].ravel()).reshape(items.shape)
    return Snapshot(number, believed.rates, value, items, best, _panel(items, believed), seldom)


def _panel(items: Ints, believed: Believed) -> Ints:
    """Return (p, g, k) pages, each ranked by one draw."""
    draws, groups, places = len(believed.drawn), len(items), believed.shown.shape[2]
    if not draws:
        return np.empty((0, groups, places), np.int64)
    rows = np.arange(groups)[:, None]
    value = (believed.drawn * believed.gain)[:, rows, items]
    best = greedy(value.reshape(draws * groups, -1), places).items.reshape(draws, groups, places)
    return items[rows, best]


def replayed(value: Floats, clicked: Any) -> float:
    """Return the mean NDCG of n pages of k places sorted by *value* (n, k), where clicks (n, k) are the gains.

    NaN where nothing was clicked. The log is of somebody's own pages, so it flatters whoever repeats them.
    """
    order = np.argsort(-value, axis=1, kind="stable")
    gains = np.take_along_axis(clicked, order, axis=1).astype(np.float64)
    return float(np.nanmean(ndcg(gains, gains, value.shape[1]))) if gains.any() else math.nan


def hardly_bought(clicks: Ints, sold: Ints, share: float, barred: Ints) -> float:
    """Return the item with most of the *clicks* (m,) among those over a *share* of all that hardly sold; NaN = none.

    Hardly: under a tenth of the sales (*sold*, (m,)) that its clicks would bring on average. *barred* ones are out.
    """
    hardly = sold < 0.1 * sold.sum() * clicks / max(1, clicks.sum())
    odd = hardly & (clicks > share * clicks.sum()) & ~np.isin(np.arange(len(clicks)), barred)
    return float((odd * clicks).argmax()) if odd.any() else math.nan
