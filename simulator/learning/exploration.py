"""Chooses what is shown: the best by score, or now and then something else, with the chance of each choice kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints, Mask

__all__ = ["Shelf", "epsilon_greedy", "greedy", "least_shown", "one_slot"]

# Scores are (n, c): n requests, c candidates. -inf is no candidate for that request; NaN, the word of a ruined
# model, counts as 0. Before scores are compared they are quantised to 1e-9; equal ones go by the lower column.
# Luck is uniform in [0, 1) and handed in, so that two designs meet the same luck.

_DIGITS, _LARGE = 9, 1e7  # numbers beyond are coarser than 1e-9 as they are


@dataclass(frozen=True, slots=True)
class Shelf:
    """What n requests were shown, best place first."""

    items: Ints
    """(n, k) columns of the score matrix"""
    propensity: Floats
    """(n, k) chance, before the luck of this request was drawn, that this item would be at this place"""


def greedy(scores: Floats, k: int) -> Shelf:
    """Show the *k* highest scores; each item has propensity 1. BadInput where a row has fewer candidates."""
    rounded = _settled(scores, k)
    items = _best(rounded, k)
    return Shelf(items, np.ones(items.shape))


def epsilon_greedy(scores: Floats, k: int, epsilon: float, luck: Floats) -> Shelf:
    """Show the greedy page, or with probability *epsilon* a page in which every candidate is equally likely.

    *luck* is (n, k+1): whether to explore, then one draw for each place, without replacement. With m candidates
    an item has propensity ε/m at every place, and 1 - ε more where the greedy page has it: the greedy page may
    come by chance, too. (Sutton & Barto 2018, §2.2, for one place.)
    """
    rounded = _settled(scores, k)
    share = _chance(epsilon, "epsilon")
    _shaped(luck, (len(rounded), k + 1))
    best, candidate = _best(rounded, k), rounded > -np.inf
    items, explores = best.copy(), luck[:, 0] < share
    items[explores] = _random_pages(candidate[explores], luck[explores, 1:])
    by_chance = share / candidate.sum(axis=1, keepdims=True)
    return Shelf(items, by_chance + np.where(items == best, 1 - share, 0.0))


def one_slot(scores: Floats, k: int, share: float, weights: Floats, luck: Floats, slot: int | None = None) -> Shelf:
    """Show the greedy page, but with probability *share* give one place to a candidate that is not on it.

    The guest at place *slot* (from 0; the last if not said) is drawn in proportion to *weights*, (c,) or (n, c),
    and *luck* is (n, 2): whether, and who. At the slot the guest has propensity share · w / Σw, the greedy item
    1 - share; elsewhere it is 1. Where no candidate of weight is left, the greedy page is certain.
    """
    rounded = _settled(scores, k)
    place, chance = _place(slot, k), _chance(share, "share")
    _shaped(luck, (len(rounded), 2))
    items = _best(rounded, k)
    open_weights = _open(rounded, items, _weights(weights, rounded.shape))
    total = np.cumsum(open_weights, axis=1)
    free = total[:, -1] > 0
    propensity = np.ones(items.shape)
    propensity[free, place] = 1 - chance
    rows = np.flatnonzero(free & (luck[:, 0] < chance))
    guests = _drawn(total[rows], luck[rows, 1])
    items[rows, place] = guests
    propensity[rows, place] = chance * open_weights[rows, guests] / total[rows, -1]
    return Shelf(items, propensity)


def least_shown(counts: Floats | Ints) -> Floats:
    """Return weights (c,) for a guest's place: 1 / (1 + *counts*), so who was shown least is drawn most.

    No weight is 0, so every candidate keeps a propensity and what is logged can be weighed back.
    """
    shown = np.asarray(counts, dtype=np.float64)
    if not (shown >= 0).all():
        raise BadInput("a count of impressions is negative or no number; it must be 0 or more")
    return 1.0 / (1.0 + shown)


def _settled(scores: Floats, k: int) -> Floats:
    if np.ndim(scores) != 2:
        raise BadInput(f"scores of shape {np.shape(scores)} are no matrix; they must be requests x candidates")
    known: Floats = np.where(np.isnan(scores), 0.0, scores)
    rounded: Floats = np.where(np.abs(known) < _LARGE, np.round(np.clip(known, -_LARGE, _LARGE), _DIGITS), known)
    few = (rounded > -np.inf).sum(axis=1) < k
    if k < 1 or few.any():
        where = f"row {int(np.argmax(few))} has too few candidates" if k >= 1 else "nothing would be shown"
        raise BadInput(f"a page of {k} cannot be filled: {where}; k must be 1 to the number of candidates")
    return rounded


def _best(rounded: Floats, k: int) -> Ints:
    """Return the columns of the k highest of each row, highest first, ties by column."""
    cost = -rounded
    last = np.partition(cost, k - 1, axis=1)[:, k - 1 : k]
    better, tied = cost < last, cost == last
    room = k - better.sum(axis=1, keepdims=True)
    chosen = better | (tied & (np.cumsum(tied, axis=1) <= room))
    columns = np.nonzero(chosen)[1].reshape(len(rounded), k)
    order = np.argsort(np.take_along_axis(cost, columns, axis=1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(columns, order, axis=1), dtype=np.int64)


def _random_pages(candidate: Mask, luck: Floats) -> Ints:
    """Draw k candidates of each row without replacement (the first k steps of Fisher & Yates)."""
    deck = np.argsort(~candidate, axis=1, kind="stable").astype(np.int64)
    left, rows = candidate.sum(axis=1), np.arange(len(candidate))
    for place in range(luck.shape[1]):
        pick = place + np.minimum((luck[:, place] * (left - place)).astype(np.int64), left - place - 1)
        deck[rows, place], deck[rows, pick] = deck[rows, pick], deck[rows, place]
    return deck[:, : luck.shape[1]]


def _drawn(total: Floats, luck: Floats) -> Ints:
    """Return the first column at which the running *total* exceeds the share *luck* of its end."""
    aim = np.minimum(luck * total[:, -1], np.nextafter(total[:, -1], 0.0))
    return np.asarray((total > aim[:, None]).argmax(axis=1), dtype=np.int64)


def _open(rounded: Floats, items: Ints, weights: Floats) -> Floats:
    """Return (n, c) the weights of the candidates that are not on the page."""
    free = np.where(rounded > -np.inf, weights, 0.0)
    np.put_along_axis(free, items, 0.0, axis=1)
    return free


def _weights(weights: Floats, shape: tuple[int, ...]) -> Floats:
    given = np.asarray(weights, dtype=np.float64)
    if given.shape not in (shape, shape[1:]):
        raise BadInput(f"weights of shape {given.shape} do not fit scores of shape {shape}; give one per candidate")
    if not ((given >= 0) & (given < np.inf)).all():
        raise BadInput("a weight is negative or not finite; it must be 0 or more")
    return given


def _shaped(luck: Floats, shape: tuple[int, int]) -> None:
    if np.shape(luck) != shape:
        raise BadInput(f"luck of shape {np.shape(luck)} does not do; it must be {shape}")


def _chance(value: float, name: str) -> float:
    if not 0 <= value <= 1:
        raise BadInput(f"{name} {value} is no probability; it must be 0 to 1")
    return float(value)


def _place(slot: int | None, k: int) -> int:
    place = k - 1 if slot is None else slot
    if not 0 <= place < k:
        raise BadInput(f"slot {slot} is not on a page of {k}; it must be 0 to {k - 1}")
    return place
