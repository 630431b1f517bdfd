"""What a browser would show: the elements that the server has sent and not taken back, by their place on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from google.protobuf.message import Message
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

__all__ = ["Node", "Screen", "key_of", "strings"]

_DONE = ForwardMsg.FINISHED_SUCCESSFULLY
_FRAGMENT_DONE = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
_NOT_SEEN = frozenset({"id", "form_id", "js_content", "css_content", "html_content", "page_script_hash"})
_MOST_RUNS = 2  # for so many runs of the script a browser counts on a message that may come again
_LONGEST = 6  # and for so many it is kept: an answer to an earlier request may point at it still


@dataclass(frozen=True)
class Node:
    """One element or block, and who drew it."""

    kind: str
    body: Message
    """the part of the protocol that tells what it is"""
    fragment: str
    run: int

    @property
    def id(self) -> str:
        """What the server calls the widget; empty = no widget."""
        return str(getattr(self.body, "id", ""))

    @property
    def label(self) -> str:
        """What stands on it."""
        return str(getattr(self.body, "label", ""))


@dataclass
class Screen:
    """A page as it stands; *take* hands it a message of the server."""

    nodes: dict[tuple[int, ...], Node] = field(default_factory=dict)
    """place -> what stands there"""
    page: str = ""
    """the hash of the page's script"""
    pages: dict[str, str] = field(default_factory=dict)
    """path in the address -> hash of the page's script"""
    query: str = ""
    session: str = ""
    finished: int = 0
    """whole runs of the script that have ended"""
    chunks: int = 0
    """runs of a part of it that have ended"""
    runs: int = 0
    _parts: tuple[str, ...] = ()
    _kept: dict[str, tuple[bytes, int]] = field(default_factory=dict)

    def take(self, message: ForwardMsg) -> ForwardMsg:
        """Draw what *message* tells, and return it; one that only points at an earlier one is filled in first."""
        message = self._whole(message)
        kind = message.WhichOneof("type")
        if kind in _TAKERS:
            _TAKERS[kind](self, message)
        return message

    def cached(self) -> list[str]:
        """List the messages that need not come again."""
        return [hash for hash, (_, run) in self._kept.items() if self.finished - run < _MOST_RUNS]

    def _whole(self, message: ForwardMsg) -> ForwardMsg:
        if message.WhichOneof("type") == "ref_hash":
            full = ForwardMsg.FromString(self._kept[message.ref_hash][0])
            full.metadata.CopyFrom(message.metadata)
            message = full
        if message.metadata.cacheable and message.hash:
            self._kept[message.hash] = message.SerializeToString(), self.finished
        return message

    def _begin(self, message: ForwardMsg) -> None:
        self.runs += 1
        self._parts = tuple(message.metadata.run.fragment_ids)
        self.page = message.new_session.page_script_hash or self.page
        self.session = message.new_session.initialize.session_id or self.session

    def _navigate(self, message: ForwardMsg) -> None:
        self.page = message.navigation.page_script_hash or self.page
        self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}

    def _address(self, message: ForwardMsg) -> None:
        self.query = message.page_info_changed.query_string

    def _draw(self, message: ForwardMsg) -> None:
        delta = message.delta
        what = delta.WhichOneof("type")
        if what in ("new_element", "add_block"):
            body = getattr(delta, what)
            kind = body.WhichOneof("type") or "empty"
            inner = getattr(body, kind) if kind != "empty" else body
            place = tuple(message.metadata.delta_path)
            self.nodes[place] = Node(kind, inner, delta.fragment_id, self.runs)

    def _end(self, message: ForwardMsg) -> None:
        if message.script_finished == _DONE:
            self._drop(lambda node: node.run < self.runs)
            self._kept = {h: kept for h, kept in self._kept.items() if self.finished - kept[1] < _LONGEST}
            self.finished += 1
        elif message.script_finished == _FRAGMENT_DONE:
            self._drop(lambda node: node.fragment in self._parts and node.run < self.runs)
            self.chunks += 1

    def _drop(self, is_stale: Any) -> None:
        self.nodes = {place: node for place, node in self.nodes.items() if not is_stale(node)}

    # what is looked for

    def widgets(self, name: str) -> Iterator[Node]:
        """Give the widgets whose key or label is *name*, or whose key is like it (`turn/*`), as they stand there."""
        for _, node in sorted(self.nodes.items()):
            key = key_of(node.id)
            if node.id and (name in (key, node.label) or fnmatchcase(key, name)):
                yield node

    def texts(self) -> list[str]:
        """List what can be read."""
        return [text for _, node in sorted(self.nodes.items()) for text in strings(node.body)]


_TAKERS = {
    "new_session": Screen._begin,
    "navigation": Screen._navigate,
    "page_info_changed": Screen._address,
    "delta": Screen._draw,
    "script_finished": Screen._end,
}


def key_of(id: str) -> str:
    """Return the key that the page gave the widget *id*: `$$ID-hash-key`."""
    parts = id.split("-", 2)
    return parts[2] if len(parts) == 3 else ""


def strings(body: Message) -> Iterator[str]:
    """Give the texts in *body*, however deep."""
    for its, value in body.ListFields():
        if its.name in _NOT_SEEN:
            continue
        values = value if its.is_repeated else [value]
        if its.type == its.TYPE_STRING:
            yield from (str(text) for text in values)
        elif its.type == its.TYPE_MESSAGE and not (its.message_type.GetOptions().map_entry):
            for one in values:
                yield from strings(one)
