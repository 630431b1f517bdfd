"""Figures in words: units, separators and signs are right, and five per cent show."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.exhibits.words import listed, phrase, said, told, took, when
from simulator.units import DAY, MINUTE

WRITTEN = [
    (1234567.4, "$", "$1,234,567"), (-1234.0, "$", "-$1,234"), (12.5, "$", "$12.50"), (-0.0, "$", "$0.00"),
    (0.0044, "$", "$0.0044"), (0.123, "share", "12.3 %"), (1.0, "share", "100 %"), (0.9997, "share", "99.97 %"),
    (0.5, "share of the leads", "50 % of the leads"), (118.02, "ms", "118 ms"), (22.15104, "h", "22.15 h"),
    (3425.0, "payments", "3,425 payments"), (0.77728, "", "0.7773"), (0.0, "", "0"), (61.04, "/s", "61.04/s"),
    (math.nan, "$", "not known"), (math.inf, "", "not known"), (None, "ms", "not known"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "unit", "text"), WRITTEN)
def test_written(value, unit, text):
    assert said(value, unit) == text


@given(st.floats(1e-4, 1e12), st.sampled_from(["$", "share", "ms", "h", "", "jobs"]), st.sampled_from([0.95, 1.05]))
def test_five_per_cent_show(value, unit, wrong):
    assert said(value, unit) != said(value * wrong, unit)


@given(st.floats(allow_nan=True), st.sampled_from(["$", "share", "ms", "", "/s"]))
def test_anything_can_be_written(value, unit):
    assert said(value, unit)
    assert "e+" not in said(value, unit)


def test_names_are_inert():
    assert phrase("fraud_loss") == "fraud loss"
    assert phrase("a<script>b\x00\u202ec\nd`") == "a script b c d"
    assert len(phrase("x" * 500)) == 60


def test_told():
    assert told("fraud_loss", 12.5, "$") == "fraud loss $12.50"
    assert told("p99_ms", 120.0, "ms") == "p99 120 ms"
    assert listed({"a_b": 1.0, "c": 2.0, "d": 3.0}, "ms", most=2) == "a b 1 ms, c 2 ms and 1 more"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.12, "120 ms"), (90.0, "90 s"), (600.0, "10 minutes"), (36000.0, "10 h"), (5 * DAY, "5 days")],
)
def test_lengths_of_time(seconds, text):
    assert took(seconds) == text


def test_moments():
    assert when(12.5 * DAY, DAY) == "on day 12"
    assert when(4 * MINUTE, 15.0) == "at 4:00"
