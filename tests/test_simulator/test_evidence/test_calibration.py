"""The reliability diagram: bins counted by hand, and calibration that is known beforehand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.evidence.calibration import reliability
from simulator.evidence.intervals import wilson
from simulator.learning import metrics
from simulator.units import day

AT = day(4.63)


def test_bins_by_hand(stall, twin):
    case, run, _ = stall
    found = reliability(case, run, AT, bins=7, since=day(1))
    known = [row for row in twin(case, run, AT) if row["label"] is not None and row["at"] >= day(1)]
    known.sort(key=lambda row: row["score"])
    edges = [k * len(known) // 7 for k in range(8)]
    assert found.n == len(known) == sum(one.n for one in found.bins)
    for one, low, high in zip(found.bins, edges[:-1], edges[1:], strict=True):
        p, y = ([row[name] for row in known[low:high]] for name in ("score", "label"))
        assert (one.low, one.high, one.n) == (p[0], p[-1], high - low)
        assert (one.mean_score, one.rate) == pytest.approx((sum(p) / len(p), sum(y) / len(y)))
        assert (one.rate_low, one.rate_high) == pytest.approx([float(end) for end in wilson(sum(y), len(y))])


def test_figures_belong_to_the_bins(stall):
    case, run, _ = stall
    found = reliability(case, run, AT)
    error = sum(one.n * abs(one.mean_score - one.rate) for one in found.bins) / found.n
    assert found.calibration_error == pytest.approx(error)
    labelled = run.landed.rows((run.landed.at <= AT) & (run.requests.at[run.landed.id] >= 0))
    assert found.brier == pytest.approx(metrics.brier(run.outcomes.score[labelled.id], labelled.label).score)


def test_the_diagonal_is_met_by_scores_that_are_right(stall):
    """The toy's label is 1 with probability X²: told so, no bin is off; told 1.25 times that, some are."""
    case, run, tape = stall
    right = tape.requests.X[:, 0] ** 2
    off = []
    for factor in (1.0, 1.25):
        outcomes = type(run.outcomes)(len(right))
        vars(outcomes).update({**run.outcomes.columns(), "score": np.minimum(1, factor * right)})
        found = reliability(case, dataclasses.replace(run, outcomes=outcomes), day(6), bins=4)
        off.append(sum(not one.rate_low <= one.mean_score <= one.rate_high for one in found.bins))
    assert off[0] <= 1 <= off[1]


def test_nothing_known_yet(stall):
    case, run, _ = stall
    none = reliability(case, run, 60.0)
    assert (none.bins, none.n, none.brier, none.calibration_error) == ((), 0, None, None)
    with pytest.raises(BadInput, match="bins"):
        reliability(case, run, AT, bins=0)
