"""Where the time goes: bars that add up, visits that overlap, and bins counted by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from simulator.books.requests import Visits
from simulator.errors import BadInput
from simulator.evidence.latency import ELSEWHERE, histogram, spent_in, waterfall
from simulator.units import DAY, day

AT = day(4.63)


def of_late(rows, at: float, window: float) -> list[dict]:
    return [row for row in rows if row["result"] and row["done_at"] > at - window and row["latency"] is not None]


@pytest.fixture(scope="module")
def staged(stall):
    """The toy flight with two stages: a tenth of the latency in the first line, three tenths of work there, half in
    the second; and every other request sends a second attempt to the first, which lasts on after the end."""
    case, run, _ = stall
    ids = np.flatnonzero(np.isfinite(run.outcomes.latency))
    at, took = run.requests.at[ids], run.outcomes.latency[ids]
    again = ids % 2 == 0
    columns = [
        (ids, 0 * ids, 0.0 * took, 0.1 * took, 0.4 * took),
        (ids[again], 0 * ids[again], 0.2 * took[again], 0.3 * took[again], 1.7 * took[again]),
        (ids, 0 * ids + 1, 0.4 * took, np.full(len(ids), np.nan), 0.9 * took),
    ]
    id, stage, entered, started, done = (np.concatenate(column) for column in zip(*columns, strict=True))
    begin = np.concatenate([at, at[again], at])
    visits = Visits(id, stage, begin + entered, begin + started, begin + done, ("line", "desk"))
    return case, dataclasses.replace(run, visits=visits)


def test_the_bars_of_known_stages(staged, twin):
    """After 0.9 of the latency only the second attempt is left, and it is at work to the end."""
    case, run = staged
    found = waterfall(case, run, AT, window=DAY)
    took = sorted(row["latency"] for row in of_late(twin(case, run, AT), AT, DAY))
    n = len(took)
    low, high = took[int(0.45 * n)], took[math.ceil(0.55 * n) - 1]
    band = [x for x in took if low <= x <= high]
    assert (found.n, found.window, found.budget) == (n, DAY, 600.0)
    assert found.total_p50 == pytest.approx(sum(band) / len(band))
    line, desk, rest = found.stages
    assert (line.name, desk.name, rest.name) == ("line", "desk", ELSEWHERE)
    inside = [row for row in of_late(twin(case, run, AT), AT, DAY) if low <= row["latency"] <= high]
    ids = {row["id"]: row["latency"] for row in inside}
    over = {row["id"] for row in inside if row["id"] % 2 == 0 and row["at"] + 1.7 * row["latency"] <= AT}
    twice = sum(ids[id] for id in over) / len(ids)  # a second attempt is known when it is over
    whole = sum(ids.values()) / len(ids)
    # One attempt: wait 0.1, work 0.3. Two: the second comes at 0.2, waits till 0.3, works till the desk's turn at
    # 0.4, and again from 0.9 on.
    assert line.wait_p50 == pytest.approx(0.1 * whole + 0.1 * twice)
    assert line.work_p50 == pytest.approx(0.3 * (whole - twice) + (0.1 + 0.1 + 0.1) * twice)
    assert desk.wait_p50 == pytest.approx(0.5 * whole) and desk.work_p50 == 0
    assert rest.work_p50 == pytest.approx(0.1 * (whole - twice), abs=1e-9)


def test_the_slow_ones_are_those_around_the_99th_percentile(staged, twin):
    case, run = staged
    found = waterfall(case, run, AT, window=4 * DAY)
    took = sorted(row["latency"] for row in of_late(twin(case, run, AT), AT, 4 * DAY))
    band = took[int(0.985 * len(took)) : math.ceil(0.995 * len(took))]
    assert found.total_p99 == pytest.approx(sum(band) / len(band))
    assert len(band) > 5 and band[0] > 2 * found.total_p50


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_bars_add_up_to_the_total(flight, share):
    case, run, _ = flight("latency_budget")
    found = waterfall(case, run, share * case.horizon)
    assert [stage.name for stage in found.stages] == ["predictions", "store", "ranker", ELSEWHERE]
    assert sum(stage.wait_p50 + stage.work_p50 for stage in found.stages) == pytest.approx(found.total_p50, rel=1e-9)
    assert sum(stage.wait_p99 + stage.work_p99 for stage in found.stages) == pytest.approx(found.total_p99, rel=1e-9)
    assert min(min(dataclasses.astuple(stage)[1:]) for stage in found.stages) >= 0
    assert found.stages[-1].work_p99 == pytest.approx(0.008, rel=0.04)  # the fallback; little is not over yet


def test_a_moment_belongs_to_the_visit_that_came_last():
    reads = [(0.0, 1.0, 9.0, 0), (4.0, 4.0, 6.0, 0), (6.0, 6.5, 8.0, 1)]
    spent: dict = {}
    for key, time in spent_in(reads):
        spent[key] = spent.get(key, 0.0) + time
    assert spent == {(0, False): 1.0, (0, True): 3.0 + 2.0 + 1.0, (1, False): 0.5, (1, True): 1.5}


def test_without_visits_there_is_the_total(stall):
    case, run, _ = stall
    found = waterfall(case, run, AT)
    assert found.stages == () and found.total_p99 > found.total_p50 > 0
    assert found.window == case.horizon / 10
    nothing = waterfall(case, run, 0.0)
    assert (nothing.n, nothing.total_p50, nothing.stages) == (0, None, ())


def test_histogram_by_hand(stall, twin):
    case, run, _ = stall
    found = histogram(case, run, AT, window=2 * DAY, bins=9)
    took = [row["latency"] for row in of_late(twin(case, run, AT), AT, 2 * DAY)]
    assert found.n == len(took) == sum(found.counts)
    ratio = {round(b / a, 9) for a, b in zip(found.edges[:-1], found.edges[1:], strict=True)}
    assert len(found.edges) == 10 and len(ratio) == 1
    assert (found.edges[0], found.edges[-1]) == pytest.approx((min(took), max(took)))
    for low, high, n in zip(found.edges[:-1], found.edges[1:], found.counts, strict=True):
        assert n == sum(low <= x < high for x in took)
    assert found.over == pytest.approx(sum(x > 600 for x in took) / len(took)) and found.budget == 600.0


def test_answers_that_take_no_time(flight):
    case, run, _ = flight("drift_retraining")
    found = histogram(case, run, 0.5 * case.horizon)
    assert found.edges == found.counts == () and found.none == found.n > 1000
    assert found.over is None


def test_nonsense(stall):
    case, run, _ = stall
    with pytest.raises(BadInput, match="window"):
        waterfall(case, run, AT, window=0.0)
    with pytest.raises(BadInput, match="bins"):
        histogram(case, run, AT, bins=0)
