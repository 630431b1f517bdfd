"""The tape is in order, numbered, shared and read-only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.books.requests import Requests, Truths
from simulator.errors import BrokenInvariant
from simulator.world.tape import Block, Tape


def block(*at: float) -> Block:
    """Make a block of requests asked *at* these times; X tells the order of drawing."""
    n = len(at)
    zeros = np.zeros(n, np.int64)
    X = np.arange(n, dtype=float)[:, None]
    luck = {"a": np.arange(n) * 0.1}
    return Block(
        Requests(zeros, np.array(at, float), zeros, zeros, X, zeros),
        Truths(zeros > 0, np.array(at, float), zeros - 1, luck),
    )


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), min_size=1, max_size=4))
def test_requests_stand_in_order_of_time_then_of_drawing(days):
    tape = Tape.of([block(*(10 * n + t for t in times)) for n, times in enumerate(days)], 1, {})
    at, order = tape.requests.at, tape.requests.X[:, 0]
    assert at.tolist() == sorted(at)
    assert all(order[i] < order[i + 1] for i in range(len(at) - 1) if at[i] == at[i + 1])
    assert tape.requests.id.tolist() == list(range(len(tape)))
    assert np.array_equal(tape.truths.luck["a"], order * 0.1)
    assert np.array_equal(tape.truths.known_at, at)


def test_the_flight_starts_with_the_first_request_at_or_after_take_off():
    assert Tape.of([block(-2, -1), block(0, 0, 3)], 1, {}).start == 2
    assert Tape.of([block(-2, -1)], 1, {}).start == 2


@given(st.floats(-1, 40), st.floats(-1, 40))
def test_asked_holds_its_start_and_not_its_end(since, until):
    tape = Tape.of([block(0, 5, 5, 9), block(10, 20, 20, 35)], 1, {})
    asked = tape.asked(since, until)
    assert asked.id.tolist() == [i for i, t in enumerate(tape.requests.at) if since <= t < until]


@pytest.mark.parametrize("days", [[(5, 9), (8, 12)], [(1, np.nan)], [(1, np.inf)]], ids=["overlap", "nan", "inf"])
def test_a_broken_tape_is_refused(days):
    with pytest.raises(BrokenInvariant):
        Tape.of([block(*times) for times in days], 1, {})


def columns(tape: Tape) -> list[np.ndarray]:
    """List all columns of *tape*."""
    found = [getattr(part, name) for part in (tape.requests, tape.truths) for name in part.__slots__]
    return [array for column in found for array in (column.values() if isinstance(column, Mapping) else [column])]


@pytest.mark.parametrize("days", [1, 2])
def test_no_column_can_be_written_on(days):
    tape = Tape.of([block(10 * n + 1, 10 * n + 2) for n in range(days)], 1, {})
    assert len(columns(tape)) == 10
    for column in columns(tape):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        tape.asked(0, 15).at[0] = 3
    with pytest.raises(ValueError, match="WRITEABLE"):
        tape.asked(0, 15).at.setflags(write=True)


def test_luck_can_be_neither_added_nor_replaced():
    tape = Tape.of([block(1, 2)], 1, {})
    with pytest.raises(TypeError):
        tape.truths.luck["a"] = np.zeros(2)
