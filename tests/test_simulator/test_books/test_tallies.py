"""Who really asked, how often something was posted, and how long those who were sent on had to wait."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.books.ledger import Ledger
from simulator.books.requests import ABSENT, Outcomes, Requests
from simulator.books.tallies import counted, flown, late


def asked(at) -> tuple[Requests, Outcomes]:
    n = len(at)
    zeros = np.zeros(n, dtype=np.int64)
    return Requests(np.arange(n), np.array(at, dtype=float), zeros, zeros, np.zeros((n, 0)), zeros), Outcomes(n)


def test_postings_are_counted_by_cause():
    ledger = Ledger()
    ledger.post("fees", "sold", np.arange(3.0), np.array([1, 2, 3]))
    ledger.post("fees", "returned", 4.0, np.array([-1]))
    assert counted(ledger, sales="sold", returns="returned", thefts="stolen") == {
        "sales": 3.0, "returns": 1.0, "thefts": 0.0,
    }  # fmt: skip


def test_those_sent_on_have_a_share_on_a_route_and_a_wait():
    requests, outcomes = asked(np.zeros(101))
    outcomes.done_at[:] = np.arange(101.0)
    outcomes.route[:20] = 4
    share, wait = late(requests, outcomes, np.arange(101), 4)
    assert share == pytest.approx(20 / 101)
    assert wait == pytest.approx(95.0)
    assert late(requests, outcomes, np.arange(50, 60), 4)[0] == 0.0
    assert late(requests, outcomes, np.array([], dtype=np.int64), 4) == (0.0, 0.0)


def test_history_the_absent_and_what_came_later_are_no_part_of_the_flight():
    requests, outcomes = asked([-1.0, 0.0, 1.0, 2.0, 3.0])
    outcomes.result[2] = ABSENT
    assert flown(requests, outcomes, 3.0).tolist() == [1, 3]
