"""Looks for what nobody may know yet in what a browser was sent: texts, names, designs, and readings to come.

All that came is taken apart: messages of the protocol, JSON in their texts, numbers packed as bytes or in base64.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import math
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message
from screen import Screen
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

__all__ = ["Secrets", "leaks", "opened", "packed"]

_ROW = 4  # numbers of one list that must all be of the future: one alone may be so by chance
_TIMES = (1.0, 100.0, 1e-3, 1e-6, 1e-9, 1e3)  # charts draw shares in percent, dollars in thousands
_LONG = 12  # digits from which on a number is no coincidence
_ID_ROW = 3


@dataclass(frozen=True)
class Secrets:
    """What must not be sent."""

    texts: tuple[str, ...] = ()
    """at no moment"""
    names: tuple[str, ...] = ()
    """at no moment, as a text of their own"""
    designs: tuple[Mapping[str, Any], ...] = ()
    """dials that stand otherwise than at first; together they are an answer"""
    figures: tuple[float, ...] = ()
    """at no moment"""
    ids: tuple[int, ...] = ()
    """of which no list may be sent"""
    readings: Sequence[tuple[float, float]] = ()
    """(when [s], value): not before it is time"""
    ahead: float = 0.0
    """how much earlier they may come [s]"""


@dataclass
class Opened:
    """One message, taken apart."""

    raw: bytes
    texts: list[str] = field(default_factory=list)
    """texts of the protocol, and those inside JSON"""
    lists: list[list[float]] = field(default_factory=list)
    """lists of numbers; of a list of points, each column"""
    dicts: list[Mapping[str, Any]] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    """packed numbers"""
    now: float | None = None
    """the clock on the strip, where this message brings it [s]"""


# --- taking apart ----------------------------------------------------------------------------------------------


def opened(frame: bytes, screen: Screen | None = None) -> Opened:
    """Take a *frame* apart; with the *screen* that it came to, one that points at an earlier one is filled in."""
    message = ForwardMsg.FromString(frame)
    found = Opened(frame)
    _walk(screen.take(message) if screen else message, found)
    return found


def _walk(body: Message, found: Opened) -> None:
    for its, value in body.ListFields():
        for one in value if its.is_repeated and not isinstance(value, Mapping) else [value]:
            if its.type == its.TYPE_MESSAGE and isinstance(one, Message):
                _walk(one, found)
            elif isinstance(one, str):
                _read(one, found)
            elif isinstance(one, bytes):
                found.chunks.append(one)
            elif isinstance(one, float):
                found.numbers.append(one)


def _read(text: str, found: Opened) -> None:
    found.texts.append(text)
    if text[:1] in "{[":
        try:
            data = json.loads(text)
        except ValueError:
            return
        if isinstance(data, dict) and {"now", "until", "tiles"} <= data.keys():
            found.now = float(data["now"])
        _leaf(data, found)


def _leaf(data: Any, found: Opened) -> None:
    if isinstance(data, dict):
        _table(data, found)
    elif isinstance(data, list):
        _row(data, found)
    elif isinstance(data, str):
        found.texts.append(data)
    elif isinstance(data, int | float) and not isinstance(data, bool):
        found.numbers.append(float(data))


def _table(data: dict[str, Any], found: Opened) -> None:
    found.dicts.append(data)
    found.texts.extend(data)
    if isinstance(data.get("bdata"), str):
        with contextlib.suppress(binascii.Error):
            found.chunks.append(base64.b64decode(data["bdata"], validate=True))
    for value in data.values():
        _leaf(value, found)


def _row(data: list[Any], found: Opened) -> None:
    if data and all(isinstance(point, list) for point in data):
        for column in range(min(len(point) for point in data)):
            found.lists.append(_numbers(point[column] for point in data))
    found.lists.append(_numbers(data))
    for value in data:
        _leaf(value, found)


def _numbers(values: Iterable[Any]) -> list[float]:
    return [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]


def packed(values: Iterable[float]) -> bytes:
    """Return *values* as 8-byte little-endian doubles, as tables and arrays go over the line."""
    return b"".join(struct.pack("<d", value) for value in values)


# --- looking ---------------------------------------------------------------------------------------------------


def leaks(frames: Iterable[bytes], secrets: Secrets) -> list[str]:
    """List what of *secrets* is in *frames*, which came in this order, in words for people."""
    screen, now, first = Screen(), 0.0, _first_seen(secrets.readings)
    found: list[str] = []
    for number, frame in enumerate(frames):
        parts = opened(frame, screen)
        now = max(now, parts.now or 0.0)
        told = [*_words(parts, secrets), *_answers(parts, secrets), *_ids(parts, secrets)]
        told += _early(parts, first, now + secrets.ahead)
        found += [f"message {number} at {now:.0f} s: {what}" for what in told]
    return found


def _words(parts: Opened, secrets: Secrets) -> Iterator[str]:
    for text in secrets.texts:
        if text.encode() in parts.raw or any(text in one for one in parts.texts):
            yield f"the text {text!r}"
    for name in secrets.names:
        if name in parts.texts:
            yield f"the name {name!r}"


def _answers(parts: Opened, secrets: Secrets) -> Iterator[str]:
    for design in secrets.designs:
        if len(design) > 1 and any(design.items() <= _plain(one).items() for one in parts.dicts):
            yield f"the design {dict(design)}"
    there = {*parts.numbers}
    for figure in secrets.figures:
        if figure in there or any(packed([figure]) in chunk for chunk in parts.chunks):
            yield f"the figure {figure!r}"


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if isinstance(value, str | int | float | bool)}


def _ids(parts: Opened, secrets: Secrets) -> Iterator[str]:
    hidden = set(secrets.ids)
    for row in parts.lists:
        if len(row) >= _ID_ROW and hidden.issuperset(row):
            yield f"a list of hidden ids: {row[:5]}"
    for one, two in zip(secrets.ids, secrets.ids[1:], strict=False):
        if any(struct.pack(form, one, two) in chunk for chunk in parts.chunks for form in ("<qq", "<ii")):
            yield f"the hidden ids {one} and {two}"


def _first_seen(readings: Sequence[tuple[float, float]]) -> dict[float, float]:
    """Return when a number may first be seen, in each form in which a screen may write it."""
    first: dict[float, float] = {}
    for at, value in readings:
        for form in _forms(value):
            first[form] = min(at, first.get(form, math.inf))
    return first


def _forms(value: float) -> set[float]:
    """Return a reading as it is and with six digits, on each scale; one of few digits is found everywhere."""
    if not math.isfinite(value) or _digits(float(f"{value:.6g}")) < 5:
        return set()
    return {value, *(float(f"{value * times:.6g}") for times in _TIMES)}


def _digits(value: float) -> int:
    return len(repr(abs(value)).split("e")[0].replace(".", "").strip("0"))


def _early(parts: Opened, first: Mapping[float, float], limit: float) -> Iterator[str]:
    for number in parts.numbers:
        if _digits(number) >= _LONG and first.get(number, -math.inf) > limit:
            yield f"the reading {number!r} of {first[number]:.0f} s"
    for row in (*parts.lists, *_unpacked(parts.chunks, first)):
        yield from _run(row, first, limit)


def _run(row: Sequence[float], first: Mapping[float, float], limit: float) -> Iterator[str]:
    length = 0
    for number in row:
        length = length + 1 if first.get(number, -math.inf) > limit else 0
        if length == _ROW:
            yield f"a row of readings that ends with {number!r} of {first[number]:.0f} s"


def _unpacked(chunks: Iterable[bytes], first: Mapping[float, float]) -> Iterator[list[float]]:
    """Give packed doubles as lists; where they begin nobody knows, so each of the eight places is tried."""
    for chunk in chunks if first else ():
        for shift in range(8):
            whole = (len(chunk) - shift) // 8 * 8
            yield list(struct.unpack(f"<{whole // 8}d", chunk[shift : shift + whole]))
