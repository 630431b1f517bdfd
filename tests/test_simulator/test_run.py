"""The closed books: figures that add up, and a digest that notices everything and nothing else."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest
from toy_case import CASE, HORIZON, Stall

from simulator.books.gauges import Gauges
from simulator.books.journal import Entry, Journal
from simulator.books.ledger import CLOSE, Ledger
from simulator.run import Run
from simulator.simulation import simulate
from simulator.system import System
from simulator.units import DAY, HOUR, day


@pytest.fixture(scope="module")
def run() -> Run:
    """A flight with everything in it: a change, an act, a close."""
    return simulate(CASE, CASE.plan().then(day(2), "try", line=0.6).do(day(1), "retrain"), 3)


def rebooked(run: Run, order=None, **columns) -> Run:
    """Return *run* with its postings made again, in another *order* or with *columns* exchanged."""
    old, book = run.ledger.postings(), Ledger()
    for i in order if order is not None else range(len(old.at)):
        given = {"at": float(old.at[i]), "amount": int(old.amount[i]), "request": int(old.request[i])}
        names = {"account": run.ledger.accounts[old.account[i]], "cause": run.ledger.causes[old.cause[i]]}
        entry = {**names, **given, **({k: v(names | given) for k, v in columns.items()} if i == 20 else {})}
        book.post(entry["account"], entry["cause"], entry["at"], entry["amount"], entry["request"])
    return dataclasses.replace(run, ledger=book)


def test_the_digest_does_not_depend_on_the_order_of_posting(run):
    n = len(run.ledger.postings().at)
    assert rebooked(run).digest() == run.digest()
    assert rebooked(run, np.random.default_rng(0).permutation(n)).digest() == run.digest()
    for k in (1.5, 3):
        assert rebooked(run, range(n - 1, -1, -1)).digest_until(day(k)) == run.digest_until(day(k))


@pytest.mark.parametrize(
    "column",
    [
        {"amount": lambda e: e["amount"] + 1},
        {"at": lambda e: e["at"] + 1.0},
        {"request": lambda e: e["request"] + 1},
        {"account": lambda e: "losses" if e["account"] == "sales" else "sales"},
        {"cause": lambda e: "another"},
    ],
    ids=lambda column: next(iter(column)),
)
def test_the_digest_notices_each_column_of_the_ledger(run, column):
    assert rebooked(run, **column).digest() != run.digest()


@pytest.mark.parametrize("name", ["score", "version", "latency", "route", "action", "propensity", "result", "done_at"])
def test_the_digest_notices_each_column_of_the_outcomes(run, name):
    before, asked = run.digest(), run.digest_until(day(3))
    column = getattr(run.outcomes, name)
    writeable, old = column.flags.writeable, column[400]
    try:
        column.setflags(write=True)
        column[400] = old + 1
        assert run.digest() != before and run.digest_until(day(3)) != asked
        assert run.digest_until(0.0) == simulate(CASE, None, 3, until=DAY).digest_until(0.0)
    finally:
        column[400] = old
        column.setflags(write=writeable)
    assert run.digest() == before


def regauged(run: Run, name: str = "asked", shift: float = 0.0, more: float = 0.0) -> Run:
    """Return *run* with one of its gauges read *shift* later or showing *more*, the last time."""
    gauges = Gauges()
    for known in run.gauges.names():
        times, values = run.gauges.series(known)
        for number, (at, value) in enumerate(zip(times, values, strict=True)):
            last = known == name and number == len(times) - 1
            gauges.mark(known, at + shift * last, value + more * last)
    return dataclasses.replace(run, gauges=gauges)


def test_the_digest_notices_each_reading(run):
    assert regauged(run).digest() == run.digest()
    assert len({run.digest(), regauged(run, shift=1.0).digest(), regauged(run, more=1e-6).digest()}) == 3
    assert regauged(run, more=1e-12).digest() == run.digest()  # less than is kept
    assert regauged(run, more=1e-6).digest_until(day(2)) == run.digest_until(day(2))


@pytest.mark.parametrize(
    "change",
    [{"text": "x"}, {"seen": False}, {"name": "x"}, {"kind": "note"}, {"at": 1.0}, {"facts": {"a": 1.0}}],
    ids=str,
)
def test_the_digest_notices_each_line_of_the_diary(run, change):
    journal = Journal()
    for number, entry in enumerate(run.journal):
        journal.write(dataclasses.replace(entry, **change) if number == 1 else entry)
    assert dataclasses.replace(run, journal=journal).digest() != run.digest()


def test_the_digest_notices_a_draw(run):
    name = next(iter(run.unseed))
    more = {**run.unseed, name: (run.unseed[name][0], run.unseed[name][1] + 1)}
    assert dataclasses.replace(run, unseed=more).digest() != run.digest()


def test_the_digest_up_to_a_moment_does_not_know_of_later_books(run):
    """An account, a gauge, a line opened later, and rows of the tape that come later, move nothing before."""
    book = run.ledger.postings()
    gauges, journal, ledger = Gauges(), Journal(), Ledger()
    for name in run.gauges.names():
        for at, value in zip(*run.gauges.series(name), strict=True):
            gauges.mark(name, at, value)
    for entry in run.journal:
        journal.write(entry)
    for i in range(len(book.at)):
        names = run.ledger.accounts[book.account[i]], run.ledger.causes[book.cause[i]]
        ledger.post(*names, float(book.at[i]), int(book.amount[i]), int(book.request[i]))
    gauges.mark("a late gauge", day(5), 1.0)
    journal.write(Entry(day(5), "note", "late", "late"))
    ledger.post("an account with a very long name, opened late", "late", day(5), 7)
    ledger.post("a close", CLOSE, day(1), 7)
    late = dataclasses.replace(run, gauges=gauges, journal=journal, ledger=ledger)
    assert late.digest_until(day(4)) == run.digest_until(day(4))
    assert late.digest() != run.digest()


def test_the_digest_is_a_sha256_in_hex(run):
    assert len(run.digest()) == 64 and set(run.digest()) <= set("0123456789abcdef")


def test_the_identity_is_plain_data_and_enough_to_fly_again(run):
    told = json.loads(json.dumps(run.identity()))
    assert set(told) == {"case", "revision", "scenario", "seed", "plan", "until"}
    again = simulate(CASE, CASE.read_plan(json.dumps(told["plan"])), told["seed"], until=told["until"])
    assert again.digest() == run.digest()


def test_facts_of_the_diary_may_be_numbers_of_any_make(run):
    """A part writes what it has counted; numpy's integers are numbers too."""
    journal = Journal()
    journal.write(Entry(1.0, "note", "n", "n", facts={"a": np.int64(3), "b": np.float64(0.5), "c": True}))
    assert dataclasses.replace(run, journal=journal).digest()


