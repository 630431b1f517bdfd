"""The server is killed at random moments of a round: no mark, note or decision that a page has shown is lost."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import deeds
import pytest
import websockets
from player import Player, Slow
from screen import key_of
from server import Server

import cases
from simulator.rounds.recorded import recorded, replayed
from simulator.rubric import DIMENSIONS
from simulator.store import FILE, Store
from simulator.store.deeds import Room

SCRIPT = """
round = 1
title = "A storm to be killed in"
case = "burst_storm"
"""
LATEST = 4.0  # s after which a kill comes at the latest
MOST = 20  # decisions of one flight
HURT = (ConnectionError, websockets.ConnectionClosed, Slow, AssertionError)  # what a player meets whose server dies


@dataclass
class Sitting:
    """A round with two people in it, and what their pages have acknowledged."""

    server: Server
    desk: Player
    deck: Player
    luck: random.Random
    room: Room
    marks: dict[str, int] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    """marks that were pressed, and of which nobody knows whether they were written"""
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    said: int = 0

    def check(self) -> None:
        """Find all that was acknowledged in the store, once."""
        with_all = store_of(self.server)
        try:
            assert not with_all.trouble and not with_all.notices
            self.room = with_all.rooms.room(self.room.id)
            plan = with_all.flight(self.room.flight).plan
        finally:
            with_all.close()
        notes = [str(deed.data["text"]) for deed in self.room.deeds if deed.kind == "private"]
        reasons = [step["why"] for step in (*plan["changes"], *plan["acts"])]
        lost = [text for text in self.notes if notes.count(text) != 1]
        lost += [why for why in self.reasons if reasons.count(why) != 1]
        assert not lost, f"acknowledged, and now lost or doubled: {lost}"
        marks = {deed.what: int(deed.data["mark"]) for deed in self.room.deeds if deed.kind == "mark"}
        wrong = {what: mark for what, mark in self.marks.items() if marks.get(what) not in (mark, self.tried.get(what))}
        assert not wrong, f"acknowledged: {wrong}; kept: {marks}"
        self.marks.update(marks)

    # what is done

    async def sit_at_the_desk(self) -> None:
        """Mark and take notes, again and again."""
        while True:
            await (self.mark() if self.luck.random() < 0.5 else self.take_a_note())

    async def mark(self) -> None:
        what, mark = self.luck.choice(list(DIMENSIONS)), self.luck.randint(1, 5)
        if self.marks.get(what) == mark:
            return
        before, self.tried[what] = turn_of(self.desk, what), mark
        await self.desk.set(f"console/mark/{what}/*", mark)
        await self.desk.until(lambda: turn_of(self.desk, what) > before, 20)
        self.marks[what] = mark

    async def take_a_note(self) -> None:
        self.said += 1
        text = f"note {self.said} of {self.room.id[:8]}"
        await self.desk.set("console/private/*", text)
        await self.desk.click("console/keep/*")
        await self.desk.until(lambda: self.desk.reads(f"· {text}"), 20)
        self.notes.append(text)

    async def fly(self) -> None:
        """Decide, again and again."""
        while len(self.reasons) < MOST:
            self.said += 1
            why = f"reason {self.said} of {self.room.id[:8]}"
            if await deeds.decide(self.deck, why, self.luck):
                self.reasons.append(why)
        await asyncio.sleep(LATEST)

    async def come_back(self) -> None:
        """Open both pages again; all that was acknowledged stands there."""
        await asyncio.gather(self.desk.reload(), self.deck.reload())
        await deeds.settle(self.deck)
        await self.deck.until(lambda: all(deeds.told(self.deck, why) for why in self.reasons), 60)
        await self.desk.until(lambda: all(self.desk.reads(f"· {text}") for text in self.notes), 60)
        for what in self.marks:
            assert turn_of(self.desk, what) >= 0


def turn_of(desk: Player, what: str) -> int:
    """Return the deed that the row of a dimension shows, -1 = none: it is in the name of its widget."""
    turns = [int(key_of(node.id).rsplit("/", 1)[1]) for node in desk.screen.widgets(f"console/mark/{what}/*")]
    return max(turns, default=-2)


def store_of(server: Server) -> Store:
    return Store(server.home / FILE, time.time, lambda: f"{random.getrandbits(128):032x}")


async def seated(server: Server, desk: Player, deck: Player, luck: random.Random) -> Sitting:
    """Open a room, bring it into the air, and let both in."""
    store = store_of(server)
    room = store.rooms.open(f"room{luck.getrandbits(64)}", SCRIPT, 7)
    case = cases.load("burst_storm")
    store.rooms.do(room.id, "begin", "phase", "play", who="interviewer")
    store.rooms.take_off(room.id, "up", case, case.plan())
    store.close()
    for player, side in ((desk, "interviewer"), (deck, "candidate")):
        await player.goto("room", query=f"room={room.keys[side]}")  # type: ignore[index]
    await deeds.settle(deck)
    await desk.until(lambda: turn_of(desk, "model") >= -1, 60)
    return Sitting(server, desk, deck, luck, room)


async def killed_once(game: Sitting, how: str) -> None:
    """Kill the server while both are at work, and start it again."""
    tasks = [asyncio.create_task(game.sit_at_the_desk()), asyncio.create_task(game.fly())]
    await asyncio.sleep(game.luck.uniform(0.2, LATEST))
    game.server.kill() if how == "all" else game.server.kill_alone()
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        assert outcome is None or isinstance(outcome, (*HURT, asyncio.CancelledError)), repr(outcome)
    game.check()
    await asyncio.to_thread(game.server.start)
    await game.come_back()
    game.check()


async def killed(home: Path, kills: int, seed: int) -> int:
    """Kill so many times, in a room anew each five times; return how much was acknowledged."""
    luck, acknowledged = random.Random(seed), 0
    with Server(home) as server:
        async with Player(server.port) as desk, Player(server.port) as deck:
            for first in range(0, kills, 5):
                game = await seated(server, desk, deck, luck)
                for number in range(first, min(first + 5, kills)):
                    await killed_once(game, ("all", "server")[number % 2])
                acknowledged += len(game.notes) + len(game.marks) + len(game.reasons)
                await deck.click("skip/Land")
                await deck.until(lambda: deck.reads("The flight is down"), 120)
                flies_again(game)
    return acknowledged


def flies_again(game: Sitting) -> None:
    """See that a round can be exported after all those kills, and is the flight of what was decided."""
    store = store_of(game.server)
    try:
        room = store.rooms.room(game.room.id)
        flight = store.flight(room.flight)
        played = recorded(room, flight, store.record(flight.id))
    finally:
        store.close()
    assert replayed(played, cases.load)[1].digest() == played.digest


@pytest.mark.long
def test_a_kill_of_each_kind_loses_no_deed(tmp_path: Path) -> None:
    assert asyncio.run(killed(tmp_path, 2, seed=3)) > 0


@pytest.mark.soak
def test_fifty_kills_lose_no_deed(tmp_path: Path) -> None:
    acknowledged = asyncio.run(killed(tmp_path, 50, seed=4))
    print(f"{acknowledged} deeds acknowledged")  # noqa: T201
    assert acknowledged > 100
