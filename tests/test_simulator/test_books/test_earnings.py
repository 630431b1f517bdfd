"""What requests earned: by request, by the day of asking, by who answered them."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.books.earnings import a_day, each_of, per_request
from simulator.books.ledger import Ledger
from simulator.units import day


def test_each_request_has_what_was_posted_to_it_on_these_accounts():
    ledger = Ledger()
    ledger.post("calls", "called", np.array([1.0, 2.0]), np.array([-12_000_000, -12_000_000]), np.array([0, 2]))
    ledger.post("sales", "sold", np.array([9.0]), np.array([52_000_000]), np.array([2]))
    ledger.post("jobs", "retrain", np.array([3.0]), np.array([-5_000_000]), np.array([2]))
    ledger.post("calls", "nobody's", np.array([3.0]), np.array([-7_000_000]), np.array([-1]))
    assert per_request(ledger, ("calls", "sales"), 4).tolist() == [-12.0, 0.0, 40.0, 0.0]


def test_stretches_are_told_by_the_day():
    asked, worth = day(1) * np.array([0.0, 0.5, 1.0, 2.9, 3.0]), np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    spans = {"first": (0.0, day(1)), "then": (day(1), day(3)), "none": (day(2), day(2))}
    assert a_day(worth, asked, spans) == {"first": 3.0, "then": 6.0}


def test_groups_are_the_largest_ones():
    group = np.array([1, 1, 1, 2, 3, 3])
    assert each_of(np.array([1.0, 2.0, 3.0, 9.0, 4.0, 5.0]), group, 2) == pytest.approx({1: 2.0, 3: 4.5})
