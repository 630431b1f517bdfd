"""Plays the dashboard as a browser does, over the websocket and without a browser, and keeps all that it was sent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import websockets
from screen import Node, Screen, key_of
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

__all__ = ["Player", "Slow", "state_of"]

_PATIENCE = 90.0  # s; slow is measured, and is no reason to give up
_TRIGGERS = ("button", "download_button")
_LARGEST = 64 * 1024 * 1024  # bytes of a message


class Slow(AssertionError):
    """What was waited for did not come."""


@dataclass
class Player:
    """Somebody with one tab open. *port* is that of a server on this machine; use it with `async with`."""

    port: int
    path: str = ""
    query: str = ""
    origin: str | None = ""
    """empty = the server's own"""
    screen: Screen = field(default_factory=Screen)
    frames: list[bytes] = field(default_factory=list)
    """all that came, unpacked, in its order"""
    times: list[float] = field(default_factory=list)
    """when each came [s, monotonic]"""
    latencies: list[float] = field(default_factory=list)
    """s from each interaction to the page that answers it"""
    repeated: int = 0
    """presses that came to nothing and had to be made once more"""
    keeps: bool = True
    """whether frames are recorded"""
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _forms: dict[str, dict[str, WidgetState]] = field(default_factory=dict)
    _timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    # the line

    async def __aenter__(self) -> Player:
        await self.connect()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        await self.close()

    async def connect(self) -> None:
        """Open the tab, and wait until its page stands."""
        await self.dial()
        self.screen.query = self.query
        await self._ask(page=self.path)

    async def dial(self) -> None:
        """Open the line, and say nothing yet."""
        own = f"http://127.0.0.1:{self.port}"
        self._line = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            origin=websockets.Origin(own if self.origin == "" else self.origin) if self.origin is not None else None,
            subprotocols=[websockets.Subprotocol("streamlit"), websockets.Subprotocol("PLACEHOLDER_AUTH_TOKEN")],
            max_size=_LARGEST, open_timeout=_PATIENCE, ping_interval=None, proxy=None,
        )  # fmt: skip
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        """Close the tab."""
        for timer in self._timers.values():
            timer.cancel()
        await self._line.close()
        await asyncio.gather(self._reader, return_exceptions=True)

    @property
    def connected(self) -> bool:
        """Whether the server is still on the line."""
        return not self._reader.done()

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for data in self._line:
                assert isinstance(data, bytes)
                self._keep(data)
                self._note(self.screen.take(ForwardMsg.FromString(data)))
                async with self._news:
                    self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    def _keep(self, data: bytes) -> None:
        if self.keeps:
            self.frames.append(data)
            self.times.append(time.monotonic())

    def _note(self, message: ForwardMsg) -> None:
        """Do what a browser does beside drawing: begin and end the timers, and take over values that are set."""
        kind = message.WhichOneof("type")
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self._stop(list(self._timers))
        elif kind == "auto_rerun":
            self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop(list(message.stop_auto_rerun.fragment_ids))
        elif kind == "delta":
            self._follow(message)
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            there = {node.id for node in self.screen.nodes.values()}
            self._states = {id: state for id, state in self._states.items() if id in there}

    def _follow(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        body = getattr(element, element.WhichOneof("type") or "empty", None)
        if getattr(body, "set_value", False) and hasattr(body, "id"):
            self._states.pop(body.id, None)  # the server knows better, and takes a missing value for its own

    def _repeat(self, fragment: str, every: float) -> None:
        self._stop([fragment])
        self._timers[fragment] = asyncio.create_task(self._ticking(fragment, every))

    async def _ticking(self, fragment: str, every: float) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await asyncio.sleep(every)
                await self._send(fragment=fragment, auto=True)

    def _stop(self, fragments: list[str]) -> None:
        for fragment in fragments:
            if fragment in self._timers:
                self._timers.pop(fragment).cancel()

    # what is asked of the server

    async def say(self, data: bytes | str) -> None:
        """Send any bytes."""
        await self._line.send(data)

    async def _send(
        self, fragment: str = "", trigger: WidgetState | None = None, page: str | None = None, auto: bool = False
    ) -> None:  # fmt: skip
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.fragment_id, state.is_auto_rerun = self.screen.query, fragment, auto
        state.widget_states.widgets.extend([*self._states.values(), *([trigger] if trigger else [])])
        state.cached_message_hashes.extend(self.screen.cached())
        state.context_info.timezone, state.context_info.locale = "UTC", "en"
        state.context_info.url = f"http://127.0.0.1:{self.port}/{self.path}"
        state.page_script_hash = "" if page is not None else self.screen.page
        state.page_name = page or ""
        await self._line.send(asked.SerializeToString())

    async def _ask(self, fragment: str = "", trigger: WidgetState | None = None, page: str | None = None) -> None:
        """Have the script run, and wait for what it draws."""
        began, whole, parts, runs = time.monotonic(), self.screen.finished, self.screen.chunks, self.screen.runs
        await self._send(fragment, trigger, page)
        await self.until(lambda: self._answered(fragment, whole, parts, runs))
        self.latencies.append(time.monotonic() - began)

    def _answered(self, fragment: str, whole: int, parts: int, runs: int) -> bool:
        screen = self.screen
        return screen.runs > runs and (screen.finished > whole or (bool(fragment) and screen.chunks > parts))

    async def rerun(self) -> None:
        """Have the whole page drawn again."""
        await self._ask()

    async def goto(self, path: str, query: str | None = None) -> None:
        """Go to another page, as by a link."""
        self.screen.query = self.screen.query if query is None else query
        self._states.clear()
        self.screen.page = self.screen.pages[path]
        await self._ask()

    async def reload(self) -> None:
        """Close the tab and open it again at the same address."""
        path = next((path for path, page in self.screen.pages.items() if page == self.screen.page), self.path)
        await self.close()
        self.path, self.query, self.screen = path, self.screen.query, Screen()
        self._states, self._forms, self._timers = {}, {}, {}
        await self.connect()

    # what is done on the page

    async def click(self, name: str, wait: bool = True) -> None:
        """Press the button with the key or the label *name*; one that submits a form sends what the form holds."""
        await self.appears(name)
        node = self.find(name, "button", "download_button")
        assert not node.body.disabled, f"the button {name} cannot be pressed now"  # type: ignore[attr-defined]
        self._states.update(self._forms.pop(node.body.form_id, {}))  # type: ignore[attr-defined]
        trigger = WidgetState(id=node.id, trigger_value=True)
        await (self._ask if wait else self._send)(node.fragment, trigger)

    async def set(self, name: str, value: Any) -> None:
        """Give the widget with the key or the label *name* a value; in a form it waits there for its button."""
        await self.appears(name)
        node = self.find(name)
        state = state_of(node, value)
        form = getattr(node.body, "form_id", "")
        if form:
            self._forms.setdefault(form, {})[node.id] = state
        else:
            self._states[node.id] = state
            await self._ask(node.fragment)

    async def send_state(self, state: WidgetState, trigger: WidgetState | None = None) -> None:
        """Send a raw widget state, whatever it may be, and wait for what the page makes of it."""
        self._states[state.id] = state
        try:
            await self._ask(trigger=trigger)
        finally:
            self._states.pop(state.id, None)

    # what is seen

    def find(self, name: str, *kinds: str) -> Node:
        """Return the widget with the key or the label *name*; an AssertionError names what there is."""
        found = [node for node in self.screen.widgets(name) if not kinds or node.kind in kinds]
        there = sorted({key_of(node.id) or node.label for node in self.screen.nodes.values() if node.id})
        assert found, f"no widget {name!r} on the page; there are {', '.join(there)}"
        return found[0]

    async def appears(self, name: str) -> None:
        """Wait for a widget: while a part of the page is drawn anew it may be missing for a moment."""
        with contextlib.suppress(Slow):
            await self.until(lambda: bool(list(self.screen.widgets(name))))

    def has(self, name: str) -> bool:
        """Tell whether the widget is there and can be used."""
        return any(not getattr(node.body, "disabled", False) for node in self.screen.widgets(name))

    def texts(self) -> list[str]:
        """List what can be read on the page."""
        return self.screen.texts()

    def reads(self, text: str) -> bool:
        """Tell whether *text* can be read on the page."""
        return any(text in one for one in self.texts())

    async def until(self, holds: Callable[[], bool], seconds: float = _PATIENCE) -> None:
        """Wait until *holds*; Slow after *seconds* of wall time, ConnectionError when the server hangs up."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: holds() or not self.connected)
        except TimeoutError:
            raise Slow(f"not in {seconds:.0f} s; the page reads: {' | '.join(self.texts())[:1500]}") from None
        if not holds():
            raise ConnectionError("the server has hung up")


def state_of(node: Node, value: Any) -> WidgetState:
    """Return *value* as the message of the widget *node*, as the browser would put it."""
    state = WidgetState(id=node.id)
    if isinstance(value, bool):
        state.bool_value = value
    elif node.kind == "number_input":
        state.double_value = value
    elif node.kind == "slider":
        _slide(node, value, state)
    elif node.kind in ("button_group", "multiselect"):
        chosen = value if isinstance(value, list) else [value]
        state.string_array_value.data.extend(str(one) for one in chosen)
    elif isinstance(value, dict):
        state.json_value = json.dumps(value)
    else:
        state.string_value = str(value)
    return state


def _slide(node: Node, value: Any, state: WidgetState) -> None:
    options = list(node.body.options)  # type: ignore[attr-defined]
    if options:  # a slider of options goes by what they are called
        state.string_array_value.data.append(str(value))
    else:
        state.double_array_value.data.append(float(value) if not isinstance(value, str) else math.nan)
