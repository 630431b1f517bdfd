"""What only an interviewer may know reaches neither the candidate nor those who vote before the release."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import deeds
import pytest
from leaks import Secrets, leaks
from player import Player
from server import Server
from truth import secrets_of

import cases
from simulator.store import FILE, Flight, Store, case_of, plan_of
from simulator.store.deeds import Room

SEED = 1_734_902_581  # of ten digits, so that none is found by chance
SCRIPT = """
round = 1
title = "A drill with secrets"
case = "burst_storm"
kind = "group"
seed = "hidden"
hints = "none"
intro = "You keep a vote alive."
notes = "planted look whether they price the replicas"

[minutes]
brief = 5
design = 5
play = 20
probes = 5
debrief = 10

[[event]]
name = "zzfilmstar"
kind = "burst"
at = "600s"
lasts = "45s"
size = 2.0
when = "by hand"
says = "planted a film star tells everybody to vote"
note = "planted fire it when they relax"

[[event]]
name = "zzsilentrush"
kind = "burst"
at = "700s"
lasts = "45s"
size = 1.5
when = "by hand"
note = "planted nobody is told"

[[event]]
name = "zznever"
kind = "page"
at = "800s"
when = "by hand"
says = "planted a page that is never fired"

[requirement]
says = "planted the CFO halves the money"
when = "by hand"
at = "500s"
note = "planted do they ask for whom?"

[requirement.targets]
profit = 77.0

[[fact]]
ask = "Who pays for the night?"
answer = "planted a bank that nobody asks about"

[[probe]]
name = "whose_queue"
question = "Whose queue was that?"
dimension = "serving"
weak = "planted weak anchor"
mid = "planted mid anchor"
strong = "planted strong anchor"
expert = "planted expert anchor"
follow_up = "planted follow up"
rescue = "planted rescue"
show = ["p99_ms"]

[probe.check]
ask = "How many seconds was it down?"
figure = "down_seconds"
within = 1.0

[[probe]]
name = "never_asked"
question = "planted a question that is never asked"
dimension = "model"
weak = "planted weak of another"
mid = "planted mid of another"
strong = "planted strong of another"
expert = "planted expert of another"
when = "never"
"""
NAME, MARKED, PRIVATE = "planted Ada, second try", "planted hesitates", "planted ask for her notes"
FILM, CFO, FACT = "planted a film star", "planted the CFO halves", "planted a bank that nobody"
SILENT, RESCUE = "zzsilentrush", "planted rescue"  # as text there must be no sign in it that Markdown knows
ALWAYS = (
    "planted look whether", "planted fire it when", "planted nobody is told", "planted a page that is never",
    "planted do they ask", "planted weak", "planted mid", "planted strong", "planted expert", "planted follow up",
    "planted a question that is never", FACT, RESCUE, NAME, MARKED, PRIVATE,
)  # fmt: skip
EVENTS = ("zfilmstar", "zsilentrush", "znever")  # a page may write them with a capital

pytestmark = pytest.mark.long


def but_first(text: str) -> str:
    """Leave the first letter out: a page may write it as a capital."""
    return text[1:]


@dataclass
class Drill:
    """A room of which the interviewer is the test, by the store; the others sit at their pages."""

    store: Store
    room: Room
    candidate: Player
    voter: Player
    said: int = 0

    def do(self, kind: str, what: str = "", **data: object) -> None:
        """Do a deed as the interviewer."""
        self.said += 1
        self.store.rooms.do(self.room.id, f"deed{self.said}", kind, what, who="interviewer", data=data)

    async def both(self, text: str) -> None:
        """Wait until both pages read *text*."""
        for player in (self.candidate, self.voter):
            await player.until(lambda player=player: player.reads(text), 60)

    def flight(self) -> Flight:
        return self.store.flight(self.store.rooms.room(self.room.id).flight)

    def hidden(self, *told: str) -> Secrets:
        """Return what nobody at these pages may have been sent, if *told* was said by now."""
        planted = (text for text in (*ALWAYS, FILM, CFO) if text not in told)
        named = (name for name in EVENTS if name not in told)
        texts = (*(but_first(text) for text in planted), *named, str(SEED), self.room.keys["interviewer"])
        return Secrets(texts=texts, figures=(float(SEED),))

    def leaked(self, *told: str) -> list[str]:
        """List what was sent of it, and of each other's keys, to both."""
        other = {"candidate": "voter", "voter": "candidate"}
        never = self.hidden(*told)
        found = []
        for side, player in (("candidate", self.candidate), ("voter", self.voter)):
            own = replace(never, texts=(*never.texts, self.room.keys[other[side]]))  # type: ignore[index]
            found += [f"{side}: {line}" for line in leaks(player.frames, own)]
        return found


