"""The PSI of each step: worked out by hand, blind to what is missing, and moved by what moves."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from simulator.evidence.drift import psi
from simulator.learning.distances import psi_threshold
from simulator.streams import Streams
from simulator.units import DAY, day


def by_hand(before: list[float], values: list[float]) -> float:
    """Σ (q - p)·ln(q/p) over tenths of *before*, counting one by one; half a count stands in for none."""
    cuts = [float(np.quantile(before, k / 10)) for k in range(1, 10)]
    total = 0.0
    shares = []
    for sample in (before, values):
        counts = [0.0] * 10
        for value in sample:
            counts[sum(value >= cut for cut in cuts)] += 1
        filled = [count or 0.5 for count in counts]
        shares.append([count / sum(filled) for count in filled])
    for p, q in zip(*shares, strict=True):
        total += (q - p) * math.log(q / p)
    return total


def with_features(run, X):
    return dataclasses.replace(run, requests=dataclasses.replace(run.requests, X=X))


@pytest.fixture(scope="module")
def crowd(stall):
    """The toy flight with a third feature: normal, higher by one from day 3 on, and missing now and then."""
    case, run, _ = stall
    luck = Streams(1).get("crowd")
    extra = luck.standard_normal(len(run.requests)) + (run.requests.at >= day(3))
    extra[luck.random(len(extra)) < 0.2] = np.nan
    return case, with_features(run, np.column_stack([run.requests.X, extra]))


def test_by_hand(crowd, twin):
    case, run = crowd
    found, rows = psi(case, run, day(5.2), steps=6), twin(case, run, day(5.2))
    assert found.at == tuple(day(n) for n in range(6))
    assert found.reference == "the first tenth of the flight"  # the toy has 200 requests of history: too few
    assert [moved.name for moved in found.features] == ["looks", "x1", "x2"]
    for column, moved in enumerate(found.features):
        before = [row["X"][column] for row in rows if row["at"] < 0.1 * case.horizon]
        before = [x for x in before if not math.isnan(x)]
        for k, (start, value, missing) in enumerate(zip(found.at, moved.psi, moved.missing, strict=True)):
            there = [row["X"][column] for row in rows if start <= row["at"] < start + DAY]
            assert found.rows[k] == len(there)
            assert missing == pytest.approx(sum(map(math.isnan, there)) / len(there))
            known = [x for x in there if not math.isnan(x)]
            assert value == (pytest.approx(by_hand(before, known), rel=1e-9) if len(known) >= 30 else None)


def test_the_score_is_held_against_the_first_tenth(crowd, twin):
    case, run = crowd
    found, rows = psi(case, run, day(5.2), steps=6), twin(case, run, day(5.2))
    before = [row["score"] for row in rows if row["at"] < 0.1 * case.horizon]
    there = [row["score"] for row in rows if day(2) <= row["at"] < day(3)]
    assert found.score[2] == pytest.approx(by_hand(before, there), rel=1e-9)


def test_what_moves_stands_out_and_luck_is_told(crowd):
    case, run = crowd
    found = psi(case, run, day(6), steps=6)
    moved = found.features[2].psi
    assert min(moved[3:]) > 3 * max(moved[:3])
    assert max(moved[:3]) < max(found.by_luck[:3]) < min(moved[3:])
    assert found.by_luck[4] == pytest.approx(psi_threshold(0.01, found.reference_rows, found.rows[4], 10))


def test_history_is_the_reference_where_there_is_enough(flight):
    case, run, _ = flight("fraud_threshold")
    found = psi(case, run, 0.7 * case.horizon)
    assert found.reference == "before take-off" and 10_000 < found.reference_rows <= 20_000
    assert len(found.at) == 21 and max(found.rows) <= 2000


def test_a_sample_tells_what_all_rows_would(flight):
    case, run, _ = flight("fraud_threshold")
    found = psi(case, run, 0.5 * case.horizon)
    k = int(np.argmax(found.features[0].psi))  # the holiday: baskets are larger
    step = case.horizon / 30
    at, amount = run.requests.at, run.requests.X[:, 0]
    whole = by_hand(amount[at < 0][::20].tolist(), amount[(at >= k * step) & (at < (k + 1) * step)].tolist())
    assert found.features[0].psi[k] == pytest.approx(whole, rel=0.2) and whole > 0.1


def test_a_constant_feature_has_not_moved(stall):
    case, run, _ = stall
    X = np.column_stack([np.full(len(run.requests), 7.0), np.where(run.requests.at < day(3), 1.0, 0.0)])
    same, flips = psi(case, with_features(run, X), day(6), steps=6).features
    assert max(same.psi) < 0.005  # half a count in the bin where there is none
    assert max(flips.psi[:3]) < 0.005 and min(flips.psi[3:]) > 1


def test_nothing_to_tell(stall, flight):
    case, run, _ = stall
    early = psi(case, run, 3600.0)
    assert early.score == (None,) and early.features[0].psi == (None,) and early.by_luck == (None,)
    case, run, _ = flight("latency_budget")
    assert psi(case, run, 500.0).features == ()
