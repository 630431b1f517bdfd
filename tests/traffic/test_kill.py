"""Server and workers are killed at random moments of a flight: what was acknowledged is kept, and it goes on."""

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
from server import Server

import cases
from simulator.simulation import simulate
from simulator.store import FILE, Flight, Store, case_of, plan_of

CASE = "burst_storm"  # the quickest to fly
GONE = 5.0  # s after which no process of a killed server may live
LATEST = 4.0  # s into the playing at which a kill comes at the latest
MOST = 25  # decisions of one flight
HURT = (ConnectionError, websockets.ConnectionClosed, Slow, AssertionError)  # what a player meets whose server dies


@dataclass
class Game:
    """A flight that is being played, and what the page has acknowledged of it."""

    server: Server
    player: Player
    luck: random.Random
    flight: str = ""
    said: list[str] = field(default_factory=list)
    tried: int = 0
    acknowledged: int = 0
    landed: int = 0

    def kept(self) -> Flight:
        """Read the flight as the store has it; it opens, and says nothing of trouble."""
        store = Store(self.server.home / FILE, time.time, lambda: "nobody")
        try:
            assert not store.trouble and not store.notices
            return store.flight(self.flight)
        finally:
            store.close()

    def check(self) -> None:
        """Find every acknowledged decision in the store, once."""
        reasons = [step["why"] for step in (*self.kept().plan["changes"], *self.kept().plan["acts"])]
        lost = [why for why in self.said if reasons.count(why) != 1]
        assert not lost, f"acknowledged, and now lost or doubled: {lost}"

    async def begin(self) -> None:
        """Take off anew."""
        await self.player.goto("", query="")
        self.flight = await deeds.take_off(self.player, CASE, self.luck.randrange(10**6))
        self.said.clear()

    async def decide_on(self) -> None:
        """Play and decide, again and again, until something happens."""
        while len(self.said) < MOST and not deeds.is_down(self.player):
            await deeds.play(self.player)
            self.tried += 1
            why = f"reason {self.tried} of {self.flight[:8]}"
            if await deeds.decide(self.player, why, self.luck):
                self.said.append(why)
                self.acknowledged += 1

    async def land(self) -> None:
        """End the flight, and hold its result to that of the same decisions flown without any screen."""
        await deeds.land(self.player)
        self.check()
        flight = self.kept()
        case = case_of(flight, cases.load)
        assert flight.status == "landed"
        assert flight.digest == simulate(case, plan_of(flight, case), flight.seed).digest()
        self.landed += 1

    async def come_back(self) -> None:
        """Open the flight at its address again; all that was acknowledged stands on the page."""
        await self.player.reload()
        await deeds.settle(self.player)
        assert deeds.flight_of(self.player) == self.flight
        await self.player.until(lambda: all(deeds.told(self.player, why) for why in self.said))


async def kill(game: Game, how: str) -> None:
    """Kill something while *game* goes on, and see that the game survives it."""
    playing = asyncio.create_task(game.decide_on())
    await asyncio.sleep(game.luck.uniform(0.0, LATEST))
    if how == "workers":
        game.server.kill_workers(all_of_them=game.luck.random() < 0.3)
        await asyncio.sleep(game.luck.uniform(0.0, 2.0))
        playing.cancel()
    else:
        game.server.kill() if how == "all" else game.server.kill_alone()
    await asyncio.gather(playing, return_exceptions=True)
    error = None if playing.cancelled() else playing.exception()
    assert error is None or isinstance(error, HURT), repr(error)
    if how != "workers":
        await gone(game.server)
        game.check()
        await asyncio.to_thread(game.server.start)
    await game.come_back()
    game.check()


async def gone(server: Server) -> None:
    """Wait until no process of the killed *server* lives; they have a few seconds."""
    limit = time.monotonic() + GONE
    while server.orphans() and time.monotonic() < limit:
        await asyncio.sleep(0.1)
    assert not server.orphans(), f"workers without a server still live after {GONE:.0f} s"


async def killed(home: Path, kills: int, seed: int) -> Game:
    luck = random.Random(seed)
    ways = [("all", "workers", "server")[k % 3] for k in range(kills)]
    with Server(home) as server:
        async with Player(server.port) as player:
            game = Game(server, player, luck)
            await game.begin()
            for how in ways:
                await kill(game, how)
                if deeds.is_down(player) or len(game.said) >= MOST:
                    await game.land()
                    await game.begin()
            await game.land()
            return game


def test_a_kill_of_each_kind_loses_nothing(tmp_path: Path) -> None:
    game = asyncio.run(killed(tmp_path, 3, seed=1))
    assert game.landed and game.acknowledged


@pytest.mark.soak
def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    game = asyncio.run(killed(tmp_path, 100, seed=2))
    print(f"{game.landed} flights landed, {game.acknowledged} of {game.tried} decisions acknowledged")  # noqa: T201
    assert game.landed > 1 and game.acknowledged > 50


def test_a_long_study_does_not_outlive_its_server(tmp_path: Path) -> None:
    """A worker at work for minutes does not go on for nobody."""
    app = tmp_path / "study.py"
    app.write_text(STUDY)

    async def killing(server: Server) -> None:
        async with Player(server.port) as player:
            await player.until(lambda: player.reads("asked"))
            while len(server.family()) < 3:  # who keeps track, who begins workers, and a worker
                await asyncio.sleep(0.05)
            await asyncio.sleep(1.0)
        server.kill_alone()
        await gone(server)

    with Server(tmp_path, app) as server:
        asyncio.run(killing(server))


STUDY = """
if __name__ == "__main__":
    import streamlit as st
    import cases
    from dashboard.flights import Order, tower

    case = cases.load("drift_retraining")
    plan = case.plan().to_data()
    orders = [Order(case.name, case.revision, case.scenario.to_data(), seed, plan) for seed in range(60)]
    st.text(f"asked, and not done: {not tower().answers('somebody', orders).ready}")
"""
