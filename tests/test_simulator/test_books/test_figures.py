"""Figures that every case takes: means and quantiles of what is known, what the close settled, the worst week."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.books.figures import asked_between, closed_share, marked, mean, quantile, worst_days
from simulator.books.ledger import CLOSE, Ledger
from simulator.books.requests import ABSENT, Outcomes, Requests
from simulator.books.till import poster
from simulator.units import DAY


def test_what_is_not_known_does_not_count():
    assert mean([1.0, math.nan, 3.0]) == 2.0
    assert mean(np.array([True, False, False, True])) == 0.5
    assert quantile([math.nan, 1.0, 2.0, 3.0], 0.5) == 2.0
    assert quantile(np.arange(101), 0.99) == pytest.approx(99.0)
    for nothing in ([], [math.nan]):
        assert math.isnan(mean(nothing))
        assert math.isnan(quantile(nothing, 0.5))


def test_readings_are_marked_in_their_order():
    told = []
    readings = {"b": 1, "a": np.float64(2.5)}
    assert marked(lambda gauge, reading: told.append((gauge, reading)), readings) == readings
    assert told == [("b", 1.0), ("a", 2.5)]
    assert all(type(reading) is float for _, reading in told)


def book() -> Ledger:
    ledger = Ledger()
    post = poster(ledger)
    post("sales", "sold", np.array([0.5, 1.5, 9.0]) * DAY, 3_000_000, np.array([0, 1, 2]))
    post("sales", CLOSE, 10 * DAY, np.array([1_000_000]), np.array([3]))
    post("returns", CLOSE, 10 * DAY, -2_000_000, np.array([0]))
    post("wages", CLOSE, 10 * DAY, -50_000_000)
    return ledger


def test_one_amount_counts_for_each():
    assert book().by_account() == {"sales": 10_000_000, "returns": -2_000_000, "wages": -50_000_000}
    assert book().postings().request.tolist() == [0, 1, 2, 3, 0, -1]


def test_the_share_that_the_close_settled():
    assert closed_share(book(), "sales") == pytest.approx(0.1)
    assert closed_share(book(), "sales", "returns") == pytest.approx(3 / 12)
    assert closed_share(book(), "nothing") == 0.0


def test_the_worst_days_in_a_row():
    ledger, asked = Ledger(), np.array([-1.0, 0.5, 1.5, 2.5, 3.5]) * DAY
    poster(ledger)("sales", "sold", 0.0, 1_000_000 * np.array([-90, 5, -4, 3, 9]), np.arange(5))
    poster(ledger)("rent", "due", 0.0, -99_000_000, np.array([1]))
    flown = np.arange(1, 5)
    assert worst_days(ledger, ("sales",), asked, flown, 2) == -1.0
    assert worst_days(ledger, ("sales",), asked, flown, 1) == -4.0
    assert worst_days(ledger, ("sales", "rent"), asked, flown, 1) == -94.0
    assert worst_days(ledger, ("sales",), asked, flown, 9) == -4.0  # a short flight has short stretches


def test_who_had_left_did_not_ask():
    at, none = np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4, np.int64)
    requests, outcomes = Requests(np.arange(4), at, none, none, np.zeros((4, 0)), none), Outcomes(4)
    outcomes.result[1] = ABSENT
    assert asked_between(requests, outcomes, 1.0, 4.0).tolist() == [0, 2]
