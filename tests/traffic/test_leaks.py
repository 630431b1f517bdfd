"""A page that would send what nobody may know yet is caught, in whatever dress it sends it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from leaks import Secrets, leaks, packed
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

READINGS = [(60.0 * k, 17.0 + (k + 0.1) ** 1.5) for k in range(20)]
SECRETS = Secrets(
    texts=("a ring of thieves is at work",), names=("ring",), designs=({"threshold": 0.31, "review": 4.0},),
    figures=(163_212.4375,), ids=tuple(range(1000, 1100, 7)), readings=READINGS, ahead=60.0,
)  # fmt: skip


def text(body: str) -> bytes:
    message = ForwardMsg()
    message.delta.new_element.text.body = body
    return message.SerializeToString()


def chart(spec: Mapping[str, Any]) -> bytes:
    message = ForwardMsg()
    message.delta.new_element.echarts_chart.spec = json.dumps(spec)
    return message.SerializeToString()


def strip(now: float) -> bytes:
    message = ForwardMsg()
    message.delta.new_element.bidi_component.json = json.dumps({"now": now, "until": now, "tiles": []})
    return message.SerializeToString()


def table(data: bytes) -> bytes:
    message = ForwardMsg()
    message.delta.new_element.dataframe.arrow_data.data = data
    return message.SerializeToString()


def reading(first: int, last: int, times: float = 1.0) -> list[float]:
    return [float(f"{value * times:.6g}") for _, value in READINGS[first:last]]


def in_base64(values: Iterable[float]) -> str:
    return base64.b64encode(packed(values)).decode()


CAUGHT = {
    "a text": text("It is said that a ring of thieves is at work."),
    "a text inside JSON": chart({"series": [{"data": [{"name": "a ring of thieves is at work"}]}]}),
    "an escaped text": text(json.dumps({"t": "a ring of thieves is \u0061t work"}).replace("work", "w\\u006frk")),
    "a name": chart({"incidents": ["ring"]}),
    "a name as a key": chart({"ring": 1}),
    "a design": chart({"pars": {"strong": {"threshold": 0.31, "review": 4.0, "model": "trees"}}}),
    "a figure": chart({"profit": 163_212.4375}),
    "a packed figure": table(b"head" + packed([163_212.4375])),
    "ids": chart({"rows": [1007, 1014, 1021]}),
    "packed ids": table((1007).to_bytes(8, "little") + (1014).to_bytes(8, "little")),
    "short packed ids": table((1007).to_bytes(4, "little") + (1014).to_bytes(4, "little")),
    "points to come": chart({"data": [[k, v] for k, v in enumerate(reading(8, 12))]}),
    "a column to come": chart({"y": reading(8, 12)}),
    "shares to come in percent": chart({"y": reading(8, 12, 100.0)}),
    "dollars to come in thousands": chart({"y": reading(8, 12, 1e-3)}),
    "one long reading": chart({"value": READINGS[9][1] + 0.0}),
    "packed readings": table(b"head" + packed(value for _, value in READINGS[8:12])),
    "readings in base64": chart({"y": {"dtype": "f8", "bdata": in_base64(v for _, v in READINGS[8:13])}}),
}  # fmt: skip
FREE = {
    "nothing": text("All is well."),
    "a word that contains a name": text("during the morning"),
    "half a design": chart({"design": {"threshold": 0.31, "review": 2.0}}),
    "one id": chart({"request": [1007, 2, 3]}),
    "points that have come": chart({"data": [[k, v] for k, v in enumerate(reading(0, 7))]}),
    "packed readings that have come": table(packed(value for _, value in READINGS[:7])),
}


@pytest.mark.parametrize("what", CAUGHT)
def test_what_would_leak_is_caught(what: str) -> None:
    assert leaks([strip(300.0), CAUGHT[what]], SECRETS)


@pytest.mark.parametrize("what", FREE)
def test_what_may_be_known_is_let_through(what: str) -> None:
    assert leaks([strip(300.0), FREE[what]], SECRETS) == []


def test_readings_may_come_a_little_ahead_of_the_clock_and_no_more() -> None:
    row = chart({"y": reading(5, 9)})  # of 300 to 480 s
    assert leaks([strip(421.0), row], SECRETS) == [] and leaks([strip(239.0), row], SECRETS)


def test_a_message_that_points_at_an_earlier_one_is_filled_in() -> None:
    full = ForwardMsg.FromString(CAUGHT["points to come"])
    full.hash, full.metadata.cacheable = "abc", True
    again = ForwardMsg(ref_hash="abc")
    found = leaks([full.SerializeToString(), again.SerializeToString()], SECRETS)
    assert len(found) == 2
