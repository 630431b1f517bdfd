"""One request followed: it is the one that was asked for, and shows what was known of it."""

from __future__ import annotations

import math

import pytest

from simulator.errors import BadInput
from simulator.evidence.inspector import inspect
from simulator.units import day

AT = day(4.63)
WINDOW = 0.6 * 86400.0


def test_each_request_by_hand(stall, twin):
    case, run, _ = stall
    names = {2: "serve", 3: "hold"}, {2: "served", 3: "held"}, {1: "model", 4: "timeout"}
    for row in twin(case, run, AT)[::7]:
        one = inspect(case, run, AT, row["id"])
        assert (one.id, one.at, one.value, one.score) == (row["id"], row["at"], row["value"], row["score"])
        assert (one.latency, one.done_at, one.label, one.landed_at) == (
            row["latency"], row["done_at"], row["label"], row["landed_at"],
        )  # fmt: skip
        assert one.action == (names[0][row["action"]] if row["action"] else None)
        assert one.result == (names[1][row["result"]] if row["result"] else None)
        assert one.route == (names[2][row["route"]] if row["route"] else None)
        assert one.segment == ("red", "green", "segment 2")[row["segment"]]
        assert one.features == (("looks", row["X"][0]), ("x1", row["X"][1]))
        assert one.acted == (row["acted"] if row["action"] else None)


def test_money_is_what_was_posted_so_far(stall):
    case, run, _ = stall
    book, closing = run.ledger.postings(), run.ledger.caused_by("close")
    seen = 0
    for id in range(300, 600, 5):
        one = inspect(case, run, AT, id)
        rows = [i for i in range(len(book.at)) if book.request[i] == id and book.at[i] <= AT and not closing[i]]
        assert sorted(m.dollars for m in one.postings) == sorted(book.amount[i] / 1e6 for i in rows)
        assert {m.account for m in one.postings} == {run.ledger.accounts[book.account[i]] for i in rows}
        seen += len(rows)
    assert seen > 40


def test_superlatives(stall, twin):
    case, run, _ = stall
    for at in (day(0.9 + 0.55 * k) for k in range(9)):
        rows = twin(case, run, at)
        late = [row for row in rows if row["at"] >= at - WINDOW]
        ended = [row for row in rows if row["done_at"] and row["done_at"] >= at - WINDOW]
        assert inspect(case, run, at).id == rows[-1]["id"]
        assert inspect(case, run, at, "slowest").latency == max(row["latency"] for row in ended)
        assert inspect(case, run, at, "riskiest").score == max(row["score"] for row in late)
        assert inspect(case, run, at, "dearest").value == max(row["value"] for row in late)
        assert inspect(case, run, at, "dearest", window=at).value == max(row["value"] for row in rows)


def test_random_ones_are_recent_and_stay_the_same(stall):
    case, run, _ = stall
    ids = [inspect(case, run, AT, f"random:{n}").id for n in range(12)]
    assert ids == [inspect(case, run, AT, f"random:{n}").id for n in range(12)]
    assert len(set(ids)) > 6
    assert all(AT - WINDOW <= run.requests.at[id] < AT for id in ids)


def test_visits_in_the_order_of_coming(flight):
    case, run, _ = flight("latency_budget")
    one = inspect(case, run, 400.0, "slowest")
    assert one.visits[0].stage == "predictions" and {v.stage for v in one.visits} >= {"predictions", "store"}
    entered = [visit.entered for visit in one.visits]
    assert entered == sorted(entered) and entered[0] == pytest.approx(0.0, abs=1e-9)
    ours = run.visits.done[(run.visits.id == one.id) & (run.visits.done <= 400.0)] - one.at
    assert sorted(visit.done for visit in one.visits) == sorted(ours.tolist())


def test_who_has_not_come_yet_is_nobody(stall):
    case, run, _ = stall
    later = int((run.requests.at < AT).sum())
    assert inspect(case, run, AT, later) is None
    assert inspect(case, run, AT, later - 1) is not None
    assert inspect(case, run, AT, str(later - 1)).id == later - 1
    assert inspect(case, run, AT, 0) is None  # history
    assert inspect(case, run, 0.0) is None and inspect(case, run, 0.0, "random:1") is None


@pytest.mark.parametrize("which", ["slowst", "", "random:", "random:x", "random:9999999999", "-1"])
def test_nonsense(stall, which):
    case, run, _ = stall
    with pytest.raises(BadInput):
        inspect(case, run, AT, which)


def test_a_number_that_is_none(stall):
    case, run, _ = stall
    assert all(not math.isnan(value) for _, value in inspect(case, run, AT).features)
