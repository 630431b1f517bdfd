"""A recording holds what the desk showed: no more points than a chart needs, no line that nobody was told."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import pytest

import cases
from dashboard.recording import MOST_POINTS, Series, recorded
from simulator.simulation import fly


@pytest.fixture(scope="module", params=["burst_storm", "drift_retraining"])
def flown(request):
    case = cases.load(request.param)
    run = fly(case, "strong", 5)
    return case, run, recorded(case, run)


def test_money_adds_up_to_the_ledger(flown):
    _, run, recording = flown
    ends = {name: series.value[-1] for name, series in recording.money.items()}
    assert ends == pytest.approx({name: amount / 1e6 for name, amount in run.ledger.by_account().items()})
    assert recording.profit.value[-1] == pytest.approx(run.profit() / 1e6) == recording.kpis["profit"]


def test_money_at_a_moment_is_what_was_posted_by_then(flown):
    _, run, recording = flown
    middle = recording.profit.at[150]
    book = run.ledger.postings()
    assert recording.profit.value[150] == pytest.approx(book.amount[book.at <= middle].sum() / 1e6)


def test_gauges_are_as_they_were_read(flown):
    _, run, recording = flown
    for name in run.gauges.names():
        at, values = run.gauges.series(name)
        assert recording.gauges[name].at == tuple(at)
        assert [v for v in recording.gauges[name].value if v is not None] == [v for v in values if not math.isnan(v)]


def test_what_nobody_was_told_is_not_in_it(flown):
    _, run, recording = flown
    hidden = [entry for entry in run.journal if not entry.seen]
    assert hidden
    packed = pickle.dumps(recording)
    assert not any(entry.text.encode() in packed for entry in hidden)


def test_it_is_cut_at_the_moment_of_playback(flown):
    _, _, recording = flown
    now = recording.until / 3
    assert all(line.at <= now for line in recording.told(now))
    assert all(series.until(now).at[-1] <= now for series in recording.gauges.values() if series.until(now).at)
    following = recording.next_line(now, ("alarm", "incident", "version", "note", "decision"))
    assert following is None or following.at > now
    told = {v.number for v in recording.known_versions(now)}
    assert told <= {v.number for v in recording.known_versions(recording.until)}


def test_long_series_are_thinned_and_keep_their_end():
    case = cases.load("burst_storm")
    run = fly(case, "weak", 1, until=60.0)
    gauges = run.gauges
    for k in range(5000):
        gauges.mark("many", 60.0 + k, float(k))
    thin = recorded(case, replace(run, gauges=gauges)).gauges["many"]
    assert len(thin.at) <= MOST_POINTS
    assert thin.value[-1] == 4999.0


def test_a_series_tells_its_latest_reading():
    series = Series((1.0, 2.0, 3.0), (10.0, None, 30.0))
    assert (series.last(0.5), series.last(1.0), series.last(2.5), series.last(9.0)) == (None, 10.0, None, 30.0)
    assert series.until(2.0) == Series((1.0, 2.0), (10.0, None))
