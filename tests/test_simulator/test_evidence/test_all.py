"""All evidence together: for every case, at any moment, fit to be sent, quick - and blind to what comes later."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle

import numpy as np
import pytest

from simulator.books.gauges import Gauges
from simulator.books.journal import Entry, Journal
from simulator.books.ledger import Ledger
from simulator.books.requests import Outcomes, Truths
from simulator.errors import BadInput
from simulator.evidence import EVIDENCE, compute, offered
from simulator.evidence.asof import as_of
from simulator.plan import Change
from simulator.streams import Streams
from simulator.units import day

CASES = ("fraud_threshold", "drift_retraining", "feed_ranking", "burst_storm", "latency_budget")
REQUESTS = ("latest", "slowest", "riskiest", "dearest", "random:7")


def plain(value) -> bool:
    """Tell whether *value* is made of plain Python alone."""
    if dataclasses.is_dataclass(value):
        return all(plain(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, tuple):
        return all(plain(one) for one in value)
    return value is None or type(value) in (int, str, bool) or (type(value) is float and math.isfinite(value))


def all_of(case, run, tape, at: float) -> dict:
    """Work out all evidence at *at* [s], whether offered or not."""
    found = {name: compute(name, case, run, tape, at) for name in EVIDENCE}
    silent = {
        f"{name}, silent": compute(name, case, run, tape, at, silence=day(3)) for name in ("scores", "thresholds")
    }
    return found | silent | {which: compute("request", case, run, tape, at, which=which) for which in REQUESTS}


@pytest.mark.parametrize("name", CASES)
def test_at_any_moment_it_can_be_sent(flight, name):
    case, run, tape = flight(name)
    for share in (0.003, 0.5, 1.0):
        for what, found in all_of(case, run, tape, share * case.horizon).items():
            assert plain(found), what
            assert pickle.loads(pickle.dumps(found)) == found, what
            if found is not None:
                text = json.dumps(dataclasses.asdict(found), allow_nan=False)
                assert len(text) < 25_000, what


def test_at_the_very_ends(stall):
    case, run, tape = stall
    assert all(plain(found) for found in all_of(case, run, tape, 0.0).values())
    landed = all_of(case, run, tape, case.horizon)
    assert all_of(case, run, tape, 2 * case.horizon) | {"standing": None} == landed | {"standing": None}


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("fraud_threshold", ("waterfall",)),
        ("drift_retraining", ("waterfall", "latency")),
        ("feed_ranking", ("scores", "calibration", "thresholds", "confusion", "drift", "waterfall")),
        ("burst_storm", ("maturity", "scores", "calibration", "thresholds", "confusion", "drift", "waterfall")),
        ("latency_budget", ("maturity", "scores", "calibration", "thresholds", "confusion", "drift")),
    ],
)
def test_what_makes_sense_is_offered(flight, name, left_out):
    case, run, _ = flight(name)
    assert offered(case, run) == tuple(name for name in EVIDENCE if name not in left_out)


def test_each_says_what_it_is_for():
    for evidence in EVIDENCE.values():
        assert evidence.question.endswith("?") and evidence.label and evidence.needs


def test_unknown_evidence(stall):
    with pytest.raises(BadInput, match="did you mean 'drift'"):
        compute("drfit", *stall, 0.0)


@pytest.mark.parametrize(("name", "most"), [("drift", 0.150), ("slices", 0.3), ("scores", 0.3), ("standing", 0.25)])
@pytest.mark.parametrize("case", ["fraud_threshold", "drift_retraining"])
def test_it_is_quick(flight, benchmark_seconds, name, most, case):
    case, run, tape = flight(case)
    assert benchmark_seconds(lambda: compute(name, case, run, tape, 0.95 * case.horizon)) < most


# A flight in which everything that happened after a moment is something else.


def scrambled(run, at: float):
    """Return *run* with another future from *at* [s] on."""
    luck = Streams(99).get("future")
    return dataclasses.replace(
        run,
        requests=_other_requests(run, at, luck),
        outcomes=_other_outcomes(run, at, luck),
        ledger=_other_ledger(run, at),
        gauges=_other_gauges(run, at),
        journal=_other_journal(run, at),
        versions=tuple(v if v.trained_at <= at else dataclasses.replace(v, rows=0, why="?") for v in run.versions),
        landed=_other_landed(run, at, luck),
        visits=_other_visits(run, at),
        fired={**run.fired, "meteor": at + 1.0},
        plan=dataclasses.replace(run.plan, changes=(*run.plan.changes, Change(at + 1.0, {}))),
        figures={"profit": 1e9},
    )


def _other_requests(run, at, luck):
    later = run.requests.at >= at
    X = np.where(later[:, None], luck.random(run.requests.X.shape) * 100, run.requests.X)
    value, segment = np.where(later, 7, run.requests.value), np.where(later, 77, run.requests.segment)
    shifted = np.where(later, np.sort(at + luck.random(len(later)) * 1000), run.requests.at)
    return dataclasses.replace(run.requests, at=shifted, X=X, value=value, segment=segment)


def _other_outcomes(run, at, luck):
    old, asked, n = run.outcomes, run.requests.at, len(run.requests)
    later, ended = asked >= at, old.done_at < at
    answered = ended | (asked + old.latency < at)
    book = Outcomes(n)
    other = {
        "score": (later, luck.random(n)),
        "version": (later, np.full(n, 55)),
        "latency": (~answered, np.maximum(at - asked, 0) + 5 * luck.random(n) + 1),
        "action": (~answered, luck.integers(0, 3, n)),
        "propensity": (~answered, luck.random(n)),
        "route": (~ended, luck.integers(0, 7, n)),
        "result": (~ended, luck.integers(1, 4, n)),
        "done_at": (~ended, np.maximum(at, asked) + luck.random(n) * 100),
    }
    for name, (open_, values) in other.items():
        getattr(book, name)[:] = np.where(open_, values, getattr(old, name))
    return book


def _other_ledger(run, at):
    old, ledger = run.ledger.postings(), Ledger()
    closing = run.ledger.caused_by("close")
    for account in range(len(run.ledger.accounts)):
        for cause in range(len(run.ledger.causes)):
            for later in (False, True):
                mine = (old.account == account) & (old.cause == cause) & (((old.at > at) | closing) == later)
                amount = old.amount[mine] * (3 if later else 1)
                names = run.ledger.accounts[account], run.ledger.causes[cause]
                ledger.post(*names, old.at[mine], amount, old.request[mine])
    ledger.post("windfall", "later", at + 1, 10**12, 0)
    ledger.close()
    return ledger


def _other_gauges(run, at):
    gauges = Gauges()
    for name in run.gauges.names():
        for when, value in zip(*(column.tolist() for column in run.gauges.series(name)), strict=True):
            gauges.mark(name, when, value if when <= at else -1.0)
    gauges.mark("unheard of", at + 1, 1.0)
    return gauges


def _other_journal(run, at):
    journal = Journal()
    for entry in (*(e for e in run.journal if e.at <= at), Entry(at + 1, "alarm", "other", "something else")):
        journal.write(entry)
    return journal


def _other_landed(run, at, luck):
    later = run.landed.at > at
    label = np.where(later, 1 - run.landed.label, run.landed.label)
    return dataclasses.replace(run.landed, label=label, at=run.landed.at + later * 100.0)


def _other_visits(run, at):
    later = run.visits.done > at
    return dataclasses.replace(run.visits, done=run.visits.done + later * 5.0, stage=run.visits.stage * ~later)


def lied_to(tape):
    """Return *tape* with every label turned round."""
    truths = {field.name: getattr(tape.truths, field.name) for field in dataclasses.fields(Truths)}
    return dataclasses.replace(tape, truths=Truths(**{**truths, "label": ~tape.truths.label}))


@pytest.mark.parametrize("name", ["fraud_threshold", "drift_retraining", "latency_budget", "stall"])
def test_another_future_is_the_same_evidence(flight, stall, name):
    case, run, tape = stall if name == "stall" else flight(name)
    at = 0.3719 * case.horizon
    assert all_of(case, scrambled(run, at), lied_to(tape), at) == all_of(case, run, tape, at)


def test_the_other_future_is_another_one(stall):
    case, run, tape = stall
    at, later = 0.3719 * case.horizon, 0.8 * case.horizon
    ours, theirs = all_of(case, run, tape, later), all_of(case, scrambled(run, at), tape, later)
    assert all(ours[name] != theirs[name] for name in EVIDENCE)


@pytest.mark.parametrize("name", ["fraud_threshold", "latency_budget", "stall"])
def test_another_future_is_the_same_past(flight, stall, name):
    case, run, _ = stall if name == "stall" else flight(name)
    at = 0.3719 * case.horizon
    ours, theirs = as_of(run, at), as_of(scrambled(run, at), at)
    asked = run.requests.at < at
    for column, values in ours.outcomes.columns().items():
        np.testing.assert_array_equal(values, theirs.outcomes.columns()[column])
        assert len(np.unique(values[~asked])) == 1  # blank
    assert ours.digest_until(at) == theirs.digest_until(at)
    assert (ours.versions, ours.fired, ours.plan, ours.ledger.total()) == (
        theirs.versions, theirs.fired, theirs.plan, theirs.ledger.total(),
    )  # fmt: skip
