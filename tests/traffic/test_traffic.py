"""Nothing that nobody may know yet is in what the browser receives, from take-off to the moment of playback."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import replace
from pathlib import Path

import deeds
import pytest
from leaks import Secrets, leaks, opened
from player import Player
from server import Server
from truth import secrets_of

import cases
from simulator.store import FILE, Flight, Store, case_of, plan_of

SEED = 90_210
FAR = 0.38  # of the flight: what comes later must not have been sent


def strip(player: Player) -> dict[str, float]:
    """What the strip above the flight was told last."""
    for node in player.screen.nodes.values():
        text = str(getattr(node.body, "json", ""))
        if node.kind == "bidi_component" and '"tiles"' in text:
            return dict(json.loads(text))
    raise AssertionError("there is no strip on the page")


def gone(player: Player) -> float:
    """The share of the flight that is over."""
    shown = strip(player)
    return shown["now"] / shown["horizon"]


def flight_in(home: Path, id: str) -> Flight:
    store = Store(home / FILE, time.time, lambda: "nobody")
    try:
        return store.flight(id)
    finally:
        store.close()


def is_waiting(player: Player) -> bool:
    return bool(list(player.screen.widgets("cancel/*")))


async def look_around(player: Player) -> None:
    """Open each group of instruments, and each closer look, as somebody curious would."""
    for node in list(player.screen.widgets("group")):
        for option in node.body.options:  # type: ignore[attr-defined]
            await player.set("group", option.content)
    await player.until(lambda: bool(list(player.screen.widgets("closer"))), 60)
    for option in player.find("closer").body.options:  # type: ignore[attr-defined]
        await player.set("closer", option.content)
        await player.until(lambda: not is_waiting(player), 60)


async def part_of_the_way(player: Player, case: str, mode: str) -> str:
    """Fly a bit more than a third of the way, looking everywhere and deciding once."""
    id = await deeds.take_off(player, case, SEED, mode)
    await player.click("skip/Next checkpoint")
    assert await deeds.decide(player, "to see what comes of it", random.Random(3))
    await deeds.play(player)
    await asyncio.sleep(1.5)
    await deeds.play(player, go=False)
    while gone(player) < FAR - 0.12:
        await player.click("skip/Next checkpoint")
    await look_around(player)
    assert 0.1 < gone(player) < FAR, f"the clock stands at {gone(player):.0%}"
    await look_where_it_is_not_yet_told(player)
    return id


async def look_where_it_is_not_yet_told(player: Player) -> None:
    """Open the pages that tell all, long before the landing, and come back."""
    for path in ("debrief", "compare", "history", "fly"):
        await player.goto(path)
        await player.until(lambda: not is_waiting(player), 60)


async def open_the_debrief(player: Player) -> int:
    """Open the debrief and the probes, then pass over the belief: only that lets anything be told.

    Return how many messages had come until then.
    """
    for path, holds in (
        ("debrief", lambda: player.has("belief/skip/*")),
        ("probes", lambda: player.reads("Say first, in the debrief")),
        ("debrief", lambda: player.has("belief/skip/*")),
    ):
        await player.goto(path)
        await player.until(holds, 120)
    silent = len(player.frames)
    await player.click("belief/skip/*")
    await player.until(lambda: player.reads("What this case teaches"), 120)
    return silent


def flown(server: Server, case: str, mode: str, *, land: bool) -> tuple[Flight, list[bytes], list[bytes]]:
    """Return a flight, what had come when a good third of it was over, and all that came until its debrief."""

    async def flying() -> tuple[str, list[bytes], list[bytes]]:
        async with Player(server.port) as player:
            id = await part_of_the_way(player, case, mode)
            before = list(player.frames)
            if land:
                await deeds.land(player)
                await open_the_debrief(player)
            return id, before, player.frames

    id, before, all_of_it = asyncio.run(flying())
    return flight_in(server.home, id), before, all_of_it


def secrets_at(flight: Flight, now: float) -> Secrets:
    case = case_of(flight, cases.load)
    return secrets_of(case, plan_of(flight, case), flight.seed, now)


def clock_of(frames: list[bytes]) -> float:
    """How far the strip has come in *frames* [s]."""
    return max(opened(frame).now or 0.0 for frame in frames)


def test_the_future_is_not_in_the_traffic(server: Server) -> None:
    flight, frames, _ = flown(server, "fraud_threshold", "training", land=False)
    secrets = secrets_at(flight, clock_of(frames))
    assert len(frames) > 100 and secrets.texts and secrets.names and secrets.ids and len(secrets.readings) > 1000
    assert leaks(frames, secrets) == []


@pytest.mark.soak
def test_nor_is_it_in_a_check_flight_until_that_has_landed_and_is_told_in_full(server: Server) -> None:
    flight, frames, to_the_end = flown(server, "drift_retraining", "check", land=True)
    secrets = secrets_at(flight, clock_of(frames))
    assert leaks(frames, secrets) == []
    assert any("the text" in line for line in leaks(to_the_end[len(frames) :], secrets)), "the debrief names incidents"
    later = replace(secrets, readings=[(at + 1e9, value) for at, value in secrets.readings])
    assert any("a row of readings" in line for line in leaks(frames, later)), "charts show what has been"


def test_landed_nothing_of_the_truth_is_told_before_the_belief(server: Server) -> None:
    async def flying() -> tuple[str, int, list[bytes]]:
        async with Player(server.port) as player:
            id = await deeds.take_off(player, "burst_storm", SEED)
            await deeds.land(player)
            return id, await open_the_debrief(player), player.frames

    id, silent, frames = asyncio.run(flying())
    flight = flight_in(server.home, id)
    case = case_of(flight, cases.load)
    secrets = secrets_at(flight, case.horizon)
    hidden = Secrets(texts=secrets.texts, names=secrets.names, designs=secrets.designs, ids=secrets.ids)
    assert hidden.names and case.teacher in hidden.texts
    assert leaks(frames[:silent], hidden) == []
    news = next(text for text in hidden.texts if text not in (case.teacher, flight.digest))
    told = leaks(frames, hidden)
    assert any(repr(news) in line for line in told), "the debrief names incidents that nobody was told of"