# --- frames


@pytest.mark.parametrize("every", ["1D", "6h", "7h", "2D"])
@pytest.mark.parametrize("until", [HORIZON, day(2.5), HOUR])
def test_a_frame_adds_up_to_the_ledger(every, until):
    run = simulate(CASE, None, 3, until=until)
    frame = run.frame(every)
    assert len(frame) == math.ceil(until / pd.Timedelta(every).total_seconds())
    assert frame["$profit"].sum() == pytest.approx(run.profit() / 1e6)
    for account, total in run.ledger.by_account().items():
        assert frame[f"${account}"].sum() == pytest.approx(total / 1e6)
    assert not frame.filter(like="$").isna().any().any()


def test_a_step_of_a_frame_holds_what_was_posted_and_last_read_in_it(run):
    frame, book = run.frame("12h"), run.ledger.postings()
    for number, (start, row) in enumerate(frame.iterrows()):
        low, high = start.total_seconds(), start.total_seconds() + 12 * HOUR
        kept = (book.at >= low) & ((book.at < high) | (number == len(frame) - 1))
        assert row["$profit"] == pytest.approx(book.amount[kept].sum() / 1e6)
        times, values = run.gauges.series("asked")
        here = values[(times > low) & (times <= high)]  # a reading at the end of a step tells of that step
        assert math.isnan(row["asked"]) if not len(here) else row["asked"] == here[-1]


def test_a_frame_of_a_run_in_which_nothing_was_posted_is_empty_of_money():
    nothing = dict.fromkeys(("price", "owe", "close"), lambda given: None)

    def wire(system: System, setting, incidents):
        return dataclasses.replace(Stall(system, setting).parts(), **nothing)

    quiet = dataclasses.replace(CASE, build=wire)
    frame = simulate(quiet, None, 3, until=day(2)).frame()
    assert len(frame) == 2 and frame["$profit"].tolist() == [0.0, 0.0]


# --- what is closed stays as it is


def test_figures_are_handed_out_as_copies(run):
    run.kpis()["profit"] = 0.0
    assert run.kpis()["profit"] == run.profit() / 1e6 != 0.0


def test_nobody_writes_on_closed_books(run):
    for column in (*run.outcomes.columns().values(), run.ledger.postings().amount, run.requests.X):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.seed = 4


def test_a_run_knows_how_long_it_was(run):
    assert run.days == 6.0 and simulate(CASE, None, 3, until=day(1.5)).days == 1.5


def test_unseed_tells_the_draws_of_the_world_and_of_the_system():
    def wire(system: System, setting, incidents):
        system.streams.get("policy", "audit").random(17)
        return Stall(system, setting).parts()

    drawn = simulate(dataclasses.replace(CASE, build=wire), None, 0, until=DAY).unseed
    assert drawn["policy/audit"][1] == 17
    assert drawn["ask/0/luck"][1] % 2 == 0 and drawn["ask/0/luck"][1] > 200
