"""A debrief as data, and how figures are written in reports."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hostile import HOSTILE
from made_up import made_up

from simulator import report
from simulator.errors import BadInput
from simulator.report import words
from simulator.report.data import strict


def test_a_strict_document():
    found = json.loads(report.as_json(made_up()), parse_constant=pytest.fail)
    assert found["kpis"] == {"profit": 100.0, "kpi": None}
    assert found["attribution"]["worths"][0]["alone"] == 30_000_000
    assert found["posed"][1]["check"]["truth"] == 12.0 and found["posed"][0]["check"]["truth"] is None
    assert found["truth"]["events"][0]["seen"] is False and found["answers"][0]["mark"] == "mid"


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_texts_are_kept_as_they_are(hostile):
    found = json.loads(report.as_json(made_up(lambda text: hostile)))
    assert found["title"] == found["plan"]["changes"][0]["why"] == hostile


def test_numbers_of_numpy_and_functions():
    assert strict({"a": np.float64(1.5), "b": [np.int64(2), math.inf], "c": len}) == {
        "a": 1.5,
        "b": [2, None],
        "c": None,
    }


SAID = [
    (words.brief_money(12_345e6), "$12.3k"), (words.brief_money(-950e6), "-$950"), (words.brief_money(0), "$0"),
    (words.brief_money(999_700e6), "$1M"), (words.brief_money(-0.0), "$0"), (words.brief_money(math.nan), "n/a"),
    (words.signed(5_000_000), "+$5.00"), (words.signed(-5_000_000), "-$5.00"), (words.signed(None), "n/a"),
    (words.share(0.7207), "72.1 %"), (words.share(None), "n/a"), (words.points(40.0), "40"),
    (words.figure(3.0, "people"), "3 people"), (words.figure(0.8444), "0.844"), (words.figure(1234.5, "$"), "$1,234"),
    (words.figure(math.inf, "s"), "n/a"), (words.setting(True), "on"), (words.setting(0.30), "0.3"),
    (words.listed({"cut_off": 0.3, "on": False}), "cut off = 0.3, on = off"),
    (words.shortened("a\nb " * 9, 8), "a b a b…"), (words.plain("a\x00\u202eb\nc"), "a  b\nc"),
    (words.when(None, 60.0), "n/a"), (words.when(450.0, 60.0), "7:30"),
]  # fmt: skip


def test_figures_for_people():
    assert [said for said, _ in SAID] == [wanted for _, wanted in SAID]


def test_what_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(report, "find_spec", lambda name: None)
    for write in (report.html, report.markdown):
        with pytest.raises(BadInput, match=r"pip install 'ml-windtunnel\[report\]'"):
            write(made_up())
    assert report.as_json(made_up())
