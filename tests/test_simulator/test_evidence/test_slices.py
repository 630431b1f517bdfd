"""The slice table: each slice counted by hand, and the features found that go with the score."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from simulator.evidence.intervals import wilson
from simulator.evidence.slices import associated, table
from simulator.streams import Streams
from simulator.units import day

AT = day(4.63)


def cut(rows, by: str, read, names: tuple[str, ...]) -> dict:
    """Split *rows* at quantiles of what *read* gives."""
    edges = np.quantile([read(row) for row in rows], np.arange(1, len(names)) / len(names))
    parts: dict = {(by, name): [] for name in names}
    for row in rows:
        parts[by, names[sum(read(row) > edge for edge in edges)]].append(row)
    return parts


@pytest.fixture(scope="module")
def expected(stall, twin):
    """(by, name) -> rows of the twin."""
    case, run, _ = stall
    rows = twin(case, run, AT)
    segments = {("segment", n): [r for r in rows if r["segment"] == k] for k, n in enumerate(("red", "green"))}
    quarters = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
    thirds = ("lowest third", "middle third", "highest third")
    return {
        ("all", "all"): rows,
        **segments,
        ("segment", "segment 2"): [r for r in rows if r["segment"] == 2],
        **cut(rows, "value", lambda row: row["value"], quarters),
        **cut(rows, "looks", lambda row: row["X"][0], thirds),
        **cut(rows, "x1", lambda row: row["X"][1], thirds),
    }


def test_by_hand(stall, expected):
    case, run, _ = stall
    found = {(row.by, row.name): row for row in table(case, run, AT).rows}
    assert list(found) == list(expected)
    money: dict = {}
    book = run.ledger.postings()
    closing = run.ledger.caused_by("close")
    for at, id, amount, late in zip(book.at, book.request, book.amount, closing, strict=True):
        if at <= AT and not late:
            money[id] = money.get(id, 0) + amount / 1e6
    for key, rows in expected.items():
        one, known = found[key], [row for row in rows if row["label"] is not None]
        waits = [row["latency"] for row in rows if row["latency"] is not None]
        hits = sum(row["label"] for row in known)
        assert (one.n, one.labelled) == (len(rows), len(known))
        assert one.acted_share == pytest.approx(sum(row["acted"] for row in rows) / len(rows))
        assert one.mean_score == pytest.approx(sum(row["score"] for row in rows) / len(rows))
        assert one.label_rate == pytest.approx(hits / len(known))
        assert (one.rate_low, one.rate_high) == pytest.approx([float(end) for end in wilson(hits, len(known))])
        assert one.latency == pytest.approx(sum(waits) / len(waits))
        assert one.auc == pytest.approx(roc_auc_score([r["label"] for r in known], [r["score"] for r in known]))
        assert one.dollars_per_request == pytest.approx(sum(money.get(row["id"], 0) for row in rows) / len(rows))


def test_bounds_are_those_of_the_slice(stall, expected):
    case, run, _ = stall
    for one in table(case, run, AT).rows:
        if one.by == "value":
            values = [row["value"] for row in expected[one.by, one.name]]
            assert (one.low, one.high) == pytest.approx((min(values), max(values)))
    assert table(case, run, AT).rows[1].low is None


def test_features_by_their_ranks():
    luck = Streams(0).get("rows")
    score = luck.random(3000)
    noise = luck.standard_normal((3000, 2))
    X = np.column_stack([noise[:, 0], -np.exp(9 * score), np.full(3000, 3.0), score + noise[:, 1], noise[:, 0] + score])
    assert associated(X, score) == [1, 4, 3] or associated(X, score) == [1, 3, 4]
    assert associated(X, score, most=1) == [1]  # steep as it is, and downwards
    X[5, 1] = np.nan
    assert 1 not in associated(X, score)
    assert associated(X[:2], score[:2]) == []


def test_slices_that_would_be_all_alike_are_left_out(stall):
    case, run, _ = stall
    requests = dataclasses.replace(run.requests, segment=0 * run.requests.id, value=0 * run.requests.value + 5)
    alike = dataclasses.replace(run, requests=requests)
    assert {row.by for row in table(case, alike, AT).rows} == {"all", "looks", "x1"}
    two = dataclasses.replace(run, requests=dataclasses.replace(run.requests, value=run.requests.id % 2 * 1_000_000))
    assert [r.high for r in table(case, two, AT).rows if r.by == "value"] == [0.0, 1.0]


def test_before_anybody_came(stall):
    case, run, _ = stall
    (row,) = table(case, run, 0.0).rows
    assert (row.n, row.mean_score, row.label_rate, row.rate_low, row.auc) == (0, None, None, None, None)
