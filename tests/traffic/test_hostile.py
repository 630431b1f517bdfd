"""Whatever is sent to the server: it lives on, tells nothing of its insides, and the store stays as it is."""

from __future__ import annotations

import asyncio
import http.client
import math
import os
import random
import sqlite3
from dataclasses import dataclass

import deeds
import pytest
import websockets
from player import Player
from screen import Node
from server import ROOT, Server, health
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from simulator.store import FILE

INSIDES = (b"Traceback", b"site-packages", b'File "', str(ROOT).encode(), b"sqlite3.", b"SQLite format 3")
MB = 1024 * 1024


@dataclass(frozen=True)
class Aloft:
    """A server with a flight that is in the air, and whose store nobody may change."""

    server: Server
    flight: str
    before: list[tuple[object, ...]]


def rows(server: Server) -> list[tuple[object, ...]]:
    """All that is known of flights and decisions."""
    with sqlite3.connect(f"file:{server.home / FILE}?mode=ro", uri=True) as db:
        found = [*db.execute("SELECT id, seed, mode, design, status, version FROM flights ORDER BY number")]
        found += [*db.execute("SELECT * FROM steps ORDER BY flight, turn")]
    db.close()
    return found


@pytest.fixture(scope="module")
def aloft(server: Server) -> Aloft:
    async def begin(server: Server) -> str:
        async with Player(server.port) as player:
            id = await deeds.take_off(player, "burst_storm", 77)
            assert await deeds.decide(player, "before the storm", random.Random(1))
            return id

    flight = asyncio.run(begin(server))
    return Aloft(server, flight, rows(server))


def tells_nothing(player: Player) -> None:
    """What came holds nothing of the server's insides. That Streamlit names its script in `new_session` is its way."""
    for frame in player.frames:
        message = ForwardMsg.FromString(frame)
        if message.WhichOneof("type") == "new_session":
            message.new_session.ClearField("main_script_path")
        plain = message.SerializeToString()
        assert not [word for word in INSIDES if word in plain], plain[:2000]


def lives(aloft: Aloft) -> None:
    assert health(aloft.server.port, 20.0) is not None
    assert rows(aloft.server) == aloft.before


# --- values of widgets -----------------------------------------------------------------------------------------


def hostile(id: str) -> list[WidgetState]:
    """Values that no browser would send for the widget *id*."""
    many = WidgetState(id=id)
    many.string_array_value.data.extend(["x" * 50] * 2000)
    doubles = [[math.nan], [math.inf], [1e308], [-1e308], [], [1.0, 2.0, 3.0]]
    found = [many]
    for row in doubles:
        state = WidgetState(id=id)
        state.double_array_value.SetInParent()
        state.double_array_value.data.extend(row)
        found.append(state)
    for whole in ([2**62], [-1], []):
        state = WidgetState(id=id)
        state.int_array_value.SetInParent()
        state.int_array_value.data.extend(whole)
        found.append(state)
    return [
        *found,
        *(WidgetState(id=id, double_value=value) for value in (math.nan, math.inf, 1e308, -1.5)),
        *(WidgetState(id=id, int_value=value) for value in (2**62, -1)),
        *(WidgetState(id=id, string_value=value) for value in ("", "\x00", "x" * 1_000_000, "<script>")),
        WidgetState(id=id, json_value="{"),
        WidgetState(id=id, json_value="[" * 100_000),
        WidgetState(id=id, bytes_value=b"\xff" * 1000),
        WidgetState(id=id, bool_value=True),
        WidgetState(id=id, trigger_value=True),
    ]  # fmt: skip


def one_of_each(player: Player) -> list[Node]:
    """One widget of each kind on the page that only shows and sets."""
    found = {
        node.kind: node
        for node in player.screen.nodes.values()
        if node.id and node.kind not in ("button", "expandable")
    }
    return list(found.values())


async def send_hostile(aloft: Aloft, page: str, *, all_of_them: bool) -> None:
    """Open a *page* and send its widgets what they do not expect: each kind its share of it, or everything."""
    async with Player(aloft.server.port) as player:
        await player.click("brief/burst_storm")
        if page != "brief":
            await player.goto(page, query=f"flight={aloft.flight}" if page else "")
        nodes = one_of_each(player)
        for place, node in enumerate(nodes):
            for number, state in enumerate(hostile(node.id)):
                if all_of_them or number % len(nodes) == place:
                    await player.send_state(state)
        tells_nothing(player)
        assert player.connected


@pytest.mark.parametrize("page", ["", "brief", "fly"])
def test_hostile_values(aloft: Aloft, page: str) -> None:
    asyncio.run(send_hostile(aloft, page, all_of_them=False))
    lives(aloft)


@pytest.mark.soak
@pytest.mark.parametrize("page", ["", "brief", "fly", "history"])
def test_all_hostile_values(aloft: Aloft, page: str) -> None:
    asyncio.run(send_hostile(aloft, page, all_of_them=True))
    lives(aloft)


@pytest.mark.parametrize(("dial", "value"), [("least", math.nan), ("least", -5.0), ("least", 1e308), ("shed", "1e308")])
def test_hostile_dials_are_not_decided(aloft: Aloft, dial: str, value: float | str) -> None:
    """A decision with a value that the dial does not take is refused, whatever the page made of it."""

    async def send() -> None:
        async with Player(aloft.server.port, "fly", f"flight={aloft.flight}") as player:
            await player.until(lambda: bool(list(player.screen.widgets("turn/*"))), 60)
            id, trigger = player.find(f"dials/*/{dial}").id, player.find("turn/*").id
            state = WidgetState(id=id)
            if isinstance(value, str):
                state.string_array_value.data.append(value)
            else:
                state.double_array_value.data.append(value)
            await player.send_state(state, WidgetState(id=trigger, trigger_value=True))
            tells_nothing(player)

    asyncio.run(send())
    lives(aloft)


