"""The books as of a moment equal those of a flight that ended there, and nothing later shines through."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np
import pytest

from cases import load
from simulator.books.ledger import CLOSE
from simulator.errors import BadInput
from simulator.evidence.asof import as_of, standing, standings, view_of
from simulator.evidence.seen import seen
from simulator.simulation import fly, simulate
from simulator.units import HOUR, day

CASES = ("fraud_threshold", "drift_retraining", "feed_ranking", "burst_storm", "latency_budget")
UNCLOSED = {
    "fraud_threshold": ("reviews", "challenges", "trainings"),
    "drift_retraining": ("calls", "trainings", "refused", "alarms", "labels_bought"),
    "feed_ranking": ("creators_left",),
    "burst_storm": ("good_share", "members_good", "scored_p99_ms"),
    "latency_budget": ("ranked", "kept", "p99_ms", "p50_ms", "quality"),
}


def everything(run) -> dict:
    """Lay out what a run holds, in an order that does not depend on how requests were cut into blocks."""
    book = run.ledger.postings()
    names = [(run.ledger.accounts[a], run.ledger.causes[c]) for a, c in zip(book.account, book.cause, strict=True)]
    return {
        **{
            name: column.tolist() for name, column in run.outcomes.columns().items() if name not in ("score", "latency")
        },
        "score": np.nan_to_num(run.outcomes.score, nan=-1).tolist(),
        "latency": np.nan_to_num(run.outcomes.latency, nan=-1).tolist(),
        "ended": (run.outcomes.asked, run.outcomes.ended),
        "money": sorted(zip(book.at.tolist(), names, book.amount.tolist(), book.request.tolist(), strict=True)),
        "by_account": dict(sorted(run.ledger.by_account().items())),
        "gauges": {n: [np.nan_to_num(c, nan=-1).tolist() for c in run.gauges.series(n)] for n in run.gauges.names()},
        "journal": list(run.journal),
        "versions": run.versions,
        "landed": [getattr(run.landed, name).tolist() for name in ("id", "label", "at")],
        "visits": _rows(run.visits, "id", "stage", "entered", "done"),
        "fired": dict(run.fired),
    }


def _rows(columns, *names: str) -> list[tuple]:
    return sorted(zip(*(getattr(columns, name).tolist() for name in names), strict=True))


@functools.cache
def shorter(name: str):
    """Return the moment [s], and the flight of a shipped case that ended there."""
    case = load(name)
    return 0.4237 * case.horizon, fly(case, "strong", 0, until=0.4237 * case.horizon)


@pytest.mark.parametrize("name", CASES)
def test_it_equals_a_flight_that_ended_there(flight, name):
    case, run, tape = flight(name)
    at, short = shorter(name)
    before = math.nextafter(at, 0.0)  # what closes the shorter flight happens at its very end
    ours, theirs = everything(as_of(run, before)), everything(as_of(short, before))
    for what in ours:
        assert ours[what] == theirs[what], what
    told = standing(case, run, tape, at)
    for kpi in UNCLOSED[name]:
        assert told[kpi] == pytest.approx(short.kpis()[kpi], rel=1e-12), kpi


@pytest.mark.parametrize("name", CASES)
def test_money_gauges_and_journal_equal_those_of_the_shorter_flight_itself(flight, name):
    at, short = shorter(name)
    then = as_of(flight(name)[1], at)
    settled = short.ledger.caused_by(CLOSE) | (short.ledger.postings().at >= at)
    book = short.ledger.postings()
    for account in short.ledger.accounts:
        kept = short.ledger.posted_to(account) & ~settled
        assert then.ledger.total(account) == int(book.amount[kept].sum()), account
    for gauge in then.gauges.names():
        for ours, theirs in zip(
            then.gauges.series(gauge), short.gauges.series(gauge, math.nextafter(at, 0)), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)
    assert list(then.journal) == [entry for entry in short.journal if entry.at < at]
    assert then.versions == short.versions


def test_a_late_look_shows_all_but_the_settlement(stall):
    case, run, _ = stall
    last = as_of(run, 2 * case.horizon)
    assert last.until == run.until
    assert (last.outcomes.result == 0).sum() == (run.outcomes.done_at >= run.until).sum() > 0
    settled = run.ledger.postings().amount[run.ledger.caused_by(CLOSE)].sum()
    assert last.ledger.total() == run.ledger.total() - settled != run.ledger.total()
    assert last.requests.X is run.requests.X
    assert last.kpis() == {}


def test_a_job_under_way_is_no_version_yet(toy):
    run = simulate(toy, toy.plan().do(day(2), "retrain"), 0)
    numbers = [[v.number for v in as_of(run, day(2) + hours * HOUR).versions] for hours in (-1, 1, 5.9, 6.0, 7)]
    assert numbers == [[1], [1], [1], [1, 2], [1, 2]]


def test_versions_nobody_speaks_of_are_known_when_their_data_are_cut(stall):
    _, run, _ = stall
    silent = dataclasses.replace(run, journal=type(run.journal)())
    cut = silent.versions[-1].trained_at
    assert len(as_of(silent, cut - 1).versions) == len(silent.versions) - 1
    assert as_of(silent, cut).versions == silent.versions


def test_decisions_to_come_are_left_out(stall):
    _, run, _ = stall
    then = as_of(run, day(2))
    assert (len(then.plan.changes), len(then.plan.acts)) == (0, 1)
    assert then.plan.design == run.plan.design


def test_the_view_is_the_one_that_a_pilot_had(toy):
    seen_then = {}

    def look(view):
        labels = [column.tolist() for column in view.labels()]
        told = (view.journal(), view.booked(), labels, view.versions(), view.gauges(), view.design)
        seen_then[view.now] = (*told, {name: view.gauge(name) for name in view.gauges()})

    run = simulate(toy, None, 3, pilot=look)
    for at in toy.checkpoints:
        view = view_of(toy, run, at)
        labels = [column.tolist() for column in view.labels()]
        told = (view.journal(), view.booked(), labels, view.versions(), view.gauges(), view.design)
        assert (*told, {name: view.gauge(name) for name in view.gauges()}) == seen_then[at]
        assert view.horizon == toy.horizon
        with pytest.raises(BadInput):
            view.series("profit", at + 1)


def test_standing_leaves_out_what_needs_the_truth_and_survives_an_empty_flight(stall):
    case, run, tape = stall
    told = standing(case, run, tape, 0.0)
    assert set(told) == {"profit", "served", "wait"}
    assert told["profit"] == 0 and math.isnan(told["wait"])
    broken = dataclasses.replace(case, measure=lambda run, tape: 1 / 0)
    assert all(math.isnan(value) for value in standing(broken, run, tape, day(3)).values())


def test_standing_by_hand(stall, twin):
    case, run, tape = stall
    at = day(3.3)
    told, rows = standing(case, run, tape, at), twin(case, run, at)
    waits = [row["latency"] for row in rows if row["latency"] is not None]
    assert told["wait"] == pytest.approx(sum(waits) / len(waits), rel=1e-12)
    assert told["served"] == pytest.approx(sum(row["result"] == 2 for row in rows) / len(rows), rel=1e-12)


def test_standings_are_a_row_each(stall):
    case, run, tape = stall
    table = standings(case, run, tape, [0.0, day(2), day(5)])
    assert table.at == (0.0, day(2), day(5))
    profit, served, wait = table.kpis
    assert (profit.kpi, profit.unit, wait.kpi) == ("profit", "$", "wait")
    assert wait.values[0] is None and served.values[0] is None
    assert profit.values[2] == standing(case, run, tape, day(5))["profit"]


@pytest.mark.parametrize("at", [-1.0, math.nan, math.inf])
def test_no_time_of_the_flight(stall, at):
    with pytest.raises(BadInput, match="not a time of the flight"):
        as_of(stall[1], at)


@pytest.mark.parametrize("days", [0.01, 1.3, 3.7, 6.0])
def test_the_gate_equals_its_twin(stall, twin, days):
    case, run, _ = stall
    now, rows = seen(case, run, day(days)), twin(case, run, day(days))
    assert now.id.tolist() == [row["id"] for row in rows]
    assert now.acted.tolist() == [row["acted"] for row in rows]
    assert [None if x < 0 else x for x in now.label.tolist()] == [row["label"] for row in rows]
    assert [None if math.isnan(x) else x for x in now.latency.tolist()] == [row["latency"] for row in rows]
    assert [x or None for x in now.result.tolist()] == [row["result"] for row in rows]
    assert [None if math.isinf(x) else x for x in now.landed_at.tolist()] == [row["landed_at"] for row in rows]


def test_silence_means_good_only_where_it_was_left_alone_for_long(stall, twin):
    case, run, _ = stall
    at, silence = day(5), day(0.5)
    now = seen(case, run, at, silence)
    told = []
    for label, row in zip(now.label.tolist(), twin(case, run, at), strict=True):
        known = -1 if row["label"] is None else row["label"]
        if not row["acted"]:
            known = -1 if row["at"] + silence > at else max(known, 0)  # bad news of the young would come alone
        assert label == known
        told.append((row["label"], known))
    assert {(None, 0), (None, -1), (1, -1), (1, 1)} <= set(told)
    with pytest.raises(BadInput, match="silence"):
        seen(case, run, at, math.nan)


def test_it_is_quick_on_a_full_flight(flight, benchmark_seconds):
    case, run, _ = flight("fraud_threshold")
    assert len(run.requests) > 400_000
    assert benchmark_seconds(lambda: as_of(run, 0.9 * case.horizon)) < 0.060
