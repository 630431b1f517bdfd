"""Columns of requests and truths; every request ends exactly once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.books.requests import ABSENT, OPEN, Outcomes, Requests, Truths, joined, rows
from simulator.errors import BrokenInvariant


def requests(n: int, first: int = 0) -> Requests:
    """Make *n* requests that can be told apart."""
    id = np.arange(first, first + n)
    return Requests(id, id * 1.5, id % 3, id % 2, np.column_stack([id * 0.1, id * 0.2]), id * 1000)


def truths(n: int) -> Truths:
    """Make *n* truths that can be told apart."""
    id = np.arange(n)
    return Truths(id % 2 == 0, id + 0.5, np.full(n, -1), {"a": id * 0.25, "b": -id * 1.0})


def same(one, two) -> bool:
    """Tell whether two sets of columns are equal, luck included."""
    flat = []
    for columns in map(dataclasses.asdict, (one, two)):
        luck = columns.pop("luck", {})
        flat.append({**columns, **luck})
    return list(flat[0]) == list(flat[1]) and all(np.array_equal(flat[0][k], flat[1][k]) for k in flat[0])


@given(st.integers(1, 30), st.data())
def test_parts_laid_behind_one_another_are_the_whole(n, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, n), max_size=4)))
    for whole in (requests(n), truths(n)):
        parts = [rows(whole, slice(a, b)) for a, b in zip([0, *cuts], [*cuts, n], strict=True)]
        assert same(joined(parts), whole)


def test_rows_are_taken_by_slice_by_number_and_by_mask():
    whole = truths(6)
    for index in (slice(2, 5), np.array([2, 3, 4]), np.array([0, 0, 1, 1, 1, 0], dtype=bool)):
        assert rows(whole, index).luck["a"].tolist() == [0.5, 0.75, 1.0]
    assert len(rows(requests(6), slice(2, 5))) == 3


def test_a_request_holds_no_label():
    assert not {"label", "known_at", "luck", "needs"} & {field.name for field in dataclasses.fields(Requests)}


def ends(*ids: int):
    """Return *ids* as columns of ends in result 2 at time 5."""
    return np.array(ids, np.int64), np.full(len(ids), 5.0), np.full(len(ids), 2)


def test_what_has_been_asked_is_in_flight_until_it_ends():
    book = Outcomes(5)
    book.ask(3)
    assert (book.in_flight, set(book.result.tolist())) == (3, {OPEN})
    book.end(*ends(0, 2))
    book.end(*ends())
    assert (book.in_flight, book.ended, book.result.tolist()) == (1, 2, [2, 0, 2, 0, 0])
    assert book.done_at.tolist() == [5.0, np.inf, 5.0, np.inf, np.inf]


@pytest.mark.parametrize("second", [(1,), (0, 1), (3, 3)], ids=str)
def test_a_request_ends_once(second):
    book = Outcomes(5)
    book.end(*ends(1))
    with pytest.raises(BrokenInvariant, match="ended twice"):
        book.end(*ends(*second))


def test_a_request_does_not_end_in_nothing():
    with pytest.raises(BrokenInvariant):
        Outcomes(5).end(np.array([1]), np.array([5.0]), np.array([OPEN]))


@pytest.mark.parametrize("at", [np.nan, np.inf, -np.inf])
def test_a_request_ends_at_a_time(at):
    with pytest.raises(BrokenInvariant):
        Outcomes(5).end(np.array([1]), np.array([at]), np.array([ABSENT]))


def test_the_columns_are_a_row_per_request():
    columns = Outcomes(4).columns()
    assert set(columns) == {"score", "version", "latency", "route", "action", "propensity", "result", "done_at"}
    assert {len(column) for column in columns.values()} == {4}