def test_unknown_widgets_and_fragments(aloft: Aloft) -> None:
    async def send() -> None:
        async with Player(aloft.server.port) as player:
            for id in ("", "$$ID-0-None", "$$ID-" + "a" * 32 + "-takeoff/1", "x" * 100_000, "../../etc/passwd"):
                for state in hostile(id)[-6:]:
                    await player.send_state(state)
            asked = BackMsg()
            asked.rerun_script.fragment_id = "nobody knows"
            await player.say(asked.SerializeToString())
            asked = BackMsg()
            asked.rerun_script.page_script_hash = "nobody knows"
            await player.say(asked.SerializeToString())
            await player.until(lambda: player.screen.finished > 10)
            tells_nothing(player)

    asyncio.run(send())
    lives(aloft)


# --- what is no message ----------------------------------------------------------------------------------------

GARBAGE = {
    "noise": b"\xff\xfe\xfd" * 1000,
    "nothing": b"",
    "half a message": BackMsg(clear_cache=True).SerializeToString() + b"\x0a\xff",
    "text": "<script>",
    "too large": b"\x00" * (26 * MB),
    "an order to stop": BackMsg(debug_shutdown_runtime=True).SerializeToString(),
    "an order to hang up": BackMsg(debug_disconnect_websocket=True).SerializeToString(),
}


@pytest.mark.parametrize("what", GARBAGE)
def test_garbage_on_the_line(aloft: Aloft, what: str) -> None:
    async def send() -> None:
        async with Player(aloft.server.port) as player:
            try:
                await player.say(GARBAGE[what])
                await asyncio.sleep(0.3)
            except websockets.ConnectionClosed:
                pass  # it may well hang up
            tells_nothing(player)

    asyncio.run(send())
    lives(aloft)


def test_skills_cannot_be_installed_over_the_line(aloft: Aloft) -> None:
    """Streamlit can write files for an assistant beside the script, if it is asked to; here it may not."""

    async def send() -> None:
        async with Player(aloft.server.port) as player:
            asked = BackMsg()
            asked.backend_operation_request.request_id = "1"
            asked.backend_operation_request.session_id = player.screen.session
            asked.backend_operation_request.install_skills.SetInParent()
            await player.say(asked.SerializeToString())
            await asyncio.sleep(0.5)
            tells_nothing(player)

    there = sorted(os.listdir(ROOT / "dashboard")), sorted(os.listdir(ROOT))
    asyncio.run(send())
    assert (sorted(os.listdir(ROOT / "dashboard")), sorted(os.listdir(ROOT))) == there
    lives(aloft)


# --- where it comes from ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1.evil.example", "null", "file://"])
def test_pages_of_others_are_turned_away(aloft: Aloft, origin: str) -> None:
    async def knock() -> None:
        async with Player(aloft.server.port, origin=origin):
            pass

    with pytest.raises(websockets.InvalidStatus, match="403"):
        asyncio.run(knock())


def answer(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        line.putheader(name, value)
    line.endheaders()
    reply = line.getresponse()
    try:
        return reply.status, reply.read()
    finally:
        line.close()


PATHS = [
    f"{base}{up}{file}"
    for base in ("/", "/static/", "/app/static/", "/media/", "/component/windtunnel_deck/", "/_stcore/bidi-components/",
                 "/_stcore/upload_file/")
    for up in ("../../../../", "..%2f..%2f..%2f", "%2e%2e/%2e%2e/", "....//....//", "..\\..\\", "%00/", "/")
    for file in ("etc/passwd", "pyproject.toml", FILE)
]  # fmt: skip


def test_no_file_of_the_machine_can_be_had(aloft: Aloft) -> None:
    for path in [*PATHS, f"/{aloft.server.home / FILE}", f"//{ROOT}/pyproject.toml"]:
        status, body = answer(aloft.server.port, path)
        assert not any(word in body for word in (b"root:", b"[project]", b"SQLite format", b"Traceback")), (
            path,
            status,
        )
    lives(aloft)


def test_another_host_name_is_refused(aloft: Aloft) -> None:
    """A web page elsewhere whose name is bent to this machine must not talk to it."""

    async def knock() -> None:
        line = f"ws://127.0.0.1:{aloft.server.port}/_stcore/stream"
        async with websockets.connect(line, additional_headers={"Host": "evil.example"}, proxy=None):
            pass

    with pytest.raises((websockets.InvalidStatus, websockets.InvalidMessage)):
        asyncio.run(knock())


def test_nobody_uploads_without_a_session(aloft: Aloft) -> None:
    line = http.client.HTTPConnection("127.0.0.1", aloft.server.port, timeout=20)
    line.request("PUT", "/_stcore/upload_file/nobody/1", body=b"x" * 1000)
    assert line.getresponse().status >= 400
    line.close()
    lives(aloft)


# --- flights of others -----------------------------------------------------------------------------------------

GUESSES = [
    "0" * 32,
    "../../" + FILE,
    "' OR 1=1 --",
    "%00",
    "x" * 5000,
    "\u202e\ud7ff",
    "<script>alert(1)</script>",
    "{0}",
]


@pytest.mark.parametrize("page", ["fly", "debrief", "probes", "compare"])
def test_a_flight_cannot_be_guessed(aloft: Aloft, page: str) -> None:
    async def guess() -> None:
        async with Player(aloft.server.port) as player:
            for id in [*GUESSES, aloft.flight[:-1], aloft.flight.upper()]:
                await player.goto(page, query=f"flight={id}")
                assert not player.has("play") and not player.reads("seed 77 ")
            tells_nothing(player)

    asyncio.run(guess())
    lives(aloft)
