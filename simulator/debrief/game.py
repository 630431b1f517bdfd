"""Shapley values: what each player of a cooperative game is worth, averaged over the orders in which they may join.

Shapley, A value for n-person games, 1953; sampled over orders drawn with their reverses (antithetic): Castro, Gomez
and Tejada, Polynomial calculation of the Shapley value based on sampling, 2009. Worths are integers and so are the
values; they add up to the last unit (largest remainder), and who changes nothing in any coalition gets exactly 0.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

__all__ = ["coalitions", "drawn_orders", "shapley"]

_Player = TypeVar("_Player")


def shapley(
    players: Sequence[_Player],
    worth: Callable[[frozenset[_Player]], int],
    orders: Sequence[Sequence[_Player]] = (),
) -> dict[_Player, int]:
    """Return the Shapley value of each of *players*, over *orders* of them; none = over all orders, exactly."""
    sums = _over(orders, worth) if orders else _over_all(players, worth)
    return _rounded({one: sums[one] for one in players}, len(orders) or math.factorial(len(players)))


def coalitions(players: Sequence[_Player], orders: Sequence[Sequence[_Player]] = ()) -> list[frozenset[_Player]]:
    """Return the coalitions whose worth is asked for, each once."""
    if orders:
        found = [frozenset(order[:n]) for order in orders for n in range(len(order) + 1)]
    else:
        found = [frozenset(some) for n in range(len(players) + 1) for some in itertools.combinations(players, n)]
    return list(dict.fromkeys(found))


def drawn_orders(players: Sequence[_Player], pairs: int, luck: np.random.Generator) -> list[list[_Player]]:
    """Draw *pairs* of orders, each followed by its reverse."""
    orders = []
    for _ in range(pairs):
        order = [players[number] for number in luck.permutation(len(players)).tolist()]
        orders += [order, order[::-1]]
    return orders


def _over(orders: Sequence[Sequence[_Player]], worth: Callable[[frozenset[_Player]], int]) -> dict[_Player, int]:
    """Add up, per player, what it brings when it joins, over *orders*."""
    sums = dict.fromkeys(orders[0], 0)
    for order in orders:
        for n, player in enumerate(order):
            sums[player] += worth(frozenset(order[: n + 1])) - worth(frozenset(order[:n]))
    return sums


def _over_all(players: Sequence[_Player], worth: Callable[[frozenset[_Player]], int]) -> dict[_Player, int]:
    """Add up the same over all orders: each coalition as often as orders begin with it and go on with the player."""
    n, sums = len(players), dict.fromkeys(players, 0)
    for before in coalitions(players):
        often = math.factorial(len(before)) * math.factorial(max(n - len(before) - 1, 0))
        for player in players:
            if player not in before:
                sums[player] += often * (worth(before | {player}) - worth(before))
    return sums


def _rounded(sums: dict[_Player, int], of: int) -> dict[_Player, int]:
    """Divide *sums* by *of* so that the parts still add up; what is left goes to the largest remainders."""
    parts = {player: divmod(total, of) for player, total in sums.items()}
    values = {player: whole for player, (whole, _) in parts.items()}
    left = (sum(sums.values()) - of * sum(values.values())) // of
    for player in sorted(parts, key=lambda player: -parts[player][1])[:left]:
        values[player] += 1
    return values
