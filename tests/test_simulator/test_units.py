"""Seconds and micro-dollars: in, out, and nothing that is neither."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput, BrokenInvariant
from simulator.units import (
    DAY,
    HOUR,
    MINUTE,
    WEEK,
    by_day,
    clock_time,
    date,
    day,
    dollars,
    length,
    micro,
    micros,
    money,
    seconds,
    typed,
)


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


@pytest.mark.parametrize(("step", "days"), [(0.5, False), (15.0, False), (HOUR - 1, False), (HOUR, True), (DAY, True)])
def test_the_step_says_whether_people_are_told_days(step, days):
    assert by_day(step) is days
    assert clock_time(day(2), step).startswith("day") is days
    assert length(day(2), step) == ("2 days" if days else "2880 minutes")


@pytest.mark.parametrize(
    ("at", "text"),
    [(0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (450, "7:30"), (900, "15:00"), (HOUR, "1:00:00"), (5405, "1:30:05")],
)
def test_in_short_steps_a_moment_has_seconds(at, text):
    assert clock_time(at, 15.0) == date(at, 15.0) == text


def test_a_date_is_a_day():
    assert (date(day(3) + HOUR), date(day(4) - 1), date(day(3), HOUR)) == ("day 3", "day 3", "day 3")


@pytest.mark.parametrize(
    ("time", "step", "text"),
    [
        (day(60), DAY, "60 days"), (day(7.5), DAY, "7.5 days"), (DAY, DAY, "1 day"), (900, 15, "15 minutes"),
        (450, 15, "7:30 minutes"), (60, 15, "1 minute"), (45, 5, "45 s"), (5400, 15, "90 minutes"),
    ],
)  # fmt: skip
def test_a_length_is_written_for_people(time, step, text):
    assert length(time, step) == text


@pytest.mark.parametrize("step", [5.0, DAY])
@pytest.mark.parametrize("time", [0, 15, 450, 900, DAY / 2, day(12), day(60)])
def test_what_is_typed_is_read_again(time, step):
    assert seconds(typed(time, step)) == pytest.approx(time, rel=1e-5)
    assert (typed(day(12)), typed(900, 15.0), typed(0, 15.0), typed(0)) == ("12d", "900s", "0s", "0d")


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
