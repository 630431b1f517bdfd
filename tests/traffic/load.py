"""Flies five players at once beside forty-five who read and click, and holds the server to its promises.

Run it with `make load`. It starts a server of its own on this machine, in a folder of its own, and exits with 1 when a
promise is not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import deeds
import numpy as np
from player import Player
from rich.console import Console
from rich.table import Table
from server import Server, health, memory

import cases
from simulator.simulation import simulate
from simulator.store import FILE, Flight, Store, case_of, plan_of

__all__ = ["Load", "Row", "Watch", "main", "measured", "rows"]

_BEAT = 0.5  # s between two looks at the server
_IN_THE_AIR, _ON_THE_GROUND = 10.0, 20.0  # s between two decisions of one who flies, two clicks of one who does not
_MOST_MB, _SLOWEST, _MEDIAN = 600.0, 1.0, 1.0


@dataclass
class Flier:
    """One who flies: a seed and a word that nobody else has."""

    number: int
    case: str
    seed: int
    flight: str = ""
    said: list[str] = field(default_factory=list)
    """the reasons of the decisions that the page acknowledged"""
    repeated: int = 0
    """presses that came to nothing"""
    latencies: list[float] = field(default_factory=list)
    decisions: list[float] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    """all that came once the flight was in the air"""

    @property
    def word(self) -> str:
        """What only this player writes."""
        return f"zebra{self.number}quartz{self.seed}"


@dataclass
class Watch:
    """What somebody saw who looked at the server twice a second."""

    health: list[float] = field(default_factory=list)
    """s; a failure counts as the patience that it used up"""
    server: list[float] = field(default_factory=list)
    """MB"""
    workers: list[float] = field(default_factory=list)
    """MB, all together"""


@dataclass
class Load:
    """What the players met."""

    fliers: list[Flier]
    watch: Watch
    ground: list[list[bytes]]
    clicks: list[float] = field(default_factory=list)
    """s; of those who do not fly"""
    troubles: list[str] = field(default_factory=list)
    """players who could not go on"""
    lost: list[str] = field(default_factory=list)
    """decisions that were acknowledged and are not in the store"""
    differing: list[str] = field(default_factory=list)
    """flights whose result is not that of their plan"""
    checked: int = 0


@dataclass(frozen=True)
class Row:
    """One promise: what was measured, what was promised, and whether it was kept; None = it only informs."""

    what: str
    measured: str
    promised: str
    kept: bool | None


@dataclass
class Start:
    """The moment when everybody is there; from then on it goes for so many *seconds*."""

    barrier: asyncio.Barrier
    seconds: float

    async def all_there(self) -> float:
        """Wait for the others, and return when it ends [s, monotonic]."""
        await self.barrier.wait()
        return time.monotonic() + self.seconds

    async def guarded(self, playing: Coroutine[Any, Any, None]) -> None:
        """Let somebody play; one who fails must not leave the others waiting."""
        try:
            await playing
        except BaseException:
            await self.barrier.abort()
            raise


async def _fly(server: Server, flier: Flier, start: Start) -> None:
    luck = random.Random(flier.seed)
    async with Player(server.port) as player:
        flier.flight = await deeds.take_off(player, flier.case, flier.seed)
        first, until = len(player.frames), await start.all_there()
        while time.monotonic() < until and not deeds.is_down(player):
            await _round(player, flier, luck)
            await asyncio.sleep(max(0.0, min(_IN_THE_AIR * luck.uniform(0.6, 1.4), until - time.monotonic())))
        await deeds.land(player)
        flier.frames = player.frames[first:]


async def _round(player: Player, flier: Flier, luck: random.Random) -> None:
    """Let it play, look at another group of charts, decide, halt, and go on."""
    before = len(player.latencies)
    await deeds.play(player)
    await player.set("group", luck.choice(["Business", "Journal", "Map"]))
    why = f"{flier.word} {len(flier.said)}"
    began = time.monotonic()
    if await deeds.decide(player, why, luck):
        flier.said.append(why)
    flier.repeated = player.repeated
    flier.decisions.append(time.monotonic() - began)
    await deeds.play(player, go=False)
    await deeds.play(player)
    flier.latencies += player.latencies[before:]


async def _stay(server: Server, load: Load, number: int, start: Start) -> None:
    luck = random.Random(number)
    await asyncio.sleep(luck.uniform(0.0, start.seconds / 6))  # nobody comes at the same instant
    async with Player(server.port) as player:
        until = await start.all_there()
        await asyncio.sleep(luck.uniform(0.0, start.seconds / 3))
        while time.monotonic() < until:
            await _poke(player, luck)
            await asyncio.sleep(max(0.0, min(_ON_THE_GROUND * luck.uniform(0.6, 1.4), until - time.monotonic())))
        load.ground.append(player.frames)
        load.clicks += player.latencies


async def _poke(player: Player, luck: random.Random) -> None:
    questions = [node for node in player.screen.widgets("ask/*") if node.kind == "button"]
    if questions and luck.random() < 0.5:
        await player.click(questions[0].label if len(questions) == 1 else "ask/*")
    elif player.screen.page == player.screen.pages[""]:
        await player.click(f"brief/{luck.choice(cases.names())}")
    else:
        await player.goto("")


async def _look(server: Server, watch: Watch) -> None:
    while True:
        took = await asyncio.to_thread(health, server.port)
        watch.health.append(5.0 if took is None else took)
        watch.server.append(memory(server.pid))
        watch.workers.append(sum(memory(pid) for pid in server.family()))
        await asyncio.sleep(_BEAT)


async def _all(server: Server, people: int, flying: int, seconds: float) -> Load:
    names = cases.names()
    load = Load([Flier(k, names[k % len(names)], 8000 + 37 * k) for k in range(flying)], Watch(), [])
    start = Start(asyncio.Barrier(people), seconds)
    looking = asyncio.create_task(_look(server, load.watch))
    playing = [start.guarded(_fly(server, flier, start)) for flier in load.fliers]
    playing += [start.guarded(_stay(server, load, number, start)) for number in range(people - flying)]
    ended = await asyncio.gather(*playing, return_exceptions=True)
    looking.cancel()
    load.troubles = [f"{type(error).__name__}: {str(error)[:300]}" for error in ended if error is not None]
    return load


def measured(people: int, flying: int, seconds: float, home: Path, checked: int = 2) -> Load:
    """Play with so many *people*, of whom some are *flying*, for so many *seconds*, and then hold the store to it."""
    with Server(home) as server:
        load = asyncio.run(_all(server, people, flying, seconds))
    store = Store(home / FILE, time.time, lambda: "nobody")
    for flier in load.fliers:
        if flier.flight:
            _audit(store.flight(flier.flight), flier, load, checked)
    store.close()
    return load


def _audit(flight: Flight, flier: Flier, load: Load, checked: int) -> None:
    """Find what *flier* was told is decided and is not in the store; fly the plan of some flights once more."""
    kept = [str(step["why"]) for step in (*flight.plan["changes"], *flight.plan["acts"])]
    load.lost += [why for why in flier.said if kept.count(why) != 1]
    if flight.status == "landed" and load.checked < checked:
        load.checked += 1
        case = case_of(flight, cases.load)
        if simulate(case, plan_of(flight, case), flight.seed).digest() != flight.digest:
            load.differing.append(flight.id)


def crossed(load: Load) -> list[str]:
    """List what came to somebody and was another one's: flights and seeds to who flies, reasons to anybody."""
    found = []
    for flier in load.fliers:
        others = [other for other in load.fliers if other is not flier]
        strange = [word for other in others for word in (other.flight, f"seed {other.seed} ", other.word) if word]
        found += [f"{word} came to player {flier.number}" for word in strange if _came(word, flier.frames)]
    words = [flier.word for flier in load.fliers]
    return found + [f"{word} came to a reader" for word in words for frames in load.ground if _came(word, frames)]


