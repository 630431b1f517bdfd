"""What a person does in the dashboard, step by step: choose a case, take off, decide with a reason, land."""

from __future__ import annotations

import contextlib
import random
from typing import Any
from urllib.parse import parse_qs

from player import Player, Slow
from screen import Node

__all__ = [
    "choose",
    "decide",
    "flight_of",
    "is_down",
    "is_playing",
    "is_ready",
    "land",
    "options_of",
    "play",
    "settle",
    "take_off",
    "told",
]

_COMPUTED = 120.0  # s
_SOON = 5.0  # s after the page was drawn again, when a decision stands on it or was not taken
_TRIES = 3


async def choose(player: Player, case: str, seed: int, mode: str = "training") -> None:
    """Put the brief of *case* with *seed* on the screen."""
    await player.set(f"luck/{case}", "a number")
    await player.set(f"number/{case}", seed)
    if mode != "training":
        await player.set(f"mode/{case}", mode.capitalize())
    await player.click(f"brief/{case}")
    await player.until(lambda: bool(list(player.screen.widgets("takeoff/*"))))


async def take_off(player: Player, case: str, seed: int, mode: str = "training") -> str:
    """Fly *case* with *seed* from the hangar, wait until the flight deck stands, and return the id of the flight."""
    await choose(player, case, seed, mode)
    await player.click("takeoff/*")
    await player.until(lambda: player.has("play") and bool(list(player.screen.widgets("turn/*"))), _COMPUTED)
    return flight_of(player)


def flight_of(player: Player) -> str:
    """Return the flight that the address names."""
    return parse_qs(player.screen.query)["flight"][0]


def is_playing(player: Player) -> bool:
    """Tell whether the clock of the flight runs."""
    return bool(list(player.screen.widgets("Pause")))


def is_down(player: Player) -> bool:
    """Tell whether the flight has come to its end."""
    return bool(list(player.screen.widgets("export/*")))


def is_ready(player: Player) -> bool:
    """Tell whether the clock can be moved: not while what follows from a decision is computed."""
    return any(not getattr(node.body, "disabled", True) for node in player.screen.widgets("play"))


async def play(player: Player, go: bool = True) -> None:
    """Let the clock run, or halt it; at the end of a flight there is nothing to do."""
    await player.until(lambda: is_ready(player) or is_down(player), _COMPUTED)
    if is_playing(player) != go and not is_down(player):
        await player.click("play")


async def decide(player: Player, why: str, luck: random.Random) -> bool:
    """Turn a live dial to another value, with a reason; return whether the page then told of it."""
    dials = [node for node in player.screen.widgets("dials/*") if node.kind == "slider"]
    node = luck.choice(dials)
    await player.set(node.label, luck.choice(options_of(node)))
    await player.set("why/dials/*", why)
    for _ in range(_TRIES):
        await player.click("turn/*")
        with contextlib.suppress(Slow):
            await player.until(lambda: told(player, why) or refused(player), _SOON)
            break
        player.repeated += 1
    return told(player, why)


def told(player: Player, why: str) -> bool:
    """Tell whether a decision with the reason *why* stands on the page."""
    return player.reads(f"“{why}”")


def refused(player: Player) -> bool:
    """Tell whether the page has something to complain of."""
    return any(node.kind == "alert" for node in player.screen.nodes.values())


def options_of(node: Node) -> list[Any]:
    """List the values that a slider could be put to, without the one where it stands."""
    body: Any = node.body
    if body.options:
        stands = {round(value) for value in body.default}
        return [option for place, option in enumerate(body.options) if place not in stands]
    low, high, at = int(body.min[0] if _many(body.min) else body.min), _top(body), list(body.default)
    return [value for value in range(low, high + 1) if value not in at]


def _many(value: Any) -> bool:
    return not isinstance(value, int | float)


def _top(body: Any) -> int:
    return int(body.max[0] if _many(body.max) else body.max)


async def land(player: Player) -> None:
    """Go to the end of the flight, and wait until it is down."""
    await play(player, go=False)
    if not is_down(player):
        await player.click("skip/Land")
    await player.until(lambda: is_down(player), _COMPUTED)


async def settle(player: Player) -> None:
    """Wait until the flight deck stands again; where a worker has died twice, have it tried once more."""
    await player.until(lambda: _stands(player) or player.has("again/*"), _COMPUTED)
    if not _stands(player):
        await player.click("again/*")
        await player.until(lambda: _stands(player), _COMPUTED)


def _stands(player: Player) -> bool:
    return is_down(player) or bool(list(player.screen.widgets("turn/*")))
