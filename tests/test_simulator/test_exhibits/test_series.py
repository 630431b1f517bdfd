"""Lines: at most 300 points that keep the ends, gauges of their own times on one grid, units from the case."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from simulator.books.gauges import Gauges
from simulator.exhibits.series import MOST, lines, recited, thinned, unit_of
from simulator.streams import Streams


def gauged(asked, **series):
    gauges = Gauges()
    for name, readings in series.items():
        for at, value in readings:
            gauges.mark(name, at, value)
    return dataclasses.replace(asked, run=dataclasses.replace(asked.run, gauges=gauges))


def test_few_points_stay():
    assert thinned([np.arange(MOST, dtype=float)]).tolist() == list(range(MOST))


def test_many_points_keep_the_ends():
    luck = Streams(0).get("thinned")
    for n in (MOST + 1, 1000, 12345):
        columns = [luck.standard_normal(n) for _ in range(3)]
        rows = thinned(columns)
        assert len(rows) <= MOST == 300
        assert {0, n - 1} <= set(rows.tolist())
        for column in columns:
            assert column[rows].max() == column.max()
            assert column[rows].min() == column.min()


def test_a_line_of_many_readings(asked, sound):
    many = gauged(asked, wave=[(float(k), math.sin(k)) for k in range(5000)])
    chart = lines(many, ["wave"])
    assert len(chart.x) <= MOST
    assert max(chart.series["wave"]) == max(math.sin(k) for k in range(5000))


def test_gauges_of_their_own_times(asked):
    two = gauged(asked, slow=[(1.0, 10.0), (3.0, 30.0)], quick=[(0.0, 0.0), (2.0, math.nan), (4.0, 4.0)])
    chart = lines(two, ["slow", "quick", "nowhere"])
    assert chart.x == (0.0, 1.0, 2.0, 3.0, 4.0)
    assert chart.series == {"slow": (None, 10.0, 10.0, 30.0, 30.0), "quick": (0.0, 0.0, None, None, 4.0)}


def test_a_gauge_that_showed_nothing(asked):
    none = gauged(asked, blank=[(1.0, math.nan)])
    assert lines(none, ["blank"]) is None
    assert recited(none, "blank") == "blank was not read in this flight"


def test_many_decisions_are_not_marked(ask):
    few, many = ask("strong"), ask("strong")
    plan = many.run.plan
    for k in range(9):
        plan = plan.then(3600.0 * (k + 1), line=0.5 + 0.01 * k)
    many = dataclasses.replace(many, run=dataclasses.replace(many.run, plan=plan))
    assert any(words.startswith("decided") for _, words in lines(few, ["asked"]).marks)
    assert [words for _, words in lines(many, ["asked"]).marks] == ["feast", "strike"]


def test_units(staked):
    assert unit_of(staked, "asked") == "people"
    assert unit_of(staked, "losses") == ""
    watched = dataclasses.replace(staked.case, watched={"asked": "", "losses": "$"})
    assert unit_of(dataclasses.replace(staked, case=watched), "asked") == "people"
    assert unit_of(dataclasses.replace(staked, case=watched), "losses") == "$"
