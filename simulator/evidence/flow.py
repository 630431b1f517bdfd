"""Where requests go: how they were served, what was decided, how they ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.case import Case
from simulator.evidence.plain import named
from simulator.evidence.seen import Seen, seen
from simulator.run import Run
from simulator.serving.pool import ROUTES
from simulator.units import Ints

__all__ = ["Flow", "Link", "Node", "flow"]


@dataclass(frozen=True)
class Node:
    """A station of the flow."""

    name: str
    level: str
    """`all`, `route`, `action`, `result` or `open`"""
    n: int


@dataclass(frozen=True)
class Link:
    """How many go from one node to another, both by their place in the list."""

    source: int
    target: int
    n: int


@dataclass(frozen=True)
class Flow:
    """Requests from asking to their end; a level at which all go the same way is left out."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


def flow(case: Case, run: Run, at: float) -> Flow:
    """Return how the requests asked by *at* [s] went; those that have not ended are in flight."""
    now = seen(case, run, at)
    ended = now.rows(now.ended)
    levels = [level for level in _levels(case, ended) if np.count_nonzero(np.bincount(level[2])) > 1]
    nodes, links = [Node("requests", "all", len(now))], list[Link]()
    source: Ints = np.zeros(len(ended), dtype=np.int64)
    for level, names, codes in levels:
        target = _placed(nodes, level, names, codes)
        links += _links(source, target)
        source = target
    if len(ended) < len(now):
        nodes.append(Node("in flight", "open", len(now) - len(ended)))
        links.append(Link(0, len(nodes) - 1, len(now) - len(ended)))
    return Flow(tuple(nodes), tuple(links))


def _levels(case: Case, ended: Seen) -> list[tuple[str, tuple[str, ...], Ints]]:
    board = case.board
    return [
        ("route", ROUTES, ended.route),
        ("action", board.actions, ended.action),
        ("result", board.results, ended.result),
    ]


def _placed(nodes: list[Node], level: str, names: tuple[str, ...], codes: Ints) -> Ints:
    """Add a node for each of the *codes*, and return the place of the node of each request."""
    sizes, first = np.bincount(codes), len(nodes)
    values = np.flatnonzero(sizes)
    nodes += [Node(named(names, code, level), level, int(sizes[code])) for code in values.tolist()]
    place: Ints = np.cumsum(sizes > 0) - 1
    return place[codes] + first


def _links(source: Ints, target: Ints) -> list[Link]:
    width = int(target.max()) + 1
    sizes = np.bincount(source * width + target)
    return [Link(*divmod(pair, width), int(sizes[pair])) for pair in np.flatnonzero(sizes).tolist()]