async def settled(drill: Drill) -> None:
    """Wait until what was ordered has taken effect, and the deck stands again."""
    wanted = {deed.what or "requirement" for deed in drill.store.rooms.room(drill.room.id).deeds
              if deed.kind in ("order", "require")}  # fmt: skip
    for _ in range(300):
        done = {deed.what for deed in drill.store.rooms.room(drill.room.id).deeds if deed.kind == "done"}
        if wanted <= done and stands(drill.candidate):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"ordered: {wanted}; done: {done}")


async def on_the_ground(drill: Drill) -> None:
    """Wait in the lobby, read, and take off."""
    await drill.both("A drill with secrets")
    for phase, reads in (("brief", "Brief and questions"), ("design", "First design")):
        drill.do("phase", phase)
        await drill.both(reads)
    await drill.candidate.click("takeoff/*")
    await drill.candidate.until(lambda: drill.candidate.reads("Your design is set"), 60)
    drill.do("phase", "play")
    await drill.candidate.until(lambda: stands(drill.candidate), 120)


async def in_the_air(drill: Drill) -> None:
    """Fly a bit, with marks, notes and a silent event behind the candidate's back."""
    await fly_on(drill)
    drill.do("mark", "serving", mark=2, words=MARKED)
    drill.do("private", text=PRIVATE)
    drill.do("order", SILENT, do="fire")
    await settled(drill)
    for _ in range(4):
        await fly_on(drill)
    for option in drill.candidate.find("group").body.options:  # type: ignore[attr-defined]
        await drill.candidate.set("group", option.content)
    drill.do("vote", "1", open=True)
    await drill.voter.until(lambda: bool(list(drill.voter.screen.widgets("*/what"))), 60)


async def fly_on(drill: Drill) -> None:
    """Skip to the next checkpoint, as soon as that can be done."""
    await drill.candidate.until(lambda: stands(drill.candidate), 120)
    await drill.candidate.click("skip/Next checkpoint")


def stands(player: Player) -> bool:
    """Tell whether the deck stands, and can be used; while it is drawn anew a button may be there twice."""
    there = list(player.screen.widgets("skip/Next checkpoint"))
    return bool(there) and not any(node.body.disabled for node in there)  # type: ignore[attr-defined]


async def look_everywhere(drill: Drill) -> None:
    """Open each other page with the flight in the address, as somebody curious would, and come back."""
    flight, key = drill.flight().id, drill.room.keys["candidate"]
    for path in ("fly", "debrief", "probes", "compare", "history", "rounds", "", "room"):
        await drill.candidate.goto(path, query=f"room={key}" if path == "room" else f"flight={flight}")
        await asyncio.sleep(0.5)
    await drill.candidate.until(lambda: drill.candidate.reads("A drill with secrets"), 60)


async def is_told(drill: Drill) -> None:
    """Say the requirement, fire what is announced, and ask a question."""
    drill.do("order", "zzfilmstar", do="fire")
    drill.do("require")
    await settled(drill)
    await drill.both(CFO)
    drill.do("ask", "whose_queue")
    await drill.candidate.until(lambda: drill.candidate.reads("Whose queue was that?"), 60)


