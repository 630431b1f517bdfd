"""Seconds and micro-dollars: in, out, and nothing that is neither."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput, BrokenInvariant
from simulator.units import DAY, HOUR, MINUTE, WEEK, clock_time, day, dollars, micro, micros, money, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90), ("15m", 15 * MINUTE), ("6h", 6 * HOUR), ("12d", 12 * DAY), ("2w", 2 * WEEK),
        ("1.5h", 1.5 * HOUR), (" 3d ", 3 * DAY), ("0s", 0), (7, 7), (2.5, 2.5), (0, 0),
    ],
)  # fmt: skip
def test_a_time_is_read(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "12", "day", "-1d", "1e3s", "nan", "infs", "1d2h", "1 d", "12d\nx", "1y", "9" * 400 + "d",
     -1, -0.5, math.nan, math.inf, True, None, [], {}, 10**400],
    ids=lambda value: ascii(value)[:12],
)  # fmt: skip
def test_what_is_no_time_is_refused_in_one_line(text):
    with pytest.raises(BadInput) as error:
        seconds(text, "start")
    assert str(error.value).startswith("start ")
    assert "\n" not in str(error.value)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.integers())))
def test_whatever_comes_is_a_time_or_refused(value):
    try:
        read = seconds(value)
    except BadInput:
        return
    assert math.isfinite(read) and read >= 0


def test_a_day_starts_at_a_whole_number_of_days():
    assert [day(0), day(1), day(-75)] == [0, DAY, -75 * DAY]


@pytest.mark.parametrize(
    ("at", "text"), [(0, "day 0 00:00"), (day(12) + 9.5 * HOUR, "day 12 09:30"), (DAY - 1, "day 1 00:00")]
)
def test_a_time_is_written_for_people(at, text):
    assert clock_time(at) == text


@given(st.integers(-(10**15), 10**15))
def test_money_comes_in_as_it_went_out(amount):
    assert micro(dollars(amount)) == amount


@given(st.lists(st.floats(-1e9, 1e9), max_size=20))
def test_an_array_of_dollars_is_rounded_like_each_of_them(usd):
    assert micros(usd).tolist() == [micro(one) for one in usd]
    assert micros(usd).dtype == np.int64


def test_halves_are_rounded_to_even():
    assert [micro(0.5e-6), micro(1.5e-6), micro(2.5e-6)] == [0, 2, 2]


@pytest.mark.parametrize("usd", [math.nan, math.inf, -math.inf, 1e30])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_no_amount_never_becomes_money(usd):
    with pytest.raises(BrokenInvariant):
        micros([1.0, usd])


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.00"),
        (12_500_000, "$12.50"),
        (-12_500_000, "-$12.50"),
        (1_234_000_000, "$1,234"),
        (10**13, "$10,000,000"),
    ],
)
def test_money_is_written_for_people(amount, text):
    assert money(amount) == text
