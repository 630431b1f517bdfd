"""The system of a case as boxes and arrows, with the traffic moving on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dashboard.components.parts import mounter, plain

__all__ = ["Layout", "Wire", "layout", "system_map"]


@dataclass(frozen=True)
class Wire:
    """An arrow between two places."""

    start: str
    end: str
    back: bool
    """whether it closes a circle, and so runs against the direction of reading"""
    lanes: tuple[int, ...] = ()
    """layers that it passes on its way"""


@dataclass(frozen=True)
class Layout:
    """Where the boxes stand: in layers, from where traffic enters to where it ends."""

    layers: tuple[tuple[str | int, ...], ...]
    """in each layer, from one side to the other: the name of a box, or the index of a wire that passes"""
    wires: tuple[Wire, ...]


def system_map(data: Mapping[str, Any], key: str) -> str | None:
    """Show the map, and return the name of the place that was clicked since the last run, or None.

    *data*: `places`, each with `name`, `label`, `about`, `to` (names), `dials` and `acts` (how many), `readings`
    (up to three, each with `label` and `text`), `state` (good, warn, bad, none) and perhaps `load` (0 to 1); `flow`
    (0 to 1: how much traffic there is), `speed` (0 = paused), `selected` (the name of a place, or None).
    """
    drawn = layout({place["name"]: place.get("to", ()) for place in data["places"]})
    picked = mounter("map")(key=key, data=plain({**data, **_as_data(drawn)}), on_picked_change=_nothing).picked
    return str(picked) if picked is not None else None


def _nothing() -> None:
    """A part reports only what has a callback."""


def _as_data(drawn: Layout) -> dict[str, Any]:
    layers = [[{"box": item} if isinstance(item, str) else {"lane": item} for item in row] for row in drawn.layers]
    wires = [{"from": w.start, "to": w.end, "back": w.back, "lanes": w.lanes} for w in drawn.wires]
    return {"layers": layers, "wires": wires}


def layout(to: Mapping[str, Sequence[str]]) -> Layout:
    """Lay places out in layers, given the places that each hands on *to*; what closes a circle is drawn backwards."""
    arrows = [(start, end) for start, ends in to.items() for end in dict.fromkeys(ends) if end in to]
    backwards = _backwards(list(to), arrows)
    forward = [arrow for arrow in arrows if arrow not in backwards]
    depth = _depths(list(to), forward)
    wires = tuple(_wire(start, end, depth, (start, end) in backwards) for start, end in arrows)
    return Layout(_ordered(_stacked(depth, wires), wires), wires)


def _wire(start: str, end: str, depth: Mapping[str, int], back: bool) -> Wire:
    return Wire(start, end, back, () if back else tuple(range(depth[start] + 1, depth[end])))


def _backwards(names: list[str], arrows: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Find the arrows that lead back to a place still being walked from; entrances are walked from first."""
    entered = {end for start, end in arrows if start != end}
    found: set[tuple[str, str]] = set()
    done: set[str] = set()
    for name in sorted(names, key=lambda n: n in entered):
        _walk(name, (), arrows, done, found)
    return found


def _walk(
    name: str, path: tuple[str, ...], arrows: list[tuple[str, str]], done: set[str], found: set[tuple[str, str]]
) -> None:
    if name in done:
        return
    for end in (end for start, end in arrows if start == name):
        if end == name or end in path:
            found.add((name, end))
        else:
            _walk(end, (*path, name), arrows, done, found)
    done.add(name)


def _depths(names: list[str], forward: list[tuple[str, str]]) -> dict[str, int]:
    """Give each place the length of the longest way that leads to it."""
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for start, end in forward:
            depth[end] = max(depth[end], depth[start] + 1)
    return depth


def _stacked(depth: Mapping[str, int], wires: Sequence[Wire]) -> list[list[str | int]]:
    layers: list[list[str | int]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name, at in depth.items():
        layers[at].append(name)
    for index, wire in enumerate(wires):
        for at in wire.lanes:
            layers[at].append(index)
    return layers


def _ordered(layers: list[list[str | int]], wires: Sequence[Wire]) -> tuple[tuple[str | int, ...], ...]:
    """Put each item near the middle of what leads to it, so that few arrows cross; ties keep the order given."""
    for at in range(1, len(layers)):
        heights: dict[str | int, float] = {
            item: i - (len(layers[at - 1]) - 1) / 2 for i, item in enumerate(layers[at - 1])
        }
        layers[at].sort(key=partial(_middle, heights=heights, wires=wires))
    return tuple(tuple(layer) for layer in layers)


def _middle(item: str | int, heights: Mapping[str | int, float], wires: Sequence[Wire]) -> float:
    before: list[str | int] = [item, wires[item].start] if isinstance(item, int) else _feeding(item, wires)
    known = [heights[name] for name in before if name in heights]
    return sum(known) / len(known) if known else 0.0


def _feeding(name: str, wires: Sequence[Wire]) -> list[str | int]:
    into = [(index, wire) for index, wire in enumerate(wires) if wire.end == name and not wire.back]
    return [item for index, wire in into for item in (index, wire.start)]