async def down(drill: Drill) -> None:
    """Land, and answer what was asked with its check."""
    await deeds.settle(drill.candidate)
    await drill.candidate.click("skip/Land")
    await drill.candidate.until(lambda: drill.candidate.reads("The flight is down"), 120)
    drill.do("phase", "probes")
    key = f"room/{drill.room.id}/whose_queue"
    await drill.candidate.until(lambda: drill.candidate.has(f"number/{key}"), 120)
    await drill.candidate.set(f"number/{key}", 3.0)
    await drill.candidate.set(f"words/{key}", "that of the guests")
    await drill.candidate.click(f"commit/{key}")
    await drill.candidate.until(lambda: drill.candidate.reads("You said"), 60)
    drill.do("phase", "debrief")
    await drill.candidate.until(lambda: drill.candidate.reads("nothing of the truth"), 60)


@contextlib.contextmanager
def store_of(server: Server) -> Iterator[Store]:
    store = Store(server.home / FILE, time.time, lambda: secrets.token_hex(16))
    try:
        yield store
    finally:
        store.close()


def is_simple(value: float) -> bool:
    """Tell whether *value* is a fraction such as a bar of progress may show."""
    return abs(value - float(Fraction(value).limit_denominator(60))) < 1e-12


def ahead(drill: Drill) -> list[str]:
    """List what the candidate was sent of the flight that is still to come, and of its truth."""
    flight = drill.flight()
    case = case_of(flight, cases.load)
    future = secrets_of(case, plan_of(flight, case), flight.seed, flight.furthest)
    odd = [(at, value) for at, value in future.readings if not is_simple(value)]
    future = replace(future, readings=odd, ahead=flight.furthest)  # those who vote have no clock that `leaks` knows
    return [line for player in (drill.candidate, drill.voter) for line in leaks(player.frames, future)]


async def drilled(drill: Drill) -> None:
    await on_the_ground(drill)
    assert drill.leaked() == []
    await in_the_air(drill)
    assert drill.leaked() == []
    await look_everywhere(drill)
    assert drill.leaked() == []
    found = ahead(drill)
    assert found == [], "\n".join(found)
    await is_told(drill)
    told = (FILM, CFO, "zfilmstar")
    assert drill.leaked(*told) == []
    drill.do("rescue", "whose_queue")
    await drill.candidate.until(lambda: drill.candidate.reads(but_first(RESCUE)), 60)
    await down(drill)
    await look_everywhere(drill)
    assert [line for line in drill.leaked(*told) if but_first(RESCUE) not in line] == []
    truth = Secrets(texts=(drill.flight().digest, "Not right", "**Right"))
    assert [line for one in (drill.candidate, drill.voter) for line in leaks(one.frames, truth)] == []
    await released(drill)


async def released(drill: Drill) -> None:
    """After the release all is told: so it would have been found."""
    silent = len(drill.candidate.frames)
    drill.do("release")
    await drill.candidate.until(lambda: drill.candidate.reads("The round is released"), 60)
    await drill.candidate.until(lambda: drill.candidate.reads(str(SEED)), 60)
    assert any(str(SEED) in line for line in leaks(drill.candidate.frames, drill.hidden()))
    assert not any(str(SEED) in line for line in leaks(drill.candidate.frames[:silent], drill.hidden()))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home")) as server:
        yield server


def test_what_the_interviewer_knows_is_not_sent_before_the_release(server: Server) -> None:
    async def playing(store: Store) -> None:
        room = store.rooms.open("drill", SCRIPT, SEED, name=NAME)
        keys = {side: f"room={room.keys[side]}" for side in ("candidate", "voter")}  # type: ignore[index]
        async with (
            Player(server.port, path="room", query=keys["candidate"]) as candidate,
            Player(server.port, path="room", query=keys["voter"]) as voter,
        ):
            await drilled(Drill(store, room, candidate, voter))

    with store_of(server) as store:
        asyncio.run(playing(store))
