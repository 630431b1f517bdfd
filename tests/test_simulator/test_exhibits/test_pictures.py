"""The pictures of the evidence: they show what it found, and tell the numbers that matter."""

from __future__ import annotations

import pytest

from simulator.errors import BadInput
from simulator.evidence import compute
from simulator.exhibits import charted
from simulator.exhibits.words import said


def found(asked, name, **options):
    return compute(name, asked.case, asked.run, asked.tape, asked.run.until, **options)


def test_thresholds(staked):
    curve, exhibit = found(staked, "thresholds"), charted("thresholds")(staked)
    chart = exhibit.chart
    assert dict(zip(chart.x, chart.series["worth"], strict=True)) == dict(
        zip(curve.thresholds, curve.dollars_per_1000, strict=True)
    )
    assert list(chart.x) == sorted(chart.x)
    (operating, _), (best, _) = chart.marks
    assert best == curve.best_threshold
    acted = dict(zip(curve.thresholds, curve.acted_share, strict=True))
    assert abs(acted[operating] - curve.operating_share) == min(abs(s - curve.operating_share) for s in acted.values())
    for number, unit in ((curve.operating_dollars, "$"), (curve.best_dollars, "$"), (curve.operating_share, "share")):
        assert said(number, unit) in exhibit.text


def test_calibration(staked):
    bins, chart = found(staked, "calibration").bins, charted("calibration")(staked).chart
    assert chart.series == {"predicted": tuple(b.mean_score for b in bins), "observed": tuple(b.rate for b in bins)}


def test_scores(staked):
    history = found(staked, "scores")
    assert tuple(charted("scores")(staked).chart.series.values()) == (history.auc,)
    assert tuple(charted("scores", measure="brier")(staked).chart.series.values()) == (history.brier,)
    with pytest.raises(BadInput, match="measure"):
        charted("scores", measure="aux")(staked)


def test_maturity(staked):
    chart = charted("maturity")(staked).chart
    assert chart.series == {"labelled": found(staked, "maturity").share}
    assert chart.over_time


def test_drift(staked):
    drift, exhibit = found(staked, "drift"), charted("drift")(staked)
    everything = {one.name: one.psi for one in drift.features} | {"score": drift.score}
    assert exhibit.chart.series == {name: everything[name] for name in exhibit.chart.series}
    top = max(v for psi in everything.values() for v in psi if v is not None)
    assert f"a PSI of {said(top)}" in exhibit.text
    assert max(v for v in next(iter(exhibit.chart.series.values())) if v is not None) == top


def test_slices(staked):
    rows = found(staked, "slices").rows
    chart = charted("slices", measure="acted_share", by="value")(staked).chart
    shown = [rows[0], *(row for row in rows if row.by == "value")]
    assert next(iter(chart.series.values())) == tuple(row.acted_share for row in shown)
    assert chart.x[0] == "all"
    with pytest.raises(BadInput, match="measure"):
        charted("slices", measure="charm")(staked)


def test_latency(staked):
    histogram, exhibit = found(staked, "latency"), charted("latency")(staked)
    assert exhibit.chart.series["requests"] == histogram.counts
    assert exhibit.chart.marks == ((600e3, "budget"),)
    assert said(histogram.over, "share") in exhibit.text


def test_flow(staked):
    flow, chart = found(staked, "flow"), charted("flow")(staked).chart
    assert sum(next(iter(chart.series.values()))) == pytest.approx(1.0)
    sizes = {node.name: node.n / flow.nodes[0].n for node in flow.nodes}
    assert all(share == pytest.approx(sizes[name]) for name, share in zip(chart.x, chart.series["share"], strict=True))


def test_waterfall(sound):
    from cases import load
    from simulator.probes import Asked
    from simulator.simulation import fly, tape_of

    case = load("latency_budget")
    asked = Asked(case, fly(case, "mid", 0, until=60.0), tape_of(case, 0))
    waterfall, exhibit = found(asked, "waterfall"), sound(charted("waterfall")(asked))
    median, slow = exhibit.chart.series.values()
    assert sum(median) == pytest.approx(1e3 * waterfall.total_p50)
    assert sum(slow) == pytest.approx(1e3 * waterfall.total_p99)
    assert said(1e3 * waterfall.total_p99, "ms") in exhibit.text
