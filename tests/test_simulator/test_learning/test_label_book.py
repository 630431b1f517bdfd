"""Late labels: windows of what is in, quarantined days, labels that were bought."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.learning.label_book import LabelBook
from simulator.units import day

AT = day(1) * np.arange(20)  # one request a day, the label a week later
NOW = day(15)


@pytest.fixture
def book() -> LabelBook:
    known_at = np.where(AT + day(7) <= NOW, AT + day(7), np.inf)
    return LabelBook(AT, np.where(np.isfinite(known_at), 0, -1), known_at, day(7), few=2)


def test_a_window_ends_where_labels_are_not_in(book: LabelBook) -> None:
    assert book.window(NOW, day(3)).tolist() == [5, 6, 7, 8]


def test_a_quarantine_leaves_days_out_and_the_window_reaches_back(book: LabelBook) -> None:
    book.hold(7, 6)
    assert book.held(np.array([5, 6, 7, 8])).tolist() == [False, True, True, False]
    assert book.window(NOW, day(3)).tolist() == [5, 8]
    book.hold(3, 8)
    assert book.window(NOW, day(3)).tolist() == [0, 1, 2], "three days, before those that are held"


def test_what_is_bought_is_the_latest_that_is_open_once(book: LabelBook) -> None:
    assert book.buy(NOW, 2).tolist() == [13, 14]
    assert book.buy(NOW, 2).tolist() == [11, 12]
    book.hold(0, 14)
    assert book.held(np.array([10, 11, 14])).tolist() == [True, False, False], "what was bought stands"


def test_bought_labels_come_before_their_time(book: LabelBook) -> None:
    ids = book.buy(NOW, 2)
    assert not book.answered(ids).any()
    book._label[13], book._known_at[13] = 1, day(15.5)
    assert book.answered(ids).tolist() == [True, False]
    assert book.landed(day(16), 1.0).tolist() == [8, 13]
    assert book.landed(day(16), 2.0).tolist() == [7, 8, 13]
    assert book.early(book.landed(day(16), 2.0)).tolist() == [13]
