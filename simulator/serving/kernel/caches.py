"""Caches: who is held, and for how long."""

from __future__ import annotations

from typing import Any

from simulator.serving.kernel.codes import LRU, NONE
from simulator.serving.kernel.luck import above, mixed, uniform
from simulator.serving.kernel.records import World

__all__ = ["forget", "hold", "item_of", "looked_up", "to_front"]


def item_of(w: World, number: int, row: int) -> int:
    """Return which item request *row* asks the cache at stage *number* for."""
    stage = w.stages[number]
    if stage.given == 1:
        return int(w.given[number * w.sim[0].rows + row])
    place = uniform(mixed(stage.key + 5, row), 0)
    return min(above(w, stage.popular, stage.items, place), stage.items - 1)


def looked_up(w: World, number: int, item: int) -> bool:
    """Look for *item* in the cache at stage *number*; True = hit. A hit makes an LRU item the latest."""
    stage, now = w.stages[number], w.sim[0].now
    if stage.policy == LRU:
        node = w.where[stage.where + item]
        if node < 0:
            return False
        to_front(w, stage, node)
        return True
    if w.expiry[stage.where + item] <= now:
        return False
    if stage.renew == 1:
        w.expiry[stage.where + item] = now + stage.ttl
    return True


def hold(w: World, number: int, item: int) -> None:
    """Take *item* into the cache at stage *number*; a full LRU cache drops the item used longest ago."""
    stage = w.stages[number]
    if stage.policy != LRU:
        w.expiry[stage.where + item] = w.sim[0].now + stage.ttl
        return
    node = w.where[stage.where + item]
    if node >= 0:
        to_front(w, stage, node)
        return
    if stage.held < stage.size:
        node = stage.node + stage.held
        stage.held += 1
    else:
        node = stage.tail
        w.where[stage.where + w.nodes[node].item] = NONE
        stage.tail = w.nodes[node].prev
        if stage.tail >= 0:
            w.nodes[stage.tail].next = NONE
        else:
            stage.head = NONE
    w.where[stage.where + item] = node
    w.nodes[node].item, w.nodes[node].prev, w.nodes[node].next = item, NONE, stage.head
    if stage.head >= 0:
        w.nodes[stage.head].prev = node
    else:
        stage.tail = node
    stage.head = node


def to_front(w: World, stage: Any, node: int) -> None:
    """Make *node* the latest used."""
    if stage.head == node:
        return
    here = w.nodes[node]
    w.nodes[here.prev].next = here.next
    if here.next >= 0:
        w.nodes[here.next].prev = here.prev
    else:
        stage.tail = here.prev
    here.prev, here.next = NONE, stage.head
    w.nodes[stage.head].prev = node
    stage.head = node


def forget(w: World, number: int) -> None:
    """Empty the cache at stage *number*."""
    stage = w.stages[number]
    for item in range(stage.items):
        w.where[stage.where + item] = NONE
        w.expiry[stage.where + item] = -1.0
    stage.held, stage.head, stage.tail = 0, NONE, NONE