def _came(word: str, frames: Iterable[bytes]) -> bool:
    return any(word.encode() in frame for frame in frames)


def rows(load: Load, least: int = 1) -> list[Row]:
    """Hold *load* against the promises; at least *least* decisions must have been taken, or nothing was tried."""
    said, pressed = (sum(counts) for counts in zip(*((len(f.said), f.repeated) for f in load.fliers), strict=True))
    flown = [latency for flier in load.fliers for latency in flier.latencies]
    chosen = [latency for flier in load.fliers for latency in flier.decisions]
    watch, strange = load.watch, crossed(load)
    landed = load.checked - len(load.differing)
    return [
        Row("players who could not go on", str(len(load.troubles)), "0", not load.troubles),
        Row("seen of others", str(len(strange)), "0", not strange),
        Row("decisions acknowledged", str(said), f"≥ {least}", said >= least),
        Row("presses that came to nothing", str(pressed), "0", not pressed),
        Row("decisions lost", str(len(load.lost)), "0", not load.lost),
        Row("flights flown again, same digest", f"{landed} of {load.checked}", "all", landed == load.checked > 0),
        Row("server, most", f"{max(watch.server):.0f} MB", f"≤ {_MOST_MB:.0f} MB", max(watch.server) <= _MOST_MB),
        Row("workers together, most", f"{max(watch.workers):.0f} MB", "", None),
        Row("health, slowest", f"{max(watch.health):.2f} s", f"≤ {_SLOWEST:g} s", max(watch.health) <= _SLOWEST),
        Row("a click in flight, median", _said(flown, 50), f"≤ {_MEDIAN:g} s", _at(flown, 50) <= _MEDIAN),
        Row("a click in flight, 95 %", _said(flown, 95), "", None),
        Row("a decision, median (with its new flight)", _said(chosen, 50), "", None),
        Row("a decision, 95 %", _said(chosen, 95), "", None),
        Row("a click on the ground, median", _said(load.clicks, 50), "", None),
        Row("a click on the ground, 95 %", _said(load.clicks, 95), "", None),
    ]


def _at(values: list[float], percent: float) -> float:
    return float(np.percentile(values, percent)) if values else float("inf")


def _said(values: list[float], percent: float) -> str:
    return f"{_at(values, percent):.2f} s"


def show(found: Iterable[Row], title: str, write: Callable[[Table], None]) -> None:
    """Print the table."""
    table = Table("what", "measured", "promised", "", title=title, title_justify="left")
    for row in found:
        table.add_row(row.what, row.measured, row.promised, {True: "kept", False: "BROKEN", None: ""}[row.kept])
    write(table)


def main(arguments: list[str] | None = None) -> int:
    """Play, print the table, and return 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50, help="connected at once")
    parser.add_argument("--flying", type=int, default=5, help="of them in the air")
    parser.add_argument("--seconds", type=float, default=120.0)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="windtunnel-load-") as home:
        load = measured(asked.people, asked.flying, asked.seconds, Path(home))
    found = rows(load, least=asked.flying)
    console = Console()
    title = f"{asked.people} people, {asked.flying} of them flying, {asked.seconds:.0f} s"
    show(found, title, console.print)
    for trouble in (*load.troubles, *crossed(load), *load.lost)[:20]:
        console.print(trouble, markup=False)
    return int(any(row.kept is False for row in found))


if __name__ == "__main__":
    sys.exit(main())
